/** A terminal whose clock has no battery: it starts in 1970, and no fact says so. */

import { expect, test } from 'vitest';
import { withSite } from '../rig/site.ts';

const IN_1970 = {
  env: {
    // The dynamic linker knows what $LIB is (ld.so(8)). Not the command `faketime`: that stays as a parent.
    LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1',
    FAKETIME: '@1970-01-01 00:01:00',
    // Nobody sets CLOCK_MONOTONIC, and Node's timers hang on it.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  },
};

test('a gate that starts in 1970 says no 1970, serves after the welcome, and keeps time without the platform', () =>
  withSite({ tickets: 2 }, async (site) => {
    await site.platform.end();
    const gate = await site.startGate(IN_1970);
    expect(gate.lines.all[0]?.['at']).toMatch(/^20/u);
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ reason: 'list-missing' });

    await site.startPlatform();
    await gate.next({ event: 'terminal.in-service' });
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ event: 'entry.granted' });
    await gate.next({ event: 'print.done' });
    await gate.first(({ event, upto }) => event === 'facts.acknowledged' && upto === 4);

    // Again without a battery, and now without the platform: the time it was told last is a lower bound.
    await gate.killHard();
    await site.platform.end();
    const again = await site.openGate(IN_1970);
    expect(await site.tap(site.cardOf('T-2'))).toMatchObject({ event: 'entry.granted' });
    await again.next({ event: 'print.done' });
    await site.startPlatform();
    await again.first(({ event, upto }) => event === 'facts.acknowledged' && upto === 7);

    const facts = await site.facts();
    const times = facts.map(({ at }) => Date.parse(String(at)));
    expect(facts).toHaveLength(7);
    expect(Math.min(...times)).toBeGreaterThan(Date.parse('2026-01-01T00:00:00Z') - 1);
    // From the welcome on the time is right; without the platform it is right to a few minutes.
    for (const time of times.slice(1)) expect(Math.abs(time - Date.now())).toBeLessThan(300_000);
    expect(JSON.stringify([gate.lines.all, again.lines.all])).not.toContain('"1970');
  }));
