/**
 * Who may vouch for a card: pinned CA certificates (anchors) and their revocation lists, and the
 * verdict on a card's certificate, made offline.
 *
 * Anchors issue cards directly, as JPKI's do; an intermediate CA is out of scope, and nothing that
 * a card hands over is ever trusted, so there is no path to build and none to lead astray. Several
 * anchors with one name and different keys (generations of one CA) are normal: everything here
 * hangs on keys, never on names alone.
 */

import type {
  CertificateReason,
  CertificateVerdict,
  RevocationCheck,
} from '../domain/certificate-verdict.ts';
import { acceptableKey, isSignedBy } from './algorithms.ts';
import { type Anchor, maySignCrls, readAnchor } from './anchor.ts';
import { authenticationFault, type Certificate, parseCertificate } from './certificate.ts';
import type { CrlReason } from './crl.ts';
import { X509Error } from './der.ts';
import type { OcspSubject } from './ocsp.ts';
import type { Revocation, RevocationList } from './revocation-list.ts';
import { TrustError } from './trust-error.ts';

const MAX_ANCHORS = 64;
/** Of each anchor a full list and its delta. */
const MAX_CRLS = 128;
/** How far a clock may lag behind the one that signed a CRL. */
const SKEW_MS = 5 * 60_000;
/** Some ten milliseconds of a start: the code that decides has been compiled by then, not only loaded. */
const WARM_VERDICTS = 64;

export interface TrustMaterial {
  /** DER of self-signed CA certificates. */
  readonly anchors: readonly Uint8Array[];
  /** Each signed by one of the anchors' keys. The store closes them. */
  readonly crls: readonly RevocationList[];
}

/** What is known of one CRL, for those who show or compare it. */
export interface CrlSummary {
  /** Subject key identifier of the issuing anchor, hex. */
  readonly keyId: string;
  readonly keyHash: string;
  readonly number: bigint;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entries: number;
}

/** A delta that does not count, and why; the full list that is held counts on. */
export interface IgnoredDelta {
  readonly reason: 'base-not-held' | 'other-scope' | 'not-newer';
  readonly number: bigint;
  readonly base: bigint;
}

/** What a full list says, alone or with a delta laid over it. */
interface View {
  readonly anchor: Anchor;
  readonly full: RevocationList;
  readonly delta: RevocationList | null;
  /**
   * RFC 5280 5.2.4: a list put together from both has the number and the times of the delta.
   */
  readonly newest: RevocationList;
}

export class TrustStore {
  readonly ignoredDeltas: readonly IgnoredDelta[];
  readonly #anchors: readonly Anchor[];
  /** The highest number first. */
  readonly #views: readonly View[];
  readonly #lists: readonly RevocationList[];

  private constructor(anchors: readonly Anchor[], lists: readonly RevocationList[]) {
    const full = lists.filter(({ base }) => base === null);
    const views: View[] = full.map((list) => viewOf(anchors, list, null));
    const ignored: IgnoredDelta[] = [];
    for (const delta of lists) {
      if (delta.base === null) continue;
      const under = baseOf(delta, delta.base, full);
      if ('reason' in under) ignored.push(under);
      else views.push(viewOf(anchors, under, delta));
    }
    // RFC 5280 5.2.3: numbers rise, so of one key the highest is the newest.
    views.sort((a, b) => compare(b.newest.number, a.newest.number));
    this.#anchors = anchors;
    this.#views = views;
    this.#lists = lists;
    this.ignoredDeltas = ignored;
  }

  /**
   * All or nothing: one anchor that is not in order refuses the whole material with TrustError, and
   * so does a list that no anchor's key signed. Staleness is judged at use, so expired anchors and
   * CRLs past their nextUpdate load; a delta without its base is ignored.
   */
  static load({ anchors, crls }: TrustMaterial): TrustStore {
    if (anchors.length > MAX_ANCHORS || crls.length > MAX_CRLS)
      throw new TrustError('too-many', 'more anchors or CRLs than a terminal holds');
    return new TrustStore(anchors.map(readAnchor), crls);
  }

  get anchors(): number {
    return this.#anchors.length;
  }

  /** The keys of the anchors, as a revocation list names them. */
  get keyHashes(): readonly string[] {
    return this.#anchors.map(({ keyHash }) => keyHash);
  }

  get crls(): readonly CrlSummary[] {
    return this.#views.map(({ anchor, newest }) => {
      const { keyHash, number, thisUpdate, nextUpdate, entries } = newest;
      return { keyId: anchor.keyId, keyHash, number, thisUpdate, nextUpdate, entries };
    });
  }

  /**
   * Closes the lists, so that nobody may ask any more. A store that only was replaced need not be
   * closed: there may be a question under way.
   */
  close(): void {
    for (const list of this.#lists) list.close();
  }

  /**
   * `certificate`: whatever bytes the card gave; `now`: ms since the epoch. Never rejects for
   * anything in the bytes. The first fault decides: untrusted, then dates, then usage, then
   * revocation.
   */
  verify(certificate: Uint8Array, now: number): Promise<CertificateVerdict> {
    return Promise.resolve(this.#judge(certificate, now));
  }

  /**
   * What asking the issuer of a card online needs; null when no pinned CA that is in force issued
   * it. Says nothing about the card.
   */
  ocspSubject(der: Uint8Array, now: number): OcspSubject | null {
    try {
      const certificate = parseCertificate(der);
      const issuer = this.#issuersOf(certificate).find((anchor) =>
        isWithinValidity(anchor.certificate, now),
      );
      if (issuer === undefined) return null;
      return {
        certificate,
        issuer: issuer.certificate,
        issuerKey: issuer.key,
        isRevoked: (other) => !this.#revocation(other, issuer, now).valid,
      };
    } catch (error) {
      if (error instanceof X509Error) return null;
      throw error;
    }
  }

  /**
   * Spends at start-up what the first verification of a process costs (code loaded and compiled,
   * tables built).
   */
  async warm(): Promise<void> {
    for (let done = 0; done < WARM_VERDICTS && this.#anchors.length > 0; done += 1) {
      const anchor = this.#anchors[done % this.#anchors.length];
      if (anchor !== undefined) await this.verify(anchor.der, anchor.certificate.notBefore);
    }
  }

  #judge(der: Uint8Array, now: number): CertificateVerdict {
    let certificate: Certificate;
    try {
      certificate = parseCertificate(der);
      acceptableKey(certificate.publicKey);
    } catch (error) {
      if (error instanceof X509Error) return refused('certificate-untrusted', error.message);
      throw error;
    }
    const issuers = this.#issuersOf(certificate);
    if (issuers.length === 0)
      return refused('certificate-untrusted', 'no anchor issued the certificate');
    const issuer = issuers.find((anchor) => isWithinValidity(anchor.certificate, now));
    if (issuer === undefined)
      return refused('certificate-untrusted', 'the issuing anchor is outside its own validity');
    // RFC 5280 6.1.3 (a)(2)
    if (now < certificate.notBefore)
      return refused('certificate-not-yet-valid', 'before notBefore');
    if (now > certificate.notAfter) return refused('certificate-expired', 'after notAfter');
    const fault = authenticationFault(certificate);
    if (fault !== null) return refused('certificate-not-for-authentication', fault);
    return this.#revocation(certificate, issuer, now);
  }

  /**
   * RFC 5280 6.1.3 (a)(1), (a)(4): the name, the key identifier and the signature must all agree.
   */
  #issuersOf(certificate: Certificate): readonly Anchor[] {
    // RFC 5280 4.2.1.1: only a self-signed certificate may leave the authority key identifier out.
    const selfIssued = certificate.issuer.equals(certificate.subject);
    const keyId = certificate.authorityKeyId ?? (selfIssued ? certificate.subjectKeyId : null);
    return this.#anchors.filter(
      (anchor) =>
        anchor.keyId === keyId &&
        anchor.certificate.subject.equals(certificate.issuer) &&
        isSignedBy(certificate, anchor.key),
    );
  }

  /**
   * RFC 5280 6.3.3, with the CRLs of the issuing *key* alone. A list from the future vouches for
   * nobody, yet whom it revokes stays revoked: its issuer said so, and it may be our clock that is
   * wrong. So does one past its nextUpdate.
   */
  #revocation(certificate: Certificate, issuer: Anchor, now: number): CertificateVerdict {
    for (const view of this.#views) {
      if (view.newest.keyHash !== issuer.keyHash) continue;
      const revocation = findIn(view, certificate.serial);
      if (revocation !== null) return refusedAsRevoked(revocation.reason);
      const { thisUpdate, nextUpdate } = view.newest;
      if (thisUpdate <= now + SKEW_MS) return accepted(now > nextUpdate ? 'stale' : 'checked');
    }
    return accepted('none');
  }
}

function refused(
  reason: Exclude<CertificateReason, 'certificate-revoked'>,
  detail: string,
): CertificateVerdict {
  return { valid: false, reason, detail };
}

function refusedAsRevoked(revokedFor: CrlReason): CertificateVerdict {
  const detail = 'on the revocation list of its issuer';
  return { valid: false, reason: 'certificate-revoked', detail, revokedFor };
}

function accepted(revocation: RevocationCheck): CertificateVerdict {
  return { valid: true, revocation };
}

function isWithinValidity(certificate: Certificate, now: number): boolean {
  return now >= certificate.notBefore && now <= certificate.notAfter;
}

function viewOf(
  anchors: readonly Anchor[],
  full: RevocationList,
  delta: RevocationList | null,
): View {
  const anchor = anchors.find((each) => each.keyHash === full.keyHash && maySignCrls(each));
  if (anchor === undefined)
    throw new TrustError('crl-without-anchor', 'a list of a key that no anchor signs lists with');
  return { anchor, full, delta, newest: delta ?? full };
}

/** RFC 5280 5.2.4 and 6.3.3 (c): of the same key and scope, not older than the base, not as new. */
function baseOf(
  delta: RevocationList,
  base: bigint,
  full: readonly RevocationList[],
): RevocationList | IgnoredDelta {
  const ignored = (reason: IgnoredDelta['reason']) => ({ reason, number: delta.number, base });
  const known = full.filter(({ keyHash, number }) => {
    return keyHash === delta.keyHash && number >= base;
  });
  if (known.length === 0) return ignored('base-not-held');
  const alike = known.filter(({ scope }) => scope === delta.scope);
  if (alike.length === 0) return ignored('other-scope');
  const older = alike.filter(({ number }) => number < delta.number);
  const [newest] = older.toSorted((a, b) => compare(b.number, a.number));
  return newest ?? ignored('not-newer');
}

function findIn({ full, delta }: View, serial: string): Revocation | null {
  const changed = delta?.revoked(serial) ?? null;
  if (changed === null) return full.revoked(serial);
  return changed.reason === 'removeFromCRL' ? null : changed;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
