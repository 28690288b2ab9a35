/**
 * A simulated television, driven over its control socket:
 *   {"do": "look"}                       whether it is on, and how often it was switched on from here
 *   {"do": "off"}                        somebody switches it off
 *   {"do": "set", "as": "ready" | "deaf"}    deaf: it can't be told anything
 *   {"do": "unplug"} and {"do": "plug"}
 */

import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import type { OpenTvPower, TvPower, TvPowerListener } from './tv-power.ts';

class Television {
  isOn = false;
  isDeaf = false;
  isPlugged = true;
  woken = 0;

  wake(): void {
    if (!this.isPlugged) throw new Error('the television was unplugged');
    if (this.isDeaf) throw new Error('the television does not acknowledge');
    this.isOn = true;
    this.woken += 1;
  }
}

/** The television outlives the daemon's opening and closing of its line. */
export function openSimTvPower({ controlPath }: { readonly controlPath: string }): OpenTvPower {
  const television = new Television();
  const listeners = new Set<TvPowerListener>();
  let control: Promise<unknown> | null = null;
  return async (listener): Promise<TvPower> => {
    control ??= openControlSocket(controlPath, (request) => obey(television, listeners, request));
    await control;
    if (!television.isPlugged) throw new Error('the television is not there');
    listeners.add(listener);
    return {
      name: 'Simulated television',
      modelled: true,
      async wake() {
        television.wake();
      },
      async close() {
        listeners.delete(listener);
      },
    };
  };
}

function obey(
  television: Television,
  listeners: Set<TvPowerListener>,
  request: ControlRequest,
): ControlReply {
  switch (request.do) {
    case 'look':
      return { on: television.isOn, woken: television.woken };
    case 'off':
      television.isOn = false;
      return {};
    case 'set':
      if (request['as'] !== 'ready' && request['as'] !== 'deaf') {
        throw new Error('expected ready or deaf');
      }
      television.isDeaf = request['as'] === 'deaf';
      return {};
    case 'unplug':
      television.isPlugged = false;
      for (const listener of listeners) listener.onLost('the television was unplugged');
      listeners.clear();
      return {};
    case 'plug':
      television.isPlugged = true;
      return {};
    default:
      throw new Error(`a television does not know how to ${request.do}`);
  }
}
