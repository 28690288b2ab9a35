/**
 * What goes over the three wires: one out, raised for the pulse that unlocks for one person; two in, `ready` while the
 * turnstile is locked and waits for a pulse, `contact` while a person turns it. Pure but for time, which is handed in.
 */

import type { PassageOutcome } from './turnstile.ts';

export interface Levels {
  readonly ready: boolean;
  readonly contact: boolean;
}

export interface Wires {
  look(): Promise<Levels>;
  raise(on: boolean): Promise<void>;
}

export const PASSAGE_TIMES = {
  /** The person before may still be turning it. */
  readyMs: 3_000,
  /** As long as turnstiles ask for. */
  pulseMs: 150,
  /** One that took the pulse has unlocked by then. */
  answerMs: 2_000,
  /** Sooner than any person. A contact that closes for half a second is seen on a busy machine, too. */
  lookMs: 25,
} as const;

/** The wire is low again when it returns, however it ends. `wait`: ms. */
export async function letThrough(
  wires: Wires,
  wait: (ms: number) => Promise<void>,
  signal: AbortSignal,
): Promise<PassageOutcome> {
  if (!(await isFree(wires, wait, signal))) return 'not-ready';
  await wires.raise(true);
  try {
    return await passage(wires, wait, signal);
  } finally {
    await wires.raise(false);
  }
}

async function isFree(
  wires: Wires,
  wait: (ms: number) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const { readyMs, lookMs } = PASSAGE_TIMES;
  for (let waited = 0; !signal.aborted; waited += lookMs) {
    const { ready, contact } = await wires.look();
    if (ready && !contact) return true;
    if (waited >= readyMs) return false;
    await wait(lookMs);
  }
  return false;
}

/** From the raised wire on. A contact counts before the lock that follows it. */
async function passage(
  wires: Wires,
  wait: (ms: number) => Promise<void>,
  signal: AbortSignal,
): Promise<PassageOutcome> {
  const { pulseMs, answerMs, lookMs } = PASSAGE_TIMES;
  let isUnlocked = false;
  for (let waited: number = lookMs; !signal.aborted; waited += lookMs) {
    await wait(lookMs);
    if (waited === pulseMs) await wires.raise(false);
    const { ready, contact } = await wires.look();
    if (contact) return 'passed';
    if (isUnlocked && ready) return 'not-passed';
    if (!ready) isUnlocked = true;
    else if (waited >= answerMs) return 'no-answer';
  }
  return 'silent';
}
