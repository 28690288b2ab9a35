/**
 * DER (ITU-T X.690), read as strictly as terminals read it, by code of its own: what is taken here and refused there
 * would block every later version of the trust list.
 */

/** Bytes that are no DER. `message` names what is wrong with them, never what they say. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/** Context-specific tags: of simple types, and of EXPLICIT ones and structures. */
export const simple = (number: number) => 0x80 | number;
export const structured = (number: number) => 0xa0 | number;

export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

/** Steps over the elements in `bytes`. Every method throws DerError. */
export class Elements {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  isNext(tag: number): boolean {
    return this.#bytes[this.#at] === tag;
  }

  next(tag: number): Element {
    if (this.atEnd) throw new DerError('something is missing');
    if (!this.isNext(tag)) throw new DerError('something is not where it belongs');
    const start = this.#contentStart();
    const end = start.at + start.length;
    if (end > this.#bytes.length) throw new DerError('cut short');
    const content = this.#bytes.subarray(start.at, end);
    const whole = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag, content, whole };
  }

  optional(tag: number): Element | null {
    return this.isNext(tag) ? this.next(tag) : null;
  }

  /** The elements inside the next one. */
  inside(tag: number): Elements {
    return new Elements(this.next(tag).content);
  }

  end(): void {
    if (!this.atEnd) throw new DerError('something is left over');
  }

  /** X.690 8.1.3, 10.1: definite, in the fewest octets; four of them reach beyond every limit here. */
  #contentStart(): { at: number; length: number } {
    const first = this.#bytes[this.#at + 1];
    if (first === undefined) throw new DerError('cut short');
    const at = this.#at + 2;
    if (first < 0x80) return { at, length: first };
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) throw new DerError('a length is indefinite or huge');
    if (at + octets > this.#bytes.length) throw new DerError('cut short');
    const length = this.#bytes.readUIntBE(at, octets);
    const least = octets === 1 ? 0x80 : 2 ** (8 * (octets - 1));
    if (length < least) throw new DerError('a length is written longer than needed');
    return { at: at + octets, length };
  }
}

/** BOOLEAN DEFAULT FALSE: there only when it is true, and then FF (X.690 11.1, 11.5). */
export function isTrue(elements: Elements): boolean {
  const value = elements.optional(TAG.boolean);
  if (value && value.content.toString('hex') !== 'ff') throw new DerError('a BOOLEAN is not FF');
  return value !== null;
}

/** An INTEGER that is not negative, in the fewest octets, `octetsMax` of them at most (X.690 8.3). */
export function natural({ content }: Element, octetsMax: number): bigint {
  const [first, second] = content;
  if (first === undefined || content.length > octetsMax) throw new DerError('a number is too long');
  if (first > 0x7f) throw new DerError('a number is negative');
  if (first === 0 && second !== undefined && second < 0x80) {
    throw new DerError('a number is written longer than needed');
  }
  return BigInt(`0x${content.toString('hex')}`);
}

/** In dotted form (X.690 8.19). */
export function oid({ content }: Element): string {
  if (content.length === 0 || (content.at(-1) ?? 0) > 0x7f) throw new DerError('an OID is cut off');
  const arcs: number[] = [];
  let arc = 0;
  let begins = true;
  for (const octet of content) {
    if (begins && octet === 0x80) throw new DerError('an OID is written longer than needed');
    arc = arc * 128 + (octet % 128);
    if (arc > Number.MAX_SAFE_INTEGER) throw new DerError('an OID is huge');
    begins = octet < 0x80;
    if (begins) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [joined = 0, ...rest] = arcs;
  const root = joined < 80 ? Math.floor(joined / 40) : 2;
  return [root, joined - 40 * root, ...rest].join('.');
}

/** A BIT STRING of whole octets: its first octet counts the unused bits of the last. */
export function wholeOctets({ content }: Element): Buffer {
  if (content[0] !== 0) throw new DerError('a BIT STRING is not of whole octets');
  return content.subarray(1);
}

/** The numbers of the bits that are set; named bits end with one that is (X.690 11.2.2). */
export function namedBits({ content }: Element): ReadonlySet<number> {
  const unused = content[0] ?? 8;
  const bits = [...content.subarray(1)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const used = bits.slice(0, bits.length - unused);
  if (unused > 7 || !used.endsWith('1') || bits.slice(used.length).includes('1')) {
    throw new DerError('named bits are not written as DER wants them');
  }
  return new Set([...used].flatMap((bit, number) => (bit === '1' ? [number] : [])));
}

/** UTCTime from 1950 to 2049, or GeneralizedTime; to the second and in Z (RFC 5280 4.1.2.5). Milliseconds. */
export function time(elements: Elements): number {
  const isUtc = elements.isNext(TAG.utcTime);
  const text = elements.next(isUtc ? TAG.utcTime : TAG.generalizedTime).content.toString('latin1');
  const century = isUtc ? (text < '50' ? '20' : '19') : '';
  const [, date, clock] = /^(\d{8})(\d{6})Z$/u.exec(century + text) ?? [];
  const iso = `${date?.replace(/(....)(..)(..)/u, '$1-$2-$3')}T${clock?.replace(/(..)(..)(..)/u, '$1:$2:$3')}.000Z`;
  const at = new Date(iso);
  // 30 February, or hour 24, comes back as another time.
  if (Number.isNaN(at.getTime()) || at.toISOString() !== iso) {
    throw new DerError('a time is none, or not in the form that RFC 5280 asks for');
  }
  return at.getTime();
}
