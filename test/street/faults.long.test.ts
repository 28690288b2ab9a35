/** Every fault at every terminal of the street, one after the other: also those that no incident plays. */

import { expect, test } from 'vitest';
import { FAULT_NAMES } from '../../platform-sim/street/faults.ts';
import { type OpenStreet, SHOPS, withOpenStreet } from './open-street.ts';

const BROKEN = / (lost|paper-out|cover-open|offline|error|jumped|full)\n/u;
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
        const struck = await street.say('fault', name, '--at', at);
        if (struck.stderr.includes('cannot be had at this terminal')) continue;
        had += 1;
        expect([struck.code, struck.stderr], name).toEqual([0, '']);
        for (const id of others) {
          expect(await healthOf(street, id), `${name}: ${id}`).not.toMatch(BROKEN);
        }
        const mended = await street.say('restore');
        expect([mended.code, mended.stderr], name).toEqual([0, '']);
        await expect
          .poll(() => healthOf(street, at), { timeout: 120_000, interval: 500, message: name })
          .toMatch(/serving\n {2}reader +ok\n/u);
        await expect
          .poll(() => healthOf(street, at), { timeout: 120_000, interval: 500, message: name })
          .not.toMatch(BROKEN);
        const said = await street.say('hold', 'shioji-fui', '--at', at);
        expect(said.stdout, name).toMatch(ANSWERS[at] ?? /never/u);
      }
      expect(had).toBeGreaterThan(10);
    }),
);

/** What is said of one terminal. */
async function healthOf({ say }: OpenStreet, id: string): Promise<string> {
  const { stdout } = await say('health');
  const [, said = ''] = stdout.split(`${id}: `);
  return said.split(/\n(?=[a-z0-9-]+: )/u)[0] ?? '';
}
