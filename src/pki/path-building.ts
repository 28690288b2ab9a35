/**
 * Certification paths from pinned anchors down to one certificate, through a bounded pool of
 * intermediates that nobody has to trust: only what names and signatures connect is a path.
 */

import type { KeyObject } from 'node:crypto';
import { acceptableKey, isSignedBy, type Signed } from './algorithms.ts';
import {
  anySerialKey,
  type Certificate,
  type CertificateRules,
  parseCertificate,
} from './certificate.ts';
import { X509Error } from './der.ts';
import { type DistributionPoint, readDistributionPoints } from './distribution-point.ts';
import { extension, OID } from './extensions.ts';
import { type Name, readName } from './name.ts';

/**
 * What one question may cost, the paths of CRL signers included. Signatures are the dear part, 0.1
 * ms each; candidates and paths bound the search where cross-certificates make many ways out of few
 * certificates.
 */
export const PATH_LIMITS = {
  anchors: 64,
  intermediates: 64,
  crls: 64,
  /** Certificates below the anchor. */
  depth: 8,
  signatures: 256,
  candidates: 2048,
  paths: 64,
} as const;

/** The limits are used up; whatever was asked has no answer. */
export class PathLimitError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'PathLimitError';
  }
}

const RULES: CertificateRules = {
  serial: anySerialKey,
  mayBeCritical: new Set([
    OID.keyUsage,
    OID.basicConstraints,
    OID.certificatePolicies,
    OID.extendedKeyUsage,
    OID.crlDistributionPoints,
  ]),
};

/** A certificate as paths see it. */
export interface Link {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  readonly issuer: Name;
  readonly subject: Name;
  /** RFC 5280 6.1: issued by the CA itself to another key of its own. */
  readonly selfIssued: boolean;
  readonly distributionPoints: readonly DistributionPoint[];
}

export interface Path {
  readonly anchor: Link;
  /** From the one that the anchor issued to the one that is asked about. */
  readonly links: readonly Link[];
}

/** Throws X509Error. */
export function readLink(der: Uint8Array): Link {
  const certificate = parseCertificate(der, RULES);
  const { extensions, publicKey } = certificate;
  // RFC 5280 4.2.1.10, 4.2.1.11: neither is processed here, and whoever wrote one means it, critical
  // or not. Without policy constraints no policy can make a path invalid (6.1.1 (c) to (g), with
  // any-policy asked for), so policies and their mappings need no tree.
  for (const oid of [OID.nameConstraints, OID.policyConstraints])
    if (extensions.has(oid)) throw new X509Error(`extension ${oid} is not processed`);
  const [issuer, subject] = [readName(certificate.issuer), readName(certificate.subject)];
  return {
    certificate,
    key: acceptableKey(publicKey),
    issuer,
    subject,
    selfIssued: issuer.key === subject.key,
    distributionPoints:
      extension(extensions, OID.crlDistributionPoints, readDistributionPoints) ?? [],
  };
}

/** RFC 5280 4.2.1.1: a hint that may be absent on either side, yet must not contradict. */
export function mayBeSignedBy(authorityKeyId: string | null, { certificate }: Link): boolean {
  const { subjectKeyId } = certificate;
  return authorityKeyId === null || subjectKeyId === null || authorityKeyId === subjectKeyId;
}

/** The certificates of one question, and what may still be spent on its answer. */
export class PathBuilder {
  readonly anchors: readonly Link[];
  readonly intermediates: readonly Link[];
  readonly #signatures = new Map<Signed, Map<Link, boolean>>();
  #signaturesLeft: number = PATH_LIMITS.signatures;
  #candidatesLeft: number = PATH_LIMITS.candidates;
  #pathsLeft: number = PATH_LIMITS.paths;

  constructor(anchors: readonly Link[], intermediates: readonly Link[]) {
    this.anchors = anchors;
    this.intermediates = intermediates;
  }

  /** Every path to `target`, the shortest end first. Throws PathLimitError. */
  *pathsTo(target: Link, below: readonly Link[] = []): Generator<Path> {
    const links = [target, ...below];
    for (const anchor of this.anchors) {
      if (!this.#issued(anchor, target)) continue;
      this.#pathsLeft -= 1;
      if (this.#pathsLeft < 0) throw new PathLimitError('too many paths');
      yield { anchor, links };
    }
    if (links.length === PATH_LIMITS.depth) return;
    for (const issuer of this.intermediates) {
      // RFC 5280 6.1: no certificate twice; and no key twice, or two CAs could go round in circles.
      if (!links.some((link) => isSameEntity(link, issuer)) && this.#issued(issuer, target))
        yield* this.pathsTo(issuer, links);
    }
  }

  /** Whether `signer`'s key signed it; asked once only. Throws PathLimitError. */
  isSigned(signed: Signed, signer: Link): boolean {
    const known = this.#signatures.get(signed) ?? new Map<Link, boolean>();
    this.#signatures.set(signed, known);
    const before = known.get(signer);
    if (before !== undefined) return before;
    this.#signaturesLeft -= 1;
    if (this.#signaturesLeft < 0) throw new PathLimitError('too many signatures');
    const genuine = isSignedBy(signed, signer.key);
    known.set(signer, genuine);
    return genuine;
  }

  /** RFC 5280 6.1.3 (a)(1), (a)(4) */
  #issued(issuer: Link, { certificate, issuer: name }: Link): boolean {
    this.#candidatesLeft -= 1;
    if (this.#candidatesLeft < 0) throw new PathLimitError('too many candidates');
    return (
      issuer.subject.key === name.key &&
      mayBeSignedBy(certificate.authorityKeyId, issuer) &&
      this.isSigned(certificate, issuer)
    );
  }
}

function isSameEntity(a: Link, b: Link): boolean {
  return a.subject.key === b.subject.key && a.key.equals(b.key);
}
