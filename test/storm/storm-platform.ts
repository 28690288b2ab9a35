/** The platform of a storm: its own sessions, stores and heads on real files; frames come over the lines, objects over HTTP. */

import { cpSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { WebSocket } from 'ws';
import { EmbeddedFactLog } from '../../platform-sim/embedded-fact-log.ts';
import { importEntryList } from '../../platform-sim/entry-lists.ts';
import { FactStore } from '../../platform-sim/facts.ts';
import type { FanOut } from '../../platform-sim/fan-out.ts';
import { Heads } from '../../platform-sim/heads.ts';
import { LocalFanOut } from '../../platform-sim/local-fan-out.ts';
import { Registry } from '../../platform-sim/registry.ts';
import { RemovedFacts } from '../../platform-sim/removed-facts.ts';
import type { PlatformKeys } from '../../platform-sim/signing.ts';
import { TerminalRegistry } from '../../platform-sim/terminal-registry.ts';
import { putOff } from '../../platform-sim/terminal-session.ts';
import { TerminalLinks } from '../../platform-sim/terminals.ts';
import { LIST, ticket } from '../platform/test-platform.ts';
import type { End, Line } from './frame-network.ts';
import { TICKETS } from './plan.ts';

/** Whatever time it is here. */
const VALID = { validFrom: '2020-01-01T00:00:00.000Z', validTo: '2099-01-01T00:00:00.000Z' };

type Questions = ConstructorParameters<typeof TerminalLinks>[0]['questions'];

/** It knows none of the services that ask. */
const UNKNOWN: Pick<Questions, 'deliver' | 'removed'> = {
  removed: new RemovedFacts(),
  async deliver(_from, { id }, send) {
    send({ frame: 'fault', id, fault: 'unknown-service' });
  },
};

interface Running {
  readonly facts: FactStore;
  readonly registry: Registry;
  readonly terminals: TerminalRegistry;
  readonly heads: Heads;
  readonly fanOut: FanOut;
  readonly links: TerminalLinks;
}

/** A fact as it lies in facts.db. */
export interface HeldFact {
  readonly terminal: string;
  readonly epoch: string;
  readonly seq: number;
  readonly hash: string;
  readonly json: string;
}

export interface HeldStream {
  readonly terminal: string;
  readonly epoch: string;
  readonly upto: number;
  readonly hash: string;
}

export class StormPlatform {
  readonly logged: { readonly event: string; readonly fields: object }[] = [];
  /** The root of every version of the list that was published. */
  readonly roots: string[] = [];
  readonly #folder: string;
  readonly #keys: PlatformKeys;
  readonly #lines: readonly Line[];
  readonly #slowMs: number;
  #lives = 0;
  #running: Running;
  #isUp = true;
  /** Whoever comes before this is asked to come again later. */
  #busyUntil = 0;

  constructor(folder: string, keys: PlatformKeys, lines: readonly Line[], isSlow: boolean) {
    this.#folder = folder;
    this.#keys = keys;
    this.#lines = lines;
    this.#slowMs = isSlow ? 0 : 500;
    this.#running = this.#start();
  }

  get directory(): string {
    return join(this.#folder, `platform-${this.#lives}`);
  }

  get running(): Running {
    return this.#running;
  }

  /** An object of what is published; null: none of it, or there is no platform now. */
  object(sha256: string): Buffer | null {
    return (this.#isUp && this.#running.registry.object(sha256)) || null;
  }

  get isBusy(): boolean {
    return performance.now() < this.#busyUntil;
  }

  beBusy(ms: number): void {
    this.#busyUntil = performance.now() + ms;
  }

  /** It is killed, and starts again with the files as they are. */
  async kill(power: boolean): Promise<void> {
    for (const line of this.#lines) {
      line.accept = null;
      line.kill('platform', power);
    }
    this.#isUp = false;
    const [from, before] = [this.directory, this.#running];
    this.#lives += 1;
    cpSync(from, this.directory, { recursive: true, filter: (path) => !path.endsWith('-shm') });
    await stopped(before);
    this.#running = this.#start();
    this.#isUp = true;
  }

  async stop(): Promise<void> {
    for (const line of this.#lines) {
      line.accept = null;
      line.kill('platform', true);
    }
    this.#isUp = false;
    await stopped(this.#running);
  }

  /** Another version, without one ticket. */
  async publish(without: number): Promise<void> {
    const { registry } = this.#running;
    const rows = Array.from({ length: TICKETS }, (_, n) => ticket(n));
    rows.splice(without, 1);
    const published = await importEntryList(registry, this.#keys, LIST, rows, VALID, Date.now());
    if (published.root !== this.roots.at(-1)) this.roots.push(published.root);
    await this.announce();
  }

  async announce(): Promise<void> {
    const { heads, fanOut } = this.#running;
    const lists = (await heads.refresh(Date.now())).map(({ list }) => list);
    if (lists.length > 0) await fanOut.publish('all', { about: 'lists', lists });
  }

  held(): { streams: HeldStream[]; facts: HeldFact[]; quarantined: HeldFact[] } {
    const db = new Database(join(this.directory, 'facts.db'), { readonly: true });
    const of = (table: 'fact' | 'quarantine') =>
      db
        .prepare<[], HeldFact>(
          `SELECT terminal, epoch, seq, ${table}.hash, json FROM ${table}
           JOIN stream ON stream.id = stream ORDER BY stream.id, seq`,
        )
        .all();
    try {
      const streams = db
        .prepare<[], HeldStream>('SELECT terminal, epoch, upto, hash FROM stream')
        .all();
      return { streams, facts: of('fact'), quarantined: of('quarantine') };
    } finally {
      db.close();
    }
  }

  #start(): Running {
    const { directory } = this;
    mkdirSync(directory, { recursive: true });
    const facts = new FactStore(directory);
    const registry = new Registry(directory);
    const terminals = new TerminalRegistry(directory);
    const heads = new Heads(registry, this.#keys);
    const log = (event: string, fields: object) => void this.logged.push({ event, fields });
    const keys = this.#keys;
    const fanOut = new LocalFanOut();
    const questions = UNKNOWN as Questions;
    const links = new TerminalLinks(
      {
        ...{ facts: new EmbeddedFactLog(facts), fanOut, heads, keys, terminals, questions, log },
        ...{ commands: () => [], tellAlerts: () => [] },
      },
      { beatMs: 2_000, helloMs: 5_000, sessionsMax: 100, slowMs: this.#slowMs },
    );
    for (const line of this.#lines) line.accept = (end) => this.#accept(links, end);
    return { facts, registry, terminals, heads, fanOut, links };
  }

  #accept(links: TerminalLinks, end: End): void {
    const socket = end as unknown as WebSocket;
    if (this.isBusy) putOff(socket);
    else links.accept(socket, null);
  }
}

async function stopped({ facts, registry, terminals, links }: Running): Promise<void> {
  await links.close();
  facts.close();
  registry.close();
  terminals.close();
}

export async function serveObjects(find: (sha256: string) => Buffer | null): Promise<Server> {
  const server = createServer((request, response) => {
    const bytes = find(basename(request.url ?? ''));
    if (bytes) response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
