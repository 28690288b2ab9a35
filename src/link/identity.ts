/**
 * Who this terminal is: its certificate, whose key stays in the key store, and the key that speaks TLS for it, which is
 * made at each start, is in memory alone, and has a certificate of a day that the terminal's own key signs.
 *
 * While a renewal is under way there are two: the next certificate, which has not connected yet, and the one before.
 */

import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { acceptableKey } from '../pki/algorithms.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { X509Error } from '../pki/der.ts';
import { KEY_USAGE } from '../pki/extensions.ts';
import { issueLinkCertificate, makeRequest, type Signer, subjectOf } from '../pki/issuing.ts';
import type { KeyEnvelope } from '../pki/key-envelope.ts';
import type { Ledger } from '../store/ledger.ts';
import { isIssuedBy } from './platform-certificate.ts';
import type { ClientCredentials } from './secure-transport.ts';

/** The ledger's setting. */
const SETTING = 'identity';

const STORED = z.strictObject({
  /** Label of a key that a certificate was, or will be, asked for. */
  pending: z.string().nullable(),
  /** The next one first. */
  certificates: z.array(z.strictObject({ label: z.string(), certificate: z.base64() })).max(2),
});
type Stored = z.infer<typeof STORED>;
const NOTHING: Stored = { pending: null, certificates: [] };

const KEY_IS_GONE = 'the key store does not have the key of this terminal';

const HOUR_MS = 3_600_000;
/** Together 24 hours, which the platform allows. The first is for a platform whose clock is behind. */
const LINK_BACKDATED_MS = HOUR_MS;
const LINK_LIFE_MS = 23 * HOUR_MS;
/** A link key with less life than this is replaced before the next connection. */
const LINK_RENEW_WITHIN_MS = 8 * HOUR_MS;

/** What the key store does not have any more, or can't use. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
}

export interface IdentityParts {
  readonly terminal: string;
  readonly ledger: Pick<Ledger, 'get' | 'set'>;
  readonly keys: Pick<KeyStore, 'generate' | 'signingKey' | 'forget'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface Enrolled {
  readonly label: string;
  /** DER. */
  readonly certificate: Buffer;
}

interface LinkKey extends ClientCredentials {
  /** The terminal's certificate that it goes with. */
  readonly of: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Whether a certificate of this terminal is kept. */
export function isEnrolled(ledger: Pick<Ledger, 'get'>): boolean {
  return read(ledger).certificates.length > 0;
}

/** Times of a certificate of this terminal, in ms since the epoch. */
export interface OwnValidity {
  /** From then on the next certificate is asked for, over the link. */
  readonly renewFrom: number;
  readonly notAfter: number;
}

/** Of the newest certificate that is kept; null while this terminal is not enrolled. */
export function validityOf(ledger: Pick<Ledger, 'get'>): OwnValidity | null {
  const [newest] = read(ledger).certificates;
  return newest === undefined ? null : ownValidity(Buffer.from(newest.certificate, 'base64'));
}

export class TerminalIdentity {
  readonly #parts: IdentityParts;
  #stored: Stored;
  #linkKey: LinkKey | null = null;
  #neighbourKey: LinkKey | null = null;
  /** After a refusal the other certificate is tried: which of the two the platform wants is for it to say. */
  #choice = 0;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#stored = read(parts.ledger);
  }

  /** DER of the certificate that has connected last; null while this terminal is not enrolled. */
  get certificate(): Buffer | null {
    return this.#all.at(-1)?.certificate ?? null;
  }

  /** Label of its key; null while this terminal is not enrolled. */
  get keyLabel(): string | null {
    return this.#all.at(-1)?.label ?? null;
  }

  /** As `KeyRecipient`: keys come for the certificate that the link shows, which may be the next one. */
  keyFor(envelope: KeyEnvelope): string | null {
    return this.#all.find(({ certificate }) => envelope.isFor(certificate))?.label ?? null;
  }

  /** What the link shows. Rejects with IdentityError. */
  async credentials(): Promise<ClientCredentials> {
    const chosen = this.#all[this.#choice] ?? this.#all[0];
    if (chosen === undefined) throw new IdentityError('this terminal is not enrolled');
    const now = this.#parts.clock.now();
    if (isGood(this.#linkKey, chosen, now)) return this.#linkKey;
    const key = await this.#parts.keys.signingKey(chosen.label);
    if (key === null) this.refused();
    this.#linkKey = await this.#makeLinkKey(chosen, key, now, 'platform');
    return this.#linkKey;
  }

  /** What is shown to other gates of the venue: of the certificate that has connected last. Rejects with IdentityError. */
  async neighbourCredentials(): Promise<ClientCredentials> {
    const { enrolled, key } = await this.signing();
    const now = this.#parts.clock.now();
    if (isGood(this.#neighbourKey, enrolled, now)) return this.#neighbourKey;
    this.#neighbourKey = await this.#makeLinkKey(enrolled, key, now, 'neighbours');
    return this.#neighbourKey;
  }

  /** The key of the certificate that has connected last, and that certificate. Rejects with IdentityError. */
  async signing(): Promise<{ readonly enrolled: Enrolled; readonly key: Signer }> {
    const enrolled = this.#all.at(-1);
    if (enrolled === undefined) throw new IdentityError('this terminal is not enrolled');
    const key = await this.#parts.keys.signingKey(enrolled.label);
    if (key === null) throw new IdentityError(KEY_IS_GONE);
    return { enrolled, key };
  }

  /** The certificate that was shown last, or was to be, is of no use: the other one is tried next. */
  refused(): void {
    this.#choice = this.#all.length > 1 ? 1 - this.#choice : 0;
  }

  /**
   * The platform took the certificate that was shown last: the other one is forgotten, be it the one before, or a next
   * one that was refused before this one was tried. Rejects with what key store and ledger throw; then both are kept.
   */
  async connected(): Promise<void> {
    const { certificates } = this.#stored;
    const taken = certificates[this.#choice];
    const other = certificates[1 - this.#choice];
    if (taken === undefined || other === undefined) return;
    await this.#parts.keys.forget(other.label);
    this.#store({ ...this.#stored, certificates: [taken] });
    this.#choice = 0;
  }

  /** Whether two thirds of its certificate's life are over, and the next one is not here yet. */
  isRenewalDue(): boolean {
    const [current, ...further] = this.#all;
    if (current === undefined || further.length > 0) return false;
    return this.#parts.clock.now() >= ownValidity(current.certificate).renewFrom;
  }

  /**
   * DER of a PKCS#10 for a key of its own, made at the first call: asked again before `take`, also by another process, it
   * is for the same key. Rejects with what key store and ledger throw.
   */
  async request(): Promise<Buffer> {
    const { keys, terminal } = this.#parts;
    const label = this.#stored.pending ?? `terminal-${randomBytes(8).toString('hex')}`;
    // The label first: a key that nobody knows of would stay in the store for ever.
    if (this.#stored.pending === null) this.#store({ ...this.#stored, pending: label });
    const key = (await keys.signingKey(label)) ?? (await keys.generate(label));
    return makeRequest(terminal, key);
  }

  /** Keeps the certificate that came for `request`. Returns what is wrong with one that is not kept. */
  async take(certificate: Buffer, ca: Uint8Array): Promise<string | null> {
    const { pending, certificates } = this.#stored;
    const key = pending === null ? null : await this.#parts.keys.signingKey(pending);
    if (pending === null || key === null) return 'nothing was asked for';
    const fault = this.#faultOf(certificate, key, ca);
    if (fault !== null) return fault;
    const taken = { label: pending, certificate: certificate.toString('base64') };
    this.#store({ pending: null, certificates: [taken, ...certificates.slice(0, 1)] });
    this.#choice = 0;
    return null;
  }

  /** As `take` after an enrolment: earlier certificates are void by it, and forgotten. */
  async takeAsOnly(certificate: Buffer, ca: Uint8Array): Promise<string | null> {
    const before = this.#all;
    const fault = await this.take(certificate, ca);
    if (fault !== null) return fault;
    this.#store({ pending: null, certificates: this.#stored.certificates.slice(0, 1) });
    for (const { label } of before) await this.#parts.keys.forget(label);
    return null;
  }

  get #all(): Enrolled[] {
    return this.#stored.certificates.map(({ label, certificate }) => ({
      label,
      certificate: Buffer.from(certificate, 'base64'),
    }));
  }

  #store(stored: Stored): void {
    this.#parts.ledger.set(SETTING, JSON.stringify(stored));
    this.#stored = stored;
  }

  async #makeLinkKey(
    { certificate }: Enrolled,
    signer: Signer | null,
    now: number,
    to: 'platform' | 'neighbours',
  ): Promise<LinkKey> {
    if (signer === null) throw new IdentityError(KEY_IS_GONE);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const notBefore = now - LINK_BACKDATED_MS;
    const notAfter = now + LINK_LIFE_MS;
    const { terminal: name } = this.#parts;
    const link = await issueLinkCertificate({
      ...{ name, issuer: certificate, signer, publicKey, notBefore, notAfter, to },
    });
    return {
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      chain: [link, certificate].map((der) => new X509Certificate(der).toString()).join(''),
      of: certificate,
      notBefore,
      notAfter,
    };
  }

  #faultOf(der: Buffer, key: Signer, ca: Uint8Array): string | null {
    try {
      const certificate = parseCertificate(der);
      if (!isIssuedBy(certificate, parseCertificate(ca))) return 'another CA issued it';
      if (!acceptableKey(certificate.publicKey).equals(key.publicKey)) return 'it has another key';
      if (!certificate.subject.equals(subjectOf(this.#parts.terminal)))
        return 'it has another name';
      return maySignLinks(certificate) ? null : 'it may not sign what the link needs';
    } catch (error) {
      if (error instanceof X509Error) return error.message;
      throw error;
    }
  }
}

/** Before `notBefore`: the clock was set back, and nobody else would take it either. */
function isGood(kept: LinkKey | null, { certificate }: Enrolled, now: number): kept is LinkKey {
  return (
    kept?.of.equals(certificate) === true &&
    now >= kept.notBefore &&
    now < kept.notAfter - LINK_RENEW_WITHIN_MS
  );
}

function ownValidity(der: Uint8Array): OwnValidity {
  const { notBefore, notAfter } = parseCertificate(der);
  return { renewFrom: notBefore + ((notAfter - notBefore) * 2) / 3, notAfter };
}

function maySignLinks({ ca, keyUsage, pathLength }: Certificate): boolean {
  return ca && pathLength === 0 && keyUsage?.has(KEY_USAGE.keyCertSign) === true;
}

function read(ledger: Pick<Ledger, 'get'>): Stored {
  const kept = ledger.get(SETTING);
  return kept === null ? NOTHING : STORED.parse(JSON.parse(kept));
}
