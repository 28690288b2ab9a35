/** Facts about one ticket, as gates write them. */

import fc from 'fast-check';
import type { EventName } from '../../src/domain/events.ts';
import type { Fact } from '../../src/domain/fact.ts';

export const AT = Date.parse('2026-11-25T08:00:00Z');

/** `after`: ms after `AT`; the rest as it is in most facts. */
export function entryFact(
  event: EventName,
  after: number,
  { body = {}, ...over }: Partial<Fact> = {},
): Fact {
  const terminal = over.terminal ?? 'gate-1';
  return {
    ...{ terminal, epoch: '6b1f0d9e-0000-4000-8000-000000000000', seq: 1, prev: '' },
    ...{ event, subject: 'l/r1', clock: 'synced', boot: 1, mono: after },
    at: new Date(AT + after).toISOString(),
    ...over,
    body: { ticket: 'T-1', list: 'l', ref: 'r1', gate: terminal, ...body },
  };
}

/** What one gate may do at a moment: let in, say what became of it, let out, take back. */
interface Act {
  readonly gate: number;
  readonly after: number;
  readonly does: 'grant' | 'grant-awaited' | 'passed' | 'not-passed' | 'left' | 'undone';
}

const ACTS: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.record({
    gate: fc.integer({ min: 1, max: 3 }),
    after: fc.integer({ min: 0, max: 120_000 }),
    does: fc.constantFrom('grant', 'grant-awaited', 'passed', 'not-passed', 'left', 'undone'),
  }),
  { maxLength: 12 },
);

/** Ledgers of three gates about one ticket; what a gate says became of a grant is of its latest. */
export const STORIES: fc.Arbitrary<readonly Fact[]> = ACTS.map((acts) => {
  const newest = new Map<number, { seq: number; grant: number }>();
  return [...acts]
    .sort((a, b) => a.after - b.after)
    .map(({ gate, after, does }) => {
      const { seq, grant } = newest.get(gate) ?? { seq: 0, grant: 0 };
      const isGrant = does === 'grant' || does === 'grant-awaited';
      newest.set(gate, { seq: seq + 1, grant: isGrant ? seq + 1 : grant });
      const body = {
        ...(does === 'grant-awaited' ? { passage: 'turnstile' } : {}),
        ...(does === 'passed' || does === 'not-passed' ? { grant, by: 'turnstile' } : {}),
      };
      const event = isGrant ? 'entry.granted' : (`entry.${does}` as const);
      return entryFact(event, after, { terminal: `gate-${gate}`, seq: seq + 1, body });
    });
});
