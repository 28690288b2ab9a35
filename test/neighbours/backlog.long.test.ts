/** Two readers of one shelter that were apart for days, with 5,000 facts each, when they meet. */

import { expect, test, vi } from 'vitest';
import type { TimeSources } from '../../src/clock.ts';
import { refOf, SCHOOL, TestReader } from './shelter-reader.ts';
import { Authority } from './venue.ts';

const FACTS = 5_000;
const AT_ONCE = 50;
/** 150 in five minutes: a busy reader, and no more than people do. */
const PAUSE_MS = 100_000;
const START = Date.parse('2026-11-25T08:00:00Z');
/** Ten seconds on an idle machine, and as long again for each to sign its own. */
const MS_MAX = 180_000;

test(
  'both know all of it, each fact once, over one connection, and neither is held for it',
  async () => {
    let elapsed = 0;
    const time: TimeSources = { wall: () => START + elapsed, mono: () => elapsed };
    const authority = await Authority.make();
    const readers = await Promise.all(
      ['door', 'gym'].map((name) => TestReader.of(name, authority, { time })),
    );
    const [door, gym] = readers as [TestReader, TestReader];
    for (let first = 0; first < FACTS; first += AT_ONCE) {
      elapsed += PAUSE_MS;
      for (const [n, { ledger }] of readers.entries()) {
        ledger.record(
          Array.from({ length: AT_ONCE }, (_, at) => {
            const ref = refOf(n * FACTS + first + at);
            const body = { shelter: SCHOOL, ref, by: 'card', count: 1, flags: [] };
            return { event: 'shelter.arrived' as const, subject: `evacuee/${ref}`, body };
          }),
        );
      }
    }
    const bothHave = (facts: number) =>
      vi.waitFor(
        () => {
          for (const { heard } of readers) expect(heard.rows).toBe(facts);
        },
        { timeout: MS_MAX, interval: 50 },
      );
    // Each signs its own as they come, whether anybody hears them or not.
    const port = await door.open();
    await gym.open();
    await bothHave(FACTS);
    gym.neighbours?.call({ host: '127.0.0.1', port });
    await bothHave(2 * FACTS);
    for (const { roster, noted } of readers) {
      expect(roster.people.here).toBe(2 * FACTS);
      const events = noted.map(({ event }) => event);
      // One connection held all the while.
      expect(events.filter((event) => event === 'neighbour.up')).toHaveLength(1);
      expect(events).not.toContain('neighbour.down');
      expect(events).not.toContain('neighbour.held');
    }
  },
  2 * MS_MAX,
);
