/** The time that a virtual card's commands take, modelled after ISO 14443-4. */

import { setTimeout as delay } from 'node:timers/promises';
import type { CardTiming } from './sim-card-definition.ts';

/** Late wake-ups are made good by later waits, but no more than this at once. */
const CREDIT_MAX_MS = 10;

/**
 * Waits out the modelled time. Timers are coarse (1 ms and more), so what was waited too long or too short is carried
 * over to the next command: the sum over a tap is right to about a millisecond.
 */
export class ModelledClock {
  readonly #timing: CardTiming;
  #owed = 0;

  constructor(timing: CardTiming) {
    this.#timing = timing;
  }

  /** `bytes`: both directions. `startedAt`: when the command came, so that computing counts as waiting. */
  async spend(bytes: number, signed: boolean, startedAt: number): Promise<void> {
    const { bitRate, perApduMs, signatureMs } = this.#timing;
    // kbit/s are bits per millisecond.
    const transfer = bitRate === 0 ? 0 : (bytes * 8) / bitRate;
    const cost = transfer + perApduMs + (signed ? signatureMs : 0);
    if (cost === 0) return;
    const due = this.#owed + cost;
    const wait = Math.floor(due - (performance.now() - startedAt));
    if (wait >= 1) await delay(wait);
    this.#owed = Math.max(-CREDIT_MAX_MS, due - (performance.now() - startedAt));
  }
}
