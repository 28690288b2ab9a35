/** Check-in at a shelter: everybody is taken in, and what could not be checked stands in the fact. */

import { expect, test } from 'vitest';
import type { Screen } from '../../src/domain/screen.ts';
import { openLedger } from '../../src/state-folder.ts';
import { atTheShelter, households, type Shelter } from '../shelter/at-the-shelter.ts';

/** In hours: so short that every list is older. */
const AT_ONCE = 1e-7;
const DAY_MS = 86_400_000;

/** What must never be seen of a shelter, whatever is held there. */
const REFUSALS = ['refused', 'closed', 'welcome'];

function nobodyWasRefused({ screens, journal }: Shelter): void {
  const isStarting = (screen: Screen) => screen.screen === 'closed' && screen.reason === 'starting';
  const shown = screens.filter((screen) => REFUSALS.includes(screen.screen) && !isStarting(screen));
  expect(shown).toEqual([]);
  expect(journal.count({ event: 'entry.refused' })).toBe(0);
  expect(journal.count({ event: 'event.dropped' })).toBe(0);
}

const onlyArrival = ({ facts }: Shelter) =>
  facts().find(({ event }) => event === 'shelter.arrived');

test('who is on the list is taken in, and nothing stands in the fact that names them', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, screen, waiting } = shelter;
    await waiting({ people: 0, crowding: 'roomy', reader: true } as Partial<Screen>);
    const line = await arrive(ticket('ken').card.card);
    expect(line).toMatchObject({
      ...{ shelter: 'shiomi-elementary', by: 'card', count: 1, flags: [] },
      ...{ assurance: 'identified', listAge: 'fresh' },
    });
    const shown = await screen({ screen: 'shelter-family' });
    expect(shown).toMatchObject({ count: 1, people: [{ name: '小＊ 健＊', how: 'arrived' }] });
    const fact = onlyArrival(shelter);
    expect(fact?.subject).toBe(`evacuee/${line['ref']}`);
    expect(JSON.stringify(fact)).not.toMatch(/小川|sealed/u);
    // And the municipality hears of it while there is a network.
    await shelter.journal.first((told) => Number(told['upto']) >= Number(line['seq']));
    nobodyWasRefused(shelter);
  }));

test('a stranger is taken in: their certificate goes to the municipality alone', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, cards, opened, journal } = shelter;
    const stranger = await cards.card();
    const line = await arrive(stranger.card);
    expect(line).toMatchObject({
      flags: ['not-listed'],
      mark: expect.stringMatching(/^[\da-f]{32}$/u),
    });
    const certificate = stranger.der.toString('base64');
    expect(opened(onlyArrival(shelter))).toEqual({ certificate });
    expect(JSON.stringify(journal.all)).not.toContain(certificate.slice(100, 140));
    nobodyWasRefused(shelter);
  }));

test('without list, trust or network, the first card is taken in all the same', () =>
  atTheShelter({ platform: 'stopped' }, async (shelter) => {
    const { cards, arrive, waiting, press, screen } = shelter;
    await waiting({ offline: true, reader: true } as Partial<Screen>);
    const { card } = await cards.card();
    const line = await arrive(card);
    expect(line['flags']).toEqual(['no-list', 'certificate-unknown']);
    // And is known again, by a key of this shelter alone.
    await screen({ screen: 'shelter-family' });
    press({ key: 'enter' });
    await shelter.hold(card);
    await screen({ screen: 'shelter-menu', name: null } as Partial<Screen>);
    nobodyWasRefused(shelter);
  }));

test.each([
  ['old', { oldAfterHours: AT_ONCE, tooOldAfterHours: 72, whenTooOld: 'admit' }],
  ['too-old', { oldAfterHours: AT_ONCE, tooOldAfterHours: AT_ONCE, whenTooOld: 'refuse' }],
] as const)('a list that is %s takes people in, whatever it says of that', (age, staleness) =>
  atTheShelter({ tickets: households, settings: { staleness } }, async (shelter) => {
    const line = await shelter.arrive(shelter.ticket('ken').card.card);
    expect(line).toMatchObject({ listAge: age, flags: ['list-old'], ref: expect.any(String) });
    nobodyWasRefused(shelter);
  }),
);

test('an expired card, a revoked one and one of another country are taken in, each with its flag', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { cards, arrive, ticket, activateTrust } = shelter;
    await activateTrust([ticket('ken').card]);
    const expired = await cards.card({
      notBefore: new Date(Date.now() - 2 * DAY_MS),
      notAfter: new Date(Date.now() - DAY_MS),
    });
    expect(await arrive(ticket('ken').card.card)).toMatchObject({
      flags: ['certificate-revoked'],
      ref: expect.any(String),
    });
    expect(await arrive(expired.card)).toMatchObject({
      flags: ['not-listed', 'certificate-expired'],
    });
    nobodyWasRefused(shelter);
  }));

test('a clock that jumped a month keeps nobody out: the fact says that the time is not known', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, waiting, config } = shelter;
    await shelter.stopPlatform();
    await shelter.stop();
    // What the platform last said was later than the clock says now: the battery is empty.
    const { ledger, clock } = openLedger(config, { countsAsBoot: false });
    ledger.set('time-high', String(Date.now() + 30 * DAY_MS));
    ledger.close();
    clock.close();
    await shelter.start();
    await waiting({ reader: true } as Partial<Screen>);
    const line = await arrive(ticket('ken').card.card);
    expect(line['flags']).toContain('clock-unset');
    const fact = onlyArrival(shelter);
    expect(fact).toMatchObject({ clock: 'unset' });
    expect(Date.parse(fact?.at ?? '')).toBeGreaterThan(Date.now() + 29 * DAY_MS);
    nobodyWasRefused(shelter);
  }));

test('a household comes in one go: a ring each, one group, and the same card twice counts once', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, hold, remove, ticket, press, screen, facts } = shelter;
    await arrive(ticket('ken').card.card);
    await arrive(ticket('yumi').card.card);
    await screen({ screen: 'shelter-family', count: 2 });
    await hold(ticket('ken').card.card);
    await expect.poll(() => howOf(shelter)).toEqual(['again', 'arrived']);
    await remove();
    expect(press({ key: 'enter' })).toBe('taken');
    await screen({ screen: 'shelter-family', seconds: null, count: 2 });
    const arrivals = facts().filter(({ event }) => event === 'shelter.arrived');
    expect(arrivals).toHaveLength(2);
    expect(new Set(arrivals.map(({ body }) => body['group'])).size).toBe(1);
  }));

test('the household behind them begins a go of its own, though nobody has pressed a key', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, screen, facts } = shelter;
    await arrive(ticket('ken').card.card);
    await arrive(ticket('hatsu').card.card);
    const shown = await screen({ screen: 'shelter-family', count: 1 });
    expect(shown).toMatchObject({ people: [{ name: '森＊ ハ＊' }] });
    const groups = facts().flatMap(({ event, body }) =>
      event === 'shelter.arrived' ? [body['group']] : [],
    );
    expect(new Set(groups).size).toBe(2);
  }));

test('who is here already and comes with others is taken in with them, and flagged', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, press, screen } = shelter;
    await arrive(ticket('ken').card.card);
    await screen({ screen: 'shelter-family' });
    press({ key: 'enter' });
    await screen({ screen: 'shelter-family', seconds: null });
    await arrive(ticket('yumi').card.card);
    expect(await arrive(ticket('ken').card.card)).toMatchObject({ flags: ['here-already'] });
    expect(await screen({ screen: 'shelter-family', count: 2 })).toMatchObject({
      people: [{ how: 'arrived' }, { how: 'here-already' }],
    });
  }));

test('a list that is swapped under a tap changes nothing for who stands there', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, tickets, publish, journal } = shelter;
    const before = journal.all.length;
    const swapped = publish(Object.values(tickets).slice(0, 2));
    const line = await arrive(ticket('hatsu').card.card);
    await swapped;
    // By the version that decided then; never neither.
    expect(line['ref'] === undefined).toBe(line['version'] === 2);
    await journal.next({ event: 'list.activated', version: 2 }, before);
    nobodyWasRefused(shelter);
  }));

test('a card that can not be read twice leads to the form, and so does one that is no My Number Card', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { cards, hold, remove, screen, press, waiting } = shelter;
    const { card } = await cards.card();
    await hold({ ...card, faults: { removedAfter: 5 } });
    await screen({ screen: 'again', reason: 'card-removed' });
    await remove();
    await hold({ ...card, faults: { removedAfter: 5 } });
    await screen({ screen: 'shelter-no-card', unread: true });
    await remove();
    press({ key: 'back' });
    await waiting();
    await hold({ kind: 'transit' });
    await screen({ screen: 'shelter-no-card', unread: true });
    nobodyWasRefused(shelter);
  }));

test('without a reader the shelter goes on: the screen says so, and offers the form', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { reader, waiting, press, screen } = shelter;
    await waiting({ reader: true } as Partial<Screen>);
    await reader('unplug');
    await waiting({ reader: false } as Partial<Screen>);
    press({ key: 'choose', choice: 'without-card' });
    await screen({ screen: 'shelter-no-card', unread: false });
    nobodyWasRefused(shelter);
  }));

test('it tells how full it is after a start, of the facts alone; who went out keeps a place', () =>
  atTheShelter({ tickets: households, capacity: 4 }, async (shelter) => {
    const { arrive, ticket, waiting, screen, press } = shelter;
    const again = async () => {
      await shelter.stop();
      await shelter.start();
    };
    await waiting({ people: 0, crowding: 'roomy' } as Partial<Screen>);
    await arrive(ticket('ken').card.card);
    await arrive(ticket('yumi').card.card);
    await again();
    await waiting({ people: 2, crowding: 'some-room', reader: true } as Partial<Screen>);
    await arrive(ticket('hatsu').card.card);
    await screen({ screen: 'shelter-family' });
    press({ key: 'enter' });
    await shelter.hold(ticket('hatsu').card.card);
    await screen({ screen: 'shelter-menu' });
    press({ key: 'choose', choice: 'out' });
    await screen({ screen: 'shelter-done' });
    await again();
    await waiting({ people: 2, crowding: 'crowded' } as Partial<Screen>);
  }));

function howOf({ source }: Shelter): string[] {
  const { current } = source;
  return current.screen === 'shelter-family' ? current.people.map(({ how }) => how) : [];
}
