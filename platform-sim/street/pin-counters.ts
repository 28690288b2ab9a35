/** How often the PINs of the street's cards may still be wrong: a chip remembers it, wherever it lies and for ever. */

import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { CARD_PIN_TRIES } from '../../src/domain/card-pin.ts';

const KEPT = z.record(z.string(), z.int().min(0).max(CARD_PIN_TRIES));

export class PinCounters {
  readonly #file: string;
  readonly #left: Map<string, number>;

  /** A file that is not there, or not readable as such, is that of cards whose PIN was never wrong. */
  constructor(file: string) {
    this.#file = file;
    this.#left = new Map(Object.entries(read(file)));
  }

  of(card: string): number {
    return this.#left.get(card) ?? CARD_PIN_TRIES;
  }

  /** Durable when it returns. */
  keep(card: string, left: number): void {
    if (this.of(card) === left) return;
    this.#left.set(card, left);
    writeFileSync(this.#file, JSON.stringify(Object.fromEntries(this.#left)));
  }

  /** As the holder's municipality does it at its window. */
  reset(card: string): void {
    this.keep(card, CARD_PIN_TRIES);
  }
}

function read(file: string): Readonly<Record<string, number>> {
  try {
    return KEPT.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
