/**
 * The code on each sheet of a certificate, as `PAPER_CODE` lays its bytes out: fields to text and back. Signing and
 * verifying is left to who has the keys.
 */

import { DOCUMENTS, type DocumentType, SHEETS_MAX } from '../domain/municipal-certificate.ts';
import { fromBase45, toBase45 } from './base45.ts';
import { PAPER_CODE } from './certificate-protocol.ts';

export interface PaperCode {
  /** UUID of the request. */
  readonly request: string;
  /** SHA-256, hex: the manifest's subject. */
  readonly subject: string;
  /** Six digits. */
  readonly municipality: string;
  readonly document: DocumentType;
  /** From 1: the sheet among all sheets of the order. */
  readonly page: number;
  readonly pages: number;
  /** Whole seconds. */
  readonly issuedAt: Date;
  /** The first four bytes of SHA-256 over the signer's SubjectPublicKeyInfo, hex. */
  readonly keyId: string;
}

export interface SignedPaperCode {
  readonly code: PaperCode;
  /** What the signature is over. */
  readonly message: Buffer;
  /** ECDSA P-256, IEEE P1363. */
  readonly signature: Buffer;
}

const SIZES = {
  request: 16,
  subject: 32,
  municipality: 3,
  keyId: 4,
  seconds: 4,
  signature: 64,
} as const;
const PLACES = {
  subject: 16,
  municipality: 48,
  document: 51,
  page: 52,
  pages: 53,
  seconds: 54,
  keyId: 58,
  signature: 62,
} as const;
const SECOND_MS = 1_000;
const PREFIX = Buffer.from(PAPER_CODE.signs, 'ascii');
const UUID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/u;
const DIGITS = /^\d{6}$/u;

/** What the signature of a code is over. Throws for fields that no code can hold. */
export function paperCodeMessage(code: PaperCode): Buffer {
  const fields = Buffer.alloc(PLACES.signature);
  fields.set(bytesOf(code.request.replaceAll('-', ''), SIZES.request), 0);
  fields.set(bytesOf(code.subject, SIZES.subject), PLACES.subject);
  fields.set(bytesOf(code.municipality, SIZES.municipality), PLACES.municipality);
  fields.writeUInt8(DOCUMENTS.indexOf(code.document), PLACES.document);
  if (!isPlace(code.page, code.pages)) throw new RangeError('no such page');
  fields.writeUInt8(code.page, PLACES.page);
  fields.writeUInt8(code.pages, PLACES.pages);
  fields.writeUInt32BE(Math.floor(code.issuedAt.getTime() / SECOND_MS), PLACES.seconds);
  fields.set(bytesOf(code.keyId, SIZES.keyId), PLACES.keyId);
  return Buffer.concat([PREFIX, fields]);
}

/** The text of the code. `message`: of `paperCodeMessage`. */
export function writePaperCode(message: Buffer, signature: Uint8Array): string {
  const bytes = Buffer.concat([message.subarray(PREFIX.length), signature]);
  if (bytes.length !== PAPER_CODE.bytes) throw new RangeError('a code has another length');
  return PAPER_CODE.prefix + toBase45(bytes);
}

/** Null for a text that is no such code. The signature is not looked at. */
export function readPaperCode(text: string): SignedPaperCode | null {
  if (!text.startsWith(PAPER_CODE.prefix)) return null;
  const bytes = fromBase45(text.slice(PAPER_CODE.prefix.length));
  if (bytes?.length !== PAPER_CODE.bytes) return null;
  const code = fieldsOf(bytes);
  if (code === null) return null;
  return {
    code,
    message: Buffer.concat([PREFIX, bytes.subarray(0, PLACES.signature)]),
    signature: bytes.subarray(PLACES.signature),
  };
}

function fieldsOf(bytes: Buffer): PaperCode | null {
  const document = DOCUMENTS[bytes.readUInt8(PLACES.document)];
  const municipality = hexAt(bytes, PLACES.municipality, SIZES.municipality);
  const [page, pages] = [bytes.readUInt8(PLACES.page), bytes.readUInt8(PLACES.pages)];
  if (document === undefined || !DIGITS.test(municipality) || !isPlace(page, pages)) return null;
  return {
    request: hexAt(bytes, 0, SIZES.request).replace(UUID, '$1-$2-$3-$4-$5'),
    subject: hexAt(bytes, PLACES.subject, SIZES.subject),
    municipality,
    document,
    page,
    pages,
    issuedAt: new Date(bytes.readUInt32BE(PLACES.seconds) * SECOND_MS),
    keyId: hexAt(bytes, PLACES.keyId, SIZES.keyId),
  };
}

function isPlace(page: number, pages: number): boolean {
  return page >= 1 && page <= pages && pages <= SHEETS_MAX;
}

function hexAt(bytes: Buffer, place: number, size: number): string {
  return bytes.subarray(place, place + size).toString('hex');
}

function bytesOf(hex: string, size: number): Buffer {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length !== size || hex.length !== size * 2) throw new RangeError('no such field');
  return bytes;
}
