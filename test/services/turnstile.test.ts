/** A gate behind a turnstile: one person at a time, and only who walked through has entered. */

import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { askControlSocket, type ControlReply } from '../../devices/sim-control.ts';
import type { CardMaker } from '../cards.ts';
import { LIST, type Ticket, type World, withTerminal } from '../terminal.ts';

const TABLES = `[receipt]
driver = "simulated"
[turnstile]
driver = "simulated"
[services.event-entry]
list = "${LIST}"
passage = "turnstile"
[screen]
port = 0
`;

async function two(cards: CardMaker): Promise<Record<'hanako' | 'taro', Ticket>> {
  const one = async (ticket: string) => ({
    card: await cards.card(),
    ticket,
    seat: `A ${ticket}番`,
  });
  return { hanako: await one('1'), taro: await one('2') };
}

type Ask = (request: { readonly do: string; readonly as?: string }) => Promise<ControlReply>;

function atTheTurnstile(
  story: (world: World, turnstile: Ask) => Promise<void>,
  tables = TABLES,
): Promise<void> {
  return withTerminal({ tickets: two, tables }, async (world) => {
    await world.screen({ screen: 'waiting' });
    await world.journal.next({ event: 'device.ready', device: 'turnstile' });
    const path = join(world.config.state, 'sim-turnstile.sock');
    await story(world, (request) => askControlSocket(path, request));
  });
}

test('who walks through has entered; the fact is there before it unlocks', () =>
  atTheTurnstile(async ({ hold, remove, tap, ticket, journal }, turnstile) => {
    const { card } = ticket('hanako').card;
    await hold(card);
    const granted = await journal.next({ event: 'entry.granted', passage: 'turnstile' });
    const passed = await journal.next({ event: 'entry.passed' });
    expect(passed).toMatchObject({ by: 'turnstile', grant: granted['seq'], ticket: '1' });
    await remove();
    expect(await tap(card)).toMatchObject({ reason: 'already-entered' });
    expect(await turnstile({ do: 'count' })).toMatchObject({ unlocked: 1, passed: 1 });
  }));

test('who did not walk through is told so, tries again, and the next card waits for that', () =>
  atTheTurnstile(async ({ tap, hold, remove, ticket, journal, screen }, turnstile) => {
    const { card } = ticket('hanako').card;
    await turnstile({ do: 'people', as: 'stay' });
    await tap(card);
    await screen({ screen: 'welcome', name: null, keys: [] });
    await hold(ticket('taro').card.card);
    expect(journal.count({ event: 'entry.granted' })).toBe(1);
    const isUnlocked = async () =>
      expect(await turnstile({ do: 'count' })).toMatchObject({ unlocked: 1 });
    await vi.waitFor(isUnlocked, 20_000);
    await turnstile({ do: 'people', as: 'walk' });
    await turnstile({ do: 'lock' });
    expect(await journal.next({ event: 'entry.not-passed' })).toMatchObject({ by: 'turnstile' });
    await journal.next({ event: 'entry.passed', ticket: '2' });
    await remove();
    const again = await tap(card);
    expect(again).toMatchObject({ event: 'entry.granted', ticket: '1' });
    await journal.next({ event: 'entry.passed', ticket: '1' });
    expect(await turnstile({ do: 'count' })).toMatchObject({ unlocked: 3, passed: 2 });
  }));

test('one that can not open let nobody through, and says what is wrong with it until it works', () =>
  atTheTurnstile(async ({ tap, ticket, journal, screen }, turnstile) => {
    await turnstile({ do: 'set', as: 'jammed' });
    await tap(ticket('hanako').card.card);
    await screen({ screen: 'again', reason: 'not-passed' });
    const condition = { event: 'device.condition', device: 'turnstile' };
    await journal.next({ ...condition, condition: 'no-answer' });
    await turnstile({ do: 'set', as: 'ready' });
    await tap(ticket('hanako').card.card);
    await journal.next({ event: 'entry.passed' });
    await journal.next({ ...condition, condition: 'ready' });
  }));

test('lost while somebody is let in, and while nobody is: people come in, and an attendant is asked', () =>
  atTheTurnstile(async ({ tap, ticket, journal, screen, press }, turnstile) => {
    await turnstile({ do: 'people', as: 'stay' });
    await tap(ticket('hanako').card.card);
    await turnstile({ do: 'unplug' });
    await screen({ screen: 'welcome', keys: ['passed', 'not-passed'] });
    expect(press({ key: 'passed' })).toBe('taken');
    await journal.next({ event: 'entry.passed', by: 'attendant', ticket: '1' });
    await journal.next({ event: 'device.lost', device: 'turnstile' });
    const taro = await tap(ticket('taro').card.card);
    expect(taro).toMatchObject({ event: 'entry.granted', passage: 'attendant' });
    await screen({ screen: 'welcome', keys: ['passed', 'not-passed'] });
  }));

test('on the way out it unlocks for everybody, and waits for nobody', () =>
  atTheTurnstile(
    async ({ hold, remove, ticket, journal, cards }, turnstile) => {
      await turnstile({ do: 'people', as: 'stay' });
      for (const { card } of [ticket('hanako').card, await cards.card()]) {
        const before = journal.all.length;
        await hold(card);
        await journal.next({ event: 'entry.left' }, before);
        await remove();
        // The one before has left it by now.
        const isUnlocked = async () =>
          expect(await turnstile({ do: 'lock' })).toMatchObject({ unlocked: true });
        await vi.waitFor(isUnlocked, 20_000);
      }
      expect(await turnstile({ do: 'count' })).toMatchObject({ unlocked: 2 });
      expect(journal.count({ event: 'entry.not-passed' })).toBe(0);
    },
    TABLES.replace('passage =', 'direction = "out"\npassage ='),
  ));
