/** The terminal's own keys over its whole life: files that are there, or a token that comes and goes. */

import type { Config } from './config.ts';
import type { KeysLevel } from './doctor/levels.ts';
import type { FileKeyStore } from './keys/file-key-store.ts';
import { openKeyStore } from './keys/open-key-store.ts';
import type { Pkcs11KeyStore } from './keys/pkcs11-key-store.ts';
import type { Recorder } from './recorder.ts';
import { type Inspect, type Supervisor, supervise } from './supervision.ts';

/** Slower than a reader: each try starts a process and logs in. */
const BACK_OFF = { firstMs: 1_000, longestMs: 30_000 } as const;

export interface OwnKeysListener {
  /** Keys can be used, from now on or again. */
  onReady(): Promise<void>;
  /** None can, until `onReady`. */
  onLost(): void;
}

export class OwnKeys {
  readonly store: FileKeyStore | Pkcs11KeyStore;
  readonly #sealed: boolean;
  readonly #removed: number;
  #supervisor: Supervisor | null = null;
  #lost: string | null = null;

  private constructor(opened: Awaited<ReturnType<typeof openKeyStore>>) {
    this.store = opened.store;
    this.#sealed = opened.sealed;
    this.#removed = opened.removed;
  }

  /** Rejects with `KeyStoreError` for a wrong configuration. A token is not asked before `start`. */
  static async open(config: Config): Promise<OwnKeys> {
    return new OwnKeys(await openKeyStore(config, process.env['CREDENTIALS_DIRECTORY']));
  }

  get level(): KeysLevel {
    return { store: this.store.kind, sealed: this.#sealed, lost: this.#lost };
  }

  /** Keys in files are in use when it resolves; a token may take its time, and is waited for by nobody. */
  async start(recorder: Recorder, inspect: Inspect, listener: OwnKeysListener): Promise<void> {
    const { store } = this;
    const removed = this.#removed;
    const ready = async (): Promise<void> => {
      this.#lost = null;
      recorder.note('keys.ready', { store: store.kind, sealed: this.#sealed, removed });
      await listener.onReady();
    };
    if (store.kind === 'file') return ready();
    this.#lost = 'the token was not asked yet';
    const supervisor = supervise(
      {
        open: () => store.open(),
        close: async () => {},
        onReady: () => void ready(),
        onLost: (reason) => {
          this.#lost = reason;
          recorder.note('keys.unusable', { reason });
          listener.onLost();
        },
      },
      inspect,
      (failures) => Math.min(BACK_OFF.firstMs * 2 ** Math.min(failures, 16), BACK_OFF.longestMs),
    );
    store.watch((reason) => supervisor.lost(reason));
    this.#supervisor = supervisor;
  }

  async stop(): Promise<void> {
    await this.#supervisor?.stop();
    await this.store.close();
  }
}
