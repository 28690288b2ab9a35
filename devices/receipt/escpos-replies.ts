/** What an ESC/POS printer says, from bytes that may come in any pieces and with noise between them. Pure. */

import type { PrinterCondition } from './receipt-printer.ts';

export type Reply =
  /** Automatic status back (ASB): pushed, 4 bytes. */
  | { readonly kind: 'status-back'; readonly condition: PrinterCondition }
  /** The byte that answers `DLE EOT n`; which n, only the asker knows. */
  | { readonly kind: 'status'; readonly byte: number }
  | { readonly kind: 'process-id'; readonly id: string }
  | { readonly kind: 'cleared' };

const BLOCK_HEADER = 0x37;
const PROCESS_ID = 0x22;
const CLEAR_RESPONSE = 0x25;
const STATUS_BACK_LENGTH = 4;

/** A reply, or nothing there, taking up `length` bytes; `undefined` while it is not all here. */
type Found = { readonly reply: Reply | undefined; readonly length: number } | undefined;

const NOISE: Found = { reply: undefined, length: 1 };

/**
 * Tells replies apart by their fixed bits (Epson, "transmission status identification"). What fits nothing is dropped a
 * byte at a time, so a damaged reply costs itself and not the next one. Only after a process id that broke off may
 * what follows be taken for its characters: until another reply shows that it is not, or for an id that nobody asked for.
 */
export class ReplyParser {
  #pending: Uint8Array = new Uint8Array();

  push(bytes: Uint8Array): Reply[] {
    // XON and XOFF may come between any two bytes, and no reply contains them.
    const data = bytes.filter((byte) => byte !== 0x11 && byte !== 0x13);
    this.#pending = Buffer.concat([this.#pending, data]);
    const replies: Reply[] = [];
    let start = 0;
    while (start < this.#pending.length) {
      const found = replyAt(this.#pending.subarray(start));
      if (!found) break;
      if (found.reply) replies.push(found.reply);
      start += found.length;
    }
    this.#pending = this.#pending.slice(start);
    return replies;
  }
}

function replyAt(bytes: Uint8Array): Found {
  const first = bytes[0] ?? 0;
  if (first === BLOCK_HEADER) return blockAt(bytes);
  if ((first & 0x93) === 0x12) return { reply: { kind: 'status', byte: first }, length: 1 };
  if ((first & 0x93) === 0x10) return statusBackAt(bytes);
  return NOISE;
}

function blockAt(bytes: Uint8Array): Found {
  const form =
    bytes[1] === PROCESS_ID
      ? [
          isHeader,
          isProcessId,
          isPrintableByte,
          isPrintableByte,
          isPrintableByte,
          isPrintableByte,
          isNul,
        ]
      : [isHeader, isClearResponse, isNul];
  for (let index = 1; index < form.length; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    if (!form[index]?.(byte)) return NOISE;
  }
  const id = String.fromCharCode(...bytes.subarray(2, 6));
  const reply: Reply = bytes[1] === PROCESS_ID ? { kind: 'process-id', id } : { kind: 'cleared' };
  return { reply, length: form.length };
}

const isHeader = (byte: number): boolean => byte === BLOCK_HEADER;
const isProcessId = (byte: number): boolean => byte === PROCESS_ID;
const isClearResponse = (byte: number): boolean => byte === CLEAR_RESPONSE;
const isPrintableByte = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;
const isNul = (byte: number): boolean => byte === 0;

function statusBackAt(bytes: Uint8Array): Found {
  for (let index = 1; index < STATUS_BACK_LENGTH; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    if ((byte & 0x90) !== 0) return NOISE;
  }
  const [printer = 0, error = 0, paper = 0] = bytes;
  const condition = conditionOf({
    coverOpen: (printer & 0x20) !== 0,
    paperOut: (paper & 0x0c) !== 0,
    // Recoverable, cutter, unrecoverable. A hot head (40) recovers by itself: offline until then.
    error: (error & 0x2c) !== 0,
    offline: (printer & 0x08) !== 0,
  });
  return { reply: { kind: 'status-back', condition }, length: STATUS_BACK_LENGTH };
}

/** The answer to `DLE EOT 1`. */
export function isOffline(printer: number): boolean {
  return (printer & 0x08) !== 0;
}

/** The condition from the answers to `DLE EOT` 1, 2, 3 and 4. */
export function conditionOfStatus(
  printer: number,
  cause: number,
  error: number,
  paper: number,
): PrinterCondition {
  return conditionOf({
    coverOpen: (cause & 0x04) !== 0,
    paperOut: (cause & 0x20) !== 0 || (paper & 0x60) !== 0,
    error: (error & 0x2c) !== 0,
    offline: isOffline(printer),
  });
}

/** The cover first: while it is open the paper sensor may say anything. */
function conditionOf(seen: {
  readonly coverOpen: boolean;
  readonly paperOut: boolean;
  readonly error: boolean;
  readonly offline: boolean;
}): PrinterCondition {
  if (seen.coverOpen) return 'cover-open';
  if (seen.paperOut) return 'paper-out';
  if (seen.error) return 'error';
  return seen.offline ? 'offline' : 'ready';
}
