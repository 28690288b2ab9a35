/** The remote control, if one is plugged in: what is pressed on it, and what it says of itself. */

import type {
  Dropped,
  OpenRemote,
  Remote,
  RemoteLevels,
  RemoteListener,
} from '../devices/remote/remote.ts';
import type { RemotePress, RemotePresses } from './domain/remote.ts';
import type { Recorder } from './recorder.ts';

const DEVICE = 'remote';
const DROPPED_NOTED_MS = 60_000;
const NOT_LOOKED: RemoteLevels = { isThere: false, why: 'it was not looked for yet' };

/** `exposed`: keys of it could reach something else. */
export type RemoteCondition = 'ready' | 'battery-low' | 'exposed';

export class RemoteSlot implements RemotePresses {
  readonly #open: OpenRemote;
  readonly #recorder: Pick<Recorder, 'note'>;
  readonly #onLost: (reason: string) => void;
  readonly #listeners = new Set<(press: RemotePress) => void>();
  #remote: Remote | null = null;
  #levels: RemoteLevels = NOT_LOOKED;
  /** As the journal has it. */
  #condition: RemoteCondition = 'ready';
  #said: string | null = null;
  #hasRefused = false;
  #dropped = new Map<string, number>();
  #droppedTimer: NodeJS.Timeout | null = null;

  constructor(
    open: OpenRemote,
    recorder: Pick<Recorder, 'note'>,
    onLost: (reason: string) => void,
  ) {
    this.#open = open;
    this.#recorder = recorder;
    this.#onLost = onLost;
  }

  /** Whether one is plugged in and read. */
  get isOpen(): boolean {
    return this.#levels.isThere;
  }

  get condition(): RemoteCondition {
    return conditionOf(this.#levels);
  }

  async open(): Promise<void> {
    const listener: RemoteListener = {
      onPress: (button, isRepeat) => {
        const isPrivate = this.#levels.isThere && this.#levels.exposed === null;
        for (const listen of [...this.#listeners]) listen({ button, isRepeat, isPrivate });
      },
      onLevels: (levels) => this.#hear(levels),
      onDropped: (dropped) => this.#count(dropped),
      onLost: (reason) => this.#onLost(reason),
    };
    this.#remote = await this.#open(listener);
    this.#noteConnected();
  }

  async close(): Promise<void> {
    const remote = this.#remote;
    this.#remote = null;
    this.#levels = NOT_LOOKED;
    this.#noteDropped();
    await remote?.close();
  }

  /** The driver itself is lost, or could not begin. */
  lost(reason: string): void {
    this.#hear({ isThere: false, why: reason });
  }

  watch(listener: (press: RemotePress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  refuseDigit(): void {
    if (this.#hasRefused) return;
    this.#hasRefused = true;
    this.#recorder.note('remote.digit-refused', {});
  }

  #hear(levels: RemoteLevels): void {
    const before = this.#levels;
    this.#levels = levels;
    this.#noteConnected();
    if (!levels.isThere) return;
    const exposedBefore = before.isThere ? before.exposed : undefined;
    if (levels.exposed !== exposedBefore) this.#noteExposure(levels.name, levels.exposed);
    const condition = conditionOf(levels);
    if (condition === this.#condition) return;
    this.#condition = condition;
    this.#recorder.note('device.condition', { device: DEVICE, condition });
  }

  #noteExposure(name: string, exposed: string | null): void {
    if (exposed !== null) {
      this.#recorder.note('remote.exposed', { name, reason: exposed });
      return;
    }
    this.#hasRefused = false;
    this.#recorder.note('remote.held', { name });
  }

  /** Also before the driver is open: the first levels come while it opens, and its model is known then. */
  #noteConnected(): void {
    const levels = this.#levels;
    if (levels.isThere && this.#remote === null) return;
    const said = levels.isThere ? '' : levels.why;
    if (said === this.#said) return;
    this.#said = said;
    const modelled = this.#remote?.modelled === true ? true : undefined;
    if (levels.isThere) {
      this.#recorder.note('device.ready', { device: DEVICE, name: levels.name, modelled });
    } else {
      this.#recorder.note('device.lost', { device: DEVICE, reason: levels.why });
    }
  }

  #count(dropped: Dropped): void {
    for (const [reason, count = 0] of Object.entries(dropped)) {
      this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
    }
    if (this.#droppedTimer !== null) return;
    this.#noteDropped();
    this.#droppedTimer = setTimeout(() => {
      this.#droppedTimer = null;
      this.#noteDropped();
    }, DROPPED_NOTED_MS);
    this.#droppedTimer.unref();
  }

  #noteDropped(): void {
    if (this.#dropped.size === 0) return;
    const reasons = [...this.#dropped.keys()].sort();
    const reports = [...this.#dropped.values()].reduce((sum, count) => sum + count, 0);
    this.#dropped = new Map();
    this.#recorder.note('remote.dropped', { reports, reasons });
  }
}

function conditionOf(levels: RemoteLevels): RemoteCondition {
  if (!levels.isThere) return 'ready';
  if (levels.exposed !== null) return 'exposed';
  return levels.isBatteryLow ? 'battery-low' : 'ready';
}
