/**
 * DER that comes in chunks, for values too large to hold: a cursor that keeps one chunk and what was
 * left of the one before it.
 */

import { valueHeader, X509Error } from './der.ts';

/** Tag, first length octet and four more: the longest header that `valueHeader` takes. */
const HEADER_BYTES = 6;

export interface Watch {
  /** Positions in the stream; `to` is behind the last byte. */
  readonly from: number;
  readonly to: number;
  readonly update: (bytes: Buffer) => void;
}

/** Every method throws X509Error on what is not DER, and hands on what the chunks throw. */
export class DerStream {
  readonly #chunks: Iterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  /** Of the cursor in `#held`. */
  #at = 0;
  /** Of the first byte of `#held` in the stream. */
  #start = 0;
  #watch: Watch | null = null;

  constructor(chunks: Iterable<Buffer>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  get position(): number {
    return this.#start + this.#at;
  }

  /** Loads so many bytes in advance; fewer when the stream ends before. */
  preload(count: number): void {
    while (this.#held.length - this.#at < count) {
      const { done, value } = this.#chunks.next();
      if (done) return;
      this.#start += this.#at;
      this.#held = Buffer.concat([this.#held.subarray(this.#at), value]);
      this.#at = 0;
      this.#feed(value.length);
    }
  }

  /** From now on hands on what lies between two positions, of which the first is held still. */
  watch(watch: Watch): void {
    if (watch.from < this.#start) throw new RangeError('what is watched has gone by');
    this.#watch = watch;
    this.#feed(this.#held.length);
  }

  nextIs(tag: number): boolean {
    this.preload(1);
    return this.#held[this.#at] === tag;
  }

  /** Moves into the next value, which must end at or before `end`; returns where it ends. */
  enter(tag: number, end: number): number {
    const { start, length } = this.#header(tag, end);
    this.#at = start;
    return this.position + length;
  }

  /**
   * The whole next value, tag and length included, which must end at or before `end` and have
   * `most` bytes at most. A view that is good until the next call.
   */
  whole(tag: number, end: number, most: number): Buffer {
    const { start, length } = this.#header(tag, end);
    const size = start - this.#at + length;
    if (size > most) throw new X509Error(`a value of ${size} bytes where ${most} are enough`);
    this.preload(size);
    const whole = this.#held.subarray(this.#at, this.#at + size);
    if (whole.length < size) throw new X509Error('a value is cut off');
    this.#at += size;
    return whole;
  }

  /** Throws when the value that ends at `end` has more in it. */
  leave(end: number): void {
    if (this.position !== end) throw new X509Error(`${end - this.position} bytes too many`);
  }

  /** Throws when something follows. */
  end(): void {
    this.preload(1);
    if (this.#at < this.#held.length) throw new X509Error('something follows the last value');
  }

  #header(tag: number, end: number): { readonly start: number; readonly length: number } {
    this.preload(HEADER_BYTES);
    const header = valueHeader(this.#held, tag, this.#at, this.#held.length);
    if (this.#start + header.start + header.length > end)
      throw new X509Error('a value is longer than what holds it');
    return header;
  }

  /** Hands on what is watched of the newest `count` bytes. */
  #feed(count: number): void {
    if (this.#watch === null) return;
    const { from, to, update } = this.#watch;
    const newest = this.#start + this.#held.length - count;
    const begin = Math.max(from, newest) - this.#start;
    const end = Math.min(to - this.#start, this.#held.length);
    if (begin < end) update(this.#held.subarray(begin, end));
  }
}
