/**
 * What the platform signs for one role: a head, a list, trust, and so on (CMS SignedData, RFC 5652).
 * The signer must be certified by the pinned CA for this kind alone, and named for it by the root.
 */

import { createHash, type KeyObject } from 'node:crypto';
import * as pkijs from 'pkijs';
import { LIMITS, type RoleKind, type RoleName, SIGNED_KIND } from '../link/protocol.ts';
import { acceptableKey, isSignedBy } from './algorithms.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import {
  checkSignature,
  type SignedData,
  SignedObjectError,
  takeApart,
} from './cms-signed-data.ts';
import { X509Error } from './der.ts';
import { KEY_USAGE } from './extensions.ts';

export { SignedObjectError } from './cms-signed-data.ts';

/** Whose signatures count. */
export interface Signers {
  /** DER of the platform's CA certificate. */
  readonly ca: Uint8Array;
  /** Whether a key may sign this kind. `key`: SHA-256 of its SubjectPublicKeyInfo, hex. */
  names(role: RoleName, key: string): boolean;
}

/**
 * Every signer that the CA certified for its kind: for what was verified under the root of its time
 * and kept, which a later root does not undo.
 */
export function certifiedBy(ca: Uint8Array): Signers {
  return { ca, names: () => true };
}

const MAX_CONTENT_BYTES: Readonly<Record<RoleKind, number>> = {
  head: 65_536,
  'entry-list': LIMITS.manifestBytes,
  trust: 1_048_576,
  institution: 1_048_576,
  command: 65_536,
  'issue-manifest': 4_096,
  alert: LIMITS.alertBytes,
};
/** How far a terminal's clock may differ from the platform's. */
const SKEW_MS = 5 * 60_000;

interface SignedObject extends SignedData {
  readonly signer: pkijs.SignerInfo;
  readonly certificate: pkijs.Certificate;
}

/** What was signed, and by whom. */
export interface Opened {
  readonly content: Buffer;
  /** SHA-256 of the SubjectPublicKeyInfo of the key that signed, hex. */
  readonly signer: string;
  readonly key: KeyObject;
  /** DER of the name that the CA certified for it. */
  readonly subject: Buffer;
}

/**
 * `cms`: DER of a ContentInfo. The signer's certificate must be issued by the CA's key, with the
 * kind's OID as its only extended key usage. `now`: ms since the epoch; null: it is not known, and
 * nothing is said of the dates of certificates. Throws SignedObjectError; what it gives back has
 * been checked from the first byte to the last.
 */
export async function openSignedObject(
  cms: Uint8Array,
  kind: RoleKind,
  signers: Signers,
  now: number | null,
): Promise<Opened> {
  const type = SIGNED_KIND[kind];
  const object = onlyOneSigner(takeApart(cms, type, MAX_CONTENT_BYTES[kind]));
  const { key, id, subject } = signerOf(object, type, signers.ca, now);
  if (!signers.names(kind, id))
    throw new SignedObjectError('not-named', `the root does not name this key for ${kind}`);
  checkSignature(object, object.signer, key);
  return { content: object.content, signer: id, key, subject };
}

/** Exactly one signer and one certificate (RFC 5652 5.1): nothing here needs more. */
function onlyOneSigner(data: SignedData): SignedObject {
  const [signer, ...furtherSigners] = data.signers;
  const [certificate, ...furtherCertificates] = data.certificates;
  if (signer === undefined || furtherSigners.length > 0)
    throw new SignedObjectError('malformed', `${data.signers.length} signers, not one`);
  if (!(certificate instanceof pkijs.Certificate) || furtherCertificates.length > 0)
    throw new SignedObjectError('malformed', 'not exactly one certificate');
  return { ...data, signer, certificate };
}

/**
 * The signer's key, once its certificate has been found to be the pinned CA's, of this kind and in
 * time.
 */
function signerOf(
  object: SignedObject,
  type: string,
  pinned: Uint8Array,
  now: number | null,
): { readonly key: KeyObject; readonly id: string; readonly subject: Buffer } {
  const { certificate: ca, key: caKey } = parseKnownKey(pinned);
  // pkijs keeps the signed part as it came; whatever else it wrote anew has to be DER and fit the
  // signature.
  const { certificate, key } = parseKnownKey(new Uint8Array(object.certificate.toSchema().toBER()));
  if (
    !ca.ca ||
    ca.subjectKeyId === null ||
    certificate.authorityKeyId !== ca.subjectKeyId ||
    !certificate.issuer.equals(ca.subject) ||
    !isSignedBy(certificate, caKey)
  )
    throw new SignedObjectError('unknown-signer', 'the pinned CA did not issue the signer');
  if (!namesSigner(object.signer, object.certificate))
    throw new SignedObjectError('unknown-signer', 'the signature names another certificate');
  const { ca: isCa, keyUsage, extendedKeyUsage } = certificate;
  const purpose = extendedKeyUsage?.length === 1 ? extendedKeyUsage[0] : undefined;
  if (isCa || !keyUsage?.has(KEY_USAGE.digitalSignature) || purpose !== type)
    throw new SignedObjectError('wrong-kind', 'the signer is not meant for this kind');
  for (const { notBefore, notAfter } of [ca, certificate]) {
    if (now !== null && (now < notBefore - SKEW_MS || now > notAfter + SKEW_MS))
      throw new SignedObjectError('signer-expired', 'outside the validity of the signer');
  }
  const id = createHash('sha256').update(certificate.publicKey).digest('hex');
  return { key, id, subject: certificate.subject };
}

function parseKnownKey(der: Uint8Array): { certificate: Certificate; key: KeyObject } {
  try {
    const certificate = parseCertificate(der);
    return { certificate, key: acceptableKey(certificate.publicKey) };
  } catch (error) {
    if (error instanceof X509Error)
      throw new SignedObjectError('unknown-signer', error.message, { cause: error });
    throw error;
  }
}

/** RFC 5652 5.3: sid. */
function namesSigner(signer: pkijs.SignerInfo, certificate: pkijs.Certificate): boolean {
  return (
    signer.sid instanceof pkijs.IssuerAndSerialNumber &&
    signer.sid.issuer.isEqual(certificate.issuer) &&
    signer.sid.serialNumber.isEqual(certificate.serialNumber)
  );
}
