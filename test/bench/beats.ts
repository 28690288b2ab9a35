/** A terminal by hand that goes on living: whoever is not heard of for two beats is cut off. */

import type { BareTerminal } from '../platform/bare-terminal.ts';

/** From now on it answers each beat of the platform with its own. */
export function beatBack(terminal: BareTerminal): void {
  terminal.socket.on('message', () => {
    if (terminal.frames.at(-1)?.frame !== 'beat') return;
    const clock = { at: new Date().toISOString(), quality: 'synced', mono: performance.now() };
    terminal.send({ frame: 'beat', waiting: 0, clock });
  });
}
