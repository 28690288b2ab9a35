/** How every card reader has a card's holder prove the PIN, whatever it is made of: part of card-reader.contract.ts. */

import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PinAsked, PinOutcome } from '../../devices/card/card.ts';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { newCardKey } from '../../platform-sim/authority.ts';
import { CardMaker } from '../cards.ts';
import type { CardField } from './card-field.ts';
import { readerAtHand } from './reader-at-hand.ts';

const PIN = '4321';
const WRONG = '0000';
const NOT_OF_THE_KEY = 'the signature is not of the key in the certificate';
/** The commands of the reading, then SELECT, SELECT, the tries; the next one is VERIFY. */
const BEFORE_VERIFY = 3;

export function describePin(makeField: () => Promise<CardField>): void {
  describe('has the holder of a card prove the PIN', () => {
    let card: CardDefinition;
    /** From power to certificate: the application, the label, and the file in steps of 250 bytes. */
    let commandsOfReading: number;
    let otherKey: string;
    const at = readerAtHand(makeField);

    beforeAll(async () => {
      const made = (await (await CardMaker.create()).card()).card;
      card = { ...made, pin: PIN };
      commandsOfReading =
        2 + Math.ceil(Buffer.from(made.userCertificate ?? '', 'base64').length / 250);
      otherKey = (await newCardKey()).export({ type: 'pkcs8', format: 'pem' }) as string;
    });

    const hold = (changed: Partial<CardDefinition> = {}) => at.lay({ ...card, ...changed });

    const asked = (pin = PIN): PinAsked => ({
      pin: Buffer.from(pin),
      terminal: Buffer.from("the terminal's certificate"),
      request: randomBytes(32),
    });

    /** Shows the PIN to the card of this tap; what was handed over is overwritten in any case. */
    async function show(tap: number, pin = PIN, what = asked(pin)): Promise<PinOutcome> {
      try {
        return await at.reader.provePin(tap, what);
      } finally {
        expect(what.pin).toEqual(Buffer.alloc(what.pin.length));
      }
    }

    it('by a signature over what is asked, the terminal and this card', async () => {
      const tap = await hold();
      const what = asked();
      const outcome = await show(tap, PIN, what);
      if (outcome.result !== 'proved') throw new Error(outcome.result);
      const { certificate, message, signature } = outcome;
      expect(Buffer.from(certificate).toString('base64')).toBe(card.userCertificate);
      const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
      const digests = [digest(what.terminal), digest(certificate), what.request];
      expect(message).toHaveLength(140);
      expect(Buffer.from(message.subarray(0, 12)).toString()).toBe('kazasu-pin-1');
      expect(Buffer.from(message.subarray(44))).toEqual(Buffer.concat(digests));
      const { publicKey } = new X509Certificate(certificate);
      expect(verify('sha256', message, publicKey, signature)).toBe(true);
      expect(outcome.provedAt).toBeGreaterThanOrEqual(outcome.finishedAt);

      // The card is as it was, and no two proofs are the same.
      const second = await show(tap, PIN, { ...what, pin: Buffer.from(PIN) });
      expect(second).toMatchObject({ result: 'proved' });
      if (second.result === 'proved') expect(second.message).not.toEqual(message);
      const again = await at.reader.identify(tap);
      expect(Buffer.from(again.certificate)).toEqual(Buffer.from(certificate));
    });

    it('and counts what is wrong as the card does, until a right one', async () => {
      const tap = await hold();
      // Asked first of all: nobody has read the card yet.
      expect(await at.reader.triesLeft(tap)).toBe(3);
      // What can't be a PIN, or a request, costs nothing.
      for (const odd of ['', '123', '12345', 'abcd']) {
        await expect(show(tap, odd)).rejects.toThrow(RangeError);
      }
      const request = new Uint8Array(16);
      await expect(show(tap, WRONG, { ...asked(), request })).rejects.toThrow(RangeError);
      expect(await show(tap, WRONG)).toMatchObject({ result: 'wrong-pin', triesLeft: 2 });
      expect(await show(tap, WRONG)).toMatchObject({ result: 'wrong-pin', triesLeft: 1 });
      expect(await at.reader.triesLeft(tap)).toBe(1);
      expect(await show(tap)).toMatchObject({ result: 'proved' });
      expect(await at.reader.triesLeft(tap)).toBe(3);
    });

    it('unless the card is blocked, which the last try does for good', async () => {
      const tap = await hold({ pinTriesLeft: 1 });
      expect(await at.reader.triesLeft(tap)).toBe(1);
      expect(await show(tap, WRONG)).toMatchObject({ result: 'blocked' });
      expect(await at.reader.triesLeft(tap)).toBe(0);
      expect(await show(tap)).toMatchObject({ result: 'blocked' });
    });

    it('which a copy of its certificate does not, nor an interposer with a grant, nor a card that refuses', async () => {
      const cloned = await show(await hold({ userPrivateKey: otherKey }));
      expect(cloned).toMatchObject({ result: 'not-proved', detail: NOT_OF_THE_KEY });
      await at.take();
      // A genuine card and a cable between: any PIN seems right, and a grant signs for it.
      const between = await show(await hold({ faults: { interposed: true } }), WRONG);
      expect(between).toMatchObject({ result: 'not-proved', detail: NOT_OF_THE_KEY });
      await at.take();
      const { userPrivateKey: _, ...keyless } = card;
      await at.field.hold(keyless);
      const { tap } = await at.watch.next('present');
      expect(await show(tap)).toMatchObject({ detail: 'SELECT of the key: 6A82' });
      await at.take();
      expect(await show(await hold())).toMatchObject({ result: 'proved' });
    });

    it('and takes a card that left for no wrong PIN: it says what is known of it', async () => {
      const leaves = await hold({ faults: { removedAfter: commandsOfReading + BEFORE_VERIFY } });
      await expect(show(leaves)).rejects.toMatchObject({ fault: 'card-removed', pin: 'unknown' });
      await at.watch.next('gone');
      const signs = await hold({ faults: { removedAfter: commandsOfReading + BEFORE_VERIFY + 2 } });
      await expect(show(signs)).rejects.toMatchObject({ fault: 'card-removed', pin: 'right' });
      await at.watch.next('gone');
      const early = await hold({ faults: { removedAfter: commandsOfReading + 1 } });
      await expect(show(early)).rejects.toMatchObject({ fault: 'card-removed', pin: 'not-sent' });
      await at.watch.next('gone');
      const tap = await hold();
      expect(await at.reader.triesLeft(tap)).toBe(3);
    });

    it('of this tap only', async () => {
      const tap = await hold();
      await at.take();
      await expect(show(tap)).rejects.toMatchObject({ fault: 'card-removed', pin: 'not-sent' });
      await expect(at.reader.triesLeft(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    });
  });
}
