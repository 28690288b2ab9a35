/**
 * The bench group "crl": a revocation list of national size, from its chunks to an index in use. In a process of its own
 * where memory is measured (`crl-index.ts`).
 */

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Authority } from '../../platform-sim/authority.ts';
import type { CrlOrder } from '../../src/store/revocation-build.ts';
import { openRevocationFile } from '../../src/store/revocation-file.ts';
import { type Bench, reportTimes, timed } from './figures.ts';

const run = promisify(execFile);
const INDEX = fileURLToPath(new URL('./crl-index.ts', import.meta.url));
const MIB = 1_048_576;
const CHUNK_BYTES = MIB;
/** DESIGN: a million entries in the index. Seconds, MiB, ms. */
const BUDGETS = { index: 10, memory: 300, check: 0.2 } as const;
const MILLION = 1_000_000;

export async function crlBench({ report, note, quick }: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-bench-crl-'));
  try {
    const entries = quick ? 20_000 : MILLION;
    const authority = await Authority.create();
    const serials = Array.from({ length: entries }, serialNumber);
    const der = authority.crl({ number: 1n, revoked: serials.map(revocation) });
    const file = join(folder, 'list.crl');
    writeFileSync(file, der);
    note(`crl: ${entries} entries in ${Math.round(der.length / MIB)} MiB`);

    const built = await index(folder, authority, orderOf(folder, der));
    const floor = timed(() => createHash('sha256').update(readFileSync(file)).digest()) / 1000;
    const peer = await seconds(() =>
      run('openssl', ['crl', '-inform', 'DER', '-in', file, '-noout', '-lastupdate']),
    );
    const budgets = entries === MILLION;
    report({
      figure: 'crl.index',
      value: built.seconds,
      unit: 's',
      floor,
      peer,
      entries,
      ...(budgets ? { budget: BUDGETS.index } : {}),
    });
    report({
      figure: 'crl.index.memory',
      value: built.mib,
      unit: 'MiB',
      entries,
      ...(budgets ? { budget: BUDGETS.memory } : {}),
    });
    const path = join(folder, 'list.index');
    report({ figure: 'crl.index.size', value: statSync(path).size / MIB, unit: 'MiB', entries });
    await checks({ path, sha256: built.sha256, serials, budgets }, report, quick);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Checked {
  readonly path: string;
  readonly sha256: string;
  readonly serials: readonly Buffer[];
  readonly budgets: boolean;
}

async function checks(
  { path, sha256, serials, budgets }: Checked,
  report: Bench['report'],
  quick: boolean,
): Promise<void> {
  const opening = performance.now();
  const list = await openRevocationFile(path, sha256);
  report({ figure: 'crl.open', value: performance.now() - opening, unit: 'ms' });
  const times: number[] = [];
  for (let n = 0; n < (quick ? 2_000 : 50_000); n += 1) {
    // One of the list, and one that is hardly on it.
    for (const serial of [
      serials[(n * 7_919) % serials.length] ?? serialNumber(),
      serialNumber(),
    ]) {
      const key = serial.toString('latin1');
      times.push(timed(() => list.revoked(key)));
    }
  }
  list.close();
  const p99 = budgets ? { budget: BUDGETS.check } : {};
  reportTimes(report, 'crl.check', times, { entries: serials.length }, { p99 });
}

/** 16 random octets, as CAs make them that go by the Baseline Requirements. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

const REVOKED_AT = new Date('2026-01-01T00:00:00Z');

function revocation(serial: Buffer) {
  return { serial, at: REVOKED_AT, reason: 'superseded' as const };
}

function orderOf(folder: string, der: Buffer): CrlOrder {
  const count = Math.ceil(der.length / CHUNK_BYTES);
  const chunks = Array.from({ length: count }, (_, at) => {
    const bytes = der.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES);
    const path = join(folder, `chunk-${at}`);
    writeFileSync(path, bytes);
    return { sha256: sha256Of(bytes), path };
  });
  return { sha256: sha256Of(der), bytes: der.length, chunks, path: join(folder, 'list.index') };
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function index(folder: string, authority: Authority, list: CrlOrder) {
  const job = join(folder, 'job.json');
  const anchor = authority.caCertificate.toString('base64');
  writeFileSync(job, JSON.stringify({ anchor, list }));
  const { stdout } = await run(process.execPath, [INDEX, job]);
  return JSON.parse(stdout) as { seconds: number; mib: number; sha256: string };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}
