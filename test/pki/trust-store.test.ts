import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Authority,
  type CrlOptions,
  FOREIGN_AUTHORITY_NAME,
  type IssuedCertificate,
  type IssueOptions,
} from '../../platform-sim/authority.ts';
import { encode, extension, type RevocationReason } from '../../platform-sim/x509.ts';
import type { CertificateVerdict } from '../../src/domain/certificate-verdict.ts';
import { TrustError, TrustStore } from '../../src/pki/trust-store.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const at = (days: number) => new Date(NOW + days * DAY_MS);

/** Cards with elliptic keys are made in no time, and the next generation of real ones has them. */
const { privateKey: cardKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const unknownExtension = (critical: boolean) => ({
  oid: '1.3.6.1.4.1.32473.1',
  critical,
  value: encode(0x05),
});

let authority: Authority;
/** The generation before: the same name, another key. */
let elder: Authority;
let foreign: Authority;
let card: IssuedCertificate;
let store: TrustStore;

const issue = (options: IssueOptions = {}, by = authority) =>
  by.issueUserCertificate({ privateKey: cardKey, ...options });
const load = (crls: readonly Uint8Array[] = [], anchors = [authority]) =>
  TrustStore.load({ anchors: anchors.map((each) => each.caCertificate), crls });
const revoking = (
  certificate: IssuedCertificate,
  options: CrlOptions = {},
  reason: RevocationReason = 'keyCompromise',
) => authority.crl({ revoked: [{ serial: certificate.serial, at: at(-1), reason }], ...options });

/** `checked`, `stale`, `none` for a valid certificate, else the reason. */
const told = (verdict: CertificateVerdict) => (verdict.valid ? verdict.revocation : verdict.reason);
const judge = async (der: Uint8Array, by: TrustStore | Promise<TrustStore> = store, now = NOW) =>
  told(await (await by).verify(der, now));

async function loadFault(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof TrustError) return error.reason;
  throw error ?? new Error('it was taken');
}

beforeAll(async () => {
  [authority, elder, foreign] = await Promise.all([
    Authority.create(),
    Authority.create(),
    Authority.create({ name: FOREIGN_AUTHORITY_NAME }),
  ]);
  card = await issue();
  store = await load([authority.crl()]);
});

describe('a card', () => {
  it('is valid and checked, with an elliptic key and with an RSA key', async () => {
    expect(await judge(card.der)).toBe('checked');
    expect(await judge((await authority.issueUserCertificate()).der)).toBe('checked');
  });

  it('is valid for each generation of the authority, which share a name', async () => {
    const both = await load([authority.crl(), elder.crl()], [elder, authority]);
    expect(await judge(card.der, both)).toBe('checked');
    expect(await judge((await issue({}, elder)).der, both)).toBe('checked');
  });

  it('is valid from its first second to its last', async () => {
    const [first, last] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 5, 30, 14, 59, 59)];
    const long = await Authority.create({ notBefore: new Date(first - 1), notAfter: at(4000) });
    const { der: young } = await issue(
      { notBefore: new Date(first), notAfter: new Date(last) },
      long,
    );
    const trusting = await load([], [long]);
    expect(await judge(young, trusting, first - 1)).toBe('certificate-not-yet-valid');
    expect(await judge(young, trusting, first)).toBe('none');
    expect(await judge(young, trusting, last)).toBe('none');
    expect(await judge(young, trusting, last + 1)).toBe('certificate-expired');
  });

  it('is valid beyond 2049, where certificates write their times in another form', async () => {
    const { der } = await issue({ notAfter: new Date(Date.UTC(2060, 0, 1)) });
    expect(await judge(der)).toBe('checked');
  });

  it('may have a further extension that is not critical, and client authentication as its use', async () => {
    const clientAuth = extension.extendedKeyUsage(['1.3.6.1.5.5.7.3.2'], true);
    const any = extension.extendedKeyUsage(['2.5.29.37.0']);
    for (const extra of [[unknownExtension(false)], [clientAuth], [any]])
      expect(await judge((await issue({ extra })).der)).toBe('checked');
  });
});

describe('a card is refused as untrusted', () => {
  it('when another CA issued it', async () => {
    expect(await judge((await issue({}, foreign)).der)).toBe('certificate-untrusted');
  });

  it('when another CA with the same name issued it', async () => {
    expect(await judge((await issue({}, elder)).der)).toBe('certificate-untrusted');
  });

  it('when that CA also names the key of the right one', async () => {
    const { der } = await issue({ authorityKeyId: authority.keyId }, elder);
    expect(await judge(der)).toBe('certificate-untrusted');
  });

  it('when it names the key of one anchor, and another anchor signed it', async () => {
    const renamed = await issue({ authorityKeyId: foreign.keyId });
    expect(await judge(renamed.der, load([], [foreign, authority]))).toBe('certificate-untrusted');
  });

  it('when it names no issuing key', async () => {
    const { der } = await issue({ authorityKeyId: null });
    expect(await judge(der)).toBe('certificate-untrusted');
  });

  it('when there is no anchor at all', async () => {
    expect(await judge(card.der, load([], []))).toBe('certificate-untrusted');
  });

  it('when its issuer has expired, or is not yet valid', async () => {
    for (const [notBefore, notAfter] of [
      [at(-30), at(-1)],
      [at(1), at(30)],
    ] as const) {
      const late = await Authority.create({ notBefore, notAfter });
      const { der } = await issue({ notBefore: at(-30), notAfter: at(30) }, late);
      expect(await judge(der, load([], [late]))).toBe('certificate-untrusted');
    }
  });

  it('when it has a critical extension that nobody here understands', async () => {
    const { der } = await issue({ extra: [unknownExtension(true)] });
    expect(await judge(der)).toBe('certificate-untrusted');
  });

  it('when an extension comes twice, even the same', async () => {
    const again = [extension.keyUsage(['digitalSignature'])];
    expect(await judge((await issue({ extra: again })).der)).toBe('certificate-untrusted');
    const unknownTwice = [unknownExtension(false), unknownExtension(false)];
    expect(await judge((await issue({ extra: unknownTwice })).der)).toBe('certificate-untrusted');
  });

  it('when an extension that counts can not be read', async () => {
    const broken = { oid: '2.5.29.37', critical: false, value: encode(0x30) };
    expect(await judge((await issue({ extra: [broken] })).der)).toBe('certificate-untrusted');
  });

  it.each([
    ['zero', [0]],
    ['negative', [0x80]],
    ['of 21 octets', [1, ...Array<number>(20).fill(0)]],
    ['padded', [0, 1]],
  ])('when its serial number is %s', async (_what, serial) => {
    const { der } = await issue({ serial: Uint8Array.from(serial) });
    expect(await judge(der)).toBe('certificate-untrusted');
  });

  it('when its own key is weak', async () => {
    const { privateKey: weak } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const { privateKey: odd } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const { privateKey: small } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicExponent: 3,
    });
    for (const privateKey of [weak, odd, small])
      expect(await judge((await issue({ privateKey })).der)).toBe('certificate-untrusted');
  });

  it('when something follows it, or it is cut off, or it is nothing', async () => {
    const { der } = card;
    const followed = Buffer.concat([der, Buffer.alloc(1)]);
    for (const bytes of [followed, Buffer.concat([der, der]), Buffer.alloc(0)])
      expect(await judge(bytes)).toBe('certificate-untrusted');
    for (let length = 0; length < der.length; length += 1)
      expect(await judge(der.subarray(0, length))).toBe('certificate-untrusted');
  });

  it('when it is larger than a certificate is, or says so', async () => {
    const bulk = { ...unknownExtension(false), value: encode(0x04, Buffer.alloc(4096)) };
    const { der } = await issue({ extra: [bulk] });
    expect(await judge(der)).toBe('certificate-untrusted');
    const claims = Buffer.from(card.der);
    claims.writeUInt16BE(0xffff, 2);
    expect(await judge(claims)).toBe('certificate-untrusted');
    const claimsMore = Buffer.concat([Buffer.from('3084ffffffff', 'hex'), card.der.subarray(4)]);
    expect(await judge(claimsMore)).toBe('certificate-untrusted');
  });

  it('whatever was done to its bytes', async () => {
    const edit = fc.record({
      place: fc.nat(card.der.length - 1),
      drop: fc.nat(3),
      insert: fc.uint8Array({ maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        let bytes = card.der;
        for (const { place, drop, insert } of edits)
          bytes = Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + drop)]);
        fc.pre(!bytes.equals(card.der));
        expect(await judge(bytes)).toBe('certificate-untrusted');
      }),
      { numRuns: 600 },
    );
  });

  it('when any one bit of it was turned over', async () => {
    for (let bit = 0; bit < card.der.length * 8; bit += 5) {
      const bytes = Buffer.from(card.der);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(await judge(bytes)).toBe('certificate-untrusted');
    }
  });

  it('when it is any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect(await judge(bytes)).toBe('certificate-untrusted');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a card is refused by its dates', () => {
  it('when it has expired', async () => {
    const { der } = await issue({ notBefore: at(-30), notAfter: at(-1) });
    expect(await judge(der)).toBe('certificate-expired');
  });

  it('when it is not yet valid', async () => {
    expect(await judge((await issue({ notBefore: at(1) })).der)).toBe('certificate-not-yet-valid');
  });

  it('before anybody asks what it is for, or whether it was revoked', async () => {
    const expired = { notBefore: at(-30), notAfter: at(-1) };
    const old = await issue({ ...expired, policy: null });
    expect(await judge(old.der, load([revoking(old)]))).toBe('certificate-expired');
  });
});

describe('a card is refused as not meant for authentication', () => {
  const refused = 'certificate-not-for-authentication';

  it('when it is the signing certificate', async () => {
    const { der } = await authority.issueSignCertificate({ privateKey: cardKey });
    expect(await judge(der)).toBe(refused);
  });

  it.each<[string, IssueOptions]>([
    ['has no key usage', { keyUsage: null }],
    [
      'may also be used for signing documents',
      { keyUsage: ['digitalSignature', 'nonRepudiation'] },
    ],
    ['may only be used for key agreement', { keyUsage: ['keyAgreement'] }],
    ['may sign certificates', { keyUsage: ['digitalSignature', 'keyCertSign'] }],
    ['is that of a CA', { extra: [extension.basicConstraints(true)] }],
    ['has no policy', { policy: null }],
    ['has another policy', { policy: '1.2.392.200149.8.5.1.3.31' }],
    ['has any policy', { policy: '2.5.29.32.0' }],
    ['is for servers', { extra: [extension.extendedKeyUsage(['1.3.6.1.5.5.7.3.1'])] }],
  ])('when it %s', async (_what, options) => {
    expect(await judge((await issue(options)).der)).toBe(refused);
  });

  it('when it is the anchor itself', async () => {
    expect(await judge(authority.caCertificate)).toBe(refused);
  });

  it('before anybody asks whether it was revoked', async () => {
    const wrong = await issue({ policy: null });
    expect(await judge(wrong.der, load([revoking(wrong)]))).toBe(refused);
  });
});

describe('revocation', () => {
  it.each<RevocationReason>([
    'unspecified',
    'keyCompromise',
    'cACompromise',
    'affiliationChanged',
    'superseded',
    'cessationOfOperation',
    'certificateHold',
    'privilegeWithdrawn',
    'aACompromise',
  ])('refuses a card for %s', async (reason) => {
    const verdict = await (await load([revoking(card, {}, reason)])).verify(card.der, NOW);
    expect(verdict).toEqual({ valid: false, reason: 'certificate-revoked', detail: reason });
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

  it('finds one among 100,000, without holding up the event loop', async () => {
    const revoked = Array.from({ length: 100_000 }, (_, index) => {
      const serial = Buffer.alloc(4);
      serial.writeUInt32BE(0x1000_0000 + index * 7);
      return { serial, at: at(-1), reason: 'superseded' as const };
    });
    const last = revoked.at(-1)?.serial ?? Buffer.alloc(0);
    const crl = authority.crl({ revoked });
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const startedAt = performance.now();
    const large = await load([crl]);
    const ms = performance.now() - startedAt;
    clearInterval(ticking);
    // Some 0.15 s on two cores; a general ASN.1 parser takes 11 s.
    expect(ms).toBeLessThan(4000);
    expect(turns).toBeGreaterThan(3);
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
      expect(await loadFault(TrustStore.load({ anchors, crls: [] }))).toBe('anchor-unusable');
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
    [
      'is a delta',
      () => ({
        extra: [{ oid: '2.5.29.27', critical: true, value: encode(0x02, Uint8Array.of(1)) }],
      }),
    ],
    ['has an extension twice', () => ({ extra: [extension.crlNumber(9n)] })],
    ['has no number', () => ({ number: null })],
    ['names no key', () => ({ authorityKeyId: null })],
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

  it('and errors name neither a person nor a serial number', async () => {
    const verdict = await store.verify((await issue({ policy: null })).der, NOW);
    expect(verdict).toMatchObject({ detail: 'policy is not user authentication' });
    const revoked = await load([revoking(card)]);
    const text = JSON.stringify(await revoked.verify(card.der, NOW));
    expect(text.toLowerCase()).not.toContain(card.serial.toString('hex'));
  });
});

describe('warming up', () => {
  it('changes nothing, with anchors and without', async () => {
    await store.warm();
    await (await load([], [])).warm();
    expect(await judge(card.der)).toBe('checked');
  });
});
