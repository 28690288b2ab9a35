/**
 * A strict reader of DER (ITU-T X.690), as small as X.509 needs it: one-byte tags, definite minimal
 * lengths, and a cursor that never leaves the value it is in. It copies nothing, so that a
 * revocation list of a nation can be walked.
 */

/**
 * Bytes that are not what X.690 or RFC 5280 ask for. Expected: whoever takes bytes from outside
 * catches it.
 */
export class X509Error extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'X509Error';
  }
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
  set: 0x31,
} as const;

/**
 * Context-specific tags: `primitive` for IMPLICIT simple types, `constructed` for EXPLICIT ones and
 * structures.
 */
export const context = {
  primitive: (number: number) => 0x80 | number,
  constructed: (number: number) => 0xa0 | number,
} as const;

/** Every method reads the next value and moves behind it, or throws X509Error. */
export class DerReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.#at === this.#end;
  }

  nextIs(tag: number): boolean {
    return this.#at < this.#end && this.#bytes[this.#at] === tag;
  }

  /** Throws when something is left. */
  end(): void {
    if (!this.atEnd) throw new X509Error(`${this.#end - this.#at} bytes too many`);
  }

  /** A reader of what is inside the next value. */
  enter(tag: number): DerReader {
    const start = this.#header(tag);
    return new DerReader(this.#bytes, start, this.#at);
  }

  content(tag: number): Buffer {
    const start = this.#header(tag);
    return this.#bytes.subarray(start, this.#at);
  }

  /** Tag, length and content together. */
  whole(tag: number): Buffer {
    const start = this.#at;
    this.#header(tag);
    return this.#bytes.subarray(start, this.#at);
  }

  /** The next value, for where ASN.1 leaves a choice of types. */
  any(): { readonly tag: number; readonly content: Buffer } {
    const tag = this.#bytes[this.#at] ?? 0;
    // X.690 8.1.2.4: all ones begin a tag of several octets, which X.509 has no use for.
    if ((tag & 0x1f) === 0x1f) throw new X509Error('a tag of several octets');
    return { tag, content: this.content(tag) };
  }

  /**
   * BOOLEAN DEFAULT FALSE: FF where it is there (X.690 11.1), and false is said by leaving it out
   * (11.5). `tag`: another one where it is IMPLICIT, here and below.
   */
  isTrue(tag: number = TAG.boolean): boolean {
    if (!this.nextIs(tag)) return false;
    const content = this.content(tag);
    if (content.length !== 1 || content[0] !== 0xff)
      throw new X509Error('BOOLEAN that is not left out is not FF');
    return true;
  }

  /**
   * The content of an INTEGER, X.690 8.3: big-endian two's complement, no octet more than needed.
   */
  integer(maxOctets: number): Buffer {
    const content = this.content(TAG.integer);
    const [first, second] = content;
    if (first === undefined || content.length > maxOctets)
      throw new X509Error(`INTEGER of ${content.length} octets`);
    if (second !== undefined && (first === 0 || first === 0xff) && first >> 7 === second >> 7)
      throw new X509Error('INTEGER has a needless octet');
    return content;
  }

  /** The same of one that is not negative. */
  natural(maxOctets: number): Buffer {
    const content = this.integer(maxOctets);
    if ((content[0] ?? 0) >= 0x80) throw new X509Error('INTEGER is negative');
    return content;
  }

  /** X.690 8.19, in dotted form. */
  oid(): string {
    const content = this.content(TAG.oid);
    const arcs: number[] = [];
    let arc = 0;
    let fresh = true;
    for (const octet of content) {
      if (fresh && octet === 0x80) throw new X509Error('OBJECT IDENTIFIER has a needless octet');
      arc = arc * 128 + (octet & 0x7f);
      if (!Number.isSafeInteger(arc)) throw new X509Error('OBJECT IDENTIFIER has a huge arc');
      fresh = octet < 0x80;
      if (fresh) {
        arcs.push(arc);
        arc = 0;
      }
    }
    const [first, ...rest] = arcs;
    if (first === undefined || !fresh) throw new X509Error('OBJECT IDENTIFIER is cut off');
    const root = Math.min(Math.trunc(first / 40), 2);
    return [root, first - root * 40, ...rest].join('.');
  }

  /** A BIT STRING of whole octets: keys and signatures. */
  octetAlignedBits(): Buffer {
    const content = this.content(TAG.bitString);
    if (content[0] !== 0) throw new X509Error('BIT STRING is not of whole octets');
    return content.subarray(1);
  }

  /**
   * A BIT STRING with named bits (X.690 11.2.2: no trailing zeros) as the set of its bit numbers.
   */
  namedBits(tag: number = TAG.bitString): ReadonlySet<number> {
    const content = this.content(tag);
    const unused = content[0];
    const last = content.at(-1);
    if (unused === undefined || last === undefined || unused > 7 || content.length < 2)
      throw new X509Error('BIT STRING of named bits is empty or cut off');
    if ((last & ((1 << unused) - 1)) !== 0 || (last & (1 << unused)) === 0)
      throw new X509Error('BIT STRING of named bits has trailing zeros or dirty padding');
    const bits = new Set<number>();
    for (let bit = 0; bit < (content.length - 1) * 8; bit += 1) {
      if (((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0) bits.add(bit);
    }
    return bits;
  }

  /**
   * RFC 5280 4.1.2.5.1, 4.1.2.5.2: UTCTime or GeneralizedTime, both to the second and in Z.
   * Milliseconds.
   */
  time(): number {
    const utc = this.nextIs(TAG.utcTime);
    const text = this.content(utc ? TAG.utcTime : TAG.generalizedTime);
    // Behind the year: month, day, hours, minutes and seconds, and the Z.
    const fields = text.length - 11;
    if (fields !== (utc ? 2 : 4) || text[text.length - 1] !== 0x5a) throw new X509Error(NO_TIME);
    const short = decimal(text, fields - 2);
    const year = utc ? short + (short < 50 ? 2000 : 1900) : decimal(text, 0) * 100 + short;
    const [month, day] = [decimal(text, fields), decimal(text, fields + 2)];
    const [hours, minutes] = [decimal(text, fields + 4), decimal(text, fields + 6)];
    const seconds = decimal(text, fields + 8);
    const instant = new Date(0);
    instant.setUTCFullYear(year, month - 1, day);
    // 30 February becomes another day.
    if (instant.getUTCMonth() !== month - 1 || instant.getUTCDate() !== day)
      throw new X509Error(NO_TIME);
    if (hours > 23 || minutes > 59 || seconds > 59) throw new X509Error(NO_TIME);
    return instant.setUTCHours(hours, minutes, seconds);
  }

  /**
   * Moves behind the header and the content of the next value, and gives back where the content
   * starts.
   */
  #header(tag: number): number {
    const { start, length } = valueHeader(this.#bytes, tag, this.#at, this.#end);
    if (length > this.#end - start) throw new X509Error('a value is longer than what holds it');
    this.#at = start + length;
    return start;
  }
}

/**
 * Where the content of the value at `at` starts, and its length, which may reach beyond `end`: the
 * end of what is here.
 */
export function valueHeader(
  bytes: Buffer,
  tag: number,
  at: number,
  end: number,
): { readonly start: number; readonly length: number } {
  if (at + 2 > end) throw new X509Error('a value is cut off');
  if (bytes[at] !== tag) throw new X509Error(`tag ${hex(bytes[at])} where ${hex(tag)} belongs`);
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, length: first };
  // X.690 10.1: definite and minimal. Four octets reach beyond every limit that is set above
  // this layer.
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4 || at + 2 + octets > end)
    throw new X509Error('a length is indefinite, too long or cut off');
  const length = bytes.readUIntBE(at + 2, octets);
  if (length < 0x80 || length < 256 ** (octets - 1))
    throw new X509Error('a length is longer than needed');
  return { start: at + 2 + octets, length };
}

const NO_TIME = 'a time in another form, or that no calendar has';

/** Two digits: by hand, for a list of a million entries has as many times. */
function decimal(text: Buffer, at: number): number {
  const [tens, ones] = [(text[at] ?? 0) - 0x30, (text[at + 1] ?? 0) - 0x30];
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw new X509Error(NO_TIME);
  return tens * 10 + ones;
}

function hex(octet: number | undefined): string {
  return (octet ?? 0).toString(16).padStart(2, '0');
}
