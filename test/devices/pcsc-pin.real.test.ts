/** One entry, at most one VERIFY, whatever happens to cards, connections and processes. The PC/SC is a stub that counts. */

import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApplicationAsked, CardReader, PinAsked } from '../../devices/card/card.ts';
import { openPcscReader, type PcscReaderOptions } from '../../devices/card/pcsc-reader.ts';
import { CardWatch, certificateOf } from './card-watch.ts';
import { StubPcsc } from './stub-pcsc.ts';

const CARD = certificateOf();
const POLL = { timeout: 20_000, interval: 10 };
const DIGITS = [0x38, 0x36, 0x34, 0x32];
const VERIFY = '20';
/** SCARD_E_NOT_TRANSACTED. */
const FAILED = '80100016';

let stub: StubPcsc;
let watch: CardWatch;
let reader: CardReader;

async function openReader(options: PcscReaderOptions = {}): Promise<void> {
  watch = new CardWatch();
  reader = await openPcscReader({ reader: 'Stub Reader', env: stub.env, ...options })(watch);
}

const asked = (): PinAsked => ({
  pin: Uint8Array.from(DIGITS),
  terminal: Buffer.from('a terminal'),
  request: new Uint8Array(32),
});

/** Until the reader has connected anew, whoever asks is told that the card was taken away. */
async function isFoundAgain(tap: number): Promise<void> {
  const read = () =>
    reader.identify(tap).then(
      () => 'read',
      (error: Error) => error.message,
    );
  await expect.poll(read, POLL).toBe('read');
}

beforeEach(async () => {
  stub = await StubPcsc.start();
  await stub.certify(1, CARD);
});

afterEach(async () => {
  await reader.close();
  await expect.poll(() => stub.processes(), POLL).toEqual([]);
  await stub.dispose();
});

test('A PIN whose connection fails is not sent to the same card when it is found again', async () => {
  const limits = { probeMs: 20, transmitMs: 60_000, identifyMs: 60_000, hangMs: 90_000 };
  await openReader({ limits });
  await stub.insert(1);
  const { tap } = await watch.next('present');
  await reader.identify(tap);
  await stub.set({ only: VERIFY, transmit: FAILED });
  // The tries can't be asked for then, so the card never sees the PIN.
  const early = { fault: 'card-removed', pin: 'not-sent' };
  await expect(reader.provePin(tap, asked())).rejects.toMatchObject(early);
  await stub.set({ transmit: '0' });
  await isFoundAgain(tap);
  expect(await stub.count('pin')).toBe(0);

  await stub.set({ transmit_ms: 500 });
  const proving = expect(reader.provePin(tap, asked())).rejects.toMatchObject({
    fault: 'card-removed',
    pin: 'unknown',
  });
  await expect.poll(() => stub.count('pin'), POLL).toBe(1);
  await stub.set({ transmit: FAILED });
  await proving;
  const connects = await stub.count('connect');
  await stub.set({ transmit: '0', transmit_ms: 0 });
  // The reader has connected anew, known the card again, and talked to it for a while.
  await isFoundAgain(tap);
  expect(await stub.count('connect')).toBe(connects + 1);
  expect(await reader.triesLeft(tap)).toBe(3);
  expect(await stub.count('pin')).toBe(1);
});

test('A PIN whose process dies under it is not sent by the next one', async () => {
  await openReader();
  await stub.insert(1);
  const { tap } = await watch.next('present');
  await reader.identify(tap);
  await stub.set({ only: VERIFY, transmit_ms: 400 });
  const what = asked();
  const proving = expect(reader.provePin(tap, what)).rejects.toMatchObject({
    fault: 'card-removed',
    pin: 'unknown',
  });
  await expect.poll(() => stub.count('pin'), POLL).toBe(1);
  for (const pid of await stub.processes()) process.kill(pid, 'SIGKILL');
  await proving;
  expect(what.pin).toEqual(new Uint8Array(4));
  await expect(reader.provePin(tap, asked())).rejects.toMatchObject({ pin: 'not-sent' });
  await reader.close();
  await stub.set({ transmit_ms: 0 });

  await openReader();
  const next = await watch.next('present');
  expect(await reader.triesLeft(next.tap)).toBe(3);
  expect(await stub.count('pin')).toBe(1);
});

test('A PIN that reaches a process too late is not sent, and is not taken for the next one', async () => {
  await openReader({ heartbeatMs: 60_000, limits: { identifyMs: 1_500 } });
  await stub.insert(1);
  const { tap } = await watch.next('present');
  await reader.identify(tap);
  const [pid = 0] = await stub.processes();
  process.kill(pid, 'SIGSTOP');
  const late = { fault: 'card-unreadable', pin: 'unknown' };
  await expect(reader.provePin(tap, asked())).rejects.toMatchObject(late);
  process.kill(pid, 'SIGCONT');
  // Read after it, by the same process.
  expect(await reader.triesLeft(tap)).toBe(3);
  expect(await stub.count('pin')).toBe(0);

  const proving = reader.provePin(tap, asked());
  // The certificate is none, and the signature is zeros.
  expect(await proving).toMatchObject({ result: 'not-proved' });
  expect(await stub.count('pin')).toBe(1);
  expect(await isInMemory(pid, Buffer.from([0x00, 0x20, 0x00, 0x80, 0x04, ...DIGITS]))).toBe(false);
});

const PASSWORD = 'QX7LONGPASSWORD9';

const signing = (): ApplicationAsked => ({
  password: Buffer.from(PASSWORD),
  authCertificate: CARD,
  message: Buffer.from('an application'),
});

test('A password goes the way of a PIN: once, also to a card that never answers, and the process does not keep it', async () => {
  const limits = { transmitMs: 60_000, identifyMs: 2_300, probeMs: 60_000, hangMs: 90_000 };
  await openReader({ heartbeatMs: 60_000, limits });
  await writeFile(join(stub.directory, 'ef-0001'), certificateOf());
  await stub.insert(1);
  const { tap } = await watch.next('present');
  await reader.identify(tap);
  // The certificate is none, and the signature is zeros; a PIN and a password follow each other in one pipe.
  expect(await reader.signApplication(tap, signing())).toMatchObject({ result: 'not-signed' });
  expect(await reader.provePin(tap, asked())).toMatchObject({ result: 'not-proved' });
  expect(await reader.signApplication(tap, signing())).toMatchObject({ result: 'not-signed' });
  expect((await stub.calls()).filter((call) => call.startsWith('pin '))).toEqual([
    'pin 10',
    'pin 4',
    'pin 10',
  ]);

  const [pid = 0] = await stub.processes();
  const command = Buffer.concat([Buffer.from('0020008010', 'hex'), Buffer.from(PASSWORD)]);
  expect(await isInMemory(pid, command)).toBe(false);
  // The tries are said in time; VERIFY itself comes to no end that anybody waits for.
  await stub.set({ only: VERIFY, transmit_ms: 1_500 });
  const what = signing();
  const mute = { fault: 'card-unreadable', pin: 'unknown' };
  await expect(reader.signApplication(tap, what)).rejects.toMatchObject(mute);
  expect(what.password).toEqual(Buffer.alloc(PASSWORD.length));
  await stub.set({ transmit_ms: 0 });
  const tries = () => reader.signingTriesLeft(tap).catch(() => null);
  await expect.poll(tries, POLL).toBe(3);
  expect(await stub.count('pin')).toBe(4);
});

/** Whether these bytes stand one after the other in what a process may write to. */
async function isInMemory(pid: number, bytes: Buffer): Promise<boolean> {
  const maps = await readFile(`/proc/${pid}/maps`, 'latin1');
  const memory = await open(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of maps.split('\n')) {
      const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/u.exec(line) ?? [];
      if (from === '') continue;
      const begin = Number.parseInt(from, 16);
      const region = Buffer.allocUnsafe(Number.parseInt(to, 16) - begin);
      const read = await memory.read(region, 0, region.length, begin).catch(() => null);
      if (read !== null && region.subarray(0, read.bytesRead).includes(bytes)) return true;
    }
    return false;
  } finally {
    await memory.close();
  }
}
