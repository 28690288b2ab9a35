/** Entry by number beside a running gate: what its cards are told, what the platform makes of it. */

import { expect, test } from 'vitest';
import { entriesOf } from '../../platform-sim/effects.ts';
import { listedRows } from '../../platform-sim/entry-lists.ts';
import { enterTicket, StaffError, undoEntry } from '../../src/staff/commands.ts';
import { atTheGate, LIST, type World } from '../terminal.ts';

const BY = { by: '森', why: 'card left at home' };

/** What the platform knows once every fact has gone up. */
async function platformView({ journal, platform }: World, seq: number) {
  const held = (line: { event: string; upto?: unknown }) =>
    line.event === 'facts.acknowledged' && Number(line.upto) >= seq;
  await journal.first(held);
  const { facts, registry } = platform.stores;
  return entriesOf(facts.entryFacts(LIST), facts.clockOrigins(), listedRows(registry, LIST));
}

test('by number first: the card of that ticket is refused with when and where, until it is taken back', () =>
  atTheGate(async ({ tap, config, journal }, { card, ticket }) => {
    const first = enterTicket(config, ticket, BY);
    expect(first).toMatchObject({
      body: { ticket, gate: '西ゲート', assurance: 'attendant', ...BY },
    });
    const shown = await journal.next({ event: 'entry.granted' });
    expect(shown).toMatchObject({ assurance: 'attendant', by: '森', ticket });
    expect(await tap(card.card)).toMatchObject({
      event: 'entry.refused',
      reason: 'already-entered',
      ticket,
      first: { at: first.at, gate: '西ゲート' },
    });
    undoEntry(config, ticket, BY);
    expect(await tap(card.card)).toMatchObject({ event: 'entry.granted', assurance: 'identified' });
    expect(() => enterTicket(config, ticket, BY)).toThrow(StaffError);
  }));

test('by card first: the number is refused, however it is typed, until it is taken back', () =>
  atTheGate(async ({ tap, config }, { card, ticket }) => {
    await tap(card.card);
    expect(() => enterTicket(config, ticket, BY)).toThrow(/already/u);
    expect(() => enterTicket(config, ' ００４２－７７８１', BY)).toThrow(/already/u);
    undoEntry(config, ticket, BY);
    expect(enterTicket(config, ticket, BY)).toMatchObject({ event: 'entry.granted' });
  }));

test('the receipt that an earlier entry by card was owed is not printed for an entry by number', () =>
  atTheGate(async ({ tap, config, journal, printer, papers }, { card, ticket }) => {
    await printer('paper-out');
    await tap(card.card);
    await journal.next({ event: 'print.owed' });
    undoEntry(config, ticket, BY);
    enterTicket(config, ticket, BY);
    await journal.next({ event: 'entry.granted', assurance: 'attendant' });
    await printer('none');
    expect(await tap(card.card)).toMatchObject({
      event: 'entry.refused',
      reason: 'already-entered',
    });
    expect(await papers()).toEqual([]);
  }));

test('the platform takes it as an entry of the ticket, and flags a number that no ticket has', () =>
  atTheGate(async (world, { ticket }) => {
    const { config, platform } = world;
    enterTicket(config, ticket, BY);
    const { seq } = enterTicket(config, 'NO-SUCH-1', BY);
    const entries = await platformView(world, seq);
    const [row] = listedRows(platform.stores.registry, LIST);
    expect([...entries]).toEqual([
      [row?.ref, expect.objectContaining({ gate: '西ゲート', doubles: 0, flag: null })],
      ['ticket:NO-SUCH-1', expect.objectContaining({ flag: 'unknown-ticket' })],
    ]);
  }));
