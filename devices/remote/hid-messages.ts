/** What the remote process says to the daemon over Node's IPC channel. Both ends are ours and of the same version. */

import type { RemoteButton } from '../../src/domain/remote.ts';
import type { NamedUsages } from './key-map.ts';
import type { Dropped, RemoteLevels } from './remote.ts';

/** The remote process gets this as its one argument, as JSON. */
export interface HidProcessOptions {
  /** Of the USB (or Bluetooth) device. */
  readonly vendor: number;
  readonly product: number;
  readonly keys: NamedUsages;
}

export type FromHidProcess =
  /** The first one, or `lost` instead; then on every change. */
  | { readonly is: 'levels'; readonly levels: RemoteLevels }
  | { readonly is: 'press'; readonly button: RemoteButton; readonly isRepeat: boolean }
  | { readonly is: 'dropped'; readonly dropped: Dropped }
  /** After every look at what is plugged in. */
  | { readonly is: 'alive' }
  | { readonly is: 'lost'; readonly reason: string };
