/** Municipalities' plans: what a file may say, what is refused in words, and which one counts. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { draftAlert } from '../../platform-sim/alerts/drafting.ts';
import type { AlertOrder } from '../../platform-sim/alerts/order.ts';
import { readPlan } from '../../platform-sim/alerts/plan-file.ts';
import { PlanStore } from '../../platform-sim/alerts/plans.ts';
import { CITY } from './drafts.ts';

const VILLAGE = '990045';
/** Nobody has written down how its people leave. */
const UNKNOWN = '990061';

let folder: string;
let plans: PlanStore;
let geojson: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kazasu-plans-'));
  plans = new PlanStore(folder);
  geojson = plans.textOf(VILLAGE);
  onTestFinished(() => {
    plans.close();
    rmSync(folder, { recursive: true });
  });
});

/** The village's plan with one thing changed. */
function changed(from: string, to: string): string {
  const text = geojson.replace(from, to);
  expect(text).not.toBe(geojson);
  return text;
}

type Raise = Extract<AlertOrder, { do: 'alert' }>;

function order(municipality: string, district: string, shelters: readonly string[] = []): Raise {
  return {
    ...{ do: 'alert', municipality, drill: false },
    ...{ level: 4, districts: [district], minutes: 60 },
    ...(shelters.length > 0 && { shelters: [...shelters] }),
  };
}

describe('a plan is refused', () => {
  const first = '"is": "district", "id": "kazamachi"';
  test.each<[string, string, () => string]>([
    ['that is no JSON', 'it is no JSON', () => geojson.slice(0, 900)],
    ['that is no plan', 'type: ', () => '{}'],
    ['without a whole code', 'municipality.code: six digits', () => changed('"990045"', '"9900"')],
    [
      'with something that is neither district nor shelter',
      'feature 1, properties.is: "district" or "shelter"',
      () => changed('"is": "district"', '"is": "hill"'),
    ],
    [
      'with a district without a shelter',
      'feature 1, properties.shelters: a shelter at least',
      () => {
        const plan = JSON.parse(geojson);
        plan.features[0].properties.shelters = [];
        return JSON.stringify(plan);
      },
    ],
    [
      'without a way in English',
      'feature 1, properties.shelters.0.way.en: ',
      () => changed('"en": "Go straight along the village road."', '"eo": "Rekte."'),
    ],
    [
      'whose district leads to a shelter that it has not',
      'district nagi: shelter nagi-school is not in the plan',
      () => changed('"id": "nagi-hall", "minutes"', '"id": "nagi-school", "minutes"'),
    ],
    [
      'whose shelter stands in a district that it has not',
      'shelter nagi-hall: district hama is not in the plan',
      () => changed('"district": "nagi"', '"district": "hama"'),
    ],
    [
      'that has a district twice',
      'district nagi is there twice',
      () => changed(first, '"is": "district", "id": "nagi"'),
    ],
    [
      'with an outline that does not close',
      'feature 1, geometry.coordinates.0: the last point is the first',
      () => changed('[135.18, 35.44]]]', '[135.19, 35.44]]]'),
    ],
    [
      'with a name that could do something to a screen',
      'feature 4, properties.name: one line without control characters',
      () => changed('凪集会所', '凪\\u001b集会所'),
    ],
  ])('%s', (_what, says, text) => {
    expect(() => readPlan(text(), 'plan.geojson')).toThrow(`plan.geojson: ${says}`);
  });
});

test('an alert is drafted by the plan of its own municipality alone', () => {
  const now = Date.now();
  const draft = draftAlert(order(VILLAGE, 'nagi'), plans, now);
  expect(draft).toMatchObject({ municipality: { code: VILLAGE, name: '風待村' } });
  expect(draft.parts.map(({ shelters }) => shelters.map(({ name }) => name.en))).toEqual([
    ['Nagi Assembly Hall', 'Kazamachi Elementary School'],
  ]);
  const refused = (...said: Parameters<typeof order>) =>
    expect(() => draftAlert(order(...said), plans, now));
  refused(VILLAGE, 'kawara').toThrow('風待村 has no district kawara; it has kazamachi, nagi');
  refused(CITY, 'nagi').toThrow('汐見市 has no district nagi');
  refused(VILLAGE, 'nagi', ['civic-hall']).toThrow('風待村 has no shelter civic-hall');
  refused(UNKNOWN, 'nagi').toThrow(
    `nothing is known of how people of ${UNKNOWN} leave; there are plans of 990029, 990045`,
  );
});

test('what was brought in counts at once, for other processes too, and what ships does not any more', () => {
  const beside = new PlanStore(folder);
  onTestFinished(() => beside.close());
  expect(beside.planOf(VILLAGE).name).toBe('風待村');
  plans.take(VILLAGE, changed('凪集会所', '凪公民館'), 1_000);
  expect(beside.planOf(VILLAGE).shelters.map(({ name }) => name)).toContain('凪公民館');
  plans.take(VILLAGE, changed('凪集会所', '凪会館'), 2_000);
  expect(beside.planOf(VILLAGE).shelters.map(({ name }) => name)).toContain('凪会館');
  plans.take(UNKNOWN, geojson.replace('990045', UNKNOWN), 3_000);
  expect(beside.list().map(({ code, takenAt }) => [code, takenAt])).toEqual([
    [CITY, null],
    [VILLAGE, '1970-01-01T00:00:02.000Z'],
    [UNKNOWN, '1970-01-01T00:00:03.000Z'],
  ]);
});
