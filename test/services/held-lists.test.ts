/** What the platform knows of the lists at its gates. */

import { expect, test } from 'vitest';
import { hanako, withTerminal } from '../terminal.ts';

const HOUR_MS = 3_600_000;

test('the platform sees which version a gate decides by, that a gate which is off ages, and what it missed', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    const { registry, held } = world.platform.stores;
    const seen = (hours = 0) => held.of(world.config.name, registry, Date.now() + hours * HOUR_MS);
    await expect
      .poll(() => seen(), { timeout: 20_000 })
      .toMatchObject([{ list: expect.any(String), version: 1, newest: 1, age: 'fresh' }]);
    await world.stop();
    await world.publish([{ ...world.ticket('hanako'), seat: 'B 12列 35番' }]);
    expect(seen()).toMatchObject([{ version: 1, newest: 2, age: 'fresh' }]);
    expect(seen(25)).toMatchObject([{ version: 1, newest: 2, age: 'old' }]);
    expect(seen(73)).toMatchObject([{ version: 1, newest: 2, age: 'too-old' }]);
    await world.start();
    await expect
      .poll(() => seen(), { timeout: 20_000 })
      .toMatchObject([{ version: 2, newest: 2, age: 'fresh' }]);
  }));
