/** Measures promises of time on a machine that may be busy elsewhere. */

/** How often it looks, and the most that counts of what passed between two looks (ms). */
const LOOK_MS = 10;
const COUNTED_MS_MAX = 50;

/** What this thread has computed since it began (ms). */
export function computedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * Starts one; what it returns stops it, and says how many ms passed: only those that this process had. What this thread computed
 * counts whole, also while nothing else got a turn.
 */
export function stopwatch(): () => number {
  const begun = computedMs();
  let last = performance.now();
  let counted = 0;
  const look = (): void => {
    const now = performance.now();
    counted += Math.min(now - last, COUNTED_MS_MAX);
    last = now;
  };
  const looking = setInterval(look, LOOK_MS).unref();
  return () => {
    clearInterval(looking);
    look();
    return Math.max(counted, computedMs() - begun);
  };
}
