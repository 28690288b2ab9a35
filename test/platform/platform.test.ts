import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EntryFact, entriesOf } from '../../platform-sim/effects.ts';
import type { CsvRow } from '../../platform-sim/entry-csv.ts';
import {
  changeTicket,
  importEntryList,
  type ListSettings,
  listedRows,
} from '../../platform-sim/entry-lists.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { type Platform, startPlatform } from '../../platform-sim/platform.ts';
import {
  decodeChunk,
  ENTRY_LIST_MANIFEST,
  HEAD,
  type Head,
  TRUST_MANIFEST,
} from '../../src/link/protocol.ts';
import { certificateHash, ListKeys } from '../../src/pki/converted-value.ts';
import { openSignedObject } from '../../src/pki/signed-object.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';

const LIST = 'stadium';

let directory: string;
let platform: Platform;
let logged: { event: string; [field: string]: unknown }[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kazasu-platform-'));
  logged = [];
  platform = await start();
});
afterEach(async () => {
  await platform.close();
  await rm(directory, { recursive: true });
});

function start(): Promise<Platform> {
  const log = (event: string, fields: object) => logged.push({ event, ...fields });
  return startPlatform({ stateDirectory: directory, port: 0, log });
}

/** The platform looks at no certificate here: any bytes stand for one. */
function ticket(number: number, over: Partial<CsvRow> = {}): CsvRow {
  const certificate = over.certificate ?? Buffer.from(`certificate ${number}`);
  const fingerprint = createHash('sha256').update(certificate).digest('hex');
  const said = { ticket: `T-${number}`, seat: `A-${number}`, holder: '佐藤花子', party: '' };
  return { ...said, ...over, certificate, fingerprint };
}

function tickets(count: number): CsvRow[] {
  return Array.from({ length: count }, (_, number) => ticket(number));
}

function publish(rows: readonly CsvRow[], settings: ListSettings = {}, list = LIST) {
  const { registry, keys } = platform.stores;
  return importEntryList(registry, keys, list, rows, settings, Date.now());
}

function cancel(number: number, cancelled = true) {
  const { registry, keys } = platform.stores;
  const change = { list: LIST, ticket: `T-${number}`, by: 'box office', why: 'refund', cancelled };
  return changeTicket(registry, keys, change, Date.now());
}

function storedFacts(): { terminal: string; seq: number; event: string }[] {
  return [...platform.stores.facts.since(0)].map(({ json }) => JSON.parse(json));
}

async function object(sha256: string): Promise<Buffer> {
  const answer = await fetch(`http://127.0.0.1:${platform.port}/objects/${sha256}`);
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  return bytes;
}

/** What the newest head of `list` says, its signature checked by the terminal's own code. */
async function headOf(terminal: BareTerminal, list: string, version = 1) {
  const pinned = Buffer.from(terminal.welcome.platform, 'base64');
  let found: { head: Head; key: string | undefined } | undefined;
  let read = 0;
  while (!found) {
    const frame = await terminal.next('head', read);
    read = terminal.frames.indexOf(frame) + 1;
    const cms = Buffer.from(frame.statement, 'base64');
    const { content } = await openSignedObject(cms, 'head', pinned, Date.now());
    const head = HEAD.parse(JSON.parse(String(content)));
    if (head.list === list && head.version >= version) found = { head, key: frame.key };
  }
  const signed = await object(found.head.manifest);
  const manifest = await openSignedObject(signed, found.head.of, pinned, Date.now());
  return { ...found, manifest: JSON.parse(String(manifest.content)) as unknown };
}

describe('a terminal', () => {
  test('is welcomed with time, platform key, cursor, credit and heartbeat', async () => {
    const { welcome } = await BareTerminal.greet(platform.url, new Chain());
    expect(welcome).toMatchObject({ upto: 0, beatMs: 2000 });
    expect(Math.abs(Date.parse(welcome.now) - Date.now())).toBeLessThan(60_000);
    expect(Buffer.from(welcome.platform, 'base64')).toEqual(platform.stores.keys.caCertificate);
  });

  test('gets a heartbeat in either direction and is told the time by it', async () => {
    const terminal = await BareTerminal.greet(platform.url, new Chain());
    const beat = await terminal.next('beat');
    expect(Date.parse(beat.now)).not.toBeNaN();
  });

  test('hears the head of trust before anything is trusted', async () => {
    const terminal = await BareTerminal.greet(platform.url, new Chain());
    const { head, key, manifest } = await headOf(terminal, 'trust');
    expect(TRUST_MANIFEST.parse(manifest)).toMatchObject({ version: 1, anchors: [], crls: [] });
    expect(head.of).toBe('trust');
    expect(key).toBeUndefined();
    expect(Date.parse(head.expires) - Date.parse(head.at)).toBe(15 * 60_000);
  });

  test('has its facts stored once and acknowledged by cursor', async () => {
    const chain = new Chain().add().add().add();
    const terminal = await BareTerminal.greet(platform.url, chain);
    expect(await terminal.tell(chain)).toBe(3);
    expect(storedFacts().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await terminal.tell(chain.add(), 4)).toBe(4);
    const again = await BareTerminal.greet(platform.url, chain);
    expect(again.welcome.upto).toBe(4);
  });

  test('may repeat a batch, and the platform keeps one of each', async () => {
    const chain = new Chain().add().add();
    const terminal = await BareTerminal.greet(platform.url, chain);
    await terminal.tell(chain);
    expect(await terminal.tell(chain.add())).toBe(3);
    expect(storedFacts()).toHaveLength(3);
    expect(logged.at(-1)).toMatchObject({ event: 'facts.stored', stored: 1, repeated: 2 });
  });

  test('is told where to send again from when facts are missing in between', async () => {
    const chain = new Chain().add().add().add().add();
    const terminal = await BareTerminal.greet(platform.url, chain);
    terminal.facts(3, chain.items.slice(2));
    expect((await terminal.next('gap')).upto).toBe(0);
    expect(storedFacts()).toEqual([]);
    expect(await terminal.tell(chain)).toBe(4);
  });

  test('opens a new stream with a new epoch, and both are held', async () => {
    const [old, fresh] = [new Chain().add(), new Chain().add().add()];
    await (await BareTerminal.greet(platform.url, old)).tell(old);
    const terminal = await BareTerminal.greet(platform.url, fresh);
    expect(terminal.welcome.upto).toBe(0);
    expect(await terminal.tell(fresh)).toBe(2);
    expect(platform.stores.facts.terminals().map(({ upto }) => upto)).toEqual([1, 2]);
  });

  test('is closed with 4001 when a newer socket of it comes, which goes on undisturbed', async () => {
    const chain = new Chain().add();
    const old = await BareTerminal.greet(platform.url, chain);
    const fresh = await BareTerminal.greet(platform.url, chain);
    expect(await old.closed).toBe(4001);
    expect(await fresh.tell(chain)).toBe(1);
    const newest = await BareTerminal.greet(platform.url, chain, { lists: [LIST] });
    expect(await fresh.closed).toBe(4001);
    // The end of the two old sockets must not have made the platform forget the new one.
    await publish(tickets(1));
    await headOf(newest, LIST);
  });

  test('finds its facts again after the platform was started anew', async () => {
    const chain = new Chain().add().add();
    await (await BareTerminal.greet(platform.url, chain)).tell(chain);
    await platform.close();
    platform = await start();
    expect((await BareTerminal.greet(platform.url, chain)).welcome.upto).toBe(2);
  });
});

describe('a ledger that forked', () => {
  test('is kept in quarantine, acknowledged, and marked; the first story stays', async () => {
    const chain = new Chain().add().add().add();
    await (await BareTerminal.greet(platform.url, chain)).tell(chain);
    const copy = chain.fork(1).add({ other: 2 }).add({ other: 3 }).add({ other: 4 }).add();
    const terminal = await BareTerminal.greet(platform.url, copy);
    expect(await terminal.tell(copy)).toBe(5);
    expect(storedFacts()).toHaveLength(3);
    const [record] = platform.stores.facts.terminals();
    expect(record).toMatchObject({ upto: 3, quarantined: 4, suspected: ['fork'] });
  });

  test('can go on in later batches, come back and repeat itself', async () => {
    const chain = new Chain().add().add();
    await (await BareTerminal.greet(platform.url, chain)).tell(chain);
    const copy = chain.fork(1).add({ other: 2 }).add({ other: 3 });
    const first = await BareTerminal.greet(platform.url, copy);
    expect(await first.tell(copy)).toBe(3);
    expect(await first.tell(copy.add({ other: 4 }), 4)).toBe(4);
    const back = await BareTerminal.greet(platform.url, copy);
    expect(back.welcome.upto).toBe(4);
    expect(await back.tell(copy)).toBe(4);
    expect(platform.stores.facts.terminals()[0]).toMatchObject({ quarantined: 3 });
  });

  test('leaves the ledger that was first able to go on', async () => {
    const chain = new Chain().add().add();
    await (await BareTerminal.greet(platform.url, chain)).tell(chain);
    const copy = chain.fork(1).add({ other: 2 }).add({ other: 3 });
    await (await BareTerminal.greet(platform.url, copy)).tell(copy);
    const original = await BareTerminal.greet(platform.url, chain.add());
    expect(original.welcome.upto).toBe(2);
    expect(await original.tell(chain, 3)).toBe(3);
    expect(storedFacts()).toHaveLength(3);
  });

  test('of the same length shows at hello, and all of it is asked for', async () => {
    const chain = new Chain().add().add();
    await (await BareTerminal.greet(platform.url, chain)).tell(chain);
    const copy = chain.fork(1).add({ other: 2 });
    const terminal = await BareTerminal.greet(platform.url, copy);
    expect(terminal.welcome.upto).toBe(0);
    expect(await terminal.tell(copy)).toBe(2);
    expect(platform.stores.facts.terminals()[0]).toMatchObject({ quarantined: 1 });
  });

  test('by a broken chain loses nothing either', async () => {
    const chain = new Chain().add();
    const broken = { prev: 'f'.repeat(64) };
    chain.add({}, broken).add({}, broken).add({}, broken);
    const terminal = await BareTerminal.greet(platform.url, chain);
    expect(await terminal.tell(chain)).toBe(4);
    expect(platform.stores.facts.terminals()[0]).toMatchObject({ upto: 1, quarantined: 3 });
  });

  test('by going back in number or boot is marked and told the truth', async () => {
    const chain = new Chain().add().add().add();
    await (await BareTerminal.greet(platform.url, chain, { boot: 7 })).tell(chain);
    const restored = await BareTerminal.greet(platform.url, chain.fork(1), { boot: 6 });
    expect(restored.welcome.upto).toBe(3);
    const suspected = platform.stores.facts.terminals()[0]?.suspected;
    expect([...(suspected ?? [])].sort()).toEqual(['boot-went-back', 'ledger-went-back']);
    expect(logged.filter(({ event }) => event === 'terminal.suspected')).toHaveLength(2);
  });
});

describe('an entry list', () => {
  test('comes down as signed manifest and chunks that open with key and certificate', async () => {
    await publish(tickets(2500), { title: '春の音楽祭', place: '国立競技場' });
    const terminal = await BareTerminal.greet(platform.url, new Chain(), { lists: [LIST] });
    const { head, key, manifest } = await headOf(terminal, LIST);
    const { chunks, rows, root, title } = ENTRY_LIST_MANIFEST.parse(manifest);
    expect({ rows, root, title }).toEqual({ rows: 2500, root: head.root, title: '春の音楽祭' });
    expect(chunks.length).toBeGreaterThan(1);
    const bytes = await Promise.all(chunks.map(object));
    const hashes = bytes.map((chunk) => createHash('sha256').update(chunk).digest());
    expect(createHash('sha256').update(Buffer.concat(hashes)).digest('hex')).toBe(root);
    const all = bytes.flatMap((chunk) => [...decodeChunk(chunk)]);
    expect(all).toHaveLength(2500);
    expect(all.toSorted((a, b) => Buffer.compare(a.key, b.key))).toEqual(all);
    const keys = ListKeys.derive(Buffer.from(key ?? '', 'base64'), LIST);
    const hash = certificateHash(ticket(7).certificate);
    const value = keys.convertedValue(hash);
    const row = all.find((candidate) => candidate.key.equals(value));
    const opened = keys.openRow(hash, value, row?.sealed ?? Buffer.alloc(0));
    expect(opened).toEqual({ ticket: 'T-7', seat: 'A-7', holder: '佐藤花子', party: '' });
  });

  test('goes only to terminals that asked for it and may use it', async () => {
    await publish(tickets(1), { audience: ['gate-2'] });
    const asked = { lists: [LIST] };
    const chains = [new Chain('gate-1').add(), new Chain('gate-3').add()] as const;
    const one = await BareTerminal.greet(platform.url, chains[0], asked);
    const two = await BareTerminal.greet(platform.url, new Chain('gate-2'), asked);
    const other = await BareTerminal.greet(platform.url, chains[1]);
    await headOf(two, LIST);
    await publish(tickets(2));
    await headOf(two, LIST, 2);
    // An answer to each: whatever was sent to it before has arrived by then.
    await Promise.all([one.tell(chains[0]), other.tell(chains[1])]);
    const heads = (terminal: BareTerminal) =>
      terminal.frames.filter(({ frame }) => frame === 'head').length;
    expect([heads(one), heads(other)]).toEqual([1, 1]);
  });

  test('that appears later is pushed to whoever waits for it', async () => {
    const terminal = await BareTerminal.greet(platform.url, new Chain(), { lists: [LIST] });
    await publish(tickets(3));
    expect((await headOf(terminal, LIST)).head.version).toBe(1);
  });

  test('keeps reference and cancellation of a ticket, also when it was left out once', async () => {
    const { registry } = platform.stores;
    await publish(tickets(3));
    await cancel(1);
    const before = listedRows(registry, LIST);
    const renewed = ticket(1, { certificate: randomBytes(40), seat: 'B-1' });
    await publish([ticket(0)]);
    expect(listedRows(registry, LIST)).toHaveLength(1);
    await publish([ticket(0), renewed, ticket(2)]);
    const after = listedRows(registry, LIST);
    expect(after.map(({ ref }) => ref)).toEqual(before.map(({ ref }) => ref));
    expect(after[1]?.cancelledAt).toBe(before[1]?.cancelledAt);
    expect(after[1]?.cancelledAt).not.toBeNull();
    expect(after[1]?.seat).toBe('B-1');
  });

  test('of unchanged rows keeps its chunks, and one changed row changes one chunk', async () => {
    const rows = tickets(3000);
    const first = ENTRY_LIST_MANIFEST.parse(JSON.parse((await publish(rows)).manifest));
    const second = ENTRY_LIST_MANIFEST.parse(JSON.parse((await publish(rows)).manifest));
    expect(second).toMatchObject({ version: 2, chunks: first.chunks });
    const third = ENTRY_LIST_MANIFEST.parse(JSON.parse((await cancel(1234)).manifest));
    const changed = third.chunks.filter((chunk, at) => chunk !== first.chunks[at]);
    expect(third.chunks).toHaveLength(first.chunks.length);
    expect(changed).toHaveLength(1);
  });

  test('tells of a cancelled ticket in the row, and in a fact of the platform with who and why', async () => {
    await publish(tickets(2));
    await cancel(1);
    const terminal = await BareTerminal.greet(platform.url, new Chain(), { lists: [LIST] });
    const { key, manifest } = await headOf(terminal, LIST, 2);
    const [chunk] = ENTRY_LIST_MANIFEST.parse(manifest).chunks;
    const keys = ListKeys.derive(Buffer.from(key ?? '', 'base64'), LIST);
    const hash = certificateHash(ticket(1).certificate);
    const rows = [...decodeChunk(await object(chunk ?? ''))];
    const row = rows.find((candidate) => candidate.key.equals(keys.convertedValue(hash)));
    const opened = keys.openRow(hash, keys.convertedValue(hash), row?.sealed ?? Buffer.alloc(0));
    expect(opened.cancelledAt).toBeDefined();
    await expect.poll(storedFacts).toMatchObject([
      {
        terminal: 'platform',
        event: 'ticket.cancelled',
        seq: 1,
        body: { ticket: 'T-1', by: 'box office', why: 'refund' },
      },
    ]);
    await cancel(1, false);
    await expect.poll(() => storedFacts().map(({ event }) => event)).toContain('ticket.restored');
  });

  test('refuses to cancel what is cancelled, restore what is not, and what it does not have', async () => {
    await publish(tickets(1));
    await cancel(0);
    await expect(cancel(0)).rejects.toThrow(InputError);
    await cancel(0, false);
    await expect(cancel(0, false)).rejects.toThrow(InputError);
    await expect(cancel(5)).rejects.toThrow('T-5');
    await expect(publish(tickets(1), {}, 'trust')).rejects.toThrow('list name');
    await expect(publish(tickets(1), {}, '../x')).rejects.toThrow('list name');
  });

  test('keeps settings that a later import does not name, and refuses a validity that is over', async () => {
    await publish(tickets(1), { title: '音楽祭', assurance: 'possession' });
    const settings = { staleness: { oldAfterHours: 1 } };
    const { manifest } = await publish(tickets(1), settings);
    expect(JSON.parse(manifest)).toMatchObject({
      title: '音楽祭',
      assurance: 'possession',
      staleness: { oldAfterHours: 1, tooOldAfterHours: 72, whenTooOld: 'admit' },
    });
    const over = { validFrom: '2016-02-19T00:00:00.000Z', validTo: '2016-02-21T00:00:00.000Z' };
    await expect(publish(tickets(1), over)).rejects.toThrow('validity ended');
    const never = { staleness: { oldAfterHours: 100 } };
    await expect(publish(tickets(1), never)).rejects.toThrow('too old');
  });

  test('can be changed by several at once, and no change is lost', async () => {
    await publish(tickets(20));
    await Promise.all([1, 2, 3, 4].map((number) => cancel(number)));
    const cancelled = listedRows(platform.stores.registry, LIST).filter((row) => row.cancelledAt);
    expect(cancelled.map(({ ticket }) => ticket)).toEqual(['T-1', 'T-2', 'T-3', 'T-4']);
  });

  test('leaves no objects behind that no kept version needs', async () => {
    for (let round = 0; round < 12; round += 1) await publish([ticket(0, { seat: `S-${round}` })]);
    const { registry } = platform.stores;
    const objects = registry.db.prepare('SELECT count(*) FROM object').pluck().get();
    // Chunk and manifest of eight versions, and the manifest of trust.
    expect(objects).toBe(17);
  });
});

describe('objects over HTTP', () => {
  const get = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${platform.port}${path}`, { method });

  test('are served to be cached for ever', async () => {
    const [publication] = platform.stores.registry.publications();
    const path = `/objects/${publication?.statement}`;
    const answer = await get(path);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const length = Number(answer.headers.get('content-length'));
    expect((await answer.arrayBuffer()).byteLength).toBe(length);
    expect((await get(path, 'HEAD')).status).toBe(200);
  });

  test('are all that is served', async () => {
    const nothing = '0'.repeat(64);
    for (const path of ['/', '/objects', '/objects/', `/objects/${nothing}`, '/terminals']) {
      expect((await get(path)).status, path).toBe(404);
    }
    expect((await get('/objects/..%2f..%2flists.db')).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await get('/', method)).status, method).toBe(405);
    }
  });
});

describe('who has entered', () => {
  const base = { event: 'entry.granted', ref: 'r1', epoch: 'e', boot: 1, mono: 0 } as const;
  const fact = (over: Partial<EntryFact>): EntryFact => {
    const at = '2026-02-20T09:00:00.000Z';
    return { ...base, gate: 'A', terminal: 'gate-1', seq: 1, at, clock: 'synced', ...over };
  };
  const story = [
    fact({ seq: 1, at: '2026-02-20T09:00:00.000Z' }),
    fact({ seq: 2, at: '2026-02-20T09:01:00.000Z', event: 'entry.undone' }),
    fact({ seq: 3, at: '2026-02-20T09:02:00.000Z', gate: 'B' }),
    fact({ seq: 1, at: '2026-02-20T09:03:00.000Z', terminal: 'gate-2', gate: 'C' }),
    fact({ seq: 4, at: '2026-02-20T09:00:30.000Z', ref: 'r2' }),
  ];

  test('is the same whatever the order in which facts arrived', () => {
    const expected = new Map([
      ['r1', { at: story[2]?.at, gate: 'B', terminal: 'gate-1', doubles: 1 }],
      ['r2', { at: story[4]?.at, gate: 'A', terminal: 'gate-1', doubles: 0 }],
    ]);
    const permuted = fc.shuffledSubarray(story, { minLength: story.length });
    fc.assert(
      fc.property(permuted, (facts) => {
        expect(entriesOf(facts, [])).toEqual(expected);
      }),
    );
  });

  test('is ordered by corrected time: a clock that was wrong does not make a later entry the first', () => {
    const wrong = fact({ terminal: 'gate-9', at: '2020-01-01T00:00:00.000Z', clock: 'unset' });
    const facts = [fact({}), { ...wrong, mono: 60_000 }];
    const origin = Date.parse('2026-02-20T10:00:00.000Z');
    const origins = [{ terminal: 'gate-9', epoch: 'e', boot: 1, origin }];
    expect(entriesOf(facts, origins).get('r1')).toMatchObject({ terminal: 'gate-1', doubles: 1 });
    expect(entriesOf(facts, []).get('r1')).toMatchObject({ terminal: 'gate-9', doubles: 1 });
  });
});
