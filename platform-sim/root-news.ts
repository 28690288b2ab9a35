/** Tells terminals of new versions of the root, whoever made them and in whatever process. */

import type { FanOut } from './fan-out.ts';
import type { PlatformLog } from './link-parts.ts';
import type { PlatformKeys } from './signing.ts';

export class RootNews {
  readonly #keys: PlatformKeys;
  readonly #fanOut: FanOut;
  readonly #log: PlatformLog;
  /** Versions up to here are on their way; who comes later hears them with the welcome. */
  #told: number;

  constructor(keys: PlatformKeys, fanOut: FanOut, log: PlatformLog) {
    this.#keys = keys;
    this.#fanOut = fanOut;
    this.#log = log;
    this.#told = keys.roots.length;
  }

  /** To be called before anything is told that a key of the newest version signed. */
  readonly publish = async (): Promise<void> => {
    // Whoever signs reloads the keys, too: what counts is what was told.
    await this.#keys.reload();
    const [after, version] = [this.#told, this.#keys.roots.length];
    if (version === after) return;
    this.#told = version;
    await this.#fanOut.publish('all', { about: 'roots', after });
    this.#log('root.published', { version });
  };
}
