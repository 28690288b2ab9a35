/** From nothing to serving: the process, its card process, and a list that an earlier run left on the disk. */

import { expect, test } from 'vitest';
import { withSite } from '../rig/site.ts';
import { stopwatch } from '../rig/stopwatch.ts';

/** What is demanded on a machine that does nothing else, times four. */
const SERVES_MS_MAX = 4 * 1_500;

test('with a list on the disk and no network the gate serves soon after its start, on the real reader', () =>
  withSite({ reader: 'pcsc', tickets: 1 }, async (site) => {
    await site.openGate();
    await site.gate.next({ event: 'list.activated' });
    expect(await site.gate.end()).toBe(0);
    await site.platform.end();

    const took = stopwatch();
    const gate = await site.startGate();
    await gate.next({ event: 'terminal.in-service' });
    expect(took()).toBeLessThan(SERVES_MS_MAX);
    expect(gate.lines.count({ event: 'list.activated', source: 'disk' })).toBe(1);
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ event: 'entry.granted' });
  }));
