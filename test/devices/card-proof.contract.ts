/** How every card reader has a card prove its key, whatever the reader is made of: part of card-reader.contract.ts. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { CardProof, Institution } from '../../devices/card/card.ts';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { newCardKey } from '../../platform-sim/authority.ts';
import { CardMaker } from '../cards.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import type { CardField } from './card-field.ts';
import { certificateOf } from './card-watch.ts';
import {
  institutionOf,
  rsa,
  type TestAuthority,
  type TestInstitution,
  testAuthority,
  testInstitution,
} from './institution-fixture.ts';
import { readerAtHand } from './reader-at-hand.ts';

/** The nine or so commands of the reading are over by then, and the exchange is not. */
const IN_THE_EXCHANGE = 12;
const NOT_OF_THE_KEY = 'the signature is not of the key in the certificate';

export function describeProof(makeField: () => Promise<CardField>): void {
  describe('has a card prove its key', () => {
    let authority: TestAuthority;
    let known: TestInstitution;
    let card: CardDefinition;
    let otherKey: string;
    const at = readerAtHand(makeField);

    beforeAll(async () => {
      authority = testAuthority();
      known = testInstitution(authority);
      const made = (await (await CardMaker.create()).card()).card;
      card = { ...made, authorityKey: authority.file.toString('base64') };
      otherKey = (await newCardKey()).export({ type: 'pkcs8', format: 'pem' }) as string;
    });

    const hold = (changed: Partial<CardDefinition> = {}) => at.lay({ ...card, ...changed });

    async function proof(
      changed: Partial<CardDefinition> = {},
      institution: Institution = institutionOf(known),
    ): Promise<CardProof> {
      return at.reader.prove(await hold(changed), institution);
    }

    it('of its certificate, in one session, with one signature of the institution', async () => {
      const asked: Uint8Array[] = [];
      const proved = await proof({}, institutionOf(known, asked));
      expect(proved.notProved).toBeNull();
      expect(Buffer.from(proved.certificate).toString('base64')).toBe(card.userCertificate);
      expect(proved.provedAt).toBeGreaterThanOrEqual(proved.finishedAt);
      expect(proved.finishedAt).toBeGreaterThanOrEqual(proved.startedAt);
      expect(asked).toHaveLength(1);
      const [data = new Uint8Array()] = asked;
      expect(data).toHaveLength(14 + 32 + 16);
      expect(Buffer.from(data).subarray(0, 14).toString('ascii')).toBe('kazasu-model-1');
      expect(Buffer.from(data).subarray(46).equals(known.id)).toBe(true);
    });

    it('again and again, also after it was read', async () => {
      const tap = await hold();
      await at.reader.identify(tap);
      const asked: Uint8Array[] = [];
      const institution = institutionOf(known, asked);
      expect((await at.reader.prove(tap, institution)).notProved).toBeNull();
      expect((await at.reader.prove(tap, institution)).notProved).toBeNull();
      const [first = '', second = ''] = asked.map((data) => Buffer.from(data).toString('hex'));
      expect(first).not.toBe(second);
      await at.reader.identify(tap);
    });

    it('which a copy of its certificate on another card does not', async () => {
      const cloned = await proof({ userPrivateKey: otherKey });
      expect(cloned.notProved).toBe(NOT_OF_THE_KEY);
      expect(Buffer.from(cloned.certificate).toString('base64')).toBe(card.userCertificate);
    });

    it('which a signature recorded earlier does not', async () => {
      const recorded = Buffer.alloc(256, 0x5a).toString('base64');
      const replayed = await proof({ faults: { replay: recorded } });
      expect(replayed.notProved).toBe(NOT_OF_THE_KEY);
    });

    it('which a file that is no certificate does not', async () => {
      const odd = await proof({ userCertificate: certificateOf().toString('base64') });
      expect(odd.notProved).toBe(NOT_OF_THE_KEY);
    });

    it('and says which step a card refused, then serves the next card', async () => {
      const { authorityKey: _, ...without } = card;
      await at.field.hold(without);
      const { tap } = await at.watch.next('present');
      const refused = await at.reader.prove(tap, institutionOf(known));
      expect(refused.notProved).toBe('certificate: 6E00');
      await at.take();

      const foreign = testAuthority().file.toString('base64');
      expect((await proof({ authorityKey: foreign })).notProved).toBe('certificate: 6A88');
      await at.take();

      const forged = testInstitution(authority, { signedBy: rsa().privateKey });
      expect((await proof({}, institutionOf(forged))).notProved).toBe('its signature: 6300');
      await at.take();

      const wrongKey = institutionOf({ ...known, keys: rsa() });
      expect((await proof({}, wrongKey)).notProved).toBe('EXTERNAL AUTHENTICATE: 6300');
      await at.take();

      const { userPrivateKey: __, ...keyless } = card;
      await at.field.hold(keyless);
      const last = await at.watch.next('present');
      const noKey = await at.reader.prove(last.tap, institutionOf(known));
      expect(noKey.notProved).toBe('SELECT of the key: 6A82');
      await at.take();

      expect((await proof()).notProved).toBeNull();
    });

    it('unless the institution key can not be used', async () => {
      const closed: Institution = { ...institutionOf(known), sign: async () => null };
      expect((await proof({}, closed)).notProved).toBe('the institution key did not sign');
    });

    it('within 3 s, or not at all', async () => {
      const endless: Institution = { ...institutionOf(known), sign: () => new Promise(() => {}) };
      const took = stopwatch();
      await expect(proof({}, endless)).rejects.toMatchObject({ fault: 'card-unreadable' });
      expect(took()).toBeLessThan(3000);
    });

    it('and rejects as a reading does when the card goes meanwhile, or never answers', async () => {
      const leaves = proof({ faults: { removedAfter: IN_THE_EXCHANGE } });
      await expect(leaves).rejects.toMatchObject({ fault: 'card-removed' });
      await at.watch.next('gone');
      const mute = proof({ faults: { muteAfter: IN_THE_EXCHANGE } });
      await expect(mute).rejects.toMatchObject({ fault: 'card-unreadable' });
      await at.take();
      await expect(proof({ kind: 'transit' })).rejects.toMatchObject({
        fault: 'card-not-supported',
      });
      await at.take();
      expect((await proof()).notProved).toBeNull();
    });

    it('of this tap only', async () => {
      const tap = await hold();
      await at.take();
      await expect(at.reader.prove(tap, institutionOf(known))).rejects.toMatchObject({
        fault: 'card-removed',
      });
    });

    it('and takes no certificate of an institution that is none', async () => {
      const tap = await hold();
      const odd = { ...institutionOf(known), certificate: new Uint8Array(568) };
      await expect(at.reader.prove(tap, odd)).rejects.toThrow(/institution/u);
    });
  });
}
