/**
 * The JPKI application (公的個人認証AP) of a My Number Card, as a terminal uses it. Recognised by AID and token label,
 * never by ATR: many cards, phones and readers share ATRs, and some readers put a random number into it.
 */

import {
  command,
  exchange,
  hexOf,
  INS,
  limited,
  type Response,
  SW,
  type Transmit,
} from './apdu.ts';
import { CardError } from './card.ts';

const JPKI_AID = Buffer.from('D392F000260100000001', 'hex');
const EF_TOKEN_INFO = 0x0006;
const EF_USER_CERTIFICATE = 0x000a;
const EF_SIGNING_CERTIFICATE = 0x0001;
/** Which of the two certificates there are: 8F, or 00 for one that is missing; the signing one first. */
const EF_CERTIFICATES = 0x0008;
const CERTIFICATES_BYTES = 3;
const MISSING = 0x00;

/** Bit 8 of P1 of READ BINARY: bits 5 to 1 are a short EF identifier, P2 is the offset (ISO 7816-4 7.2.3). */
const SHORT_IDENTIFIER = 0x80;
/** A certificate is a SEQUENCE (X.690 8.9). */
const TAG_SEQUENCE = 0x30;

/**
 * 250 and the status word fit one ISO 14443-4 frame of 256 bytes with its protocol bytes; 256 need two.
 */
const READ_STEP = 250;
const CERTIFICATE_BYTES_MIN = 64;
const CERTIFICATE_BYTES_MAX = 4096;
/** 22 commands read the largest certificate; the rest is for 61xx and 6Cxx. */
const APDUS_MAX = 64;

/** EF 0006 begins with a CK_TOKEN_INFO label of 32 bytes; all known ones differ within the first 16. */
const LABEL_BYTES = 16;
const LABEL_MY_NUMBER_CARD = 'JPKIAPICCTOKEN2';
const LABELS_OF_PHONES = ['JPKIAPGPSETOKEN', 'JPKIAPIOSTOKEN'];

/**
 * Reads the user-authentication certificate (利用者証明用電子証明書) of the card in the field.
 * Returns DER, exactly as long as its length field says, 64 to 4096 bytes; what is inside is not checked here.
 *
 * Throws `CardError`:
 * - `card-not-supported`: no JPKI application, no such certificate, an older or unknown kind of token
 * - `phone-not-supported`: a phone's token, whose certificate is behind a PIN
 * - `card-unreadable`: the card answered, but not with a certificate
 * - `card-removed`: an answer without status word
 *
 * What `transmit` rejects with passes through.
 */
export async function readUserCertificate(transmit: Transmit): Promise<Uint8Array> {
  const card = limited(transmit, APDUS_MAX);
  await selectApplication(card);
  const label = await readTokenLabel(card);
  if (label !== null) refuseOtherTokens(label);
  const first = await beginUserCertificate(card);
  const locked = first.sw === SW.securityStatusNotSatisfied;
  if (locked && label === null) {
    throw new CardError('phone-not-supported', 'the certificate is behind a PIN');
  }
  if (locked || label === null) {
    throw new CardError('card-not-supported', 'the token does not behave like a My Number Card');
  }
  return readRest(card, EF_USER_CERTIFICATE, first);
}

/**
 * Whether the selected application says that it has a signing certificate (署名用電子証明書), which children under 15 have
 * not. A card that does not say is not taken at its silence: true. Throws `CardError` as every exchange.
 */
export async function hasSigningCertificate(card: Transmit): Promise<boolean> {
  const selected = await selectFile(card, EF_CERTIFICATES);
  if (selected.sw !== SW.ok) return true;
  const { data, sw } = await readBinary(card, 0, CERTIFICATES_BYTES);
  return sw !== SW.ok || data[0] !== MISSING;
}

/**
 * Reads the signing certificate, once its password was shown: DER, as `readUserCertificate` gives it. Null when there is
 * none; a number is the status word with which the card refused. Throws `CardError` as `readUserCertificate`.
 */
export async function readSigningCertificate(card: Transmit): Promise<Uint8Array | number | null> {
  const selected = await selectFile(card, EF_SIGNING_CERTIFICATE);
  if (selected.sw === SW.fileNotFound) return null;
  if (selected.sw !== SW.ok) return selected.sw;
  const first = await readBinary(card, 0, READ_STEP);
  if (first.sw === SW.securityStatusNotSatisfied) return first.sw;
  return readRest(card, EF_SIGNING_CERTIFICATE, first);
}

/**
 * SELECT of the JPKI application. Throws `CardError`: `card-not-supported` when the card has none, `card-unreadable` when
 * it failed.
 */
export async function selectApplication(card: Transmit): Promise<void> {
  const select = command(0x00, INS.select, 0x04, 0x0c, { data: JPKI_AID });
  let { sw } = await exchange(card, select);
  // Some cards answer 6F00 to whatever comes first after power-up, and are well from then on.
  if (sw === SW.noPreciseDiagnosis) ({ sw } = await exchange(card, select));
  if (sw === SW.ok) return;
  const failed = [0x64, 0x65, 0x6f].includes(sw >> 8);
  throw new CardError(
    failed ? 'card-unreadable' : 'card-not-supported',
    `SELECT of the JPKI application: ${hexOf(sw)}`,
  );
}

/** Null when the token hides its label or has none. */
async function readTokenLabel(card: Transmit): Promise<string | null> {
  const { data, sw } = await readBeginning(card, EF_TOKEN_INFO, LABEL_BYTES, isKnownLabel);
  if (sw === SW.fileNotFound || sw === SW.securityStatusNotSatisfied) return null;
  if (sw !== SW.ok) throw new CardError('card-unreadable', `token information: ${hexOf(sw)}`);
  if (data.length !== LABEL_BYTES) {
    throw new CardError('card-unreadable', `a token label of ${data.length} bytes`);
  }
  return labelOf(data);
}

function labelOf(data: Uint8Array): string {
  return Buffer.from(data).toString('latin1').trimEnd();
}

function isKnownLabel(data: Uint8Array): boolean {
  return [LABEL_MY_NUMBER_CARD, ...LABELS_OF_PHONES].includes(labelOf(data));
}

/** The old resident card (住基カード, JPKIAPICCTOKEN) is refused as every unknown token is. */
function refuseOtherTokens(label: string): void {
  if (label === LABEL_MY_NUMBER_CARD) return;
  if (LABELS_OF_PHONES.includes(label)) {
    throw new CardError('phone-not-supported', 'the token label is that of a phone');
  }
  throw new CardError('card-not-supported', 'the token label is not that of a My Number Card');
}

/** The first bytes of EF 000A, or the refusal (6982): some tokens refuse at SELECT, others at READ BINARY. */
async function beginUserCertificate(card: Transmit): Promise<Response> {
  const isCertificate = ([tag]: Uint8Array) => tag === TAG_SEQUENCE;
  const begin = await readBeginning(card, EF_USER_CERTIFICATE, READ_STEP, isCertificate);
  if (begin.sw === SW.fileNotFound) {
    throw new CardError('card-not-supported', 'the card has no user-authentication certificate');
  }
  return begin;
}

async function readRest(card: Transmit, ef: number, first: Response): Promise<Uint8Array> {
  const length = derLength(first);
  if (length < CERTIFICATE_BYTES_MIN || length > CERTIFICATE_BYTES_MAX) {
    throw new CardError('card-unreadable', `a certificate of ${length} bytes`);
  }
  const certificate = new Uint8Array(length);
  // The file may be longer than the certificate in it.
  const begin = first.data.subarray(0, length);
  if (begin.length !== Math.min(length, READ_STEP)) throw shortRead(begin.length, 0);
  certificate.set(begin);
  for (let at = begin.length; at < length; ) {
    const wanted = Math.min(READ_STEP, length - at);
    const { data, sw } = await readOn(card, ef, at, wanted);
    if (sw !== SW.ok) throw new CardError('card-unreadable', `READ BINARY at ${at}: ${hexOf(sw)}`);
    if (data.length !== wanted) throw shortRead(data.length, at);
    certificate.set(data, at);
    at += wanted;
  }
  return certificate;
}

/** Length of the whole SEQUENCE whose header these bytes begin with (X.690 8.1.3, minimal as DER demands). */
function derLength({ data, sw }: Response): number {
  if (sw !== SW.ok && sw !== SW.endOfFile) {
    throw new CardError('card-unreadable', `READ BINARY at 0: ${hexOf(sw)}`);
  }
  const [tag, form, high = 0, low = 0] = data;
  if (data.length > READ_STEP) throw shortRead(data.length, 0);
  if (tag === TAG_SEQUENCE && form === 0x81 && high >= 0x80) return 3 + high;
  if (tag === TAG_SEQUENCE && form === 0x82 && high >= 0x01) return 4 + ((high << 8) | low);
  throw new CardError('card-unreadable', 'the file does not begin like a certificate');
}

/**
 * The beginning of a file, which is the selected one from then on. By its short identifier that is one command (ISO
 * 7816-4 7.2.1) instead of two. No specification says that every card takes those identifiers, so such an answer counts
 * only when it is the beginning that was expected; otherwise the file is selected, and what is read then counts.
 */
async function readBeginning(
  card: Transmit,
  ef: number,
  le: number,
  isExpected: (data: Uint8Array) => boolean,
): Promise<Response> {
  const short = command(0x00, INS.readBinary, SHORT_IDENTIFIER | ef, 0x00, { le });
  const read = await exchange(card, short);
  if ((read.sw === SW.ok || read.sw === SW.endOfFile) && isExpected(read.data)) return read;
  const selected = await selectFile(card, ef);
  return selected.sw === SW.ok ? readBinary(card, 0, le) : selected;
}

/** From a later offset; also on a card that read the beginning without selecting the file. */
async function readOn(card: Transmit, ef: number, offset: number, le: number): Promise<Response> {
  const read = await readBinary(card, offset, le);
  if (read.sw !== SW.noCurrentFile) return read;
  const selected = await selectFile(card, ef);
  return selected.sw === SW.ok ? readBinary(card, offset, le) : selected;
}

/** By its identifier, inside the selected application. */
export function selectFile(card: Transmit, ef: number): Promise<Response> {
  const data = Uint8Array.of(ef >> 8, ef & 0xff);
  return exchange(card, command(0x00, INS.select, 0x02, 0x0c, { data }));
}

/** From the selected file; offsets below 32,768. */
function readBinary(card: Transmit, offset: number, le: number): Promise<Response> {
  return exchange(card, command(0x00, INS.readBinary, offset >> 8, offset & 0xff, { le }));
}

function shortRead(bytes: number, at: number): CardError {
  return new CardError('card-unreadable', `READ BINARY at ${at} gave ${bytes} bytes`);
}
