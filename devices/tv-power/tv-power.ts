/** What switches a television on and has it show this terminal. A driver never heals itself: `state-machines/device.ts` does. */

export interface TvPowerListener {
  /** It can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface TvPower {
  readonly name: string;
  /** True when it is that of a model. */
  readonly modelled: boolean;
  /** Resolves when the television was told; whether it obeys, no television says. Rejects when it can't be told. */
  wake(): Promise<void>;
  close(): Promise<void>;
}

export type OpenTvPower = (listener: TvPowerListener) => Promise<TvPower>;
