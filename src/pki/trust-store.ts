/**
 * Who may vouch for a card: pinned CA certificates (anchors) and their revocation lists, and the
 * verdict on a card's certificate, made offline.
 *
 * Anchors issue cards directly, as JPKI's do; an intermediate CA is out of scope, and nothing that
 * a card hands over is ever trusted, so there is no path to build and none to lead astray. Several
 * anchors with one name and different keys (generations of one CA) are normal: everything here
 * hangs on keys, never on names alone.
 */

import type { KeyObject } from 'node:crypto';
import type {
  CertificateReason,
  CertificateVerdict,
  RevocationCheck,
} from '../domain/certificate-verdict.ts';
import { acceptableKey, isSignedBy, isSignedByLarge } from './algorithms.ts';
import { authenticationFault, type Certificate, parseCertificate } from './certificate.ts';
import { type Crl, parseCrl } from './crl.ts';
import { X509Error } from './der.ts';
import { KEY_USAGE } from './extensions.ts';
import type { OcspSubject } from './ocsp.ts';

const MAX_ANCHORS = 64;
const MAX_CRLS = 64;
/** How far a clock may lag behind the one that signed a CRL. */
const SKEW_MS = 5 * 60_000;
/** Some ten milliseconds of a start: the code that decides has been compiled by then, not only loaded. */
const WARM_VERDICTS = 64;

export type TrustFault =
  | 'too-many'
  | 'anchor-unusable'
  | 'crl-malformed'
  | 'crl-without-anchor'
  | 'crl-bad-signature';

/** Material that is not taken, and why. `detail` names no person and no serial number. */
export class TrustError extends Error {
  readonly reason: TrustFault;
  constructor(reason: TrustFault, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'TrustError';
    this.reason = reason;
  }
}

export interface TrustMaterial {
  /** DER of self-signed CA certificates. */
  readonly anchors: readonly Uint8Array[];
  /** DER of complete CRLs, each signed by one of the anchors' keys. */
  readonly crls: readonly Uint8Array[];
}

/** What is known of one CRL, for those who show or compare it. */
export interface CrlSummary {
  /** Subject key identifier of the issuing anchor, hex. */
  readonly keyId: string;
  readonly number: bigint;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entries: number;
}

interface Anchor {
  readonly certificate: Certificate;
  readonly der: Uint8Array;
  readonly key: KeyObject;
  readonly keyId: string;
}

/** What is kept of a CRL once its signature has been checked: not its bytes. */
type VerifiedCrl = Pick<Crl, 'number' | 'thisUpdate' | 'nextUpdate' | 'revoked'> & {
  readonly anchor: Anchor;
};

export class TrustStore {
  readonly #anchors: readonly Anchor[];
  /** The highest number first. */
  readonly #crls: readonly VerifiedCrl[];

  private constructor(anchors: readonly Anchor[], crls: readonly VerifiedCrl[]) {
    this.#anchors = anchors;
    this.#crls = crls;
  }

  /**
   * All or nothing: one anchor or CRL that is not in order refuses the whole material with
   * TrustError. Staleness is judged at use, so expired anchors and CRLs past their nextUpdate load.
   */
  static async load(material: TrustMaterial): Promise<TrustStore> {
    if (material.anchors.length > MAX_ANCHORS || material.crls.length > MAX_CRLS)
      throw new TrustError('too-many', 'more anchors or CRLs than a terminal holds');
    const anchors = material.anchors.map(loadAnchor);
    const crls: VerifiedCrl[] = [];
    for (const der of material.crls) crls.push(await loadCrl(der, anchors));
    // RFC 5280 5.2.3: numbers rise, so of one key the highest is the newest.
    crls.sort((a, b) => (a.number < b.number ? 1 : a.number > b.number ? -1 : 0));
    return new TrustStore(anchors, crls);
  }

  get anchors(): number {
    return this.#anchors.length;
  }

  get crls(): readonly CrlSummary[] {
    return this.#crls.map(({ anchor, number, thisUpdate, nextUpdate, revoked }) => ({
      keyId: anchor.keyId,
      number,
      thisUpdate,
      nextUpdate,
      entries: revoked.size,
    }));
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
    for (const crl of this.#crls) {
      if (!crl.anchor.key.equals(issuer.key)) continue;
      const reason = crl.revoked.get(certificate.serial);
      if (reason !== undefined) return refusedAsRevoked(reason);
      if (crl.thisUpdate <= now + SKEW_MS)
        return accepted(now > crl.nextUpdate ? 'stale' : 'checked');
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

function refusedAsRevoked(revokedFor: string): CertificateVerdict {
  const detail = 'on the revocation list of its issuer';
  return { valid: false, reason: 'certificate-revoked', detail, revokedFor };
}

function accepted(revocation: RevocationCheck): CertificateVerdict {
  return { valid: true, revocation };
}

function isWithinValidity(certificate: Certificate, now: number): boolean {
  return now >= certificate.notBefore && now <= certificate.notAfter;
}

function loadAnchor(der: Uint8Array): Anchor {
  try {
    const certificate = parseCertificate(der);
    const { ca, keyUsage, subjectKeyId } = certificate;
    const key = acceptableKey(certificate.publicKey);
    // RFC 5280 4.2.1.2, 4.2.1.9, 4.2.1.3
    if (subjectKeyId === null) throw new X509Error('no subject key identifier');
    if (!ca) throw new X509Error('not a CA');
    if (keyUsage !== null && !keyUsage.has(KEY_USAGE.keyCertSign))
      throw new X509Error('key usage lacks keyCertSign');
    // Says nothing about trust, but finds a certificate that was damaged on its way, or an
    // intermediate.
    if (!isSignedBy(certificate, key)) throw new X509Error('not signed by its own key');
    return { certificate, der, key, keyId: subjectKeyId };
  } catch (error) {
    if (error instanceof X509Error)
      throw new TrustError('anchor-unusable', error.message, { cause: error });
    throw error;
  }
}

async function loadCrl(der: Uint8Array, anchors: readonly Anchor[]): Promise<VerifiedCrl> {
  const crl = await parseCrl(der).catch((error: unknown) => {
    if (error instanceof X509Error)
      throw new TrustError('crl-malformed', error.message, { cause: error });
    throw error;
  });
  const candidates = anchors.filter(
    ({ keyId, certificate }) =>
      (crl.authorityKeyId ?? keyId) === keyId && certificate.subject.equals(crl.issuer),
  );
  if (candidates.length === 0)
    throw new TrustError('crl-without-anchor', 'no anchor has the name and key that the CRL names');
  for (const anchor of candidates) {
    const { keyUsage } = anchor.certificate;
    // RFC 5280 6.3.3 (f)
    const mayIssue = keyUsage === null || keyUsage.has(KEY_USAGE.crlSign);
    if (mayIssue && (await isSignedByLarge(crl, anchor.key))) {
      const { number, thisUpdate, nextUpdate, revoked } = crl;
      return { anchor, number, thisUpdate, nextUpdate, revoked };
    }
  }
  throw new TrustError('crl-bad-signature', 'the key that the CRL names did not sign it');
}
