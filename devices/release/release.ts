/**
 * The line that makes a machine hand something out (a vending machine, a locker, a door): one pulse, and whether the
 * machine took it. A driver never heals itself; `state-machines/device.ts` closes it and opens a new one.
 */

/**
 * `released`: the machine began to work. `not-ready`: it was jammed, empty or at work before, and nothing was sent.
 * `no-answer`: the pulse was sent and the machine did nothing.
 */
export type ReleaseOutcome = 'released' | 'not-ready' | 'no-answer';

export interface ReleaseListener {
  /** The device can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface ReleaseLine {
  readonly name: string;
  /** True when the machine is that of a model. */
  readonly modelled: boolean;
  /** Sends one pulse, if the machine is ready for it. One at a time. Rejects when the device is lost meanwhile. */
  release(): Promise<ReleaseOutcome>;
  close(): Promise<void>;
}

export type OpenReleaseLine = (listener: ReleaseListener) => Promise<ReleaseLine>;
