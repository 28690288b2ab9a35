/** Pinned CA certificates, which vouch for cards and sign revocation lists. */

import { hash, type KeyObject } from 'node:crypto';
import { acceptableKey, isSignedBy } from './algorithms.ts';
import { type Certificate, parseCertificate } from './certificate.ts';
import { X509Error } from './der.ts';
import { KEY_USAGE } from './extensions.ts';
import { TrustError } from './trust-error.ts';

export interface Anchor {
  readonly certificate: Certificate;
  readonly der: Uint8Array;
  readonly key: KeyObject;
  /** Subject key identifier, hex. */
  readonly keyId: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hex: what a revocation list is bound to. */
  readonly keyHash: string;
}

/** `der`: a self-signed CA certificate. Throws TrustError `anchor-unusable`. */
export function readAnchor(der: Uint8Array): Anchor {
  try {
    const certificate = parseCertificate(der);
    const { ca, keyUsage, subjectKeyId, publicKey } = certificate;
    const key = acceptableKey(publicKey);
    // RFC 5280 4.2.1.2, 4.2.1.9, 4.2.1.3
    if (subjectKeyId === null) throw new X509Error('no subject key identifier');
    if (!ca) throw new X509Error('not a CA');
    if (keyUsage !== null && !keyUsage.has(KEY_USAGE.keyCertSign))
      throw new X509Error('key usage lacks keyCertSign');
    // Says nothing about trust, but finds a certificate that was damaged on its way, or an
    // intermediate.
    if (!isSignedBy(certificate, key)) throw new X509Error('not signed by its own key');
    return { certificate, der, key, keyId: subjectKeyId, keyHash: hash('sha256', publicKey) };
  } catch (error) {
    if (error instanceof X509Error)
      throw new TrustError('anchor-unusable', error.message, { cause: error });
    throw error;
  }
}

/** RFC 5280 6.3.3 (f) */
export function maySignCrls({ certificate: { keyUsage } }: Anchor): boolean {
  return keyUsage === null || keyUsage.has(KEY_USAGE.crlSign);
}
