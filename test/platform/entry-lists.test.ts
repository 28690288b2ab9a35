import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ListSettings, listedRows } from '../../platform-sim/entry-lists.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { EVENTS } from '../../src/domain/events.ts';
import { decodeChunk, ENTRY_LIST_MANIFEST } from '../../src/link/protocol.ts';
import { certificateHash } from '../../src/pki/converted-value.ts';
import { listKeysOf } from '../keys/list-keys-of.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { certificateOf, LIST, TestPlatform, ticket, tickets } from './test-platform.ts';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await TestPlatform.start();
});
afterEach(() => platform.stop());

describe('an entry list', () => {
  test('comes down as signed manifest and chunks that open with key and certificate', async () => {
    await platform.publish(tickets(2500), { title: '春の音楽祭', place: '国立競技場' });
    const terminal = await BareTerminal.greet(platform.url, new Chain(), { lists: [LIST] });
    const { head, key, manifest } = await platform.headOf(terminal, LIST);
    const { chunks, rows, root, title } = ENTRY_LIST_MANIFEST.parse(manifest);
    expect({ rows, root, title }).toEqual({ rows: 2500, root: head.root, title: '春の音楽祭' });
    expect(chunks.length).toBeGreaterThan(1);
    const bytes = await Promise.all(chunks.map((hash) => platform.object(hash)));
    const hashes = bytes.map((chunk) => createHash('sha256').update(chunk).digest());
    expect(createHash('sha256').update(Buffer.concat(hashes)).digest('hex')).toBe(root);
    const all = bytes.flatMap((chunk) => [...decodeChunk(chunk)]);
    expect(all).toHaveLength(2500);
    expect(all.toSorted((a, b) => Buffer.compare(a.key, b.key))).toEqual(all);
    const keys = listKeysOf(Buffer.from(key ?? '', 'base64'), LIST);
    const hash = certificateHash(certificateOf(7));
    const value = await keys.convertedValue(hash);
    const row = all.find((candidate) => candidate.key.equals(value));
    const opened = await keys.openRow(hash, value, row?.sealed ?? Buffer.alloc(0));
    expect(opened).toEqual({ ticket: 'T-7', seat: 'A-7', holder: '佐藤花子', party: '' });
  });

  test('goes only to terminals that asked for it and may use it', async () => {
    await platform.publish(tickets(1), { audience: ['gate-2'] });
    const asked = { lists: [LIST] };
    const chains = [new Chain('gate-1').add(), new Chain('gate-3').add()] as const;
    const one = await BareTerminal.greet(platform.url, chains[0], asked);
    const two = await BareTerminal.greet(platform.url, new Chain('gate-2'), asked);
    const other = await BareTerminal.greet(platform.url, chains[1]);
    await platform.headOf(two, LIST);
    await platform.publish(tickets(2));
    await platform.headOf(two, LIST, 2);
    // An answer to each: whatever was sent to it before has arrived by then.
    await Promise.all([one.tell(chains[0]), other.tell(chains[1])]);
    const heads = (terminal: BareTerminal) =>
      terminal.frames.filter(({ frame }) => frame === 'head').length;
    expect([heads(one), heads(other)]).toEqual([1, 1]);
  });

  test('that appears later is pushed to whoever waits for it', async () => {
    const terminal = await BareTerminal.greet(platform.url, new Chain(), { lists: [LIST] });
    await platform.publish(tickets(3));
    expect((await platform.headOf(terminal, LIST)).head.version).toBe(1);
  });

  test('keeps reference and cancellation of a ticket, also when it was left out once', async () => {
    const { registry } = platform.stores;
    await platform.publish(tickets(3));
    await platform.cancel(1);
    const before = listedRows(registry, LIST);
    const renewed = ticket(1, { fingerprint: randomBytes(32).toString('hex'), seat: 'B-1' });
    await platform.publish([ticket(0)]);
    expect(listedRows(registry, LIST)).toHaveLength(1);
    await platform.publish([ticket(0), renewed, ticket(2)]);
    const after = listedRows(registry, LIST);
    expect(after.map(({ ref }) => ref)).toEqual(before.map(({ ref }) => ref));
    expect(after[1]?.cancelledAt).toBe(before[1]?.cancelledAt);
    expect(after[1]?.cancelledAt).not.toBeNull();
    expect(after[1]?.seat).toBe('B-1');
  });

  test('of unchanged rows keeps its chunks, and one changed row changes one chunk', async () => {
    const rows = tickets(3000);
    const first = ENTRY_LIST_MANIFEST.parse(JSON.parse((await platform.publish(rows)).manifest));
    const second = ENTRY_LIST_MANIFEST.parse(JSON.parse((await platform.publish(rows)).manifest));
    expect(second).toMatchObject({ version: 2, chunks: first.chunks });
    const third = ENTRY_LIST_MANIFEST.parse(JSON.parse((await platform.cancel(1234)).manifest));
    const changed = third.chunks.filter((chunk, at) => chunk !== first.chunks[at]);
    expect(third.chunks).toHaveLength(first.chunks.length);
    expect(changed).toHaveLength(1);
  });

  test('tells of a cancelled ticket in the row, and in a fact of the platform with who and why', async () => {
    await platform.publish(tickets(2));
    await platform.cancel(1);
    const terminal = await BareTerminal.greet(platform.url, new Chain(), { lists: [LIST] });
    const { key, manifest } = await platform.headOf(terminal, LIST, 2);
    const [chunk] = ENTRY_LIST_MANIFEST.parse(manifest).chunks;
    const keys = listKeysOf(Buffer.from(key ?? '', 'base64'), LIST);
    const hash = certificateHash(certificateOf(1));
    const rows = [...decodeChunk(await platform.object(chunk ?? ''))];
    const value = await keys.convertedValue(hash);
    const row = rows.find((candidate) => candidate.key.equals(value));
    const opened = await keys.openRow(hash, value, row?.sealed ?? Buffer.alloc(0));
    expect(opened.cancelledAt).toBeDefined();
    await expect
      .poll(() => platform.storedFacts())
      .toMatchObject([
        {
          terminal: 'platform',
          event: 'ticket.cancelled',
          seq: 1,
          body: { ticket: 'T-1', by: 'box office', why: 'refund' },
        },
      ]);
    await platform.cancel(1, false);
    await expect.poll(() => platform.storedFacts()).toHaveLength(2);
    const told = platform.storedFacts().map(({ event, body }) => [event, Object.keys(body)]);
    // With the fields of the public table, no more and no less.
    expect(told).toEqual(
      (['ticket.cancelled', 'ticket.restored'] as const).map((name) => [name, EVENTS[name].fields]),
    );
  });

  test('refuses to cancel what is cancelled, restore what is not, and what it does not have', async () => {
    await platform.publish(tickets(1));
    await platform.cancel(0);
    await expect(platform.cancel(0)).rejects.toThrow(InputError);
    await platform.cancel(0, false);
    await expect(platform.cancel(0, false)).rejects.toThrow(InputError);
    await expect(platform.cancel(5)).rejects.toThrow('T-5');
    await expect(platform.publish(tickets(1), {}, 'trust')).rejects.toThrow('list name');
    await expect(platform.publish(tickets(1), {}, '../x')).rejects.toThrow('list name');
  });

  test('keeps settings that a later import does not name, and refuses a validity that is over', async () => {
    await platform.publish(tickets(1), { title: '音楽祭', assurance: 'possession' });
    const settings = { staleness: { oldAfterHours: 1 } };
    const { manifest } = await platform.publish(tickets(1), settings);
    expect(JSON.parse(manifest)).toMatchObject({
      title: '音楽祭',
      assurance: 'possession',
      staleness: { oldAfterHours: 1, tooOldAfterHours: 72, whenTooOld: 'admit' },
    });
    const over = { validFrom: '2016-02-19T00:00:00.000Z', validTo: '2016-02-21T00:00:00.000Z' };
    await expect(platform.publish(tickets(1), over)).rejects.toThrow('validity ended');
    const never = { staleness: { oldAfterHours: 100 } };
    await expect(platform.publish(tickets(1), never)).rejects.toThrow('too old');
  });

  test('says nothing of re-entry where there is none, so that older terminals take it', async () => {
    const publish = async (settings: ListSettings) =>
      JSON.parse((await platform.publish(tickets(1), settings)).manifest);
    expect(await publish({})).not.toHaveProperty('reentry');
    expect(await publish({ reentry: 'after-exit' })).toMatchObject({ reentry: 'after-exit' });
    expect(await publish({})).toMatchObject({ reentry: 'after-exit' });
    expect(JSON.parse((await platform.cancel(0)).manifest)).toMatchObject({
      reentry: 'after-exit',
    });
    expect(await publish({ reentry: 'once' })).not.toHaveProperty('reentry');
  });

  test('can be changed by several at once, and no change is lost', async () => {
    await platform.publish(tickets(20));
    await Promise.all([1, 2, 3, 4].map((number) => platform.cancel(number)));
    const cancelled = listedRows(platform.stores.registry, LIST).filter((row) => row.cancelledAt);
    expect(cancelled.map(({ ticket }) => ticket)).toEqual(['T-1', 'T-2', 'T-3', 'T-4']);
  });

  test('can be imported by several at once: the last version is whole, and nothing stays aside', async () => {
    const imports = [5, 6, 7].map((seat) =>
      platform.publish(tickets(1500).map((row) => ({ ...row, seat: `S-${seat}` }))),
    );
    await Promise.all([...imports, platform.publish(tickets(1500), {}, 'other')]);
    const { registry } = platform.stores;
    for (const list of [LIST, 'other']) {
      const publication = registry.publication(list);
      const manifest = ENTRY_LIST_MANIFEST.parse(JSON.parse(publication?.manifest ?? ''));
      expect(manifest).toMatchObject({ version: list === LIST ? 3 : 1, rows: 1500 });
      const chunks = await Promise.all(manifest.chunks.map((hash) => platform.object(hash)));
      expect(chunks.flatMap((chunk) => [...decodeChunk(chunk)])).toHaveLength(1500);
    }
    expect(registry.db.prepare('SELECT count(*) FROM temp.aside').pluck().get()).toBe(0);
  });

  test('leaves no objects behind that no kept version needs', async () => {
    for (let round = 0; round < 12; round += 1)
      await platform.publish([ticket(0, { seat: `S-${round}` })]);
    const { registry } = platform.stores;
    const objects = registry.db.prepare('SELECT count(*) FROM object').pluck().get();
    // Chunk and manifest of eight versions, and the manifest of trust.
    expect(objects).toBe(17);
  });
});
