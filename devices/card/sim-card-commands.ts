/** Command APDUs as a card takes them apart (ISO/IEC 7816-4 5.1 and 5.2), and the answers that carry no more than a status word. */

import { SW } from './apdu.ts';

export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  /** Bytes asked for, 256 for Le 00 and 65,536 for the extended Le 0000; null when there is no Le. */
  readonly le: number | null;
  /** Whether it has extended length fields. */
  readonly extended: boolean;
}

const NOTHING = new Uint8Array();

/** Cases 1 to 4, short and extended; null for any other length. */
export function parseCommand(bytes: Uint8Array): Command | null {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0, third = 0] = bytes;
  if (bytes.length < 4) return null;
  const header = { cla, ins, p1, p2 };
  const short = { ...header, extended: false };
  if (bytes.length === 4) return { ...short, data: NOTHING, le: null };
  if (bytes.length === 5) return { ...short, data: NOTHING, le: third || 256 };
  if (third === 0) return parseExtended(header, bytes);
  const end = 5 + third;
  const data = bytes.subarray(5, end);
  if (bytes.length === end) return { ...short, data, le: null };
  return bytes.length === end + 1 ? { ...short, data, le: (bytes[end] ?? 0) || 256 } : null;
}

/** After the header: 00, then Le of two bytes, or Lc of two bytes, the data, and Le of two bytes or none. */
function parseExtended(
  header: Pick<Command, 'cla' | 'ins' | 'p1' | 'p2'>,
  bytes: Uint8Array,
): Command | null {
  const fields = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (fields.length < 7) return null;
  const first = fields.readUInt16BE(5);
  const extended = { ...header, extended: true };
  if (fields.length === 7) return { ...extended, data: NOTHING, le: first || 65_536 };
  const end = 7 + first;
  const data = fields.subarray(7, end);
  if (first === 0) return null;
  if (fields.length === end) return { ...extended, data, le: null };
  if (fields.length !== end + 2) return null;
  return { ...extended, data, le: fields.readUInt16BE(end) || 65_536 };
}

/** Why nothing of this class and instruction is done (ISO 7816-4 5.4.1). */
export function refusalOfClass(cla: number): number {
  if (cla === 0x00 || cla === 0x80) return 0x6d00;
  if ((cla & 0xfc) === 0x00) return 0x6881;
  if ((cla & 0xf3) === 0x00) return 0x6882;
  return 0x6e00;
}

export function status(sw: number): Uint8Array {
  return Uint8Array.of(sw >> 8, sw & 0xff);
}

export function ok(data: Uint8Array): Uint8Array {
  return Buffer.concat([data, status(SW.ok)]);
}
