/**
 * The simple map of an alert: GeoJSON (RFC 7946) in a small square. Its `bbox` is the square; what is drawn says in its
 * property `is` what it is.
 */

import { z } from 'zod';
import type { AlertMapFeature, MapPoint } from '../domain/alert.ts';
import { AlertError } from './alert-error.ts';

const JSON_CHARACTERS_MAX = 65_536;
const FEATURES_MAX = 60;
const POINTS_MAX = 400;
/** Of the square on the screen. */
const SIDE = 1_000;

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
type Position = z.infer<typeof position>;

const is = <const Kind extends string>(...kinds: readonly [Kind, ...Kind[]]) =>
  z.object({ is: z.enum(kinds) });
const FEATURE = z.union([
  z.object({
    type: z.literal('Feature'),
    properties: is('road', 'closed', 'route'),
    geometry: z.object({
      type: z.literal('LineString'),
      coordinates: z.array(position).min(2).max(POINTS_MAX),
    }),
  }),
  z.object({
    type: z.literal('Feature'),
    properties: is('water', 'danger'),
    geometry: z.object({
      type: z.literal('Polygon'),
      coordinates: z.tuple([z.array(position).min(4).max(POINTS_MAX)]),
    }),
  }),
  z.object({
    type: z.literal('Feature'),
    properties: is('home', 'shelter'),
    geometry: z.object({ type: z.literal('Point'), coordinates: position }),
  }),
]);
type Feature = z.infer<typeof FEATURE>;

const COLLECTION = z.object({
  type: z.literal('FeatureCollection'),
  bbox: z.tuple([
    z.number().min(-180).max(180),
    z.number().min(-90).max(90),
    z.number().min(-180).max(180),
    z.number().min(-90).max(90),
  ]),
  features: z.array(FEATURE).max(FEATURES_MAX),
});

/** `json`: text of a FeatureCollection. Whatever lies outside its square is moved to the edge. Throws AlertError. */
export function readGeoMap(json: string): AlertMapFeature[] {
  if (json.length > JSON_CHARACTERS_MAX) throw new AlertError('too-large', 'a map too large');
  const parsed = COLLECTION.safeParse(jsonOf(json));
  if (!parsed.success) throw new AlertError('malformed', 'a map that is not as it should be');
  const [west, south, east, north] = parsed.data.bbox;
  if (west >= east || south >= north) throw new AlertError('malformed', 'a map without a square');
  const place = ([longitude, latitude]: Position): MapPoint => [
    onSide((longitude - west) / (east - west)),
    onSide((north - latitude) / (north - south)),
  ];
  const map = parsed.data.features.map((feature) => featureOf(feature, place));
  const points = map.reduce((sum, each) => sum + ('points' in each ? each.points.length : 1), 0);
  if (points > POINTS_MAX) throw new AlertError('too-large', 'a map with too many points');
  return map;
}

function featureOf(feature: Feature, place: (at: Position) => MapPoint): AlertMapFeature {
  const { geometry, properties } = feature;
  if (geometry.type === 'Point') {
    return { is: properties.is as 'home' | 'shelter', at: place(geometry.coordinates) };
  }
  const line = geometry.type === 'LineString' ? geometry.coordinates : geometry.coordinates[0];
  return { is: properties.is as 'road' | 'water', points: line.map(place) };
}

function onSide(share: number): number {
  return Math.min(SIDE, Math.max(0, Math.round(share * SIDE)));
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new AlertError('malformed', 'a map that is no JSON');
  }
}
