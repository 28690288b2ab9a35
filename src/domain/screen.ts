/** The screens of a terminal, by name. Every machine state that a person can see names one in its `meta`. */

export const SCREENS = [
  /** Hold your card. */
  'waiting',
  /** Keep holding. */
  'hold',
  /** Closed ring, the answer inside. */
  'welcome',
  /** You may enter; the paper follows later. */
  'receipt-owed',
  /** Not admitted, or hold again: reason, harm, next step. */
  'refused',
  /** Please take your card. */
  'take-card',
  /** Out of service. */
  'closed',
] as const;

export type ScreenName = (typeof SCREENS)[number];

/** The `meta` of a machine state. */
export interface StateMeta {
  readonly screen: ScreenName;
}
