/** What people who are here can do: go out and come back, leave, receive things, say what they need; and what staff alone may. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { dayInJapan } from '../../src/domain/japan-time.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { hashPin } from '../../src/staff/pin.ts';
import { atTheShelter, households, type Shelter } from './at-the-shelter.ts';

/** So long that it is nowhere by chance. */
const PIN = '8351749206';

/** Ken is here, and his menu is open. */
async function atTheMenu(shelter: Shelter): Promise<void> {
  const { arrive, ticket, press, screen } = shelter;
  await arrive(ticket('ken').card.card);
  await screen({ screen: 'shelter-family' });
  press({ key: 'enter' });
  await again(shelter);
}

/** The same card once more, which by then opens its menu. */
async function again({ hold, remove, ticket, screen }: Shelter): Promise<Screen> {
  await hold(ticket('ken').card.card);
  const shown = await screen({ screen: 'shelter-menu' });
  await remove();
  return shown;
}

const chosen = (shelter: Shelter, choice: string) => shelter.press({ key: 'choose', choice });
const lastOf = ({ facts }: Shelter, event: string) =>
  facts().findLast((fact) => fact.event === event);

test('who is here has a menu that says since when, and nobody is counted twice', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    await atTheMenu(shelter);
    const since = lastOf(shelter, 'shelter.arrived')?.at;
    expect(await shelter.screen({ screen: 'shelter-menu' })).toMatchObject({
      ...{ name: '小＊ 健＊', since, keys: ['choose', 'back'] },
    });
    shelter.press({ key: 'back' });
    await shelter.waiting({ people: 1 } as Partial<Screen>);
  }));

test('out, and back by holding the card: no menu stands in the way of somebody who comes home', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { screen, arrive, ticket } = shelter;
    await atTheMenu(shelter);
    chosen(shelter, 'out');
    await screen({ screen: 'shelter-done', what: 'out' } as Partial<Screen>);
    const arrival = lastOf(shelter, 'shelter.arrived')?.seq;
    expect(lastOf(shelter, 'shelter.went-out')?.body).toMatchObject({ arrival });
    const back = await arrive(ticket('ken').card.card, 'shelter.came-back');
    expect(back).toMatchObject({ arrival, shelter: 'shiomi-elementary' });
    expect(await screen({ screen: 'shelter-family' })).toMatchObject({
      ...{ count: 1, people: [{ how: 'back', name: '小＊ 健＊' }] },
    });
  }));

test('who leaves for good is taken in anew when they come again', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { screen, arrive, ticket } = shelter;
    await atTheMenu(shelter);
    chosen(shelter, 'leave');
    await screen({ screen: 'shelter-done', what: 'left' } as Partial<Screen>);
    expect(await arrive(ticket('ken').card.card)).toMatchObject({ flags: [] });
  }));

test('each thing once a day, and the day is Japan’s', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { screen, journal } = shelter;
    await atTheMenu(shelter);
    chosen(shelter, 'supplies');
    const offered = await screen({ screen: 'shelter-supplies' });
    expect(offered).toMatchObject({
      supplies: expect.arrayContaining([{ kind: 'water', had: false }]),
    });
    chosen(shelter, 'water');
    await screen({ screen: 'shelter-done', what: 'supplied', kind: 'water' } as Partial<Screen>);
    const line = await journal.next({ event: 'shelter.supplied' });
    const today = [dayInJapan(Date.now() - 60_000), dayInJapan(Date.now())];
    expect(today).toContain(line['day']);
    expect(line).toMatchObject({ kind: 'water', count: 1 });
    await again(shelter);
    chosen(shelter, 'supplies');
    expect(await screen({ screen: 'shelter-supplies' })).toMatchObject({
      supplies: expect.arrayContaining([{ kind: 'water', had: true }]),
    });
    chosen(shelter, 'water');
    // Not refused: staff may hand it out again.
    await screen({ screen: 'shelter-staff', asked: 'again', refused: false } as Partial<Screen>);
    expect(journal.count({ event: 'shelter.supplied' })).toBe(1);
  }));

test('needs are kept as they were said last', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { screen, press } = shelter;
    await atTheMenu(shelter);
    chosen(shelter, 'needs');
    await screen({ screen: 'shelter-needs' });
    for (const need of ['pet', 'medicine', 'pet', 'nonsense']) chosen(shelter, need);
    await expect
      .poll(() => JSON.stringify(shelter.source.current))
      .toContain('{"need":"medicine","chosen":true}');
    press({ key: 'enter' });
    await screen({ screen: 'shelter-done', what: 'needs' } as Partial<Screen>);
    expect(lastOf(shelter, 'shelter.needs-told')?.body['needs']).toEqual(['medicine']);
  }));

test('staff take an arrival back, and hand something out again, with their card alone', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { screen, hold, remove, ticket, press, config } = shelter;
    const card = createHash('sha256').update(ticket('hatsu').card.der).digest('hex');
    await shelter.stop();
    Object.assign(config, { staff: { attendant: [{ name: '山田', card }] } });
    await shelter.start();
    await shelter.waiting({ reader: true } as Partial<Screen>);
    await atTheMenu(shelter);
    await takeBath(shelter);
    await screen({ screen: 'shelter-done' });
    await again(shelter);
    await takeBath(shelter);
    await screen({ screen: 'shelter-staff', asked: 'again', refused: false } as Partial<Screen>);
    await hold(ticket('yumi').card.card);
    await screen({ screen: 'shelter-staff', asked: 'again', refused: true } as Partial<Screen>);
    await remove();
    await hold(ticket('hatsu').card.card);
    await screen({ screen: 'shelter-done', what: 'supplied' } as Partial<Screen>);
    await remove();
    expect(lastOf(shelter, 'shelter.supplied')?.body).toMatchObject({ again: '山田' });
    await again(shelter);
    chosen(shelter, 'undo');
    await screen({ screen: 'shelter-staff', asked: 'undo', refused: false } as Partial<Screen>);
    await hold(ticket('hatsu').card.card);
    await screen({ screen: 'shelter-why' });
    await remove();
    expect(press({ key: 'choose', choice: 'someone-else' })).toBe('taken');
    await screen({ screen: 'shelter-done', what: 'undone' } as Partial<Screen>);
    expect(lastOf(shelter, 'shelter.undone')?.body).toMatchObject({
      ...{ by: '山田', why: 'someone-else' },
      arrival: lastOf(shelter, 'shelter.arrived')?.seq,
    });
  }));

test('without a card of theirs, staff type their PIN: for a second portion, and to take an arrival back', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { screen, press, journal, config, facts } = shelter;
    await shelter.stop();
    Object.assign(config, { staff: { pin: await hashPin(Buffer.from(PIN)), attendant: [] } });
    await shelter.start();
    await shelter.waiting({ reader: true } as Partial<Screen>);
    await atTheMenu(shelter);
    await takeBath(shelter);
    await screen({ screen: 'shelter-done' });
    await again(shelter);
    await takeBath(shelter);
    const asked = await screen({ screen: 'shelter-staff', asked: 'again' } as Partial<Screen>);
    expect(asked.keys).toEqual(['staff', 'back']);
    press({ key: 'staff' });
    await typePin(shelter, '9999');
    // A wrong one hands nothing out, and is counted as at any terminal.
    await screen({ screen: 'staff-pin', result: 'wrong' } as Partial<Screen>);
    expect(journal.all.filter(({ event }) => event === 'staff.pin-wrong')).toMatchObject([
      { tries: 1 },
    ]);
    expect(journal.count({ event: 'shelter.supplied' })).toBe(1);
    await typePin(shelter, PIN);
    await screen({ screen: 'shelter-done', what: 'supplied' } as Partial<Screen>);
    expect(lastOf(shelter, 'shelter.supplied')?.body).toMatchObject({ again: 'PIN' });
    await again(shelter);
    chosen(shelter, 'undo');
    await screen({ screen: 'shelter-staff', asked: 'undo' } as Partial<Screen>);
    press({ key: 'staff' });
    await screen({ screen: 'staff-pin', result: 'ask', digits: 0 } as Partial<Screen>);
    press({ key: 'back' });
    await screen({ screen: 'shelter-staff', asked: 'undo' } as Partial<Screen>);
    press({ key: 'staff' });
    await typePin(shelter, PIN);
    await screen({ screen: 'shelter-why' });
    press({ key: 'choose', choice: 'mistake' });
    await screen({ screen: 'shelter-done', what: 'undone' } as Partial<Screen>);
    expect(lastOf(shelter, 'shelter.undone')?.body).toMatchObject({ by: 'PIN', why: 'mistake' });
    expect(JSON.stringify([journal.all, facts(), shelter.screens])).not.toContain(PIN);
  }));

test('without a PIN in the configuration there is no key for one', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    await atTheMenu(shelter);
    chosen(shelter, 'undo');
    const asked = await shelter.screen({ screen: 'shelter-staff' });
    expect(asked.keys).toEqual(['back']);
    expect(shelter.press({ key: 'staff' })).toBe('key-not-allowed');
  }));

async function typePin({ screen, press }: Shelter, pin: string): Promise<void> {
  await screen({ screen: 'staff-pin', digits: 0 } as Partial<Screen>);
  for (const character of pin) press({ key: 'character', character });
  await screen({ screen: 'staff-pin', digits: pin.length } as Partial<Screen>);
  press({ key: 'enter' });
}

async function takeBath(shelter: Shelter): Promise<void> {
  chosen(shelter, 'supplies');
  await shelter.screen({ screen: 'shelter-supplies' });
  chosen(shelter, 'bath');
}
