/**
 * An authority, the generation before it, a stranger, and cards of theirs: what the tests of the
 * trust store share.
 */

import { generateKeyPairSync } from 'node:crypto';
import {
  Authority,
  type CrlOptions,
  FOREIGN_AUTHORITY_NAME,
  type IssuedCertificate,
  type IssueOptions,
} from '../../platform-sim/authority.ts';
import {
  type ExtensionSpec,
  encode,
  extension,
  type RevocationReason,
} from '../../platform-sim/x509.ts';
import type { TrustStore } from '../../src/pki/trust-store.ts';
import { trustStoreOf } from './memory-trust.ts';

export const DAY_MS = 86_400_000;
export const NOW = Date.now();

/** So many days from now. */
export function at(days: number): Date {
  return new Date(NOW + days * DAY_MS);
}

export const [authority, elder, foreign] = await Promise.all([
  Authority.create(),
  // The same name, another key.
  Authority.create(),
  Authority.create({ name: FOREIGN_AUTHORITY_NAME }),
]);

/** Cards with elliptic keys are made in no time, and the next generation of real ones has them. */
export const { privateKey: cardKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });

export function issue(options: IssueOptions = {}, by = authority): Promise<IssuedCertificate> {
  return by.issueUserCertificate({ privateKey: cardKey, ...options });
}

export function unknownExtension(critical: boolean): ExtensionSpec {
  return { oid: '1.3.6.1.4.1.32473.1', critical, value: encode(0x05) };
}

/** RFC 5280 5.2.4: what makes a CRL a delta. */
export function deltaOn(base: bigint): ExtensionSpec {
  const { value } = extension.crlNumber(base);
  return { oid: '2.5.29.27', critical: true, value };
}

export function load(
  crls: readonly Uint8Array[] = [],
  anchors: readonly Authority[] = [authority],
): Promise<TrustStore> {
  return trustStoreOf({ anchors: anchors.map((each) => each.caCertificate), crls });
}

/** A CRL of `authority` with this card on it. */
export function revoking(
  certificate: IssuedCertificate,
  options: CrlOptions = {},
  reason: RevocationReason = 'keyCompromise',
): Buffer {
  return authority.crl({
    revoked: [{ serial: certificate.serial, at: at(-1), reason }],
    ...options,
  });
}

/** `checked`, `stale` or `none` for a valid certificate, else the reason. */
export async function judge(
  der: Uint8Array,
  by: TrustStore | Promise<TrustStore>,
  now = NOW,
): Promise<string> {
  const verdict = await (await by).verify(der, now);
  return verdict.valid ? verdict.revocation : verdict.reason;
}
