/** A platform that has more to do than it can: it says so, and terminals heed it. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CREDIT, Pressure } from '../../platform-sim/back-pressure.ts';
import { retryAfterOf } from '../../src/link/upload-protocol.ts';
import { backOff } from '../../src/link-supervisor.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { TestPlatform } from '../platform/test-platform.ts';
import { FakePlatform } from './fake-platform.ts';
import { TestTerminal } from './fixtures.ts';

async function platformWith(over: Parameters<typeof TestPlatform.start>[0]): Promise<TestPlatform> {
  const platform = await TestPlatform.start(over);
  onTestFinished(() => platform.stop());
  return platform;
}

test('slow: no facts before the pause is over, and from then on by the new credit', async () => {
  const platform = await FakePlatform.start();
  platform.credit = { batch: 10, bytes: 262_144, inflight: 1 };
  const terminal = new TestTerminal();
  terminal.record(16);
  const at: number[] = [];
  const sizes: number[] = [];
  platform.onFrame = (frame, socket) => {
    if (frame.frame !== 'facts') return false;
    at.push(performance.now());
    sizes.push(frame.items.length);
    if (at.length === 1) {
      const credit = { batch: 3, bytes: 16_384, inflight: 1 };
      socket.send(JSON.stringify({ frame: 'slow', credit, pauseMs: 300 }));
    }
    return false;
  };
  await terminal.connect(platform.url);
  await terminal.until('facts.acknowledged', { upto: 16, waiting: 0 });
  expect(sizes).toEqual([10, 3, 3]);
  // Timers of the two sides are of one clock, and may round by a millisecond each.
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(290);
  expect(terminal.of('facts.slowed')).toEqual([{ batch: 3, inflight: 1, pauseMs: 300 }]);
});

test('a pause that is asked for for too long, and a credit of nothing, are not of the protocol', async () => {
  for (const over of [{ pauseMs: 600_001 }, { credit: { ...CREDIT, inflight: 0 } }]) {
    const platform = await FakePlatform.start();
    const terminal = new TestTerminal();
    await terminal.connect(platform.url);
    platform.send(JSON.stringify({ frame: 'slow', credit: CREDIT, pauseMs: 0, ...over }));
    await terminal.until('link.refused', { reason: 'not-of-the-protocol' });
  }
});

test('a platform whose store is slow says so to those who know the word, and takes the facts of all', async () => {
  const platform = await platformWith({ slowMs: 0 });
  const [chain, older] = [new Chain().add(), new Chain('gate-2').add()];
  const terminal = await BareTerminal.greetNow(platform.url, chain);
  await terminal.tell(chain);
  expect((await terminal.next('slow')).credit.inflight).toBe(1);
  const before = await BareTerminal.greet(platform.url, older);
  await before.tell(older);
  await before.tell(older.add(), 2);
  expect(before.frames.filter(({ frame }) => frame === 'slow')).toEqual([]);
  expect(before.welcome.hash).toBeUndefined();
});

test('pressure is said once when it begins and once when it is over', () => {
  const pressure = new Pressure(100);
  const said = [50, 300, 900, 10, 10, 10, 200, 10, 10, 10, 10, 10].map((ms) => pressure.stored(ms));
  expect(said.map((frame) => frame?.pauseMs ?? null)).toEqual([
    ...[null, 600, null, null, null, null, null, null, null, null, 0, null],
  ]);
  expect(said[1]?.credit.inflight).toBe(1);
  expect(said[10]?.credit).toEqual(CREDIT);
  expect(new Pressure(100).stored(3_600_000)?.pauseMs).toBe(10_000);
});

test('a platform with no room puts off whoever comes, and says for how long', async () => {
  const platform = await platformWith({ sessionsMax: 1 });
  await BareTerminal.greet(platform.url, new Chain('gate-2'));
  const terminal = new TestTerminal();
  const failure = terminal.connect(platform.url);
  await expect(failure).rejects.toMatchObject({ reason: 'try-later', code: 1013 });
  expect(terminal.triedLater).toEqual([30_000]);
  expect(platform.logged).toContainEqual({ event: 'terminal.put-off' });
});

test('503 with retry-after at the handshake is heeded, too', async () => {
  const server = createServer();
  server.on('upgrade', (_request, socket) =>
    socket.end(
      'HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const terminal = new TestTerminal();
  const { port } = server.address() as AddressInfo;
  await expect(terminal.connect(`ws://127.0.0.1:${port}/terminals`)).rejects.toThrow('HTTP 503');
  expect(terminal.triedLater).toEqual([7_000]);
});

test.each([
  ['retry-after=30', 30_000],
  ['retry-after=9999', 600_000],
  ['retry-after=-1', null],
  ['retry-after=', null],
  ['retry-after=NaN', null],
  ['a newer socket took over', null],
  ['', null],
])('a close with the reason "%s" asks for %s ms', (reason, expected) => {
  expect(retryAfterOf(reason)).toBe(expected);
});

test('back-off has full jitter under a ceiling that doubles, and what was asked for comes before it', () => {
  const random = vi.spyOn(Math, 'random');
  onTestFinished(() => random.mockRestore());
  const at = (dice: number, failures: number, asked: number) => {
    random.mockReturnValue(dice);
    return backOff(failures, asked);
  };
  expect([0, 1, 2, 3, 20].map((failures) => at(1, failures, 0))).toEqual([
    ...[500, 1_000, 2_000, 4_000, 30_000],
  ]);
  expect(at(0, 20, 0)).toBe(0);
  expect(at(0.5, 0, 30_000)).toBe(30_250);
  expect(at(0.5, 0, -5)).toBe(250);
});
