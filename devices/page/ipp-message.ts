/**
 * IPP messages as bytes (RFC 8010): requests and replies have one form, and the code in their head is an operation or a
 * status. Reading is strict and bounded: whatever a printer sends, it costs a length check a byte and ends.
 */

/** RFC 8010 3.5.1. */
export const GROUP = { operation: 0x01, job: 0x02, end: 0x03, printer: 0x04 } as const;

/** RFC 8010 3.5.2: those that are written here. */
export const TAG = {
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  charset: 0x47,
  language: 0x48,
  mimeType: 0x49,
} as const;

export type IppTag = (typeof TAG)[keyof typeof TAG];
/** A range is its two ends. Null stands for values without one (RFC 8010 3.5.2, out-of-band) and for types not used here. */
export type IppValue = number | string | boolean | readonly [number, number] | null;

export interface IppAttribute {
  readonly name: string;
  readonly tag: IppTag;
  readonly values: readonly (number | string | boolean)[];
}

/** By name; an attribute that comes twice is an error. */
export type IppAttributes = ReadonlyMap<string, readonly IppValue[]>;

export interface IppGroup {
  readonly tag: number;
  readonly attributes: IppAttributes;
}

export interface IppMessage {
  /** An operation (RFC 8011 5.4.15) or a status (RFC 8011 B.1). */
  readonly code: number;
  readonly requestId: number;
  readonly groups: readonly IppGroup[];
  /** The document that follows the attributes. */
  readonly data: Uint8Array;
}

/** What came is not IPP, or more than a printer has to say. Never quotes what came. */
export class IppMessageError extends Error {}

const HEAD_BYTES = 8;
const ATTRIBUTES_MAX = 2_000;
/** Of all attributes together, those inside collections too: the largest lists are of media. */
const VALUES_MAX = 20_000;
const COLLECTION_DEPTH_MAX = 8;
const VERSION_MAJOR_MAX = 2;

const BEG_COLLECTION = 0x34;
const END_COLLECTION = 0x37;
const RANGE = 0x33;
const TEXT_WITH_LANGUAGE = 0x35;
const NAME_WITH_LANGUAGE = 0x36;
const MEMBER_NAME = 0x4a;
/** Delimiters are below it, values from it on. */
const FIRST_VALUE_TAG = 0x10;

/** Bytes of values that have one length. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [TAG.integer, 4],
  [TAG.enum, 4],
  [TAG.boolean, 1],
  [RANGE, 8],
]);

export interface OutgoingMessage {
  readonly code: number;
  readonly requestId: number;
  readonly groups: readonly {
    readonly tag: number;
    readonly attributes: readonly IppAttribute[];
  }[];
  readonly data?: Uint8Array | undefined;
}

/** IPP/2.0, which every printer of the last decade speaks (PWG 5100.12). */
export function encodeMessage({ code, requestId, groups, data }: OutgoingMessage): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(2, 0);
  head.writeUInt16BE(code, 2);
  head.writeUInt32BE(requestId, 4);
  const written = groups.flatMap(({ tag, attributes }) => [
    Buffer.of(tag),
    ...attributes.flatMap(encodeAttribute),
  ]);
  return Buffer.concat([head, ...written, Buffer.of(GROUP.end), data ?? new Uint8Array()]);
}

/** Further values of an attribute have an empty name (RFC 8010 3.1.5). */
function encodeAttribute({ name, tag, values }: IppAttribute): Buffer[] {
  return values.map((value, index) => {
    const title = Buffer.from(index === 0 ? name : '', 'latin1');
    const bytes = encodeValue(value);
    const head = Buffer.alloc(3);
    head.writeUInt8(tag, 0);
    head.writeUInt16BE(title.length, 1);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([head, title, length, bytes]);
  });
}

function encodeValue(value: number | string | boolean): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0);
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Throws `IppMessageError`. */
export function decodeMessage(bytes: Uint8Array): IppMessage {
  const reader = new Reader(bytes);
  const major = reader.uint8();
  reader.uint8();
  if (major < 1 || major > VERSION_MAJOR_MAX) throw new IppMessageError('no version of IPP');
  const code = reader.uint16();
  const requestId = reader.uint32();
  const groups: IppGroup[] = [];
  for (let tag = reader.uint8(); tag !== GROUP.end; tag = reader.uint8()) {
    if (tag >= FIRST_VALUE_TAG) throw new IppMessageError('a value outside of every group');
    groups.push({ tag, attributes: readAttributes(reader) });
  }
  return { code, requestId, groups, data: reader.rest() };
}

function readAttributes(reader: Reader): IppAttributes {
  const attributes = new Map<string, IppValue[]>();
  let current: IppValue[] | null = null;
  let depth = 0;
  while (reader.peek() >= FIRST_VALUE_TAG) {
    reader.countValue();
    const tag = reader.uint8();
    const name = reader.text(reader.uint16());
    const value = reader.bytes(reader.uint16());
    if (name !== '') {
      if (depth > 0) throw new IppMessageError('an attribute within a collection');
      if (attributes.has(name)) throw new IppMessageError('an attribute twice in a group');
      if (attributes.size === ATTRIBUTES_MAX) throw new IppMessageError('too many attributes');
      current = [];
      attributes.set(name, current);
    }
    if (current === null) throw new IppMessageError('a value without an attribute');
    const before = depth;
    depth = depthAfter(tag, depth);
    // A collection is one value of its attribute; what is inside it is not used here.
    if (before === 0) current.push(tag === BEG_COLLECTION ? null : valueFrom(tag, value));
  }
  if (depth > 0) throw new IppMessageError('a collection without an end');
  return attributes;
}

/** Collections are values between two marks (RFC 8010 3.1.6), and may hold others. */
function depthAfter(tag: number, depth: number): number {
  if (tag === BEG_COLLECTION) {
    if (depth === COLLECTION_DEPTH_MAX) throw new IppMessageError('collections nested too deeply');
    return depth + 1;
  }
  if (depth === 0 && (tag === END_COLLECTION || tag === MEMBER_NAME)) {
    throw new IppMessageError('the inside of a collection without its begin');
  }
  return tag === END_COLLECTION ? depth - 1 : depth;
}

function valueFrom(tag: number, bytes: Buffer): IppValue {
  const size = SIZES.get(tag);
  if (size !== undefined && bytes.length !== size) {
    throw new IppMessageError('a value of the wrong length');
  }
  switch (tag) {
    case TAG.integer:
    case TAG.enum:
      return bytes.readInt32BE();
    case TAG.boolean:
      return bytes[0] !== 0;
    case RANGE:
      return [bytes.readInt32BE(0), bytes.readInt32BE(4)];
    case TEXT_WITH_LANGUAGE:
    case NAME_WITH_LANGUAGE:
      return textWithLanguage(bytes);
    default:
      // 0x41 to 0x5f: character strings.
      return tag > 0x40 && tag < 0x60 ? bytes.toString('utf8') : null;
  }
}

/** The text of RFC 8010 3.9, without its language. */
function textWithLanguage(bytes: Buffer): string {
  const inner = new Reader(bytes);
  inner.bytes(inner.uint16());
  return inner.text(inner.uint16());
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  countValue(): void {
    this.#values += 1;
    if (this.#values > VALUES_MAX) throw new IppMessageError('too many values');
  }

  peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new IppMessageError('it ends too soon');
    return byte;
  }

  uint8(): number {
    return this.bytes(1).readUInt8();
  }

  uint16(): number {
    return this.bytes(2).readUInt16BE();
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new IppMessageError('it ends too soon');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(length: number): string {
    return this.bytes(length).toString('utf8');
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }
}
