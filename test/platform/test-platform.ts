/** A platform in this process, with lists made of invented bytes, for the tests beside this file. */

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CsvRow } from '../../platform-sim/entry-csv.ts';
import {
  changeTicket,
  importEntryList,
  type ListSettings,
} from '../../platform-sim/entry-lists.ts';
import {
  type Platform,
  type PlatformSettings,
  startPlatform,
} from '../../platform-sim/platform.ts';
import type { Publication } from '../../platform-sim/registry.ts';
import { HEAD, type Head } from '../../src/link/protocol.ts';
import { openRoot, type Root } from '../../src/pki/root-object.ts';
import { openSignedObject, type Signers } from '../../src/pki/signed-object.ts';
import type { BareTerminal } from './bare-terminal.ts';

export const LIST = 'stadium';

/** The platform looks at no certificate here: any bytes stand for the one of a ticket. */
export function certificateOf(number: number): Buffer {
  return Buffer.from(`certificate ${number}`);
}

export function ticket(number: number, over: Partial<CsvRow> = {}): CsvRow {
  const fingerprint = createHash('sha256').update(certificateOf(number)).digest('hex');
  const said = { ticket: `T-${number}`, seat: `A-${number}`, holder: '佐藤花子', party: '' };
  return { ...said, fingerprint, ...over };
}

export function tickets(count: number): CsvRow[] {
  return Array.from({ length: count }, (_, number) => ticket(number));
}

export class TestPlatform {
  readonly logged: { event: string; [field: string]: unknown }[] = [];
  readonly directory: string;
  readonly #over: Partial<PlatformSettings>;
  #platform: Platform | null = null;

  private constructor(directory: string, over: Partial<PlatformSettings>) {
    this.directory = directory;
    this.#over = over;
  }

  static async start(over: Partial<PlatformSettings> = {}): Promise<TestPlatform> {
    const world = new TestPlatform(await mkdtemp(join(tmpdir(), 'kazasu-platform-')), over);
    await world.restart();
    return world;
  }

  async restart(): Promise<void> {
    await this.#platform?.close();
    const log = (event: string, fields: object) => this.logged.push({ event, ...fields });
    const settings = { stateDirectory: this.directory, port: 0, tlsPort: 0, log };
    this.#platform = await startPlatform({ ...settings, ...this.#over });
  }

  async stop(): Promise<void> {
    await this.#platform?.close();
    await rm(this.directory, { recursive: true });
  }

  get #running(): Platform {
    if (!this.#platform) throw new Error('the platform does not run');
    return this.#platform;
  }

  get url(): string {
    return this.#running.url;
  }

  /** Where enrolled terminals connect. */
  get secureUrl(): string {
    const { secureUrl } = this.#running;
    if (secureUrl === null) throw new Error('it speaks no TLS');
    return secureUrl;
  }

  get port(): number {
    return this.#running.port;
  }

  get stores(): Platform['stores'] {
    return this.#running.stores;
  }

  get alertDesk(): Platform['alertDesk'] {
    return this.#running.alertDesk;
  }

  pokeStanding(terminal: string): Promise<void> {
    return this.#running.pokeStanding(terminal);
  }

  publish(rows: readonly CsvRow[], settings: ListSettings = {}, list = LIST): Promise<Publication> {
    const { registry, keys } = this.stores;
    return importEntryList(registry, keys, list, rows, settings, Date.now());
  }

  cancel(number: number, cancelled = true): Promise<Publication> {
    const { registry, keys } = this.stores;
    const change = {
      list: LIST,
      ticket: `T-${number}`,
      by: 'box office',
      why: 'refund',
      cancelled,
    };
    return changeTicket(registry, keys, change, Date.now());
  }

  storedFacts(): { terminal: string; seq: number; event: string; body: object }[] {
    return [...this.stores.facts.since(0)].map(({ json }) => JSON.parse(json));
  }

  async object(sha256: string): Promise<Buffer> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/objects/${sha256}`);
    expect(answer.status).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    return bytes;
  }

  /** What the newest head of `list` says, its signature checked by the terminal's own code. */
  async headOf(terminal: BareTerminal, list: string, version = 1) {
    const ca = Buffer.from(terminal.welcome.platform, 'base64');
    const { statements } = await terminal.next('root');
    let root: Root | null = null;
    for (const statement of statements) root = openRoot(Buffer.from(statement, 'base64'), root);
    const signers: Signers = { ca, names: (kind, key) => root?.names(kind, key) ?? false };
    let found: { head: Head; key: string | undefined } | undefined;
    let read = 0;
    while (!found) {
      const frame = await terminal.next('head', read);
      read = terminal.frames.indexOf(frame) + 1;
      const cms = Buffer.from(frame.statement, 'base64');
      const { content } = await openSignedObject(cms, 'head', signers, Date.now());
      const head = HEAD.parse(JSON.parse(String(content)));
      if (head.list === list && head.version >= version) found = { head, key: frame.key };
    }
    const signed = await this.object(found.head.manifest);
    const manifest = await openSignedObject(signed, found.head.of, signers, Date.now());
    return { ...found, manifest: JSON.parse(String(manifest.content)) as unknown };
  }
}
