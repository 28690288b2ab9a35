/** Gates of one venue in one process, for tests: real ledgers, real TLS on loopback, certificates of one platform. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { TerminalRegistry } from '../../platform-sim/terminal-registry.ts';
import { Clock, SYSTEM_TIME, type TimeSources } from '../../src/clock.ts';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import type { EventName } from '../../src/domain/events.ts';
import type { Fact, NewFact } from '../../src/domain/fact.ts';
import { ticketSubject } from '../../src/domain/ticket-number.ts';
import { TerminalIdentity } from '../../src/link/identity.ts';
import type { SharedMarks } from '../../src/neighbours/exchange.ts';
import { Neighbours } from '../../src/neighbours/neighbours.ts';
import { Heard } from '../../src/store/heard.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { ticketState } from '../../src/store/ticket-state.ts';
import { MemoryKeys } from '../link/enrolled.ts';

export const LIST = 'stadium';
const HOUR_MS = 3_600_000;
/** What crosses a socket on a loaded machine. */
export const PATIENCE_MS = 20_000;

export interface Noted {
  readonly event: EventName;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface GateOptions {
  readonly manifest?: Partial<EntryListManifest>;
  readonly time?: TimeSources;
  readonly state?: string;
  readonly beatMs?: number;
  /** What it tells of; default: the list. */
  readonly topic?: string;
  readonly marks?: SharedMarks;
  /** What it will serve again. */
  readonly keeps?: readonly string[];
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-venue-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function manifestOf(over: Partial<EntryListManifest> = {}): EntryListManifest {
  const now = Date.now();
  const iso = (at: number) => new Date(at).toISOString();
  return {
    kind: 'entry-list',
    list: LIST,
    title: '春の音楽祭',
    version: 1,
    root: '0'.repeat(64),
    rows: 0,
    chunks: [],
    issuedAt: iso(now - 2 * HOUR_MS),
    validFrom: iso(now - 2 * HOUR_MS),
    validTo: iso(now + 12 * HOUR_MS),
    assurance: 'identified',
    staleness: { oldAfterHours: 24, tooOldAfterHours: 240, whenTooOld: 'admit' },
    audience: [],
    place: '',
    startsAt: null,
    ...over,
  };
}

/** A platform's certificates, past its network. */
export class Authority {
  readonly keys: PlatformKeys;
  readonly #terminals: TerminalRegistry;

  private constructor(keys: PlatformKeys, terminals: TerminalRegistry) {
    this.keys = keys;
    this.#terminals = terminals;
  }

  static async make(): Promise<Authority> {
    const folder = mkdtempSync(join(tmpdir(), 'kazasu-authority-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return new Authority(await PlatformKeys.openOrCreate(folder), new TerminalRegistry(folder));
  }

  async enrol(
    terminal: string,
    parts: { ledger: Pick<Ledger, 'get' | 'set'>; clock: Pick<Clock, 'now'> },
  ): Promise<TerminalIdentity> {
    const keys = new MemoryKeys();
    const identity = new TerminalIdentity({ terminal, keys, ...parts });
    const { secret } = this.#terminals.add(terminal, true, Date.now());
    const request = await identity.request();
    const answer = this.#terminals.enrol(this.keys, { terminal, secret, request }, Date.now());
    if (answer.result !== 'enrolled') throw new Error(answer.reason);
    const certificate = Buffer.from(answer.certificate, 'base64');
    const fault = await identity.takeAsOnly(certificate, this.keys.caCertificate);
    if (fault !== null) throw new Error(fault);
    return identity;
  }
}

export class TestGate {
  readonly name: string;
  readonly state: string;
  readonly noted: Noted[] = [];
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly heard: Heard;
  /** Null: it has not come yet. */
  list: EntryListManifest | null;
  identity: TerminalIdentity | null = null;
  neighbours: Neighbours | null = null;
  readonly #authority: Authority;
  readonly #beatMs: number | undefined;
  readonly #topic: string;
  readonly #marks: SharedMarks | null;
  readonly #keeps: readonly string[];
  #isOver = false;

  constructor(name: string, authority: Authority, options: GateOptions = {}) {
    this.name = name;
    this.#authority = authority;
    this.#beatMs = options.beatMs;
    this.#topic = options.topic ?? LIST;
    this.#marks = options.marks ?? null;
    this.#keeps = options.keeps ?? [];
    this.state = options.state ?? tempFolder();
    this.list = manifestOf(options.manifest);
    const mark = { load: () => null, save: () => {} };
    this.clock = new Clock({ mark, time: options.time ?? SYSTEM_TIME });
    const read = () => this.clock.read();
    const { state: directory } = this;
    this.ledger = Ledger.open({ directory, terminal: name, read, countsAsBoot: true });
    this.heard = Heard.open(directory);
    this.ledger.beside = this.heard;
    onTestFinished(() => this.close());
  }

  get manifest(): EntryListManifest {
    if (this.list === null) throw new Error('there is no list');
    return this.list;
  }

  async enrol(): Promise<this> {
    const { ledger, clock } = this;
    this.identity = await this.#authority.enrol(this.name, { ledger, clock });
    return this;
  }

  /** Resolves when others can call it. */
  async open(calls: readonly number[] = [], port = 0): Promise<number> {
    const neighbours = this.start(calls, port);
    while (neighbours.port === null) await new Promise((resolve) => setTimeout(resolve, 5));
    return neighbours.port;
  }

  /** Also of a gate that is not enrolled. */
  start(calls: readonly number[] = [], port = 0): Neighbours {
    const { name, ledger, clock, heard } = this;
    const keys = new MemoryKeys();
    this.identity ??= new TerminalIdentity({ terminal: name, ledger, keys, clock });
    const { identity } = this;
    this.neighbours = new Neighbours({
      ...{ terminal: name, ledger, clock, heard, identity },
      listen: { host: '127.0.0.1', port },
      gates: calls.map((port) => ({ host: '127.0.0.1', port })),
      lists: [this.#topic],
      keeps: this.#keeps,
      marks: this.#marks,
      software: 'test',
      ...(this.#beatMs === undefined ? {} : { beatMs: this.#beatMs }),
      ca: () => this.#authority.keys.caCertificate,
      manifestOf: (list) => (list === this.#topic ? this.list : null),
      note: (event, fields) => void this.noted.push({ event, fields }),
    });
    return this.neighbours;
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.neighbours?.stop();
    this.heard.close();
    this.ledger.close();
    this.clock.close();
  }

  grant(ref: string, more: NewFact['body'] = {}): Fact {
    return this.record('entry.granted', ref, more);
  }

  undo(ref: string): Fact {
    return this.record('entry.undone', ref);
  }

  grantByNumber(number: string): Fact {
    const body = { ticket: number, list: LIST, gate: this.name, assurance: 'attendant' };
    const subject = ticketSubject(LIST, number);
    const [fact] = this.ledger.record([{ event: 'entry.granted', subject, body }]);
    if (fact === undefined) throw new Error('nothing was recorded');
    return fact;
  }

  /** Where the ticket of this row has entered, as this gate knows it; null: nowhere. */
  enteredAt(ref: string): string | null {
    const ticket = { list: LIST, subject: `${LIST}/${ref}`, ticket: ticketOf(ref) };
    return ticketState(this.ledger, ticket).entered?.gate ?? null;
  }

  events(event: EventName): Noted['fields'][] {
    return this.noted.filter((line) => line.event === event).map(({ fields }) => fields);
  }

  record(event: NewFact['event'], ref: string, more: NewFact['body'] = {}): Fact {
    const body = { ticket: ticketOf(ref), list: LIST, ref, gate: this.name, ...more };
    const [fact] = this.ledger.record([{ event, subject: `${LIST}/${ref}`, body }]);
    if (fact === undefined) throw new Error('nothing was recorded');
    return fact;
  }
}

export function ticketOf(ref: string): string {
  return `T-${ref}`.toUpperCase();
}
