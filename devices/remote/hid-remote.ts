/** A remote control that is a HID device of USB or Bluetooth; node-hid reads it in a process of its own (hid-process.ts). */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromHidProcess, HidProcessOptions } from './hid-messages.ts';
import type { NamedUsages } from './key-map.ts';
import type { OpenRemote, Remote, RemoteListener } from './remote.ts';

const PROCESS = fileURLToPath(new URL('./hid-process.ts', import.meta.url));
/** A process that says nothing for so many of these hangs in a native call. It says something each second. */
const SILENCE = { lookMs: 3_000, looksMax: 5 } as const;
/** A small machine that boots starts many programs at once. */
const OPEN_MS_MAX = 60_000;

export interface HidRemoteOptions {
  readonly vendor: number;
  readonly product: number;
  readonly keys?: NamedUsages | undefined;
}

/** Rejects when the process can't work at all. That no remote control is plugged in is a level. */
export function openHidRemote({ vendor, product, keys = {} }: HidRemoteOptions): OpenRemote {
  return async (listener) => {
    const remote = new HidRemote({ vendor, product, keys }, listener);
    await remote.opened();
    return remote;
  };
}

class HidRemote implements Remote {
  readonly modelled = false;
  readonly #listener: RemoteListener;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #ready = Promise.withResolvers<void>();
  readonly #heartbeat: NodeJS.Timeout;
  #state: 'opening' | 'open' | 'over' = 'opening';
  #silent = 0;

  constructor(options: HidProcessOptions, listener: RemoteListener) {
    this.#listener = listener;
    // The kernel ends it together with the daemon, also where it hears of nothing.
    this.#process = fork(PROCESS, [JSON.stringify(options)], {
      execPath: 'setpriv',
      execArgv: ['--pdeathsig', 'KILL', process.execPath],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once('exit', () => resolve()).once('error', () => resolve());
    });
    this.#process.on('message', (message) => this.#hear(message as FromHidProcess));
    this.#process.on('exit', (code, signal) =>
      this.#lose(`the remote process ended (${signal ?? `exit code ${code}`})`),
    );
    this.#process.on('error', (error) =>
      this.#lose(`there is no remote process: ${error.message}`),
    );
    this.#heartbeat = setInterval(() => this.#listen(), SILENCE.lookMs);
  }

  async opened(): Promise<void> {
    const limit = setTimeout(() => this.#lose('the remote process does not begin'), OPEN_MS_MAX);
    try {
      await this.#ready.promise;
    } finally {
      clearTimeout(limit);
    }
  }

  async close(): Promise<void> {
    this.#end();
    await this.#exited;
  }

  #hear(message: FromHidProcess): void {
    if (this.#state === 'over') return;
    this.#silent = 0;
    switch (message.is) {
      case 'levels':
        this.#state = 'open';
        this.#listener.onLevels(message.levels);
        this.#ready.resolve();
        return;
      case 'press':
        this.#listener.onPress(message.button, message.isRepeat);
        return;
      case 'dropped':
        this.#listener.onDropped(message.dropped);
        return;
      case 'lost':
        this.#lose(message.reason);
        return;
      case 'alive':
        return;
    }
  }

  /** Counted, not timed: a stall of this process is none of the other. */
  #listen(): void {
    if (this.#state === 'opening') return;
    this.#silent += 1;
    if (this.#silent >= SILENCE.looksMax) this.#lose('the remote process hangs');
  }

  #lose(reason: string): void {
    if (this.#state === 'over') return;
    const wasOpen = this.#state === 'open';
    this.#end();
    if (wasOpen) this.#listener.onLost(reason);
    else this.#ready.reject(new Error(reason));
  }

  #end(): void {
    this.#state = 'over';
    clearInterval(this.#heartbeat);
    // What it holds of the kernel goes with it.
    this.#process.kill('SIGKILL');
  }
}
