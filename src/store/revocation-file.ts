/**
 * The index of one revocation list: a read-only file of sorted serial numbers, built aside from the
 * bytes that the authority signed, renamed into place, never changed.
 *
 * MARK, the length of the head (4 octets), the head (JSON), then records of 27 octets: the serial
 * number as a natural number of 20 octets, the reason (RFC 5280 5.3.1), the date in seconds since
 * the epoch (6 octets, signed). Its SHA-256 is kept elsewhere and compared when it is opened, so that
 * no octet on the disk turns a revoked card into a good one. A lookup reads one page.
 */

import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, read, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type CrlReason, REASONS } from '../pki/crl.ts';
import type { CrlEntry } from '../pki/crl-reader.ts';
import type { Revocation, RevocationList, VerifiedCrl } from '../pki/revocation-list.ts';
import { codeOf } from './disk.ts';
import { RevocationFileError } from './revocation-error.ts';

const MARK = Buffer.from('KAZASU-REVOKED-1', 'latin1');
const HEAD_LENGTH_AT = MARK.length;
const HEAD_AT = HEAD_LENGTH_AT + 4;
const HEAD_BYTES = 65_536;

/** RFC 5280 4.1.2.2: at most 20 octets. */
const SERIAL_BYTES = 20;
const REASON_AT = SERIAL_BYTES;
const DATE_AT = REASON_AT + 1;
const DATE_BYTES = 6;
const RECORD_BYTES = DATE_AT + DATE_BYTES;
/** Read at once by a lookup: 3,456 octets. */
const PAGE_RECORDS = 128;
const PAGE_BYTES = PAGE_RECORDS * RECORD_BYTES;
const PAGES_AT_ONCE = 256;

const natural = z.string().regex(/^\d{1,49}$/u);
const HEAD = z.strictObject({
  keyHash: z.string(),
  number: natural,
  base: natural.nullable(),
  scope: z.enum(['all', 'user-certificates']),
  thisUpdate: z.number(),
  nextUpdate: z.number(),
  entries: z.int().nonnegative(),
});

/** Entries in the order of the list, in as many octets as the finished file has. */
export class RevocationRecords {
  readonly #records: Buffer;
  #count = 0;

  /** `most`: entries. What is not used of it is never touched, and so takes no memory. */
  constructor(most: number) {
    this.#records = Buffer.allocUnsafeSlow(most * RECORD_BYTES);
  }

  add({ serial, reason, at }: CrlEntry): void {
    const start = this.#count * RECORD_BYTES;
    writeSerial(serial, this.#records, start);
    this.#records.writeUInt8(REASONS.indexOf(reason), start + REASON_AT);
    this.#records.writeIntBE(at / 1000, start + DATE_AT, DATE_BYTES);
    this.#count += 1;
  }

  /**
   * Writes the finished file at `path`, not synced, and returns its SHA-256 in hex. Of a serial
   * number that comes twice the last entry counts.
   */
  write(path: string, crl: VerifiedCrl): string {
    const last = this.#lastOfEach();
    const number = String(crl.number);
    const base = crl.base === null ? null : String(crl.base);
    const head = Buffer.from(JSON.stringify({ ...crl, number, base, entries: last.length }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(head.length);
    const hash = createHash('sha256');
    const file = openSync(path, 'w', 0o600);
    const put = (bytes: Buffer) => {
      hash.update(bytes);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    };
    try {
      put(Buffer.concat([MARK, length, head]));
      const slice = Buffer.alloc(PAGE_BYTES * PAGES_AT_ONCE);
      for (let done = 0; done < last.length; ) {
        let filled = 0;
        for (; filled < slice.length && done < last.length; done += 1) {
          const start = (last[done] ?? 0) * RECORD_BYTES;
          filled += this.#records.copy(slice, filled, start, start + RECORD_BYTES);
        }
        put(slice.subarray(0, filled));
      }
    } finally {
      closeSync(file);
    }
    return hash.digest('hex');
  }

  /** Which records to write, sorted. */
  #lastOfEach(): Uint32Array {
    const records = this.#records;
    const order = sortedBySerial(records, this.#count);
    return order.filter((record, at) => {
      const next = order[at + 1];
      if (next === undefined) return true;
      const [start, other] = [record * RECORD_BYTES, next * RECORD_BYTES];
      const end = start + SERIAL_BYTES;
      return records.compare(records, other, other + SERIAL_BYTES, start, end) !== 0;
    });
  }
}

/**
 * The numbers of the records in the order of their serial numbers, those of one serial number as
 * they came: sorted by one octet after the other, from the last to the first (LSD radix sort). A
 * comparison sort takes ten times as long for a million.
 */
function sortedBySerial(records: Buffer, count: number): Uint32Array {
  let order = Uint32Array.from({ length: count }, (_, record) => record);
  let next = new Uint32Array(count);
  for (let octet = SERIAL_BYTES - 1; octet >= 0; octet -= 1) {
    const starts = new Uint32Array(257);
    for (let record = 0; record < count; record += 1) {
      const value = records[record * RECORD_BYTES + octet] ?? 0;
      starts[value + 1] = (starts[value + 1] ?? 0) + 1;
    }
    // All alike: short serial numbers begin with zeros.
    if (starts.includes(count)) continue;
    for (let value = 1; value < 256; value += 1) {
      starts[value] = (starts[value] ?? 0) + (starts[value - 1] ?? 0);
    }
    for (const record of order) {
      const value = records[record * RECORD_BYTES + octet] ?? 0;
      const place = starts[value] ?? 0;
      next[place] = record;
      starts[value] = place + 1;
    }
    [order, next] = [next, order];
  }
  return order;
}

/**
 * Opens a finished file and reads it once. `sha256`: of the file, hex. Rejects with
 * RevocationFileError `damaged`.
 */
export async function openRevocationFile(path: string, sha256: string): Promise<RevocationList> {
  const file = openForReading(path);
  try {
    const hash = createHash('sha256');
    const { crl, start } = await readHead(file, hash, path);
    const fences = await readFences(file, hash, start, crl.entries, path);
    if (hash.digest('hex') !== sha256) throw damaged(path, 'has another hash');
    return new RevocationFile(path, file, crl, start, fences);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw damaged(path, `can't be opened: ${codeOf(error)}`);
  }
}

/**
 * Who began with one list asks it to the end, also when another one has taken its place: what nobody
 * can ask any more is closed with it.
 */
const FORGOTTEN = new FinalizationRegistry<number>(closeSync);

class RevocationFile implements RevocationList {
  readonly keyHash: string;
  readonly number: bigint;
  readonly base: bigint | null;
  readonly scope: VerifiedCrl['scope'];
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entries: number;
  readonly #path: string;
  readonly #file: number;
  /** Where the records begin. */
  readonly #start: number;
  /** The first serial number of each page. */
  readonly #fences: Buffer;
  readonly #key = Buffer.alloc(SERIAL_BYTES);
  readonly #page = Buffer.alloc(PAGE_BYTES);
  #closed = false;

  constructor(path: string, file: number, crl: VerifiedCrl, start: number, fences: Buffer) {
    this.keyHash = crl.keyHash;
    this.number = crl.number;
    this.base = crl.base;
    this.scope = crl.scope;
    this.thisUpdate = crl.thisUpdate;
    this.nextUpdate = crl.nextUpdate;
    this.entries = crl.entries;
    this.#path = path;
    this.#file = file;
    this.#start = start;
    this.#fences = fences;
    FORGOTTEN.register(this, file, this);
  }

  /** Throws RevocationFileError `damaged` when the disk does not give the page. */
  revoked(serial: string): Revocation | null {
    writeSerial(serial, this.#key, 0);
    const pages = this.#fences.length / SERIAL_BYTES;
    const page = lastNotAbove(this.#fences, SERIAL_BYTES, pages, this.#key);
    if (page < 0) return null;
    const records = this.#read(page);
    const found = lastNotAbove(records, RECORD_BYTES, records.length / RECORD_BYTES, this.#key);
    const record = records.subarray(found * RECORD_BYTES, (found + 1) * RECORD_BYTES);
    if (record.compare(this.#key, 0, SERIAL_BYTES, 0, SERIAL_BYTES) !== 0) return null;
    const at = record.readIntBE(DATE_AT, DATE_BYTES) * 1000;
    return { reason: this.#reason(record.readUInt8(REASON_AT)), at };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    FORGOTTEN.unregister(this);
    closeSync(this.#file);
  }

  #read(page: number): Buffer {
    if (this.#closed) throw new Error('a revocation list was asked after it was closed');
    const first = page * PAGE_RECORDS;
    const size = Math.min(PAGE_RECORDS, this.entries - first) * RECORD_BYTES;
    const at = this.#start + first * RECORD_BYTES;
    const read = readSync(this.#file, this.#page, 0, size, at);
    if (read !== size) throw damaged(this.#path, 'is cut off');
    return this.#page.subarray(0, size);
  }

  #reason(number: number): CrlReason {
    const reason = REASONS[number];
    if (reason == null) throw damaged(this.#path, 'has an unknown reason');
    return reason;
  }
}

/** Which of `count` records, sorted by the serial number they begin with, is the last not above. */
function lastNotAbove(records: Buffer, size: number, count: number, key: Buffer): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const at = middle * size;
    if (key.compare(records, at, at + SERIAL_BYTES) < 0) to = middle;
    else from = middle + 1;
  }
  return from - 1;
}

/** `serial`: as `serialKey` gives it, 20 octets at most, of which the first may be a zero. */
function writeSerial(serial: string, target: Buffer, at: number): void {
  const zeros = SERIAL_BYTES - serial.length;
  target.fill(0, at, at + zeros);
  target.write(serial, at + zeros, 'latin1');
}

async function readHead(
  file: number,
  hash: Hash,
  path: string,
): Promise<{ readonly crl: VerifiedCrl; readonly start: number }> {
  const fixed = await readExactly(file, Buffer.alloc(HEAD_AT), 0, path);
  const length = fixed.readUInt32BE(HEAD_LENGTH_AT);
  if (!fixed.subarray(0, MARK.length).equals(MARK) || length > HEAD_BYTES) {
    throw damaged(path, 'is no revocation list');
  }
  const text = await readExactly(file, Buffer.alloc(length), HEAD_AT, path);
  hash.update(fixed).update(text);
  const head = HEAD.safeParse(jsonOf(text.toString('utf8')));
  if (!head.success) throw damaged(path, 'has no valid head');
  const { number, base } = head.data;
  const crl = { ...head.data, number: BigInt(number), base: base === null ? null : BigInt(base) };
  return { crl, start: HEAD_AT + length };
}

async function readFences(
  file: number,
  hash: Hash,
  start: number,
  entries: number,
  path: string,
): Promise<Buffer> {
  const fences = Buffer.alloc(Math.ceil(entries / PAGE_RECORDS) * SERIAL_BYTES);
  const slice = Buffer.alloc(PAGE_BYTES * PAGES_AT_ONCE);
  const end = start + entries * RECORD_BYTES;
  let filled = 0;
  for (let at = start; at < end; at += slice.length) {
    const size = Math.min(slice.length, end - at);
    const pages = await readExactly(file, slice.subarray(0, size), at, path);
    hash.update(pages);
    for (let page = 0; page < size; page += PAGE_BYTES) {
      filled += pages.copy(fences, filled, page, page + SERIAL_BYTES);
    }
  }
  return fences;
}

const readInThreadPool = promisify(read);

async function readExactly(file: number, into: Buffer, at: number, path: string): Promise<Buffer> {
  const { bytesRead } = await readInThreadPool(file, into, 0, into.length, at);
  if (bytesRead !== into.length) throw damaged(path, 'is cut off');
  return into;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function damaged(path: string, what: string): RevocationFileError {
  return new RevocationFileError('damaged', `${path} ${what}`);
}
