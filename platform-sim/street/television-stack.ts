/**
 * A television at home and the remote control that lies before it: both modelled in the box's process, as a real one of either
 * needs a kernel of its own (USB HID, HDMI-CEC). The card reader of the remote control is the place's own.
 */

import { join } from 'node:path';
import { askControlSocket } from '../../devices/sim-control.ts';
import type { RemoteButton } from '../../src/domain/remote.ts';

const LOW_PERCENT = 4;
const FULL_PERCENT = 90;

export type RemoteState = 'ready' | 'battery-low' | 'unplugged';

export interface TelevisionStack {
  /** The tables `[remote]` and `[tv-power]` of the box's configuration. */
  readonly config: string;
  readonly says: string;
  /** The set shows something. */
  readonly isOn: boolean;
  /** Rejects when it can't be pressed. */
  press(button: RemoteButton): Promise<void>;
  /** So many reports at once, as from a remote control that is broken, or made to be. */
  flood(reports: number): Promise<void>;
  /** Of the buttons alone: the reader in it has a line of its own. */
  setRemote(state: RemoteState): Promise<void>;
  /** Somebody switches the set on or off by hand. */
  setOn(isOn: boolean): Promise<void>;
  /** The box has switched it on. */
  woken(): void;
  /** The line by which the box does that. */
  setLine(isPlugged: boolean): Promise<void>;
  /** Both live in the box's process: new ones are told what these were. `device`: as the journal calls it. */
  setAgain(device: string): Promise<void>;
}

/** `state`: where the terminal's simulators open their control sockets. */
export function openTelevisionStack(state: string): TelevisionStack {
  return new Modelled(join(state, 'sim-remote.sock'), join(state, 'sim-tv-power.sock'));
}

class Modelled implements TelevisionStack {
  readonly config = '[remote]\ndriver = "simulated"\n[tv-power]\ndriver = "simulated"';
  readonly says = "television: its remote control's buttons and its switch are modelled";
  isOn = true;
  readonly #remoteSocket: string;
  readonly #tvSocket: string;
  #remote: RemoteState = 'ready';
  #isPlugged = true;

  constructor(remoteSocket: string, tvSocket: string) {
    this.#remoteSocket = remoteSocket;
    this.#tvSocket = tvSocket;
  }

  async press(button: RemoteButton): Promise<void> {
    await askControlSocket(this.#remoteSocket, { do: 'press', button });
  }

  async flood(reports: number): Promise<void> {
    await askControlSocket(this.#remoteSocket, { do: 'flood', reports });
  }

  async setRemote(state: RemoteState): Promise<void> {
    const before = this.#remote;
    this.#remote = state;
    await this.#tellRemote(before);
  }

  async setOn(isOn: boolean): Promise<void> {
    this.isOn = isOn;
    if (!isOn) await askControlSocket(this.#tvSocket, { do: 'off' });
  }

  woken(): void {
    this.isOn = true;
  }

  async setLine(isPlugged: boolean): Promise<void> {
    this.#isPlugged = isPlugged;
    await askControlSocket(this.#tvSocket, { do: isPlugged ? 'plug' : 'unplug' });
  }

  async setAgain(device: string): Promise<void> {
    if (device === 'remote' && this.#remote !== 'ready') await this.#tellRemote('ready');
    if (device === 'tv-power' && !this.#isPlugged) await this.setLine(false);
  }

  async #tellRemote(before: RemoteState): Promise<void> {
    const tell = async (request: { readonly do: string; readonly percent?: number }) =>
      void (await askControlSocket(this.#remoteSocket, request));
    const after = this.#remote;
    if (after === 'unplugged') return tell({ do: 'unplug' });
    if (before === 'unplugged') await tell({ do: 'plug' });
    const percent = after === 'battery-low' ? LOW_PERCENT : FULL_PERCENT;
    if (after !== before) await tell({ do: 'battery', percent });
  }
}
