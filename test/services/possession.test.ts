/** A list that asks for possession, at a whole gate: who proves the key of their card, and who does not. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { newCardKey } from '../../platform-sim/authority.ts';
import type { CardMaker } from '../cards.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { hanako, type Ticket, type World, withTerminal } from '../terminal.ts';

const AUTHORITY = testAuthority();
const INSTITUTION = testInstitution(AUTHORITY);

/** Hanako's card as one that has 特定機関認証. */
async function provingHanako(cards: CardMaker): Promise<Record<'hanako', Ticket>> {
  const { hanako: ticket } = await hanako(cards);
  const card = { ...ticket.card.card, authorityKey: AUTHORITY.file.toString('base64') };
  return { hanako: { ...ticket, card: { ...ticket.card, card } } };
}

/** The same certificate on a card with a key of its own. */
async function cloneOf(card: CardDefinition): Promise<CardDefinition> {
  const key = (await newCardKey()).export({ type: 'pkcs8', format: 'pem' }) as string;
  return { ...card, userPrivateKey: key };
}

function askingFor(
  assurance: 'identified' | 'possession' | 'possession+pin',
  story: (world: World, card: CardDefinition) => Promise<void>,
): Promise<void> {
  const given = { tickets: provingHanako, settings: { assurance }, institution: INSTITUTION };
  return withTerminal(given, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    await world.journal.next({ event: 'institution.activated', hasKey: true });
    await story(world, world.ticket('hanako').card.card);
  });
}

const REFUSED = {
  event: 'entry.refused',
  reason: 'possession-not-proved',
  assurance: 'identified',
};

test('a card that proves its key is let in, and the fact says what was reached', () =>
  askingFor('possession', async ({ tap }, card) => {
    const granted = await tap(card);
    expect(granted).toMatchObject({ event: 'entry.granted', assurance: 'possession' });
    expect(granted['ms']).toHaveProperty('prove');
    expect(await tap(card)).toMatchObject({ reason: 'already-entered', assurance: 'possession' });
  }));

test('a cloned card is refused where possession is asked for', () =>
  askingFor('possession', async ({ tap }, card) => {
    const clone = await tap(await cloneOf(card));
    expect(clone).toMatchObject({ ...REFUSED, detail: expect.stringContaining('signature') });
    expect(await tap(card)).toMatchObject({ event: 'entry.granted' });
  }));

test('a cloned card is let in where nothing but the certificate is asked for', () =>
  askingFor('identified', async ({ tap }, card) => {
    const clone = await tap(await cloneOf(card));
    expect(clone).toMatchObject({ event: 'entry.granted', assurance: 'identified' });
  }));

test('a card that replays an old signature is refused', () =>
  askingFor('possession', async ({ tap }, card) => {
    const replay = Buffer.alloc(256, 0x42).toString('base64');
    expect(await tap({ ...card, faults: { replay } })).toMatchObject(REFUSED);
  }));

test('a card without the feature, or of another authority, is refused', () =>
  askingFor('possession', async ({ tap }, card) => {
    const { authorityKey: _, ...without } = card;
    expect(await tap(without)).toMatchObject({ ...REFUSED, detail: 'certificate: 6E00' });
    const foreign = { ...card, authorityKey: testAuthority().file.toString('base64') };
    expect(await tap(foreign)).toMatchObject({ ...REFUSED, detail: 'certificate: 6A88' });
  }));

test('a card that goes in the middle of the proof is to be held again', () =>
  askingFor('possession', async ({ tap }, card) => {
    const pulled = await tap({ ...card, faults: { removedAfter: 12 } });
    expect(pulled).toMatchObject({ event: 'card.unreadable', reason: 'card-removed' });
    expect(await tap(card)).toMatchObject({ event: 'entry.granted', assurance: 'possession' });
  }));

test('what is wrong with a certificate is said before what it did not prove', () =>
  askingFor('possession', async ({ tap, cards }) => {
    const expired = await cards.card({
      notBefore: new Date(Date.now() - 9 * 86_400_000),
      notAfter: new Date(Date.now() - 86_400_000),
    });
    expect(await tap(expired.card)).toMatchObject({ reason: 'certificate-expired' });
  }));

test('a gate is out of service for a list that asks for the PIN, which it asks nobody for', () =>
  withTerminal({ tickets: provingHanako, settings: { assurance: 'possession+pin' } }, (world) =>
    asksInVain(world),
  ));

test('a gate without an institution key is out of service for a list that asks for the proof, until it comes', () =>
  withTerminal({ tickets: provingHanako, settings: { assurance: 'possession' } }, async (world) => {
    await asksInVain(world);
    const before = world.journal.all.length;
    await world.addInstitution(INSTITUTION);
    await world.journal.next({ event: 'terminal.in-service' }, before);
    const { card } = world.ticket('hanako').card;
    expect(await world.tap(card)).toMatchObject({ assurance: 'possession' });
  }));

/** It says why, before and when a card is held all the same. */
async function asksInVain({ journal, tap, ticket }: World): Promise<void> {
  await journal.next({ event: 'list.activated' });
  const reason = 'assurance-out-of-reach';
  await journal.next({ event: 'terminal.out-of-service', reason });
  expect(await tap(ticket('hanako').card.card)).toMatchObject({ event: 'entry.refused', reason });
}

test('a gate that has its key proves cards without a platform, also after a start', () =>
  askingFor('possession', async (world, card) => {
    await world.stop();
    await world.stopPlatform();
    await world.start();
    expect(await world.tap(card)).toMatchObject({ assurance: 'possession' });
  }));

test('from the revocation of its institution on, a gate proves nothing and is out of service', () =>
  askingFor('possession', async (world, card) => {
    await world.revokeInstitution(INSTITUTION);
    await world.journal.next({ event: 'institution.activated', hasKey: false });
    const reason = 'assurance-out-of-reach';
    await world.journal.next({ event: 'terminal.out-of-service', reason });
    expect(await world.tap(card)).toMatchObject({ event: 'entry.refused', reason });
  }));

test('neither key nor certificate is in the journal', () =>
  askingFor('possession', async ({ tap, journal, config }, card) => {
    await tap(await cloneOf(card));
    await tap(card);
    const key = await readFile(join(config.state, 'keys', 'institution.bin'));
    const said = JSON.stringify(journal.all);
    expect(said).not.toContain(key.toString('base64').slice(40, 80));
    expect(said).not.toContain(INSTITUTION.certificate.toString('base64').slice(20, 60));
    expect(said).not.toContain((card.userCertificate ?? '').slice(40, 80));
  }));
