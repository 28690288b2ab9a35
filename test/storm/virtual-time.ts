/**
 * Time that passes as fast as the code under it runs: minutes of heartbeats, back-off and pauses in milliseconds, and the same
 * every time. What really takes time (files, workers, sockets of the operating system) goes on beside it.
 */

import { vi } from 'vitest';

/** Kept from before time stood still. */
const realImmediate = setImmediate;
const realTimeout = setTimeout;

/** Everything that is due in the event loop now has happened: promises, and what the operating system has ready. */
export function turn(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}

/** Milliseconds that really pass. */
export function really(ms: number): Promise<void> {
  return new Promise((resolve) => realTimeout(resolve, ms));
}

/** From here on time passes by `pass` alone. Returns what gives the real one back. */
export function stopTime(at: number): () => void {
  vi.useFakeTimers({
    now: at,
    toFake: [
      ...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const),
      ...(['setImmediate', 'clearImmediate', 'performance', 'Date'] as const),
    ],
  });
  return () => {
    vi.clearAllTimers();
    vi.useRealTimers();
  };
}

export async function pass(ms: number): Promise<void> {
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, ms);
  await turn();
  while (!isOver) {
    vi.advanceTimersToNextTimer();
    await turn();
  }
}

/** The wall clock of whoever asks `Date` is set; nothing becomes due by it. */
export function setWallClock(at: number): void {
  vi.setSystemTime(at);
}
