/** What lasts for any number of storms, because it is dear to make: the platform's keys, a server for objects, a folder. */

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { portOf, type StormPlatform, serveObjects } from './storm-platform.ts';

/** In memory where there is such a folder: that what is synced survives a power cut is not what storms show. */
const MEMORY = '/dev/shm';

export class Sky {
  readonly keys: PlatformKeys;
  /** Whose objects are served. */
  platform: StormPlatform | null = null;
  readonly #folder: string;
  readonly #server: Server;
  #storms = 0;

  private constructor(folder: string, keys: PlatformKeys, server: Server) {
    this.#folder = folder;
    this.keys = keys;
    this.#server = server;
  }

  static async open(): Promise<Sky> {
    const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'kazasu-storm-'));
    const keys = await PlatformKeys.openOrCreate(join(folder, 'keys'));
    let sky: Sky | null = null;
    const server = await serveObjects((sha256) => sky?.platform?.object(sha256) ?? null);
    sky = new Sky(folder, keys, server);
    return sky;
  }

  /** A new folder for a storm, and what the lines of that storm are called. */
  next(): { readonly folder: string; readonly urlOf: (name: string) => string } {
    this.#storms += 1;
    const folder = join(this.#folder, String(this.#storms));
    mkdirSync(folder);
    const address = `ws://127.0.0.1:${portOf(this.#server)}/terminals`;
    return { folder, urlOf: (name) => `${address}?${this.#storms}-${name}` };
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
