/** Hears what a card reader says, and lets a test wait for it. */

import { randomBytes } from 'node:crypto';
import type { CardReaderListener, Tap } from '../../devices/card/card.ts';

const PATIENCE_MS = 20_000;

type Heard =
  | { readonly is: 'present'; readonly tap: Tap; readonly sensedAt: number }
  | { readonly is: 'gone'; readonly tap: Tap }
  | { readonly is: 'lost'; readonly reason: string };

export class CardWatch implements CardReaderListener {
  readonly heard: Heard[] = [];
  #taken = 0;
  #wake: (() => void) | undefined;

  onCardPresent(tap: Tap, sensedAt: number): void {
    this.#hear({ is: 'present', tap, sensedAt });
  }

  onCardGone(tap: Tap): void {
    this.#hear({ is: 'gone', tap });
  }

  onLost(reason: string): void {
    this.#hear({ is: 'lost', reason });
  }

  /** The next thing that was not taken yet, which must be of this kind. */
  async next<K extends Heard['is']>(kind: K): Promise<Extract<Heard, { is: K }>> {
    if (this.#taken === this.heard.length) {
      const waiting = Promise.withResolvers<void>();
      const late = setTimeout(() => waiting.reject(new Error(`no "${kind}"`)), PATIENCE_MS);
      this.#wake = waiting.resolve;
      await waiting.promise;
      clearTimeout(late);
    }
    const next = this.heard[this.#taken];
    this.#taken += 1;
    if (next?.is !== kind) throw new Error(`"${kind}" expected, but ${JSON.stringify(next)}`);
    return next as Extract<Heard, { is: K }>;
  }

  #hear(what: Heard): void {
    this.heard.push(what);
    this.#wake?.();
  }
}

/** Bytes of the shape of a certificate: a DER SEQUENCE of random content. A reader looks no deeper. */
export function certificateOf(bytes = 1200): Buffer {
  const header = Buffer.from([0x30, 0x82, 0, 0]);
  header.writeUInt16BE(bytes - header.length, 2);
  return Buffer.concat([header, randomBytes(bytes - header.length)]);
}
