/** A gate with an attendant who sees whether people walk through. */

import { expect, test } from 'vitest';
import { entriesOf } from '../../platform-sim/effects.ts';
import { undoEntry } from '../../src/staff/commands.ts';
import type { CardMaker } from '../cards.ts';
import { hanako, LIST, type Ticket, type World, withTerminal } from '../terminal.ts';

const ATTENDED = 'passage = "attendant"\n[screen]\nport = 0\n';

async function family(cards: CardMaker): Promise<Record<'father' | 'mother' | 'child', Ticket>> {
  const one = async (ticket: string) => ({
    card: await cards.card(),
    ticket,
    seat: `C ${ticket}番`,
    party: 'P',
  });
  return { father: await one('1'), mother: await one('2'), child: await one('3') };
}

function attended(
  tickets: (cards: CardMaker) => Promise<Readonly<Record<string, Ticket>>>,
  story: (world: World) => Promise<void>,
): Promise<void> {
  return withTerminal({ tickets, configured: ATTENDED }, async (world) => {
    await world.screen({ screen: 'waiting' });
    await story(world);
  });
}

const KEYS = ['passed', 'not-passed'] as const;
const QUESTION = { screen: 'welcome', keys: KEYS } as const;

test('who did not walk through is told so and tries again, with the paper they have; then they have entered', () =>
  attended(hanako, async ({ tap, hold, remove, ticket, screen, press, journal, papers }) => {
    const { card } = ticket('hanako').card;
    expect(await tap(card)).toMatchObject({ event: 'entry.granted', passage: 'attendant' });
    await journal.next({ event: 'print.done' });
    await screen({ ...QUESTION, name: null, paper: true });
    expect(press({ key: 'not-passed' })).toBe('taken');
    const not = await journal.next({ event: 'entry.not-passed' });
    const [granted] = journal.all.filter(({ event }) => event === 'entry.granted');
    expect(not).toMatchObject({ by: 'attendant', grant: granted?.['seq'], ticket: '0042-7781' });
    await screen({ screen: 'again', reason: 'not-passed' });

    const before = journal.all.length;
    await hold(card);
    await journal.next({ event: 'entry.granted' }, before);
    await screen({ ...QUESTION, paper: false, speech: '/voice/ja/welcome-again' });
    await remove();
    await screen({ ...QUESTION, name: null });
    expect(press({ key: 'passed' })).toBe('taken');
    await journal.next({ event: 'entry.passed', by: 'attendant' });
    expect(await tap(card)).toMatchObject({ reason: 'already-entered' });
    expect(await papers()).toHaveLength(1);
  }));

test('the keys are there while the card is, and after it; a late one does nothing', () =>
  attended(hanako, async ({ hold, ticket, screen, press, source, journal }) => {
    await hold(ticket('hanako').card.card);
    const { number } = await screen(QUESTION);
    expect(press({ key: 'passed' })).toBe('taken');
    await journal.next({ event: 'entry.passed' });
    await screen({ screen: 'welcome', keys: [] });
    expect(source.press(number, { key: 'not-passed' })).toBe('key-not-allowed');
    expect(journal.count({ event: 'entry.not-passed' })).toBe(0);
  }));

test('companions do not wait for a key, nor for each other: one tap each, in any order', () =>
  attended(family, async ({ tap, ticket, press, journal, platform }) => {
    for (const name of ['child', 'father', 'mother']) {
      const answer = await tap(ticket(name).card.card);
      expect(answer).toMatchObject({ event: 'entry.granted', ticket: ticket(name).ticket });
    }
    // Handed back over the barrier: the ticket is used until somebody says that it is not.
    expect(await tap(ticket('child').card.card)).toMatchObject({ reason: 'already-entered' });
    expect(press({ key: 'passed' })).not.toBe('taken');
    const refused = journal.all.findLast(({ event }) => event === 'entry.refused');
    await journal.first((line) => Number(line['upto']) >= Number(refused?.['seq']));
    const entries = entriesOf(platform.stores.facts.entryFacts(LIST), [], [], { now: Date.now() });
    expect([...entries.values()].map(({ doubles }) => doubles)).toEqual([0, 0, 0]);
  }));

test('staff takes an entry back that nobody has said anything of, and the ticket is free at once', () =>
  attended(hanako, async ({ tap, ticket, config, journal }) => {
    const { card } = ticket('hanako').card;
    await tap(card);
    undoEntry(config, '0042-7781', { by: 'Mori', why: 'wrong gate' });
    await journal.next({ event: 'entry.undone' });
    expect(await tap(card)).toMatchObject({ event: 'entry.granted' });
  }));

test('the terminal ends before anybody has said anything: nothing is said, and the card is not let in twice at once', () =>
  attended(hanako, async ({ tap, ticket, start, stop, journal }) => {
    const { card } = ticket('hanako').card;
    await tap(card);
    await stop();
    const before = journal.all.length;
    await start();
    await journal.next({ event: 'terminal.in-service' }, before);
    expect(await tap(card)).toMatchObject({ reason: 'already-entered' });
    expect(journal.count({ event: 'entry.passed' })).toBe(0);
  }));
