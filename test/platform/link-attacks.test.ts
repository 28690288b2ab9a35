/** What a hostile or broken peer can do to the platform's socket, while a good terminal stays connected beside it. */

import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { EmbeddedFactLog } from '../../platform-sim/embedded-fact-log.ts';
import { LocalFanOut } from '../../platform-sim/local-fan-out.ts';
import { type Platform, startPlatform } from '../../platform-sim/platform.ts';
import { TerminalLinks } from '../../platform-sim/terminals.ts';
import { LIMITS, SUBPROTOCOL } from '../../src/link/protocol.ts';
import { BareTerminal, Chain, DEADLINE_MS } from './bare-terminal.ts';

let directory: string;
let platform: Platform;
let good: BareTerminal;
let goodChain: Chain;
let beating: NodeJS.Timeout;
const logged: { event: string; [field: string]: unknown }[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kazasu-attacks-'));
  const log = (event: string, fields: object) => logged.push({ event, ...fields });
  platform = await startPlatform({ stateDirectory: directory, port: 0, log });
  goodChain = new Chain('good-gate');
  good = await BareTerminal.greet(platform.url, goodChain);
  const clock = { at: new Date().toISOString(), quality: 'synced', mono: 1 };
  beating = setInterval(() => good.send({ frame: 'beat', waiting: 0, clock }), 500);
});
afterEach(async () => {
  goodChain.add();
  expect(await good.tell(goodChain, goodChain.last.seq), 'the good terminal').toBeGreaterThan(0);
});
afterAll(async () => {
  clearInterval(beating);
  await platform.close();
  await rm(directory, { recursive: true });
});

async function greeted(chain = new Chain('bad-gate'), over: object = {}): Promise<BareTerminal> {
  return BareTerminal.greet(platform.url, chain, over);
}

describe('a frame that is not of the protocol closes its socket with 4000', () => {
  const clock = { at: '2026-02-20T09:00:00.000Z', quality: 'synced', mono: 1 };
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const shapes: Record<string, string> = {
    'that is not JSON': '{"frame":',
    'that is empty': '',
    'that is null': 'null',
    'that is an array': '[2,"id","BootNotification",{}]',
    'of an unknown kind': '{"frame":"cmd"}',
    'that only a platform says': JSON.stringify({ frame: 'ack', upto: 5 }),
    'with a key too many': JSON.stringify({ frame: 'beat', waiting: 0, clock, admin: true }),
    'with a negative count': JSON.stringify({ frame: 'beat', waiting: -1, clock }),
    'of facts from zero on': JSON.stringify({ frame: 'facts', from: 0, items: ['{}'] }),
    'of no facts': JSON.stringify({ frame: 'facts', from: 1, items: [] }),
    'of too many facts': JSON.stringify({ frame: 'facts', from: 1, items: Array(1001).fill('') }),
    'of a fact too long': JSON.stringify({ frame: 'facts', from: 1, items: ['x'.repeat(20_000)] }),
    'of facts that are not JSON': JSON.stringify({ frame: 'facts', from: 1, items: ['nonsense'] }),
    'of facts that are no facts': JSON.stringify({ frame: 'facts', from: 1, items: ['{"seq":1}'] }),
    'nested 200,000 deep': deep,
    'with a fact nested deep': JSON.stringify({
      frame: 'facts',
      from: 1,
      items: [`{"body":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`],
    }),
    'that poisons prototypes': '{"__proto__":{"frame":"beat"},"constructor":{"prototype":{}}}',
  };
  test.each(Object.entries(shapes))('%s', async (_, text) => {
    const bad = await greeted();
    bad.socket.send(text);
    expect(await bad.closed).toBe(4000);
  });

  test('of any other shape, before a hello and after it', async () => {
    const text = fc.oneof(fc.json(), fc.string(), fc.json({ maxDepth: 6 }));
    const facts = fc.record({
      frame: fc.constant('facts'),
      from: fc.integer(),
      items: fc.anything(),
    });
    const frame = fc.oneof(
      text,
      facts.map((value) => JSON.stringify(value) ?? ''),
      fc.record({ frame: fc.constantFrom('hello', 'beat') }).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(frame, fc.boolean(), async (sent, polite) => {
        const bad = polite ? await greeted() : await BareTerminal.connect(platform.url);
        bad.socket.send(sent);
        expect(await bad.closed).toBe(4000);
      }),
      { numRuns: 60 },
    );
  });

  test('in binary, whatever it says', async () => {
    const bad = await greeted();
    bad.socket.send(Buffer.from(JSON.stringify({ frame: 'beat', waiting: 0, clock })));
    expect(await bad.closed).toBe(4000);
  });

  test('facts before a hello, a beat before a hello, and a second hello', async () => {
    const early = await BareTerminal.connect(platform.url);
    early.facts(1, new Chain().add().items);
    expect(await early.closed).toBe(4000);
    const beat = await BareTerminal.connect(platform.url);
    beat.send({ frame: 'beat', waiting: 0, clock });
    expect(await beat.closed).toBe(4000);
    const twice = await greeted();
    twice.hello(new Chain('bad-gate'));
    expect(await twice.closed).toBe(4000);
  });

  test('facts in the name of another terminal, epoch or number, and nothing of them is stored', async () => {
    const chain = new Chain('bad-gate');
    const lies = [{ terminal: 'good-gate' }, { epoch: goodChain.epoch }, { seq: 9 }];
    for (const lie of lies) {
      const bad = await greeted(chain);
      bad.facts(1, [...chain.fork(0).add().items, ...chain.fork(0).add({}, lie).items]);
      expect(await bad.closed, JSON.stringify(lie)).toBe(4000);
    }
    const held = platform.stores.facts.terminals().find(({ epoch }) => epoch === chain.epoch);
    expect(held).toMatchObject({ upto: 0, quarantined: 0 });
  });

  test('a fact with a lone surrogate, whose bytes nobody could hash', async () => {
    const chain = new Chain('bad-gate');
    const [item = ''] = chain.fork(0).add({ note: 'X' }).items;
    const bad = await greeted(chain);
    bad.socket.send(
      `{"frame":"facts","from":1,"items":[${JSON.stringify(item.replace('X', '\ud800'))}]}`,
    );
    expect(await bad.closed).toBe(4000);
  });

  test('and says so in the log without a word of what was sent', async () => {
    logged.length = 0;
    const bad = await greeted();
    bad.send({ frame: 'beat', waiting: 'SECRET', clock, SECRET: 1 });
    await bad.closed;
    await expect.poll(() => logged.map(({ event }) => event)).toContain('terminal.closed');
    expect(logged).toContainEqual(
      expect.objectContaining({ event: 'frame.refused', terminal: 'bad-gate', code: 4000 }),
    );
    expect(JSON.stringify(logged)).not.toContain('SECRET');
  });
});

describe('numbers that no clock and no ledger has', () => {
  test('neither stop the platform nor what it shows', async () => {
    for (const mono of [-1, 1e300, 1e15]) {
      const clock = { at: '2026-02-20T09:00:00.000Z', quality: 'unset', mono };
      const chain = new Chain('odd-gate').add(
        { list: 'l', ref: 'r', gate: 'g' },
        { clock: 'unset', mono },
      );
      chain.add({ list: 'l', ref: { toString: 1 }, gate: [] });
      const boot = Number.MAX_SAFE_INTEGER;
      const odd = await greeted(chain, { clock, boot });
      expect(await odd.tell(chain)).toBe(2);
    }
    expect(platform.stores.facts.entryFacts('l')).toHaveLength(3);
  });

  test('a hello with a last number beyond everything is answered with what is held', async () => {
    const last = { seq: Number.MAX_SAFE_INTEGER, hash: 'a'.repeat(64) };
    const odd = await greeted(new Chain('odd-gate'), { last });
    expect(odd.welcome.upto).toBe(0);
    odd.facts(Number.MAX_SAFE_INTEGER, ['{}', '{}']);
    expect(await odd.closed).toBe(4000);
  });
});

describe('a socket', () => {
  test('that never says hello is closed', async () => {
    const small = await mkdtemp(join(tmpdir(), 'kazasu-mute-'));
    const hasty = await startPlatform({ stateDirectory: small, port: 0, helloMs: 200 });
    try {
      const mute = await BareTerminal.connect(hasty.url);
      expect(await mute.closed).toBe(4000);
    } finally {
      await hasty.close();
      await rm(small, { recursive: true });
    }
  });

  test('whose terminal falls silent is closed with 4008 after two missed heartbeats', async () => {
    const silent = await greeted(new Chain('silent-gate'));
    const since = performance.now();
    expect(await silent.closed).toBe(4008);
    expect(performance.now() - since).toBeGreaterThan(3_000);
    expect(silent.frames.filter(({ frame }) => frame === 'beat')).toHaveLength(2);
  });

  test('in the name of the platform itself is refused with 4003', async () => {
    const liar = await BareTerminal.connect(platform.url);
    liar.hello(new Chain('platform'));
    expect(await liar.closed).toBe(4003);
  });

  test('that sends a frame of 2 MB is closed with 1009, unread', async () => {
    const big = await greeted();
    big.socket.send('x'.repeat(2 * LIMITS.frameBytes));
    expect(await big.closed).toBe(1009);
  });

  test('that sends bytes that are no UTF-8 is closed with 1007', async () => {
    const bad = await greeted();
    bad.socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
    expect(await bad.closed).toBe(1007);
  });

  test('that sends bytes that are no websocket frame is closed with 1002', async () => {
    const bad = await greeted();
    const { _socket: raw } = bad.socket as unknown as { _socket: NodeJS.WritableStream };
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect(await bad.closed).toBe(1002);
  });

  test('that vanishes without a goodbye leaves nothing behind', async () => {
    const gone = await greeted(new Chain('gone-gate'));
    gone.socket.terminate();
    await expect
      .poll(() => logged, { timeout: DEADLINE_MS })
      .toContainEqual(expect.objectContaining({ event: 'terminal.closed', terminal: 'gone-gate' }));
  });

  test('that does not read is cut off before it costs more than 1 MB', async () => {
    const untold = { commands: () => [], tellAlerts: () => [] };
    const parts = { ...platform.stores, ...untold, log: () => {} };
    const nothing = { heads: { all: () => [] } as never, questions: {} as never };
    const ports = { facts: new EmbeddedFactLog(parts.facts), fanOut: new LocalFanOut() };
    const links = new TerminalLinks(
      { ...parts, ...nothing, ...ports },
      { beatMs: 60_000, helloMs: 60_000, sessionsMax: 10, slowMs: 500 },
    );
    const peer: EventEmitter & { terminated: boolean } = Object.assign(new EventEmitter(), {
      readyState: WebSocket.OPEN,
      bufferedAmount: 1_048_577,
      send: () => {},
      close: () => {},
      terminated: false,
      terminate() {
        peer.terminated = true;
        peer.emit('close', 1006);
      },
    });
    links.accept(peer as unknown as WebSocket, null);
    const last = { seq: 0, hash: '0'.repeat(64) };
    const clock = { at: '2026-02-20T09:00:00.000Z', quality: 'synced', mono: 1 };
    const hello = { frame: 'hello', terminal: 'slow', epoch: new Chain().epoch, boot: 1, last };
    peer.emit(
      'message',
      Buffer.from(JSON.stringify({ ...hello, lists: [], software: '', clock })),
      false,
    );
    await expect.poll(() => peer.terminated).toBe(true);
    await links.close();
  });
});

describe('over HTTP', () => {
  async function refusal(url: string, protocols: string[], headers = {}): Promise<number> {
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('error', () => {});
    const [, answer] = await once(socket, 'unexpected-response');
    answer.resume();
    return answer.statusCode;
  }

  test('only the path of the terminals with the subprotocol becomes a websocket', async () => {
    const elsewhere = platform.url.replace('/terminals', '/admin');
    expect(await refusal(elsewhere, [SUBPROTOCOL])).toBe(404);
    expect(await refusal(`${platform.url}?x=1`, [SUBPROTOCOL])).toBe(404);
    expect(await refusal(platform.url, [])).toBe(400);
    expect(await refusal(platform.url, ['kazasu.v0', 'chat'])).toBe(400);
  });

  test('a page of another site in a browser on this machine is no terminal', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    expect(await refusal(platform.url, [SUBPROTOCOL], headers)).toBe(403);
  });

  test('a request that is no upgrade gets no more than 404', async () => {
    const url = platform.url.replace('ws:', 'http:');
    expect((await fetch(url)).status).toBe(404);
  });

  async function conversation(sent: string): Promise<string> {
    const socket = connect(platform.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => {
      heard += data;
    });
    socket.on('error', () => {});
    socket.write(sent);
    await once(socket, 'close');
    return heard;
  }

  test('garbage, a bad upgrade and endless headers end with a 4xx', async () => {
    expect(await conversation('\x16\x03\x01\x02\x00\r\n\r\n')).toMatch(/^HTTP\/1.1 400/u);
    const upgrade =
      'GET /terminals HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket';
    const bad = `${upgrade}\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`;
    expect(await conversation(bad)).toMatch(/^HTTP\/1.1 4\d\d/u);
    const endless = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await conversation(endless)).toMatch(/^HTTP\/1.1 431/u);
  });

  test('a client that never ends its headers is closed with 408', { timeout: 60_000 }, async () => {
    expect(await conversation('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')).toMatch(/^HTTP\/1.1 408/u);
  });

  test('there is a limit to the number of connections, and no one else is hurt', async () => {
    const small = await mkdtemp(join(tmpdir(), 'kazasu-small-'));
    const said: string[] = [];
    const log = (event: string) => said.push(event);
    const limits = { connectionsMax: 2, log };
    const limited = await startPlatform({ stateDirectory: small, port: 0, ...limits });
    const chain = new Chain().add();
    const first = await BareTerminal.greet(limited.url, chain);
    await BareTerminal.connect(limited.url);
    await expect(BareTerminal.connect(limited.url)).rejects.toThrow();
    await expect(BareTerminal.connect(limited.url)).rejects.toThrow();
    expect(await first.tell(chain)).toBe(1);
    expect(
      said.filter((event) => event === 'platform.full'),
      'said once',
    ).toHaveLength(1);
    await limited.close();
    await rm(small, { recursive: true });
  });

  test('it listens on 127.0.0.1 and no other address', async () => {
    const elsewhere = connect(platform.port, '127.0.0.2');
    await expect(once(elsewhere, 'connect')).rejects.toThrow('ECONNREFUSED');
  });
});

test('the platform ends within seconds even when its peers do not answer its goodbye', async () => {
  const own = await mkdtemp(join(tmpdir(), 'kazasu-deaf-'));
  const other = await startPlatform({ stateDirectory: own, port: 0 });
  const deaf = await BareTerminal.greet(other.url, new Chain());
  deaf.socket.pause();
  await other.close();
  deaf.socket.terminate();
  await rm(own, { recursive: true });
});
