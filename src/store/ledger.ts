/**
 * What happened at this terminal: numbered, chained by hash and on the medium before anybody acts
 * on it.
 *
 * The text of a fact is written once and never again: its exact bytes are hashed by its successor,
 * sent to the platform, and hashed there.
 */

import { hash } from 'node:crypto';
import { type EventName, isFactEvent } from '../domain/events.ts';
import type { ClockQuality, Fact, NewFact } from '../domain/fact.ts';
import { LIMITS } from '../link/protocol.ts';
import { headroom, SERVICE_HEADROOM_BYTES } from './disk.ts';
import {
  type ChainOwner,
  type ChainVerdict,
  type FactText,
  factOf,
  flawOf,
  GENESIS,
  verifyChain,
} from './fact-chain.ts';
import { type HeardFacts, NOTHING_HEARD } from './heard-facts.ts';
import { LedgerAlerts } from './ledger-alerts.ts';
import { LedgerCommands } from './ledger-commands.ts';
import { type FactStream, fitting, LedgerEpochs } from './ledger-epochs.ts';
import { corrupt, LedgerFile, ledgerError } from './ledger-file.ts';
import { LedgerRetention, type PruneOrder } from './ledger-retention.ts';
import { prepareLedger, type Statements } from './ledger-statements.ts';
import { Steps } from './steps.ts';

export { DiskFullError, headroom } from './disk.ts';
export type { FactText } from './fact-chain.ts';
export type { FactStream } from './ledger-epochs.ts';
export { LedgerError } from './ledger-file.ts';

export interface ClockReading {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly clock: ClockQuality;
  /** Milliseconds since the start of the machine. */
  readonly mono: number;
}

export interface LedgerOptions {
  /** The terminal's state folder; made when it is not there. */
  readonly directory: string;
  /** A ledger belongs to one terminal for good. */
  readonly terminal: string;
  readonly read: () => ClockReading;
  /** False for a command that works beside a running daemon. */
  readonly countsAsBoot: boolean;
}

const FACTS_PER_RECORD = 1_000;
const SETTING_BYTES = 65_536;
const PAGE = 500;
/** How much of the chain is checked at every start: the end, where a torn write would be. */
const TAIL = 256;
/** How soon a fact that a command beside the daemon recorded reaches the daemon's listeners. */
const WATCH_MS = 500;

type Listener = (facts: readonly Fact[]) => void;

export class Ledger {
  readonly boot: number;
  readonly steps: Steps;
  readonly commands: LedgerCommands;
  readonly alerts: LedgerAlerts;
  /** What other gates said, where there are any: asked together with the ledger whether a ticket was used; no part of it. */
  beside: HeardFacts = NOTHING_HEARD;

  readonly #options: LedgerOptions;
  readonly #file: LedgerFile;
  readonly #epochs: LedgerEpochs;
  readonly #retention: LedgerRetention;
  readonly #sql: Statements;
  readonly #listeners = new Set<Listener>();
  #watch: NodeJS.Timeout | null = null;
  #announced = 0;

  private constructor(options: LedgerOptions, file: LedgerFile) {
    this.#options = options;
    this.#file = file;
    this.#sql = prepareLedger(file.database);
    this.#epochs = new LedgerEpochs(file);
    this.#retention = new LedgerRetention(file);
    this.steps = new Steps(file.database, (work) => file.commit(work));
    this.commands = new LedgerCommands(file.database);
    this.alerts = new LedgerAlerts(file.database);
    this.#checkTail();
    this.boot = file.commit(() => {
      const boot = Number(file.meta('boot')) + (options.countsAsBoot ? 1 : 0);
      file.setMeta('boot', String(boot));
      return boot;
    });
  }

  /**
   * Opens the ledger of a state folder and checks the end of its chain. Throws LedgerError:
   * `other-terminal`, `in-use-by-newer-version`, `corrupt` (kept as it is), `unwritable`.
   */
  static open(options: LedgerOptions): Ledger {
    const file = LedgerFile.open(options.directory, options.terminal);
    try {
      return new Ledger(options, file);
    } catch (error) {
      file.close();
      throw ledgerError(file.database.name, error);
    }
  }

  /**
   * Stamps, numbers and chains facts, and moves the steps that belong to them, in one transaction that is on the medium
   * when this returns. `steps` may run a second time, when the disk was full and the reserve was given back. Throws
   * DiskFullError when that can't be; then, as with anything that `steps` throws, nothing has changed.
   */
  record(facts: readonly NewFact[], steps?: (steps: Steps) => void): Fact[] {
    if (this.#file.database.inTransaction) throw new Error('record() inside a transaction');
    if (facts.length > FACTS_PER_RECORD) {
      throw new RangeError(`${facts.length} facts at once; ${FACTS_PER_RECORD} at most`);
    }
    const recorded = this.#file.commit(() => {
      const appended = this.#append(facts);
      steps?.(this.steps);
      return appended;
    });
    if (this.#listeners.size > 0) queueMicrotask(() => this.#announce());
    return recorded;
  }

  /** The facts about a subject, oldest first: all of them, or those of the given events only. */
  factsAbout(subject: string, events?: readonly EventName[]): Fact[] {
    const rows =
      events === undefined
        ? this.#sql.about.all(subject)
        : this.#sql.aboutEvents.all(subject, JSON.stringify(events));
    return rows.map(factOf);
  }

  /** ms since the epoch, as a fact would have it that is recorded now. */
  now(): number {
    return Date.parse(this.#options.read().at);
  }

  /** Of the facts that are recorded now. Another process may have opened a new one. */
  get epoch(): string {
    return this.#epochs.current;
  }

  /** What is told to the platform next: the oldest epoch of which it may miss facts. */
  stream(): FactStream {
    return this.#epochs.untold() ?? this.#current();
  }

  /** Whatever the platform may miss: that epoch, and the one that facts are recorded in. */
  streams(): FactStream[] {
    return [this.#epochs.untold(), this.#current()].filter((stream) => stream !== null);
  }

  #current(): FactStream {
    const ledger = this;
    return {
      ...{ epoch: this.epoch, base: this.#epochs.base, isOver: false },
      gone: Math.max(this.#epochs.base, this.#retention.end.seq),
      get acknowledged() {
        return ledger.acknowledged;
      },
      last: () => this.lastFact(),
      unsent: (after, limit) => this.unsent(after, limit),
      acknowledge: (upto) => this.acknowledge(upto),
    };
  }

  /** SHA-256 (hex) of the exact text of a fact; null when there is none of this number any more. */
  hashOf(seq: number): string | null {
    const { end } = this.#retention;
    if (seq === end.seq) return end.hash;
    const [row] = this.#sql.after.all(seq - 1, 1);
    return row?.seq === seq ? hash('sha256', row.text) : null;
  }

  /**
   * The platform holds other facts of this epoch than this ledger, `held` of them: from here on facts belong to a new
   * one, and the first of them says so; those of the epoch before are to be told again, all of them. Returns false, having
   * changed nothing, when there were too many. Throws DiskFullError.
   */
  openEpoch(held: number): boolean {
    if (this.#epochs.areTooMany) return false;
    const before = this.epoch;
    const upto = this.lastFact().seq;
    this.#file.commit(() => {
      this.#epochs.open(upto, this.#retention.end.seq);
      const body = { before, upto, held };
      this.#append([{ event: 'ledger.epoch-opened', subject: null, body }]);
    });
    if (this.#listeners.size > 0) queueMicrotask(() => this.#announce());
    return true;
  }

  /** Number and SHA-256 (hex) of the newest fact; 0 and 64 zeros while there is none. */
  lastFact(): { seq: number; hash: string } {
    const last = this.#sql.last.get();
    return last === undefined
      ? { seq: 0, hash: GENESIS }
      : { seq: last.seq, hash: hash('sha256', last.text) };
  }

  /**
   * The exact texts of the facts after `after`, as many as fit in `limit` (bytes of UTF-8), but one
   * at least while there is one: a credit below the size of a fact must not stop the link for good.
   */
  unsent(after: number, limit: { readonly items: number; readonly bytes: number }): FactText[] {
    return fitting(this.#sql.after.all(after, limit.items), limit.bytes);
  }

  /** Every fact after `after`, oldest first. Reads page by page: writing meanwhile is allowed. */
  *facts(after: number): IterableIterator<Fact> {
    for (const row of this.#texts(after)) yield factOf(row);
  }

  /** The platform holds every fact up to this number. */
  get acknowledged(): number {
    return Number(this.#file.meta('acknowledged'));
  }

  /**
   * Stores what the platform holds; a lower number than the stored one changes nothing. Throws
   * RangeError when it is beyond the newest fact: the ledger has then gone back, and the link must
   * say so.
   */
  acknowledge(upto: number): void {
    if (upto > this.lastFact().seq) {
      throw new RangeError(`fact ${upto} was acknowledged, the newest is ${this.lastFact().seq}`);
    }
    if (upto <= this.acknowledged) return;
    this.#file.commit(() => {
      if (upto > this.acknowledged) this.#file.setMeta('acknowledged', String(upto));
    });
  }

  /** How many facts the platform does not hold yet. */
  waiting(): number {
    return (this.#sql.last.get()?.seq ?? 0) - this.acknowledged + this.#epochs.waitingBefore();
  }

  /** A small durable setting, e.g. the pinned platform; null when it was never set. */
  get(key: string): string | null {
    return this.#sql.get.get(key)?.value ?? null;
  }

  /**
   * Durable when this returns. Joins the transaction of `record` inside its callback. 64 KiB at
   * most.
   */
  set(key: string, value: string): void {
    if (Buffer.byteLength(value) > SETTING_BYTES) throw new RangeError(`setting ${key} is too big`);
    this.#file.commit(() => this.#sql.set.run(key, value));
  }

  /**
   * Calls `listener` with every fact committed from now on, in order and once, also those of
   * another process (within half a second). Never before the commit; for this process's own facts,
   * in a microtask after it, so that a tap does not wait for listeners, and so that one that throws
   * ends the process, not the tap. Returns the end of it.
   */
  onCommit(listener: Listener): () => void {
    if (this.#listeners.size === 0) this.#announced = this.#sql.last.get()?.seq ?? 0;
    this.#listeners.add(listener);
    this.#watch ??= setInterval(() => this.#announce(), WATCH_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopWatching();
    };
  }

  /**
   * Whether a new session may begin: `neededBytes` are free and the reserve is intact. A reserve
   * that was given back is filled again here, as soon as there is room for both.
   */
  hasHeadroom(neededBytes: number = SERVICE_HEADROOM_BYTES): boolean {
    const intact = this.#file.reserve.fill(neededBytes);
    return intact && headroom(this.#options.directory) >= neededBytes;
  }

  /** Checks every fact: number, predecessor's hash, terminal and epoch. Reads the whole ledger. */
  verifyChain(): ChainVerdict {
    const { end } = this.#retention;
    return verifyChain(this.#texts(end.seq), this.#owner, end);
  }

  /**
   * Removes facts that the platform holds and that are old enough; what still decides stays. Returns how many are gone: a
   * fact says so in the same transaction. Called until it returns null: nothing more is due. Throws DiskFullError.
   */
  prune(order: PruneOrder): number | null {
    const removed = this.#file.commit(() => {
      const told = this.#epochs.waitingBefore() > 0 ? 0 : this.acknowledged;
      // The next fact continues the newest one.
      const done = this.#retention.prune(order, Math.min(told, this.lastFact().seq - 1));
      if (done === null || done.count === 0) return done;
      this.#append([{ event: 'ledger.pruned', subject: null, body: { ...done } }]);
      return done;
    });
    if (this.#listeners.size > 0) queueMicrotask(() => this.#announce());
    return removed?.count ?? null;
  }

  /** After `prune`: takes what is gone out of the file's log as well. False: somebody reads it; to be tried again. */
  clearRemains(): boolean {
    return this.#retention.clearRemains();
  }

  /** Tells the listeners what they have not heard, then closes. A second call does nothing. */
  close(): void {
    if (!this.#file.database.open) return;
    this.#announce();
    this.#listeners.clear();
    this.#stopWatching();
    this.#file.close();
  }

  /** Inside the transaction: another process may have appended since we last looked. */
  #append(facts: readonly NewFact[]): Fact[] {
    let { seq, hash: prev } = this.lastFact();
    const { at, clock, mono } = this.#options.read();
    const { terminal } = this.#options;
    const { epoch } = this;
    return facts.map(({ event, subject, body }) => {
      if (!isFactEvent(event)) throw new TypeError(`${event} is not a fact`);
      seq += 1;
      const stamp = { at, clock, boot: this.boot, mono };
      const text = JSON.stringify({
        terminal,
        epoch,
        seq,
        prev,
        event,
        subject,
        ...stamp,
        body,
      } satisfies Fact);
      if (Buffer.byteLength(text) > LIMITS.factBytes) {
        throw new RangeError(`a fact ${event} is over ${LIMITS.factBytes} bytes`);
      }
      this.#sql.insert.run(seq, event, subject, text);
      prev = hash('sha256', text);
      return factOf({ text });
    });
  }

  #announce(): void {
    if (!this.#file.database.open || this.#listeners.size === 0) return;
    for (;;) {
      const rows = this.#sql.after.all(this.#announced, PAGE);
      const newest = rows.at(-1);
      if (newest === undefined) return;
      // Moved on first: a listener may record, or throw.
      this.#announced = newest.seq;
      const facts = rows.map(factOf);
      for (const listener of [...this.#listeners]) listener(facts);
    }
  }

  #stopWatching(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
  }

  *#texts(after: number): IterableIterator<FactText> {
    let at = after;
    for (;;) {
      const rows = this.#sql.after.all(at, PAGE);
      yield* rows;
      const newest = rows.at(-1);
      if (newest === undefined) return;
      at = newest.seq;
    }
  }

  #checkTail(): void {
    const newest = this.#sql.last.get()?.seq ?? 0;
    const { end } = this.#retention;
    const after = Math.max(end.seq, newest - TAIL - 1);
    const [first, ...rest] = this.#sql.after.all(after, TAIL + 1);
    if (first === undefined) return;
    const before = { seq: first.seq - 1, hash: after === end.seq ? end.hash : null };
    let why = flawOf(first, before, this.#owner);
    let last: FactText = first;
    for (const row of rest) {
      why ??= flawOf(row, { seq: last.seq, hash: hash('sha256', last.text) }, this.#owner);
      last = row;
    }
    if (why !== null) throw corrupt(this.#file.database.name, why);
  }

  get #owner(): ChainOwner {
    return { terminal: this.#options.terminal, epochOf: this.#epochs.epochOf() };
  }
}
