/** How every card reader has a card sign with its signing key, whatever it is made of: part of card-reader.contract.ts. */

import { createHash, verify, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationAsked, SigningOutcome } from '../../devices/card/card.ts';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { CardMaker } from '../cards.ts';
import type { CardField } from './card-field.ts';
import { readerAtHand } from './reader-at-hand.ts';

const PASSWORD = 'KAZASU2026';
const WRONG = 'WRONG1';
const MESSAGE = Buffer.from('what is applied for');
/** The commands of the reading, then SELECT, EF 0008 in two, SELECT, the tries; the next one is VERIFY. */
const BEFORE_VERIFY = 5;
/** VERIFY; then SELECT of the certificate and its reading in steps of 250 bytes, SELECT of the key, the signature. */
const commandsToRead = (base64 = '') => Math.ceil(Buffer.from(base64, 'base64').length / 250);

export function describeSigning(makeField: () => Promise<CardField>): void {
  describe('has a card sign with its signing key', () => {
    let card: CardDefinition;
    let other: CardDefinition;
    /** From power to certificate: the application, the label, and the file. */
    let commandsOfReading: number;
    const at = readerAtHand(makeField);

    beforeAll(async () => {
      const maker = await CardMaker.create();
      const [first, second] = [await maker.card(), await maker.card()];
      card = { ...(await maker.withSigning(first, maker.authority)).card, password: PASSWORD };
      other = second.card;
      commandsOfReading = 2 + commandsToRead(card.userCertificate);
    });

    const hold = (changed: Partial<CardDefinition> = {}) => at.lay({ ...card, ...changed });

    /** Shows the password to the card of this tap; what was handed over is overwritten in any case. */
    async function sign(
      tap: number,
      password = PASSWORD,
      changed: Partial<ApplicationAsked> = {},
    ): Promise<SigningOutcome> {
      const asked = {
        password: Buffer.from(password),
        authCertificate: Buffer.from(card.userCertificate ?? '', 'base64'),
        message: MESSAGE,
        ...changed,
      };
      try {
        return await at.reader.signApplication(tap, asked);
      } finally {
        expect(asked.password).toEqual(Buffer.alloc(asked.password.length));
      }
    }

    it('over what is asked and the certificate that only the password opens', async () => {
      const tap = await hold();
      const outcome = await sign(tap);
      if (outcome.result !== 'signed') throw new Error(outcome.result);
      const { certificate, signingCertificate, message, signature } = outcome;
      const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
      expect(base64(certificate)).toBe(card.userCertificate);
      expect(base64(signingCertificate)).toBe(card.signCertificate);
      const digest = createHash('sha256').update(signingCertificate).digest();
      expect(Buffer.from(message)).toEqual(Buffer.concat([MESSAGE, digest]));
      const { publicKey } = new X509Certificate(signingCertificate);
      expect(verify('sha256', message, publicKey, signature)).toBe(true);
      expect(outcome.provedAt).toBeGreaterThanOrEqual(outcome.finishedAt);

      // The key is closed again, and the card serves the PIN as before.
      expect(await sign(tap, WRONG)).toMatchObject({ result: 'wrong-pin', triesLeft: 4 });
      expect(await at.reader.triesLeft(tap)).toBe(3);
      const again = await at.reader.identify(tap);
      expect(base64(again.certificate)).toBe(card.userCertificate);
    });

    it('and counts wrong passwords as the card does, apart from PINs, until a right one, or for good', async () => {
      const tap = await hold();
      // Asked first of all: nobody has read the card yet.
      expect(await at.reader.signingTriesLeft(tap)).toBe(5);
      // What can't be a password, or is nothing to sign, costs nothing.
      for (const odd of ['', 'ABC12', 'A'.repeat(17), 'abc123', 'ABC 123']) {
        await expect(sign(tap, odd)).rejects.toThrow(RangeError);
      }
      for (const message of [new Uint8Array(), new Uint8Array(1025)]) {
        await expect(sign(tap, WRONG, { message })).rejects.toThrow(RangeError);
      }
      for (const triesLeft of [4, 3, 2, 1]) {
        expect(await sign(tap, WRONG)).toMatchObject({ result: 'wrong-pin', triesLeft });
      }
      expect(await at.reader.signingTriesLeft(tap)).toBe(1);
      expect(await at.reader.triesLeft(tap)).toBe(3);
      expect(await sign(tap)).toMatchObject({ result: 'signed' });
      expect(await at.reader.signingTriesLeft(tap)).toBe(5);
      for (const _ of [4, 3, 2, 1]) await sign(tap, WRONG);
      expect(await sign(tap, WRONG)).toMatchObject({ result: 'blocked' });
      expect(await at.reader.signingTriesLeft(tap)).toBe(0);
      expect(await sign(tap)).toMatchObject({ result: 'blocked' });
      expect(await at.reader.triesLeft(tap)).toBe(3);
    });

    it("which a copy does not, nor an interposer, nor a child's card, which is shown no password", async () => {
      const copied = await sign(await hold({ signPrivateKey: other.userPrivateKey ?? '' }));
      const notOfTheKey = 'the signature is not of the key in the signing certificate';
      expect(copied).toMatchObject({ result: 'not-signed', detail: notOfTheKey });
      await at.take();
      // Any password seems right to it, but the real card does not show its certificate.
      const between = await sign(await hold({ faults: { interposed: true } }), WRONG);
      const hidden = 'the signing certificate: 6982';
      expect(between).toMatchObject({ result: 'not-signed', detail: hidden });
      await at.take();
      const childs = await at.lay({ ...other, password: PASSWORD });
      expect(await at.reader.signingTriesLeft(childs)).toBeNull();
      const authCertificate = Buffer.from(other.userCertificate ?? '', 'base64');
      const outcome = await sign(childs, WRONG, { authCertificate });
      expect(outcome).toMatchObject({ result: 'no-signing-certificate' });
    });

    it('and takes a card that left for no wrong password, whether under VERIFY or under the signature', async () => {
      const verifyAt = commandsOfReading + BEFORE_VERIFY;
      const certificateAt = verifyAt + 2;
      const keyAt = certificateAt + commandsToRead(card.signCertificate);
      for (const [removedAfter, pin] of [
        [verifyAt, 'unknown'],
        [keyAt + 1, 'right'],
      ] as const) {
        const leaves = await hold({ faults: { removedAfter } });
        const gone = { fault: 'card-removed', pin };
        await expect(sign(leaves), `${removedAfter}`).rejects.toMatchObject(gone);
        await at.watch.next('gone');
      }
      expect(await at.reader.signingTriesLeft(await hold())).toBe(5);
    });

    it('of this tap and of the card that is meant only', async () => {
      const tap = await hold();
      await at.take();
      const gone = { fault: 'card-removed', pin: 'not-sent' };
      await expect(sign(tap)).rejects.toMatchObject(gone);
      await expect(at.reader.signingTriesLeft(tap)).rejects.toMatchObject({
        fault: 'card-removed',
      });
      const here = await hold();
      const authCertificate = Buffer.from(other.userCertificate ?? '', 'base64');
      await expect(sign(here, WRONG, { authCertificate })).rejects.toMatchObject(gone);
      expect(await at.reader.signingTriesLeft(here)).toBe(5);
    });
  });
}
