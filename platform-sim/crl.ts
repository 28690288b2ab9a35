/**
 * What the platform reads of a CRL (RFC 5280 5): who issued it, its number and times, and whether its signature
 * verifies. A CRL of national size holds millions of entries, so they are stepped over, not parsed.
 */

import { type KeyObject, verify, type X509Certificate } from 'node:crypto';

/** Hash of the signature algorithms that Japanese CAs use (RFC 4055, RFC 5758), by OID in hex of its content. */
const SIGNATURE_HASH: Readonly<Record<string, string>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

const TAG = {
  integer: 0x02,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  extensions: 0xa0,
} as const;
const OID_CRL_NUMBER = '551d14';
const OID_DELTA_CRL_INDICATOR = '551d1b';

export interface Crl {
  readonly number: bigint;
  readonly thisUpdate: string;
  readonly nextUpdate: string | null;
  /** The DER of tbsCertList, which is signed. */
  readonly signed: Buffer;
  readonly hash: string;
  readonly signature: Buffer;
}

/** `message` ends the sentence "FILE is ...". */
export class CrlError extends Error {
  override readonly name = 'CrlError';
}

/** Throws CrlError. */
export function parseCrl(der: Buffer): Crl {
  const outer = children(expect(element(der, 0), TAG.sequence, 'CertificateList'));
  const [tbs, algorithm, signature] = [next(outer), next(outer), next(outer)];
  const oid = next(children(expect(algorithm, TAG.sequence, 'signatureAlgorithm'))).content;
  const hash = SIGNATURE_HASH[oid.toString('hex')];
  if (!hash) throw new CrlError('a CRL signed with an algorithm that is not supported');
  return {
    ...parseTbs(expect(tbs, TAG.sequence, 'tbsCertList')),
    signed: tbs.whole,
    hash,
    // BIT STRING: the first octet counts unused bits, none in a signature.
    signature: signature.content.subarray(1),
  };
}

/** Whether the key of `issuer` signed the CRL. */
export function isSignedBy(crl: Crl, issuer: X509Certificate): boolean {
  const key: KeyObject = issuer.publicKey;
  return verify(crl.hash, crl.signed, key, crl.signature);
}

function parseTbs(tbs: Element): Pick<Crl, 'number' | 'thisUpdate' | 'nextUpdate'> {
  const times: string[] = [];
  let extensions: Element | undefined;
  for (const part of children(tbs)) {
    if (part.tag === TAG.utcTime || part.tag === TAG.generalizedTime) times.push(timeOf(part));
    else if (part.tag === TAG.extensions) extensions = part;
  }
  const [thisUpdate, nextUpdate = null] = times;
  if (!thisUpdate) throw new CrlError('no CRL: thisUpdate is missing');
  let number: bigint | undefined;
  if (extensions) {
    for (const extension of children(next(children(extensions)))) {
      const fields = [...children(extension)];
      const oid = fields[0]?.content.toString('hex');
      if (oid === OID_DELTA_CRL_INDICATOR) {
        throw new CrlError('a delta CRL; a full CRL is needed (RFC 5280 5.2.4)');
      }
      const value = fields.at(-1);
      if (oid === OID_CRL_NUMBER && value) number = integerOf(element(value.content, 0));
    }
  }
  if (number === undefined) {
    throw new CrlError(
      'a CRL without a CRL number, so nobody could tell which is newer (RFC 5280 5.2.3)',
    );
  }
  return { number, thisUpdate, nextUpdate };
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** The DER element that starts at `at` (X.690 8.1, definite length, low tag numbers). */
function element(der: Buffer, at: number): Element {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) throw new CrlError('cut short or no CRL');
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + lengthBytes;
  if (lengthBytes > 4 || (lengthBytes === 0 && first > 0x7f) || start > der.length) {
    throw new CrlError('cut short or no CRL');
  }
  const end = start + (lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes));
  if (end > der.length) throw new CrlError('cut short or no CRL');
  return { tag, content: der.subarray(start, end), whole: der.subarray(at, end) };
}

function* children(parent: Element): Generator<Element> {
  for (let at = 0; at < parent.content.length; ) {
    const child = element(parent.content, at);
    yield child;
    at += child.whole.length;
  }
}

function next(elements: Generator<Element>): Element {
  const found = elements.next();
  if (found.done) throw new CrlError('no CRL: something is missing in it');
  return found.value;
}

function expect(found: Element, tag: number, name: string): Element {
  if (found.tag !== tag) throw new CrlError(`no CRL: ${name} is not where it should be`);
  return found;
}

function integerOf(found: Element): bigint {
  const { content } = expect(found, TAG.integer, 'cRLNumber');
  // RFC 5280 5.2.3: not negative, 20 octets at most.
  if (content.length === 0 || content.length > 20 || (content[0] ?? 0) > 0x7f) {
    throw new CrlError('a CRL with an impossible number');
  }
  return BigInt(`0x${content.toString('hex')}`);
}

/** UTCTime YYMMDDHHMMSSZ counts from 1950 to 2049 (RFC 5280 4.1.2.5.1). */
function timeOf(found: Element): string {
  const text = found.content.toString('latin1');
  const year = found.tag === TAG.utcTime ? (Number(text.slice(0, 2)) < 50 ? '20' : '19') : '';
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u.exec(year + text);
  const [, y, mo, d, h, mi, s] = match ?? [];
  const time = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  if (Number.isNaN(time)) throw new CrlError('no CRL: a time in it is no time');
  return new Date(time).toISOString();
}
