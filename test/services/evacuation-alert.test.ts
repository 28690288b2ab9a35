/** Linking at a whole television: simulated remote control, the platform and its register of residents, real sockets, real files. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder } from '../../platform-sim/stores.ts';
import { WHERE_MS } from '../../src/domain/evacuation.ts';
import type { Screen } from '../../src/domain/screen.ts';
import type { TestCard } from '../cards.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { type World, withTerminal } from '../terminal.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);
const PIN_TABLE =
  '[place]\nmunicipality = "990029"\n[services.evacuation-alert]\nmunicipality = "汐見市"\npin = "always"\n';
const HATSU = { name: '森川 ハツ', kana: 'もりかわ はつ' };

interface Home {
  readonly world: World;
  readonly card: CardDefinition;
  readonly holder: TestCard;
}

function proving({ card }: TestCard): CardDefinition {
  return { ...card, authorityKey: AUTHORITY.file.toString('base64') };
}

/** A television that reaches the platform, and somebody who lives in the municipality. */
function atHome(story: (home: Home) => Promise<void>, tables?: string): Promise<void> {
  const trusted = { kind: 'stb', trusted: true, institution: INSTITUTION } as const;
  const given = tables === undefined ? trusted : { ...trusted, tables };
  return withTerminal(given, async (world) => {
    const holder = await world.cards.card();
    const card = proving(holder);
    lives(world, holder);
    await world.screen({ screen: 'tv-home', offline: false });
    await world.journal.next({ event: 'institution.activated', hasKey: true });
    await world.journal.next({ event: 'trust.activated', anchors: 1 });
    await story({ world, card, holder });
  });
}

function lives(world: World, ...holders: readonly TestCard[]): void {
  const entries = holders.map(({ der }, at) => ({
    ...HATSU,
    number: `R-${at}`,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    born: '1941-03-03',
    district: 'kawara',
    address: '川原町 3',
    household: 'H-1',
    needs: [],
    support: '',
    protected: false,
  }));
  const { residents } = world.platform.stores;
  residents.claim('990029');
  residents.replace(entries);
}

async function consents({ world, card }: Home): Promise<void> {
  world.press({ key: 'choose', choice: 'link' });
  await world.screen({ screen: 'tv-consent' });
  world.press({ key: 'enter' });
  await world.screen({ screen: 'tv-place-card', again: null });
  await world.hold(card);
}

async function isLinked(home: Home): Promise<string> {
  const { world } = home;
  await consents(home);
  const { ref } = await world.journal.next({ event: 'television.linked' });
  await world.screen({ screen: 'tv-linked', end: 'linked' });
  world.press({ key: 'enter' });
  await world.screen({ screen: 'take-card' });
  await world.remove();
  await world.screen({ screen: 'tv-home' });
  return String(ref);
}

describe('somebody is linked', () => {
  test('with their consent and their card; by name on the screen, by reference id everywhere else', () =>
    atHome(async (home) => {
      const { world } = home;
      const ref = await isLinked(home);
      const fact = world.journal.all.find(({ event }) => event === 'television.linked');
      expect(fact).toMatchObject({ assurance: 'possession', ref });
      expect(world.source.current).toMatchObject({ people: [{ ref, ...HATSU }] });
      expect(JSON.stringify(world.journal.all)).not.toContain('ハツ');
      await world.stop();
      await world.start();
      await world.screen({ screen: 'tv-home' });
      await expect.poll(() => world.source.current).toMatchObject({ people: [HATSU] });
    }));

  test('twice is once, and their card on the first screen asks whether to end it, also without a network', () =>
    atHome(async (home) => {
      const { world, card } = home;
      const ref = await isLinked(home);
      await world.stopPlatform();
      await world.screen({ screen: 'tv-home', offline: true });
      await world.hold(card);
      await world.screen({ screen: 'tv-unlink' });
      world.press({ key: 'enter' });
      await world.journal.next({ event: 'television.unlinked', ref, by: 'card' });
      await world.screen({ screen: 'tv-linked', end: 'unlinked' });
      await world.remove();
      world.press({ key: 'enter' });
      await expect
        .poll(() => world.source.current)
        .toMatchObject({ screen: 'tv-home', people: [] });
    }));

  test('and not any more, by the remote control alone', () =>
    atHome(async (home) => {
      const { world } = home;
      const ref = await isLinked(home);
      world.press({ key: 'choose', choice: 'people' });
      await world.screen({ screen: 'tv-people' });
      world.press({ key: 'choose', choice: ref });
      await world.screen({ screen: 'tv-unlink' });
      world.press({ key: 'back' });
      await world.screen({ screen: 'tv-home' });
      world.press({ key: 'choose', choice: 'people' });
      await world.screen({ screen: 'tv-people' });
      world.press({ key: 'choose', choice: ref });
      await world.screen({ screen: 'tv-unlink' });
      world.press({ key: 'enter' });
      await world.journal.next({ event: 'television.unlinked', ref, by: 'remote' });
    }));

  test('with the PIN where the television asks for it, which is in no file and no journal', () =>
    atHome(async (home) => {
      const { world, card } = home;
      await consents({ ...home, card: { ...card, pin: '4912' } });
      await world.screen({ screen: 'pin', digits: 0, result: 'ask' });
      for (const character of '4912') world.press({ key: 'character', character });
      await world.screen({ screen: 'pin', digits: 4 });
      world.press({ key: 'enter' });
      const linked = await world.journal.next({ event: 'television.linked' });
      expect(linked).toMatchObject({ assurance: 'possession+pin' });
      expect(JSON.stringify(world.journal.all)).not.toContain('4912');
      await world.remove();
    }, PIN_TABLE));
});

test('while an alert counts, a card on the remote control is linked by the same consent, and then called', () =>
  atHome(async ({ world, card }) => {
    const { alertDesk, stores } = world.platform;
    const offline = offlineFolder(join(world.directory, 'platform'));
    await nameAlertKey(stores.keys, offline, '990029', Date.now());
    const order = { do: 'alert', municipality: '990029', drill: true, level: 4 } as const;
    const { id, sha256 } = alertDesk.propose(
      { ...order, minutes: 60, districts: ['kawara'] },
      '田中',
    );
    await alertDesk.consent(id, sha256, '森');
    await world.screen({ screen: 'tv-alert', people: [] } as Partial<Screen>);
    await world.hold(card);
    await world.screen({ screen: 'tv-consent' });
    world.press({ key: 'enter' });
    await world.journal.next({ event: 'television.linked' });
    await world.screen({ screen: 'tv-linked', end: 'linked' });
    world.press({ key: 'enter' });
    // The card still lies there: nobody is asked to take it away first.
    await expect
      .poll(() => world.source.current)
      .toMatchObject({ screen: 'tv-alert', tone: 'alert', people: [HATSU] });
  }));

describe('the shelter where somebody is', () => {
  /** Their card lies there, and the screen says what can be done with it. */
  async function atTheirCard({ world, card }: Home): Promise<void> {
    await world.hold(card);
    await world.screen({ screen: 'tv-unlink', mayAgree: true });
    world.press({ key: 'choose', choice: 'where' });
    await world.screen({ screen: 'tv-where' });
  }

  test('is named once their card has agreed, for a time, also after a start; and ended by the remote control', () =>
    atHome(async (home) => {
      const { world } = home;
      const ref = await isLinked(home);
      await atTheirCard(home);
      expect(world.journal.count({ event: 'television.where-agreed' })).toBe(0);
      world.press({ key: 'enter' });
      const agreed = await world.journal.next({ event: 'television.where-agreed', ref });
      const until = Date.parse(String(agreed['until'])) - Date.parse(String(agreed['at']));
      expect(agreed).toMatchObject({ assurance: 'possession' });
      expect(Math.abs(until - WHERE_MS)).toBeLessThan(60_000);
      await world.screen({ screen: 'tv-linked', end: 'where' });
      await world.remove();
      await world.stop();
      await world.start();
      await world.screen({ screen: 'tv-home' });
      world.press({ key: 'choose', choice: 'people' });
      await world.screen({ screen: 'tv-people' });
      world.press({ key: 'choose', choice: ref });
      const shown = await world.screen({ screen: 'tv-unlink', mayAgree: false });
      expect(shown).toMatchObject({ until: agreed['until'] });
      world.press({ key: 'choose', choice: 'where-end' });
      await world.journal.next({ event: 'television.where-ended', ref, by: 'remote' });
      await world.screen({ screen: 'tv-linked', end: 'where-ended' });
    }));

  test('is not named by a copy of their certificate, nor by the remote control alone', () =>
    atHome(async (home) => {
      const { world, card } = home;
      const ref = await isLinked(home);
      const { authorityKey: _, ...copy } = card as CardDefinition & { authorityKey: string };
      await atTheirCard({ ...home, card: copy });
      world.press({ key: 'enter' });
      await world.screen({ screen: 'tv-stopped', reason: 'possession-not-proved' });
      await world.remove();
      world.press({ key: 'enter' });
      await world.screen({ screen: 'tv-home' });
      world.press({ key: 'choose', choice: 'people' });
      await world.screen({ screen: 'tv-people' });
      world.press({ key: 'choose', choice: ref });
      await world.screen({ screen: 'tv-unlink', mayAgree: false });
      world.press({ key: 'choose', choice: 'where' });
      expect(world.source.current).toMatchObject({ screen: 'tv-unlink', until: null });
      expect(world.journal.count({ event: 'television.where-agreed' })).toBe(0);
    }));
});

describe('nobody is linked', () => {
  test('whose card the register does not have', () =>
    atHome(async (home) => {
      const { world } = home;
      await consents({ ...home, card: proving(await world.cards.card()) });
      await world.screen({ screen: 'tv-stopped', reason: 'not-in-register' });
      await world.journal.next({ event: 'service.refused', reason: 'not-in-register' });
      await world.remove();
    }));

  test('without a network, and it is said before anybody takes out a card', () =>
    atHome(async ({ world }) => {
      await world.stopPlatform();
      await world.screen({ screen: 'tv-home', offline: true });
      world.press({ key: 'choose', choice: 'link' });
      await world.screen({ screen: 'tv-stopped', reason: 'platform-offline' });
    }));

  test('by a copy of a certificate on another card', () =>
    atHome(async (home) => {
      const { card } = home;
      const { world } = home;
      const { authorityKey: _, ...copy } = card;
      await consents({ ...home, card: copy });
      await world.screen({ screen: 'tv-stopped', reason: 'possession-not-proved' });
      await world.remove();
    }));

  test('who goes back, and it is journaled that somebody did not go on', () =>
    atHome(async ({ world }) => {
      world.press({ key: 'choose', choice: 'link' });
      await world.screen({ screen: 'tv-consent' });
      world.press({ key: 'back' });
      await world.screen({ screen: 'tv-home' });
      await world.journal.next({ event: 'service.cancelled', service: 'television-link' });
    }));
});

test('the disk of a stolen television shows no name', () =>
  atHome(async (home) => {
    const { world } = home;
    await isLinked(home);
    const folder = world.config.state;
    await world.stop();
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
    const needles = ['ハツ', 'もりかわ'].map((name) => Buffer.from(name, 'utf8'));
    const found = files.filter((path) => needles.some((name) => readFileSync(path).includes(name)));
    expect(found).toEqual([]);
    expect(files.length).toBeGreaterThan(2);
  }));

test('the language that a household has chosen stays, also after a start', () =>
  atHome(async ({ world }) => {
    world.press({ key: 'language', language: 'en' });
    await world.screen({ screen: 'tv-home', language: 'en' });
    await world.stop();
    await world.start();
    await world.screen({ screen: 'tv-home', language: 'en' });
  }));
