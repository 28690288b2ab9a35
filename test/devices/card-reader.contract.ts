/** What every card reader does, whatever it is made of. */

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import type { CardField } from './card-field.ts';
import { describePin } from './card-pin.contract.ts';
import { describeProof } from './card-proof.contract.ts';
import { describeSigning } from './card-signing.contract.ts';
import { CardWatch, certificateOf } from './card-watch.ts';
import { readerAtHand } from './reader-at-hand.ts';

function cardWith(certificate: Buffer, more: Partial<CardDefinition> = {}): CardDefinition {
  return { kind: 'my-number', userCertificate: certificate.toString('base64'), ...more };
}

export function describeCardReader(name: string, makeField: () => Promise<CardField>): void {
  describe(name, () => {
    const at = readerAtHand(makeField);

    it('reads exactly the certificate of the card that is held over it', async () => {
      const certificate = certificateOf(1415);
      await at.field.hold(cardWith(certificate));
      const { tap, sensedAt } = await at.watch.next('present');
      const identity = await at.reader.identify(tap);
      expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
      expect(identity.startedAt).toBeGreaterThanOrEqual(sensedAt);
      expect(identity.finishedAt).toBeGreaterThanOrEqual(identity.startedAt);
      expect(identity.finishedAt).toBeLessThanOrEqual(Number(process.hrtime.bigint()) / 1e6);
    });

    it('says when the card is gone, and gives the next one another number', async () => {
      await at.field.hold(cardWith(certificateOf()));
      const first = await at.watch.next('present');
      await at.field.remove();
      expect((await at.watch.next('gone')).tap).toBe(first.tap);
      await at.field.hold(cardWith(certificateOf()));
      expect((await at.watch.next('present')).tap).not.toBe(first.tap);
    });

    it('announces a card that lay there before, once it is open', async () => {
      await at.reader.close();
      const certificate = certificateOf();
      await at.field.hold(cardWith(certificate));
      await at.open();
      const { tap } = await at.watch.next('present');
      expect(Buffer.from((await at.reader.identify(tap)).certificate).equals(certificate)).toBe(
        true,
      );
    });

    it('knows nothing of a tap that is over', async () => {
      await at.field.hold(cardWith(certificateOf()));
      const { tap } = await at.watch.next('present');
      await at.field.remove();
      await at.watch.next('gone');
      await expect(at.reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    });

    it('answers card-removed when the card is pulled while it is read', async () => {
      const slow = { bitRate: 0, perApduMs: 100, signatureMs: 0 };
      await at.field.hold(cardWith(certificateOf(), { timing: slow }));
      const { tap } = await at.watch.next('present');
      const identity = at.reader.identify(tap);
      const refused = expect(identity).rejects.toMatchObject({ fault: 'card-removed' });
      await pause(250);
      await at.field.remove();
      await refused;
      await at.watch.next('gone');
    });

    it('answers card-removed when the card leaves in the middle of a command', async () => {
      await at.field.hold(cardWith(certificateOf(), { faults: { removedAfter: 4 } }));
      const { tap } = await at.watch.next('present');
      await expect(at.reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    });

    it('never gives the first certificate for the second of two cards within 100 ms', async () => {
      const [first, second] = [certificateOf(), certificateOf()];
      await at.field.hold(cardWith(first));
      const one = await at.watch.next('present');
      await at.reader.identify(one.tap);
      await at.field.remove();
      await pause(50);
      await at.field.hold(cardWith(second));
      await at.watch.next('gone');
      const two = await at.watch.next('present');
      const identity = await at.reader.identify(two.tap);
      expect(Buffer.from(identity.certificate).equals(second)).toBe(true);
      await expect(at.reader.identify(one.tap)).rejects.toMatchObject({ fault: 'card-removed' });
    });

    it('gives no certificate when cards are swapped in the middle of a read', async () => {
      const [first, second] = [certificateOf(), certificateOf()];
      const slow = { bitRate: 0, perApduMs: 100, signatureMs: 0 };
      await at.field.hold(cardWith(first, { timing: slow }));
      const one = await at.watch.next('present');
      const identity = at.reader.identify(one.tap);
      const refused = expect(identity).rejects.toMatchObject({ fault: 'card-removed' });
      await pause(250);
      await at.field.remove();
      await at.field.hold(cardWith(second));
      await refused;
      await at.watch.next('gone');
      const two = await at.watch.next('present');
      expect(Buffer.from((await at.reader.identify(two.tap)).certificate).equals(second)).toBe(
        true,
      );
    });

    const refusals = [
      ['a transit card', { kind: 'transit' }, 'card-not-supported'],
      ['a phone', { kind: 'phone' }, 'phone-not-supported'],
      ['a card whose ATR is garbage', { atr: 'DEADBEEF' }, 'card-unreadable'],
      ['a truncated certificate', { faults: { certificate: 'truncated' } }, 'card-unreadable'],
      ['an oversized certificate', { faults: { certificate: 'oversized' } }, 'card-unreadable'],
      ['a card that answers 61xx for ever', { faults: { endless61: true } }, 'card-unreadable'],
      ['a card that never answers', { faults: { muteAfter: 3 } }, 'card-unreadable'],
    ] as const;
    for (const [what, more, fault] of refusals) {
      it(`refuses ${what} within 3 s, and serves the next card`, async () => {
        await at.field.hold(cardWith(certificateOf(), more));
        const { tap } = await at.watch.next('present');
        const took = stopwatch();
        await expect(at.reader.identify(tap)).rejects.toMatchObject({ fault });
        expect(took()).toBeLessThan(3000);
        await at.field.remove();
        await at.watch.next('gone');
        const certificate = certificateOf();
        await at.field.hold(cardWith(certificate));
        const next = await at.watch.next('present');
        const identity = await at.reader.identify(next.tap);
        expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
      });
    }

    it('is lost once when it is unplugged, and works again when it is opened after its return', async () => {
      await at.field.hold(cardWith(certificateOf(), { faults: { muteAfter: 3 } }));
      const { tap } = await at.watch.next('present');
      const reading = at.reader.identify(tap);
      const failed = expect(reading).rejects.toMatchObject({ name: 'CardError' });
      await at.field.unplug();
      await failed;
      await expect.poll(() => lost(at.watch), { timeout: 20_000 }).toBe(1);
      await expect(at.reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
      await at.reader.close();
      expect(lost(at.watch)).toBe(1);
      await expect(at.field.open(new CardWatch())).rejects.toThrow();

      await at.field.plug();
      await at.open();
      const certificate = certificateOf();
      await at.field.remove();
      await at.field.hold(cardWith(certificate));
      const next = await at.watch.next('present');
      const identity = await at.reader.identify(next.tap);
      expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
    });

    it('can be closed twice, and is silent from then on', async () => {
      await at.field.hold(cardWith(certificateOf()));
      const { tap } = await at.watch.next('present');
      await Promise.all([at.reader.close(), at.reader.close()]);
      await at.reader.close();
      const heard = at.watch.heard.length;
      await at.field.remove();
      await expect(at.reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
      expect(at.watch.heard).toHaveLength(heard);
    });
  });
  describe(name, () => describeProof(makeField));
  describe(name, () => describePin(makeField));
  describe(name, () => describeSigning(makeField));
}

function lost(watch: CardWatch): number {
  return watch.heard.filter(({ is }) => is === 'lost').length;
}
