/** A list that changes under a gate which is open: renewed cards, a new list key, a ledger that is gone or older. */

import { createHash } from 'node:crypto';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entriesOf } from '../../platform-sim/effects.ts';
import { listedRows } from '../../platform-sim/entry-lists.ts';
import { renewCard } from '../../platform-sim/renewals.ts';
import type { CardMaker, TestCard } from '../cards.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { LIST, type Ticket, type World, withTerminal } from '../terminal.ts';

/** Enough of them that what changes is less than the chunk that it is in. */
const SOLD = 6;

async function sold(cards: CardMaker): Promise<Record<string, Ticket>> {
  const all: Record<string, Ticket> = {};
  for (let n = 1; n <= SOLD; n += 1) {
    all[`T-${n}`] = { card: await cards.card(), ticket: `T-${n}`, seat: `A 列 ${n}番` };
  }
  return all;
}

function atAnOpenGate(story: (world: World) => Promise<void>): Promise<void> {
  return withTerminal({ tickets: sold }, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    await story(world);
  });
}

const fingerprint = ({ der }: TestCard): string => createHash('sha256').update(der).digest('hex');

/** The platform hears that the card was renewed, and the gate has the version that says so. */
async function renew(world: World, old: TestCard, renewed: TestCard): Promise<void> {
  const { registry } = world.platform.stores;
  const seen = world.journal.all.length;
  const renewal = { old: fingerprint(old), new: fingerprint(renewed) };
  await renewCard(registry, await world.keys(), renewal, Date.now());
  await world.journal.next({ event: 'list.activated', delta: true }, seen);
}

function entries({ platform }: World) {
  const { facts, registry } = platform.stores;
  return entriesOf(facts.entryFacts(LIST), facts.clockOrigins(), listedRows(registry, LIST));
}

async function factsAreUp({ journal }: World, seen: number): Promise<void> {
  await journal.next({ event: 'facts.acknowledged', waiting: 0 }, seen);
}

describe('a renewed card', () => {
  test('enters with the ticket of the old one, whose changes came alone, and the old one does not', () =>
    atAnOpenGate(async (world) => {
      const { card } = world.ticket('T-3');
      const renewed = await world.cards.card();
      expect(await world.tap(renewed.card)).toMatchObject({ reason: 'not-on-list' });
      await renew(world, card, renewed);
      const answer = await world.tap(renewed.card);
      expect(answer).toMatchObject({ event: 'entry.granted', ticket: 'T-3', version: 2 });
      expect(await world.tap(card.card)).toMatchObject({ reason: 'not-on-list' });
    }));

  test('gives no second entry: who entered with the old card has entered', () =>
    atAnOpenGate(async (world) => {
      const { card } = world.ticket('T-3');
      const renewed = await world.cards.card();
      const first = await world.tap(card.card);
      await renew(world, card, renewed);
      const second = await world.tap(renewed.card);
      expect(second).toMatchObject({
        event: 'entry.refused',
        reason: 'already-entered',
        ref: first['ref'],
        first: { at: first['at'] },
      });
    }));

  test('of a card that was revoked as superseded: the old one is refused for that', () =>
    atAnOpenGate(async (world) => {
      const { card } = world.ticket('T-2');
      const renewed = await world.cards.card();
      await renew(world, card, renewed);
      await world.activateTrust([card]);
      expect(await world.tap(card.card)).toMatchObject({ reason: 'certificate-revoked' });
      expect(await world.tap(renewed.card)).toMatchObject({
        event: 'entry.granted',
        ticket: 'T-2',
      });
    }));
});

describe('a new list key in the middle of an event', () => {
  test('lets everybody in once: before, while it comes, and after', () =>
    atAnOpenGate(async (world) => {
      const { journal, tap, ticket } = world;
      const all = Object.values(world.tickets);
      const before = await tap(ticket('T-1').card.card);
      const seen = journal.all.length;
      const importing = world.publish(all, { newKey: true });
      for (const name of ['T-2', 'T-3', 'T-4']) {
        expect(await tap(ticket(name).card.card)).toMatchObject({ event: 'entry.granted' });
      }
      await importing;
      // Every row is another, so there is nothing that could come alone.
      await journal.next({ event: 'list.activated', version: 2, delta: false }, seen);
      for (const name of ['T-5', 'T-6']) {
        expect(await tap(ticket(name).card.card)).toMatchObject({
          event: 'entry.granted',
          version: 2,
        });
      }
      for (const { card } of all) {
        expect(await tap(card.card)).toMatchObject({ reason: 'already-entered', version: 2 });
      }
      const again = await tap(ticket('T-1').card.card);
      expect(again).toMatchObject({ ref: before['ref'], first: { at: before['at'] } });
    }));

  test('is there after a restart, with the version that it belongs to', () =>
    atAnOpenGate(async (world) => {
      const all = Object.values(world.tickets);
      const { card } = world.ticket('T-1');
      await world.tap(card.card);
      const seen = world.journal.all.length;
      await world.publish(all, { newKey: true });
      await world.journal.next({ event: 'list.activated', version: 2 }, seen);
      await world.stop();
      await world.stopPlatform();
      await world.start();
      expect(await world.tap(card.card)).toMatchObject({ reason: 'already-entered', version: 2 });
    }));
});

describe('list keys that are not those of the list on disk', () => {
  const outOfService = { event: 'terminal.out-of-service', reason: 'list-missing' };

  /** A gate with version 2 under a new key, stopped, and what it kept of its keys before. */
  async function rotated(world: World): Promise<string> {
    const kept = join(world.directory, 'keys-before');
    await cp(join(world.config.state, 'keys'), kept, { recursive: true });
    const seen = world.journal.all.length;
    await world.publish(Object.values(world.tickets), { newKey: true });
    await world.journal.next({ event: 'list.activated', version: 2 }, seen);
    await world.stop();
    await world.stopPlatform();
    return kept;
  }

  async function heals(world: World, seen: number): Promise<void> {
    await world.startPlatform();
    await world.journal.next({ event: 'terminal.in-service' }, seen);
    const answer = await world.tap(world.ticket('T-1').card.card);
    expect(answer).toMatchObject({ event: 'entry.granted', version: 2 });
  }

  test('because a power cut fell between them: nobody is refused for it, and the platform mends it', () =>
    atAnOpenGate(async (world) => {
      const before = await rotated(world);
      await cp(before, join(world.config.state, 'keys'), { recursive: true, force: true });
      const seen = world.journal.all.length;
      await world.start();
      await world.journal.next({ event: 'keys.unusable', list: LIST }, seen);
      await world.journal.next(outOfService, seen);
      await heals(world, seen);
    }));

  test('because the newest version was damaged and the one before it is of the old key', () =>
    atAnOpenGate(async (world) => {
      await rotated(world);
      const lists = join(world.config.state, 'lists');
      const newest = (await readdir(lists)).find((name) => name.startsWith(`${LIST}.2.`)) ?? '';
      await writeFile(join(lists, newest), 'no list');
      const seen = world.journal.all.length;
      await world.start();
      await world.journal.next(outOfService, seen);
      await heals(world, seen);
    }));
});

describe('a ledger', () => {
  // Not prevented: a gate knows what stands in its own ledger. What it costs is known as soon as facts are up.
  test('that was wiped, with all that a gate has, lets a ticket in again, and the platform counts it as double', () =>
    atAnOpenGate(async (world) => {
      const { card } = world.ticket('T-1');
      const first = await world.tap(card.card);
      await factsAreUp(world, 0);
      await world.stop();
      await rm(world.config.state, { recursive: true });
      const seen = world.journal.all.length;
      await world.start();
      await world.journal.next({ event: 'terminal.in-service' }, seen);
      await world.journal.next({ event: 'trust.activated' }, seen);
      const again = await world.tap(card.card);
      expect(again).toMatchObject({ event: 'entry.granted', ref: first['ref'] });
      await expect
        .poll(() => entries(world).get(String(first['ref'])), { timeout: 20_000 })
        .toMatchObject({ at: first['at'], doubles: 1 });
    }));

  test('that alone was lost keeps nobody out: lists, authorities and institution are used again', () =>
    atAnOpenGate(async (world) => {
      const institution = testInstitution(testAuthority());
      await world.addInstitution(institution);
      await world.journal.next({ event: 'institution.activated', hasKey: true });
      await world.stop();
      for (const name of await readdir(world.config.state)) {
        if (name.startsWith('ledger.db')) await rm(join(world.config.state, name));
      }
      const seen = world.journal.all.length;
      await world.start();
      await world.journal.next({ event: 'institution.activated', hasKey: true }, seen);
      await world.journal.next({ event: 'terminal.in-service' }, seen);
      const answer = await world.tap(world.ticket('T-1').card.card);
      expect(answer).toMatchObject({ event: 'entry.granted', version: 1 });
    }));

  test('that was restored from a copy refuses whoever entered before the copy was made', () =>
    atAnOpenGate(async (world) => {
      const [one, two] = [world.ticket('T-1'), world.ticket('T-2')];
      await world.tap(one.card.card);
      await factsAreUp(world, 0);
      await world.stop();
      const kept = join(world.directory, 'kept');
      const isFile = (path: string) => !path.endsWith('.sock');
      await cp(world.config.state, kept, { recursive: true, filter: isFile });
      await world.start();
      const later = await world.tap(two.card.card);
      await world.stop();
      await rm(world.config.state, { recursive: true });
      await cp(kept, world.config.state, { recursive: true });
      await world.start();
      expect(await world.tap(one.card.card)).toMatchObject({ reason: 'already-entered' });
      // What the copy does not know, it lets in; the first entry stays the one that counts.
      expect(await world.tap(two.card.card)).toMatchObject({ event: 'entry.granted' });
      expect(later['event']).toBe('entry.granted');
    }));
});
