/**
 * What a terminal does not need any more leaves it: lists that are over, with their files and keys, and facts that the
 * platform holds. Facts say so. Bit by bit, so that nobody's tap waits for it.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { KeyStoreError } from './keys/key-store.ts';
import type { Recorder } from './recorder.ts';
import type { RetentionConfig } from './retention-config.ts';
import { isStorageFailure } from './store/disk.ts';
import { DiskFullError } from './store/ledger.ts';
import type { ListShelf } from './store/list-shelf.ts';

const EVERY_MS = 3_600_000;
/** Not while it starts. */
const FIRST_AFTER_MS = 60_000;
const DAY_MS = 86_400_000;

/** In the ledger's settings: lists that were deleted, or are being; by list. */
const SETTING = 'lists-over';
const LISTS_OVER = z.record(
  z.string(),
  z.strictObject({ version: z.number(), validTo: z.string(), isGone: z.boolean() }),
);
type ListsOver = z.infer<typeof LISTS_OVER>;
/** The oldest are forgotten: a list that nobody wants decides nothing either. */
const REMEMBERED_MAX = 200;

export interface RetentionParts {
  readonly config: RetentionConfig;
  readonly recorder: Recorder;
  readonly shelf: ListShelf;
  readonly clock: Pick<Clock, 'now' | 'quality'>;
  /** Lists that this terminal is there for, whether or not they are here. */
  readonly wanted: readonly string[];
  /** Whether a service still needs what is known of this subject. */
  readonly keeps?: (subject: string) => boolean;
  /** Deletes the keys of a list, and what else was kept for its sake. */
  readonly forget: (list: string) => Promise<void>;
  readonly onDefect: (error: unknown) => void;
}

export class Retention {
  readonly #parts: RetentionParts;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #ended = false;
  /** Something was removed that may still stand in the ledger's log. */
  #hasRemains = true;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  start(): void {
    const run = (): void => {
      this.#running ??= this.run()
        .catch(this.#parts.onDefect)
        .finally(() => {
          this.#running = null;
        });
      this.#timer = setTimeout(run, EVERY_MS).unref();
    };
    this.#timer = setTimeout(run, FIRST_AFTER_MS).unref();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  /** Once. What a full disk or a lost token stops is done the next time. */
  async run(): Promise<void> {
    const { clock } = this.#parts;
    // A clock that nobody has confirmed deletes nothing.
    if (clock.quality() === 'unset') return;
    try {
      await this.#deleteLists();
      await this.#pruneFacts();
    } catch (error) {
      const mayPass =
        error instanceof DiskFullError || error instanceof KeyStoreError || isStorageFailure(error);
      if (!mayPass) throw error;
    }
  }

  /** Said first what is going to be, then done, then told: a power cut anywhere leaves it to be done again. */
  async #deleteLists(): Promise<void> {
    const { shelf, clock, config } = this.#parts;
    const overFor = config['lists-days'] * DAY_MS;
    const over = this.#over();
    for (const list of shelf.lists) {
      const manifest = shelf.active(list)?.manifest;
      if (manifest === undefined) continue;
      const { version, validTo } = manifest;
      const isOver = clock.now() >= Date.parse(validTo) + overFor;
      if (isOver) over[list] = { version, validTo, isGone: false };
      // There is a newer one, which is not.
      else delete over[list];
    }
    this.#keep(over);
    for (const [list, { isGone }] of Object.entries(over)) {
      if (this.#ended) return;
      if (!isGone) await this.#deleteList(list);
    }
  }

  async #deleteList(list: string): Promise<void> {
    const { shelf, recorder, forget } = this.#parts;
    // The list itself last: it says what else is there for its sake.
    await forget(list);
    shelf.remove(list);
    const over = this.#over();
    const { version, validTo } = over[list] ?? { version: 0, validTo: '' };
    over[list] = { version, validTo, isGone: true };
    const body = { list, version, validTo };
    recorder.record([{ event: 'list.deleted', subject: null, body }], {
      steps: () => this.#keep(over),
    });
  }

  async #pruneFacts(): Promise<void> {
    const { recorder, clock, config } = this.#parts;
    const before = new Date(clock.now() - config['facts-days'] * DAY_MS).toISOString();
    const over = this.#over();
    const order = { before, decides: (subject: string) => this.#decides(subject, over) };
    while (!this.#ended && recorder.ledger.prune(order) !== null) {
      this.#hasRemains = true;
      await nextTurn();
    }
    if (this.#hasRemains) this.#hasRemains = !recorder.ledger.clearRemains();
  }

  /** Facts about a ticket, as long as its list may let somebody in. */
  #decides(subject: string, over: ListsOver): boolean {
    const { shelf, wanted, keeps } = this.#parts;
    if (keeps?.(subject) === true) return true;
    const list = subject.slice(0, Math.max(0, subject.indexOf('/')));
    if (list === '') return false;
    if (shelf.active(list) !== null) return true;
    return wanted.includes(list) && !(over[list]?.isGone ?? false);
  }

  #over(): ListsOver {
    const kept = this.#parts.recorder.ledger.get(SETTING);
    return kept === null ? {} : LISTS_OVER.parse(JSON.parse(kept));
  }

  #keep(over: ListsOver): void {
    const newest = Object.entries(over).sort(([, a], [, b]) => (a.validTo < b.validTo ? 1 : -1));
    const text = JSON.stringify(Object.fromEntries(newest.slice(0, REMEMBERED_MAX)));
    const { ledger } = this.#parts.recorder;
    if (ledger.get(SETTING) !== text) ledger.set(SETTING, text);
  }
}
