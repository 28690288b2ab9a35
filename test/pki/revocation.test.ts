import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrlOptions } from '../../platform-sim/authority.ts';
import { encode, extension } from '../../platform-sim/x509.ts';
import { TrustError } from '../../src/pki/trust-error.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import {
  at,
  authority,
  DAY_MS,
  deltaOn,
  elder,
  foreign,
  issue,
  judge,
  load,
  NOW,
  revoking,
  unknownExtension,
} from './cards.ts';
import { trustStoreOf } from './memory-trust.ts';
import { REVOKED_FOR } from './revoked-for.ts';

const card = await issue();

async function loadFault(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof TrustError) return error.reason;
  throw error ?? new Error('it was taken');
}

describe('revocation', () => {
  it.each(REVOKED_FOR)('refuses a card for %s', async (reason) => {
    const verdict = await (await load([revoking(card, {}, reason)])).verify(card.der, NOW);
    expect(verdict).toMatchObject({ reason: 'certificate-revoked', revokedFor: reason });
    expect(verdict).not.toMatchObject({ detail: expect.stringContaining(reason) });
  });

  it('is said not to be known without a CRL of the issuing key', async () => {
    expect(await judge(card.der, load())).toBe('none');
    expect(await judge(card.der, load([elder.crl()], [authority, elder]))).toBe('none');
  });

  it('never hears an elder key of the same name: it neither revokes nor clears', async () => {
    const { serial } = card;
    const byElder = elder.crl({ revoked: [{ serial, at: at(-1), reason: 'superseded' }] });
    const both = [authority, elder];
    expect(await judge(card.der, load([byElder], both))).toBe('none');
    expect(await judge(card.der, load([byElder, authority.crl()], both))).toBe('checked');
    expect(await judge(card.der, load([elder.crl(), revoking(card)], both))).toBe(
      'certificate-revoked',
    );
  });

  it('is stale past nextUpdate, and revoked stays revoked', async () => {
    const old = { thisUpdate: at(-9), nextUpdate: at(-2) };
    expect(await judge(card.der, load([authority.crl(old)]))).toBe('stale');
    expect(await judge(card.der, load([revoking(card, old)]))).toBe('certificate-revoked');
  });

  it('is checked up to the last second of nextUpdate', async () => {
    const nextUpdate = Math.trunc(at(-30).getTime() / 1000) * 1000;
    const crl = authority.crl({
      thisUpdate: new Date(nextUpdate - DAY_MS),
      nextUpdate: new Date(nextUpdate),
    });
    const { der } = await issue({ notBefore: at(-360) });
    const trusting = await load([crl]);
    expect(await judge(der, trusting, nextUpdate)).toBe('checked');
    expect(await judge(der, trusting, nextUpdate + 1)).toBe('stale');
  });

  it('is not checked by a CRL from the future, yet whom it revokes stays revoked', async () => {
    const future = { thisUpdate: new Date(NOW + 400_000), number: 9_999_999_999n };
    expect(await judge(card.der, load([authority.crl(future)]))).toBe('none');
    expect(await judge(card.der, load([authority.crl(future), authority.crl()]))).toBe('checked');
    expect(await judge(card.der, load([revoking(card, future)]))).toBe('certificate-revoked');
  });

  it('bears a clock that is five minutes behind', async () => {
    const crl = authority.crl({ thisUpdate: new Date(NOW + 290_000) });
    expect(await judge(card.der, load([crl]))).toBe('checked');
  });

  it('goes by the CRL with the highest number, in whatever order they come', async () => {
    const on = revoking(card, { number: 255n, thisUpdate: at(-2) }, 'certificateHold');
    const off = authority.crl({ number: 256n, thisUpdate: at(-1), nextUpdate: at(1) });
    for (const crls of [
      [on, off],
      [off, on],
    ])
      expect(await judge(card.der, load(crls))).toBe('checked');
    const onAgain = revoking(card, { number: 257n });
    expect(await judge(card.der, load([onAgain, off, on]))).toBe('certificate-revoked');
  });

  it('finds one among 100,000', async () => {
    const revoked = Array.from({ length: 100_000 }, (_, index) => {
      const serial = Buffer.alloc(4);
      serial.writeUInt32BE(0x1000_0000 + index * 7);
      return { serial, at: at(-1), reason: 'superseded' as const };
    });
    const last = revoked.at(-1)?.serial ?? Buffer.alloc(0);
    const crl = authority.crl({ revoked });
    const took = stopwatch();
    const large = await load([crl]);
    const ms = took();
    // Some 0.15 s on two cores; a general ASN.1 parser takes 11 s.
    expect(ms).toBeLessThan(4000);
    expect(large.crls).toMatchObject([{ entries: 100_000 }]);
    expect(await judge((await issue({ serial: last })).der, large)).toBe('certificate-revoked');
    expect(await judge(card.der, large)).toBe('checked');
  });
});

describe('trust material is refused whole', () => {
  const withIdp = (...fields: Buffer[]) => ({
    extra: [{ oid: '2.5.29.28', critical: true, value: encode(0x30, ...fields) }],
  });
  const yes = (number: number) => encode(0x80 | number, Uint8Array.of(0xff));

  it('when an anchor is no CA, no certificate, damaged, or not signed by itself', async () => {
    const damaged = Buffer.from(authority.caCertificate);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1);
    const subordinate = (await issue({ extra: [extension.basicConstraints(true)] })).der;
    for (const anchor of [card.der, Buffer.from('no'), damaged, subordinate]) {
      const anchors = [authority.caCertificate, anchor];
      expect(await loadFault(trustStoreOf({ anchors, crls: [] }))).toBe('anchor-unusable');
    }
  });

  it('when a CRL is of no anchor, also of one with the same name', async () => {
    expect(await loadFault(load([foreign.crl()]))).toBe('crl-without-anchor');
    expect(await loadFault(load([elder.crl()]))).toBe('crl-without-anchor');
  });

  it('when the key that a CRL names did not sign it', async () => {
    const forged = elder.crl({ authorityKeyId: authority.keyId });
    expect(await loadFault(load([forged], [authority, elder]))).toBe('crl-bad-signature');
  });

  it.each<[string, () => CrlOptions]>([
    [
      'has a critical extension that nobody here understands',
      () => ({ extra: [unknownExtension(true)] }),
    ],
    ['is a delta that is no newer than its base', () => ({ number: 9n, extra: [deltaOn(9n)] })],
    ['has an extension twice', () => ({ extra: [extension.crlNumber(9n)] })],
    ['has no number', () => ({ number: null })],
    ['covers one distribution point', () => withIdp(encode(0xa0, encode(0xa0)))],
    ['covers CA certificates only', () => withIdp(yes(2))],
    ['covers some reasons only', () => withIdp(encode(0x83, Uint8Array.of(1, 6)))],
    ['is indirect', () => withIdp(yes(1), yes(4))],
    ['covers attribute certificates only', () => withIdp(yes(5))],
    ['ends before it begins', () => ({ thisUpdate: at(-1), nextUpdate: at(-2) })],
    [
      'takes an entry back, as only a delta may',
      () => ({ revoked: [{ serial: card.serial, at: at(-1), reason: 'removeFromCRL' }] }),
    ],
  ])('when a CRL %s', async (_what, options) => {
    expect(await loadFault(load([authority.crl(options())]))).toBe('crl-malformed');
  });

  it('but not when a CRL names no key, as openssl makes them, and an anchor of its name signed it', async () => {
    const nameless = { authorityKeyId: null };
    const revoked = [{ serial: card.serial, at: at(-1), reason: 'superseded' as const }];
    const both = [elder, authority];
    const store = load([authority.crl({ ...nameless, revoked })], both);
    expect(await judge(card.der, store)).toBe('certificate-revoked');
    expect(await loadFault(load([elder.crl(nameless)]))).toBe('crl-bad-signature');
    expect(await loadFault(load([foreign.crl(nameless)]))).toBe('crl-without-anchor');
  });

  it('but not when a CRL covers user certificates only, for cards are such', async () => {
    expect(await judge(card.der, load([authority.crl(withIdp(yes(1)))]))).toBe('checked');
  });

  it('whatever was done to the bytes of a CRL', async () => {
    const crl = revoking(card);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(crl.length - 1),
        fc.nat(4),
        fc.uint8Array({ maxLength: 4 }),
        async (place, drop, insert) => {
          const bytes = Buffer.concat([crl.subarray(0, place), insert, crl.subarray(place + drop)]);
          fc.pre(!bytes.equals(crl));
          expect(await loadFault(load([bytes]))).toMatch(/^crl-/);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('when there are more anchors or CRLs than a terminal holds', async () => {
    const many = Array.from({ length: 65 }, () => authority);
    expect(await loadFault(load([], many))).toBe('too-many');
  });
});
