import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as asn1js from 'asn1js';
import fc from 'fast-check';
import * as pkijs from 'pkijs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import {
  extension,
  type Issuer,
  keyIdentifier,
  type Name,
  writeCertificate,
} from '../../platform-sim/x509.ts';
import { type RoleKind, SIGNED_KIND } from '../../src/link/protocol.ts';
import { certifiedBy, openSignedObject, SignedObjectError } from '../../src/pki/signed-object.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const CONTENT = Buffer.from('{"kind":"head"}');

let folder: string;
let platform: PlatformKeys;
let other: PlatformKeys;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kazasu-signing-'));
  platform = await PlatformKeys.openOrCreate(path.join(folder, 'platform'));
  other = await PlatformKeys.openOrCreate(path.join(folder, 'other'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const openSigned = ({ cms, pinned }: { cms: Buffer; pinned: Buffer }, now = NOW) =>
  openSignedObject(cms, 'head', certifiedBy(pinned), now);
const open = (cms: Uint8Array, kind: RoleKind = 'head', now = NOW) =>
  openSignedObject(cms, kind, certifiedBy(platform.caCertificate), now);

async function refusal(opening: Promise<unknown>): Promise<string> {
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof SignedObjectError) return error.reason;
  throw error ?? new Error('it was accepted');
}

/** Takes a signed object apart, lets `change` do something to it, and puts it together again. */
async function forged(cms: Buffer, change: (object: pkijs.SignedData) => unknown): Promise<Buffer> {
  const envelope = pkijs.ContentInfo.fromBER(cms);
  const object = new pkijs.SignedData({ schema: envelope.content });
  await change(object);
  envelope.content = object.toSchema(true);
  return Buffer.from(envelope.toSchema().toBER());
}

const only = <T>(list: readonly T[] | undefined): T => {
  const [first] = list ?? [];
  if (first === undefined) throw new Error('empty');
  return first;
};

describe('a signed object of the platform', () => {
  it.each(['head', 'entry-list', 'trust', 'institution'] as const)(
    'opens when it is of kind %s',
    async (kind) => {
      const { content } = await open(await platform.sign(kind, CONTENT), kind);
      expect(content).toEqual(CONTENT);
    },
  );

  it('opens when it is larger than what pkijs writes in one piece', async () => {
    const large = Buffer.alloc(5_000_000, 'kazasu');
    const { content } = await open(await platform.sign('entry-list', large), 'entry-list');
    expect(content.equals(large)).toBe(true);
  });

  it('opens after the platform was started again with the keys that it kept', async () => {
    const again = await PlatformKeys.openOrCreate(path.join(folder, 'platform'));
    expect(again.caCertificate).toEqual(platform.caCertificate);
    expect((await open(await again.sign('trust', CONTENT), 'trust')).content).toEqual(CONTENT);
  });

  it('is signed with keys that only their owner can read', async () => {
    const files = await readdir(path.join(folder, 'platform'), { recursive: true });
    const keys = files.filter((file) => file.endsWith('.pem'));
    // The CA's, those of the roles, and three of the root.
    expect(keys).toHaveLength(1 + Object.values(platform.root.roles).flat().length + 3);
    for (const key of keys) {
      const { mode } = await stat(path.join(folder, 'platform', key));
      expect(mode & 0o777).toBe(0o600);
    }
  });
});

describe('an object is refused', () => {
  let cms: Buffer;
  beforeAll(async () => {
    cms = await platform.sign('head', CONTENT);
  });

  it('as another kind', async () => {
    expect(await refusal(open(cms, 'trust'))).toBe('wrong-kind');
  });

  it('when the platform is not the pinned one', async () => {
    expect(await refusal(open(await other.sign('head', CONTENT)))).toBe('unknown-signer');
  });

  it('when what is pinned is no certificate', async () => {
    const signers = certifiedBy(Buffer.from('no'));
    expect(await refusal(openSignedObject(cms, 'head', signers, NOW))).toBe('unknown-signer');
  });

  it('before its signer was valid and after, with five minutes for the clocks', async () => {
    const { notBefore, notAfter } = only(
      new pkijs.SignedData({ schema: pkijs.ContentInfo.fromBER(cms).content })
        .certificates as pkijs.Certificate[],
    );
    const [begin, end] = [notBefore.value.getTime(), notAfter.value.getTime()];
    for (const now of [begin - 301_000, end + 301_000])
      expect(await refusal(open(cms, 'head', now))).toBe('signer-expired');
    for (const now of [begin - 299_000, end + 299_000])
      expect((await open(cms, 'head', now)).content).toEqual(CONTENT);
  });

  it('when its content was changed', async () => {
    const changed = Buffer.from(cms);
    changed.write('HEAD', cms.indexOf('"head"') + 1);
    expect(await refusal(open(changed))).toBe('bad-signature');
  });

  it('when a signed attribute was changed', async () => {
    const digest = await forged(cms, (object) => {
      object.encapContentInfo.eContent = new asn1js.OctetString({ valueHex: Buffer.from('{}') });
      const attributes = only(object.signerInfos).signedAttrs?.attributes;
      const attribute = attributes?.find(({ type }) => type === '1.2.840.113549.1.9.4');
      return webcrypto.subtle.digest('SHA-256', Buffer.from('{}')).then((valueHex) => {
        attribute?.values.splice(0, 1, new asn1js.OctetString({ valueHex }));
      });
    });
    expect(await refusal(open(digest))).toBe('bad-signature');
  });

  it('when the content type outside is not the one that was signed', async () => {
    const trust = await platform.sign('trust', CONTENT);
    const renamed = await forged(cms, async (object) => {
      object.encapContentInfo.eContentType = SIGNED_KIND.trust;
    });
    expect(await refusal(open(renamed, 'trust'))).toBe('wrong-kind');
    const withTrustSigner = await forged(trust, (object) => {
      const attributes = only(object.signerInfos).signedAttrs?.attributes;
      const attribute = attributes?.find(({ type }) => type === '1.2.840.113549.1.9.3');
      const value = new asn1js.ObjectIdentifier({ value: SIGNED_KIND.head });
      attribute?.values.splice(0, 1, value);
    });
    expect(await refusal(open(withTrustSigner, 'trust'))).toBe('bad-signature');
  });

  it('when the certificate in it is that of another role', async () => {
    const trust = pkijs.ContentInfo.fromBER(await platform.sign('trust', CONTENT));
    const { certificates } = new pkijs.SignedData({ schema: trust.content });
    const swapped = await forged(cms, (object) => {
      object.certificates = [only(certificates)];
    });
    expect(await refusal(open(swapped))).toBe('unknown-signer');
  });

  it.each<[string, (object: pkijs.SignedData) => unknown]>([
    ['nobody signed it', (object) => object.signerInfos.splice(0)],
    ['two signed it', (object) => object.signerInfos.push(only(object.signerInfos))],
    [
      'it brings two certificates',
      (object) => object.certificates?.push(only(object.certificates)),
    ],
    ['it brings no certificate', (object) => object.certificates?.splice(0)],
    [
      'an attribute comes twice',
      (object) => {
        const attributes = only(object.signerInfos).signedAttrs?.attributes;
        attributes?.push(only(attributes));
      },
    ],
  ])('when %s', async (_what, change) => {
    expect(await refusal(open(await forged(cms, change)))).toBe('malformed');
  });

  it('when its content is detached', async () => {
    const { eContentType } = new pkijs.EncapsulatedContentInfo({ eContentType: SIGNED_KIND.head });
    const detached = await forged(cms, (object) => {
      object.encapContentInfo = new pkijs.EncapsulatedContentInfo({ eContentType });
    });
    expect(await refusal(open(detached))).toBe('malformed');
  });

  it('when it has no signed attributes, though the signature over the content is right', async () => {
    const signed = await signedBy(roleIssuedBy(ca()), { attributes: false });
    expect(await refusal(openSigned(signed))).toBe('malformed');
  });

  it('when it is larger than its kind may be', async () => {
    const large = await platform.sign('head', Buffer.alloc(100_000));
    expect(await refusal(open(large))).toBe('malformed');
  });

  it('when its envelope says that it is something else', async () => {
    const envelope = pkijs.ContentInfo.fromBER(cms);
    envelope.contentType = '1.2.840.113549.1.7.1';
    const renamed = Buffer.from(envelope.toSchema().toBER());
    expect(await refusal(open(renamed))).toBe('malformed');
  });

  it('when it is cut off, or something follows', async () => {
    for (const length of [0, 1, 20, cms.length - 1])
      expect(await refusal(open(cms.subarray(0, length)))).toBe('malformed');
    expect(await refusal(open(Buffer.concat([cms, Buffer.alloc(1)])))).toBe('malformed');
  });

  it('and nothing else is thrown, or believed, whatever is done to its bytes', async () => {
    const edit = fc.record({ at: fc.nat(cms.length - 1), bits: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const changed = Buffer.from(cms);
        for (const { at, bits } of edits) changed[at] = (changed[at] ?? 0) ^ bits;
        try {
          expect((await open(changed)).content).toEqual(CONTENT);
        } catch (error) {
          expect(error).toBeInstanceOf(SignedObjectError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a signer is refused', () => {
  it.each<[string, string, Partial<RoleOptions>]>([
    ['with no extended key usage', 'wrong-kind', { purposes: [] }],
    [
      'with one more extended key usage',
      'wrong-kind',
      { purposes: [SIGNED_KIND.head, SIGNED_KIND.trust] },
    ],
    ['with any extended key usage', 'wrong-kind', { purposes: ['2.5.29.37.0'] }],
    ['that may not sign', 'wrong-kind', { usage: 'keyAgreement' }],
    ['that is a CA', 'wrong-kind', { ca: true }],
    ['whose issuer has another name', 'unknown-signer', { issuerName: [['CN', 'Another']] }],
    ['that names another issuing key', 'unknown-signer', { authorityKeyId: Buffer.alloc(20, 7) }],
    [
      'that is expired',
      'signer-expired',
      { notBefore: new Date(NOW - 9 * DAY_MS), notAfter: new Date(NOW - DAY_MS) },
    ],
  ])('%s', async (_what, reason, options) => {
    const signed = await signedBy(roleIssuedBy(ca(), options));
    expect(await refusal(openSigned(signed))).toBe(reason);
  });

  it('not when it is as it should be, or the refusals above would say nothing', async () => {
    const signed = await signedBy(roleIssuedBy(ca()));
    expect((await openSigned(signed)).content).toEqual(CONTENT);
  });

  it('when its issuer has the name of the pinned CA, and its key identifier, but another key', async () => {
    const [pinned, impostor] = [ca(), ca()];
    const signed = await signedBy(roleIssuedBy(impostor, { authorityKeyId: pinned.keyId }));
    const opening = openSigned({ ...signed, pinned: pinned.certificate });
    expect(await refusal(opening)).toBe('unknown-signer');
  });

  it('when it is the pinned CA itself', async () => {
    const pinned = ca();
    const signed = await signedBy({ ...pinned, pinned: pinned.certificate });
    const opening = openSigned({ ...signed, pinned: pinned.certificate });
    expect(await refusal(opening)).toBe('unknown-signer');
  });

  it('when the pinned CA has expired itself', async () => {
    const signed = await signedBy(roleIssuedBy(ca(), { notAfter: new Date(NOW + 90 * DAY_MS) }));
    const later = NOW + 60 * DAY_MS;
    expect(await refusal(openSigned(signed, later))).toBe('signer-expired');
  });

  it('when it names one hash for the digest and another for the signature', async () => {
    const signed = await signedBy(roleIssuedBy(ca()));
    const mixed = await forged(signed.cms, (object) => {
      only(object.signerInfos).signatureAlgorithm.algorithmId = '1.2.840.10045.4.3.3';
    });
    const opening = openSignedObject(mixed, 'head', certifiedBy(signed.pinned), NOW);
    expect(await refusal(opening)).toBe('bad-signature');
  });

  it('when its digest is SHA-1', async () => {
    const signed = await signedBy(roleIssuedBy(ca()), { hash: 'SHA-1' });
    expect(await refusal(openSigned(signed))).toBe('bad-signature');
  });
});

const CA_NAME = [['CN', 'A platform for tests']] as const;

interface TestCa {
  readonly issuer: Issuer;
  readonly certificate: Buffer;
  readonly key: KeyObject;
  readonly keyId: Buffer;
}

function ca(): TestCa {
  const { publicKey, privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: CA_NAME, privateKey: key };
  const keyId = keyIdentifier(publicKey);
  const certificate = writeCertificate({
    issuer,
    subject: CA_NAME,
    publicKey,
    serial: Uint8Array.of(1),
    notBefore: new Date(NOW - 30 * DAY_MS),
    notAfter: new Date(NOW + 30 * DAY_MS),
    extensions: [extension.basicConstraints(true), extension.subjectKeyIdentifier(keyId)],
  });
  return { issuer, certificate, key, keyId };
}

interface RoleOptions {
  readonly ca: boolean;
  readonly issuerName: Name;
  readonly purposes: readonly string[];
  readonly usage: 'digitalSignature' | 'keyAgreement';
  readonly authorityKeyId: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

interface Role {
  readonly certificate: Buffer;
  readonly key: KeyObject;
  readonly pinned: Buffer;
}

function roleIssuedBy(from: TestCa, options: Partial<RoleOptions> = {}): Role {
  const { publicKey, privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { purposes = [SIGNED_KIND.head], usage = 'digitalSignature' } = options;
  const certificate = writeCertificate({
    issuer: { ...from.issuer, name: options.issuerName ?? CA_NAME },
    subject: [['CN', 'A signer for tests']],
    publicKey,
    serial: Uint8Array.of(2),
    notBefore: options.notBefore ?? new Date(NOW - DAY_MS),
    notAfter: options.notAfter ?? new Date(NOW + DAY_MS),
    extensions: [
      extension.keyUsage([usage]),
      ...(options.ca ? [extension.basicConstraints(true)] : []),
      ...(purposes.length > 0 ? [extension.extendedKeyUsage(purposes)] : []),
      extension.authorityKeyIdentifier(options.authorityKeyId ?? from.keyId),
    ],
  });
  return { certificate, key, pinned: from.certificate };
}

/** Signs with pkijs alone, so that keys and forms that the platform never uses can be tried. */
async function signedBy(
  role: Role,
  { attributes = true, hash = 'SHA-256' }: { attributes?: boolean; hash?: string } = {},
): Promise<{ cms: Buffer; pinned: Buffer }> {
  const certificate = pkijs.Certificate.fromBER(role.certificate);
  const signer = new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({
      issuer: certificate.issuer,
      serialNumber: certificate.serialNumber,
    }),
  });
  if (attributes) {
    const digest = await webcrypto.subtle.digest(hash, CONTENT);
    const type = new asn1js.ObjectIdentifier({ value: SIGNED_KIND.head });
    const value = new asn1js.OctetString({ valueHex: digest });
    signer.signedAttrs = new pkijs.SignedAndUnsignedAttributes({
      type: 0,
      attributes: [
        new pkijs.Attribute({ type: '1.2.840.113549.1.9.3', values: [type] }),
        new pkijs.Attribute({ type: '1.2.840.113549.1.9.4', values: [value] }),
      ],
    });
  }
  const object = new pkijs.SignedData({
    version: 3,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: SIGNED_KIND.head }),
    certificates: [certificate],
    signerInfos: [signer],
  });
  object.encapContentInfo.eContent = new asn1js.OctetString({ valueHex: CONTENT });
  const pkcs8 = Uint8Array.from(role.key.export({ format: 'der', type: 'pkcs8' }));
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  await object.sign(key, 0, hash);
  const contentType = '1.2.840.113549.1.7.2';
  const envelope = new pkijs.ContentInfo({ contentType, content: object.toSchema(true) });
  return { cms: Buffer.from(envelope.toSchema().toBER()), pinned: role.pinned };
}
