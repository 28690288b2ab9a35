/**
 * The epochs of a ledger. Facts keep their numbers and their chain from one epoch to the next; to the platform each epoch
 * is a ledger of its own. A new one begins when the platform turns out to hold other facts of this one than the ledger
 * does, because an older state of the folder was put back or a copy of it lives elsewhere.
 */

import { hash, randomUUID } from 'node:crypto';
import type { FactText } from './fact-chain.ts';
import type { LedgerFile } from './ledger-file.ts';

/** Software that knows one epoch only would take the facts of the others for damage. */
const LEAST_SCHEMA = '3';
/** A platform that claims ever more facts is at fault itself; the ledger does not grow with its claims. */
const EPOCHS_MAX = 100;

/** The facts of one epoch, as they are told. */
export interface FactStream {
  readonly epoch: string;
  /** Another epoch has begun since: no fact is added any more, and all of them are told again. */
  readonly isOver: boolean;
  /** The number before its first fact. */
  readonly base: number;
  /** The number before the first fact that is still here: what was removed can't be told again. */
  readonly gone: number;
  /** The platform holds, or has set apart, every fact up to here. */
  readonly acknowledged: number;
  /** As `Ledger.lastFact`. */
  last(): { readonly seq: number; readonly hash: string };
  /** As `Ledger.unsent`. */
  unsent(after: number, limit: { readonly items: number; readonly bytes: number }): FactText[];
  /** As `Ledger.acknowledge`. */
  acknowledge(upto: number): void;
}

/** One that is over. */
export interface EarlierEpoch {
  readonly upto: number;
  readonly epoch: string;
  readonly acknowledged: number;
}

export class LedgerEpochs {
  readonly #file: LedgerFile;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(file: LedgerFile) {
    this.#file = file;
    this.#sql = prepare(file);
  }

  get current(): string {
    return this.#file.meta('epoch');
  }

  get areTooMany(): boolean {
    return this.#sql.all.all().length >= EPOCHS_MAX;
  }

  /** The number before the first fact of the current epoch. */
  get base(): number {
    return this.#sql.all.all().at(-1)?.upto ?? 0;
  }

  /**
   * Inside a transaction that also records the first fact of the new epoch. `upto`: the last of the one that ends; `gone`: the
   * last that was removed, which can't be told again.
   */
  open(upto: number, gone: number): void {
    this.#sql.end.run(upto, this.current, Math.max(this.base, gone));
    this.#file.setMeta('epoch', randomUUID());
    this.#file.setMeta('acknowledged', String(upto));
    this.#file.setMeta('least_schema', LEAST_SCHEMA);
  }

  /** In which epoch each number is, as of now. */
  epochOf(): (seq: number) => string {
    return epochAt(this.#sql.all.all(), this.current);
  }

  /** How many facts of earlier epochs are still to be told again. */
  waitingBefore(): number {
    return waitingIn(this.#sql.all.all());
  }

  /** The oldest epoch that is over and not told to its end; null when there is none. */
  untold(): FactStream | null {
    const found = this.#sql.untold.get();
    if (found === undefined) return null;
    const { upto, epoch } = found;
    const base = this.#sql.before.get(upto)?.upto ?? 0;
    const { text } = this.#sql.fact.get(upto) as FactText;
    const last = { seq: upto, hash: hash('sha256', text) };
    const sql = this.#sql;
    return {
      ...{ epoch, base, gone: base, isOver: true, last: () => last },
      get acknowledged() {
        return sql.told.get(upto)?.acknowledged ?? upto;
      },
      unsent: (after, { items, bytes }) => fitting(sql.between.all(after, upto, items), bytes),
      acknowledge: (told) => {
        if (told > upto) throw new RangeError(`fact ${told} of an epoch of ${upto}`);
        this.#file.commit(() => sql.acknowledge.run(told, upto));
      },
    };
  }
}

/** As many as have `bytes` of UTF-8 together, but one at least: a credit below the size of a fact must not stop the link. */
export function fitting(rows: readonly FactText[], bytes: number): FactText[] {
  let sum = 0;
  const beyond = rows.findIndex(({ text }, index) => {
    sum += Buffer.byteLength(text);
    return sum > bytes && index > 0;
  });
  return beyond < 0 ? [...rows] : rows.slice(0, beyond);
}

/** `earlier`: oldest first. */
export function epochAt(
  earlier: readonly EarlierEpoch[],
  current: string,
): (seq: number) => string {
  return (seq) => earlier.find(({ upto }) => seq <= upto)?.epoch ?? current;
}

export function waitingIn(earlier: readonly EarlierEpoch[]): number {
  return earlier.reduce((sum, { upto, acknowledged }) => sum + upto - acknowledged, 0);
}

export const EARLIER_EPOCHS = 'SELECT upto, epoch, acknowledged FROM earlier_epoch ORDER BY upto';

function prepare({ database }: LedgerFile) {
  return {
    all: database.prepare<[], EarlierEpoch>(EARLIER_EPOCHS),
    untold: database.prepare<[], EarlierEpoch>(
      'SELECT upto, epoch, acknowledged FROM earlier_epoch WHERE acknowledged < upto ORDER BY upto',
    ),
    told: database.prepare<[number], EarlierEpoch>('SELECT * FROM earlier_epoch WHERE upto = ?'),
    before: database.prepare<[number], EarlierEpoch>(
      'SELECT * FROM earlier_epoch WHERE upto < ? ORDER BY upto DESC',
    ),
    end: database.prepare<[number, string, number]>(
      'INSERT INTO earlier_epoch (upto, epoch, acknowledged) VALUES (?, ?, ?)',
    ),
    acknowledge: database.prepare<[number, number]>(
      'UPDATE earlier_epoch SET acknowledged = max(acknowledged, ?) WHERE upto = ?',
    ),
    fact: database.prepare<[number], FactText>('SELECT seq, text FROM fact WHERE seq = ?'),
    between: database.prepare<[number, number, number], FactText>(
      'SELECT seq, text FROM fact WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
    ),
  };
}
