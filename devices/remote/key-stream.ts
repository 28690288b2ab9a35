/**
 * What a thumb does, from the reports of all interfaces of one remote control: presses with auto-repeat, no faster than
 * a thumb; what its battery says; and what was not understood, counted. A flood costs its decoding and nothing else.
 */

import { Allowance } from '../../src/domain/allowance.ts';
import { REPEATING_BUTTONS, type RemoteButton } from '../../src/domain/remote.ts';
import { KeyFrames } from './key-frames.ts';
import type { KeyMap } from './key-map.ts';
import type { Dropped, DropReason } from './remote.ts';
import type { ReportLayouts } from './report-descriptor.ts';

/** A held key begins to repeat, and goes on, as on a keyboard. */
export const REPEAT = { firstMs: 500, nextMs: 120 } as const;
/** Held so long is a remote control under a cushion, or one whose release was lost on the air. */
const REPEATS_MAX = 80;
/** Nobody presses faster. */
const PRESSES = { atOnce: 20, perSecond: 20 } as const;
const DROPPED_TOLD_MS = 1_000;
/** Percent. Between the two, what was said before stays. */
const BATTERY = { lowFrom: 15, wellFrom: 20 } as const;

export interface KeyStreamListener {
  onPress(button: RemoteButton, isRepeat: boolean): void;
  onBattery(isLow: boolean): void;
  onDropped(dropped: Dropped): void;
}

export class KeyStream {
  readonly #map: KeyMap;
  readonly #listener: KeyStreamListener;
  readonly #presses = new Allowance(PRESSES.atOnce, PRESSES.perSecond);
  #dropped: Partial<Record<DropReason, number>> = {};
  #droppedTimer: NodeJS.Timeout | null = null;
  /** In how many interfaces a button is down: some remote controls say it in two. */
  readonly #down = new Map<RemoteButton, number>();
  #repeating: { readonly button: RemoteButton; timer: NodeJS.Timeout } | null = null;
  #isLow = false;

  constructor(map: KeyMap, listener: KeyStreamListener) {
    this.#map = map;
    this.#listener = listener;
  }

  /** What takes the reports of one interface. */
  reader(layouts: ReportLayouts): (report: Uint8Array) => void {
    const frames = new KeyFrames(layouts, this.#map);
    return (report) => {
      const { pressed, released, battery, dropped } = frames.read(report);
      for (const reason of dropped) this.#drop(reason);
      if (battery !== null) this.#hearBattery(battery);
      for (const button of released) this.#release(button);
      for (const button of pressed) this.#press(button);
    };
  }

  /** Nothing more comes. */
  close(): void {
    this.#stopRepeating();
    if (this.#droppedTimer !== null) this.#tellDropped();
  }

  #press(button: RemoteButton): void {
    const interfaces = (this.#down.get(button) ?? 0) + 1;
    this.#down.set(button, interfaces);
    if (interfaces > 1) return;
    this.#stopRepeating();
    if (!this.#presses.take(1)) {
      this.#drop('too-many');
      return;
    }
    this.#listener.onPress(button, false);
    if (REPEATING_BUTTONS.has(button)) this.#repeat(button, REPEAT.firstMs, REPEATS_MAX);
  }

  #repeat(button: RemoteButton, afterMs: number, left: number): void {
    if (left === 0) {
      this.#repeating = null;
      return;
    }
    const timer = setTimeout(() => {
      this.#listener.onPress(button, true);
      this.#repeat(button, REPEAT.nextMs, left - 1);
    }, afterMs);
    this.#repeating = { button, timer };
  }

  #release(button: RemoteButton): void {
    const interfaces = (this.#down.get(button) ?? 1) - 1;
    this.#down.set(button, interfaces);
    if (interfaces > 0) return;
    if (this.#repeating?.button === button) this.#stopRepeating();
  }

  #stopRepeating(): void {
    clearTimeout(this.#repeating?.timer);
    this.#repeating = null;
  }

  #hearBattery(percent: number): void {
    const isLow = this.#isLow ? percent < BATTERY.wellFrom : percent < BATTERY.lowFrom;
    if (isLow === this.#isLow) return;
    this.#isLow = isLow;
    this.#listener.onBattery(isLow);
  }

  #drop(reason: DropReason): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1;
    this.#droppedTimer ??= setTimeout(() => this.#tellDropped(), DROPPED_TOLD_MS);
  }

  #tellDropped(): void {
    clearTimeout(this.#droppedTimer ?? undefined);
    this.#droppedTimer = null;
    const dropped = this.#dropped;
    this.#dropped = {};
    this.#listener.onDropped(dropped);
  }
}
