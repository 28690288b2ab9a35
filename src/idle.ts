/** Whether somebody is at the terminal: a restart that the platform asks for waits until nobody is. */

import { type Actor, type AnyMachineSnapshot, type SnapshotFrom, waitFor } from 'xstate';
import type { terminalMachine } from '../state-machines/terminal.ts';

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

/** A television is never waiting for a card; nobody does anything while its first screen is shown. */
function isIdle(terminal: SnapshotFrom<typeof terminalMachine>): boolean {
  if (terminal.matches({ operating: { visit: 'waiting' } })) return true;
  const programme: AnyMachineSnapshot | undefined = terminal.children['errand']?.getSnapshot();
  return programme?.machine?.id === 'television' && programme.matches('home');
}
