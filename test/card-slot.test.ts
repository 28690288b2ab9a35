/** Where cards are held: levels and tap numbers, across readers that come and go. */

import { expect, test } from 'vitest';
import type { CardReaderListener } from '../devices/card/card.ts';
import { CardSlot } from '../src/card-slot.ts';

interface Driver {
  readonly listener: CardReaderListener;
  readonly asked: number[];
  closed: boolean;
}

function slotWithDrivers(): { slot: CardSlot; drivers: Driver[]; lost: string[] } {
  const drivers: Driver[] = [];
  const lost: string[] = [];
  const slot = new CardSlot(
    async (listener) => {
      const driver: Driver = { listener, asked: [], closed: false };
      drivers.push(driver);
      return {
        name: 'a reader',
        modelled: true,
        async identify(tap) {
          driver.asked.push(tap);
          return { certificate: Uint8Array.of(tap), startedAt: 0, finishedAt: 0 };
        },
        async prove(tap) {
          driver.asked.push(tap);
          const identity = { certificate: Uint8Array.of(tap), startedAt: 0, finishedAt: 0 };
          return { ...identity, proof: null, notProved: null, provedAt: 0 };
        },
        async triesLeft(tap) {
          driver.asked.push(tap);
          return 3;
        },
        async provePin(tap) {
          driver.asked.push(tap);
          const identity = { certificate: Uint8Array.of(tap), startedAt: 0, finishedAt: 0 };
          return { ...identity, provedAt: 0, result: 'blocked' };
        },
        async signingTriesLeft(tap) {
          driver.asked.push(tap);
          return 5;
        },
        async signApplication(tap) {
          driver.asked.push(tap);
          const identity = { certificate: Uint8Array.of(tap), startedAt: 0, finishedAt: 0 };
          return { ...identity, provedAt: 0, result: 'no-signing-certificate' };
        },
        async close() {
          driver.closed = true;
        },
      };
    },
    (reason) => lost.push(reason),
  );
  return { slot, drivers, lost };
}

function driverOf(drivers: readonly Driver[], at: number): Driver {
  const driver = drivers[at];
  if (driver === undefined) throw new Error(`no driver ${at}`);
  return driver;
}

test('taps go on counting when the reader is opened anew, so no answer fits another card', async () => {
  const { slot, drivers } = slotWithDrivers();
  await slot.open();
  driverOf(drivers, 0).listener.onCardPresent(1, 0);
  const first = slot.present?.tap ?? 0;
  await slot.close();
  expect(slot.present).toBeNull();

  await slot.open();
  driverOf(drivers, 1).listener.onCardPresent(1, 0);
  const second = slot.present?.tap ?? 0;
  expect(second).toBeGreaterThan(first);
  const institution = {
    certificate: new Uint8Array(),
    terminal: new Uint8Array(),
    sign: async () => null,
  };
  await expect(slot.identify(first)).rejects.toMatchObject({ fault: 'card-removed' });
  await expect(slot.prove(first, institution)).rejects.toMatchObject({ fault: 'card-removed' });
  await expect(slot.triesLeft(first)).rejects.toMatchObject({ fault: 'card-removed' });
  await slot.identify(second);
  await slot.prove(second, institution);
  await slot.triesLeft(second);
  expect(driverOf(drivers, 1).asked).toEqual([1, 1, 1]);
});

test('what an earlier driver still says is not heard', async () => {
  const { slot, drivers, lost } = slotWithDrivers();
  await slot.open();
  await slot.close();
  await slot.open();
  const { listener } = driverOf(drivers, 0);
  listener.onCardPresent(7, 0);
  listener.onLost('late');
  expect(slot.present).toBeNull();
  expect(lost).toEqual([]);
  expect(slot.isOpen).toBe(true);
});

test('two cards in the same millisecond are two taps, and the first one leaving takes nobody with it', async () => {
  const { slot, drivers } = slotWithDrivers();
  await slot.open();
  const { listener } = driverOf(drivers, 0);
  listener.onCardPresent(1, 5);
  listener.onCardPresent(2, 5);
  const tap = slot.present?.tap;
  listener.onCardGone(1);
  expect(slot.present?.tap).toBe(tap);
  listener.onCardGone(2);
  expect(slot.present).toBeNull();
});

test('a lost reader has no card and answers nobody', async () => {
  const { slot, drivers, lost } = slotWithDrivers();
  await slot.open();
  const { listener } = driverOf(drivers, 0);
  listener.onCardPresent(1, 0);
  const tap = slot.present?.tap ?? 0;
  listener.onLost('unplugged');
  expect(lost).toEqual(['unplugged']);
  expect(slot.isOpen).toBe(false);
  await expect(slot.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
});

test('a slot that was closed while its reader opened does not keep the reader', async () => {
  const { slot, drivers } = slotWithDrivers();
  const opening = slot.open();
  await slot.close();
  await opening;
  await slot.close();
  expect(driverOf(drivers, 0).closed).toBe(true);
  expect(slot.isOpen).toBe(false);
});

test('a PIN for a card that is gone reaches no reader and is overwritten; so is one that a reader took', async () => {
  const { slot, drivers } = slotWithDrivers();
  await slot.open();
  const asked = () => ({
    pin: Buffer.from('4321'),
    terminal: new Uint8Array(),
    request: new Uint8Array(32),
  });
  const late = asked();
  const gone = { fault: 'card-removed', pin: 'not-sent' };
  await expect(slot.provePin(1, late)).rejects.toMatchObject(gone);
  expect(late.pin).toEqual(Buffer.alloc(4));
  expect(driverOf(drivers, 0).asked).toEqual([]);

  driverOf(drivers, 0).listener.onCardPresent(1, 0);
  const taken = asked();
  expect(await slot.provePin(slot.present?.tap ?? 0, taken)).toMatchObject({ result: 'blocked' });
  expect(taken.pin).toEqual(Buffer.alloc(4));
  expect(driverOf(drivers, 0).asked).toEqual([1]);
});

test('a password for a card that is gone reaches no reader and is overwritten; so is one that a reader took', async () => {
  const { slot, drivers } = slotWithDrivers();
  await slot.open();
  const asked = () => ({
    password: Buffer.from('ABC123'),
    authCertificate: new Uint8Array(),
    message: new Uint8Array(32),
  });
  const late = asked();
  const gone = { fault: 'card-removed', pin: 'not-sent' };
  await expect(slot.signApplication(1, late)).rejects.toMatchObject(gone);
  await expect(slot.signingTriesLeft(1)).rejects.toMatchObject({ fault: 'card-removed' });
  expect(late.password).toEqual(Buffer.alloc(6));
  expect(driverOf(drivers, 0).asked).toEqual([]);

  driverOf(drivers, 0).listener.onCardPresent(1, 0);
  const tap = slot.present?.tap ?? 0;
  const taken = asked();
  expect(await slot.signApplication(tap, taken)).toMatchObject({
    result: 'no-signing-certificate',
  });
  expect(taken.password).toEqual(Buffer.alloc(6));
  expect(await slot.signingTriesLeft(tap)).toBe(5);
  expect(driverOf(drivers, 0).asked).toEqual([1, 1]);
});
