/**
 * A gate as far as its link and its stores go: the daemon's own ledger, clock, shelf and link supervisor on real files. It is
 * killed by leaving it where it is and going on with a copy of its files.
 */

import { cpSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Clock, type TimeSources } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { entryState } from '../../src/domain/fact.ts';
import type { Journal } from '../../src/journal.ts';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import { LinkSupervisor } from '../../src/link-supervisor.ts';
import { Recorder } from '../../src/recorder.ts';
import { DiskFullError, Ledger, LedgerError } from '../../src/store/ledger.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';
import { LIST } from '../platform/test-platform.ts';
import type { Line } from './frame-network.ts';
import { turn } from './virtual-time.ts';
import type { Witness } from './witness.ts';

/** A machine does not start at zero of its own clock. */
const MONO_AT_START = 5_000;
const RESERVE = 'reserve';

interface Running {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly shelf: ListShelf;
  readonly link: LinkSupervisor;
}

export interface Said {
  readonly event: string;
  readonly seq: number | undefined;
  readonly fields: object;
  readonly at: number;
}

export class Gate {
  readonly name: string;
  readonly line: Line;
  /** What the journal would say. */
  readonly said: Said[] = [];
  /** What its own clock is off by. */
  wallOffset = 0;
  readonly #folder: string;
  readonly #witness: Witness;
  readonly #trueTime: () => number;
  #lives = 0;
  #poweredAt = performance.now();
  #running: Running | null = null;
  #backUp: string | null = null;

  constructor(name: string, folder: string, line: Line, witness: Witness, trueTime: () => number) {
    this.name = name;
    this.#folder = folder;
    this.line = line;
    this.#witness = witness;
    this.#trueTime = trueTime;
  }

  /** Where its files are now. */
  get directory(): string {
    return join(this.#folder, `${this.name}-${this.#lives}`);
  }

  get running(): Running | null {
    return this.#running;
  }

  /** Of the list that decides. */
  get activeRoot(): string | null {
    return this.#running?.shelf.active(LIST)?.manifest.root ?? null;
  }

  /** False when its disk is too full to start; then it stays off. */
  async start(): Promise<boolean> {
    if (this.#running !== null) return true;
    try {
      this.#running = await this.#open();
    } catch (error) {
      if (!(error instanceof LedgerError && error.code === 'unwritable')) throw error;
      return false;
    }
    this.#running.link.start([LIST], () => {});
    return true;
  }

  /** Whoever has this ticket holds it here. The gate opens for it once, if what happened can be written down. */
  tap(ticket: string, isNewcomer = false): void {
    if (this.#running === null) return;
    const { ledger, clock } = this.#running;
    const subject = `${LIST}/${ticket}`;
    const isIn =
      !isNewcomer && entryState(ledger.factsAbout(subject), clock.now()).entered !== null;
    const event = isIn ? 'entry.refused' : 'entry.granted';
    const body = { list: LIST, ref: ticket, ticket, gate: this.name };
    try {
      const [fact] = ledger.record([{ event, subject, body }]);
      if (fact !== undefined) this.#witness.admitted(ledger, fact, this.#trueTime());
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
    }
  }

  /** Everything that the platform holds is old enough to leave. */
  retire(): void {
    const ledger = this.#running?.ledger;
    if (ledger === undefined) return;
    this.#witness.sawLedger(ledger);
    try {
      while (ledger.prune({ before: '9999', decides: () => false }) !== null);
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
    }
  }

  /** `power`: of the whole machine, whose peers hear nothing of it. */
  async kill(power: boolean): Promise<void> {
    await this.#end(power, this.directory);
    if (power) this.#poweredAt = performance.now();
  }

  backUp(): void {
    this.#backUp = join(this.#folder, `${this.name}-backup`);
    rmSync(this.#backUp, { recursive: true, force: true });
    copyState(this.directory, this.#backUp);
  }

  /** The state folder is put back as it was. False where there is no copy of it. */
  async restore(): Promise<boolean> {
    if (this.#backUp === null) return false;
    await this.#end(false, this.#backUp);
    return true;
  }

  /** Ended in order, for good. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    this.line.kill('terminal', true);
    const stopped = running.link.stop();
    // Also what was just about to be opened.
    await turn();
    this.line.kill('terminal', true);
    await stopped;
    running.clock.close();
    running.shelf.close();
    running.ledger.close();
  }

  /** From here on the files that `from` has count, as they are now. */
  async #end(power: boolean, from: string): Promise<void> {
    this.line.kill('terminal', power);
    const running = this.#running;
    if (running !== null) this.#witness.sawLedger(running.ledger);
    this.#lives += 1;
    copyState(from, this.directory);
    await this.stop();
  }

  async #open(): Promise<Running> {
    const { directory: state, name } = this;
    mkdirSync(state, { recursive: true });
    let clock: Clock | null = null;
    const ledger = Ledger.open({
      ...{ directory: state, terminal: name, countsAsBoot: true },
      read: () => {
        if (clock === null) throw new Error('there is no clock yet');
        return clock.read();
      },
    });
    const mark = {
      load: () => Number(ledger.get('time-high') ?? 0),
      save: (at: number) => ledger.set('time-high', String(at)),
    };
    clock = new Clock({ mark, time: this.#time() });
    const recorder = new Recorder(ledger, this.#journal(), () => this.#trueTime());
    const shelf = ListShelf.open(join(state, 'lists'));
    const keyStore = new FileKeyStore(join(state, 'keys'), { seal: null });
    // What the link needs to know of the configuration.
    const config = { name, state, platform: { url: this.line.url } } as Config;
    const link = await LinkSupervisor.open(config, {
      ...{ ledger, clock, shelf, recorder, keyStore },
      ...{ inspect: () => {}, onChange: () => {} },
    });
    return { ledger, clock, shelf, link };
  }

  #time(): TimeSources {
    return {
      wall: () => this.#trueTime() + this.wallOffset,
      mono: () => MONO_AT_START + performance.now() - this.#poweredAt,
    };
  }

  #journal(): Journal {
    const journal: Pick<Journal, 'write' | 'watch' | 'close'> = {
      write: ({ event, seq, fields }) => {
        this.said.push({ event, seq, fields, at: performance.now() });
      },
      watch: () => {},
      close: async () => {},
    };
    return journal as Journal;
  }
}

/** As a machine finds it that starts again: without what was in memory only. */
function copyState(from: string, to: string): void {
  if (!existsSync(from)) return;
  const isKept = (path: string) => !path.endsWith('-shm') && !path.endsWith(`/${RESERVE}`);
  cpSync(from, to, { recursive: true, filter: isKept });
  if (existsSync(join(from, RESERVE))) linkSync(join(from, RESERVE), join(to, RESERVE));
}
