/**
 * From the levels that PC/SC reports to taps, and from a tap to its certificate.
 *
 * PC/SC tells levels, not edges: events coalesce, and a swap within pcscd's poll of 400 ms makes none at all. So a
 * tap is tied to a connection. The connection is made as soon as the card is sensed, it dies with the card, and it is
 * proved alive every `probeMs`. When it dies and the level still says present, the tap is in doubt: nothing is answered
 * for it until a card on a new connection has given the very certificate that was read before. Then it was one card, and
 * the tap goes on. Any other card gets a tap of its own.
 */

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { command, exchange, INS, type Transmit } from './apdu.ts';
import { CardError, type CardIdentity, type Tap } from './card.ts';
import { readUserCertificate } from './jpki-card.ts';
import { CardBusy, ReaderLost } from './pcsc-errors.ts';
import { type CardLine, within } from './pcsc-line.ts';
import { LiveTap } from './pcsc-live-tap.ts';
import {
  type Answered,
  type CardLimits,
  type FromCardProcess,
  monotonicNow,
  type ProvedIdentity,
} from './pcsc-messages.ts';
import { type AnswerChallenge, type PossessionRequest, possessionExchange } from './possession.ts';

/** SCARD_READERSTATE.dwEventState (pcsclite.h); the upper half counts insertions and removals. */
const STATE = { unknown: 0x0004, unavailable: 0x0008, present: 0x0020 } as const;
const COUNTER_SHIFT = 16;

const SHARING_RETRY_MS = 20;
/**
 * pcscd powers a card that nobody uses off at its second poll, 400 ms apart, and on again for the next connection. A
 * connection made earlier would meet a new card without power.
 */
const RECONNECT_MS_MIN = 900;
const RECONNECT_MS_MAX = 3600;
/**
 * SELECT MF. Every card of ISO 7816-4 answers it somehow; a JPKI card says 6A82 and keeps what it had selected.
 */
const PROBE = command(0x00, INS.select, 0x00, 0x0c, { data: Uint8Array.of(0x3f, 0x00) });

/** One level "present" with one value of the event counter: usually one tap, more when cards were swapped unseen. */
class Stay {
  readonly counter: number;
  readonly #over = new AbortController();
  tap: LiveTap | undefined;

  constructor(counter: number) {
    this.counter = counter;
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  end(): void {
    this.#over.abort(new CardError('card-removed', 'the card left the field'));
  }
}

export class Taps {
  readonly #line: CardLine;
  readonly #limits: CardLimits;
  readonly #tell: (message: FromCardProcess) => void;
  readonly #onLost: (error: ReaderLost) => void;
  #lastTap: Tap = 0;
  #stay: Stay | undefined;
  #isClosing = false;
  /** The one who talks to the card; stays follow each other on the line, never side by side. */
  #attending: Promise<void> = Promise.resolve();

  constructor(
    line: CardLine,
    limits: CardLimits,
    tell: (message: FromCardProcess) => void,
    onLost: (error: ReaderLost) => void,
  ) {
    this.#line = line;
    this.#limits = limits;
    this.#tell = tell;
    this.#onLost = onLost;
  }

  /** Takes the level that PC/SC reported at `sensedAt`. */
  onLevel(state: number, sensedAt: number): void {
    const counter = state >>> COUNTER_SHIFT;
    const absent = (state & (STATE.unknown | STATE.unavailable)) !== 0;
    const present = (state & STATE.present) !== 0 && !absent;
    if (present && this.#stay?.counter === counter) return;
    this.#endStay();
    if (present) this.#beginStay(counter, sensedAt);
  }

  /** Rejects with `CardError`, at the latest after `identifyMs`. */
  async identify(number: Tap): Promise<CardIdentity> {
    const tap = this.#tapOf(number);
    if (tap.talk !== undefined) throw new CardError('card-unreadable', 'the card is busy');
    // Whoever asks twice at once gets one reading.
    tap.reading ??= this.#startReading(tap);
    return tap.claim(tap.reading);
  }

  /**
   * Reads, then has the card prove its key on the same connection. Rejects with `CardError`, at the latest after
   * `identifyMs`.
   */
  async prove(
    number: Tap,
    request: PossessionRequest,
    answer: AnswerChallenge,
  ): Promise<ProvedIdentity> {
    const stopAt = monotonicNow() + this.#limits.identifyMs;
    const identity = await this.identify(number);
    const tap = this.#tapOf(number);
    if (tap.reading !== undefined) throw new CardError('card-unreadable', 'the card is busy');
    const { certificate } = identity;
    const proving = this.#talk(tap, stopAt, async (card) => {
      const outcome = await possessionExchange(card, request, certificate, answer);
      return { ...identity, outcome, provedAt: monotonicNow() };
    });
    tap.reading = proving;
    return tap.claim(proving);
  }

  /** Asks the card something by itself. Rejects as `identify`. The reading that comes first stays for whoever asks who it is. */
  async ask<Result>(number: Tap, question: (card: Transmit) => Promise<Result>): Promise<Result> {
    const tap = this.#tapOf(number);
    const stopAt = monotonicNow() + this.#limits.identifyMs;
    if (tap.fingerprint === undefined) tap.reading ??= this.#startReading(tap);
    await tap.reading;
    return this.#alone(tap, stopAt, question);
  }

  /** Reads, then goes on with that certificate on the same connection; nothing is sent after `stopAt`. */
  async afterReading<Answer>(
    number: Tap,
    stopAt: number,
    talk: (card: Transmit, certificate: Uint8Array) => Promise<Answer>,
  ): Promise<Answered<Answer>> {
    const identity = await this.identify(number);
    const tap = this.#tapOf(number);
    if (tap.reading !== undefined) throw new CardError('card-unreadable', 'the card is busy');
    return this.#alone(tap, stopAt, async (card) => {
      const answer = await talk(card, identity.certificate);
      return { ...identity, answer, provedAt: monotonicNow() };
    });
  }

  #tapOf(number: Tap): LiveTap {
    const tap = this.#stay?.tap;
    if (tap === undefined || tap.number !== number || tap.isCut) {
      throw new CardError('card-removed', 'the card of this tap is no longer in the field');
    }
    return tap;
  }

  /** Ends the tap and powers the card off. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#endStay();
    await this.#attending;
  }

  /** A reading that succeeds is kept for the one who will ask for it; one that fails is not. */
  #startReading(tap: LiveTap): Promise<CardIdentity> {
    const stopAt = monotonicNow() + this.#limits.identifyMs;
    return this.#talk(tap, stopAt, async (card) => {
      const identity = await identityOf(card);
      tap.fingerprint = fingerprintOf(identity);
      return identity;
    });
  }

  /** Talks to the card on the tap's connection, until `stopAt` and no longer than the tap lasts. */
  #talk<Result>(
    tap: LiveTap,
    stopAt: number,
    talk: (card: Transmit) => Promise<Result>,
  ): Promise<Result> {
    const onConnection = async () => talk(until(stopAt, tap.over, await tap.connection));
    const ms = Math.max(0, stopAt - monotonicNow());
    const late = `not read in ${this.#limits.identifyMs} ms`;
    const talking = within(ms, unlessOver(tap.over, onConnection), late);
    talking.catch((error: unknown) => {
      if (tap.reading === talking) tap.reading = undefined;
      else if (tap.talk !== talking) return;
      tap.isCut = error instanceof CardError && error.fault === 'card-removed';
    });
    return talking;
  }

  /** A talk whose answer is for nobody else, and that nobody comes between. */
  async #alone<Result>(
    tap: LiveTap,
    stopAt: number,
    talk: (card: Transmit) => Promise<Result>,
  ): Promise<Result> {
    if (tap.talk !== undefined) throw new CardError('card-unreadable', 'the card is busy');
    const talking = this.#talk(tap, stopAt, talk);
    tap.talk = talking;
    try {
      return await talking;
    } finally {
      if (tap.talk === talking) tap.talk = undefined;
    }
  }

  #beginStay(counter: number, sensedAt: number): void {
    const stay = new Stay(counter);
    this.#stay = stay;
    const tap = this.#beginTap(stay, sensedAt);
    this.#attending = this.#attending
      .then(() => this.#attend(stay, tap))
      .catch((error: unknown) => {
        if (!(error instanceof ReaderLost)) throw error;
        this.#onLost(error);
      });
  }

  #endStay(): void {
    const stay = this.#stay;
    if (stay === undefined) return;
    this.#stay = undefined;
    this.#endTap(stay);
    stay.end();
  }

  #beginTap(stay: Stay, sensedAt: number): LiveTap {
    this.#lastTap += 1;
    const tap = new LiveTap(this.#lastTap);
    stay.tap = tap;
    this.#tell({ is: 'present', tap: tap.number, sensedAt });
    return tap;
  }

  #endTap(stay: Stay): void {
    const { tap } = stay;
    if (tap === undefined) return;
    stay.tap = undefined;
    tap.end();
    this.#tell({ is: 'gone', tap: tap.number });
  }

  /** Talks to whatever is in the field until the level changes. */
  async #attend(stay: Stay, first: LiveTap): Promise<void> {
    let wait = RECONNECT_MS_MIN;
    await this.#serve(stay, first);
    while (!stay.over.aborted) {
      await pauseUnless(stay.over, wait);
      const wasRead = await this.#serve(stay);
      // Only a card that never can be read makes the pauses longer; others may follow each other unseen.
      wait = wasRead ? RECONNECT_MS_MIN : Math.min(wait * 2, RECONNECT_MS_MAX);
    }
  }

  /**
   * One connection, from its begin to its end, for the tap that waits for it, the tap in doubt, or a new one. Resolves
   * with whether its card was read.
   */
  async #serve(stay: Stay, waiting?: LiveTap): Promise<boolean> {
    let wasRead = false;
    try {
      const transmit = await this.#connect(stay);
      const tap = waiting ?? (await this.#recognise(stay, transmit));
      tap.connected(transmit);
      // The card waits for nobody: it is read before the daemon asks.
      if (tap.fingerprint === undefined) tap.reading ??= this.#startReading(tap);
      await this.#vouchFor(tap, transmit);
      wasRead = tap.fingerprint !== undefined;
      if (wasRead && !tap.over.aborted) tap.doubt(() => this.#endTap(stay));
      else this.#endTap(stay);
    } catch (error) {
      if (!(error instanceof CardError)) throw error;
      // Such a tap goes on: the card that can't be read is still there, and its owner must be told.
      if (waiting !== undefined) waiting.failed(error);
      else if (stay.tap?.fingerprint !== undefined) this.#endTap(stay);
    }
    await this.#line.disconnect(this.#isClosing ? 'powerOff' : 'leave');
    return wasRead;
  }

  /**
   * Whose the new connection is: of the tap in doubt, when its certificate is read again, or else of a new tap. A card
   * that powers up but stays mute would be a new tap again and again; one that answers is a card.
   */
  async #recognise(stay: Stay, transmit: Transmit): Promise<LiveTap> {
    const { tap } = stay;
    const isSame = tap !== undefined && (await this.#isCardOf(tap, transmit));
    if (!isSame) await exchange(transmit, PROBE);
    stay.over.throwIfAborted();
    if (isSame && !tap.over.aborted) return tap;
    this.#endTap(stay);
    return this.#beginTap(stay, monotonicNow());
  }

  async #isCardOf(tap: LiveTap, transmit: Transmit): Promise<boolean> {
    if (tap.fingerprint === undefined) return false;
    const stopAt = monotonicNow() + this.#limits.identifyMs;
    try {
      const identity = await identityOf(until(stopAt, tap.over, transmit));
      return fingerprintOf(identity) === tap.fingerprint;
    } catch (error) {
      if (!(error instanceof CardError)) throw error;
      return false;
    }
  }

  async #connect(stay: Stay): Promise<Transmit> {
    const giveUpAt = monotonicNow() + this.#limits.sharingMs;
    for (;;) {
      stay.over.throwIfAborted();
      try {
        return await this.#line.connect();
      } catch (error) {
        if (!(error instanceof CardBusy) || monotonicNow() > giveUpAt) throw error;
      }
      await pauseUnless(stay.over, SHARING_RETRY_MS);
    }
  }

  /** Returns when the tap is over, or when nobody can say that its card is still there. */
  async #vouchFor(tap: LiveTap, transmit: Transmit): Promise<void> {
    let heard: Promise<unknown> | undefined;
    for (;;) {
      await pauseUnless(tap.over, this.#limits.probeMs);
      // A talk proves as much as a probe, once, and a probe would come between its commands.
      const talk = tap.talk ?? tap.reading;
      if (talk !== undefined && talk !== heard) {
        heard = talk;
        if (await isFulfilled(talk)) continue;
      }
      if (tap.over.aborted || tap.isCut) return;
      try {
        await exchange(transmit, PROBE);
      } catch (error) {
        if (!(error instanceof CardError)) throw error;
        return;
      }
    }
  }
}

async function identityOf(card: Transmit): Promise<CardIdentity> {
  const startedAt = monotonicNow();
  const certificate = await readUserCertificate(card);
  return { certificate, startedAt, finishedAt: monotonicNow() };
}

/** Sends nothing after `stopAt` or when the tap is over, so that what was given up comes to an end. */
function until(stopAt: number, over: AbortSignal, transmit: Transmit): Transmit {
  return async (apdu) => {
    over.throwIfAborted();
    if (monotonicNow() > stopAt) throw new CardError('card-unreadable', 'the card is too slow');
    return transmit(apdu);
  };
}

async function unlessOver<Result>(over: AbortSignal, talk: () => Promise<Result>): Promise<Result> {
  const removed = Promise.withResolvers<never>();
  const remove = () => removed.reject(over.reason);
  over.addEventListener('abort', remove);
  try {
    return await Promise.race([talk(), removed.promise]);
  } finally {
    over.removeEventListener('abort', remove);
  }
}

function fingerprintOf({ certificate }: CardIdentity): string {
  return createHash('sha256').update(certificate).digest('hex');
}

async function pauseUnless(over: AbortSignal, ms: number): Promise<void> {
  try {
    await pause(ms, undefined, { signal: over });
  } catch (error) {
    if (!over.aborted) throw error;
  }
}

async function isFulfilled(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}
