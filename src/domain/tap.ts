/** One stay of one card in the field: its number, and when it was sensed (CLOCK_MONOTONIC, ms). */
export interface SensedTap {
  readonly tap: number;
  readonly sensedAt: number;
}
