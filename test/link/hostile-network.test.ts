/** Somebody on the way to the platform, who answers in its place or says again what was said: the terminal's side of it. */

import { createHash } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/link/connection.ts';
import { LIMITS, type PlatformFrame, type TerminalFrame } from '../../src/link/protocol.ts';
import { FakePlatform, headOf, iso } from './fake-platform.ts';
import { LIST, TestTerminal } from './fixtures.ts';
import { withVersion2 } from './version-2.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 31_536_000_000;

const ACK = JSON.stringify({ frame: 'ack', upto: 0 });
const HELLO: TerminalFrame = {
  frame: 'hello',
  terminal: 'gate-1',
  epoch: '00000000-0000-4000-8000-000000000000',
  boot: 1,
  last: { seq: 0, hash: '0'.repeat(64) },
  lists: [],
  root: 0,
  software: 'test',
  clock: { at: iso(0), quality: 'synced', mono: 1 },
};

/** RFC 6455 4.2.2. */
const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** Takes the question for a websocket and does this with the connection. */
const answering = (act: (socket: Socket) => void): Promise<number> =>
  listening(createServer((socket) => socket.once('data', () => act(socket))));

const opened = (port: number, openMs: number) =>
  new TestTerminal().connect(`ws://127.0.0.1:${port}/terminals`, { openMs });

describe('at the handshake', () => {
  test('who drips it, octet by octet and for ever, is given up in time', async () => {
    const port = await answering((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nX-Slow: ');
      const timer = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    await expect(opened(port, 300)).rejects.toMatchObject({ reason: 'no-welcome' });
  });

  test('a head without end is cut off at the limit of HTTP', async () => {
    const port = await answering((socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(`X-More: ${'x'.repeat(8_000)}\r\n`));
      };
      socket.write('HTTP/1.1 101 Switching Protocols\r\n');
      socket.on('drain', more);
      more();
    });
    const failure = { reason: 'unreachable', message: 'unreachable: HPE_HEADER_OVERFLOW' };
    await expect(opened(port, 20_000)).rejects.toMatchObject(failure);
  });

  test('a way to somebody else is not taken', async () => {
    let asked = 0;
    const elsewhere = await answering(() => {
      asked += 1;
    });
    const location = `http://127.0.0.1:${elsewhere}/terminals`;
    const port = await listening(
      createHttpServer().on('upgrade', (_request, socket) => {
        socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
      }),
    );
    await expect(opened(port, 20_000)).rejects.toMatchObject({ reason: 'unreachable' });
    expect(asked).toBe(0);
  });

  test.each([
    ['no subprotocol at all', ''],
    ['an older subprotocol', 'Sec-WebSocket-Protocol: kazasu.v0\r\n'],
    [
      'compression, which nobody asked for',
      'Sec-WebSocket-Protocol: kazasu.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n',
    ],
  ])('%s ends it before a hello', async (_what, header) => {
    const said: Buffer[] = [];
    const port = await listening(
      createHttpServer().on('upgrade', ({ headers }, socket) => {
        socket.on('data', (bytes: Buffer) => said.push(bytes));
        const accept = acceptOf(String(headers['sec-websocket-key']));
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${header}\r\n`,
        );
      }),
    );
    await expect(opened(port, 20_000)).rejects.toMatchObject({ reason: 'unreachable' });
    expect(Buffer.concat(said).toString('latin1')).not.toContain('gate-1');
  });
});

describe('on a link that is up', () => {
  test('the answers to facts are no flood, however many come at once', async () => {
    const batches = LIMITS.frames.atOnce + LIMITS.frames.perSecond;
    const platform = await FakePlatform.start();
    platform.onFrame = ({ frame }, socket) => {
      if (frame === 'facts') socket.send(ACK);
      return frame === 'facts';
    };
    let answers = 0;
    const over = Promise.withResolvers<void>();
    const connection = await connect(
      {
        ...{ url: platform.url, transport: null, openTimeoutMs: 20_000 },
        ...{ hello: () => HELLO, beat: () => HELLO },
      },
      {
        onWelcome: () => null,
        onFrame: ({ frame }) => {
          if (frame === 'ack') answers += 1;
          if (answers === batches) over.resolve();
          return null;
        },
        onSent: () => {},
        onBeat: () => {},
        onTurnedAway: () => {},
        onTryLater: () => {},
        onRefused: ({ detail }) => over.reject(new Error(detail)),
        onLost: (reason) => over.reject(new Error(reason)),
      },
    );
    onTestFinished(() => connection.close());
    for (let from = 1; from <= batches; from += 1) {
      connection.send({ frame: 'facts', from, items: ['{}'] });
    }
    await over.promise;
  });

  test('answers that nobody waits for are', async () => {
    const platform = await FakePlatform.start();
    const terminal = new TestTerminal();
    await terminal.connect(platform.url);
    for (let sent = 0; sent <= 2 * LIMITS.frames.atOnce; sent += 1) {
      platform.send(ACK);
    }
    await terminal.until('link.refused', { detail: 'too many frames', code: 4000 });
  });

  test('more heads than a terminal has lists end it', async () => {
    const platform = await FakePlatform.start();
    const terminal = new TestTerminal();
    await terminal.connect(platform.url);
    for (let sent = 0; sent < 200; sent += 1) platform.send({ frame: 'head', statement: 'AAAA' });
    await terminal.until('link.refused', { detail: 'too many heads', code: 4000 });
  });

  test('a frame of 100,000 unknown fields is no frame', async () => {
    const platform = await FakePlatform.start();
    const terminal = new TestTerminal();
    await terminal.connect(platform.url);
    const many = Array.from({ length: 100_000 }, (_, index) => [`x${index}`, 0]);
    platform.send(JSON.stringify({ frame: 'beat', now: iso(0), ...Object.fromEntries(many) }));
    await terminal.until('link.refused', { reason: 'not-of-the-protocol', code: 4000 });
  });

  test('an object that is elsewhere is not fetched there', async () => {
    let asked = 0;
    const elsewhere = await answering(() => {
      asked += 1;
    });
    const platform = await FakePlatform.start();
    platform.onObject = (sha256, response) => {
      const location = `http://127.0.0.1:${elsewhere}/objects/${sha256}`;
      response.writeHead(302, { location }).end();
      return true;
    };
    const terminal = new TestTerminal();
    await terminal.connect(platform.url);
    await platform.sendHead((await platform.publish(1)).head);
    await terminal.until('list.rejected', { reason: 'unreachable', detail: 'HTTP 302' });
    expect(asked).toBe(0);
  });
});

test('a whole link that is played again a year later turns nothing back: not the list, not its age, not the time', async () => {
  const { platform, terminal, published } = await withVersion2();
  const { list, version, root } = published.manifest;
  const recorded: PlatformFrame[] = [
    await platform.frameOf({ ...headOf({ list, version: 1, root }, published.object) }),
    await platform.frameOf({
      ...published.head,
      at: iso(-YEAR_MS),
      expires: iso(HOUR_MS - YEAR_MS),
    }),
  ];
  const before = { at: terminal.clock.now(), confirmed: terminal.shelf.active(LIST)?.confirmedAt };
  platform.welcome = { now: iso(-YEAR_MS) };
  platform.onHello = (socket) => {
    for (const frame of recorded) socket.send(JSON.stringify(frame));
  };
  await terminal.connect(platform.url);
  await terminal.until('list.rejected', { reason: 'older-version' });
  await terminal.until('list.rejected', { reason: 'expired' });
  expect(terminal.clock.now()).toBeGreaterThanOrEqual(before.at);
  expect(terminal.clock.quality()).toBe('unset');
  expect(terminal.shelf.active(LIST)).toMatchObject({
    manifest: { version },
    confirmedAt: before.confirmed,
  });
});
