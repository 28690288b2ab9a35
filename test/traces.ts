/** What somebody finds who looks through files or memory for a person, in every form that software may have left it in. */

import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';

/** One form of one thing, such as "serial number, decimal". */
export interface Trace {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Long enough to be nowhere by chance, short enough to be found where a record was cut. */
const PIECE_BYTES = 24;

/** As UTF-8, UTF-16 of both kinds and Shift_JIS, whole. */
export function ofText(what: string, text: string): Trace[] {
  const forms = ['utf8', 'utf16-le', 'utf16-be', 'cp932'];
  return forms.map((form) => ({ what: `${what}, ${form}`, bytes: iconv.encode(text, form) }));
}

/** Bytes as they are, as hex and as base64, wherever in it they begin. */
export function ofBytes(what: string, bytes: Buffer): Trace[] {
  const hex = bytes.toString('hex');
  const texts = [hex, hex.toUpperCase(), ...[0, 1, 2].map((offset) => base64Core(bytes, offset))];
  return [bytes, ...texts.map((text) => Buffer.from(text))].map((form) => ({ what, bytes: form }));
}

/** A serial number, also as decimal and with colons. */
export function ofSerial(what: string, serial: Buffer): Trace[] {
  const hex = serial.toString('hex');
  return [
    ...ofBytes(what, serial),
    ...ofText(what, hex),
    ...ofText(`${what}, decimal`, BigInt(`0x${hex}`).toString()),
    ...ofText(`${what}, with colons`, (hex.match(/../gu) ?? []).join(':')),
  ];
}

/** A certificate in pieces, and its digest, by which it would be known again. */
export function ofCertificate(what: string, der: Buffer): Trace[] {
  const pieces: Trace[] = [];
  for (let at = 0; at + PIECE_BYTES <= der.length; at += PIECE_BYTES) {
    pieces.push(...ofBytes(`${what}, from ${at}`, der.subarray(at, at + PIECE_BYTES)));
  }
  return [
    ...pieces,
    ...ofBytes(`${what}, SHA-256`, createHash('sha256').update(der).digest()),
    ...ofBytes(`${what}, SHA-1`, createHash('sha1').update(der).digest()),
  ];
}

/** What of the base64 of these bytes stays the same whatever comes before and after, when they begin at this offset. */
function base64Core(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const begin = Math.ceil((offset * 4) / 3) + (offset === 0 ? 0 : 1);
  const end = Math.floor(((offset + bytes.length) * 4) / 3) - 1;
  return text.slice(begin, end);
}

/** Looks for all of them at once: in one walk over the bytes, by the first four of each. */
export class Search {
  readonly #byBeginning = new Map<number, Trace[]>();
  /** Whether any begins with these two bytes. */
  readonly #mayBegin = new Uint8Array(65_536);

  /** Throws RangeError for one of fewer than four bytes, which is everywhere by chance. */
  constructor(traces: readonly Trace[]) {
    for (const trace of traces) {
      const beginning = trace.bytes.readUInt32BE(0);
      this.#byBeginning.set(beginning, [...(this.#byBeginning.get(beginning) ?? []), trace]);
      this.#mayBegin[beginning >>> 16] = 1;
    }
  }

  /** What of them is in there, each once. */
  in(bytes: Buffer): string[] {
    const found = new Set<string>();
    for (let at = 0; at + 4 <= bytes.length; at += 1) {
      const two = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      if (this.#mayBegin[two] === 0) continue;
      for (const trace of this.#byBeginning.get(bytes.readUInt32BE(at)) ?? []) {
        if (bytes.subarray(at, at + trace.bytes.length).equals(trace.bytes)) found.add(trace.what);
      }
    }
    return [...found];
  }
}

/** Every regular file below a folder, by its path in it. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), readFileSync(path));
  }
  return files;
}

/** Those that are in what a process may write to (proc(5)). Throws where this process must not look. */
export function inMemory(pid: number, search: Search): string[] {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    const everywhere: string[] = [];
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/u.exec(line) ?? [];
      if (from === '') continue;
      everywhere.push(...search.in(region(memory, BigInt(`0x${from}`), BigInt(`0x${to}`))));
    }
    return [...new Set(everywhere)];
  } finally {
    closeSync(memory);
  }
}

function region(memory: number, from: bigint, to: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(Number(to - from));
  try {
    return bytes.subarray(0, readSync(memory, bytes, 0, bytes.length, from));
  } catch {
    // Reserved, and nothing is there.
    return Buffer.alloc(0);
  }
}
