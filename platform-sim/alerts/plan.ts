/**
 * Where people of each district of a municipality go, and by which way: what it has written down before anything happens.
 * Maps are drawn in a square of 1000 by 1000, y down, and go out as GeoJSON around the district.
 */

import type { AlertMapFeature, MapPoint, Worded } from '../../src/domain/alert.ts';
import type { District, Shelter } from '../evacuation/evacuee.ts';

export interface PlannedShelter {
  readonly id: string;
  readonly minutes: number;
  readonly way: Worded;
}

/** West, south, east, north (RFC 7946 5). */
export type Square = readonly [number, number, number, number];

export interface DistrictPlan {
  readonly district: District;
  /** The nearest first; each is one of the plan. */
  readonly shelters: readonly PlannedShelter[];
  readonly map: readonly AlertMapFeature[];
  readonly square: Square;
  /** Where it is: longitude and latitude, the last as the first. */
  readonly outline: readonly (readonly [number, number])[];
}

export interface MunicipalPlan {
  /** 全国地方公共団体コード */
  readonly code: string;
  readonly name: string;
  readonly districts: readonly DistrictPlan[];
  readonly shelters: readonly Shelter[];
}

/** A shelter's name in each language. */
export function shelterName({ name, kana, english }: Shelter): Worded {
  return { ja: name, 'ja-simple': `${name}（${kana}）`, en: english };
}

/** GeoJSON of where the districts are. */
export function outlinesOf({ districts }: MunicipalPlan): string {
  const features = districts.map(({ district: { id, name }, outline }) => ({
    type: 'Feature',
    properties: { id, name },
    geometry: { type: 'Polygon', coordinates: [outline] },
  }));
  return JSON.stringify({ type: 'FeatureCollection', features });
}

/** GeoJSON of a plan's map. */
export function geoJsonOf({ map, square }: Pick<DistrictPlan, 'map' | 'square'>): string {
  const [west, south, east, north] = square;
  const round = (degrees: number) => Number(degrees.toFixed(6));
  const place = ([x, y]: MapPoint) => [
    round(west + (x / 1_000) * (east - west)),
    round(north - (y / 1_000) * (north - south)),
  ];
  const features = map.map((feature) => ({
    type: 'Feature',
    properties: { is: feature.is },
    geometry: geometryOf(feature, place),
  }));
  return JSON.stringify({ type: 'FeatureCollection', bbox: square, features });
}

function geometryOf(feature: AlertMapFeature, place: (point: MapPoint) => number[]) {
  if ('at' in feature) return { type: 'Point', coordinates: place(feature.at) };
  const points = feature.points.map(place);
  return feature.is === 'water' || feature.is === 'danger'
    ? { type: 'Polygon', coordinates: [points] }
    : { type: 'LineString', coordinates: points };
}
