/** Gate and platform fold the same facts with code of their own: what they make of them has to be the same. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entriesOf } from '../../platform-sim/effects.ts';
import { entryFactsOf } from '../../platform-sim/entry-facts.ts';
import { entryInTheWay } from '../../src/domain/entry-decision.ts';
import { entryState } from '../../src/domain/fact.ts';
import { AT, STORIES } from '../domain/entry-facts.ts';

const PREV = '0'.repeat(64);

test.each([undefined, 'after-exit'] as const)('who has entered, with the rule %s', (reentry) => {
  const moment = fc.integer({ min: -60_000, max: 300_000 });
  fc.assert(
    fc.property(STORIES, moment, (facts, after) => {
      const now = AT + after;
      const entry = entryInTheWay(entryState(facts, now), reentry);
      const texts = facts.map((fact) => JSON.stringify({ ...fact, prev: PREV }));
      const entries = entriesOf(entryFactsOf(texts, 'l'), [], [], { reentry, now });
      expect(entries.get('r1') !== undefined).toBe(entry !== null);
      // A ticket that is good for one entry has its first at the platform, and the latest one at a gate.
      if (reentry === undefined || entry === null) return;
      expect(entries.get('r1')).toMatchObject({ at: entry.at, gate: entry.gate });
    }),
    { numRuns: 1_000 },
  );
});

test('companions who tap at any gates, in any order, are nothing to each other', () => {
  fc.assert(
    fc.property(STORIES, STORIES, STORIES, (...stories) => {
      const members = stories.map((facts, member) =>
        facts.map((fact) => ({
          ...fact,
          seq: fact.seq * 3 + member,
          body: { ...fact.body, ticket: `T-${member}`, ref: `r${member}`, party: 'P' },
        })),
      );
      const entriesBy = (facts: readonly object[]) =>
        entriesOf(
          entryFactsOf(
            facts.map((fact) => JSON.stringify({ ...fact, prev: PREV })),
            'l',
          ),
          [],
        );
      const together = entriesBy(members.flat());
      members.forEach((facts, member) => {
        expect(together.get(`r${member}`)).toEqual(entriesBy(facts).get(`r${member}`));
      });
    }),
  );
});
