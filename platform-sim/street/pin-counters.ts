/** How often PINs and passwords of the street's cards may still be wrong: a chip remembers it, wherever it lies and for ever. */

import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { TriesLeft } from '../../devices/card/sim-card-definition.ts';
import { CARD_PIN_TRIES } from '../../src/domain/card-pin.ts';
import { SIGNING_PASSWORD_TRIES } from '../../src/domain/signing-password.ts';

const KEPT = z.record(
  z.string(),
  z.strictObject({
    pinTriesLeft: z.int().min(0).max(CARD_PIN_TRIES),
    passwordTriesLeft: z.int().min(0).max(SIGNING_PASSWORD_TRIES),
  }),
);
const NEVER_WRONG = {
  pinTriesLeft: CARD_PIN_TRIES,
  passwordTriesLeft: SIGNING_PASSWORD_TRIES,
} satisfies TriesLeft;

export class PinCounters {
  readonly #file: string;
  readonly #left: Map<string, Required<TriesLeft>>;

  /** A file that is not there, or not readable as such, is that of cards whose PIN and password were never wrong. */
  constructor(file: string) {
    this.#file = file;
    this.#left = new Map(Object.entries(read(file)));
  }

  of(card: string): Required<TriesLeft> {
    return this.#left.get(card) ?? NEVER_WRONG;
  }

  /** What is not said stays as it was. Durable when it returns. */
  keep(card: string, left: TriesLeft): void {
    const before = this.of(card);
    const after = { ...before, ...left };
    const isSame =
      before.pinTriesLeft === after.pinTriesLeft &&
      before.passwordTriesLeft === after.passwordTriesLeft;
    if (isSame) return;
    this.#left.set(card, after);
    writeFileSync(this.#file, JSON.stringify(Object.fromEntries(this.#left)));
  }

  /** As the holder's municipality does it at its window. */
  reset(card: string): void {
    this.keep(card, NEVER_WRONG);
  }
}

function read(file: string): Readonly<Record<string, Required<TriesLeft>>> {
  try {
    return KEPT.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
