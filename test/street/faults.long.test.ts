/** Every fault of the street, one after the other: also those that no incident plays. */

import { expect, test } from 'vitest';
import { FAULT_NAMES } from '../../platform-sim/street/faults.ts';
import { isOpen, withStreet } from './open-street.ts';

const SERVES = /serving\n {2}reader {3}ok\n {2}printer {2}ok\n {2}network {2}ok\n/u;

test('whatever is broken, the gate serves on, or does so again once it is mended', () =>
  withStreet(['--no-browser'], async (street) => {
    await isOpen(street);
    for (const name of FAULT_NAMES) {
      const struck = await street.say('fault', name);
      expect([struck.code, struck.stderr], name).toEqual([0, '']);
      const mended = await street.say('restore');
      expect([mended.code, mended.stderr], name).toEqual([0, '']);
      const health = async () => (await street.say('health')).stdout;
      await expect.poll(health, { timeout: 120_000, interval: 500, message: name }).toMatch(SERVES);
      expect((await street.say('hold', 'shioji-fui')).stdout, name).toMatch(/not-on-list/u);
    }
  }));
