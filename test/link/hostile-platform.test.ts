/**
 * A platform, or a network in its place, that wants to harm a terminal. It has even got the platform's keys: what is
 * shown here is not who is believed, but what it costs. The gate is a process of its own, so that its memory can be told.
 */

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { LIMITS } from '../../src/link/protocol.ts';
import { CardMaker } from '../cards.ts';
import type { Line, Wanted } from '../journal-lines.ts';
import { launcher, Program } from '../rig/program.ts';
import { ANSWERS, LIST, type Ticket, World } from '../terminal.ts';
import { FakePlatform, headOf, iso } from './fake-platform.ts';

const MIB = 1_048_576;
const HUNDRED_MIB = 100 * MIB;
const MEMORY_MIB_MAX = 50;

/** What it does, and the line by which the gate shows that it is over with it. */
interface Attack {
  readonly what: string;
  readonly seen: Wanted;
  readonly begin: () => Promise<void>;
}

const NOT_OF_THE_PROTOCOL = { event: 'link.refused', reason: 'not-of-the-protocol', code: 4000 };
const TOO_LONG = { ...NOT_OF_THE_PROTOCOL, detail: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' };

describe('a gate whose platform is hostile', { timeout: 120_000 }, () => {
  let world: World;
  let gate: Program;
  let rogue: FakePlatform;
  let sockets: WebSocket[] = [];
  const unused: Ticket[] = [];

  beforeAll(async () => {
    const cards = await CardMaker.create();
    world = await World.create(cards, {}, {});
    for (let number = 0; number <= ATTACKS.length; number += 1) {
      unused.push({ card: await cards.card(), ticket: `T-${number}`, seat: `A ${number}` });
    }
    await world.publishTrust();
    await world.publish(unused);
    gate = new Program([
      launcher('kazasu'),
      'run',
      '--config',
      join(world.directory, 'gate-1.toml'),
    ]);
    await gate.next({ event: 'terminal.in-service' });
    // The first of everything costs memory that is no attack's.
    await admitSomebody();
    await gate.next({ event: 'print.done' });
    const port = Number(new URL(world.config.platform.url).port);
    await gate.next({ event: 'facts.acknowledged', waiting: 0 });
    await world.stopPlatform();
    rogue = await FakePlatform.open(await world.keys(), port);
    rogue.onHello = (socket) => {
      sockets = [socket];
    };
  });
  afterAll(async () => {
    await gate.end();
    await rogue.stop();
    await world.end();
  });

  /** Each link that it cut itself makes it wait longer for the next one. */
  async function linkIsUp(): Promise<void> {
    // A refusal is told before the link that it ends is down.
    const ended = new Set(['link.refused', 'link.down']);
    const last = gate.lines.all.findLastIndex(({ event }) => ended.has(event));
    await gate.next({ event: 'link.up' }, last + 1);
  }

  async function admitSomebody(): Promise<Line> {
    const after = gate.lines.all.length;
    const ticket = unused.pop();
    if (ticket === undefined) throw new Error('no ticket is left');
    await world.hold(ticket.card.card);
    const answer = await gate.first((line) => ANSWERS.has(line.event), after);
    await world.remove();
    return answer;
  }

  /** Sends without end, as fast as it is taken, until the socket is closed. */
  async function pour(socket: WebSocket, bytes: string | Buffer, fin: boolean): Promise<void> {
    while (socket.readyState === socket.OPEN) {
      for (let sent = 0; sent < 100 && socket.bufferedAmount < MIB; sent += 1) {
        socket.send(bytes, { fin });
      }
      await nextTurn();
    }
  }

  const each = (act: (socket: WebSocket) => Promise<void>) => async () => {
    await Promise.all(sockets.map(act));
  };

  /** Offers a version that is signed as it should be, and answers the question for it so. */
  let version = 1_000;
  const offering = (answer: (response: ServerResponse) => void) => async () => {
    const object = randomBytes(32).toString('hex');
    version += 1;
    rogue.onObject = (asked, response) => {
      if (asked !== object) return false;
      response.on('error', () => {});
      answer(response);
      return true;
    };
    await rogue.sendHead(headOf({ list: LIST, version, root: object }, object));
  };
  const rejected = (reason: string) => ({ event: 'list.rejected', reason });

  const ATTACKS: readonly Attack[] = [
    {
      what: 'an object that never ends',
      seen: rejected('too-large'),
      begin: offering((response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(MIB)));
        };
        response.on('drain', more).writeHead(200);
        more();
      }),
    },
    {
      what: 'an object that says it has 100 MB',
      seen: rejected('too-large'),
      begin: offering((response) => {
        response.writeHead(200, { 'content-length': HUNDRED_MIB }).end(Buffer.alloc(MIB));
      }),
    },
    {
      what: 'an object that is shorter than it says',
      seen: rejected('truncated'),
      begin: offering((response) => {
        response.writeHead(200, { 'content-length': MIB });
        response.write(Buffer.alloc(1_000), () => response.destroy());
      }),
    },
    {
      what: 'an object that is longer than it says',
      seen: { event: 'list.rejected' },
      begin: offering((response) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${'x'.repeat(MIB)}`);
      }),
    },
    {
      what: '100 MB that are 100 kB on the wire',
      seen: { event: 'list.rejected' },
      begin: offering((response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB);
      }),
    },
    {
      what: 'a head of answers that never ends',
      seen: rejected('unreachable'),
      begin: offering((response) => {
        const { socket } = response;
        socket?.write('HTTP/1.1 200 OK\r\n');
        const more = (): void => {
          if (socket?.write(`X-More: ${'x'.repeat(60_000)}\r\n`)) setImmediate(more);
        };
        socket?.on('drain', more).on('error', () => {});
        more();
      }),
    },
    {
      what: '10,000 messages a second',
      seen: { ...NOT_OF_THE_PROTOCOL, detail: 'too many frames' },
      begin: each((socket) => pour(socket, JSON.stringify({ frame: 'beat', now: iso(0) }), true)),
    },
    {
      what: 'a frame that is announced with 100 MB, and comes',
      seen: TOO_LONG,
      begin: async () => {
        // RFC 6455 5.2: FIN and text, 64 bits of length, no mask.
        const head = Buffer.alloc(10);
        head.set([0x81, 127]);
        head.writeBigUInt64BE(BigInt(HUNDRED_MIB), 2);
        rogue.sendRaw(Buffer.concat([head, Buffer.alloc(HUNDRED_MIB, 0x20)]));
      },
    },
    {
      what: 'a frame in pieces, without a last one',
      seen: TOO_LONG,
      begin: async () => {
        // An acknowledgement of the facts would be taken for the last piece (RFC 6455 5.4).
        rogue.beats = false;
        rogue.onFrame = ({ frame }) => frame === 'facts';
        await each((socket) => pour(socket, Buffer.alloc(1_000, 0x20), false))();
        rogue.onFrame = () => false;
        rogue.beats = true;
      },
    },
    {
      what: 'JSON as deep as a frame can be',
      seen: NOT_OF_THE_PROTOCOL,
      begin: each(async (socket) => socket.send('['.repeat(LIMITS.frameBytes - 1))),
    },
  ];
  const BOMB = gzipSync(Buffer.alloc(HUNDRED_MIB));

  test.each(ATTACKS)(
    '$what: it ends, admits the next visitor, and has its memory',
    async (attack) => {
      await linkIsUp();
      const after = gate.lines.all.length;
      const memory = watchMemory(gate.pid);
      const attacking = attack.begin();
      const admitted = await admitSomebody();
      await gate.next(attack.seen, after);
      await attacking;
      expect(admitted).toMatchObject({ event: 'entry.granted' });
      expect(memory.grownMib()).toBeLessThan(MEMORY_MIB_MAX);
    },
  );

  test('has decided with the list that it had all the while', () => {
    expect(gate.lines.count({ event: 'list.activated' })).toBe(1);
    expect(gate.lines.count({ event: 'trust.activated' })).toBe(1);
  });
});

/** How much more a process has than now, at its most (proc(5): clear_refs forgets the peak of before). */
function watchMemory(pid: number): { grownMib(): number } {
  const kib = (field: string): number => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'mu').exec(status)?.[1] ?? Number.NaN);
  };
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = kib('VmRSS');
  return { grownMib: () => (kib('VmHWM') - before) / 1_024 };
}
