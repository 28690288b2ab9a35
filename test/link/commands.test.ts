/** Commands as they come over the link: which are handed on, and which are nobody's word. */

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import type { CommandStatement, RoleKind } from '../../src/link/protocol.ts';
import { FakePlatform, iso, json } from './fake-platform.ts';
import { TERMINAL, TestTerminal, tempFolder } from './fixtures.ts';

async function connected() {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const link = await terminal.connect(platform.url);
  await terminal.until('root.activated');
  return { platform, terminal, link };
}

interface Sent {
  readonly says?: Partial<CommandStatement> | object;
  readonly keys?: PlatformKeys;
  readonly kind?: Exclude<RoleKind, 'issue-manifest' | 'alert'>;
}

async function send(platform: FakePlatform, { says, keys, kind = 'command' }: Sent = {}) {
  const command = {
    kind: 'command',
    id: randomUUID(),
    number: 1,
    to: [TERMINAL],
    issuedAt: iso(-1_000),
    expires: iso(60_000),
    do: { name: 'report-health' },
    ...says,
  };
  const signed = await (keys ?? platform.keys).sign(kind, json(command));
  platform.send({ frame: 'command', statement: signed.toString('base64') });
  return command;
}

const arrived = ({ commands }: TestTerminal, count: number) =>
  expect.poll(() => commands.length, { timeout: 20_000 }).toBe(count);

test('what is for this terminal, or for all, is handed on with the key that signed it', async () => {
  const { platform, terminal } = await connected();
  const { id } = await send(platform);
  await send(platform, { says: { to: 'all', number: 2 } });
  await arrived(terminal, 2);
  const issuer = platform.keys.signerOf('command');
  expect(terminal.commands[0]).toMatchObject({ id, issuer, number: 1, does: 'report-health' });
});

test.each<[string, string, Sent]>([
  ['for another terminal', 'not-for-this-terminal', { says: { to: ['gate-2', 'gate-3'] } }],
  ['that the key of heads signed', 'wrong-kind', { kind: 'head' }],
  ['that lives for more than a week', 'malformed', { says: { expires: iso(8 * 86_400_000) } }],
  ['with number 0', 'malformed', { says: { number: 0 } }],
  ['for nobody', 'malformed', { says: { to: [] } }],
  ['with a field too many', 'malformed', { says: { sudo: true } }],
  ['with arguments that nobody takes', 'malformed', { says: { do: { name: 'restart', now: 1 } } }],
])('a command %s is no command: %s', async (_what, reason, sent) => {
  const { platform, terminal } = await connected();
  await send(platform, sent);
  await terminal.until('command.rejected', { reason });
  expect(terminal.commands).toEqual([]);
});

test('a command of another platform, or of a key that was taken back, is no command', async () => {
  const { platform, terminal } = await connected();
  await send(platform, { keys: await PlatformKeys.openOrCreate(tempFolder()) });
  await terminal.until('command.rejected', { reason: 'bad-signature' });
  expect(terminal.commands).toEqual([]);
});

test('with a clock that is not set nothing is decided', async () => {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  // What the platform itself said earlier is later than what it says now.
  terminal.clock.raise(Date.now());
  platform.welcome = { now: iso(-3_600_000) };
  await terminal.connect(platform.url);
  expect(terminal.clock.quality()).toBe('unset');
  await send(platform);
  await terminal.until('command.rejected', { reason: 'clock-unset' });
  expect(terminal.commands).toEqual([]);
});

test('what is no CMS is journaled, and a platform that floods is cut off', async () => {
  const { platform, terminal } = await connected();
  platform.send({ frame: 'command', statement: 'AAAA' });
  await terminal.until('command.rejected', { reason: 'malformed' });
  for (let n = 0; n < 400; n += 1) platform.send({ frame: 'command', statement: 'AAAA' });
  await terminal.until('lost', { code: 4000 });
});
