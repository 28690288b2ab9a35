/**
 * Whether a certificate is valid (RFC 5280 6) under pinned anchors, also through intermediate CAs,
 * with CRLs of any scope. A card's certificate lies directly under its anchor and is judged by
 * `trust-store.ts`, which knows its profile and what an old list is worth; this is for everybody
 * else's. What a certificate is for is for the caller to judge.
 */

import { X509Error } from './der.ts';
import { KEY_USAGE } from './extensions.ts';
import {
  type Link,
  PATH_LIMITS,
  type Path,
  PathBuilder,
  PathLimitError,
  readLink,
} from './path-building.ts';
import { type RevocationSources, revocationOf } from './path-revocation.ts';
import { parseScopedCrl, type ScopedCrl } from './scoped-crl.ts';

/** DER throughout. */
export interface PathMaterial {
  /** Pinned: trusted because they are here. */
  readonly anchors: readonly Uint8Array[];
  /** CAs and signers of CRLs between anchor and certificate; trusted for nothing. */
  readonly intermediates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

export type PathFault =
  | 'malformed'
  | 'too-much'
  | 'no-path'
  | 'outside-validity'
  | 'not-a-ca'
  | 'path-too-long'
  | 'may-not-issue'
  | 'revoked'
  | 'revocation-unknown';

export type PathVerdict =
  | { readonly valid: true /** Certificates below the anchor. */; readonly length: number }
  | { readonly valid: false; readonly fault: PathFault; readonly detail: string };

type Fault = Extract<PathVerdict, { valid: false }>;

/**
 * `certificate`: DER; `now`: ms since the epoch. The first valid path decides; when there is none,
 * the fault of the first path that was tried. An intermediate or CRL that can't be read counts as
 * absent. Never throws for anything in the bytes, but for an anchor that is unusable (X509Error).
 */
export function validatePath(
  certificate: Uint8Array,
  material: PathMaterial,
  now: number,
): PathVerdict {
  for (const kind of ['anchors', 'intermediates', 'crls'] as const)
    if (material[kind].length > PATH_LIMITS[kind]) return invalid('too-much', `too many ${kind}`);
  const anchors = material.anchors.map(readLink);
  try {
    const target = readLink(certificate);
    const builder = new PathBuilder(anchors, readable(material.intermediates, readLink));
    return new Question(builder, readable(material.crls, parseScopedCrl), now).answer(target);
  } catch (error) {
    if (error instanceof X509Error) return invalid('malformed', error.message);
    if (error instanceof PathLimitError) return invalid('too-much', error.message);
    throw error;
  }
}

class Question {
  readonly #sources: RevocationSources;
  /** Whose validity is being looked into: nobody vouches for himself, not even by way of others. */
  readonly #open = new Set<Link>();

  constructor(builder: PathBuilder, crls: readonly ScopedCrl[], now: number) {
    this.#sources = {
      builder,
      now,
      // RFC 5280 5.2.3: numbers rise, so of one issuer and scope the highest is the newest.
      crls: crls.toSorted((a, b) => (a.number < b.number ? 1 : a.number > b.number ? -1 : 0)),
      isValidUnder: (signer, anchor) => this.answer(signer, anchor).valid,
    };
  }

  /** `only`: the anchor that the path must begin at (6.3.3 (f)). */
  answer(target: Link, only?: Link): PathVerdict {
    if (this.#open.has(target)) return invalid('revocation-unknown', 'a circle of CRL signers');
    this.#open.add(target);
    try {
      let first: Fault | null = null;
      for (const path of this.#sources.builder.pathsTo(target)) {
        if (only !== undefined && path.anchor !== only) continue;
        const fault = pathFault(path, this.#sources.now) ?? this.#revocationFault(path);
        if (fault === null) return { valid: true, length: path.links.length };
        first ??= fault;
      }
      return first ?? invalid('no-path', 'no path leads to an anchor');
    } finally {
      this.#open.delete(target);
    }
  }

  /** 6.1.3 (a)(3), from the anchor down, so that whoever signs a CRL on the way is known valid. */
  #revocationFault(path: Path): Fault | null {
    for (const at of path.links.keys()) {
      const status = revocationOf(path, at, this.#sources);
      if (status === 'unknown')
        return invalid('revocation-unknown', 'no CRLs answer for all reasons');
      if (status !== 'good') return invalid('revoked', status.revoked);
    }
    return null;
  }
}

/** RFC 5280 6.1.3 to 6.1.5, but for signatures and names, which made the path, and revocation. */
function pathFault({ anchor, links }: Path, now: number): Fault | null {
  // RFC 5937 3: what an anchor's own certificate says binds it, too.
  const anchorFault = issuerFault(anchor, now);
  if (anchorFault !== null) return anchorFault;
  let maxPathLength = anchor.certificate.pathLength ?? PATH_LIMITS.depth;
  for (const link of links.slice(0, -1)) {
    const fault = issuerFault(link, now);
    if (fault !== null) return fault;
    // 6.1.4 (l)
    if (!link.selfIssued) {
      if (maxPathLength === 0) return invalid('path-too-long', 'pathLenConstraint is exceeded');
      maxPathLength -= 1;
    }
    // 6.1.4 (m)
    maxPathLength = Math.min(maxPathLength, link.certificate.pathLength ?? maxPathLength);
  }
  const target = links.at(-1);
  return target === undefined ? null : validityFault(target, now);
}

function issuerFault(link: Link, now: number): Fault | null {
  const { ca, keyUsage } = link.certificate;
  // 6.1.4 (k)
  if (!ca) return invalid('not-a-ca', 'an issuer is no CA');
  // 6.1.4 (n)
  if (keyUsage !== null && !keyUsage.has(KEY_USAGE.keyCertSign))
    return invalid('may-not-issue', 'key usage lacks keyCertSign');
  return validityFault(link, now);
}

/** 6.1.3 (a)(2) */
function validityFault({ certificate }: Link, now: number): Fault | null {
  return now < certificate.notBefore || now > certificate.notAfter
    ? invalid('outside-validity', 'a certificate of the path is outside its validity')
    : null;
}

function readable<T>(list: readonly Uint8Array[], read: (der: Uint8Array) => T): readonly T[] {
  return list.flatMap((der) => {
    try {
      return [read(der)];
    } catch (error) {
      if (error instanceof X509Error) return [];
      throw error;
    }
  });
}

function invalid(fault: PathFault, detail: string): Fault {
  return { valid: false, fault, detail };
}
