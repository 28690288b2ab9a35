/**
 * The bench group "store": entry lists loaded and looked up, facts committed. In the same run,
 * PouchDB as the peer (what a documents-with-sync library would have given us) and a JavaScript Map
 * as the bound.
 */

import { hash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import { encodeChunk, type SealedRow } from '../../src/link/protocol.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { buildListFile } from '../../src/store/list-file.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';
import { manifestOf } from '../store/lists.ts';

export interface BenchLine {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly [detail: string]: unknown;
}
type Report = (line: BenchLine) => void;

const SEALED_BYTES = 160;
const LOOKUPS = 20_000;
const COMMITS = 2_000;
const PEER_ROWS = 100_000;
const PEER_LOOKUPS = 5_000;
const PEER_BATCH = 1_000;
const MIB = 1_048_576;

/** Under a minute on two cores. Needs 1 GB under the temporary folder. */
export async function storeBench(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-bench-store-'));
  try {
    const ledger = openLedger(join(folder, 'state'));
    try {
      await benchCommits(report, ledger);
      await benchList(report, folder, 100_000, ledger);
      await benchList(report, folder, 1_000_000, ledger);
    } finally {
      ledger.close();
    }
    benchMap(report, 1_000_000);
    await benchPouch(report, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openLedger(directory: string): Ledger {
  const read = () => ({ at: new Date().toISOString(), clock: 'synced', mono: 0 }) as const;
  return Ledger.open({ directory, terminal: 'gate-1', read, countsAsBoot: true });
}

/** One fact with its step, as a tap commits them. */
function commit(ledger: Ledger): void {
  const fact = { event: 'entry.granted', subject: 'stadium/1', body: { gate: 'gate-1' } } as const;
  ledger.record([fact], (steps) => steps.plan('receipt', 'stadium/1'));
}

async function benchCommits(report: Report, ledger: Ledger): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < COMMITS; n++) {
    times.push(timed(() => commit(ledger)));
    if (n % 100 === 0) await turn();
  }
  reportTimes(report, 'store.commit', times, {});
}

interface Chunks {
  readonly manifest: EntryListManifest;
  readonly chunkFiles: string[];
  /** Keys that the list has, in random order. */
  readonly sample: Buffer[];
}

/** Loads a list as a terminal does, while facts go on being committed; then looks rows up. */
async function benchList(
  report: Report,
  folder: string,
  rows: number,
  ledger: Ledger,
): Promise<void> {
  const { manifest, chunkFiles, sample } = writeChunks(join(folder, `chunks-${rows}`), rows);
  const directory = join(folder, `lists-${rows}`);
  const shelf = ListShelf.open(directory);
  try {
    const peak = watchMemory();
    const blocked = monitorEventLoopDelay({ resolution: 1 });
    blocked.enable();
    const commits: number[] = [];
    const committing = setInterval(() => commits.push(timed(() => commit(ledger))), 10);
    const begun = performance.now();
    const path = await buildListFile({ directory, manifest, chunkFiles });
    shelf.activate(manifest.list, path);
    const seconds = (performance.now() - begun) / 1_000;
    clearInterval(committing);
    blocked.disable();
    const detail = { rows, peakRssMiB: peak(), mainBlockedMsMax: blocked.max / 1e6 };
    report({ figure: 'store.list.load', value: seconds, unit: 's', ...detail });
    reportTimes(report, 'store.list.load.commit', commits, { rows });
    benchLookup(report, shelf, rows, sample);
  } finally {
    shelf.close();
  }
}

function benchLookup(report: Report, shelf: ListShelf, rows: number, sample: Buffer[]): void {
  const lease = shelf.lease('stadium');
  if (lease === null) throw new Error('the list is not active');
  for (const hit of [true, false]) {
    const keys = hit ? sample : sample.map(() => randomBytes(32));
    const times = keys.map((key) =>
      timed(() => {
        if ((lease.file.find(key) !== null) !== hit) throw new Error('a lookup is wrong');
      }),
    );
    reportTimes(report, 'store.list.lookup', times, { rows, hit });
  }
  lease.release();
}

/** What a lookup can cost at the least: everything in memory, found by a string. */
function benchMap(report: Report, rows: number): void {
  const map = new Map<string, number>();
  const sample: string[] = [];
  for (let n = 0; n < rows; n++) {
    const key = randomBytes(32).toString('latin1');
    map.set(key, n);
    if (n % Math.ceil(rows / LOOKUPS) === 0) sample.push(key);
  }
  const times = shuffled(sample).map((key) => timed(() => map.get(key)));
  reportTimes(report, 'store.list.lookup.bound', times, { rows, bound: 'Map' });
}

interface PouchDatabase {
  bulkDocs(docs: readonly object[]): Promise<unknown>;
  get(id: string): Promise<{ readonly ref: string }>;
  close(): Promise<void>;
}

async function benchPouch(report: Report, folder: string): Promise<void> {
  // Required, not imported: it has no types, and only this bench may need it.
  const Pouch: new (path: string) => PouchDatabase = createRequire(import.meta.url)('pouchdb-node');
  const database = new Pouch(join(folder, 'pouch'));
  const detail = { rows: PEER_ROWS, peer: 'pouchdb-node' };
  const docs = sortedRows(PEER_ROWS, 0, 1).map(({ key, ref, sealed }) => ({
    _id: key.toString('hex'),
    ref: ref.toString('hex'),
    sealed: sealed.toString('base64'),
  }));
  try {
    const begun = performance.now();
    for (let at = 0; at < docs.length; at += PEER_BATCH) {
      await database.bulkDocs(docs.slice(at, at + PEER_BATCH));
    }
    const seconds = (performance.now() - begun) / 1_000;
    report({ figure: 'store.list.load.peer', value: seconds, unit: 's', ...detail });
    const times: number[] = [];
    for (const { _id, ref } of shuffled(docs).slice(0, PEER_LOOKUPS)) {
      const before = performance.now();
      const found = await database.get(_id);
      times.push(performance.now() - before);
      if (found.ref !== ref) throw new Error('a lookup is wrong');
    }
    reportTimes(report, 'store.list.lookup.peer', times, detail);
  } finally {
    await database.close();
  }
}

/** Chunks of about 250 rows that share a key prefix, as the platform cuts them. */
function writeChunks(folder: string, rows: number): Chunks {
  mkdirSync(folder);
  const count = 2 ** Math.round(Math.log2(rows / 250));
  const chunks: string[] = [];
  const chunkFiles: string[] = [];
  const sample: Buffer[] = [];
  let written = 0;
  for (let n = 0; n < count; n++) {
    const upTo = Math.round(((n + 1) * rows) / count);
    const part = sortedRows(upTo - written, n / count, (n + 1) / count);
    written = upTo;
    const chunk = encodeChunk(part);
    const path = join(folder, String(n));
    writeFileSync(path, chunk);
    chunks.push(hash('sha256', chunk));
    chunkFiles.push(path);
    // Copies: a view would keep all the rows of the chunk in memory.
    for (const { key } of part.slice(0, Math.ceil(LOOKUPS / count))) sample.push(Buffer.from(key));
  }
  const manifest = manifestOf({ list: 'stadium', version: 1, rows, chunks });
  return { manifest, chunkFiles, sample: shuffled(sample) };
}

/** Rows with random keys whose first four bytes, as a fraction of all, lie in [from, to). */
function sortedRows(count: number, from: number, to: number): SealedRow[] {
  const bytes = randomBytes(count * (48 + SEALED_BYTES));
  return Array.from({ length: count }, (_, n) => {
    const at = n * (48 + SEALED_BYTES);
    const prefix = Math.floor((from + (to - from) * Math.random()) * 2 ** 32);
    bytes.writeUInt32BE(prefix, at);
    return {
      key: bytes.subarray(at, at + 32),
      ref: bytes.subarray(at + 32, at + 48),
      sealed: bytes.subarray(at + 48, at + 48 + SEALED_BYTES),
    };
  }).sort((a, b) => Buffer.compare(a.key, b.key));
}

/**
 * Looks at the memory of this process, worker included, until asked for the rise to its peak (MiB).
 */
function watchMemory(): () => number {
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  return () => {
    clearInterval(watch);
    return Math.round((peak - before) / MIB);
  };
}

function timed(work: () => unknown): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function reportTimes(report: Report, figure: string, times: number[], detail: object): void {
  const sorted = times.toSorted((a, b) => a - b);
  for (const [name, share] of [['p50', 0.5] as const, ['p99', 0.99] as const]) {
    const value = sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    report({ figure: `${figure}.${name}`, value, unit: 'ms', samples: times.length, ...detail });
  }
}
