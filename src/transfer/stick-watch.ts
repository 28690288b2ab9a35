/**
 * Looks whether a stick is there, and has each written to once for each time that it is put in. Whoever puts one in needs no
 * key and no sign-in: what is on it is sealed, and the facts stay here.
 */

import { readFile, stat } from 'node:fs/promises';
import type { Recorder } from '../recorder.ts';
import { type StickParts, stickFile, writeStick } from './stick.ts';
import { bringsSomething } from './stick-order.ts';

const LOOK_EVERY_MS = 2_000;

export interface StickWatchOptions extends StickParts {
  /** Where the service manager mounts whatever is put in. */
  readonly mount: string;
  readonly recorder: Pick<Recorder, 'note'>;
  readonly onDefect: (error: unknown) => void;
  /** For each that is put in, before it is written to. */
  readonly onPut: () => Promise<void>;
  /** ms */
  readonly lookEveryMs?: number;
  /** Default: as the kernel says. */
  readonly mountedAt?: (mount: string) => Promise<string | null>;
}

export class StickWatch {
  readonly #options: StickWatchOptions;
  #timer: NodeJS.Timeout | null = null;
  /** The one that was written to and is still there. */
  #done: string | null = null;
  #brings = false;
  #working: Promise<void> | null = null;

  constructor(options: StickWatchOptions) {
    this.#options = options;
  }

  /** Whether one was there at the last look that has something for this terminal. */
  get brings(): boolean {
    return this.#brings;
  }

  start(): void {
    const { lookEveryMs = LOOK_EVERY_MS } = this.#options;
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** What is being written is written to its end. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#working;
  }

  #look(): void {
    this.#working ??= this.#lookAndWrite()
      .catch(this.#options.onDefect)
      .finally(() => {
        this.#working = null;
      });
  }

  async #lookAndWrite(): Promise<void> {
    const { mount, terminal, mountedAt: ask = mountedAt } = this.#options;
    const present = await ask(mount);
    this.#brings = present !== null && (await bringsSomething(mount, terminal));
    const isNew = present !== null && present !== this.#done;
    this.#done = present;
    if (!isNew) return;
    await this.#options.onPut();
    await this.#write();
  }

  async #write(): Promise<void> {
    const { mount, recorder } = this.#options;
    const { outcome, ...said } = await writeStick(mount, this.#options);
    recorder.note(`stick.${outcome}`, said);
  }
}

/**
 * Which mount is there (proc_pid_mountinfo(5): its id, its device), and which stick on it; null: none. The kernel gives the
 * same id again, so a stick that took the place of another between two looks is told by its own file.
 */
async function mountedAt(mount: string): Promise<string | null> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  // The last one is on top.
  const line = lines.findLast((each) => unescaped(each.split(' ')[4] ?? '') === mount);
  const [id, , device] = line?.split(' ') ?? [];
  if (id === undefined) return null;
  const stick = await stat(stickFile(mount)).catch(() => null);
  return `${id} ${device} ${stick?.ino} ${stick?.mtimeMs}`;
}

/** A space, a tab, a line feed and a backslash are written in octal. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/gu, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
