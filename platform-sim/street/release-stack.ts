/** What hands something out at a place: a modelled machine in the terminal's process, as no pseudo-terminal has its lines. */

import { join } from 'node:path';
import { askControlSocket } from '../../devices/sim-control.ts';

/** `empty`: it says that it is not ready; `jammed`: it says that it is, and does nothing. */
export type MachineState = 'ready' | 'empty' | 'jammed';

export interface ReleaseStack {
  /** The `[release]` table of the terminal's configuration. */
  readonly config: string;
  readonly says: string;
  /** Rejects when the machine cannot be reached. */
  set(state: MachineState): Promise<void>;
  /** The machine lives in the terminal's process: a new one is told what this one was. */
  setAgain(): Promise<void>;
}

/** `state`: where the terminal's simulators open their control sockets. */
export function openReleaseStack(state: string): ReleaseStack {
  const socket = join(state, 'sim-release.sock');
  let now: MachineState = 'ready';
  const tell = async () => void (await askControlSocket(socket, { do: 'set', as: now }));
  return {
    config: 'driver = "simulated"',
    says: "release: a machine modelled in the terminal's process (no pseudo-terminal has break and CTS)",
    set(as) {
      now = as;
      return tell();
    },
    async setAgain() {
      if (now !== 'ready') await tell();
    },
  };
}
