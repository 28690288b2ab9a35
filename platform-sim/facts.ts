/**
 * facts.db: every fact that a terminal told, exactly once, and how far each terminal's ledger is held.
 *
 * A terminal's ledger is a chain: each fact names the hash of its predecessor. What continues the chain that is held
 * is stored; what repeats it is discarded; what contradicts it (a fork: a copied or restored ledger) is kept apart
 * in quarantine. Nothing is refused, because the terminal has already acted on it.
 */

import { createHash, randomUUID } from 'node:crypto';
import type { EventName } from '../src/domain/events.ts';
import type { TerminalFrame } from '../src/link/protocol.ts';
import { type BootOf, type ClockSample, SAMPLE_EVERY_MS } from './clock-samples.ts';
import { changeMark, openDatabase, type SqliteDatabase } from './database.ts';
import type { EntryFact } from './effects.ts';
import { ENTRY_FACTS, entryFactsOf } from './entry-facts.ts';
import {
  type FactFeed,
  PLATFORM_TERMINAL,
  type StoreOutcome,
  type StreamName,
  type Suspicion,
  type Welcomed,
} from './fact-log.ts';
import { type ClockOrigin, isPlausibleMono } from './fact-order.ts';
import { FACT, type ParsedFact } from './fact-schema.ts';
import { prepareFacts } from './fact-statements.ts';
import { SCHEMA, SCHEMA_VERSION } from './fact-tables.ts';

const NO_FACT = '0'.repeat(64);
/** In one transaction: a terminal may wait for it. */
const FORGET_AT_ONCE = 500;

type Hello = Extract<TerminalFrame, { frame: 'hello' }>;

/** An item that is no fact of the ledger it came from. `message` names the place, never the content. */
export class NotAFactError extends Error {
  override readonly name = 'NotAFactError';
}

export interface TerminalRecord extends StreamName {
  readonly upto: number;
  readonly boot: number;
  readonly software: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly quarantined: number;
  readonly suspected: readonly Suspicion[];
}

interface Stream {
  readonly id: number;
  readonly upto: number;
  readonly hash: string;
  readonly boot: number;
}

interface Item {
  readonly seq: number;
  readonly hash: string;
  readonly prev: string;
  readonly event: string;
  /** The epoch that ended before this fact, which is the first of its own; null otherwise. */
  readonly before: string | null;
  readonly json: string;
}

interface OldFact {
  readonly arrival: number;
  readonly json: string;
}

export { PLATFORM_TERMINAL, type StreamName, type Suspicion } from './fact-log.ts';

export class FactStore implements FactFeed {
  readonly #db: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepareFacts>;

  /** Opens or creates facts.db in `directory`. */
  constructor(directory: string) {
    this.#db = openDatabase(directory, 'facts.db', SCHEMA, SCHEMA_VERSION);
    this.#statements = prepareFacts(this.#db);
  }

  /** What `work` stores here is durable together, once this returns. */
  together(work: () => void): void {
    this.#db.transaction(work).immediate();
  }

  /**
   * Notes who is there, and says how far its ledger is held. A ledger with the same newest number but another fact
   * there shares no certain part with what is held: everything of it is asked for (`upto` 0). Terminals that are told the
   * hash find that out themselves: `held` is for them.
   */
  hello(frame: Hello, now: number): Welcomed {
    return this.#db
      .transaction(() => {
        const stream = this.#streamOf(frame, now, frame.software);
        const suspected: Suspicion[] = [];
        let upto = stream.upto;
        if (frame.last.seq > 0 && this.#isQuarantined(stream.id, frame.last.seq, frame.last.hash)) {
          suspected.push('fork');
          upto = frame.last.seq;
        } else if (frame.last.seq < stream.upto) {
          suspected.push('ledger-went-back');
        } else if (frame.last.seq === stream.upto && frame.last.hash !== stream.hash && upto > 0) {
          suspected.push('fork');
          upto = 0;
        }
        const isSucceeded = this.#statements.isSucceeded.get(stream.id) !== undefined;
        if (isSucceeded && !suspected.includes('fork')) suspected.push('fork');
        if (frame.boot < stream.boot) suspected.push('boot-went-back');
        for (const why of suspected) this.#statements.flag.run(stream.id, why, iso(now));
        this.#statements.sawStream.run(frame.boot, frame.software, iso(now), stream.id);
        if (isPlausibleMono(frame.clock.mono)) {
          const origin = Math.round(now - frame.clock.mono);
          this.#statements.setClock.run(stream.id, frame.boot, origin);
          const sample = { mono: frame.clock.mono, earliest: null, latest: now };
          this.#addSample(stream.id, frame.boot, sample);
        }
        return { upto, held: { upto: stream.upto, hash: stream.hash }, suspected };
      })
      .immediate();
  }

  /**
   * Stores the facts `from`, `from + 1`, ... and the cursor in one durable transaction. `isAll`: their terminal has none before
   * them any more; where some are missing here, they are set apart. `items` are exact JSON texts. Throws NotAFactError, then
   * nothing of the batch is stored.
   */
  store(
    of: StreamName,
    from: number,
    items: readonly string[],
    now: number,
    isAll = false,
  ): StoreOutcome {
    const facts = items.map((json, index) => parseItem(of, from + index, json));
    return this.#db
      .transaction((): StoreOutcome => {
        const stream = this.#streamOf(of, now, '');
        const gap = from > stream.upto + 1 && !this.#hasQuarantined(stream.id, from - 1);
        if (gap && !isAll && !isOpening(stream, facts[0]))
          return { kind: 'gap', upto: stream.upto };
        return this.#storeAll(stream, facts, now);
      })
      .immediate();
  }

  #storeAll(stream: Stream, facts: readonly Item[], now: number): StoreOutcome {
    let { upto, hash } = stream;
    const count = { stored: 0, repeated: 0, quarantined: 0 };
    for (const fact of facts) {
      const continues = fact.seq === upto + 1 && fact.prev === hash;
      if (continues || isOpening({ upto }, fact)) {
        this.#insert(stream.id, fact, now);
        if (fact.before !== null) this.#statements.succeed.run(stream.id, fact.before);
        upto = fact.seq;
        hash = fact.hash;
        count.stored += 1;
      } else if (
        fact.seq <= upto &&
        this.#statements.hashAt.get(stream.id, fact.seq) === fact.hash
      ) {
        count.repeated += 1;
      } else {
        const { id } = stream;
        this.#statements.quarantine.run(id, fact.seq, fact.hash, iso(now), fact.json);
        count.quarantined += 1;
      }
    }
    if (count.stored > 0) this.#statements.moveCursor.run(upto, hash, iso(now), stream.id);
    if (count.quarantined > 0) this.#statements.flag.run(stream.id, 'fork', iso(now));
    return { kind: 'stored', upto: facts.at(-1)?.seq ?? upto, ...count };
  }

  /** Somebody says that it is this terminal, after a boot number or an epoch went back: the next one heard counts. */
  forgetBoot(terminal: string): void {
    this.#statements.forgetBoot.run(terminal);
    this.#statements.forgetSuccession.run(terminal);
  }

  /**
   * Adds a fact of the platform itself. `id` makes it happen once, however often it is asked for.
   * `body` is what the event says; `subject` as in the domain's NewFact.
   */
  appendOwn(id: string, event: EventName, subject: string, body: object, now: number): void {
    this.#db
      .transaction(() => {
        if (this.#statements.hasOwn.get(id) !== undefined) return;
        const known = this.#statements.ownEpoch.get(PLATFORM_TERMINAL);
        const epoch = typeof known === 'string' ? known : randomUUID();
        const of = { terminal: PLATFORM_TERMINAL, epoch };
        const stream = this.#streamOf(of, now, '');
        const seq = stream.upto + 1;
        const json = JSON.stringify({
          ...of,
          seq,
          prev: stream.hash,
          at: iso(now),
          clock: 'synced',
          boot: 0,
          mono: 0,
          event,
          subject,
          body,
        });
        const item = parseItem(of, seq, json);
        this.#insert(stream.id, item, now);
        this.#statements.moveCursor.run(seq, item.hash, iso(now), stream.id);
        this.#statements.addOwn.run(id, seq);
      })
      .immediate();
  }

  /** Facts in order of arrival, after the arrival number `after`. */
  *since(after: number): Generator<{ readonly arrival: number; readonly json: string }> {
    yield* this.#statements.since.iterate(after) as IterableIterator<{
      arrival: number;
      json: string;
    }>;
  }

  /** Facts that contradict the ledger that is held, in order of arrival. */
  *quarantined(): Generator<{ readonly arrival: number; readonly json: string }> {
    yield* this.#statements.quarantined.iterate() as IterableIterator<{
      arrival: number;
      json: string;
    }>;
  }

  /** Every fact that says something about who has entered on `list`. */
  entryFacts(list: string): EntryFact[] {
    return entryFactsOf(this.ofEvents(ENTRY_FACTS), list);
  }

  /** The exact texts of the facts of these events, in order of arrival. */
  *ofEvents(events: readonly EventName[]): Generator<string> {
    yield* this.#statements.ofEvents.iterate(JSON.stringify(events)) as IterableIterator<string>;
  }

  /** Those of them that arrived after `after`, and how far was looked. */
  async ofEventsAfter(
    events: readonly string[],
    after: number,
  ): Promise<{ readonly upto: number; readonly facts: readonly string[] }> {
    return this.#db.transaction(() => ({
      upto: Number(this.#statements.newest.get() ?? 0),
      facts: this.#statements.ofEventsAfter.all(after, JSON.stringify(events)) as string[],
    }))();
  }

  /**
   * Empties facts that arrived before `before` (ISO 8601), but for those that `decides` says yes of, by their subject. Number and
   * hash stay: what is told again, or something else in its place, is known by them. Returns how many.
   */
  forget(before: string, decides: (subject: string) => boolean): number {
    this.#db.pragma('secure_delete = ON');
    let count = this.#statements.forgetQuarantined.run(before).changes;
    for (let after = 0; ; ) {
      const old = this.#statements.oldFacts.all(after, before, FORGET_AT_ONCE) as OldFact[];
      const newest = old.at(-1);
      if (newest === undefined) break;
      after = newest.arrival;
      this.together(() => {
        for (const { arrival, json } of old) {
          const { subject } = FACT.parse(JSON.parse(json));
          if (typeof subject === 'string' && decides(subject)) continue;
          this.#statements.forget.run(arrival);
          count += 1;
        }
      });
    }
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
    return count;
  }

  /** When each boot of each terminal began to count, by the platform's clock. */
  clockOrigins(): ClockOrigin[] {
    return this.#statements.clocks.all() as ClockOrigin[];
  }

  /** What more is known of the clock of a boot; of those of the same hour the narrowest is kept. */
  noteClock({ terminal, epoch, boot }: BootOf, sample: ClockSample): void {
    const stream = this.#statements.stream.get(terminal, epoch) as Stream | undefined;
    if (stream !== undefined) this.#addSample(stream.id, boot, sample);
  }

  /** Every sample of this boot, by time. */
  clockSamples({ terminal, epoch, boot }: BootOf): ClockSample[] {
    return this.#statements.samples.all(terminal, epoch, boot) as ClockSample[];
  }

  /** When a fact arrived (ISO 8601); null where it is not held. */
  receivedAt({ terminal, epoch }: StreamName, seq: number): string | null {
    return (this.#statements.received.get(terminal, epoch, seq) as string | undefined) ?? null;
  }

  terminals(): TerminalRecord[] {
    return (this.#statements.terminals.all() as (TerminalRecord & { flags: string | null })[]).map(
      ({ flags, ...record }) => ({
        ...record,
        suspected: (flags?.split(',') ?? []) as Suspicion[],
      }),
    );
  }

  changeMark(): string {
    return changeMark(this.#db);
  }

  close(): void {
    this.#db.close();
  }

  #streamOf(of: StreamName, now: number, software: string): Stream {
    const { terminal, epoch } = of;
    this.#statements.addStream.run(terminal, epoch, NO_FACT, software, iso(now), iso(now));
    return this.#statements.stream.get(terminal, epoch) as Stream;
  }

  #insert(stream: number, fact: Item, now: number): void {
    this.#statements.addFact.run(stream, fact.seq, fact.hash, fact.event, iso(now), fact.json);
  }

  #addSample(stream: number, boot: number, { mono, earliest, latest }: ClockSample): void {
    const hour = Math.floor(mono / SAMPLE_EVERY_MS);
    this.#statements.addSample.run(stream, boot, hour, mono, earliest, latest);
  }

  #isQuarantined(stream: number, seq: number, hash: string): boolean {
    return this.#statements.isQuarantined.get(stream, seq, hash) !== undefined;
  }

  #hasQuarantined(stream: number, seq: number): boolean {
    return this.#statements.hasQuarantined.get(stream, seq) !== undefined;
  }
}

function parseItem(of: StreamName, seq: number, json: string): Item {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new NotAFactError(`fact ${seq} is not JSON`);
  }
  const parsed = FACT.safeParse(value);
  // A lone surrogate has no UTF-8 bytes of its own, so its hash could not be checked by anybody.
  if (!parsed.success || !json.isWellFormed()) throw new NotAFactError(`fact ${seq} is no fact`);
  const fact: ParsedFact = parsed.data;
  if (fact.terminal !== of.terminal || fact.epoch !== of.epoch || fact.seq !== seq) {
    throw new NotAFactError(`fact ${seq} is of another ledger or number`);
  }
  const hash = createHash('sha256').update(json, 'utf8').digest('hex');
  const { prev, event, body } = fact;
  const before = event === 'ledger.epoch-opened' ? textOf(body['before']) : null;
  return { seq, hash, prev, event, before, json };
}

/** The first fact of an epoch that follows another: it goes on with its ledger's numbers. */
function isOpening({ upto }: { readonly upto: number }, fact: Item | undefined): boolean {
  return upto === 0 && fact !== undefined && fact.before !== null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
