/**
 * A simulated remote control, driven over its control socket:
 *   {"do": "press", "button": "ok"}              pressed and let go
 *   {"do": "hold", "button": "down"} and {"do": "release"}
 *   {"do": "report", "hex": "020000"}            whatever bytes its wire may carry
 *   {"do": "flood", "reports": 10000}            so many at once, each another key than the one before
 *   {"do": "battery", "percent": 10}
 *   {"do": "set", "as": "held" | "exposed"}      whether keys of it could reach something else
 *   {"do": "unplug"} and {"do": "plug"}
 */

import type { RemoteButton } from '../../src/domain/remote.ts';
import { REMOTE_BUTTONS } from '../../src/domain/remote.ts';
import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import { keyMapWith, type NamedUsages } from './key-map.ts';
import { KeyStream } from './key-stream.ts';
import type { OpenRemote, Remote, RemoteLevels, RemoteListener } from './remote.ts';
import { readReportDescriptor } from './report-descriptor.ts';
import { batteryReport, reportsOf, SIM_DESCRIPTOR } from './sim-reports.ts';

const NAME = 'Simulated remote control';
const REPORTS_MAX = 100_000;
const REPORT_BYTES_MAX = 64;

export interface SimRemoteOptions {
  readonly controlPath: string;
  readonly keys?: NamedUsages | undefined;
}

/** The thing in the hand: it outlives the daemon's opening and closing of it. */
class Handset {
  readonly #keys: NamedUsages;
  #listener: RemoteListener | null = null;
  #stream: KeyStream | null = null;
  #take: (report: Uint8Array) => void = () => {};
  #held: RemoteButton | null = null;
  #isPlugged = true;
  #exposed: string | null = null;
  #isBatteryLow = false;

  constructor(keys: NamedUsages) {
    this.#keys = keys;
  }

  open(listener: RemoteListener): void {
    this.#listener = listener;
    if (this.#isPlugged) this.#begin();
    this.#tellLevels();
  }

  close(): void {
    this.#stream?.close();
    this.#listener = null;
  }

  report(bytes: Uint8Array): void {
    if (!this.#isPlugged) throw new Error('it is not plugged in');
    this.#take(bytes);
  }

  hold(button: RemoteButton): void {
    this.report(reportsOf(button).down);
    this.#held = button;
  }

  release(): void {
    if (this.#held !== null) this.report(reportsOf(this.#held).up);
    this.#held = null;
  }

  press(button: RemoteButton): void {
    this.hold(button);
    this.release();
  }

  expose(isExposed: boolean): void {
    this.#exposed = isExposed ? 'another program reads its keys, too' : null;
    this.#tellLevels();
  }

  plug(isPlugged: boolean): void {
    if (this.#isPlugged === isPlugged) return;
    this.#isPlugged = isPlugged;
    this.#held = null;
    this.#isBatteryLow = false;
    if (isPlugged) this.#begin();
    else this.#stream?.close();
    this.#tellLevels();
  }

  #begin(): void {
    const layouts = readReportDescriptor(SIM_DESCRIPTOR);
    if (layouts === null) throw new Error('the descriptor of the simulator is not understood');
    this.#stream = new KeyStream(keyMapWith(this.#keys), {
      onPress: (button, isRepeat) => this.#listener?.onPress(button, isRepeat),
      onBattery: (isLow) => {
        this.#isBatteryLow = isLow;
        this.#tellLevels();
      },
      onDropped: (dropped) => this.#listener?.onDropped(dropped),
    });
    this.#take = this.#stream.reader(layouts);
  }

  #tellLevels(): void {
    const levels: RemoteLevels = this.#isPlugged
      ? { isThere: true, name: NAME, exposed: this.#exposed, isBatteryLow: this.#isBatteryLow }
      : { isThere: false, why: 'it was unplugged' };
    this.#listener?.onLevels(levels);
  }
}

export function openSimRemote({ controlPath, keys = {} }: SimRemoteOptions): OpenRemote {
  const handset = new Handset(keys);
  let control: Promise<unknown> | null = null;
  return async (listener): Promise<Remote> => {
    control ??= openControlSocket(controlPath, (request) => obey(handset, request));
    await control;
    handset.open(listener);
    return {
      modelled: true,
      async close() {
        handset.close();
      },
    };
  };
}

function obey(handset: Handset, request: ControlRequest): ControlReply {
  switch (request.do) {
    case 'press':
      handset.press(buttonIn(request));
      return {};
    case 'hold':
      handset.hold(buttonIn(request));
      return {};
    case 'release':
      handset.release();
      return {};
    case 'report':
      handset.report(bytesIn(request));
      return {};
    case 'flood':
      return flood(handset, numberIn(request, 'reports', REPORTS_MAX));
    case 'battery':
      handset.report(batteryReport(numberIn(request, 'percent', 100)));
      return {};
    case 'set':
      if (request['as'] !== 'held' && request['as'] !== 'exposed') {
        throw new Error('expected held or exposed');
      }
      handset.expose(request['as'] === 'exposed');
      return {};
    case 'unplug':
      handset.plug(false);
      return {};
    case 'plug':
      handset.plug(true);
      return {};
    default:
      throw new Error(`a remote control does not know how to ${request.do}`);
  }
}

/** Answers with how long it took, in ms. */
function flood(handset: Handset, reports: number): ControlReply {
  const begunAt = performance.now();
  for (let sent = 0; sent < reports; sent += 2) {
    handset.press(REMOTE_BUTTONS[(sent / 2) % REMOTE_BUTTONS.length] ?? 'ok');
  }
  return { ms: performance.now() - begunAt };
}

function buttonIn({ button }: ControlRequest): RemoteButton {
  const found = REMOTE_BUTTONS.find((name) => name === button);
  if (found === undefined) throw new Error(`expected a button: ${REMOTE_BUTTONS.join(', ')}`);
  return found;
}

function bytesIn({ hex }: ControlRequest): Uint8Array {
  if (typeof hex !== 'string' || !/^([0-9a-f]{2})+$/u.test(hex)) throw new Error('expected hex');
  if (hex.length > 2 * REPORT_BYTES_MAX) throw new Error('such a report is too long');
  return Buffer.from(hex, 'hex');
}

function numberIn(request: ControlRequest, name: string, most: number): number {
  const value = request[name];
  if (typeof value !== 'number' || !(value >= 0 && value <= most)) {
    throw new Error(`expected "${name}" from 0 to ${most}`);
  }
  return value;
}
