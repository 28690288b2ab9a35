/** The public key in an institution's card-verifiable certificate. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import type { InstitutionCertificate } from '../domain/institution-certificate.ts';

export function institutionKeyOf({ modulus, exponent }: InstitutionCertificate): KeyObject {
  const n = Buffer.from(modulus).toString('base64url');
  const e = Buffer.from(exponent).toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
}
