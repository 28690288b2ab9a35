/**
 * A municipality's plan as a file: GeoJSON (RFC 7946), so that any map program draws it. Districts are polygons, shelters are points;
 * whose plan it is stands beside them. Taken whole, or refused with what is wrong where.
 */

import { z } from 'zod';
import type { AlertMapFeature } from '../../src/domain/alert.ts';
import { DISTRICT_ID, MUNICIPALITY_CODE } from '../../src/link/alert-protocol.ts';
import { InputError } from '../input-error.ts';
import type { DistrictPlan, MunicipalPlan } from './plan.ts';
import { shelterName } from './plan.ts';

export const PLAN_BYTES_MAX = 1_048_576;
const PROBLEMS_SHOWN = 20;
/** As many as a message takes for one district. */
const SHELTERS_OF_DISTRICT = 8;
/** A terminal takes no longer one. */
const SHELTER_NAME_MAX = 60;
const SIDE = 1_000;

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'nothing is said')
    .max(most, `${most} characters at most`)
    .regex(/^[^\p{Cc}]*$/u, 'one line without control characters');
const id = DISTRICT_ID;
const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const onMap = z.tuple([z.int().min(0).max(SIDE), z.int().min(0).max(SIDE)]);
const mapFeature: z.ZodType<AlertMapFeature> = z.union(
  [
    z.strictObject({ is: z.enum(['road', 'closed', 'route']), points: z.array(onMap).min(2) }),
    z.strictObject({ is: z.enum(['water', 'danger']), points: z.array(onMap).min(4) }),
    z.strictObject({ is: z.enum(['home', 'shelter']), at: onMap }),
  ],
  `is, and points or at; numbers are whole, 0 to ${SIDE}`,
);
const square = z
  .tuple([...position.def.items, ...position.def.items])
  .refine(([west, south, east, north]) => west < east && south < north, 'west, south, east, north');
const ring = z
  .array(position)
  .min(4)
  .max(2_000)
  .refine((points) => String(points[0]) === String(points.at(-1)), 'the last point is the first');

const DISTRICT = z.strictObject({
  type: z.literal('Feature'),
  properties: z.strictObject({
    is: z.literal('district'),
    ...{ id, name: line(20), kana: line(40) },
    shelters: z
      .array(
        z.strictObject({
          id,
          minutes: z.int().min(0).max(600),
          way: z.strictObject({ ja: line(120), 'ja-simple': line(120), en: line(120) }),
        }),
      )
      .min(1, 'a shelter at least')
      .max(SHELTERS_OF_DISTRICT),
    square,
    map: z.array(mapFeature).max(60),
  }),
  geometry: z.strictObject({ type: z.literal('Polygon'), coordinates: z.tuple([ring]) }),
});
const SHELTER = z.strictObject({
  type: z.literal('Feature'),
  properties: z.strictObject({
    is: z.literal('shelter'),
    ...{ id, name: line(40), kana: line(60), english: line(SHELTER_NAME_MAX), address: line(100) },
    capacity: z.int().min(1).max(1_000_000),
    district: id,
  }),
  geometry: z.strictObject({ type: z.literal('Point'), coordinates: position }),
});
const FEATURE = z.union([DISTRICT, SHELTER]);
type Feature = z.infer<typeof FEATURE>;
const COLLECTION = z.strictObject({
  type: z.literal('FeatureCollection'),
  municipality: z.strictObject({ code: MUNICIPALITY_CODE, name: line(40) }),
  features: z.array(z.unknown()).max(1_000),
});

/** `from`: what the text is called where something is wrong with it. Throws InputError that names each place. */
export function readPlan(text: string, from: string): MunicipalPlan {
  const collection = COLLECTION.safeParse(jsonOf(text, from));
  if (!collection.success) refuse(from, collection.error.issues.map(said));
  const { municipality, features } = collection.data;
  const problems: string[] = [];
  const read = features.flatMap((feature, at) => {
    const parsed = schemaFor(feature).safeParse(feature);
    if (parsed.success) return [parsed.data as Feature];
    problems.push(...parsed.error.issues.map((issue) => `feature ${at + 1}, ${said(issue)}`));
    return [];
  });
  if (problems.length > 0) refuse(from, problems);
  const plan = { ...municipality, ...planned(read) };
  const wrong = contradictions(plan);
  if (wrong.length > 0) refuse(from, wrong);
  return plan;
}

/** By what it says it is, so that what is wrong is said of that. */
function schemaFor(feature: unknown): z.ZodType {
  const is = z.object({ properties: z.object({ is: z.string() }) }).safeParse(feature);
  switch (is.data?.properties.is) {
    case 'district':
      return DISTRICT;
    case 'shelter':
      return SHELTER;
    default:
      return z.never('properties.is: "district" or "shelter"');
  }
}

function planned(features: readonly Feature[]): Pick<MunicipalPlan, 'districts' | 'shelters'> {
  const districts: DistrictPlan[] = [];
  const shelters: MunicipalPlan['shelters'][number][] = [];
  for (const feature of features) {
    if (feature.properties.is === 'district') {
      const { is: _is, shelters: near, map, square: around, ...district } = feature.properties;
      const [outline] = feature.geometry.coordinates as [DistrictPlan['outline']];
      districts.push({ district, shelters: near, map, square: around, outline });
    } else {
      const { is: _is, ...shelter } = feature.properties;
      shelters.push({ ...shelter, at: feature.geometry.coordinates as [number, number] });
    }
  }
  return { districts, shelters };
}

/** What each feature alone does not show. */
function contradictions({ districts, shelters }: MunicipalPlan): string[] {
  const ids = new Set(districts.map(({ district }) => district.id));
  const places = new Set(shelters.map((shelter) => shelter.id));
  const problems = [...twice('district', [...districts.map(({ district }) => district.id)])];
  problems.push(...twice('shelter', [...shelters.map((shelter) => shelter.id)]));
  if (districts.length === 0) problems.push('it has no district');
  for (const shelter of shelters) {
    if (!ids.has(shelter.district)) {
      problems.push(`shelter ${shelter.id}: district ${shelter.district} is not in the plan`);
    }
    if (shelterName(shelter)['ja-simple'].length > SHELTER_NAME_MAX) {
      problems.push(`shelter ${shelter.id}: name and kana are too long for an alert`);
    }
  }
  for (const { district, shelters: near } of districts) {
    for (const each of near.filter((one) => !places.has(one.id))) {
      problems.push(`district ${district.id}: shelter ${each.id} is not in the plan`);
    }
    problems.push(...twice(`district ${district.id}: shelter`, [...near.map((one) => one.id)]));
  }
  return problems;
}

function twice(what: string, ids: readonly string[]): string[] {
  const more = new Set(ids.filter((each, at) => ids.indexOf(each) !== at));
  return [...more].map((each) => `${what} ${each} is there twice`);
}

function said({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function refuse(from: string, problems: readonly string[]): never {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `${from}: ${problem}`);
  const more = problems.length - shown.length;
  throw new InputError(...shown, ...(more > 0 ? [`... and ${more} more problems`] : []));
}

function jsonOf(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${from}: it is no JSON; a plan is GeoJSON, as "plan show" writes one`);
  }
}
