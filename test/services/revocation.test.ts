/** What a gate demands to know about revocation, and to whom it says why a card was revoked. */

import { expect, test } from 'vitest';
import { hanako, withTerminal } from '../terminal.ts';

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
const OLD = { thisUpdate: daysAgo(9), nextUpdate: daysAgo(2) };

test('a gate that demands a current list refuses while it has an old one, and says so', () =>
  withTerminal(
    { tickets: hanako, configured: 'revocation = "current"\n' },
    async ({ tap, ticket, journal, activateTrust }) => {
      const { card } = ticket('hanako');
      await journal.next({ event: 'terminal.in-service' });
      await journal.next({ event: 'trust.activated', anchors: 1 });
      await activateTrust([], 'superseded', OLD);
      expect(await tap(card.card)).toMatchObject({
        event: 'entry.refused',
        reason: 'revocation-unknown',
        detail: 'revocation list: stale',
      });
      await activateTrust();
      expect(await tap(card.card)).toMatchObject({ event: 'entry.granted', revocation: 'checked' });
    },
  ));

test('a gate that is not told serves with an old list, and each fact says so', () =>
  withTerminal({ tickets: hanako }, async ({ tap, ticket, journal, activateTrust }) => {
    await journal.next({ event: 'terminal.in-service' });
    await journal.next({ event: 'trust.activated', anchors: 1 });
    await activateTrust([], 'superseded', OLD);
    const { card } = ticket('hanako');
    expect(await tap(card.card)).toMatchObject({ event: 'entry.granted', revocation: 'stale' });
  }));
