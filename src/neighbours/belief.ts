/**
 * What of that which neighbours hand over is believed: facts that the platform's own terminals signed, of a list that is
 * served here, in their order, of people who could have walked through one gate. What is believed is kept.
 */

import { hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ReentryRule } from '../domain/entry-list.ts';
import type { Fact } from '../domain/fact.ts';
import { codeOf, isStorageFailure } from '../store/disk.ts';
import type { Heard, SignedFact, Stream } from '../store/heard.ts';
import {
  isIn,
  SKEW_MS,
  type TerminalCertificate,
  terminalCertificate,
} from './neighbour-certificate.ts';
import type { FactsFrame, SignedText } from './protocol.ts';
import { isSignedBy } from './statement.ts';
import { HUMAN, isOfShelter, paceOf, toldFact } from './told-facts.ts';

const WINDOW_MS = HUMAN.minutes * 60_000;
/** A ledger that is begun anew tells of itself as of another; this often nobody begins one. */
const LEDGERS_MAX = 16;
const CERTIFICATES_MAX = 1_000;

/** Whom a list, or a shelter, is for, and when. */
export interface Circle {
  /** Names of terminals; empty: every terminal of the platform. */
  readonly audience: readonly string[];
  /** ISO 8601: what happened before does not count. */
  readonly validFrom: string;
  /** ISO 8601: nothing is told from then on, and what was heard is forgotten. */
  readonly validTo: string;
  readonly reentry?: ReentryRule;
}

/** Why a stream goes no further. */
export type Disbelief =
  /** Whoever sends this is not what it should be: nothing more is taken from it. */
  | { readonly kind: 'offence'; readonly why: string }
  /** Not now, perhaps later. */
  | { readonly kind: 'later'; readonly why: 'future' | 'no-room' | 'not-here' }
  /** Not of this terminal. */
  | { readonly kind: 'refused'; readonly why: string };

/** `judged`: by which time the pace is judged. */
type Judged = SignedFact & { readonly judged: number };

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
  /** Of a list that decides here now, or of this very shelter; null for every other one. */
  readonly manifestOf: (list: string) => Circle | null;
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

  #takeAll(frame: FactsFrame, signer: TerminalCertificate, manifest: Circle): Taken {
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
    manifest: Circle,
  ): Judged | Disbelief | 'known' {
    const { heard, clock, hashOf, terminal } = this.#parts;
    const { text, before } = item;
    const fact = toldFact(frame, text);
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
    // Nobody is kept out of a shelter by what its readers tell each other, and weeks without a network leave one of them with
    // a wrong clock: what it says is taken whatever its time. Elsewhere, without a clock nothing can be said of the future.
    const isDated = !isOfShelter(frame.list);
    if (isDated && clock.quality() !== 'unset' && at > clock.now() + SKEW_MS) {
      return { kind: 'later', why: 'future' };
    }
    if (isDated && !isIn(signer.certificate, at))
      return { kind: 'refused', why: 'outside-validity' };
    const own = fact.terminal === terminal && hashOf(fact.seq) === hash('sha256', text);
    const counts = at >= Date.parse(manifest.validFrom);
    const certificate = Buffer.from(frame.certificate, 'base64');
    const judged = this.#judgedAt(fact, stream);
    const { list } = frame;
    return { list, fact, text, before, signature, certificate, own, counts, judged };
  }

  /** What no gate with people can have done; null: it can. Judged by the facts' own times: a backlog may come fast. */
  #inhuman({ list, fact, judged: at }: Judged): string | null {
    const { heard } = this.#parts;
    const { terminal, event } = fact;
    const streams = heard.streams(list).filter((each) => each.terminal === terminal);
    const isNew = !streams.some(({ epoch }) => epoch === fact.epoch);
    if (isNew && streams.length >= LEDGERS_MAX) return 'too many ledgers';
    const most = paceOf(event);
    const before = heard.count(terminal, event, { after: at - WINDOW_MS, upto: at });
    const behind = heard.count(terminal, event, { after: at - 1, upto: at + WINDOW_MS });
    if (Math.max(before, behind) < most) return null;
    return `more than ${most} times ${event} in ${HUMAN.minutes} minutes`;
  }

  /**
   * By which time the pace of a stream is judged, ms since the epoch. It never goes back, or a thief would write into a past in
   * which nobody came. At a shelter, whose clock may be a month ahead and then right again, the machine's own time goes on
   * from the fact before: else all that comes after would be of one moment.
   */
  #judgedAt(fact: Fact, stream: Stream): number {
    const at = Math.max(stream.judged, Date.parse(fact.at));
    if (!isOfShelter(stream.list)) return at;
    const last = toldFact(stream, this.#parts.heard.textOf(stream, stream.upto) ?? '');
    if (last?.boot !== fact.boot) return at;
    return stream.judged + Math.max(0, Math.round(fact.mono - last.mono));
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

function nothing(end: Disbelief): Taken {
  return { facts: [], end, held: null };
}
