/**
 * A unit that takes money (a coin box, an e-money reader): it holds an amount, and later takes it or gives it back. A
 * driver never heals itself; `state-machines/device.ts` closes it and opens a new one.
 */

export const PAYMENT_MEANS = ['cash', 'e-money'] as const;
export type PaymentMeans = (typeof PAYMENT_MEANS)[number];

/** The least and the most that is asked for at once, in yen. */
export const YEN_MIN = 10;
export const YEN_MAX = 50_000;

/** 128 random bits in hexadecimal: never used twice. */
export const PAYMENT_ID = /^[0-9a-f]{32}$/u;

/**
 * - `none`: the unit never heard of it
 * - `collecting`: it waits for the money; what was put in so far is in the unit
 * - `authorised`: it holds the money
 * - `captured`: the money is taken
 * - `voided`: what was held went back, and under this id nothing is ever taken any more
 * - `unknown`: the unit lost its memory and can't say
 */
export const PAYMENT_STATES = [
  'none',
  'collecting',
  'authorised',
  'captured',
  'voided',
  'unknown',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/**
 * Why nothing was taken; each came with the money back.
 * - `stopped`: the person, or the kiosk for them
 * - `declined`: the e-money is not good for the amount
 * - `cash-full`, `no-change`: the coin box can't take this money, or can't give change for it
 * - `busy`: another payment is open
 * - `abandoned`: nobody asked about it any more
 * - `power`: the unit lost power while it was collecting
 * - `out-of-order`: it takes no payments until somebody has looked at it
 */
export const VOID_REASONS = [
  'stopped',
  'declined',
  'cash-full',
  'no-change',
  'busy',
  'abandoned',
  'power',
  'out-of-order',
] as const;
export type VoidReason = (typeof VOID_REASONS)[number];

export interface Payment {
  readonly id: string;
  /** Whole, `YEN_MIN` to `YEN_MAX`. */
  readonly yen: number;
  readonly means: PaymentMeans;
}

/** `unknown`: the unit itself can't say whether it holds the money. */
export type Authorisation =
  | { readonly outcome: 'authorised' }
  | { readonly outcome: 'not-authorised'; readonly why: VoidReason }
  | { readonly outcome: 'unknown' };

/**
 * `done`: it is as was asked for, now or long since. `refused`: it is in the other state, and stays in it: what was
 * captured is not voided, what is not authorised is not captured. `unknown`: the unit can't say.
 */
export type Settled =
  | { readonly outcome: 'done' }
  | {
      readonly outcome: 'refused';
      readonly state: Exclude<PaymentState, 'unknown' | 'authorised'>;
    }
  | { readonly outcome: 'unknown' };

/** What came that was no answer to what was asked: nothing was done with it. */
export type DroppedAnswer = 'other-request' | 'not-asked' | 'damaged';

export interface PaymentListener {
  /** The device can't be used any more. Called at most once. */
  onLost(reason: string): void;
  onDropped(reason: DroppedAnswer): void;
}

/** The unit can't be reached: what was asked for may have happened. Ask again under the same id when it is back. */
export class PaymentLostError extends Error {
  override readonly name = 'PaymentLostError';
}

export interface PaymentUnit {
  readonly name: string;
  /** True when the unit is that of a model. */
  readonly modelled: boolean;
  readonly means: readonly PaymentMeans[];
  /**
   * Resolves when the unit holds the money, which is not taken yet. `on.inserted`: so many yen were put in so far. Abort:
   * the person stops, and what was put in comes back. Rejects with `PaymentLostError`.
   */
  authorise(
    payment: Payment,
    on: { inserted(yen: number): void },
    signal: AbortSignal,
  ): Promise<Authorisation>;
  /** Takes what is held; doing it twice takes nothing more. Rejects with `PaymentLostError`. */
  capture(id: string): Promise<Settled>;
  /**
   * Gives back what is held; doing it twice gives back nothing more. An id that the unit never heard of is void from then
   * on, so that what is still on its way under it takes nothing. Rejects with `PaymentLostError`.
   */
  void(id: string): Promise<Settled>;
  /** What became of it. Rejects with `PaymentLostError`. */
  stateOf(id: string): Promise<PaymentState>;
  close(): Promise<void>;
}

export type OpenPaymentUnit = (listener: PaymentListener) => Promise<PaymentUnit>;
