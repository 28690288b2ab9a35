/** 利用登録 at a whole kiosk: chosen, written, signed by the card, received by the centre, and asked for later. */

import { describe, expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { Authority, SIGNING_AUTHORITY_NAME } from '../../platform-sim/authority.ts';
import type { OtherSides } from '../../platform-sim/services/index.ts';
import type { Told } from '../../src/domain/told.ts';
import { APPLY_QUESTION, OWN_TOPOLOGY } from '../../src/link/certificate-protocol.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { type World, withTerminal } from '../terminal.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);
const PASSWORD = 'TEST1234';
const OPEN = { open: true, until: '2026-11-25T14:00:00.000Z' } as const;
const CLOSED = { open: false, reason: 'municipality-not-taking-part', from: null } as const;
const TOWNS = [
  { name: '字上ノ原', kana: 'あざうえのはら' },
  { name: '字下ノ沢', kana: 'あざしものさわ' },
];
const MUNICIPALITIES = [
  { code: '990011', name: '鷹ノ沢町', kana: 'たかのさわちょう', familyRegister: OPEN },
  { code: '990061', name: '北雪町', kana: 'きたゆきちょう', familyRegister: CLOSED },
].map((known) => ({ ...known, prefecture: '北県', towns: TOWNS, resident: OPEN }));

/** What the centre of a story says to an application, and what it was sent. */
class Centre {
  answer: object | null = { result: 'received', number: 'R-0001', expected: '2026-12-02' };
  status: object = { state: 'none' };
  readonly applications: string[] = [];

  readonly otherSides: OtherSides = {
    'certificate-municipalities': () => ({
      topology: OWN_TOPOLOGY,
      municipalities: MUNICIPALITIES,
    }),
    'certificate-offers': () => ({ offers: [] }),
    'usage-registration': ({ body }) => {
      const { application } = APPLY_QUESTION.parse(body);
      this.applications.push(Buffer.from(application, 'base64').toString('utf8'));
      return this.answer ?? new Promise(() => {});
    },
    'registration-status': () => this.status,
  };
}

interface Kiosk {
  readonly world: World;
  readonly centre: Centre;
  readonly card: CardDefinition;
}

function atTheKiosk(story: (kiosk: Kiosk) => Promise<void>) {
  const centre = new Centre();
  const { otherSides } = centre;
  const given = { kind: 'kiosk', trusted: true, institution: INSTITUTION, otherSides } as const;
  return withTerminal(given, async (world) => {
    await world.screen({ screen: 'menu' });
    const signing = await Authority.create({ name: SIGNING_AUTHORITY_NAME });
    const holder = await world.cards.card();
    const { card } = await world.cards.withSigning(holder, signing);
    const proving = { authorityKey: AUTHORITY.file.toString('base64'), password: PASSWORD };
    await story({ world, centre, card: { ...card, ...proving } });
  });
}

async function choosesMunicipality({ world }: Kiosk, place = '1'): Promise<void> {
  world.press({ key: 'choose', choice: 'registration' });
  await world.screen({ screen: 'choose', of: 'prefecture' });
  world.press({ key: 'choose', choice: '0' });
  await world.screen({ screen: 'choose', of: 'municipality' });
  world.press({ key: 'choose', choice: place });
}

async function types(world: World, text: string): Promise<void> {
  for (const character of text) world.press({ key: 'character', character });
  await world.screen({ screen: 'text-entry', typed: text });
  world.press({ key: 'enter' });
}

async function writes({ world }: Kiosk): Promise<void> {
  await world.screen({ screen: 'choose', of: 'town' });
  world.press({ key: 'choose', choice: '0' });
  await world.screen({ screen: 'text-entry', field: 'domicile-number', typed: '' });
  await types(world, '12-3');
  await world.screen({ screen: 'text-entry', field: 'head-family-kana', typed: '' });
  await types(world, 'やまだ');
  await world.screen({ screen: 'text-entry', field: 'head-given-kana', typed: '' });
  await types(world, 'たろう');
  await world.screen({ screen: 'review', domicile: { town: '字上ノ原', number: '12-3' } });
}

async function signs({ world }: Kiosk, password = PASSWORD): Promise<void> {
  await world.screen({ screen: 'password', result: 'ask', length: 0 });
  await typesPassword(world, password);
}

async function typesPassword(world: World, password: string): Promise<void> {
  for (const character of password) world.press({ key: 'character', character });
  await world.screen({ screen: 'password', length: password.length });
  world.press({ key: 'enter' });
}

describe('An application', () => {
  test('is signed by the card, received, printed on a paper without a name, and forgotten', () =>
    atTheKiosk(async (kiosk) => {
      const { world, centre, card } = kiosk;
      await choosesMunicipality(kiosk);
      await world.screen({ screen: 'place-card', again: null });
      await world.hold(card);
      await writes(kiosk);
      world.press({ key: 'enter' });
      await signs(kiosk);
      await world.screen({
        screen: 'applied',
        municipality: '鷹ノ沢町',
        application: 'R-0001',
        expected: '2026-12-02',
        receipt: 'printed',
      });
      const [application] = centre.applications;
      for (const part of [
        '"municipality":"990011"',
        '"town":"字上ノ原"',
        '"familyKana":"やまだ"',
      ]) {
        expect(application).toContain(part);
      }
      await world.journal.next({ event: 'registration.applied', number: 'R-0001' });
      const words = (await world.papers()).flatMap(({ text }) => text).join('\n');
      expect(words).toContain('R-0001');
      expect(words).not.toContain('やまだ');
      world.press({ key: 'enter' });
      await world.screen({ screen: 'take-card', follows: 'nothing' });
      await world.remove();
      await world.screen({ screen: 'menu' });
      expect(JSON.stringify(world.journal.all)).not.toMatch(/やまだ|字上ノ原|TEST1234/u);
    }));

  test('is not sent with a wrong password; tries count, and stopping there loses nothing that was typed', () =>
    atTheKiosk(async (kiosk) => {
      const { world, centre, card } = kiosk;
      await choosesMunicipality(kiosk);
      await world.hold(card);
      await writes(kiosk);
      world.press({ key: 'enter' });
      await signs(kiosk, 'WRONG999');
      await world.screen({ screen: 'password', result: 'wrong', tries: 4 });
      world.press({ key: 'back' });
      await world.screen({ screen: 'review', head: { familyKana: 'やまだ', givenKana: 'たろう' } });
      expect(centre.applications).toEqual([]);
      world.press({ key: 'enter' });
      await signs(kiosk);
      await world.screen({ screen: 'applied' });
    }));

  test('survives a card that slips, and takes no other one in its place', () =>
    atTheKiosk(async (kiosk) => {
      const { world, card } = kiosk;
      await choosesMunicipality(kiosk);
      await world.hold(card);
      await world.screen({ screen: 'choose', of: 'town' });
      world.press({ key: 'choose', choice: '0' });
      await world.screen({ screen: 'text-entry', field: 'domicile-number' });
      world.press({ key: 'character', character: '7' });
      await world.screen({ screen: 'text-entry', typed: '7' });
      await world.remove();
      await world.screen({ screen: 'place-card', again: 'card-removed' });
      const other = await world.cards.card();
      const signing = await Authority.create({ name: SIGNING_AUTHORITY_NAME });
      const { card: otherCard } = await world.cards.withSigning(other, signing);
      await world.hold({ ...otherCard, authorityKey: AUTHORITY.file.toString('base64') });
      await world.remove();
      await world.screen({ screen: 'place-card', again: 'card-removed' });
      await world.hold(card);
      await world.screen({ screen: 'text-entry', field: 'domicile-number', typed: '7' });
    }));

  test('is refused before anything is typed: a municipality that stays away, a card without a signing key', () =>
    atTheKiosk(async (kiosk) => {
      const { world } = kiosk;
      await choosesMunicipality(kiosk, '0');
      await world.screen({ screen: 'ended', reason: 'municipality-not-taking-part' });
      world.press({ key: 'enter' });
      await world.screen({ screen: 'menu' });
      await choosesMunicipality(kiosk);
      await world.screen({ screen: 'place-card' });
      const child = await world.cards.card();
      await world.hold({ ...child.card, authorityKey: AUTHORITY.file.toString('base64') });
      await world.screen({ screen: 'ended', reason: 'no-signing-certificate' });
    }));

  test('that the centre refuses is told with its reason, and nothing is kept', () =>
    atTheKiosk(async (kiosk) => {
      const { world, centre, card } = kiosk;
      centre.answer = { result: 'refused', reason: 'already-registered' };
      await choosesMunicipality(kiosk);
      await world.hold(card);
      await writes(kiosk);
      world.press({ key: 'enter' });
      await signs(kiosk);
      await world.screen({
        screen: 'ended',
        reason: 'already-registered',
        money: 'nothing-charged',
      });
      world.press({ key: 'enter' });
      await world.journal.next({ event: 'service.refused', reason: 'already-registered' });
      expect(world.journal.count({ event: 'registration.applied' })).toBe(0);
    }));
});

test('Whoever looks for it in the menu is told that the card is enough, and then where it stands', () =>
  atTheKiosk(async ({ world, card }) => {
    world.press({ key: 'choose', choice: 'status' });
    await world.screen({ screen: 'place-card' });
    world.press({ key: 'back' });
    await world.screen({ screen: 'menu' });
    world.press({ key: 'choose', choice: 'status' });
    await world.screen({ screen: 'place-card' });
    await world.hold(card);
    await world.screen({ screen: 'result', told: { text: 'registration.none', given: {} } });
  }));

describe('Whoever holds a card to the menu', () => {
  const municipality = { code: '990011', name: '鷹ノ沢町' };
  test.each<[object, Told]>([
    [{ state: 'none' }, { text: 'registration.none', given: {} }],
    [
      { state: 'pending', municipality, number: 'R-0001', expected: '2026-12-02' },
      { text: 'registration.pending', given: { municipality: '鷹ノ沢町', month: 12, day: 2 } },
    ],
    [
      { state: 'accepted', municipality, number: 'R-0001' },
      { text: 'registration.accepted', given: { municipality: '鷹ノ沢町' } },
    ],
    [
      { state: 'refused', municipality, number: 'R-0001', reason: 'application-refused' },
      { text: 'registration.refused', given: { municipality: '鷹ノ沢町' } },
    ],
  ])('is told where their application stands: %o', (status, told) =>
    atTheKiosk(async ({ world, centre, card }) => {
      centre.status = status;
      await world.hold(card);
      await world.screen({ screen: 'result', told });
      await world.journal.next({ event: 'registration.asked', assurance: 'possession' });
    }),
  );
});
