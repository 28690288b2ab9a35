import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TRUST_MANIFEST } from '../../src/link/protocol.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { LIST, TestPlatform, tickets } from './test-platform.ts';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await TestPlatform.start();
});
afterEach(() => platform.stop());

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
    const { head, key, manifest } = await platform.headOf(terminal, 'trust');
    expect(TRUST_MANIFEST.parse(manifest)).toMatchObject({ version: 1, anchors: [], crls: [] });
    expect(head.of).toBe('trust');
    expect(key).toBeUndefined();
    expect(Date.parse(head.expires) - Date.parse(head.at)).toBe(15 * 60_000);
  });

  test('has its facts stored once and acknowledged by cursor', async () => {
    const chain = new Chain().add().add().add();
    const terminal = await BareTerminal.greet(platform.url, chain);
    expect(await terminal.tell(chain)).toBe(3);
    expect(platform.storedFacts().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await terminal.tell(chain.add(), 4)).toBe(4);
    const again = await BareTerminal.greet(platform.url, chain);
    expect(again.welcome.upto).toBe(4);
  });

  test('may repeat a batch, and the platform keeps one of each', async () => {
    const chain = new Chain().add().add();
    const terminal = await BareTerminal.greet(platform.url, chain);
    await terminal.tell(chain);
    expect(await terminal.tell(chain.add())).toBe(3);
    expect(platform.storedFacts()).toHaveLength(3);
    expect(platform.logged.at(-1)).toMatchObject({ event: 'facts.stored', stored: 1, repeated: 2 });
  });

  test('is told where to send again from when facts are missing in between', async () => {
    const chain = new Chain().add().add().add().add();
    const terminal = await BareTerminal.greet(platform.url, chain);
    terminal.facts(3, chain.items.slice(2));
    expect((await terminal.next('gap')).upto).toBe(0);
    expect(platform.storedFacts()).toEqual([]);
    expect(await terminal.tell(chain)).toBe(4);
  });

  test('that has removed what is missing here is heard: what it has is set apart, and it goes on', async () => {
    const chain = new Chain('gate-late').add().add().add().add();
    const terminal = await BareTerminal.greet(platform.url, chain);
    terminal.facts(1, chain.items.slice(0, 1));
    await terminal.next('ack');
    // As several frames on their way.
    terminal.facts(3, chain.items.slice(2, 3));
    terminal.facts(4, chain.items.slice(3));
    await terminal.next('gap');
    // Told once more, it may still have been lost on its way: without a word of the terminal's nothing is left out.
    let seen = terminal.frames.length;
    terminal.facts(3, chain.items.slice(2, 3));
    expect((await terminal.next('gap', seen)).upto).toBe(1);
    const id = randomUUID();
    const body = JSON.stringify({ epoch: chain.epoch, upto: 2 });
    terminal.send({ frame: 'ask', id, service: 'ledger-removed', body, card: null });
    await terminal.next('answer');
    seen = terminal.frames.length;
    terminal.facts(3, chain.items.slice(2, 3));
    expect((await terminal.next('ack', seen)).upto).toBe(3);
    terminal.facts(4, chain.items.slice(3));
    await terminal.until(
      () => terminal.frames.some((frame) => frame.frame === 'ack' && frame.upto === 4),
      'the last fact',
    );
    const known = platform.stores.facts
      .terminals()
      .find(({ terminal: name }) => name === 'gate-late');
    expect(known).toMatchObject({ upto: 1, quarantined: 2 });
    await terminal.leave();
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
    await platform.publish(tickets(1));
    await platform.headOf(newest, LIST);
  });

  test('finds its facts again after the platform was started anew', async () => {
    const chain = new Chain().add().add();
    await (await BareTerminal.greet(platform.url, chain)).tell(chain);
    await platform.restart();
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
    expect(platform.storedFacts()).toHaveLength(3);
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
    expect(platform.storedFacts()).toHaveLength(3);
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
    expect(platform.logged.filter(({ event }) => event === 'terminal.suspected')).toHaveLength(2);
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
