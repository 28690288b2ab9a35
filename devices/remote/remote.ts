/**
 * A remote control in the hand of somebody in front of a television. A driver never heals itself: when it is lost,
 * `state-machines/device.ts` closes it and opens a new one. That its device is unplugged loses no driver; it is a level.
 */

import type { RemoteButton } from '../../src/domain/remote.ts';

export type RemoteLevels =
  | {
      readonly isThere: true;
      /** As it calls itself. */
      readonly name: string;
      /** Why keys of it could reach something else; null: nothing else gets them. */
      readonly exposed: string | null;
      readonly isBatteryLow: boolean;
    }
  /** None is plugged in, or it can't be used. */
  | { readonly isThere: false; readonly why: string };

/**
 * Why a report, or what it says, was not used. `rollover`: the keyboard itself does not know which keys are pressed;
 * `too-many`: faster than any thumb.
 */
export type DropReason =
  | 'wrong-length'
  | 'unknown-report'
  | 'unknown-usage'
  | 'rollover'
  | 'too-many';

/** How many since the last time it was told. */
export type Dropped = Readonly<Partial<Record<DropReason, number>>>;

export interface RemoteListener {
  /** `isRepeat`: it has been held since. */
  onPress(button: RemoteButton, isRepeat: boolean): void;
  /** Called at once, before the first press, and on every change. */
  onLevels(levels: RemoteLevels): void;
  /** At most once a second. */
  onDropped(dropped: Dropped): void;
  /** The driver can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface Remote {
  /** True when it is that of a model. */
  readonly modelled: boolean;
  close(): Promise<void>;
}

export type OpenRemote = (listener: RemoteListener) => Promise<Remote>;
