/**
 * A terminal's side of the link for tests: ledger, clock, shelf and a journal that can be waited
 * for.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Clock, SYSTEM_TIME, type TimeSources } from '../../src/clock.ts';
import type { Command } from '../../src/domain/command.ts';
import type { EventName } from '../../src/domain/events.ts';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import type { AlertEar } from '../../src/link/downloads.ts';
import type { TerminalIdentity } from '../../src/link/identity.ts';
import type { LoadedInstitution } from '../../src/link/institution-download.ts';
import { LINK_TIMES, type Link, type LinkTimes, openLink } from '../../src/link/link.ts';
import { ListKeyRing } from '../../src/link/list-keys.ts';
import { ListTurns } from '../../src/link/list-turns.ts';
import { Questions } from '../../src/link/questions.ts';
import type { ListKeys } from '../../src/pki/converted-value.ts';
import type { TrustStore } from '../../src/pki/trust-store.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';

export const TERMINAL = 'gate-1';
export const LIST = 'stadium';

/**
 * Generous where a slow machine could fail a test, short where a test waits for the limit itself.
 */
export const TIMES: LinkTimes = {
  ...LINK_TIMES,
  openMs: 20_000,
  firstRetryMs: 20,
  longestRetryMs: 50,
  objects: { idleMs: 20_000, totalMs: 60_000 },
};

export interface Noted {
  readonly event: EventName | 'lost';
  readonly fields: Readonly<Record<string, unknown>>;
}

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-link-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Small, fast, seeded (xorshift32), 0 to 1: a failing test fails again. */
export function generator(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export class TestTerminal {
  readonly state: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly shelf: ListShelf;
  readonly noted: Noted[] = [];
  readonly keys = new Map<string, ListKeys>();
  readonly keyStore: FileKeyStore;
  readonly listKeys: ListKeyRing;
  readonly trust: TrustStore[] = [];
  readonly institutions: LoadedInstitution[] = [];
  readonly commands: Command[] = [];
  readonly triedLater: number[] = [];
  /** Where it stands, and who hears alerts there; set before it connects. */
  alerts: AlertEar | undefined;
  pokes = 0;
  readonly questions = new Questions((event, fields) => this.#note({ event, fields }));
  readonly turns = new ListTurns();
  readonly listDirectory: string;
  lists: readonly string[] = [LIST];
  /** Of a terminal that enrolled, set by whoever enrols it. */
  identity: TerminalIdentity | null = null;
  #trustRoot: string | null = null;
  readonly #waiting = new Set<() => void>();

  constructor(state = tempFolder(), time: TimeSources = SYSTEM_TIME) {
    this.state = state;
    this.keyStore = new FileKeyStore(join(state, 'keys'), { seal: null });
    this.listKeys = new ListKeyRing(this.keyStore, (list, keys) => void this.keys.set(list, keys));
    this.listDirectory = join(state, 'lists');
    mkdirSync(this.listDirectory, { recursive: true });
    this.clock = new Clock({ mark: { load: () => null, save: () => {} }, time });
    this.ledger = Ledger.open({
      directory: state,
      terminal: TERMINAL,
      read: () => this.clock.read(),
      countsAsBoot: true,
    });
    this.shelf = ListShelf.open(this.listDirectory);
    onTestFinished(() => this.end());
  }

  /** As a process that ends: nothing of it works any more. */
  end(): void {
    for (const store of this.trust) store.close();
    this.clock.close();
    this.shelf.close();
    this.ledger.close();
  }

  /** `opener()` opens one link after the other, as a supervisor does. */
  opener(url: string, times: Partial<LinkTimes> = {}): () => Promise<Link> {
    const open = openLink({
      url,
      terminal: TERMINAL,
      software: 'test',
      lists: this.lists,
      stateDirectory: this.state,
      ledger: this.ledger,
      clock: this.clock,
      shelf: this.shelf,
      journal: (event, fields) => this.#note({ event, fields }),
      keyStore: this.keyStore,
      listKeys: this.listKeys,
      turns: this.turns,
      questions: this.questions,
      inUse: () => ({
        trust: this.#trustRoot,
        institution: this.institutions.at(-1)?.root ?? null,
      }),
      onTrust: ({ store, root }) => {
        this.trust.push(store);
        this.#trustRoot = root;
      },
      onInstitution: (loaded) => void this.institutions.push(loaded),
      onCommand: (command) => void this.commands.push(command),
      onTryLater: (afterMs) => void this.triedLater.push(afterMs),
      alerts: this.alerts,
      onStanding: () => {
        this.pokes += 1;
      },
      identity: this.identity,
      times: { ...TIMES, ...times },
    });
    return async () => {
      const link = await open({
        onLost: (reason, code) => this.#note({ event: 'lost', fields: { reason, code } }),
      });
      onTestFinished(() => link.close());
      return link;
    };
  }

  connect(url: string, times: Partial<LinkTimes> = {}): Promise<Link> {
    return this.opener(url, times)();
  }

  record(count: number): void {
    for (let n = 0; n < count; n += 1) {
      const body = { ticket: `T-${n}`, gate: TERMINAL };
      this.ledger.record([{ event: 'entry.granted', subject: `${LIST}/${n}`, body }]);
    }
  }

  /**
   * What was noted of this event, or what will be. Rejects through the test's own time limit only.
   */
  async until(
    event: Noted['event'],
    fields: Noted['fields'] = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const found = this.noted.find((noted) => noted.event === event && has(noted.fields, fields));
      if (found !== undefined) return found.fields;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  of(event: Noted['event']): Readonly<Record<string, unknown>>[] {
    return this.noted.filter((noted) => noted.event === event).map(({ fields }) => fields);
  }

  /** As its recorder: for parts that are given one. */
  readonly recorder = {
    note: (event: EventName, fields: Noted['fields'] = {}): void => this.#note({ event, fields }),
  };

  #note(noted: Noted): void {
    this.noted.push(noted);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

function has(all: Noted['fields'], some: Noted['fields']): boolean {
  return Object.entries(some).every(([name, value]) => all[name] === value);
}
