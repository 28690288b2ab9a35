/**
 * What of that which neighbours hand over is believed: facts that the platform's own terminals signed, of a list that is
 * served here, in their order, of people who could have walked through one gate. What is believed is kept.
 */

import { hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EntryListManifest } from '../domain/entry-list.ts';
import type { Fact } from '../domain/fact.ts';
import { ticketNumber, ticketSubject } from '../domain/ticket-number.ts';
import { codeOf, isStorageFailure } from '../store/disk.ts';
import type { Heard, SignedFact, Stream } from '../store/heard.ts';
import {
  isIn,
  SKEW_MS,
  type TerminalCertificate,
  terminalCertificate,
} from './neighbour-certificate.ts';
import { type FactsFrame, type SignedText, TOLD_FACT, type ToldEvent } from './protocol.ts';
import { isSignedBy } from './statement.ts';

/**
 * What one gate can do in five minutes of its own time. A gate admits one person after the other: with a tap of 0.65 s and
 * a person who walks on, 30 a minute are a good lane and 40 more than one. What staff takes back is typed.
 */
export const HUMAN = { minutes: 5, passages: 200, undone: 30 } as const;
const WINDOW_MS = HUMAN.minutes * 60_000;
/** A ledger that is begun anew tells of itself as of another; this often nobody begins one. */
const LEDGERS_MAX = 16;
const CERTIFICATES_MAX = 1_000;

/** Why a stream goes no further. */
export type Disbelief =
  /** Whoever sends this is not what it should be: nothing more is taken from it. */
  | { readonly kind: 'offence'; readonly why: string }
  /** Not now, perhaps later. */
  | { readonly kind: 'later'; readonly why: 'future' | 'no-room' | 'not-here' }
  /** Not of this terminal. */
  | { readonly kind: 'refused'; readonly why: string };

export interface Taken {
  /** Those that are new here, in their order. */
  readonly facts: readonly Fact[];
  readonly end: Disbelief | null;
  /** Whom nothing more is believed of from now on. */
  readonly held: string | null;
}

export interface BeliefParts {
  /** Of this gate itself. */
  readonly terminal: string;
  readonly heard: Heard;
  readonly clock: Pick<Clock, 'now' | 'quality'>;
  /** DER of the pinned CA's certificate. */
  readonly ca: () => Uint8Array | null;
  /** Of a list that decides here now; null for every other one. */
  readonly manifestOf: (list: string) => EntryListManifest | null;
  /** SHA-256 (hex) of a fact of this gate's own ledger; null: it has none of this number. */
  readonly hashOf: (seq: number) => string | null;
}

export class Belief {
  readonly #parts: BeliefParts;
  readonly #certificates = new Map<string, TerminalCertificate>();

  constructor(parts: BeliefParts) {
    this.#parts = parts;
  }

  /** Keeps what can be believed, up to the first fact that can't. */
  take(frame: FactsFrame): Taken {
    const { heard, manifestOf } = this.#parts;
    const manifest = manifestOf(frame.list);
    if (manifest === null) return nothing({ kind: 'later', why: 'not-here' });
    const { audience } = manifest;
    if (audience.length > 0 && !audience.includes(frame.terminal)) {
      return nothing({ kind: 'refused', why: 'not-in-audience' });
    }
    const signer = this.#signerOf(frame);
    if (typeof signer === 'string') return nothing({ kind: 'offence', why: signer });
    if (heard.isHeld(frame.terminal)) return nothing({ kind: 'refused', why: 'held' });
    if (!heard.hasRoom) return nothing({ kind: 'later', why: 'no-room' });
    try {
      return heard.atOnce(() => this.#takeAll(frame, signer, manifest));
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_')) throw error;
      if (!isStorageFailure(error)) heard.breakOff(codeOf(error));
      return nothing({ kind: 'later', why: 'no-room' });
    }
  }

  #takeAll(frame: FactsFrame, signer: TerminalCertificate, manifest: EntryListManifest): Taken {
    const facts: Fact[] = [];
    for (const item of frame.items) {
      const judged = this.#judge(frame, item, signer, manifest);
      if (judged === 'known') continue;
      if ('kind' in judged) return { facts, end: judged, held: null };
      const why = this.#inhuman(judged);
      if (why !== null) {
        const { terminal } = frame;
        this.#parts.heard.hold({ terminal, why, at: this.#parts.clock.now() });
        return { facts, end: { kind: 'refused', why: 'held' }, held: why };
      }
      this.#parts.heard.append(judged);
      facts.push(judged.fact);
    }
    return { facts, end: null, held: null };
  }

  #judge(
    frame: FactsFrame,
    item: SignedText,
    signer: TerminalCertificate,
    manifest: EntryListManifest,
  ): SignedFact | Disbelief | 'known' {
    const { heard, clock, hashOf, terminal } = this.#parts;
    const { text, before } = item;
    const fact = factOf(frame, text);
    if (fact === null) return { kind: 'offence', why: 'not a fact of this stream' };
    const stream = heard.stream(frame);
    if (fact.seq <= stream.upto) {
      return heard.textOf(stream, fact.seq) === text ? 'known' : { kind: 'refused', why: 'fork' };
    }
    const signature = Buffer.from(item.signature, 'base64');
    if (!isSignedBy(signer, { before, text, signature })) {
      return { kind: 'offence', why: 'signature' };
    }
    if (before !== stream.hash) return { kind: 'refused', why: 'fork' };
    const at = Date.parse(fact.at);
    // Without a clock nothing can be said of the future.
    if (clock.quality() !== 'unset' && at > clock.now() + SKEW_MS) {
      return { kind: 'later', why: 'future' };
    }
    if (!isIn(signer.certificate, at)) return { kind: 'refused', why: 'outside-validity' };
    const own = fact.terminal === terminal && hashOf(fact.seq) === hash('sha256', text);
    const counts = at >= Date.parse(manifest.validFrom);
    const certificate = Buffer.from(frame.certificate, 'base64');
    return { fact, text, before, signature, certificate, own, counts };
  }

  /** What no gate with people can have done; null: it can. Judged by the facts' own times: a backlog may come fast. */
  #inhuman({ fact }: SignedFact): string | null {
    const { heard } = this.#parts;
    const { terminal, event } = fact;
    const list = String(fact.body['list']);
    const streams = heard.streams(list).filter((each) => each.terminal === terminal);
    const isNew = !streams.some(({ epoch }) => epoch === fact.epoch);
    if (isNew && streams.length >= LEDGERS_MAX) return 'too many ledgers';
    const most = (event as ToldEvent) === 'entry.undone' ? HUMAN.undone : HUMAN.passages;
    // A stream's time never goes back, or a thief would write into a past in which nobody came.
    const at = Math.max(heard.stream({ list, ...fact }).judged, Date.parse(fact.at));
    const before = heard.count(terminal, event, { after: at - WINDOW_MS, upto: at });
    const behind = heard.count(terminal, event, { after: at - 1, upto: at + WINDOW_MS });
    if (Math.max(before, behind) < most) return null;
    return `more than ${most} times ${event} in ${HUMAN.minutes} minutes`;
  }

  #signerOf({ terminal, certificate }: FactsFrame): TerminalCertificate | string {
    const known = this.#certificates.get(certificate);
    const ca = this.#parts.ca();
    if (ca === null) return 'no platform is known here';
    const signer = known ?? terminalCertificate(Buffer.from(certificate, 'base64'), ca);
    if (typeof signer === 'string') return signer;
    if (this.#certificates.size >= CERTIFICATES_MAX) this.#certificates.clear();
    this.#certificates.set(certificate, signer);
    return signer.terminal === terminal ? signer : 'another name';
  }
}

/** Of which stream, and about whom, a fact says itself; null where that is not what was announced. */
function factOf(frame: Pick<Stream, 'list' | 'terminal' | 'epoch'>, text: string): Fact | null {
  const fact = parsed(text);
  if (fact === null) return null;
  const { terminal, epoch, subject, body } = fact;
  if (terminal !== frame.terminal || epoch !== frame.epoch || body.list !== frame.list) return null;
  const number = ticketNumber(body.ticket);
  const byNumber = number === null ? null : ticketSubject(body.list, number);
  const about = body.ref === undefined ? byNumber : `${body.list}/${body.ref}`;
  return subject === about ? (fact as unknown as Fact) : null;
}

function parsed(text: string) {
  try {
    return TOLD_FACT.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function nothing(end: Disbelief): Taken {
  return { facts: [], end, held: null };
}
