/** A connection to a card that fails while PC/SC says that a card is there: the same one or another? The PC/SC is a stub. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CardReader } from '../../devices/card/card.ts';
import { openPcscReader } from '../../devices/card/pcsc-reader.ts';
import { CardWatch, certificateOf } from './card-watch.ts';
import { StubPcsc } from './stub-pcsc.ts';

const FIRST = certificateOf();
const SECOND = certificateOf();
const POLL = { timeout: 20_000, interval: 10 };
/** Nothing but the driver's own patience ends a wait here. */
const LIMITS = { probeMs: 20, transmitMs: 60_000, identifyMs: 60_000, hangMs: 90_000 };
/** SCARD_E_NOT_TRANSACTED. */
const FAILED = { transmit: '80100016' };

let stub: StubPcsc;
let watch: CardWatch;
let reader: CardReader;

beforeEach(async () => {
  stub = await StubPcsc.start();
  watch = new CardWatch();
  await stub.certify(1, FIRST);
  await stub.certify(2, SECOND);
  reader = await openPcscReader({ reader: 'Stub Reader', env: stub.env, limits: LIMITS })(watch);
});

afterEach(async () => {
  await reader.close();
  await expect.poll(() => stub.processes(), POLL).toEqual([]);
  await stub.dispose();
});

test('A connection that fails while the card is read is asked nothing more', async () => {
  await stub.set(FAILED);
  await stub.insert(1);
  const { tap } = await watch.next('present');
  expect((await watch.next('gone')).tap).toBe(tap);
  await expect.poll(() => stub.count('disconnect'), POLL).toBe(1);
  expect(await stub.count('transmit')).toBe(1);
});

describe('A connection that fails after the card was read', () => {
  let first: number;

  beforeEach(async () => {
    await stub.insert(1);
    first = (await watch.next('present')).tap;
    await reader.identify(first);
    await stub.set(FAILED);
    await expect.poll(() => stub.count('disconnect'), POLL).toBe(1);
  });

  test('makes no other tap of the card that it finds again', async () => {
    await stub.set({ transmit: '0' });
    const connects = await stub.count('connect');
    await expect.poll(() => stub.count('connect'), POLL).toBeGreaterThan(connects);
    const probes = await stub.count('transmitted');
    await expect.poll(() => stub.count('transmitted'), POLL).toBeGreaterThan(probes + 20);
    expect(watch.heard).toMatchObject([{ is: 'present', tap: first }]);
    expect(Buffer.from((await reader.identify(first)).certificate).equals(FIRST)).toBe(true);
    await stub.remove();
    expect((await watch.next('gone')).tap).toBe(first);
  });

  test('answers whoever asks meanwhile when it is sure again', async () => {
    const connects = await stub.count('connect');
    const reading = reader.identify(first);
    await stub.set({ transmit: '0' });
    expect(Buffer.from((await reading).certificate).equals(FIRST)).toBe(true);
    expect(await stub.count('connect')).toBe(connects + 1);
  });

  test('answers nobody for the first card when another one is there', async () => {
    const refused = expect(reader.identify(first)).rejects.toMatchObject({
      fault: 'card-removed',
    });
    await stub.set({ transmit: '0', card: 2 });
    await refused;
    expect((await watch.next('gone')).tap).toBe(first);
    const { tap } = await watch.next('present');
    expect(Buffer.from((await reader.identify(tap)).certificate).equals(SECOND)).toBe(true);
  });

  test('ends the tap when PC/SC counts a change meanwhile, also of the same card', async () => {
    await stub.swap(1, 'told');
    expect((await watch.next('gone')).tap).toBe(first);
    await stub.set({ transmit: '0' });
    const { tap } = await watch.next('present');
    expect(tap).not.toBe(first);
  });

  test('ends the tap when no card can be connected to', async () => {
    await stub.set({ transmit: '0', connect: '80100066' });
    expect((await watch.next('gone')).tap).toBe(first);
  });

  test('ends the tap when what is there takes too long to be known', async () => {
    await stub.set({ transmit: '0', transmit_ms: 60_000 });
    expect((await watch.next('gone')).tap).toBe(first);
  });

  test('ends the tap when what is there does not answer', async () => {
    expect((await watch.next('gone')).tap).toBe(first);
  });
});
