/**
 * Extensions of certificates, CRLs and CRL entries (RFC 5280 4.2, 5.2, 5.3): read strictly, each at
 * most once.
 */

import { context, DerReader, TAG, X509Error } from './der.ts';

export const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** Bit numbers of KeyUsage, RFC 5280 4.2.1.3. */
export const KEY_USAGE = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyCertSign: 5,
  crlSign: 6,
} as const;

const MAX_EXTENSIONS = 64;

/** Extension values (DER) by OID. */
export type Extensions = ReadonlyMap<string, Buffer>;

/**
 * Reads SEQUENCE OF Extension at `reader`. `mayBeCritical`: the OIDs that the caller goes on to
 * process. Throws X509Error on any other critical extension and on one that comes twice (RFC 5280
 * 4.2).
 */
export function readExtensions(reader: DerReader, mayBeCritical: ReadonlySet<string>): Extensions {
  const extensions = new Map<string, Buffer>();
  const list = reader.enter(TAG.sequence);
  while (!list.atEnd) {
    const extension = list.enter(TAG.sequence);
    const oid = extension.oid();
    const critical = extension.isTrue();
    const value = extension.content(TAG.octetString);
    extension.end();
    if (critical && !mayBeCritical.has(oid))
      throw new X509Error(`critical extension ${oid} is not understood`);
    if (extensions.has(oid)) throw new X509Error(`extension ${oid} comes twice`);
    if (extensions.size === MAX_EXTENSIONS) throw new X509Error('too many extensions');
    extensions.set(oid, value);
  }
  return extensions;
}

/**
 * What `read` makes of the value of an extension, which it must use up; null when the extension is
 * absent.
 */
export function extension<T>(
  extensions: Extensions,
  oid: string,
  read: (reader: DerReader) => T,
): T | null {
  const value = extensions.get(oid);
  if (value === undefined) return null;
  const reader = new DerReader(value);
  const result = read(reader);
  reader.end();
  return result;
}

/**
 * RFC 5280 4.2.1.1, the keyIdentifier in hex. Issuer and serial beside it say nothing that we'd
 * trust.
 */
export function readAuthorityKeyIdentifier(reader: DerReader): string {
  const identifier = reader.enter(TAG.sequence);
  const keyId = identifier.content(context.primitive(0));
  if (identifier.nextIs(context.constructed(1))) identifier.content(context.constructed(1));
  if (identifier.nextIs(context.primitive(2))) identifier.content(context.primitive(2));
  identifier.end();
  return keyIdentifier(keyId);
}

/** RFC 5280 4.2.1.2, in hex. */
export function readSubjectKeyIdentifier(reader: DerReader): string {
  return keyIdentifier(reader.content(TAG.octetString));
}

function keyIdentifier(content: Buffer): string {
  if (content.length === 0) throw new X509Error('key identifier is empty');
  return content.toString('hex');
}

/** RFC 5280 4.2.1.3: bit numbers. */
export function readKeyUsage(reader: DerReader): ReadonlySet<number> {
  return reader.namedBits();
}

/** RFC 5280 4.2.1.9. `pathLength`: how many CAs may stand below this one; null: any number. */
export function readBasicConstraints(reader: DerReader): {
  readonly ca: boolean;
  readonly pathLength: number | null;
} {
  const constraints = reader.enter(TAG.sequence);
  const ca = constraints.isTrue();
  const length = constraints.nextIs(TAG.integer) ? constraints.natural(4) : null;
  constraints.end();
  return { ca, pathLength: length?.readUIntBE(0, length.length) ?? null };
}

/** RFC 5280 4.2.1.12: OIDs of purposes, at least one. */
export function readExtendedKeyUsage(reader: DerReader): readonly string[] {
  const list = reader.enter(TAG.sequence);
  const purposes = [list.oid()];
  while (!list.atEnd) purposes.push(list.oid());
  return purposes;
}

/**
 * RFC 5280 4.2.1.4: OIDs of policies, at least one. Qualifiers (a CPS address, a notice) decide
 * nothing.
 */
export function readCertificatePolicies(reader: DerReader): readonly string[] {
  const list = reader.enter(TAG.sequence);
  const policies: string[] = [];
  do {
    const policy = list.enter(TAG.sequence);
    policies.push(policy.oid());
    if (!policy.atEnd) policy.content(TAG.sequence);
    policy.end();
  } while (!list.atEnd);
  return policies;
}
