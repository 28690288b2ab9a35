/**
 * A turnstile, or any barrier that opens for one person and notices whether they walk through. A driver never heals itself;
 * `state-machines/device.ts` closes it and opens a new one.
 */

/**
 * `passed`: somebody walked through. `not-passed`: it locked again and nobody had. `not-ready`: it was at work, or somebody
 * stood in it, and no pulse was sent. `no-answer`: the pulse was sent and it did not unlock. `silent`: it unlocked and said
 * nothing more for as long as it was waited for.
 */
export type PassageOutcome = 'passed' | 'not-passed' | 'not-ready' | 'no-answer' | 'silent';

export interface TurnstileListener {
  /** The device can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface Turnstile {
  readonly name: string;
  /** True when it is that of a model. */
  readonly modelled: boolean;
  /** Unlocks for one person, and waits for them until `signal` is aborted. One at a time. Rejects when the device is lost meanwhile. */
  letThrough(signal: AbortSignal): Promise<PassageOutcome>;
  close(): Promise<void>;
}

export type OpenTurnstile = (listener: TurnstileListener) => Promise<Turnstile>;
