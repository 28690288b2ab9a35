/** When a terminal tries its platform again: exponential with full jitter, so that a whole town does not come back in one second. */

export const RECONNECT = {
  firstMs: 500,
  longestMs: 30_000,
  /** A link that is lost sooner after it came up counts as another failure. */
  steadyMs: 10_000,
} as const;

const DOUBLINGS_MAX = 16;

/** How long to wait after so many failures in a row, in ms. `random`: from 0 to 1. */
export function reconnectDelay(failures: number, random = Math.random()): number {
  const { firstMs, longestMs } = RECONNECT;
  return random * Math.min(firstMs * 2 ** Math.min(failures, DOUBLINGS_MAX), longestMs);
}
