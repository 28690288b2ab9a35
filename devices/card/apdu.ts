/**
 * ISO/IEC 7816-4 commands and responses: pure bytes, short APDUs only.
 *
 * Everything that talks to a card goes through `exchange`, which follows 61xx and 6Cxx within limits and refuses to
 * open the individual number. Responses may be certificates: trace commands with `redactCommand`, responses never.
 */

import { CardError } from './card.ts';

/** Sends one command to the card; the response ends in SW1 SW2. Rejects when the card or the reader is gone. */
export type Transmit = (command: Uint8Array) => Promise<Uint8Array>;

export interface Response {
  readonly data: Uint8Array;
  /** SW1 SW2 as one number, 0x9000 for success. */
  readonly sw: number;
}

export const INS = {
  verify: 0x20,
  changeReferenceData: 0x24,
  performSecurityOperation: 0x2a,
  resetRetryCounter: 0x2c,
  externalAuthenticate: 0x82,
  getChallenge: 0x84,
  /** Not in ISO 7816-4: an institution's card-verifiable certificate, class 80. */
  presentCertificate: 0xa2,
  select: 0xa4,
  readBinary: 0xb0,
  getResponse: 0xc0,
} as const;

export const SW = {
  ok: 0x9000,
  endOfFile: 0x6282,
  wrongLength: 0x6700,
  securityStatusNotSatisfied: 0x6982,
  noCurrentFile: 0x6986,
  fileNotFound: 0x6a82,
  noPreciseDiagnosis: 0x6f00,
} as const;

const SHORT_DATA_MAX = 255;
const SHORT_LE_MAX = 256;
const GET_RESPONSES_MAX = 16;
const RESPONSE_BYTES_MAX = 4096;

/**
 * A short command APDU (ISO 7816-4 5.2). `data`: 1 to 255 bytes, `le`: 1 to 256.
 * Throws RangeError on anything that a short APDU can't carry.
 */
export function command(
  cla: number,
  ins: number,
  p1: number,
  p2: number,
  options: { readonly data?: Uint8Array; readonly le?: number } = {},
): Uint8Array {
  const { data, le } = options;
  if (data !== undefined && (data.length < 1 || data.length > SHORT_DATA_MAX)) {
    throw new RangeError(`a short APDU carries 1 to ${SHORT_DATA_MAX} bytes, not ${data.length}`);
  }
  if (le !== undefined && !(Number.isInteger(le) && le >= 1 && le <= SHORT_LE_MAX)) {
    throw new RangeError(`a short APDU asks for 1 to ${SHORT_LE_MAX} bytes, not ${le}`);
  }
  const header = [cla, ins, p1, p2];
  if (header.some((byte) => !(Number.isInteger(byte) && byte >= 0 && byte <= 0xff))) {
    throw new RangeError('CLA, INS, P1 and P2 are one byte each');
  }
  const body = data === undefined ? [] : [data.length, ...data];
  return Uint8Array.from([...header, ...body, ...(le === undefined ? [] : [le & 0xff])]);
}

/** Class bit 5: more of this command follows (ISO 7816-4 5.3.3). */
const CHAINED = 0x10;

/** One command without Le as a chain of short ones; of at most 255 bytes it is itself. Throws RangeError as `command`. */
export function chained(
  cla: number,
  ins: number,
  p1: number,
  p2: number,
  data: Uint8Array,
): Uint8Array[] {
  const commands: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += SHORT_DATA_MAX) {
    const end = at + SHORT_DATA_MAX;
    const begins = end < data.length ? cla | CHAINED : cla;
    commands.push(command(begins, ins, p1, p2, { data: data.subarray(at, end) }));
  }
  return commands;
}

/**
 * Splits a response. Throws `CardError`: `card-removed` when there is no status word (a card pulled in the middle of
 * a command gives an empty response on some readers), `card-unreadable` when it is longer than a short APDU allows.
 */
export function parseResponse(bytes: Uint8Array): Response {
  if (bytes.length < 2) throw new CardError('card-removed', 'the response has no status word');
  if (bytes.length > SHORT_LE_MAX + 2) {
    throw new CardError('card-unreadable', `a response of ${bytes.length} bytes`);
  }
  const [sw1 = 0, sw2 = 0] = bytes.subarray(-2);
  return { data: bytes.subarray(0, -2), sw: (sw1 << 8) | sw2 };
}

/**
 * Sends a command and gathers its whole response: 61xx is followed by GET RESPONSE, 6Cxx by the same command with the
 * right Le, once. Throws `CardError` as `parseResponse`, and `card-unreadable` for a card that never comes to an end;
 * a plain Error for a command that `guarded` refuses. Rejections of `transmit` pass through.
 */
export async function exchange(transmit: Transmit, request: Uint8Array): Promise<Response> {
  const send = guarded(transmit);
  let response = await exchangeOnce(send, request);
  const parts = [response.data];
  let bytes = response.data.length;
  for (let count = 0; response.sw >> 8 === 0x61; count += 1) {
    if (count === GET_RESPONSES_MAX || bytes > RESPONSE_BYTES_MAX) {
      throw new CardError('card-unreadable', 'the card answers 61xx without end');
    }
    const le = response.sw & 0xff || SHORT_LE_MAX;
    response = await exchangeOnce(send, command(0x00, INS.getResponse, 0, 0, { le }));
    parts.push(response.data);
    bytes += response.data.length;
  }
  return { data: parts.length === 1 ? response.data : Buffer.concat(parts), sw: response.sw };
}

/**
 * Sends a command exactly once, whatever the card answers: what 61xx and 6Cxx ask for is not done. For a PIN, which nothing
 * may send a second time. Throws `CardError` as `parseResponse`; rejections of `transmit` pass through.
 */
export async function sendOnce(transmit: Transmit, request: Uint8Array): Promise<Response> {
  return parseResponse(await guarded(transmit)(request));
}

async function exchangeOnce(transmit: Transmit, request: Uint8Array): Promise<Response> {
  const first = parseResponse(await transmit(request));
  if (first.sw >> 8 !== 0x6c) return first;
  const second = parseResponse(await transmit(withLe(request, first.sw & 0xff)));
  if (second.sw >> 8 === 0x6c) {
    throw new CardError('card-unreadable', 'the card answers 6Cxx to the very length it asked for');
  }
  return second;
}

/** A card can't keep a terminal busy for ever, whatever it answers: `card-unreadable` after so many commands. */
export function limited(transmit: Transmit, max: number): Transmit {
  let count = 0;
  return async (request) => {
    count += 1;
    if (count > max) throw new CardError('card-unreadable', `more than ${max} commands`);
    return transmit(request);
  };
}

/** A status word as it is written: 6A82. */
export function hexOf(sw: number): string {
  return sw.toString(16).toUpperCase().padStart(4, '0');
}

/** The same command with another Le byte: replaced where there is one (cases 2 and 4), else appended. */
function withLe(request: Uint8Array, le: number): Uint8Array {
  const data = dataOf(request);
  const endOfBody = data.length === 0 ? 4 : 5 + data.length;
  return Uint8Array.from([...request.subarray(0, endOfBody), le]);
}

/** The data field of a short command; empty for cases 1 and 2. */
function dataOf(request: Uint8Array): Uint8Array {
  return request.length <= 5 ? new Uint8Array() : request.subarray(5, 5 + (request[4] ?? 0));
}

/** A command as hex for traces. Reference data (PIN, password) is never shown, only how many bytes there are. */
export function redactCommand(bytes: Uint8Array): string {
  const shown = hasReferenceData(bytes[1] ?? 0) ? bytes.subarray(0, 4) : bytes;
  const hex = Buffer.from(shown).toString('hex').toUpperCase();
  return shown.length === bytes.length ? hex : `${hex} [${bytes.length - shown.length} redacted]`;
}

/** ISO 7816-4 7.5.6 to 7.5.10, odd instruction codes included. */
function hasReferenceData(ins: number): boolean {
  const even = ins & 0xfe;
  return even === INS.verify || even === INS.changeReferenceData || even === INS.resetRetryCounter;
}

/** The two files that hold the individual number (個人番号), which a terminal must never read. */
const INDIVIDUAL_NUMBER = [
  { aid: Buffer.from('D3921000310001010408', 'hex'), ef: 0x0001 },
  { aid: Buffer.from('D3921000310001010402', 'hex'), ef: 0x0005 },
] as const;

/** Class and instruction of what may come in parts. */
const CHAINABLE: readonly number[] = [
  ((0x80 | CHAINED) << 8) | INS.presentCertificate,
  (CHAINED << 8) | INS.externalAuthenticate,
];

const guards = new WeakMap<Transmit, Transmit>();

/**
 * Wraps `transmit` so that no command can open the individual number, by SELECT or by short EF identifier; it throws a
 * plain Error then, for such a command is a defect. Only class bytes 00 and 80 pass, chained in two commands that open
 * nothing: logical channels would hide which application is selected, chains which file. Wrapping twice gives the same wrapper: `exchange` does it itself.
 */
export function guarded(transmit: Transmit): Transmit {
  const known = guards.get(transmit);
  if (known !== undefined) return known;
  // Null: not known. A card that was not powered off may still have any application selected.
  let application: Uint8Array | null = null;
  const guard: Transmit = async (request) => {
    refuseIndividualNumber(request, application);
    const byName = request[1] === INS.select && request[2] === 0x04;
    if (!byName) return transmit(request);
    const before: Uint8Array | null = application;
    application = null;
    const response = await transmit(request);
    const sw1 = response.at(-2);
    // A SELECT that fails (64xx to 6Fxx) leaves the application of before selected.
    if (sw1 !== undefined) application = sw1 >> 4 === 0x6 && sw1 >= 0x64 ? before : dataOf(request);
    return response;
  };
  guards.set(transmit, guard);
  guards.set(guard, guard);
  return guard;
}

function refuseIndividualNumber(request: Uint8Array, application: Uint8Array | null): void {
  const [cla = 0, ins = 0, p1 = 0] = request;
  if (cla !== 0x00 && cla !== 0x80 && !CHAINABLE.includes((cla << 8) | ins)) {
    throw new Error('only the class bytes 00 and 80 are sent to a card');
  }
  for (const { aid, ef } of INDIVIDUAL_NUMBER) {
    if (!couldBe(application, aid)) continue;
    const opens =
      (ins === INS.select && p1 !== 0x04 && endsInFile(dataOf(request), ef)) ||
      (ins === INS.readBinary && p1 >= 0x80 && (p1 & 0x1f) === ef) ||
      isOtherRead(ins);
    if (opens) throw new Error('the individual number is never opened');
  }
}

/** SELECT by name takes a truncated AID too (ISO 7816-4 7.1.1), so any common beginning counts. */
function couldBe(application: Uint8Array | null, aid: Uint8Array): boolean {
  if (application === null) return true;
  const length = Math.min(application.length, aid.length);
  return Buffer.compare(application.subarray(0, length), aid.subarray(0, length)) === 0;
}

/** Last file identifier of a SELECT by identifier or by path. */
function endsInFile(data: Uint8Array, ef: number): boolean {
  return data.length >= 2 && (((data.at(-2) ?? 0) << 8) | (data.at(-1) ?? 0)) === ef;
}

/** READ BINARY with odd code, READ RECORD(S), GET DATA: they address files in ways of their own, and nobody needs them. */
function isOtherRead(ins: number): boolean {
  return [0xb1, 0xb2, 0xb3, 0xca, 0xcb].includes(ins);
}
