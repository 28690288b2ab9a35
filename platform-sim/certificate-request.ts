/** The PKCS#10 (RFC 2986) with which a terminal asks for its certificate, taken apart and checked. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { DerError, Elements, structured, TAG } from './der.ts';
import { name } from './x509.ts';
import { checkAlgorithm, isSignedBy, readSigned, UnfitError } from './x509-reader.ts';

const MODULUS_BITS = 2048;
const EXPONENT = 65_537n;

/** The key that is asked for, when the request is for `terminal`, of RSA-2048 and signed by that key; else null. */
export function readCertificateRequest(der: Buffer, terminal: string): KeyObject | null {
  try {
    const signed = readSigned(der);
    const body = new Elements(signed.tbs).inside(TAG.sequence);
    const version = body.next(TAG.integer);
    const subject = body.next(TAG.sequence);
    const key = publicKeyOf(body.next(TAG.sequence).whole);
    body.next(structured(0));
    body.end();
    checkAlgorithm(signed, new Elements(signed.algorithm).next(TAG.sequence));
    const isOurs = subject.whole.equals(name([['CN', terminal]]));
    if (version.content.toString('hex') !== '00' || !isOurs || key === null) return null;
    return isSignedBy(signed, key) ? key : null;
  } catch (error) {
    if (error instanceof DerError || error instanceof UnfitError) return null;
    throw error;
  }
}

function publicKeyOf(spki: Buffer): KeyObject | null {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {};
    const isFit =
      key.asymmetricKeyType === 'rsa' &&
      modulusLength === MODULUS_BITS &&
      publicExponent === EXPONENT;
    return isFit ? key : null;
  } catch {
    return null;
  }
}
