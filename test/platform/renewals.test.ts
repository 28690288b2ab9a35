/** Cards that took the place of others, on the platform: what is recorded, what is re-keyed, what is refused. */

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listedRows } from '../../platform-sim/entry-lists.ts';
import { EntryRows } from '../../platform-sim/entry-rows.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { type Renewal, renewCard } from '../../platform-sim/renewals.ts';
import { EVENTS } from '../../src/domain/events.ts';
import { ENTRY_LIST_MANIFEST } from '../../src/link/protocol.ts';
import { LIST, TestPlatform, ticket, tickets } from './test-platform.ts';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await TestPlatform.start();
});
afterEach(() => platform.stop());

const card = (name: string): string => createHash('sha256').update(name).digest('hex');
const cardOf = (number: number): string => ticket(number).fingerprint;

function renew(old: string, renewed: string) {
  const { registry, keys } = platform.stores;
  const renewal: Renewal = { old, new: renewed };
  return renewCard(registry, keys, renewal, Date.now());
}

const holderOf = (number: number, list = LIST): string | undefined =>
  new EntryRows(platform.stores.registry, list).findListed(`T-${number}`)?.fingerprint;

describe('a renewed card', () => {
  test('gets the tickets of the old one on every list, each with a delta, and keeps the reference', async () => {
    await platform.publish(tickets(20));
    await platform.publish(tickets(10), {}, 'arena');
    await platform.publish([ticket(15)], {}, 'other');
    await platform.cancel(7);
    const { registry } = platform.stores;
    const before = listedRows(registry, LIST);
    const published = await renew(cardOf(7), card('new'));
    expect(published.map(({ list, version }) => [list, version])).toEqual([
      ['arena', 2],
      [LIST, 3],
    ]);
    for (const { manifest, version } of published) {
      const { delta } = ENTRY_LIST_MANIFEST.parse(JSON.parse(manifest));
      expect(delta).toMatchObject({ base: version - 1 });
    }
    expect([holderOf(7), holderOf(7, 'arena')]).toEqual([card('new'), card('new')]);
    // Ticket, seat, reference, cancellation: all as before.
    expect(listedRows(registry, LIST)).toEqual(before);
  });

  test('is told in a fact of the platform, with the fields of the public table', async () => {
    await platform.publish(tickets(10));
    await renew(cardOf(3), card('new'));
    await expect
      .poll(() => platform.storedFacts())
      .toMatchObject([{ terminal: 'platform', event: 'ticket.renewed', body: { ticket: 'T-3' } }]);
    const [fact] = platform.storedFacts();
    expect(Object.keys(fact?.body ?? {})).toEqual(EVENTS['ticket.renewed'].fields);
    expect(JSON.stringify(fact)).not.toContain(card('new'));
  });

  test('is still the holder when the table with the old card is imported again', async () => {
    await platform.publish(tickets(10));
    await renew(cardOf(3), card('new'));
    const { manifest } = await platform.publish(tickets(10));
    expect(holderOf(3)).toBe(card('new'));
    // The same rows, so the same chunks, and nothing to tell.
    const { version, delta } = ENTRY_LIST_MANIFEST.parse(JSON.parse(manifest));
    expect({ version, delta }).toEqual({ version: 3, delta: undefined });
  });

  test('that is on no list yet is known to the next import', async () => {
    expect(await renew(cardOf(3), card('new'))).toEqual([]);
    await platform.publish(tickets(10));
    expect(holderOf(3)).toBe(card('new'));
  });

  test('and renewed again, in whatever order it is told, is held by the last one', async () => {
    await platform.publish(tickets(10));
    await renew(card('second'), card('third'));
    await renew(cardOf(3), card('second'));
    expect(holderOf(3)).toBe(card('third'));
    await renew(card('third'), card('fourth'));
    await platform.publish(tickets(10));
    expect(holderOf(3)).toBe(card('fourth'));
  });

  test('told twice, also by two processes at once, changes nothing more', async () => {
    await platform.publish(tickets(10));
    await Promise.all([renew(cardOf(3), card('new')), renew(cardOf(3), card('new'))]);
    expect(await renew(cardOf(3), card('new'))).toEqual([]);
    expect(holderOf(3)).toBe(card('new'));
    const told = platform.storedFacts().filter(({ event }) => event === 'ticket.renewed');
    expect(told.length).toBeLessThanOrEqual(1);
  });
});

describe('what contradicts itself is refused, and nothing changes', () => {
  test.each<[string, () => string, () => string, string]>([
    ['an old card that another one replaced', () => cardOf(3), () => card('x'), 'by another one'],
    [
      'a new card that replaced another one',
      () => cardOf(4),
      () => card('new'),
      'another one already',
    ],
    ['the new card for the old one', () => card('new'), () => cardOf(3), 'the other way round'],
  ])('%s', async (_what, old, renewed, message) => {
    await platform.publish(tickets(10));
    await renew(cardOf(3), card('new'));
    const before = platform.stores.registry.publication(LIST);
    await expect(renew(old(), renewed())).rejects.toThrow(InputError);
    await expect(renew(old(), renewed())).rejects.toThrow(message);
    expect(platform.stores.registry.publication(LIST)).toEqual(before);
  });

  test('a list that has both cards', async () => {
    await platform.publish(tickets(10));
    await expect(renew(cardOf(3), cardOf(4))).rejects.toThrow('T-3, the new one with T-4');
    expect([holderOf(3), holderOf(4)]).toEqual([cardOf(3), cardOf(4)]);
    // Nothing of it was recorded either.
    await platform.publish(tickets(10));
    expect(holderOf(3)).toBe(cardOf(3));
  });

  test('a table with a card and the one that took its place', async () => {
    await renew(cardOf(3), cardOf(4));
    await expect(platform.publish(tickets(10))).rejects.toThrow('T-3 and T-4 are of one person');
    expect(platform.stores.registry.publication(LIST)).toBeUndefined();
  });
});

describe('a new list key', () => {
  test('seals every row anew under other values, and keeps every reference', async () => {
    const { registry } = platform.stores;
    const first = ENTRY_LIST_MANIFEST.parse(
      JSON.parse((await platform.publish(tickets(10))).manifest),
    );
    const [rows, key] = [listedRows(registry, LIST), registry.listKey(LIST)];
    const published = await platform.publish(tickets(10), { newKey: true });
    const second = ENTRY_LIST_MANIFEST.parse(JSON.parse(published.manifest));
    expect(listedRows(registry, LIST)).toEqual(rows);
    expect(registry.listKey(LIST)).not.toEqual(key);
    expect(second.keyId).not.toBe(first.keyId);
    expect(second.chunks).not.toEqual(first.chunks);
    expect(second.delta).toBeUndefined();
    // And stays until the next one.
    await platform.publish(tickets(10), { title: 'x' });
    expect(registry.publication(LIST)?.manifest).toContain(second.keyId);
  });
});
