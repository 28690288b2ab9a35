/** How long each stage of a tap took, in ms on CLOCK_MONOTONIC, which the card's process shares. */

import type { CardEvidence } from './card-evidence.ts';
import type { JournalFields } from './journal.ts';

export class TapStages {
  readonly #sensedAt: number;
  #last: number;
  readonly #ms: Record<string, number> = {};
  modelled = false;

  constructor(sensedAt: number) {
    this.#sensedAt = sensedAt;
    this.#last = sensedAt;
  }

  /** `provedAt`: when the exchange after the reading was over; null when there was none. */
  read({
    startedAt,
    finishedAt,
    provedAt,
  }: Pick<CardEvidence, 'startedAt' | 'finishedAt' | 'provedAt'>): void {
    this.#ms['detect'] = startedAt - this.#sensedAt;
    this.#ms['read'] = finishedAt - startedAt;
    if (provedAt !== null) this.#ms['prove'] = provedAt - finishedAt;
    this.#last = provedAt ?? finishedAt;
  }

  end(stage: 'read' | 'verify' | 'ocsp' | 'lookup' | 'ask' | 'commit'): void {
    const now = monotonicMs();
    this.#ms[stage] = now - this.#last;
    this.#last = now;
  }

  /** Called right after the commit. */
  journal(): JournalFields {
    this.end('commit');
    const total = this.#last - this.#sensedAt;
    const rounded = Object.entries({ ...this.#ms, total }).map(([stage, ms]) => [
      stage,
      Math.round(ms * 1_000) / 1_000,
    ]);
    return { ms: Object.fromEntries(rounded), modelled: this.modelled || undefined };
  }
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
