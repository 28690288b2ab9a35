/**
 * The PIN of the staff, as the configuration keeps it: `scrypt$N$r$p$salt$hash` (RFC 7914), salt and hash in base64url.
 * So few digits can be tried out by whoever has the line; it belongs in a credential or a file of root's.
 */

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** 32 MiB and about a tenth of a second on a small machine. */
const COST = { N: 32_768, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** What a line may ask of this machine. scrypt needs 128 * N * r bytes. */
const MEMORY_BYTES_MAX = 64 * 1_048_576;
const P_MAX = 4;

const LINE = /^scrypt\$([1-9]\d{0,6})\$([1-9]\d?)\$([1-9])\$([\w-]{22,86})\$([\w-]{43})$/u;

interface ParsedPin {
  readonly options: Required<Pick<ScryptOptions, 'N' | 'r' | 'p'>>;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Whether a line of the configuration is one that `hashPin` could have made, or a stronger or weaker one within bounds. */
export function isPinLine(line: string): boolean {
  return parse(line) !== null;
}

/** The credential `staff-pin` (systemd.exec(5), LoadCredential=); null where none was handed over. */
export function readPinCredential(directory: string): { file: string; line: string } | null {
  const file = join(directory, 'staff-pin');
  try {
    return { file, line: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return { file, line: '' };
  }
}

/** The line for the configuration. The caller overwrites `pin`. */
export async function hashPin(pin: Buffer): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const { N, r, p } = COST;
  const hash = await derive(pin, salt, COST);
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Takes the same time for every PIN. Throws for a line that `isPinLine` refuses. */
export async function verifyPin(line: string, pin: Buffer): Promise<boolean> {
  const kept = parse(line);
  if (kept === null) throw new Error('the kept PIN is not one');
  return timingSafeEqual(await derive(pin, kept.salt, kept.options), kept.hash);
}

function parse(line: string): ParsedPin | null {
  const [, n, r, p, salt, hash] = LINE.exec(line) ?? [];
  if (salt === undefined || hash === undefined) return null;
  const options = { N: Number(n), r: Number(r), p: Number(p) };
  const isPowerOfTwo = Number.isInteger(Math.log2(options.N)) && options.N > 1;
  const fits = 128 * options.N * options.r <= MEMORY_BYTES_MAX && options.p <= P_MAX;
  if (!isPowerOfTwo || !fits) return null;
  return {
    options,
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}

function derive(pin: Buffer, salt: Buffer, options: ParsedPin['options']): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Room for the block that OpenSSL counts beside 128 * N * r.
    scrypt(pin, salt, HASH_BYTES, { ...options, maxmem: 2 * MEMORY_BYTES_MAX }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
