import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { CardReader, CardReaderListener } from '../../devices/card/card.ts';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { createSimReader, openSimReader } from '../../devices/card/sim-reader.ts';
import { askControlSocket, type ControlReply } from '../../devices/sim-control.ts';

const certificate = (fill: number) =>
  Buffer.concat([Buffer.of(0x30, 0x82, 0x02, 0xbc), Buffer.alloc(700, fill)]);
const card = (overrides: Partial<CardDefinition> = {}): CardDefinition => ({
  kind: 'my-number',
  userCertificate: certificate(1).toString('base64'),
  ...overrides,
});

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Keeps what the reader says, `present 1`, `gone 1`, `lost`, and lets it be waited for. */
function listening(): { listener: CardReaderListener; heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    listener: {
      onCardPresent: (tap) => void heard.push(`present ${tap}`),
      onCardGone: (tap) => void heard.push(`gone ${tap}`),
      onLost: () => void heard.push('lost'),
    },
  };
}

async function opened() {
  const field = createSimReader();
  const { listener, heard } = listening();
  const reader = await field.open(listener);
  return { field, heard, reader };
}

const fault = (name: string) => expect.objectContaining({ fault: name });

test('a card that is held is announced and can be read, and its going is told', async () => {
  const { field, heard, reader } = await opened();
  expect(reader.modelled).toBe(true);
  const before = Number(process.hrtime.bigint()) / 1e6;
  field.hold(card());
  const identity = await reader.identify(1);
  expect(Buffer.from(identity.certificate)).toEqual(certificate(1));
  expect(identity.startedAt).toBeGreaterThanOrEqual(before);
  expect(identity.finishedAt).toBeGreaterThanOrEqual(identity.startedAt);
  field.remove();
  expect(heard).toEqual(['present 1', 'gone 1']);
});

test('the next card in the same moment is another tap, and the first never answers for it', async () => {
  const { field, heard, reader } = await opened();
  field.hold(card({ timing: { bitRate: 0, perApduMs: 5, signatureMs: 0 } }));
  const first = reader.identify(1);
  field.remove();
  field.hold(card({ userCertificate: certificate(2).toString('base64') }));
  const second = reader.identify(2);
  await expect(first).rejects.toEqual(fault('card-removed'));
  expect(Buffer.from((await second).certificate)).toEqual(certificate(2));
  await expect(reader.identify(1)).rejects.toEqual(fault('card-removed'));
  expect(heard).toEqual(['present 1', 'gone 1', 'present 2']);
});

test('a tap that never was is a card that is not there', async () => {
  const { reader } = await opened();
  await expect(reader.identify(1)).rejects.toEqual(fault('card-removed'));
});

test('the same card can be read again, and not twice at once', async () => {
  const { field, reader } = await opened();
  field.hold(card());
  const first = reader.identify(1);
  await expect(reader.identify(1)).rejects.toThrow(/already/u);
  await first;
  await reader.identify(1);
});

test.each([
  ['pulled in the middle', card({ faults: { removedAfter: 4 } }), 'card-removed'],
  ['without a JPKI application', card({ kind: 'transit' }), 'card-not-supported'],
  ['that is a phone', card({ kind: 'phone' }), 'phone-not-supported'],
  ['with a garbage ATR', card({ atr: 'DEADBEEF' }), 'card-unreadable'],
  ['with an ATR that ends too soon', card({ atr: '3B888001000005E0' }), 'card-unreadable'],
  ['with a wrong check byte', card({ atr: '3B888001000005E0B381A10000' }), 'card-unreadable'],
])('a card %s gets its own answer', async (_what, definition, name) => {
  const { field, reader } = await opened();
  field.hold(definition);
  await expect(reader.identify(1)).rejects.toEqual(fault(name));
});

test('a card pulled by its fault is gone from the field', async () => {
  const { field, heard, reader } = await opened();
  field.hold(card({ faults: { removedAfter: 0 } }));
  await expect(reader.identify(1)).rejects.toEqual(fault('card-removed'));
  expect(heard).toEqual(['present 1', 'gone 1']);
  expect(() => field.remove()).toThrow(/no card/u);
});

test('a mute card is given up, and its place serves the next', async () => {
  const { field, reader } = await opened();
  field.hold(card({ faults: { muteAfter: 3 } }));
  await expect(reader.identify(1)).rejects.toEqual(fault('card-unreadable'));
  field.remove();
  field.hold(card());
  await reader.identify(2);
});

test.each([
  '3BE000FF8131FE4514',
  '3BDA13FF8131FB468012392F31C173C601C03B',
  '3BC5FF8131FB458073C6010000',
  '3BF59100FF918171FE400042000100D1D6',
  '3BF59100FF918171FE4000420001B3A115',
  '3B888001000041E0B381A1003B',
  '3B888001004B51FFB381D1000F',
  '3B888001004B51FF0081D100BC',
  '3F00',
])('the published ATR %s is one', async (atr) => {
  const { field, reader } = await opened();
  field.hold(card({ atr }));
  await reader.identify(1);
});

test('a card without an ATR is never noticed', async () => {
  const { field, heard } = await opened();
  field.hold(card({ atr: '' }));
  field.remove();
  expect(heard).toEqual([]);
});

test('one place takes one card', async () => {
  const { field } = await opened();
  field.hold(card());
  expect(() => field.hold(card())).toThrow(/already/u);
});

test('a card held for a time goes away by itself, and not the next one in its place', async () => {
  const { field, heard } = await opened();
  field.hold(card(), 20);
  await expect.poll(() => heard).toEqual(['present 1', 'gone 1']);
  field.hold(card(), 20);
  field.remove();
  field.hold(card());
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(heard.at(-1)).toBe('present 3');
});

test('a reader that is unplugged is lost once, and opens again after it was plugged in', async () => {
  const { field, heard, reader } = await opened();
  field.hold(card({ faults: { muteAfter: 0 } }));
  const identity = reader.identify(1);
  field.unplug();
  await expect(identity).rejects.toEqual(fault('card-removed'));
  await reader.close();
  expect(heard).toEqual(['present 1', 'lost']);
  expect(() => field.unplug()).toThrow(/already/u);

  const again = listening();
  await expect(field.open(again.listener)).rejects.toThrow(/unplugged/u);
  field.plug();
  expect(() => field.plug()).toThrow(/already/u);
  await field.open(again.listener);
  await expect.poll(() => again.heard).toEqual(['present 2']);
});

test('a card that lay there before the reader was opened is announced', async () => {
  const field = createSimReader();
  field.hold(card());
  const { listener, heard } = listening();
  const reader = await field.open(listener);
  await expect.poll(() => heard).toEqual(['present 1']);
  await reader.identify(1);
});

test('a closed reader is silent, and one that is open does not open twice', async () => {
  const { field, heard, reader } = await opened();
  await expect(field.open(listening().listener)).rejects.toThrow(/open already/u);
  await reader.close();
  field.hold(card());
  expect(heard).toEqual([]);
  await expect(reader.identify(1)).rejects.toEqual(fault('card-removed'));
});

async function opensOnControlSocket() {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-sim-reader-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const controlPath = join(directory, 'card.sock');
  const open = openSimReader({ controlPath });
  const { listener, heard } = listening();
  const reader: CardReader = await open(listener);
  const ask = (request: object): Promise<ControlReply> =>
    askControlSocket(controlPath, request as { do: string });
  return { open, reader, heard, ask };
}

test('over the control socket a card comes and goes', async () => {
  const { reader, heard, ask } = await opensOnControlSocket();
  await ask({ do: 'hold', card: card() });
  expect(Buffer.from((await reader.identify(1)).certificate)).toEqual(certificate(1));
  await ask({ do: 'remove' });
  await ask({ do: 'hold', card: card(), ms: 20 });
  await expect.poll(() => heard).toEqual(['present 1', 'gone 1', 'present 2', 'gone 2']);
});

test('the control socket outlives the closed driver, so that the reader can be plugged in again', async () => {
  const { open, reader, heard, ask } = await opensOnControlSocket();
  await ask({ do: 'unplug' });
  expect(heard).toEqual(['lost']);
  await reader.close();
  const again = listening();
  await expect(open(again.listener)).rejects.toThrow(/unplugged/u);
  await ask({ do: 'plug' });
  await open(again.listener);
  await ask({ do: 'hold', card: card() });
  expect(again.heard).toEqual(['present 1']);
});

test.each([
  [{ do: 'fly' }],
  [{ do: 'hold' }],
  [{ do: 'hold', card: { kind: 'credit' } }],
  [{ do: 'hold', card: card(), ms: -1 }],
  [{ do: 'hold', card: card({ userPrivateKey: 'no key' }) }],
  [{ do: 'remove' }],
  [{ do: 'plug' }],
  [{ do: 'remove', card: card() }],
])('over the control socket %.40j is refused, and the reader goes on', async (request) => {
  const { reader, ask } = await opensOnControlSocket();
  await expect(ask(request)).rejects.toThrow();
  await ask({ do: 'hold', card: card() });
  await reader.identify(1);
});

test('a control socket that cannot be opened fails the opening, and a later one succeeds', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-sim-reader-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const open = openSimReader({ controlPath: join(directory, 'later', 'card.sock') });
  await expect(open(listening().listener)).rejects.toThrow();
  const { mkdir } = await import('node:fs/promises');
  await mkdir(join(directory, 'later'));
  await open(listening().listener);
});

test('what a card remembers of its PIN and its password goes with it, and comes back with it', async () => {
  const { field } = await opened();
  field.hold(card({ pinTriesLeft: 2, passwordTriesLeft: 1 }));
  expect(field.remove()).toEqual({ pinTriesLeft: 2, passwordTriesLeft: 1 });
  field.hold(card());
  expect(field.remove()).toEqual({ pinTriesLeft: 2, passwordTriesLeft: 1 });
  field.hold(card({ passwordTriesLeft: 5 }));
  expect(field.remove()).toEqual({ pinTriesLeft: 2, passwordTriesLeft: 5 });
  field.hold(card({ kind: 'transit' }));
  expect(field.remove()).toEqual({});
});
