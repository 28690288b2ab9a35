/** Which assurance a tap reaches with a PIN: the whole of it, or a certificate that was read. */

import { beforeAll, expect, test } from 'vitest';
import type { CardReader } from '../devices/card/card.ts';
import type { CardDefinition } from '../devices/card/sim-card.ts';
import { createSimReader } from '../devices/card/sim-reader.ts';
import { askCardWithPin, type PinEvidence } from '../src/card-evidence.ts';
import { CardMaker } from './cards.ts';
import { CardWatch } from './devices/card-watch.ts';

let card: CardDefinition;

beforeAll(async () => {
  card = { ...(await (await CardMaker.create()).card()).card, pin: '4321' };
});

/** A card is held, the PIN is typed, and the card is taken away again. */
async function shown(pin: string, reader = createSimReader(), held = card): Promise<PinEvidence> {
  const watch = new CardWatch();
  const driver: CardReader = await reader.open(watch);
  reader.hold(held);
  const { tap } = await watch.next('present');
  const asked = { pin: Buffer.from(pin), terminal: Buffer.from('t'), request: Buffer.alloc(32) };
  try {
    return await askCardWithPin(driver, tap, asked);
  } finally {
    reader.remove();
    await driver.close();
  }
}

test('A PIN that was proved reaches possession+pin, and says so with the signature', async () => {
  const evidence = await shown('4321');
  expect(evidence).toMatchObject({ result: 'proved', assurance: 'possession+pin', lacks: '' });
  expect(Buffer.from(evidence.certificate).toString('base64')).toBe(card.userCertificate);
  expect(evidence.provedAt).toBeGreaterThanOrEqual(evidence.finishedAt);
});

test('A wrong, a blocked and a refused PIN identify and no more', async () => {
  expect(await shown('0000')).toMatchObject({
    result: 'wrong-pin',
    triesLeft: 2,
    assurance: 'identified',
    lacks: 'wrong-pin',
  });
  const blocked = { ...card, pinTriesLeft: 0 };
  expect(await shown('4321', createSimReader(), blocked)).toMatchObject({
    result: 'blocked',
    assurance: 'identified',
  });
  const { userPrivateKey: _, ...keyless } = card;
  expect(await shown('4321', createSimReader(), keyless)).toMatchObject({
    result: 'not-proved',
    assurance: 'identified',
    lacks: 'SELECT of the key: 6A82',
  });
});

test('A card keeps its tries when it is taken away and comes back', async () => {
  const reader = createSimReader();
  expect(await shown('0000', reader)).toMatchObject({ result: 'wrong-pin', triesLeft: 2 });
  expect(await shown('0000', reader)).toMatchObject({ result: 'wrong-pin', triesLeft: 1 });
  expect(await shown('0000', reader)).toMatchObject({ result: 'blocked' });
  expect(await shown('4321', reader)).toMatchObject({ result: 'blocked' });
  // Its municipality has reset it.
  const reset = { ...card, pinTriesLeft: 3 };
  expect(await shown('4321', reader, reset)).toMatchObject({ result: 'proved' });
});

test('A phone is told apart before its PIN is asked for, and a card whose VERIFY fails blames no PIN', async () => {
  const phone: CardDefinition = { ...card, kind: 'phone' };
  await expect(shown('4321', createSimReader(), phone)).rejects.toMatchObject({
    fault: 'phone-not-supported',
    pin: 'not-sent',
  });
  const broken = { ...card, faults: { statusWords: { '20': '6F00' } } };
  expect(await shown('4321', createSimReader(), broken)).toMatchObject({
    result: 'not-proved',
    lacks: 'VERIFY: 6F00',
  });
});
