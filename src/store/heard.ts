/**
 * What gates of one venue have told each other: signed facts of other gates, which were verified, and this gate's own with
 * their signatures, to be handed on. A file of its own beside the ledger, for it holds nothing that can't be asked for again:
 * it is not synced, a damaged one is made anew, and it has an end in rows and in bytes.
 */

import { hash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Fact } from '../domain/fact.ts';
import { ticketNumber } from '../domain/ticket-number.ts';
import { codeOf, headroom, isStorageFailure, SERVICE_HEADROOM_BYTES } from './disk.ts';
import { GENESIS } from './fact-chain.ts';
import type { HeardFacts } from './heard-facts.ts';
import { HEARD_FILE, openHeardFile, prepareHeard } from './heard-file.ts';

interface HeardLimits {
  readonly rows: number;
  readonly bytes: number;
}
/** Three stadiums of 70,000 with every seat let in, out and in again. */
const LIMITS: HeardLimits = { rows: 600_000, bytes: 1_073_741_824 };
/** The ledger and the lists come first. */
const SPARE_BYTES = 8 * SERVICE_HEADROOM_BYTES;
/** Facts read in one go at a start. */
const PAGE = 500;

/** The facts of one ledger about one list, or about one shelter (`list/shelter`), in their order. */
export interface Stream {
  readonly list: string;
  readonly terminal: string;
  readonly epoch: string;
  /** Number of the newest; 0: none. */
  readonly upto: number;
  /** SHA-256 (hex) of its text. */
  readonly hash: string;
  /** Up to when the pace of them was judged, ms since the epoch; never goes back. */
  readonly judged: number;
}

export interface SignedFact {
  /** Of the stream. */
  readonly list: string;
  readonly fact: Fact;
  readonly text: string;
  /** SHA-256 (hex) of the text of the one before it in the stream. */
  readonly before: string;
  readonly signature: Uint8Array;
  /** DER of the certificate of the terminal's key. */
  readonly certificate: Uint8Array;
  /** Whether it is in this gate's own ledger. */
  readonly own: boolean;
  /** False: kept for the stream's sake, and no part of a ticket's state. */
  readonly counts: boolean;
  /** Default: its own time, or that of the one before it where that is later. */
  readonly judged?: number;
}

/** What is handed on in one frame: all of one certificate. */
export interface Told {
  readonly certificate: Buffer;
  readonly items: readonly {
    readonly seq: number;
    readonly before: string;
    readonly text: string;
    readonly signature: Buffer;
  }[];
}

export interface HeldTerminal {
  readonly terminal: string;
  readonly why: string;
  /** ms since the epoch. */
  readonly at: number;
}

export class Heard implements HeardFacts {
  /** Called once, when it can't be read any more: it is put away, and from then on nothing was heard. */
  onBroken: (reason: string) => void = () => {};
  readonly #directory: string;
  readonly #limits: HeardLimits;
  readonly #database: Database.Database;
  #isBroken = false;
  readonly #sql: ReturnType<typeof prepareHeard>;
  readonly #streams = new Map<string, Stream>();
  readonly #listeners = new Set<(facts: readonly Fact[]) => void>();
  #rows = 0;

  private constructor(
    directory: string,
    database: Database.Database,
    limits: HeardLimits = LIMITS,
  ) {
    this.#directory = directory;
    this.#limits = limits;
    this.#database = database;
    this.#sql = prepareHeard(database);
    this.#readStreams();
    // Whatever is asked for beside a tap is whole, or the file is begun anew.
    this.#sql.held.all();
  }

  /** For the process that owns the state folder. Throws what SQLite throws for a folder that can't be written. */
  static open(directory: string, limits: HeardLimits = LIMITS): Heard {
    const path = join(directory, HEARD_FILE);
    try {
      return new Heard(directory, openHeardFile(path), limits);
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      // Damaged, or of another form: the neighbours have it all.
      putAway(directory);
      return new Heard(directory, openHeardFile(path), limits);
    }
  }

  /** For a command beside the daemon; null where no neighbour was ever heard. Throws what SQLite throws. */
  static openBeside(directory: string): Heard | null {
    const path = join(directory, HEARD_FILE);
    if (!existsSync(path)) return null;
    try {
      return new Heard(directory, openHeardFile(path));
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      return null;
    }
  }

  /** Asked within a tap. */
  factsAbout(subject: string): readonly Fact[] {
    return this.#read(() => factsOf(this.#sql.about.all(subject, 0)), []);
  }

  factsOfTicket(number: string): readonly Fact[] {
    return this.#read(() => factsOf(this.#sql.ofTicket.all(number)), []);
  }

  toldAbout(subject: string): readonly Fact[] {
    return this.#read(() => factsOf(this.#sql.about.all(subject, 1)), []);
  }

  *told(list: string): IterableIterator<Fact> {
    let after = 0;
    for (;;) {
      const rows = this.#read(() => this.#sql.told.all(list, after, PAGE), []);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield* factsOf(rows);
    }
  }

  onHeard(listener: (facts: readonly Fact[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For whoever keeps facts here, once they are kept. */
  announce(facts: readonly Fact[]): void {
    for (const listener of [...this.#listeners]) listener(facts);
  }

  /** It is damaged: the next start begins anew, and until then nothing was heard. */
  breakOff(reason: string): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#streams.clear();
    putAway(this.#directory);
    this.onBroken(reason);
  }

  streams(list: string): Stream[] {
    return [...this.#streams.values()].filter((stream) => stream.list === list);
  }

  stream(id: Pick<Stream, 'list' | 'terminal' | 'epoch'>): Stream {
    const { list, terminal, epoch } = id;
    const known = this.#streams.get(keyOf(id));
    return known ?? { list, terminal, epoch, upto: 0, hash: GENESIS, judged: 0 };
  }

  /** What may be handed on after a number, in order; null: nothing. `bytes`: one fact may always go. */
  after(
    id: Pick<Stream, 'list' | 'terminal' | 'epoch'>,
    seq: number,
    limit: { readonly items: number; readonly bytes: number },
  ): Told | null {
    return this.#read(() => this.#toldAfter(id, seq, limit), null);
  }

  #toldAfter(
    id: Pick<Stream, 'list' | 'terminal' | 'epoch'>,
    seq: number,
    limit: { readonly items: number; readonly bytes: number },
  ): Told | null {
    const rows = this.#sql.after.all(id.list, id.terminal, id.epoch, seq, limit.items);
    const [first] = rows;
    if (first === undefined) return null;
    let bytes = 0;
    const fits = ({ text, certificate }: (typeof rows)[number]): boolean => {
      bytes += Buffer.byteLength(text);
      return certificate === first.certificate && bytes <= limit.bytes;
    };
    const end = rows.findIndex((row) => !fits(row));
    const items = end === -1 ? rows : rows.slice(0, Math.max(1, end));
    const der = this.#sql.certificate.get(first.certificate)?.der;
    return der === undefined ? null : { certificate: der, items };
  }

  /** The exact text of a fact that is kept; null for none. */
  textOf({ list, terminal, epoch }: Stream, seq: number): string | null {
    return this.#sql.text.get(list, terminal, epoch, seq)?.text ?? null;
  }

  /** Everything that is appended in it, or nothing. Throws what SQLite throws for a disk that is full. */
  atOnce<Result>(work: () => Result): Result {
    try {
      return this.#database.transaction(work).immediate();
    } catch (error) {
      this.#readStreams();
      throw error;
    }
  }

  /** Puts a fact at the end of its stream, which the caller has held it against. Throws as `atOnce` does. */
  append({
    list,
    fact,
    text,
    before,
    signature,
    certificate,
    own,
    counts,
    ...more
  }: SignedFact): void {
    const { terminal, epoch, seq, event, subject, at, body } = fact;
    const der = Buffer.from(certificate);
    this.#sql.addCertificate.run(der);
    const id = this.#sql.certificateId.get(der)?.id ?? 0;
    const known = this.stream({ list, terminal, epoch });
    const judged = more.judged ?? Math.max(known.judged, Date.parse(at));
    this.#sql.insert.run(
      ...([list, terminal, epoch, seq, own ? 1 : 0, counts ? 1 : 0, judged] as const),
      ...([event, subject ?? '', ticketNumber(String(body['ticket'] ?? ''))] as const),
      ...([before, text, Buffer.from(signature), id] as const),
    );
    const stream = { list, terminal, epoch, upto: seq, hash: hash('sha256', text), judged };
    this.#streams.set(keyOf(stream), stream);
    this.#rows += 1;
  }

  /**
   * Facts that this gate told as its own and that its ledger does not have: it is another ledger, or an older state of it.
   * From now on they were heard. Returns how many.
   */
  disown(
    { list, terminal, epoch }: Stream,
    isOurs: (seq: number, text: string) => boolean,
  ): number {
    let lost = 0;
    this.atOnce(() => {
      for (const { seq, text } of this.#sql.own.all(list, terminal, epoch)) {
        if (isOurs(seq, text)) continue;
        this.#sql.disown.run(list, terminal, epoch, seq);
        lost += 1;
      }
    });
    return lost;
  }

  /** Whether it may grow. */
  get hasRoom(): boolean {
    if (this.#isBroken) return false;
    const pages = Number(this.#database.pragma('page_count', { simple: true }));
    const size = Number(this.#database.pragma('page_size', { simple: true }));
    const { rows, bytes } = this.#limits;
    if (this.#rows >= rows || pages * size >= bytes) return false;
    return headroom(this.#directory) >= SPARE_BYTES;
  }

  get rows(): number {
    return this.#rows;
  }

  /** How many facts of one kind a terminal has in a time (ms since the epoch), of those since it was released last. */
  count(terminal: string, event: string, time: { after: number; upto: number }): number {
    return this.#sql.count.get(terminal, event, time.after, time.upto, terminal)?.count ?? 0;
  }

  /** From now on nothing more is believed of it, until somebody releases it. Keeps the first reason. */
  hold({ terminal, why, at }: HeldTerminal): void {
    this.#sql.hold.run(terminal, why, at);
  }

  /** Those of whom nothing more is believed, also when another process released one. */
  get held(): HeldTerminal[] {
    return this.#read(() => this.#sql.held.all(), []);
  }

  isHeld(terminal: string): boolean {
    return this.#read(() => this.#sql.isHeld.get(terminal) !== undefined, false);
  }

  /** Who said that it may be believed again, and why; null: nobody. */
  releaseOf(terminal: string): { readonly by: string; readonly why: string } | null {
    return this.#read(() => this.#sql.released.get(terminal) ?? null, null);
  }

  /** False when it is not held. */
  release(terminal: string, { by, why }: { readonly by: string; readonly why: string }): boolean {
    return this.#database.transaction(() => {
      if (this.#sql.unhold.run(terminal).changes === 0) return false;
      this.#sql.releaseAfter.run(terminal, by, why);
      return true;
    })();
  }

  /** Forgets every list but these. Returns how many facts went. */
  keepOnly(lists: readonly string[]): number {
    if (this.#isBroken) return 0;
    const gone = this.#sql.forget.run(JSON.stringify(lists)).changes;
    if (gone === 0) return 0;
    this.#rows -= gone;
    for (const [key, { list }] of this.#streams) {
      if (!lists.includes(list)) this.#streams.delete(key);
    }
    if (this.#rows > 0) return gone;
    // Nothing of it stays, neither in free pages nor in the log.
    this.#database.exec('VACUUM');
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
    return gone;
  }

  close(): void {
    this.#listeners.clear();
    this.#database.close();
  }

  /** What can't be read was not heard. */
  #read<Result>(look: () => Result, otherwise: Result): Result {
    if (this.#isBroken) return otherwise;
    try {
      return look();
    } catch (error) {
      this.breakOff(codeOf(error) || 'damaged');
      return otherwise;
    }
  }

  #readStreams(): void {
    this.#rows = this.#sql.rows.get()?.count ?? 0;
    this.#streams.clear();
    for (const { text, ...stream } of this.#sql.streams.all()) {
      this.#streams.set(keyOf(stream), { ...stream, hash: hash('sha256', text) });
    }
  }
}

function factsOf(rows: readonly { readonly text: string }[]): Fact[] {
  return rows.map(({ text }) => JSON.parse(text));
}

function keyOf({ list, terminal, epoch }: Pick<Stream, 'list' | 'terminal' | 'epoch'>): string {
  return `${list} ${terminal} ${epoch}`;
}

function putAway(directory: string): void {
  for (const end of ['', '-wal', '-shm']) {
    rmSync(join(directory, `${HEARD_FILE}${end}`), { force: true });
  }
}
