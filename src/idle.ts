/** Whether somebody is at the terminal: a restart that the platform asks for waits until nobody is. */

import { setTimeout } from 'node:timers/promises';
import { type Actor, type AnyMachineSnapshot, type SnapshotFrom, waitFor } from 'xstate';
import type { terminalMachine } from '../state-machines/terminal.ts';
import type { Charges } from './charges.ts';

/** Money that a unit does not give back so long waits in the ledger for the day when the terminal is itself again. */
const SETTLE_MS = 30_000;

/** Whether there comes a time when nobody is at the terminal before the signal does. */
export async function idle(
  actor: Actor<typeof terminalMachine>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await waitFor(actor, isIdle, { signal });
    return true;
  } catch (error) {
    // Also when the machine ends first.
    if (!signal.aborted && actor.getSnapshot().status === 'active') throw error;
    return false;
  }
}

/** As `idle`, and money that is held somewhere is settled first. */
export async function quiet(
  actor: Actor<typeof terminalMachine>,
  charges: Pick<Charges, 'settleOpen'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await idle(actor, signal))) return false;
  await Promise.race([charges.settleOpen(), setTimeout(SETTLE_MS, null, { ref: false })]);
  return idle(actor, signal);
}

/** A television is never waiting for a card; nobody does anything while its first screen is shown. */
function isIdle(terminal: SnapshotFrom<typeof terminalMachine>): boolean {
  if (terminal.matches({ operating: { visit: 'waiting' } })) return true;
  const programme: AnyMachineSnapshot | undefined = terminal.children['errand']?.getSnapshot();
  return programme?.machine?.id === 'television' && programme.matches('home');
}
