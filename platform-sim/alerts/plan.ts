/**
 * Where people of each district of 汐見市 go, and by which way: what a municipality has written down before anything happens.
 * Maps are drawn in a square of 1000 by 1000, y down, and go out as GeoJSON around the district.
 */

import type { AlertMapFeature, MapPoint, Worded } from '../../src/domain/alert.ts';
import {
  type District,
  SHIOMI_CODE,
  SHIOMI_DISTRICTS,
  SHIOMI_SHELTERS,
} from '../evacuation/evacuee.ts';

export interface PlannedShelter {
  readonly id: string;
  readonly minutes: number;
  readonly way: Worded;
}

/** West, south, east, north (RFC 7946 5). */
export type Square = readonly [number, number, number, number];

export interface DistrictPlan {
  readonly district: District;
  /** The nearest first. */
  readonly shelters: readonly PlannedShelter[];
  readonly map: readonly AlertMapFeature[];
  readonly square: Square;
}

export interface MunicipalPlan {
  readonly code: string;
  readonly name: string;
  readonly districts: readonly DistrictPlan[];
  /** Name of a shelter, by its id. */
  readonly shelters: ReadonlyMap<string, Worded>;
}

const ENGLISH_NAMES: Readonly<Record<string, string>> = {
  'shiomi-elementary': 'Shiomi Elementary School',
  'aomatsu-junior': 'Aomatsu Junior High School',
  'minato-hall': 'Minatocho Community Hall',
  'hama-hall': 'Hamacho Assembly Hall',
  'kawara-nursery': 'Kawara Nursery School',
  'kitayama-high': 'Kitayama High School',
  'civic-hall': 'Shiomi Civic Hall',
};

const HILL_ROAD: Worded = {
  ja: '坂の上の道を通ってください。',
  'ja-simple': '坂の 上の 道を 通って ください。',
  en: 'Take the road up the hill.',
};
const NOT_THE_RIVER: Worded = {
  ja: '川ぞいの道は通れません。',
  'ja-simple': '川の そばの 道は 通れません。',
  en: 'Do not take the road along the river.',
};
const NOT_THE_SHORE: Worded = {
  ja: '海ぞいの道は通れません。駅前の道を通ってください。',
  'ja-simple': '海の そばの 道は 通れません。駅の 前の 道を 通って ください。',
  en: 'Do not take the road along the shore. Go past the station.',
};
const MAIN_STREET: Worded = {
  ja: '大通りをまっすぐ進んでください。',
  'ja-simple': '大きい 道を まっすぐ 行って ください。',
  en: 'Go straight along the main street.',
};

const SQUARE_DEGREES = 0.02;

function around(west: number, south: number): Square {
  const round = (degrees: number) => Number(degrees.toFixed(5));
  return [west, south, round(west + SQUARE_DEGREES), round(south + SQUARE_DEGREES)];
}

const road = (...points: readonly MapPoint[]): AlertMapFeature => ({ is: 'road', points });
const GRID: readonly AlertMapFeature[] = [
  road([190, 0], [190, 1000]),
  road([650, 0], [650, 800]),
  road([870, 0], [870, 700]),
  road([0, 470], [1000, 470]),
];
/** Along the lower edge: a river, or the sea. */
const WATER: AlertMapFeature = {
  is: 'water',
  points: [
    [0, 825],
    [160, 815],
    [400, 865],
    [620, 815],
    [800, 780],
    [1000, 795],
    [1000, 1000],
    [0, 1000],
    [0, 825],
  ],
};
const WATERSIDE: AlertMapFeature = {
  is: 'closed',
  points: [
    [0, 715],
    [140, 705],
    [400, 760],
    [620, 715],
    [800, 665],
    [1000, 680],
  ],
};

function mapOf(
  home: MapPoint,
  route: readonly MapPoint[],
  water: 'waterside' | 'none',
): readonly AlertMapFeature[] {
  const shelter = route.at(-1) ?? home;
  return [
    ...GRID,
    ...(water === 'waterside' ? [WATER, WATERSIDE] : []),
    { is: 'route', points: [home, ...route] },
    { is: 'home', at: home },
    { is: 'shelter', at: shelter },
  ];
}

function districtOf(id: string): District {
  const found = SHIOMI_DISTRICTS.find((district) => district.id === id);
  if (found === undefined) throw new Error(`no district ${id}`);
  return found;
}

const to = (id: string, minutes: number, way: Worded): PlannedShelter => ({ id, minutes, way });

const DISTRICTS: readonly DistrictPlan[] = [
  {
    district: districtOf('kitayama'),
    shelters: [to('kitayama-high', 6, MAIN_STREET)],
    map: mapOf(
      [190, 640],
      [
        [190, 470],
        [650, 470],
        [650, 240],
      ],
      'none',
    ),
    square: around(134.59, 33.801),
  },
  {
    district: districtOf('shiomicho'),
    shelters: [to('shiomi-elementary', 5, MAIN_STREET), to('civic-hall', 7, MAIN_STREET)],
    map: mapOf(
      [190, 600],
      [
        [190, 470],
        [650, 470],
        [650, 300],
      ],
      'none',
    ),
    square: around(134.603, 33.794),
  },
  {
    district: districtOf('kawara'),
    shelters: [to('shiomi-elementary', 8, HILL_ROAD), to('aomatsu-junior', 15, NOT_THE_RIVER)],
    map: mapOf(
      [190, 600],
      [
        [190, 470],
        [650, 470],
        [650, 235],
        [755, 235],
      ],
      'waterside',
    ),
    square: around(134.597, 33.79),
  },
  {
    district: districtOf('minato'),
    shelters: [to('shiomi-elementary', 14, NOT_THE_SHORE), to('minato-hall', 4, MAIN_STREET)],
    map: mapOf(
      [650, 620],
      [
        [650, 470],
        [190, 470],
        [190, 200],
      ],
      'waterside',
    ),
    square: around(134.611, 33.787),
  },
  {
    district: districtOf('hama'),
    shelters: [to('civic-hall', 18, NOT_THE_SHORE), to('hama-hall', 3, MAIN_STREET)],
    map: mapOf(
      [870, 640],
      [
        [870, 470],
        [650, 470],
        [650, 150],
      ],
      'waterside',
    ),
    square: around(134.604, 33.782),
  },
];

/** 汐見市 */
export const SHIOMI_PLAN: MunicipalPlan = {
  code: SHIOMI_CODE,
  name: '汐見市',
  districts: DISTRICTS,
  shelters: new Map(
    SHIOMI_SHELTERS.map(({ id, name, kana }) => [
      id,
      { ja: name, 'ja-simple': `${name}（${kana}）`, en: ENGLISH_NAMES[id] ?? name },
    ]),
  ),
};

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
