import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { TerminalFrame } from '../../src/link/protocol.ts';
import { FakePlatform } from './fake-platform.ts';
import { generator, TestTerminal } from './fixtures.ts';

test('facts that waited go up in batches, once, and the cursor is durable', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  terminal.record(120);
  await terminal.connect(platform.url);
  await terminal.until('facts.acknowledged', { upto: 120, waiting: 0 });
  expect(platform.facts).toHaveLength(120);
  expect(platform.repeated).toBe(0);
  const sizes = factsFrames(platform).map(({ items }) => items.length);
  expect(sizes).toEqual([50, 50, 20]);
  terminal.end();
  expect(new TestTerminal(terminal.state).ledger.acknowledged).toBe(120);
});

test('a fact that is committed while the link is up goes up at once', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  terminal.record(1);
  await terminal.until('facts.acknowledged', { upto: 1, waiting: 0 });
});

test('no more batches are in flight than the credit says', async () => {
  const platform = await FakePlatform.start();
  platform.credit = { batch: 10, bytes: 262_144, inflight: 3 };
  const terminal = new TestTerminal();
  terminal.record(100);
  const unanswered: (() => void)[] = [];
  let most = 0;
  const enough = new Promise<void>((resolve) => {
    platform.onFrame = (frame, socket) => {
      if (frame.frame !== 'facts') return false;
      unanswered.push(() => socket.send(JSON.stringify(platform.store(frame.from, frame.items))));
      most = Math.max(most, unanswered.length);
      // Two turns later whatever was sent beyond the credit would have come, too.
      if (unanswered.length >= 3) setImmediate(() => unanswered.shift()?.());
      if (frame.from === 91) resolve();
      return true;
    };
  });
  await terminal.connect(platform.url);
  await enough;
  for (const answer of unanswered) answer();
  await terminal.until('facts.acknowledged', { upto: 100, waiting: 0 });
  expect(most).toBe(3);
});

test('a batch stays below the credit in bytes, and a credit below one fact sends one at a time', async () => {
  const platform = await FakePlatform.start();
  platform.credit = { batch: 1_000, bytes: 16_384, inflight: 2 };
  const terminal = new TestTerminal();
  for (let n = 0; n < 10; n += 1) {
    terminal.ledger.record([
      { event: 'entry.refused', subject: null, body: { detail: '"\\'.repeat(2_000) } },
    ]);
  }
  await terminal.connect(platform.url);
  await terminal.until('facts.acknowledged', { upto: 10, waiting: 0 });
  for (const { items } of factsFrames(platform)) {
    expect(items.reduce((sum, item) => sum + Buffer.byteLength(item), 0)).toBeLessThanOrEqual(
      16_384,
    );
  }
});

test('a credit beyond the largest frame does not make a frame that is too large', async () => {
  const platform = await FakePlatform.start();
  platform.credit = { batch: 1_000, bytes: 100_000_000, inflight: 64 };
  const terminal = new TestTerminal();
  const detail = '"\\'.repeat(3_500);
  for (let n = 0; n < 300; n += 1) {
    terminal.ledger.record([{ event: 'entry.refused', subject: null, body: { detail } }]);
  }
  await terminal.connect(platform.url);
  await terminal.until('facts.acknowledged', { upto: 300, waiting: 0 });
  for (const frame of factsFrames(platform)) {
    expect(JSON.stringify(frame).length).toBeLessThanOrEqual(1_048_576);
  }
});

test('a gap is filled from where the platform stands', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  terminal.record(400);
  let lost = false;
  platform.onFrame = (frame) => {
    if (frame.frame !== 'facts' || lost || frame.from !== 51) return false;
    lost = true;
    return true;
  };
  await terminal.connect(platform.url);
  await terminal.until('facts.acknowledged', { upto: 400, waiting: 0 });
  // Once, though every batch behind the lost one reported the gap.
  expect(factsFrames(platform).length).toBeLessThanOrEqual(8 + 4);
});

test('an answer that never comes is not waited for: the batches are sent again', async () => {
  const platform = await FakePlatform.start();
  platform.beatMs = 100;
  const terminal = new TestTerminal();
  terminal.record(300);
  let silent = true;
  platform.onFrame = (frame) => {
    if (frame.frame !== 'facts' || !silent) return false;
    platform.store(frame.from, frame.items);
    silent = frame.from < 151;
    return true;
  };
  await terminal.connect(platform.url, { answerMs: 200 });
  await terminal.until('facts.acknowledged', { upto: 300, waiting: 0 });
  expect(platform.facts).toHaveLength(300);
});

test('a platform that lost facts gets them again', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  terminal.record(80);
  const open = terminal.opener(platform.url);
  const link = await open();
  await terminal.until('facts.acknowledged', { upto: 80 });
  await link.close();
  platform.facts.length = 30;
  const before = platform.frames.length;
  await open();
  terminal.record(1);
  await terminal.until('facts.acknowledged', { upto: 81 });
  expect(platform.facts).toHaveLength(81);
  expect(platform.frames.slice(before).find(({ frame }) => frame === 'facts')).toMatchObject({
    from: 31,
  });
});

test('a platform that knows more than this ledger gets nothing, and the link stays up for lists', async () => {
  const platform = await FakePlatform.start();
  platform.beatMs = 100;
  platform.welcome = { upto: 7 };
  const terminal = new TestTerminal();
  terminal.record(3);
  await terminal.connect(platform.url);
  await terminal.until('link.refused', { reason: 'ledger-behind' });
  terminal.record(10);
  await nextBeat(platform);
  expect(factsFrames(platform)).toEqual([]);
  expect(terminal.ledger.acknowledged).toBe(0);
  expect(terminal.of('lost')).toEqual([]);
});

test('an acknowledgement of facts that were never recorded is not believed', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  platform.send({ frame: 'ack', upto: 1_000_000 });
  await terminal.until('link.refused', { reason: 'ledger-behind' });
  expect(terminal.ledger.acknowledged).toBe(0);
});

test('old and repeated acknowledgements change nothing', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  terminal.record(10);
  await terminal.connect(platform.url);
  await terminal.until('facts.acknowledged', { upto: 10 });
  platform.send({ frame: 'ack', upto: 3 });
  platform.send({ frame: 'ack', upto: 10 });
  terminal.record(1);
  await terminal.until('facts.acknowledged', { upto: 11 });
  expect(terminal.ledger.acknowledged).toBe(11);
  expect(platform.repeated).toBe(0);
});

test.each([1, 2, 3])(
  'through cuts before and after the commit, lost, repeated and late answers, every fact arrives once (seed %i)',
  async (seed) => {
    const platform = await FakePlatform.start();
    platform.beatMs = 100;
    platform.credit = { batch: 7, bytes: 262_144, inflight: 3 };
    const terminal = new TestTerminal();
    const random = generator(seed);
    let cuts = 0;
    platform.onFrame = (frame, socket) => {
      if (frame.frame !== 'facts') return false;
      cuts += troubled(platform, frame, socket, random());
      return true;
    };
    const open = terminal.opener(platform.url, { answerMs: 200 });
    terminal.record(200);
    let recorded = 200;
    while (terminal.ledger.acknowledged < 400) {
      terminal.noted.length = 0;
      await open().then(
        () =>
          Promise.race([
            terminal.until('lost'),
            terminal.until('facts.acknowledged', { upto: 400 }),
          ]),
        () => {},
      );
      if (recorded < 400) terminal.record(20);
      recorded = terminal.ledger.lastFact().seq;
    }
    expect(platform.facts).toHaveLength(400);
    expect(cuts).toBeGreaterThan(3);
  },
);

type Facts = Extract<TerminalFrame, { frame: 'facts' }>;

/** Deals with a batch as a bad day would. Returns how many connections it cut. */
function troubled(platform: FakePlatform, frame: Facts, socket: WebSocket, dice: number): number {
  if (dice < 0.1) {
    socket.terminate();
    return 1;
  }
  const answer = JSON.stringify(platform.store(frame.from, frame.items));
  if (dice < 0.2) {
    // Committed, but the answer never leaves.
    socket.terminate();
    return 1;
  }
  if (dice < 0.25) return 0;
  socket.send(answer);
  if (dice < 0.35) socket.send(answer);
  return 0;
}

function nextBeat(platform: FakePlatform): Promise<void> {
  return new Promise((resolve) => {
    platform.onFrame = (frame) => {
      if (frame.frame === 'beat') resolve();
      return false;
    };
  });
}

function factsFrames({ frames }: FakePlatform): Facts[] {
  return frames.filter((frame) => frame.frame === 'facts');
}
