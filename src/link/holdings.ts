/** Tells the platform which version of each list decides here, so that whoever runs the gates sees it before the doors open. */

import { randomUUID } from 'node:crypto';
import type { ListShelf } from '../store/list-shelf.ts';
import { HOLDINGS_SERVICE, type Holdings } from './holdings-protocol.ts';
import type { Ask } from './questions.ts';

/** As often as the platform confirms what is the newest. */
const TELL_EVERY_MS = 300_000;
const ANSWER_MS = 30_000;

export interface HoldingsOptions {
  readonly lists: readonly string[];
  readonly shelf: Pick<ListShelf, 'active'>;
  readonly ask: Ask;
}

export class HoldingsReport {
  readonly #options: HoldingsOptions;
  readonly #timer = setInterval(() => this.tell(), TELL_EVERY_MS).unref();
  readonly #stop = new AbortController();
  /** What the platform has heard. */
  #told = '';
  #telling: Promise<void> | null = null;
  /** A platform of an earlier version asks for none. */
  #isUnwanted = false;

  constructor(options: HoldingsOptions) {
    this.#options = options;
  }

  /** Another platform may answer now, or one that has forgotten. */
  linkUp(): void {
    this.#told = '';
    this.#isUnwanted = false;
    this.tell();
  }

  /** Nothing happens where nothing has changed, or there is no link. Never rejects. */
  tell(): void {
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = null;
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#telling;
  }

  /** Also what changes meanwhile. */
  async #tellAll(): Promise<void> {
    for (;;) {
      const body = JSON.stringify(this.#holdings());
      if (this.#isUnwanted || this.#stop.signal.aborted || body === this.#told) return;
      const question = { id: randomUUID(), service: HOLDINGS_SERVICE, body, card: null };
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_MS)]);
      const asked = await this.#options.ask(question, signal);
      this.#isUnwanted = asked.asked === 'refused' && asked.fault === 'unknown-service';
      if (asked.asked !== 'answered') return;
      this.#told = body;
    }
  }

  #holdings(): Holdings {
    const { lists, shelf } = this.#options;
    return {
      lists: lists.flatMap((list) => {
        const active = shelf.active(list);
        if (active === null) return [];
        const { manifest, confirmedAt } = active;
        const { version } = manifest;
        return [{ list, version, confirmedAt: new Date(confirmedAt).toISOString() }];
      }),
    };
  }
}
