/** What the terminals connect to: a platform of the tool's own, one that runs already, or the bare server that is the floor. */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CsvRow } from '../entry-csv.ts';
import { importEntryList } from '../entry-lists.ts';
import { FactStore } from '../facts.ts';
import { openKeys, openStores } from '../stores.ts';
import { FleetError } from './crews.ts';
import type { LedgerState } from './orders.ts';

const PLATFORM = fileURLToPath(new URL('../main.ts', import.meta.url));
const BARE = fileURLToPath(new URL('./bare-server-process.ts', import.meta.url));
const END_MS_MAX = 15_000;
const READY_MS_MAX = 60_000;
const PUBLISHED_MS_MAX = 60_000;
/** Of the list whose newest version is told to all. */
const ROWS = 100;

export const LIST = 'fleet';

/** What a server holds of the terminals' ledgers that they know nothing of, or the other way round. */
export interface Held {
  readonly facts: number;
  readonly missing: number;
  readonly twice: number;
  readonly apart: number;
}

export interface FleetServer {
  readonly url: string;
  /** Null: a process that is somebody else's. */
  readonly pid: number | null;
  /** Has every terminal told of a new version of LIST; resolves with when that began (ms since the epoch). Null: it can't. */
  readonly announce: ((version: number) => Promise<number>) | null;
  /** Ends as in a power cut and starts again where it was. Null: it can't. */
  readonly crash: (() => Promise<void>) | null;
  /** Resolves once it has ended although nobody asked it to, with how. */
  readonly died: Promise<string>;
  /** Compares what it has stored with what was told. To be asked once it has ended. Null: only it knows. */
  readonly count: ((ledgers: readonly LedgerState[]) => Held) | null;
  end(): Promise<void>;
}

/** A platform that somebody else started: it is left as it is. */
export function foreignServer(url: string): FleetServer {
  const died = new Promise<string>(() => {});
  return {
    ...{ url, died },
    pid: null,
    announce: null,
    crash: null,
    count: null,
    end: async () => {},
  };
}

/** Rejects with FleetError when it does not start. */
export async function startBareServer(beatMs: number, head: string): Promise<FleetServer> {
  const child = fork(BARE, [String(beatMs)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  let isAsked = false;
  return {
    url: `ws://127.0.0.1:${port}`,
    pid: child.pid ?? null,
    async announce() {
      child.send({ head });
      const [{ at }] = await once(child, 'message');
      return at;
    },
    crash: null,
    died: endOf(child, () => isAsked),
    count: null,
    async end() {
      isAsked = true;
      await ended(child, 'SIGKILL');
    },
  };
}

/** The platform as `kazasu-platform serve` starts it, with a state folder of its own. */
export async function startPlatformProcess(state: string, beatMs: number): Promise<FleetServer> {
  const platform = new PlatformProcess(state, beatMs);
  await platform.start();
  return platform;
}

class PlatformProcess implements FleetServer {
  url = '';
  readonly died: Promise<string>;
  readonly #state: string;
  readonly #beatMs: number;
  #port = 0;
  #child: ChildProcess | null = null;
  #isAsked = false;
  #said: (line: Said) => void = () => {};
  #tellDeath: (how: string) => void = () => {};

  constructor(state: string, beatMs: number) {
    this.#state = state;
    this.#beatMs = beatMs;
    this.died = new Promise((resolve) => {
      this.#tellDeath = resolve;
    });
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<void> {
    const args = ['serve', '--state', this.#state, '--port', String(this.#port)];
    const beat = ['--beat-ms', String(this.#beatMs)];
    // setpriv (util-linux) has the kernel end it together with the tool. Ctrl-C is not for it: a group of its own.
    const command = ['--pdeathsig', 'KILL', process.execPath, PLATFORM, ...args, ...beat];
    const child = spawn('setpriv', command, {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#isAsked = false;
    void endOf(child, () => this.#isAsked).then((how) => this.#tellDeath(how));
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    const ready = await this.#line('platform.ready', READY_MS_MAX);
    this.url = String(ready['url']);
    this.#port = Number(ready['port']);
  }

  /** Whoever reads the platform's output slowly makes it wait, so a line is looked at only when it can be one that is awaited. */
  #hear(line: string): void {
    if (!line.includes('"platform.') && !line.includes('"list.published"')) return;
    this.#said(JSON.parse(line) as Said);
  }

  async #line(event: string, msMax: number): Promise<Said> {
    const said = new Promise<Said>((resolve) => {
      this.#said = (line) => {
        if (line.event === event) resolve(line);
      };
    });
    const dead = this.died.then((how) => {
      throw new FleetError(`the platform ended (${how})`);
    });
    return within(Promise.race([said, dead]), msMax, `the platform did not say ${event}`);
  }

  readonly announce = async (version: number): Promise<number> => {
    const published = this.#line('list.published', PUBLISHED_MS_MAX);
    const stores = openStores(this.#state);
    try {
      const keys = await openKeys(this.#state);
      const title = `Fleet ${version}`;
      await importEntryList(stores.registry, keys, LIST, rows(), { title }, Date.now());
    } finally {
      stores.close();
    }
    return Date.parse(String((await published)['at']));
  };

  readonly crash = async (): Promise<void> => {
    this.#isAsked = true;
    if (this.#child) await ended(this.#child, 'SIGKILL');
    await this.start();
  };

  readonly count = (ledgers: readonly LedgerState[]): Held => {
    const store = new FactStore(this.#state);
    try {
      return compare(store, ledgers);
    } finally {
      store.close();
    }
  };

  async end(): Promise<void> {
    this.#isAsked = true;
    if (this.#child) await ended(this.#child, 'SIGTERM');
  }
}

type Said = Readonly<Record<string, unknown>> & { readonly event: string };

function compare(store: FactStore, ledgers: readonly LedgerState[]): Held {
  const seen = new Map<string, Set<number>>();
  for (const { terminal, epoch } of ledgers) seen.set(`${terminal} ${epoch}`, new Set());
  let [facts, twice] = [0, 0];
  for (const { json } of store.since(0)) {
    const { terminal, epoch, seq } = JSON.parse(json) as LedgerState;
    const numbers = seen.get(`${terminal} ${epoch}`);
    if (numbers === undefined) continue;
    facts += 1;
    if (numbers.has(seq)) twice += 1;
    numbers.add(seq);
  }
  const missing = ledgers.reduce((sum, { terminal, epoch, seq }) => {
    const numbers = seen.get(`${terminal} ${epoch}`) ?? new Set();
    const written = Array.from({ length: seq }, (_, index) => index + 1);
    return sum + written.filter((number) => !numbers.has(number)).length;
  }, 0);
  const apart = store.terminals().reduce((sum, { quarantined }) => sum + quarantined, 0);
  return { facts, missing, twice, apart };
}

/** No platform looks at what stands for a certificate. */
function rows(): CsvRow[] {
  return Array.from({ length: ROWS }, (_, index) => {
    const number = String(index + 1);
    const fingerprint = number.padStart(64, '0');
    return { ticket: `T-${number}`, seat: `A-${number}`, holder: '', party: '', fingerprint };
  });
}

async function endOf(child: ChildProcess, wasAsked: () => boolean): Promise<string> {
  const [code, signal] = await once(child, 'exit');
  return wasAsked() ? new Promise(() => {}) : String(code ?? signal);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if ((child.exitCode ?? child.signalCode) !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const insist = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
  await exited;
  clearTimeout(insist);
}

async function within<T>(work: Promise<T>, ms: number, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FleetError(`${otherwise} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
