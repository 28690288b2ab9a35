/** What every card reader does, whatever it is made of. */

import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CardReader } from '../../devices/card/card.ts';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import type { CardField } from './card-field.ts';
import { describePin } from './card-pin.contract.ts';
import { describeProof } from './card-proof.contract.ts';
import { describeSigning } from './card-signing.contract.ts';
import { CardWatch, certificateOf } from './card-watch.ts';

function cardWith(certificate: Buffer, more: Partial<CardDefinition> = {}): CardDefinition {
  return { kind: 'my-number', userCertificate: certificate.toString('base64'), ...more };
}

export function describeCardReader(name: string, makeField: () => Promise<CardField>): void {
  describe(name, () => {
    let field: CardField;
    let reader: CardReader;
    let watch: CardWatch;

    async function open(): Promise<void> {
      watch = new CardWatch();
      reader = await field.open(watch);
    }

    beforeEach(async () => {
      field = await makeField();
      await open();
    });

    afterEach(async () => {
      await reader.close();
      await field.dispose();
    });

    it('reads exactly the certificate of the card that is held over it', async () => {
      const certificate = certificateOf(1415);
      await field.hold(cardWith(certificate));
      const { tap, sensedAt } = await watch.next('present');
      const identity = await reader.identify(tap);
      expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
      expect(identity.startedAt).toBeGreaterThanOrEqual(sensedAt);
      expect(identity.finishedAt).toBeGreaterThanOrEqual(identity.startedAt);
      expect(identity.finishedAt).toBeLessThanOrEqual(Number(process.hrtime.bigint()) / 1e6);
    });

    it('says when the card is gone, and gives the next one another number', async () => {
      await field.hold(cardWith(certificateOf()));
      const first = await watch.next('present');
      await field.remove();
      expect((await watch.next('gone')).tap).toBe(first.tap);
      await field.hold(cardWith(certificateOf()));
      expect((await watch.next('present')).tap).not.toBe(first.tap);
    });

    it('announces a card that lay there before, once it is open', async () => {
      await reader.close();
      const certificate = certificateOf();
      await field.hold(cardWith(certificate));
      await open();
      const { tap } = await watch.next('present');
      expect(Buffer.from((await reader.identify(tap)).certificate).equals(certificate)).toBe(true);
    });

    it('knows nothing of a tap that is over', async () => {
      await field.hold(cardWith(certificateOf()));
      const { tap } = await watch.next('present');
      await field.remove();
      await watch.next('gone');
      await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    });

    it('answers card-removed when the card is pulled while it is read', async () => {
      const slow = { bitRate: 0, perApduMs: 100, signatureMs: 0 };
      await field.hold(cardWith(certificateOf(), { timing: slow }));
      const { tap } = await watch.next('present');
      const identity = reader.identify(tap);
      const refused = expect(identity).rejects.toMatchObject({ fault: 'card-removed' });
      await pause(250);
      await field.remove();
      await refused;
      await watch.next('gone');
    });

    it('answers card-removed when the card leaves in the middle of a command', async () => {
      await field.hold(cardWith(certificateOf(), { faults: { removedAfter: 4 } }));
      const { tap } = await watch.next('present');
      await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    });

    it('never gives the first certificate for the second of two cards within 100 ms', async () => {
      const [first, second] = [certificateOf(), certificateOf()];
      await field.hold(cardWith(first));
      const one = await watch.next('present');
      await reader.identify(one.tap);
      await field.remove();
      await pause(50);
      await field.hold(cardWith(second));
      await watch.next('gone');
      const two = await watch.next('present');
      const identity = await reader.identify(two.tap);
      expect(Buffer.from(identity.certificate).equals(second)).toBe(true);
      await expect(reader.identify(one.tap)).rejects.toMatchObject({ fault: 'card-removed' });
    });

    it('gives no certificate when cards are swapped in the middle of a read', async () => {
      const [first, second] = [certificateOf(), certificateOf()];
      const slow = { bitRate: 0, perApduMs: 100, signatureMs: 0 };
      await field.hold(cardWith(first, { timing: slow }));
      const one = await watch.next('present');
      const identity = reader.identify(one.tap);
      const refused = expect(identity).rejects.toMatchObject({ fault: 'card-removed' });
      await pause(250);
      await field.remove();
      await field.hold(cardWith(second));
      await refused;
      await watch.next('gone');
      const two = await watch.next('present');
      expect(Buffer.from((await reader.identify(two.tap)).certificate).equals(second)).toBe(true);
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
        await field.hold(cardWith(certificateOf(), more));
        const { tap } = await watch.next('present');
        const begin = performance.now();
        await expect(reader.identify(tap)).rejects.toMatchObject({ fault });
        expect(performance.now() - begin).toBeLessThan(3000);
        await field.remove();
        await watch.next('gone');
        const certificate = certificateOf();
        await field.hold(cardWith(certificate));
        const next = await watch.next('present');
        const identity = await reader.identify(next.tap);
        expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
      });
    }

    it('is lost once when it is unplugged, and works again when it is opened after its return', async () => {
      await field.hold(cardWith(certificateOf(), { faults: { muteAfter: 3 } }));
      const { tap } = await watch.next('present');
      const reading = reader.identify(tap);
      const failed = expect(reading).rejects.toMatchObject({ name: 'CardError' });
      await field.unplug();
      await failed;
      await expect.poll(() => lost(watch), { timeout: 20_000 }).toBe(1);
      await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
      await reader.close();
      expect(lost(watch)).toBe(1);
      await expect(field.open(new CardWatch())).rejects.toThrow();

      await field.plug();
      await open();
      const certificate = certificateOf();
      await field.remove();
      await field.hold(cardWith(certificate));
      const next = await watch.next('present');
      const identity = await reader.identify(next.tap);
      expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
    });

    it('can be closed twice, and is silent from then on', async () => {
      await field.hold(cardWith(certificateOf()));
      const { tap } = await watch.next('present');
      await Promise.all([reader.close(), reader.close()]);
      await reader.close();
      const heard = watch.heard.length;
      await field.remove();
      await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
      expect(watch.heard).toHaveLength(heard);
    });
  });
  describe(name, () => describeProof(makeField));
  describe(name, () => describePin(makeField));
  describe(name, () => describeSigning(makeField));
}

function lost(watch: CardWatch): number {
  return watch.heard.filter(({ is }) => is === 'lost').length;
}
