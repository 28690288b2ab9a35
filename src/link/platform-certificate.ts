/** Whether a certificate that a TLS server shows is that of the platform which this terminal knows. */

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { acceptableKey, isSignedBy } from '../pki/algorithms.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { X509Error } from '../pki/der.ts';
import { KEY_USAGE } from '../pki/extensions.ts';

/**
 * - `malformed`: no certificate of the kind that is taken here
 * - `another-platform`: not issued by the key that is known
 * - `not-a-server`: not meant for servers (RFC 5280 4.2.1.12)
 * - `another-host`: not for the address that was connected to (RFC 9525)
 * - `outside-validity`: too early or too late for it, or for the certificate of the key that issued it
 */
export type PlatformFault =
  | 'malformed'
  | 'another-platform'
  | 'not-a-server'
  | 'another-host'
  | 'outside-validity';

export interface ExpectedPlatform {
  /** DER of its CA certificate. */
  readonly ca: Uint8Array;
  /** As in the URL: a name or an address. */
  readonly host: string;
  /** Milliseconds since the epoch; null where it is not known what time it is. */
  readonly now: number | null;
}

const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
/** As for signed objects: how far this terminal's clock may be from the platform's. */
const SKEW_MS = 5 * 60_000;

/**
 * `der`: what the server has proved to hold the key of. Null when it is the platform's. Throws for nothing in the bytes of
 * either certificate.
 */
export function platformFault(der: Uint8Array, expected: ExpectedPlatform): PlatformFault | null {
  try {
    const ca = parseCertificate(expected.ca);
    const certificate = parseCertificate(der);
    if (!isIssuedBy(certificate, ca)) return 'another-platform';
    acceptableKey(certificate.publicKey);
    if (!isForServers(certificate)) return 'not-a-server';
    if (!isForHost(der, expected.host)) return 'another-host';
    const { now } = expected;
    return now === null || [ca, certificate].every((each) => isInTime(each, now))
      ? null
      : 'outside-validity';
  } catch (error) {
    if (error instanceof X509Error) return 'malformed';
    throw error;
  }
}

/** A CA speaks for itself: its key signs the certificate directly, and no other CA stands between. */
export function isIssuedBy(certificate: Certificate, ca: Certificate): boolean {
  return (
    ca.ca &&
    ca.keyUsage?.has(KEY_USAGE.keyCertSign) === true &&
    certificate.issuer.equals(ca.subject) &&
    certificate.authorityKeyId === ca.subjectKeyId &&
    isSignedBy(certificate, acceptableKey(ca.publicKey))
  );
}

function isForServers({ ca, keyUsage, extendedKeyUsage }: Certificate): boolean {
  const maySign = keyUsage?.has(KEY_USAGE.digitalSignature) === true;
  return !ca && maySign && extendedKeyUsage?.includes(SERVER_AUTHENTICATION) === true;
}

function isForHost(der: Uint8Array, host: string): boolean {
  const certificate = new X509Certificate(der);
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  if (isIP(bare) !== 0) return certificate.checkIP(bare) !== undefined;
  return certificate.checkHost(bare, { subject: 'never', wildcards: false }) !== undefined;
}

function isInTime({ notBefore, notAfter }: Certificate, now: number): boolean {
  return now >= notBefore - SKEW_MS && now <= notAfter + SKEW_MS;
}
