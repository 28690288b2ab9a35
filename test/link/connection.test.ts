import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { isSecureUrl, isUnenrolledUrl, LinkError } from '../../src/link/connection.ts';
import { pinnedPlatform, platformTrust } from '../../src/link/pinned-platform.ts';
import { FakePlatform, iso } from './fake-platform.ts';
import { TestTerminal } from './fixtures.ts';

test.each([
  'ws://127.0.0.1:8410/terminals',
  'ws://127.8.9.10/terminals',
  'ws://localhost:8410/terminals',
  'ws://[::1]:8410/terminals',
])('%s may be spoken to without enrolment', (url) => {
  expect(isUnenrolledUrl(url)).toBe(true);
});

test.each([
  'ws://192.0.2.1:8410/terminals',
  'ws://127.0.0.1.example.com/terminals',
  'ws://localhost.example.com/',
  'ws://127.example.com/',
  'ws://[::ffff:192.0.2.1]/',
  'wss://127.0.0.1:8410/terminals',
  'http://127.0.0.1:8410/terminals',
  'ws://user:secret@127.0.0.1/',
  'ws://0.0.0.0/',
  'terminals',
  '',
])('%s may not', (url) => {
  expect(isUnenrolledUrl(url)).toBe(false);
});

test.each([
  ['wss://platform.example/terminals', true],
  ['wss://192.0.2.1:8411/terminals', true],
  ['wss://[2001:db8::1]/terminals', true],
  ['ws://platform.example/terminals', false],
  ['https://platform.example/', false],
  ['wss://user:secret@platform.example/', false],
  ['wss://platform.example/#x', false],
  ['wss://', false],
])('%s is an address for enrolled terminals: %s', (url, expected) => {
  expect(isSecureUrl(url)).toBe(expected);
});

test('a link to an address that is not allowed is never opened', () => {
  const terminal = new TestTerminal();
  expect(() => terminal.opener('ws://192.0.2.1/terminals')).toThrow(TypeError);
});

test('nobody listens: opening fails as unreachable', async () => {
  const platform = await FakePlatform.start();
  await platform.stop();
  const failure = new TestTerminal().connect(platform.url);
  await expect(failure).rejects.toMatchObject({ name: 'LinkError', reason: 'unreachable' });
});

test('a server that accepts and says nothing at all is given up in time', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const failure = new TestTerminal().connect(`ws://127.0.0.1:${address.port}/`, { openMs: 200 });
  await expect(failure).rejects.toMatchObject({ reason: 'no-welcome' });
});

test('a platform that takes the hello and sends no welcome is given up in time', async () => {
  const platform = await FakePlatform.start();
  platform.welcome = null;
  const failure = new TestTerminal().connect(platform.url, { openMs: 500 });
  await expect(failure).rejects.toMatchObject({ reason: 'no-welcome' });
});

test('a server that speaks another subprotocol is not spoken to', async () => {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => 'other',
  });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const failure = new TestTerminal().connect(`ws://127.0.0.1:${port}/`);
  await expect(failure).rejects.toBeInstanceOf(LinkError);
});

test('the hello says who, where the ledger stands, and what time it is here', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  terminal.record(3);
  const link = await terminal.connect(platform.url);
  expect(platform.hellos).toMatchObject([
    {
      terminal: 'gate-1',
      epoch: terminal.ledger.epoch,
      boot: 1,
      last: terminal.ledger.lastFact(),
      lists: ['stadium'],
      software: 'test',
    },
  ]);
  expect(link.upto).toBe(0);
  expect(link.platform).toMatch(/^[0-9a-f]{64}$/u);
});

test.each([
  ['no JSON', 'hold it there'],
  ['JSON of nothing', '[]'],
  ['an unknown frame', '{"frame":"reboot"}'],
  ['an unknown field', '{"frame":"ack","upto":1,"also":true}'],
  ['a wrong type', '{"frame":"ack","upto":-1}'],
  ['a second welcome', ''],
])('%s closes the connection with 4000, is journaled, and harms nothing', async (_what, text) => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const open = terminal.opener(platform.url);
  await open();
  if (text !== '') platform.send(text);
  else {
    const now = iso(0);
    const { credit, beatMs } = platform;
    const ca = platform.keys.caCertificate.toString('base64');
    platform.send({ frame: 'welcome', now, platform: ca, upto: 0, credit, beatMs });
  }
  await terminal.until('lost', { reason: 'not-of-the-protocol', code: 4000 });
  expect(terminal.of('link.refused')).toMatchObject([
    { reason: 'not-of-the-protocol', code: 4000 },
  ]);
  terminal.record(1);
  await open();
  await terminal.until('facts.acknowledged', { upto: 1 });
});

test('frames that are too large or not text are not of the protocol', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const open = terminal.opener(platform.url);
  await open();
  platform.send(JSON.stringify({ frame: 'ack', upto: 0, pad: 'x'.repeat(1_100_000) }));
  await terminal.until('link.refused', { detail: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' });
  platform.onHello = (socket) => socket.send(Buffer.from([1, 2, 3]));
  terminal.noted.length = 0;
  // It comes with the welcome: whether the link was open by then is not said.
  await open().catch(() => {});
  await terminal.until('link.refused', { reason: 'not-of-the-protocol', code: 4000 });
});

test('anything before the welcome is refused', async () => {
  const platform = await FakePlatform.start();
  platform.onFrame = (_frame, socket) => {
    socket.send('{"frame":"ack","upto":0}');
    return true;
  };
  const failure = new TestTerminal().connect(platform.url);
  await expect(failure).rejects.toMatchObject({ reason: 'not-of-the-protocol', code: 4000 });
});

test('heartbeats go to the platform and say what waits', async () => {
  const platform = await FakePlatform.start();
  platform.beatMs = 100;
  const terminal = new TestTerminal();
  const beat = new Promise((resolve) => {
    platform.onFrame = (frame) => {
      if (frame.frame === 'beat') resolve(frame);
      return false;
    };
  });
  await terminal.connect(platform.url);
  expect(await beat).toMatchObject({ waiting: 0, clock: { quality: 'synced' } });
});

test('a platform that falls silent is dead after two missed heartbeats', async () => {
  const platform = await FakePlatform.start();
  platform.beatMs = 100;
  platform.beats = false;
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  await terminal.until('lost', { reason: 'silent', code: 4008 });
});

test('a half-open socket, that swallows all and answers nothing, is noticed and let go', async () => {
  const platform = await FakePlatform.start();
  platform.beatMs = 100;
  const terminal = new TestTerminal();
  const link = await terminal.connect(platform.url);
  platform.freeze();
  await terminal.until('lost', { reason: 'silent' });
  await link.close();
});

test('a connection that lives outlasts many heartbeats', async () => {
  const platform = await FakePlatform.start();
  platform.beatMs = 150;
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  let beats = 0;
  await new Promise<void>((resolve) => {
    platform.onFrame = (frame) => {
      if (frame.frame === 'beat') beats += 1;
      if (beats === 8) resolve();
      return false;
    };
  });
  expect(terminal.of('lost')).toEqual([]);
});

test.each([
  [4001, 'replaced'],
  [4003, 'identity'],
  [1013, 'try-later'],
  [1001, 'closed'],
])('a close with %i is lost once, as %s', async (code, reason) => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  platform.closeSockets(code);
  await terminal.until('lost', { reason, code });
  platform.cut();
  expect(terminal.of('lost')).toHaveLength(1);
});

test('a cut connection is lost without a code', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  platform.cut();
  await terminal.until('lost', { reason: 'broken', code: null });
});

test('a link that is closed on purpose is not lost', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const link = await terminal.connect(platform.url);
  await link.close();
  await link.close();
  expect(terminal.of('lost')).toEqual([]);
});

test('the platform that is met first is pinned for good', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  expect(platformTrust(terminal.ledger)).toBe('none');
  await (await terminal.connect(platform.url)).close();
  terminal.end();
  const restarted = new TestTerminal(terminal.state);
  expect(platformTrust(restarted.ledger)).toBe('first-contact');
  expect(pinnedPlatform(restarted.ledger)).toEqual(platform.keys.caCertificate);
});

test('another platform gets no facts, and what was pinned stays', async () => {
  const known = await FakePlatform.start();
  const other = await FakePlatform.start();
  const terminal = new TestTerminal();
  await (await terminal.connect(known.url)).close();
  terminal.record(2);
  await expect(terminal.connect(other.url)).rejects.toMatchObject({ reason: 'platform-changed' });
  expect(terminal.of('link.refused')).toMatchObject([{ reason: 'platform-changed', code: 4003 }]);
  expect(other.frames.map(({ frame }) => frame)).toEqual(['hello']);
  expect(pinnedPlatform(terminal.ledger)).toEqual(known.keys.caCertificate);
  await terminal.connect(known.url);
  await terminal.until('facts.acknowledged', { upto: 2, waiting: 0 });
});

test('a platform that shows no CA certificate is not pinned', async () => {
  const platform = await FakePlatform.start();
  platform.welcome = { platform: Buffer.from('no certificate').toString('base64') };
  const terminal = new TestTerminal();
  await expect(terminal.connect(platform.url)).rejects.toMatchObject({
    reason: 'not-of-the-protocol',
  });
  expect(platformTrust(terminal.ledger)).toBe('none');
});

test('the welcome corrects the clock, and says so', async () => {
  const platform = await FakePlatform.start();
  platform.welcome = { now: iso(3_600_000) };
  const terminal = new TestTerminal();
  await terminal.connect(platform.url);
  const { offsetMs, quality } = await terminal.until('clock.corrected');
  expect(quality).toBe('synced');
  expect(Math.abs(Number(offsetMs) - 3_600_000)).toBeLessThan(30_000);
  expect(terminal.clock.quality()).toBe('synced');
});
