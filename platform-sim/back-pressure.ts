/** How fast one terminal may tell its facts: less for a while when storing them takes long. */

import type { PlatformFrame } from '../src/link/protocol.ts';

export const CREDIT = { batch: 200, bytes: 262_144, inflight: 4 } as const;

const SLOW_CREDIT = { batch: 20, bytes: 65_536, inflight: 1 } as const;
const PAUSE_MS_MAX = 10_000;
/** So many batches in a row without haste, and the whole credit counts again. */
const CALM_BATCHES = 4;

export class Pressure {
  readonly #slowMs: number;
  /** Null: the whole credit counts. */
  #calm: number | null = null;

  constructor(slowMs: number) {
    this.#slowMs = slowMs;
  }

  /** What to tell the terminal after a batch that took so long to store; null: nothing new. */
  stored(tookMs: number): Extract<PlatformFrame, { frame: 'slow' }> | null {
    if (tookMs >= this.#slowMs) {
      const isNew = this.#calm === null;
      this.#calm = 0;
      if (!isNew) return null;
      const pauseMs = Math.min(Math.ceil(tookMs * 2), PAUSE_MS_MAX);
      return { frame: 'slow', credit: SLOW_CREDIT, pauseMs };
    }
    if (this.#calm === null) return null;
    this.#calm += 1;
    if (this.#calm < CALM_BATCHES) return null;
    this.#calm = null;
    return { frame: 'slow', credit: CREDIT, pauseMs: 0 };
  }
}
