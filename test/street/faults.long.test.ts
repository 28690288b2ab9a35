/** Every fault at every terminal of the street, one after the other: also those that no incident plays. */

import { expect, test } from 'vitest';
import { EVACUATION } from '../../platform-sim/street/evacuation-stage.ts';
import { CALLED_AT_HOME } from '../../platform-sim/street/evacuees.ts';
import { FAULT_NAMES } from '../../platform-sim/street/faults.ts';
import { TELEVISION_FAULTS } from '../../platform-sim/street/television-faults.ts';
import { type OpenStreet, SHOPS, withOpenStreet } from './open-street.ts';

const BROKEN = / (lost|paper-out|cover-open|offline|battery-low|error|jumped|full)\n/u;
const ANSWERS: Readonly<Record<string, RegExp>> = {
  'gate-1': /not-on-list/u,
  'vending-1': /over .*\(released\)/u,
  'kiosk-1': /registration\.asked/u,
};

test.each(SHOPS)(
  'whatever is broken at %s, it serves on, or does so again once it is mended, and no other terminal minds',
  (at) =>
    withOpenStreet(async (street) => {
      const others = SHOPS.filter((id) => id !== at);
      let had = 0;
      for (const name of FAULT_NAMES) {
        if (!(await isSurvived(street, name, at, others))) continue;
        had += 1;
        const said = await street.say('hold', 'shioji-fui', '--at', at);
        expect(said.stdout, name).toMatch(ANSWERS[at] ?? /never/u);
      }
      expect(had).toBeGreaterThan(10);
    }),
);

test('in an evacuation, too: whatever is broken at home, at the school or at the town hall', () =>
  withOpenStreet(async (street) => {
    const [tv, school] = EVACUATION;
    // Whoever is here already is shown a menu: each time somebody else comes.
    const people = ['futada-kae', ...CALLED_AT_HOME];
    for (const name of Object.keys(TELEVISION_FAULTS)) {
      expect(await isSurvived(street, name, tv, [school]), name).toBe(true);
    }
    for (const name of ['reader-unplugged', 'paper-out', 'terminal-killed'] as const) {
      expect(await isSurvived(street, name, school, [tv]), name).toBe(true);
      expect((await comes(street, people.shift())).stdout, name).toMatch(/shelter\.arrived/u);
    }
    const struck = await street.say('fault', 'town-hall-down', '--at', 'town-hall');
    expect([struck.code, struck.stderr]).toEqual([0, '']);
    expect((await comes(street, people.shift())).stdout).toMatch(/shelter\.arrived/u);
    expect((await street.say('restore')).stdout).toContain('town-hall-down');
    for (const id of EVACUATION) await isWell(street, id, 'town-hall-down');
    const linked = await street.say('link', CALLED_AT_HOME[0]);
    expect([linked.code, linked.stderr]).toEqual([0, '']);
  }, EVACUATION));

function comes(street: OpenStreet, who = ''): ReturnType<OpenStreet['say']> {
  return street.say('hold', who, '--at', EVACUATION[1]);
}

/** False: it cannot be had there. */
async function isSurvived(
  street: OpenStreet,
  name: string,
  at: string,
  others: readonly string[],
): Promise<boolean> {
  const struck = await street.say('fault', name, '--at', at);
  if (struck.stderr.includes('cannot be had at this terminal')) return false;
  expect([struck.code, struck.stderr], name).toEqual([0, '']);
  for (const id of others) {
    expect(await healthOf(street, id), `${name}: ${id}`).not.toMatch(BROKEN);
  }
  const mended = await street.say('restore');
  expect([mended.code, mended.stderr], name).toEqual([0, '']);
  await isWell(street, at, name);
  return true;
}

async function isWell(street: OpenStreet, at: string, message: string): Promise<void> {
  const within = { timeout: 120_000, interval: 500, message };
  await expect.poll(() => healthOf(street, at), within).toMatch(/serving\n {2}reader +ok\n/u);
  await expect.poll(() => healthOf(street, at), within).not.toMatch(BROKEN);
}

/** What is said of one terminal. */
async function healthOf({ say }: OpenStreet, id: string): Promise<string> {
  const { stdout } = await say('health');
  const [, said = ''] = stdout.split(`${id}: `);
  return said.split(/\n(?=[a-z0-9-]+: )/u)[0] ?? '';
}
