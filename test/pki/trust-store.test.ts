import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Authority, type IssueOptions } from '../../platform-sim/authority.ts';
import { encode, extension } from '../../platform-sim/x509.ts';
import type { TrustStore } from '../../src/pki/trust-store.ts';
import * as cards from './cards.ts';
import {
  at,
  authority,
  cardKey,
  elder,
  foreign,
  issue,
  load,
  NOW,
  revoking,
  unknownExtension,
} from './cards.ts';

const card = await issue();
const store = await load([authority.crl()]);
const judge = (der: Uint8Array, by: TrustStore | Promise<TrustStore> = store, now = NOW) =>
  cards.judge(der, by, now);

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

describe('what a verdict says', () => {
  it('names neither a person nor a serial number', async () => {
    const wrong = await store.verify((await issue({ policy: null })).der, NOW);
    expect(wrong).toMatchObject({ detail: 'policy is not user authentication' });
    const text = JSON.stringify(await (await load([revoking(card)])).verify(card.der, NOW));
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
