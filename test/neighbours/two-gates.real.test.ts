/** Two gates of one venue, each a process of its own, after their platform has gone. */

import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Heard } from '../../src/store/heard.ts';
import { withTwoGates } from './two-gates.ts';

/** The budget is one second; what a loaded machine needs is four times of it. */
const KNOWN_MS_MAX = 4_000;

/** When east's store has so many facts about a subject: ms since the epoch. */
async function knownAt(state: string, subject: string, facts: number): Promise<number> {
  const heard = Heard.openBeside(state);
  if (heard === null) throw new Error('nothing was ever heard');
  try {
    while (heard.factsAbout(subject).length < facts) await delay(2);
    return Date.now();
  } finally {
    heard.close();
  }
}

test('whom one let in the other refuses within a second; a partition is survived and merged', () =>
  withTwoGates(2, async ({ site, west, east, wire, tapWest, tapEast, eastCommand, eastState }) => {
    await site.platform.end();
    const granted = await tapWest(site.cardOf('T-1'));
    expect(granted).toMatchObject({ event: 'entry.granted', ticket: 'T-1' });
    const subject = `${granted['list']}/${granted['ref']}`;
    const ms = (await knownAt(eastState, subject, 1)) - Date.parse(String(granted['at']));
    expect(ms).toBeLessThan(KNOWN_MS_MAX);
    expect(await tapEast(site.cardOf('T-1'))).toMatchObject({
      event: 'entry.refused',
      reason: 'already-entered',
      first: { gate: '西ゲート', at: granted['at'] },
    });

    // A mistake is taken back at the other gate, at a keyboard: the ticket can be used again at both.
    const undo = ['undo', '--ticket', 'T-1', '--by', '佐藤', '--why', '間違い'];
    expect(await eastCommand(...undo)).toContain('entry.undone');
    const again = await tapEast(site.cardOf('T-1'));
    expect(again).toMatchObject({ event: 'entry.granted' });
    await knownAt(site.gateState, subject, 2);
    expect(await tapWest(site.cardOf('T-1'))).toMatchObject({
      event: 'entry.refused',
      first: { gate: '東ゲート' },
    });

    wire.cut();
    await Promise.all([west, east].map((gate) => gate.next({ event: 'neighbour.down' })));
    expect(await tapWest(site.cardOf('T-2'))).toMatchObject({ event: 'entry.granted' });
    expect(await tapEast(site.cardOf('T-2'))).toMatchObject({ event: 'entry.granted' });

    wire.mend();
    const doubles = await Promise.all(
      [west, east].map((gate) => gate.next({ event: 'neighbour.double-entry' })),
    );
    for (const double of doubles) {
      expect(double).toMatchObject({
        ticket: 'T-2',
        first: { gate: '西ゲート' },
        second: { gate: '東ゲート' },
      });
    }
    for (const tap of [tapWest, tapEast]) {
      expect(await tap(site.cardOf('T-2'))).toMatchObject({ reason: 'already-entered' });
    }
  }));
