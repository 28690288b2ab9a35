/**
 * A simulated machine behind a release line, driven over its control socket:
 *   {"do": "set", "as": "ready" | "empty" | "jammed"}   jammed: it says that it is ready, and does nothing
 *   {"do": "count"}                                     how often it handed something out
 *   {"do": "unplug"} and {"do": "plug"}
 */

import { setTimeout as wait } from 'node:timers/promises';
import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import { pulse, type Wires } from './pulse.ts';
import type { OpenReleaseLine, ReleaseLine, ReleaseListener } from './release.ts';

const STATES = ['ready', 'empty', 'jammed'] as const;
type State = (typeof STATES)[number];

/** How long it is at work after a pulse. */
const WORK_MS = 300;

class Machine {
  state: State = 'ready';
  isPlugged = true;
  handedOut = 0;
  #busyUntil = 0;
  #isRaised = false;

  readonly wires: Wires = {
    isReady: async () => {
      this.#check();
      return this.state !== 'empty' && performance.now() >= this.#busyUntil;
    },
    raise: async (on) => {
      this.#check();
      const begins = on && !this.#isRaised;
      this.#isRaised = on;
      if (!begins || this.state !== 'ready') return;
      this.handedOut += 1;
      this.#busyUntil = performance.now() + WORK_MS;
    },
  };

  #check(): void {
    if (!this.isPlugged) throw new Error('the release line was unplugged');
  }
}

/** The machine outlives the daemon's opening and closing of its line. */
export function openSimRelease({ controlPath }: { readonly controlPath: string }): OpenReleaseLine {
  const machine = new Machine();
  const listeners = new Set<ReleaseListener>();
  let control: Promise<unknown> | null = null;
  const obey = (request: ControlRequest): ControlReply => {
    switch (request.do) {
      case 'set':
        machine.state = stateOf(request['as']);
        return {};
      case 'count':
        return { handedOut: machine.handedOut };
      case 'unplug':
        machine.isPlugged = false;
        for (const listener of listeners) listener.onLost('the release line was unplugged');
        listeners.clear();
        return {};
      case 'plug':
        machine.isPlugged = true;
        return {};
      default:
        throw new Error(`a release line does not know how to ${request.do}`);
    }
  };
  return async (listener): Promise<ReleaseLine> => {
    control ??= openControlSocket(controlPath, obey);
    await control;
    if (!machine.isPlugged) throw new Error('the release line is not there');
    listeners.add(listener);
    return {
      name: 'Simulated release line',
      modelled: true,
      release: () => pulse(machine.wires, async (ms) => wait(ms)),
      async close() {
        listeners.delete(listener);
      },
    };
  };
}

function stateOf(text: unknown): State {
  const found = STATES.find((state) => state === text);
  if (found === undefined) throw new Error(`expected ${STATES.join(' or ')}`);
  return found;
}
