/**
 * The bench group "store": entry lists loaded and looked up, facts committed. In the same run, LevelDB (classic-level) as
 * the peer, PouchDB beside it (what a library for documents with synchronisation would have given us), and a JavaScript
 * Map as the floor.
 */

import { hash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import { decodeChunk, encodeChunk, type SealedRow } from '../../src/link/protocol.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { buildListFile } from '../../src/store/list-file.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';
import { manifestOf } from '../store/lists.ts';
import { type Bench, percentile, type Report, reportTimes, timed } from './figures.ts';
import { openPouch } from './pouch.ts';

const MILLION = 1_000_000;
const SIZES = [100_000, MILLION];
const QUICK_SIZES = [20_000];
const COMMITS = 2_000;
const QUICK_COMMITS = 200;
const POUCH_ROWS = 100_000;
const QUICK_POUCH_ROWS = 5_000;
const POUCH_LOOKUPS = 5_000;
const POUCH_BATCH = 1_000;
/** For a list of a million rows: s until it is active, ms for one lookup (p99). */
const LOAD_BUDGET_S = 6;
const LOOKUP_BUDGET_MS = 0.2;
const SEALED_BYTES = 160;
const LOOKUPS = 20_000;
const MIB = 1_048_576;

/** Two minutes on two cores. Needs 1.5 GB under the temporary folder. */
export async function storeBench({ report, quick }: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-bench-store-'));
  try {
    const ledger = openLedger(join(folder, 'state'));
    try {
      await benchCommits(report, ledger, quick ? QUICK_COMMITS : COMMITS);
      for (const rows of quick ? QUICK_SIZES : SIZES) await benchList(report, folder, rows, ledger);
    } finally {
      ledger.close();
    }
    await benchPouch(report, folder, quick ? QUICK_POUCH_ROWS : POUCH_ROWS);
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

async function benchCommits(report: Report, ledger: Ledger, commits: number): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < commits; n++) {
    times.push(timed(() => commit(ledger)));
    if (n % 100 === 0) await turn();
  }
  reportTimes(report, 'store.commit', times);
}

interface Chunks {
  readonly manifest: EntryListManifest;
  readonly chunkFiles: string[];
  /** Keys that the list has, in random order. */
  readonly sample: Buffer[];
}

/** What looking a row up took, each time, in ms. */
interface LookUps {
  readonly hits: readonly number[];
  readonly misses: readonly number[];
}

/** Loads a list as a terminal does, while facts go on being committed; then looks rows up. */
async function benchList(
  report: Report,
  folder: string,
  rows: number,
  ledger: Ledger,
): Promise<void> {
  const chunks = writeChunks(join(folder, `chunks-${rows}`), rows);
  const strangers = chunks.sample.map(() => randomBytes(32));
  const level = await benchLevel(join(folder, `level-${rows}`), chunks, strangers);
  const map = benchMap(chunks, strangers);
  const { manifest, chunkFiles, sample } = chunks;
  const directory = join(folder, `lists-${rows}`);
  const shelf = ListShelf.open(directory);
  const isMillion = rows === MILLION;
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
    report({
      ...{ figure: 'store.list.load', value: seconds, unit: 's', ...detail },
      ...{ peer: level.seconds, ...(isMillion && { budget: LOAD_BUDGET_S }) },
    });
    reportTimes(report, 'store.list.load.commit', commits, { rows });
    const own = benchLookUp(shelf, sample, strangers);
    for (const what of ['hits', 'misses'] as const) {
      const at = (share: number) => ({
        floor: percentile(map[what], share),
        peer: percentile(level[what], share),
      });
      const p99 = { ...at(0.99), ...(isMillion && { budget: LOOKUP_BUDGET_MS }) };
      const hit = what === 'hits';
      reportTimes(report, 'store.list.lookup', own[what], { rows, hit }, { p50: at(0.5), p99 });
    }
  } finally {
    shelf.close();
  }
}

function benchLookUp(shelf: ListShelf, sample: readonly Buffer[], strangers: readonly Buffer[]) {
  const lease = shelf.lease('stadium');
  if (lease === null) throw new Error('the list is not active');
  const timesOf = (keys: readonly Buffer[], isThere: boolean): number[] =>
    keys.map((key) =>
      timed(() => {
        if ((lease.file.find(key) !== null) !== isThere) throw new Error('a lookup is wrong');
      }),
    );
  const lookUps: LookUps = { hits: timesOf(sample, true), misses: timesOf(strangers, false) };
  lease.release();
  return lookUps;
}

/** What a lookup can cost at the least: everything in memory, found by a string. */
function benchMap({ chunkFiles, sample }: Chunks, strangers: readonly Buffer[]): LookUps {
  const map = new Map<string, number>();
  for (const file of chunkFiles) {
    for (const { key } of decodeChunk(readFileSync(file))) map.set(key.toString('latin1'), 1);
  }
  const timesOf = (keys: readonly Buffer[]): number[] =>
    keys.map((key) => key.toString('latin1')).map((key) => timed(() => map.get(key)));
  return { hits: timesOf(sample), misses: timesOf(strangers) };
}

/** The same rows in LevelDB, a chunk a batch; it checks no hash and waits for no medium. */
async function benchLevel(
  path: string,
  { chunkFiles, sample }: Chunks,
  strangers: readonly Buffer[],
): Promise<LookUps & { readonly seconds: number }> {
  const level = new ClassicLevel<Buffer, Buffer>(path, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  const timesOf = async (keys: readonly Buffer[], isThere: boolean): Promise<number[]> => {
    const times: number[] = [];
    for (const key of keys) {
      const before = performance.now();
      const found = await level.get(key);
      times.push(performance.now() - before);
      if ((found !== undefined) !== isThere) throw new Error('a lookup is wrong');
    }
    return times;
  };
  try {
    await level.open();
    const begun = performance.now();
    for (const file of chunkFiles) {
      const puts = [...decodeChunk(readFileSync(file))].map(({ key, ref, sealed }) => {
        return { type: 'put', key, value: Buffer.concat([ref, sealed]) } as const;
      });
      await level.batch(puts);
    }
    const seconds = (performance.now() - begun) / 1_000;
    return { seconds, hits: await timesOf(sample, true), misses: await timesOf(strangers, false) };
  } finally {
    await level.close();
  }
}

async function benchPouch(report: Report, folder: string, rows: number): Promise<void> {
  const database = openPouch(join(folder, 'pouch'));
  const docs = sortedRows(rows, 0, 1).map(({ key, ref, sealed }) => ({
    _id: key.toString('hex'),
    ref: ref.toString('hex'),
    sealed: sealed.toString('base64'),
  }));
  try {
    const begun = performance.now();
    for (let at = 0; at < docs.length; at += POUCH_BATCH) {
      await database.bulkDocs(docs.slice(at, at + POUCH_BATCH));
    }
    const seconds = (performance.now() - begun) / 1_000;
    report({ figure: 'store.list.load.pouch', value: seconds, unit: 's', rows });
    const times: number[] = [];
    for (const { _id, ref } of shuffled(docs).slice(0, POUCH_LOOKUPS)) {
      const before = performance.now();
      const found = await database.get(_id);
      times.push(performance.now() - before);
      if (found.ref !== ref) throw new Error('a lookup is wrong');
    }
    reportTimes(report, 'store.list.lookup.pouch', times, { rows });
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

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
