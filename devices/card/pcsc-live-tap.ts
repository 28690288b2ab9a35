/** A tap while it lasts: its number, its connection, and what is being read of it. */

import type { Transmit } from './apdu.ts';
import { CardError, type CardIdentity, type Tap } from './card.ts';

/**
 * How long a tap may be in doubt. Its answer may be on the screen before somebody else's card, so no longer than an
 * answer stays there anyway.
 */
const DOUBT_MS_MAX = 2000;

/** One card as far as anyone can tell. */
export class LiveTap {
  readonly number: Tap;
  readonly #over = new AbortController();
  #connection = Promise.withResolvers<Transmit>();
  /** Under way, or finished and not yet asked for. */
  reading: Promise<CardIdentity> | undefined;
  /** Any other talk with the card, under way: what it answers is for one asker, and nobody comes between. */
  talk: Promise<unknown> | undefined;
  /** SHA-256 of the certificate; undefined until it was read. */
  fingerprint: string | undefined;
  /** Whether the connection died under a reading. What answered on it now would be another card. */
  isCut = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(number: Tap) {
    this.number = number;
    this.#expectConnection();
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Rejects with the `CardError` for which there is no connection. */
  get connection(): Promise<Transmit> {
    return this.#connection.promise;
  }

  connected(transmit: Transmit): void {
    clearTimeout(this.#patience);
    this.#connection.resolve(transmit);
  }

  /** Whoever asks who the card is waits for a new connection, or for the end. */
  doubt(giveUp: () => void): void {
    this.#patience = setTimeout(giveUp, DOUBT_MS_MAX);
    this.isCut = false;
    this.reading = undefined;
    this.talk = undefined;
    this.#connection = Promise.withResolvers<Transmit>();
    this.#expectConnection();
  }

  failed(fault: CardError): void {
    this.#connection.reject(fault);
  }

  end(): void {
    clearTimeout(this.#patience);
    this.#over.abort(new CardError('card-removed', 'the card left the field'));
    this.#connection.reject(this.over.reason);
  }

  #expectConnection(): void {
    // Nobody may ever ask who the card is.
    this.#connection.promise.catch(() => undefined);
  }

  /** What came of a reading, which whoever asks later does not get again. */
  async claim<Result extends CardIdentity>(reading: Promise<Result>): Promise<Result> {
    const result = await reading;
    if (this.reading === reading) this.reading = undefined;
    return result;
  }
}
