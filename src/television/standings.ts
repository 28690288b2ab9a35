/**
 * What the municipality knows of the people who are linked here: asked while an alert counts, and when the platform says
 * that something has changed, each time after a random while, for thousands of televisions hear the same alert at once.
 */

import { randomUUID } from 'node:crypto';
import type { Worded } from '../domain/alert.ts';
import type { PersonStanding } from '../domain/television-screen.ts';
import { EVACUATION_SERVICES, STANDING_ANSWER } from '../link/evacuation-protocol.ts';
import { askOtherSide } from '../other-side.ts';
import type { TerminalParts } from '../services/service.ts';

/** In ms. */
export const STANDING_DELAYS = {
  /** The first time, at most: 2,000 televisions are 400 questions a second. */
  first: 5_000,
  /** Again while the alert lasts; a fifth of it more or less. */
  again: 60_000,
  /** After a poke, at most: it was meant for this television alone. */
  poked: 500,
  answer: 10_000,
} as const;

export interface Standing {
  readonly standing: PersonStanding;
  /** ISO 8601; null: nobody has said when. */
  readonly at: string | null;
  /** Name of a shelter. */
  readonly where: Worded | null;
}

export interface StandingsParts extends Pick<TerminalParts, 'ask' | 'isOnline'> {
  /** Of whom to ask now. */
  readonly refs: () => readonly string[];
  readonly onChange: () => void;
  /** Whether the platform has heard everything that happened here: before, it cannot know who is linked. */
  readonly isTold: () => boolean;
  /** The municipality's register does not have this person any more. */
  readonly onGone: (ref: string) => void;
  /** 0 up to 1. */
  readonly random?: () => number;
}

export class Standings {
  readonly #parts: StandingsParts;
  readonly #random: () => number;
  readonly #known = new Map<string, Standing>();
  #follows = false;
  #timer: NodeJS.Timeout | undefined;
  #asking: AbortController | null = null;

  constructor(parts: StandingsParts) {
    this.#parts = parts;
    this.#random = parts.random ?? Math.random;
  }

  /** Null: nothing is known. */
  of(ref: string): Standing | null {
    return this.#known.get(ref) ?? null;
  }

  /** Whether an alert counts. */
  follow(follows: boolean): void {
    if (follows === this.#follows) return;
    this.#follows = follows;
    if (follows) this.#askIn(this.#random() * STANDING_DELAYS.first);
    else clearTimeout(this.#timer);
  }

  /** The platform says that something has changed. */
  poke(): void {
    this.#askIn(this.#random() * STANDING_DELAYS.poked);
  }

  stop(): void {
    this.#follows = false;
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), ms).unref();
  }

  async #ask(): Promise<void> {
    const refs = this.#parts.refs();
    if (this.#asking === null && refs.length > 0 && this.#parts.isOnline()) {
      this.#asking = new AbortController();
      const limit = AbortSignal.timeout(STANDING_DELAYS.answer);
      await this.#take(refs, AbortSignal.any([this.#asking.signal, limit]));
      this.#asking = null;
    }
    if (this.#follows) this.#askIn(STANDING_DELAYS.again * (0.8 + 0.4 * this.#random()));
  }

  async #take(refs: readonly string[], signal: AbortSignal): Promise<void> {
    const wasTold = this.#parts.isTold();
    const { answer } = await askOtherSide(
      this.#parts,
      {
        id: randomUUID(),
        service: EVACUATION_SERVICES.standing,
        body: JSON.stringify({ refs }),
        answer: STANDING_ANSWER,
        card: null,
      },
      'platform-slow',
      signal,
    );
    if (answer === null || signal.aborted) return;
    const said = new Map(answer.standings.map(({ ref, ...standing }) => [ref, standing]));
    for (const ref of refs) {
      const standing = said.get(ref);
      if (standing !== undefined) this.#known.set(ref, standing);
      else if (wasTold) this.#parts.onGone(ref);
    }
    this.#parts.onChange();
  }
}
