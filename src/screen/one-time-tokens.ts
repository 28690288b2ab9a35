/**
 * Tokens that a page is served with and its websocket shows: each works once, and not for long. Whoever can't read the
 * page, as no page of another origin can, has none.
 */

import { randomBytes } from 'node:crypto';

/** 128 bits: not to be guessed. */
const TOKEN_BYTES = 16;

export class OneTimeTokens {
  readonly #lifeMs: number;
  readonly #outstandingMax: number;
  readonly #now: () => number;
  /** Oldest first, with the time until which each works. */
  readonly #until = new Map<string, number>();

  /** `now`: ms, monotonic. More than `outstandingMax` push out the oldest. */
  constructor(lifeMs: number, outstandingMax: number, now: () => number) {
    this.#lifeMs = lifeMs;
    this.#outstandingMax = outstandingMax;
    this.#now = now;
  }

  /** 22 characters of base64url, which are also characters of an HTTP token (RFC 9110 5.6.2). */
  issue(): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#until.set(token, this.#now() + this.#lifeMs);
    const [oldest] = this.#until.keys();
    if (this.#until.size > this.#outstandingMax && oldest !== undefined) {
      this.#until.delete(oldest);
    }
    return token;
  }

  /** Whether the token worked; it does not again. */
  redeem(token: string): boolean {
    const until = this.#until.get(token) ?? Number.NEGATIVE_INFINITY;
    this.#until.delete(token);
    return this.#now() <= until;
  }
}
