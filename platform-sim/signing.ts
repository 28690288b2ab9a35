/**
 * The platform's signing keys: a CA that is pinned by terminals, and under it one role key for each
 * kind of signed object (CMS SignedData, RFC 5652), so that the key of one kind never signs
 * another.
 */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { SIGNED_KIND, type SignedKind } from '../src/link/protocol.ts';
import { extension, keyIdentifier, type Name, randomSerial, writeCertificate } from './x509.ts';

const DAY_MS = 86_400_000;
const CA_LIFE_MS = 3650 * DAY_MS;
const ROLE_LIFE_MS = 365 * DAY_MS;
/** A role certificate with less life than this is replaced when the platform starts. */
const RENEW_WITHIN_MS = 90 * DAY_MS;
/** Terminals' clocks lag: a certificate that was made this minute must be valid there. */
const BACKDATED_MS = DAY_MS;

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const KINDS = Object.keys(SIGNED_KIND) as readonly SignedKind[];

interface KeyFiles {
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
}

interface Role {
  readonly certificate: pkijs.Certificate;
  readonly key: webcrypto.CryptoKey;
}

export class PlatformKeys {
  /** DER of the platform's self-signed CA certificate. */
  readonly caCertificate: Buffer;
  readonly #roles: ReadonlyMap<SignedKind, Role>;

  private constructor(caCertificate: Buffer, roles: ReadonlyMap<SignedKind, Role>) {
    this.caCertificate = caCertificate;
    this.#roles = roles;
  }

  /** The keys in `directory` (PKCS#8 files that only their owner reads), made at the first call. */
  static async openOrCreate(directory: string): Promise<PlatformKeys> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const ca = (await load(directory, 'ca')) ?? (await store(directory, 'ca', newCa()));
    const roles = new Map<SignedKind, Role>();
    for (const kind of KINDS) {
      const stored = await load(directory, kind);
      const usable = stored !== null && isRoleOf(stored.certificate, ca);
      const files = usable ? stored : await store(directory, kind, newRole(ca, kind));
      roles.set(kind, await openRole(files));
    }
    return new PlatformKeys(ca.certificate, roles);
  }

  /** DER of a CMS SignedData that holds `content` and the signer's certificate. */
  async sign(kind: SignedKind, content: Uint8Array): Promise<Buffer> {
    const role = this.#roles.get(kind);
    if (role === undefined) throw new Error(`no key for ${kind}`);
    const { certificate, key } = role;
    const type = SIGNED_KIND[kind];
    const digest = await webcrypto.subtle.digest('SHA-256', Uint8Array.from(content));
    const signedData = new pkijs.SignedData({
      // RFC 5652 5.1: 3, because the content is not id-data.
      version: 3,
      encapContentInfo: attached(type, content),
      certificates: [certificate],
      signerInfos: [
        new pkijs.SignerInfo({
          version: 1,
          sid: new pkijs.IssuerAndSerialNumber({
            issuer: certificate.issuer,
            serialNumber: certificate.serialNumber,
          }),
          signedAttrs: new pkijs.SignedAndUnsignedAttributes({
            type: 0,
            attributes: [
              attribute(CONTENT_TYPE, new asn1js.ObjectIdentifier({ value: type })),
              attribute(MESSAGE_DIGEST, new asn1js.OctetString({ valueHex: digest })),
            ],
          }),
        }),
      ],
    });
    await signedData.sign(key, 0, 'SHA-256');
    const envelope = new pkijs.ContentInfo({
      contentType: SIGNED_DATA,
      content: signedData.toSchema(true),
    });
    return Buffer.from(envelope.toSchema().toBER());
  }
}

/**
 * The constructor of pkijs would cut the content into pieces, which is BER; DER has one OCTET
 * STRING (X.690 10.2).
 */
function attached(eContentType: string, content: Uint8Array): pkijs.EncapsulatedContentInfo {
  const info = new pkijs.EncapsulatedContentInfo({ eContentType });
  info.eContent = new asn1js.OctetString({ valueHex: content });
  return info;
}

function attribute(type: string, value: asn1js.BaseBlock): pkijs.Attribute {
  return new pkijs.Attribute({ type, values: [value] });
}

const CA_NAME: Name = [
  ['O', 'Kazasu platform simulator'],
  ['CN', 'Kazasu platform CA'],
];

function newCa(): KeyFiles {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const certificate = writeCertificate({
    issuer: { name: CA_NAME, privateKey },
    subject: CA_NAME,
    publicKey,
    serial: randomSerial(),
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + CA_LIFE_MS),
    extensions: [
      extension.keyUsage(['keyCertSign', 'cRLSign']),
      extension.basicConstraints(true),
      extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
    ],
  });
  return { key: privateKey, certificate };
}

function newRole(ca: KeyFiles, kind: SignedKind): KeyFiles {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const certificate = writeCertificate({
    issuer: { name: CA_NAME, privateKey: ca.key },
    subject: [
      ['O', 'Kazasu platform simulator'],
      ['CN', `Kazasu ${kind} signer`],
    ],
    publicKey,
    serial: randomSerial(),
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + ROLE_LIFE_MS),
    extensions: [
      extension.keyUsage(['digitalSignature']),
      extension.extendedKeyUsage([SIGNED_KIND[kind]], true),
      extension.authorityKeyIdentifier(keyIdentifier(createPublicKey(ca.key))),
      extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
    ],
  });
  return { key: privateKey, certificate };
}

function isRoleOf(certificate: Buffer, ca: KeyFiles): boolean {
  const role = new X509Certificate(certificate);
  const lifeLeft = role.validToDate.getTime() - Date.now();
  return lifeLeft > RENEW_WITHIN_MS && role.verify(createPublicKey(ca.key));
}

async function openRole({ key, certificate }: KeyFiles): Promise<Role> {
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  return {
    certificate: pkijs.Certificate.fromBER(certificate),
    key: await webcrypto.subtle.importKey('pkcs8', Uint8Array.from(pkcs8), algorithm, false, [
      'sign',
    ]),
  };
}

function filesOf(directory: string, role: string) {
  return {
    key: path.join(directory, `${role}-key.pem`),
    certificate: path.join(directory, `${role}.der`),
  };
}

async function load(directory: string, role: string): Promise<KeyFiles | null> {
  const files = filesOf(directory, role);
  if (!existsSync(files.certificate)) return null;
  const certificate = await readFile(files.certificate);
  return { certificate, key: createPrivateKey(await readFile(files.key)) };
}

/** The certificate is written last: where it is, its key is. */
async function store(directory: string, role: string, made: KeyFiles): Promise<KeyFiles> {
  const files = filesOf(directory, role);
  await writeFile(files.key, made.key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  await writeFile(files.certificate, made.certificate);
  return made;
}
