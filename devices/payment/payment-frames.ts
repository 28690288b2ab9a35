/**
 * The line protocol of a payment unit, bytes to words and back. Pure. The kiosk asks, the unit answers and never speaks
 * by itself, so no message is lost that nobody would miss.
 *
 *   frame   STX, body (printable ASCII, at most 160 bytes), ETX, CRC of the body (four hexadecimal digits, capital)
 *   ask     NUMBER hello | NUMBER authorise ID YEN MEANS | NUMBER look ID | NUMBER capture ID | NUMBER void ID
 *   answer  NUMBER unit 1 MEANS[+MEANS] | NUMBER payment ID STATE INSERTED WHY | NUMBER no
 *
 * NUMBER is eight hexadecimal digits, random for each ask, and an answer repeats it: an answer that comes late, twice or
 * to another run of the kiosk is known by it. CRC: CRC-16/IBM-3740 (polynomial 1021, begun with FFFF).
 */

import {
  PAYMENT_ID,
  PAYMENT_MEANS,
  PAYMENT_STATES,
  type Payment,
  type PaymentMeans,
  type PaymentState,
  VOID_REASONS,
  type VoidReason,
  YEN_MAX,
  YEN_MIN,
} from './payment.ts';

const STX = 0x02;
const ETX = 0x03;
const BODY_BYTES_MAX = 160;
const CRC_DIGITS = 4;
const VERSION = '1';
/** A note of 1,000 yen may be the last thing put in. */
const INSERTED_MAX = YEN_MAX + 1_000;

export type Ask =
  | { readonly number: string; readonly ask: 'hello' }
  | ({ readonly number: string; readonly ask: 'authorise' } & Payment)
  | { readonly number: string; readonly ask: 'look' | 'capture' | 'void'; readonly id: string };

/** How a payment stands. `why` says why it was voided, null when it was not, or when nobody knows. */
export interface Standing {
  readonly id: string;
  readonly state: PaymentState;
  /** Yen that were put in. */
  readonly inserted: number;
  readonly why: VoidReason | null;
}

export type Answer =
  | { readonly number: string; readonly answer: 'unit'; readonly means: readonly PaymentMeans[] }
  | ({ readonly number: string; readonly answer: 'payment' } & Standing)
  /** It does not do what was asked: no ask of this protocol, or an id that stands for another amount. */
  | { readonly number: string; readonly answer: 'no' };

/** CRC-16/IBM-3740; of `123456789` it is 29B1. */
export function crcOf(bytes: Uint8Array): string {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff;
    }
  }
  return crc.toString(16).toUpperCase().padStart(CRC_DIGITS, '0');
}

function frame(...words: readonly (string | number)[]): Buffer {
  const body = Buffer.from(words.join(' '), 'latin1');
  return Buffer.concat([Buffer.of(STX), body, Buffer.of(ETX), Buffer.from(crcOf(body), 'latin1')]);
}

export function encodeAsk(ask: Ask): Buffer {
  switch (ask.ask) {
    case 'hello':
      return frame(ask.number, 'hello');
    case 'authorise':
      return frame(ask.number, 'authorise', ask.id, ask.yen, ask.means);
    default:
      return frame(ask.number, ask.ask, ask.id);
  }
}

export function encodeAnswer(answer: Answer): Buffer {
  const { number } = answer;
  switch (answer.answer) {
    case 'unit':
      return frame(number, 'unit', VERSION, answer.means.join('+'));
    case 'payment': {
      const { id, state, inserted, why } = answer;
      return frame(number, 'payment', id, state, inserted, why ?? '-');
    }
    case 'no':
      return frame(number, 'no');
  }
}

const NUMBER = /^[0-9a-f]{8}$/u;

/** Null for what is no ask. */
export function parseAsk(body: string): Ask | null {
  const [number = '', ask, id = '', ...rest] = body.split(' ');
  if (!NUMBER.test(number)) return null;
  if (ask === 'hello') return id === '' ? { number, ask } : null;
  if (!PAYMENT_ID.test(id)) return null;
  switch (ask) {
    case 'look':
    case 'capture':
    case 'void':
      return rest.length === 0 ? { number, ask, id } : null;
    case 'authorise': {
      const yen = wholeNumber(rest[0], YEN_MIN, YEN_MAX);
      const means = oneOf(PAYMENT_MEANS, rest[1]);
      if (yen === null || means === null || rest.length !== 2) return null;
      return { number, ask, id, yen, means };
    }
    default:
      return null;
  }
}

/** Null for what is no answer. */
export function parseAnswer(body: string): Answer | null {
  const [number = '', answer, ...rest] = body.split(' ');
  if (!NUMBER.test(number)) return null;
  switch (answer) {
    case 'unit':
      return parseUnit(number, rest);
    case 'payment':
      return parsePayment(number, rest);
    case 'no':
      return rest.length === 0 ? { number, answer } : null;
    default:
      return null;
  }
}

function parseUnit(number: string, rest: readonly string[]): Answer | null {
  const [version, list = ''] = rest;
  if (version !== VERSION || rest.length !== 2) return null;
  const means = list.split('+').flatMap((each) => oneOf(PAYMENT_MEANS, each) ?? []);
  if (means.join('+') !== list || new Set(means).size !== means.length) return null;
  return { number, answer: 'unit', means };
}

function parsePayment(number: string, rest: readonly string[]): Answer | null {
  const [id = '', word, amount, reason] = rest;
  const state = oneOf(PAYMENT_STATES, word);
  const inserted = wholeNumber(amount, 0, INSERTED_MAX);
  const why = oneOf(VOID_REASONS, reason);
  if (!PAYMENT_ID.test(id) || state === null || inserted === null || rest.length !== 4) return null;
  if (why === null && reason !== '-') return null;
  return { number, answer: 'payment', id, state, inserted, why };
}

function oneOf<Word extends string>(words: readonly Word[], text: string | undefined): Word | null {
  return words.find((word) => word === text) ?? null;
}

function wholeNumber(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^(0|[1-9]\d{0,5})$/u.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

/** Bodies of whole frames, from bytes that come in any pieces; a damaged frame costs itself and not the next one. */
export class FrameReader {
  #pending: number[] = [];

  /** Null for each frame that was damaged. What comes between frames is noise and not told. */
  push(bytes: Uint8Array): (string | null)[] {
    const found: (string | null)[] = [];
    for (const byte of bytes) {
      const body = this.#take(byte);
      if (body !== undefined) found.push(body);
    }
    return found;
  }

  /** Undefined while nothing ends here. */
  #take(byte: number): string | null | undefined {
    const isInside = this.#pending.length > 0;
    if (byte === STX) {
      this.#pending = [STX];
      return isInside ? null : undefined;
    }
    if (!isInside) return undefined;
    this.#pending.push(byte);
    const end = this.#pending.indexOf(ETX);
    if (end === -1) return this.#pending.length > BODY_BYTES_MAX + 1 ? this.#damaged() : undefined;
    if (this.#pending.length < end + 1 + CRC_DIGITS) return undefined;
    const body = Buffer.from(this.#pending.slice(1, end));
    const crc = Buffer.from(this.#pending.slice(end + 1)).toString('latin1');
    this.#pending = [];
    const isWhole = crc === crcOf(body) && body.every((each) => each >= 0x20 && each <= 0x7e);
    return isWhole ? body.toString('latin1') : null;
  }

  #damaged(): null {
    this.#pending = [];
    return null;
  }
}
