/** What a signing certificate (署名用電子証明書) has to be, and what it says of its holder. */

import { type KeyObject, X509Certificate } from 'node:crypto';
import { Elements, isTrue, namedBits, oid, structured, TAG } from './der.ts';
import { OID, readExtension, readExtensions, readSigned, UnfitError } from './x509-reader.ts';

const CERTIFICATE_BYTES_MAX = 4096;
const MODULUS_BITS = 2048;
const SUBJECT_ALT_NAME = '2.5.29.17';
const SIGNATURE_POLICY = '1.2.392.200149.8.5.1.1.20';
/** RFC 5280 4.2.1.3. */
const DIGITAL_SIGNATURE = 0;
const NON_REPUDIATION = 1;
const KEY_CERT_SIGN = 5;
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.basicConstraints,
  OID.certificatePolicies,
]);

/** JPKI's otherNames of the holder, by their last arc. */
const ATTRIBUTES = '1.2.392.200149.8.5.5.';
const UTF8_STRING = 0x0c;
const ATTRIBUTE_CHARACTERS_MAX = 200;

/**
 * The four attributes (基本4情報), as the certificate has them. The other two say which characters of name and address are
 * substitutes for others that the authority could not write.
 */
export interface HolderAttributes {
  readonly name: string;
  readonly nameSubstitutes: string;
  readonly sex: string;
  readonly birth: string;
  readonly address: string;
  readonly addressSubstitutes: string;
}

export interface SigningCertificate {
  readonly key: KeyObject;
  /** DER of the issuer's name, and the content octets of the serial number. */
  readonly issuer: Buffer;
  readonly serial: Buffer;
  readonly holder: HolderAttributes;
}

/** Throws UnfitError or DerError for anything that is not one. Who issued it, and how it stands, is not asked here. */
export function readSigningCertificate(der: Buffer): SigningCertificate {
  if (der.length > CERTIFICATE_BYTES_MAX) throw new UnfitError('is too long for a certificate');
  const body = new Elements(readSigned(der).tbs).inside(TAG.sequence);
  if (body.next(structured(0)).content.toString('hex') !== '020102') {
    throw new UnfitError('is not of version 3');
  }
  const serial = body.next(TAG.integer).content;
  body.next(TAG.sequence);
  const issuer = body.next(TAG.sequence).whole;
  for (const _ of ['validity', 'subject', 'key']) body.next(TAG.sequence);
  const wrapper = new Elements(body.next(structured(3)).content);
  body.end();
  const extensions = readExtensions(wrapper, MAY_BE_CRITICAL);
  const isCa = readExtension(extensions, OID.basicConstraints, readIsCa) ?? false;
  const usage = readExtension(extensions, OID.keyUsage, (value) =>
    namedBits(value.next(TAG.bitString)),
  );
  const bits = usage ?? new Set<number>();
  const signs = bits.has(DIGITAL_SIGNATURE) && bits.has(NON_REPUDIATION);
  if (isCa || !signs || bits.has(KEY_CERT_SIGN)) throw new UnfitError('is not for signatures');
  const policies = readExtension(extensions, OID.certificatePolicies, readPolicies) ?? [];
  if (!policies.includes(SIGNATURE_POLICY)) throw new UnfitError('has another policy');
  const holder = readExtension(extensions, SUBJECT_ALT_NAME, readHolder);
  if (holder === null) throw new UnfitError('says nothing of its holder');
  return { key: keyOf(der), issuer, serial, holder };
}

function keyOf(der: Buffer): KeyObject {
  const key = publicKeyOf(der);
  const { modulusLength } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType === 'rsa' && modulusLength === MODULUS_BITS) return key;
  throw new UnfitError('has no RSA-2048 key');
}

function publicKeyOf(der: Buffer): KeyObject | null {
  try {
    return new X509Certificate(der).publicKey;
  } catch {
    return null;
  }
}

function readIsCa(value: Elements): boolean {
  const fields = value.inside(TAG.sequence);
  const isCa = isTrue(fields);
  fields.optional(TAG.integer);
  fields.end();
  return isCa;
}

function readPolicies(value: Elements): string[] {
  const policies: string[] = [];
  for (const list = value.inside(TAG.sequence); !list.atEnd; ) {
    const policy = list.inside(TAG.sequence);
    policies.push(oid(policy.next(TAG.oid)));
    policy.optional(TAG.sequence);
    policy.end();
  }
  return policies;
}

/** GeneralNames (RFC 5280 4.2.1.6) with each attribute once; other names beside them are read over. */
function readHolder(value: Elements): HolderAttributes {
  const said = new Map<string, string>();
  for (const names = value.inside(TAG.sequence); !names.atEnd; ) {
    const otherName = names.inside(structured(0));
    const type = oid(otherName.next(TAG.oid));
    const text = new Elements(otherName.next(structured(0)).content).next(UTF8_STRING).content;
    otherName.end();
    if (said.has(type)) throw new UnfitError('says something of its holder twice');
    said.set(type, text.toString('utf8'));
  }
  const attribute = (arc: number): string => {
    const text = said.get(`${ATTRIBUTES}${arc}`);
    const isFit = text !== undefined && text !== '' && /^[^\p{Cc}\ufffd]*$/u.test(text);
    if (isFit && text.length <= ATTRIBUTE_CHARACTERS_MAX) return text;
    throw new UnfitError('lacks an attribute of its holder');
  };
  return {
    name: attribute(1),
    nameSubstitutes: attribute(2),
    sex: attribute(3),
    birth: attribute(4),
    address: attribute(5),
    addressSubstitutes: attribute(6),
  };
}
