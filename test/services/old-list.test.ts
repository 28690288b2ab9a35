/** The tiers of a list's age at a gate: what is decided by it, and where its age is said. */

import { expect, test } from 'vitest';
import type { StalenessPolicy } from '../../src/domain/entry-list.ts';
import { hanako, withTerminal } from '../terminal.ts';

/** So short that every list is older, in hours. */
const AT_ONCE = 1e-7;
const LATER = 72;

function aged(staleness: StalenessPolicy) {
  return { tickets: hanako, settings: { staleness } };
}

test.each([
  ['old', { oldAfterHours: AT_ONCE, tooOldAfterHours: LATER, whenTooOld: 'refuse' }],
  ['too-old', { oldAfterHours: AT_ONCE, tooOldAfterHours: AT_ONCE, whenTooOld: 'admit' }],
] as const)(
  'a list that is %s and may still admit: fact, screen and receipt say so',
  (age, staleness) =>
    withTerminal(aged(staleness), async (world) => {
      await world.journal.next({ event: 'terminal.in-service' });
      const { card } = world.ticket('hanako');
      expect(await world.tap(card.card)).toMatchObject({ event: 'entry.granted', listAge: age });
      expect(world.screens).toContainEqual(
        expect.objectContaining({ screen: 'waiting', list: expect.objectContaining({ age }) }),
      );
      expect(world.screens).toContainEqual(
        expect.objectContaining({ screen: 'welcome', list: expect.objectContaining({ age }) }),
      );
      await world.journal.next({ event: 'print.done' });
      const [paper] = await world.papers();
      expect(paper?.text.join('\n')).toContain('の版（古い）');
    }),
);

test('a list that is too old and must not admit then refuses, and the gate says why', () =>
  withTerminal(
    aged({ oldAfterHours: AT_ONCE, tooOldAfterHours: AT_ONCE, whenTooOld: 'refuse' }),
    async (world) => {
      await world.journal.next({ event: 'terminal.out-of-service', reason: 'list-expired' });
      const { card } = world.ticket('hanako');
      expect(await world.tap(card.card)).toMatchObject({
        event: 'entry.refused',
        reason: 'list-expired',
      });
      expect(world.screens).toContainEqual(
        expect.objectContaining({ screen: 'closed', reason: 'list-expired' }),
      );
    },
  ));
