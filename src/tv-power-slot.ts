/** What switches the television on that is connected now, and what becomes of each try. */

import type { OpenTvPower, TvPower } from '../devices/tv-power/tv-power.ts';
import type { Recorder } from './recorder.ts';

/** `told`: which no television confirms; `not-told`: the line to it failed; `absent`: there is none now. */
export type Woken = 'told' | 'not-told' | 'absent';

/** Switches the television on and has it show this terminal, also when it is on already. Never rejects. */
export type WakeScreen = () => Promise<Woken>;

export class TvPowerSlot {
  readonly #open: OpenTvPower;
  readonly #recorder: Pick<Recorder, 'note'>;
  readonly #onLost: (reason: string) => void;
  #power: TvPower | null = null;
  /** Who asks while it is being told is answered with the others. */
  #underWay: Promise<Woken> | null = null;

  constructor(
    open: OpenTvPower,
    recorder: Pick<Recorder, 'note'>,
    onLost: (reason: string) => void,
  ) {
    this.#open = open;
    this.#recorder = recorder;
    this.#onLost = onLost;
  }

  get current(): TvPower | null {
    return this.#power;
  }

  async open(): Promise<void> {
    this.#power = await this.#open({ onLost: (reason) => this.#onLost(reason) });
  }

  async close(): Promise<void> {
    const power = this.#power;
    this.#power = null;
    await power?.close();
  }

  readonly wake: WakeScreen = () => {
    this.#underWay ??= this.#tell().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  };

  async #tell(): Promise<Woken> {
    const power = this.#power;
    let outcome: Woken = power === null ? 'absent' : 'told';
    let reason: string | undefined;
    try {
      await power?.wake();
    } catch (error) {
      outcome = 'not-told';
      reason = (error as Error).message;
    }
    const modelled = power?.modelled === true ? true : undefined;
    this.#recorder.note('tv-power.asked', { outcome, reason, modelled });
    return outcome;
  }
}
