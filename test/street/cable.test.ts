/** The cable between gate and platform: pulled, slow, half-open, and whole again. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NetworkCut } from '../../platform-sim/street/network-cut.ts';

let echo: Server;
let cable: NetworkCut;
const sockets = new Set<Socket>();

beforeEach(async () => {
  echo = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  cable = await NetworkCut.open(typeof address === 'object' ? (address?.port ?? 0) : 0);
});

afterEach(async () => {
  await cable.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  echo.close();
});

async function plugIn(): Promise<Socket> {
  const socket = connect(cable.port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.on('error', () => {});
  sockets.add(socket);
  await once(socket, 'connect');
  return socket;
}

/** Whether by an end or by an error. */
function brokenEnd(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

/** What comes back for what is sent. */
async function sends(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

test('whole, it carries what it gets, and its end', async () => {
  const socket = await plugIn();
  expect(await sends(socket, 'hello')).toBe('hello');
  const ended = once(socket, 'end');
  socket.end();
  await ended;
});

test('pulled, every connection breaks and none comes up; plugged in again, new ones do', async () => {
  const socket = await plugIn();
  const broken = brokenEnd(socket);
  cable.cut();
  await broken;
  const refused = await plugIn();
  await brokenEnd(refused);
  cable.restore();
  expect(await sends(await plugIn(), 'again')).toBe('again');
});

test('half-open, nothing passes and nothing says so; what was sent arrives in its order afterwards', async () => {
  const socket = await plugIn();
  expect(await sends(socket, 'before')).toBe('before');
  cable.stall();
  let heard = '';
  socket.on('data', (bytes) => {
    heard += String(bytes);
  });
  socket.write('one ');
  socket.write('two');
  await delay(100);
  expect([heard, socket.destroyed]).toEqual(['', false]);
  cable.restore();
  await expect.poll(() => heard).toBe('one two');
});

test('slow, everything arrives, late and in its order', async () => {
  const socket = await plugIn();
  cable.slowDown(50);
  const startedAt = performance.now();
  expect(await sends(socket, 'late')).toBe('late');
  // There and back; a timer may be a millisecond early.
  expect(performance.now() - startedAt).toBeGreaterThan(95);
  cable.restore();
  expect(cable.state).toBe('up');
});

test('it can be pulled while it is slow or half-open, and closed then', async () => {
  for (const spoil of [() => cable.slowDown(60_000), () => cable.stall()]) {
    cable.restore();
    const socket = await plugIn();
    spoil();
    socket.write('lost');
    const broken = brokenEnd(socket);
    cable.cut();
    await broken;
  }
});
