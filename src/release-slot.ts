/** The release line that is open now, and what becomes of each pulse. */

import type { OpenReleaseLine, ReleaseLine, ReleaseOutcome } from '../devices/release/release.ts';
import type { Recorder } from './recorder.ts';

/** `absent`: no line is open, or it was lost in the middle: whether something came out is not known then. */
export type HandedOut = ReleaseOutcome | 'absent';

/** Has the machine hand something out, once. `service`: for the journal. Never rejects. */
export type HandOut = (service: string) => Promise<HandedOut>;

export class ReleaseSlot {
  readonly #open: OpenReleaseLine;
  readonly #recorder: Recorder;
  readonly #onLost: (reason: string) => void;
  #line: ReleaseLine | null = null;

  constructor(open: OpenReleaseLine, recorder: Recorder, onLost: (reason: string) => void) {
    this.#open = open;
    this.#recorder = recorder;
    this.#onLost = onLost;
  }

  get current(): ReleaseLine | null {
    return this.#line;
  }

  async open(): Promise<void> {
    this.#line = await this.#open({ onLost: (reason) => this.#onLost(reason) });
  }

  async close(): Promise<void> {
    const line = this.#line;
    this.#line = null;
    await line?.close();
  }

  readonly handOut: HandOut = async (service) => {
    const line = this.#line;
    const outcome = line === null ? 'absent' : await this.#pulse(line);
    const modelled = line?.modelled === true ? true : undefined;
    this.#recorder.note('release.done', { service, outcome, modelled });
    return outcome;
  };

  async #pulse(line: ReleaseLine): Promise<HandedOut> {
    try {
      return await line.release();
    } catch (error) {
      this.#onLost((error as Error).message);
      return 'absent';
    }
  }
}
