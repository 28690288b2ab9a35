/**
 * Whether a certificate of a path was revoked (RFC 5280 6.3.3), from complete CRLs of any scope.
 * Fails closed: a reason for revocation that no CRL answers for leaves the question open.
 */

import {
  ALL_REASONS,
  type DistributionPoint,
  directoryName,
  fullNames,
  type Reasons,
} from './distribution-point.ts';
import { KEY_USAGE } from './extensions.ts';
import { type Link, mayBeSignedBy, type Path, type PathBuilder } from './path-building.ts';
import { revocationKey, type ScopedCrl } from './scoped-crl.ts';

/** How far a clock may lag behind the one that signed a CRL. */
const SKEW_MS = 5 * 60_000;

export type RevocationStatus = 'good' | 'unknown' | { readonly revoked: string };

export interface RevocationSources {
  /** The highest number first. */
  readonly crls: readonly ScopedCrl[];
  readonly builder: PathBuilder;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether this certificate has a valid path from this anchor. */
  readonly isValidUnder: (signer: Link, anchor: Link) => boolean;
}

/** `at`: which link of the path is asked about; those above it are known to be valid. */
export function revocationOf(path: Path, at: number, sources: RevocationSources): RevocationStatus {
  const target = path.links[at];
  if (target === undefined) throw new RangeError('no such link');
  const key = revocationKey(target.issuer, target.certificate.serial);
  let covered: Reasons = 0;
  for (const point of [...target.distributionPoints, defaultPoint(target)]) {
    for (const crl of sources.crls) {
      const covers = coverage(crl, point, target, sources.now);
      // (e)
      if ((covers & ~covered) === 0 || !isGenuine(crl, path, at, sources)) continue;
      // (i), (j)
      const reason = crl.revoked.get(key);
      if (reason !== undefined) return { revoked: reason };
      // (l)
      covered |= covers;
    }
  }
  return covered === ALL_REASONS ? 'good' : 'unknown';
}

/** 6.3.3, last paragraph: the issuer's own CRLs, even where no point names them. */
function defaultPoint({ issuer }: Link): DistributionPoint {
  return { name: { full: [directoryName(issuer)] }, reasons: ALL_REASONS, crlIssuers: null };
}

/** For which reasons a CRL answers for a certificate at one of its points: (a), (b), (d). */
function coverage(crl: ScopedCrl, point: DistributionPoint, target: Link, now: number): Reasons {
  // (a) A path in general has no policy for stale lists, so they answer for nothing.
  if (crl.thisUpdate > now + SKEW_MS || crl.nextUpdate < now) return 0;
  const { scope } = crl;
  const issuers = point.crlIssuers ?? [target.issuer];
  // (b)(1)
  if (!issuers.some((issuer) => issuer.key === crl.issuer.key)) return 0;
  if (point.crlIssuers !== null && !scope?.indirect) return 0;
  if (scope === null) return point.reasons;
  // (b)(2)(i)
  if (scope.name !== null) {
    const names = fullNames(scope.name, crl.issuer);
    const asked =
      point.name === null ? issuers.map(directoryName) : fullNames(point.name, crl.issuer);
    if (!asked.some((name) => names.includes(name))) return 0;
  }
  // (b)(2)(ii) to (iv)
  const { ca } = target.certificate;
  if (scope.onlyUserCertificates && ca) return 0;
  if (scope.onlyCaCertificates && !ca) return 0;
  if (scope.onlyAttributeCertificates) return 0;
  // (d)
  return scope.reasons & point.reasons;
}

/** (f), (g): signed by a key with that name, whose own path comes from the same anchor. */
function isGenuine(
  crl: ScopedCrl,
  path: Path,
  at: number,
  { builder, isValidUnder }: RevocationSources,
): boolean {
  const above = [path.anchor, ...path.links.slice(0, at)];
  const candidates = new Set([...above, ...builder.intermediates]);
  return [...candidates].some((signer) => {
    const { keyUsage } = signer.certificate;
    return (
      signer.subject.key === crl.issuer.key &&
      mayBeSignedBy(crl.authorityKeyId, signer) &&
      (keyUsage === null || keyUsage.has(KEY_USAGE.crlSign)) &&
      builder.isSigned(crl, signer) &&
      (above.includes(signer) || isValidUnder(signer, path.anchor))
    );
  });
}
