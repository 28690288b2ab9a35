/**
 * A parcel opened: what a terminal signed, around what it sealed for the municipality. The signature is looked at first:
 * nothing is opened that no terminal of this platform made.
 */

import { hash, type KeyObject, X509Certificate } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { DerError, Elements, structured, TAG } from '../der.ts';
import { openEnvelope } from '../evacuation/sealed.ts';
import { type FactLines, readFactLines } from '../fact-lines.ts';
import { InputError } from '../input-error.ts';
import { checkSignedContent, readSignedContent } from '../signed-content.ts';
import type { TerminalCertificate } from '../terminal-registry.ts';

/** 500 facts of 16 KiB each, should nothing of them be compressed, and what is around them. */
export const PARCEL_BYTES_MAX = 9_000_000;
const UNPACKED_BYTES_MAX = 9_000_000;

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

function opened(file: string, envelope: Buffer, key: KeyObject): Buffer {
  try {
    return openEnvelope(envelope, key);
  } catch (error) {
    if (error instanceof DerError) throw notWhole(file, error.message);
    // What OpenSSL says of a key that is not the right one.
    throw new InputError(`${file}: is sealed for somebody else`);
  }
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
