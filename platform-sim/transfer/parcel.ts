/**
 * A parcel opened: what a terminal signed, around what it sealed for the municipality. The signature is looked at first:
 * nothing is opened that no terminal of this platform made.
 */

import {
  constants,
  createDecipheriv,
  hash,
  type KeyObject,
  privateDecrypt,
  X509Certificate,
} from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { DerError, Elements, oid, simple, structured, TAG } from '../der.ts';
import { type FactLines, readFactLines } from '../fact-lines.ts';
import { InputError } from '../input-error.ts';
import { checkSignedContent, readSignedContent } from '../signed-content.ts';
import type { TerminalCertificate } from '../terminal-registry.ts';

/** 500 facts of 16 KiB each, should nothing of them be compressed, and what is around them. */
export const PARCEL_BYTES_MAX = 9_000_000;
const UNPACKED_BYTES_MAX = 9_000_000;

const DATA = '1.2.840.113549.1.7.1';
const ENVELOPED_DATA = '1.2.840.113549.1.7.3';
const AES_256_CBC = '2.16.840.1.101.3.4.1.42';
const SET = 0x31;

/** Whom parcels are for, and whose they may be. */
export interface ParcelKeys {
  readonly recipient: KeyObject;
  /** The certificate with this SHA-256 (hex), of whatever terminal; null: none of this platform's. */
  readonly certificate: (sha256: string) => TerminalCertificate | null;
}

/** Throws InputError, whose text begins with `file`. */
export function openParcel(file: string, bytes: Buffer, keys: ParcelKeys): FactLines {
  const { content, terminal } = signedBy(file, bytes, keys);
  const lines = readFactLines(file, unpacked(file, opened(file, content, keys.recipient)));
  if (lines.terminal !== terminal) {
    throw new InputError(`${file}: ${terminal} signed facts of ${lines.terminal}`);
  }
  return lines;
}

function signedBy(
  file: string,
  bytes: Buffer,
  { certificate }: ParcelKeys,
): { readonly content: Buffer; readonly terminal: string } {
  try {
    const signed = readSignedContent(bytes, PARCEL_BYTES_MAX);
    const known = certificate(hash('sha256', signed.certificate));
    if (known === null) throw new InputError(`${file}: signed by no terminal of this platform`);
    checkSignedContent(signed, {
      ...namesIn(known.der),
      key: new X509Certificate(known.der).publicKey,
    });
    return { content: signed.content, terminal: known.terminal };
  } catch (error) {
    if (error instanceof DerError) throw notWhole(file, error.message);
    throw error;
  }
}

/** Issuer and serial number of a certificate that this platform issued. */
function namesIn(certificate: Buffer): { readonly issuer: Buffer; readonly serial: Buffer } {
  const body = new Elements(certificate).inside(TAG.sequence).inside(TAG.sequence);
  body.next(structured(0));
  const serial = body.next(TAG.integer).content;
  body.next(TAG.sequence);
  return { issuer: body.next(TAG.sequence).whole, serial };
}

/** RFC 5652 6.1, in the one form that terminals write. */
function opened(file: string, envelope: Buffer, key: KeyObject): Buffer {
  try {
    const contentInfo = new Elements(envelope).inside(TAG.sequence);
    mustBe(contentInfo, ENVELOPED_DATA);
    const data = contentInfo.inside(structured(0)).inside(TAG.sequence);
    data.next(TAG.integer);
    const recipient = data.inside(SET).inside(TAG.sequence);
    recipient.next(TAG.integer);
    recipient.next(TAG.sequence);
    recipient.next(TAG.sequence);
    const transported = recipient.next(TAG.octetString).content;
    const encrypted = data.inside(TAG.sequence);
    mustBe(encrypted, DATA);
    const algorithm = encrypted.inside(TAG.sequence);
    mustBe(algorithm, AES_256_CBC);
    const start = algorithm.next(TAG.octetString).content;
    const sealed = encrypted.next(simple(0)).content;
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const secret = privateDecrypt({ key, padding, oaepHash: 'sha1' }, transported);
    const decipher = createDecipheriv('aes-256-cbc', secret, start);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch (error) {
    if (error instanceof DerError) throw notWhole(file, error.message);
    // What OpenSSL says of a key that is not the right one.
    throw new InputError(`${file}: is sealed for somebody else`);
  }
}

function mustBe(elements: Elements, type: string): void {
  if (oid(elements.next(TAG.oid)) !== type) throw new DerError('another type than it should be');
}

function unpacked(file: string, packed: Buffer): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch {
    throw notWhole(file, 'it does not unpack');
  }
}

function notWhole(file: string, what: string): InputError {
  return new InputError(`${file}: is no whole parcel (${what}); copy it again`);
}
