/**
 * What goes over the two wires: one out, raised for the pulse; one in, high while the machine is ready, low while it
 * works or can't. Pure but for time, which is handed in.
 */

import type { ReleaseOutcome } from './release.ts';

export interface Wires {
  /** Whether the machine is ready. */
  isReady(): Promise<boolean>;
  raise(on: boolean): Promise<void>;
}

export const PULSE_TIMES = {
  /** As long as coin mechanisms pulse. */
  pulseMs: 150,
  /** A machine that took the pulse has begun by then. */
  answerMs: 2_000,
  lookMs: 25,
} as const;

/** The wire is low again when it returns, however it ends. `wait`: ms. */
export async function pulse(
  wires: Wires,
  wait: (ms: number) => Promise<void>,
): Promise<ReleaseOutcome> {
  if (!(await wires.isReady())) return 'not-ready';
  const { pulseMs, answerMs, lookMs } = PULSE_TIMES;
  await wires.raise(true);
  let began = false;
  try {
    for (let waited = 0; waited < pulseMs; waited += lookMs) {
      await wait(lookMs);
      began ||= !(await wires.isReady());
    }
  } finally {
    await wires.raise(false);
  }
  for (let waited = 0; !began && waited < answerMs; waited += lookMs) {
    await wait(lookMs);
    began = !(await wires.isReady());
  }
  return began ? 'released' : 'no-answer';
}
