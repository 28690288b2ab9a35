/** An exit gate: it lets everybody out, and a list may let them come back. */

import { expect, test } from 'vitest';
import { entriesOf } from '../../platform-sim/effects.ts';
import { type ListSettings, listedRows } from '../../platform-sim/entry-lists.ts';
import { openLedger } from '../../src/state-folder.ts';
import { hanako, LIST, type Ticket, type World, withTerminal } from '../terminal.ts';

/** A gate that leads out, of the list that Hanako is on; no printer. */
function atTheExit(
  story: (world: World, ticket: Ticket) => Promise<void>,
  settings: ListSettings = {},
): Promise<void> {
  const tables = `[services.event-entry]
list = "${LIST}"
gate = "出口"
direction = "out"
[screen]
port = 0
`;
  return withTerminal({ tickets: hanako, settings, tables }, async (world) => {
    await world.journal.next({ event: 'list.activated' });
    await world.screen({ screen: 'waiting', purpose: { service: 'event-exit' } });
    await story(world, world.ticket('hanako'));
  });
}

/** The entry of another gate, as if it had been written here. */
function hasEntered({ platform, config }: World, { ticket }: Ticket): void {
  const [row] = listedRows(platform.stores.registry, LIST);
  const body = { ticket, list: LIST, ref: row?.ref, gate: '西ゲート' };
  const { ledger, clock } = openLedger(config, { countsAsBoot: false });
  ledger.record([{ event: 'entry.granted', subject: `${LIST}/${row?.ref}`, body }]);
  ledger.close();
  clock.close();
}

test('who came in goes out, hears that they can come back, and is not inside any more', () =>
  atTheExit(
    async (world, ticket) => {
      hasEntered(world, ticket);
      await world.hold(ticket.card.card);
      await world.screen({
        screen: 'result',
        ring: 'done',
        told: { text: 'exit.back', given: {} },
      });
      const left = await world.journal.next({ event: 'entry.left' });
      expect(left).toMatchObject({ ticket: ticket.ticket, gate: '出口', assurance: 'identified' });
      expect(left).not.toHaveProperty('flag');
      await world.journal.first((line) => Number(line['upto']) >= Number(left['seq']));
      const { facts } = world.platform.stores;
      const entered = (rules: Parameters<typeof entriesOf>[3]) =>
        entriesOf(facts.entryFacts(LIST), facts.clockOrigins(), [], rules).size;
      expect(entered({ reentry: 'after-exit' })).toBe(0);
      expect(entered({})).toBe(1);
    },
    { reentry: 'after-exit' },
  ));

test('where a ticket is good for one entry, it says so', () =>
  atTheExit(async (world, ticket) => {
    hasEntered(world, ticket);
    await world.hold(ticket.card.card);
    await world.screen({ screen: 'result', told: { text: 'exit.done', given: {} } });
  }));

test('nobody is locked in: who came in where nobody saw it, and a stranger', () =>
  atTheExit(async ({ hold, remove, journal, screen, cards }, { card, ticket }) => {
    await hold(card.card);
    expect(await journal.next({ event: 'entry.left' })).toMatchObject({ flag: 'no-entry', ticket });
    await remove();
    const stranger = await cards.card();
    const before = journal.all.length;
    await hold(stranger.card);
    const left = await journal.next({ event: 'entry.left' }, before);
    expect(left).toMatchObject({ reason: 'not-on-list', gate: '出口' });
    expect(left).not.toHaveProperty('ticket');
    await screen({ screen: 'result', ring: 'done', told: { text: 'exit.open', given: {} } });
  }));

test('nobody is locked in: not with a card that was revoked', () =>
  atTheExit(async ({ hold, remove, journal, activateTrust }, { card, ticket }) => {
    await activateTrust([card]);
    await hold(card.card);
    const left = await journal.next({ event: 'entry.left' });
    expect(left).toMatchObject({ reason: 'certificate-revoked', ticket });
    await remove();
    expect(journal.count({ event: 'entry.refused' })).toBe(0);
  }));

test('nobody is locked in before any list or authority has come', () =>
  withTerminal(
    { platform: 'stopped', tables: '[services.event-entry]\nlist = "l"\ndirection = "out"\n' },
    async ({ hold, journal, cards }) => {
      await journal.next({ event: 'terminal.in-service' });
      await hold((await cards.card()).card);
      expect(await journal.next({ event: 'entry.left' })).toMatchObject({
        reason: 'certificate-untrusted',
      });
    },
  ));

test('a card that can not be read is asked for again, and opens when it can', () =>
  atTheExit(async ({ hold, journal, screen }, { card }) => {
    const again = screen({ screen: 'again', reason: 'card-removed' });
    await hold({ ...card.card, faults: { removedAfter: 5 } });
    await again;
    expect(journal.count({ event: 'entry.left' })).toBe(0);
    await hold(card.card);
    await journal.next({ event: 'entry.left' });
  }));

test('a copy of a certificate opens the gate, but takes nobody out of a list that asks for a proof', () =>
  atTheExit(
    async (world, ticket) => {
      hasEntered(world, ticket);
      await world.hold(ticket.card.card);
      const left = await world.journal.next({ event: 'entry.left' });
      expect(left).toMatchObject({ reason: 'possession-not-proved' });
      expect(left).not.toHaveProperty('ref');
    },
    { assurance: 'possession' },
  ));
