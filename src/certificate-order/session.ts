/**
 * Whose order it is and what was ordered, fixed in memory when the card has signed it with its PIN, and wiped when the
 * visit ends. Whatever comes from the centre is held against this record and nothing else: not against a card that lies
 * there later, and not against what came before.
 */

import { createHash, randomUUID } from 'node:crypto';
import type { Order } from '../domain/municipal-certificate.ts';

const HEX_PER_UUID = 32;

export class OrderSession {
  /** UUID; in digests its 16 bytes. */
  readonly request: string;
  /** The terminal's name, as the centre knows it. */
  readonly terminal: string;
  readonly order: Order;
  readonly #subject: Buffer;

  /** `certificate`: DER of the user-authentication certificate; its bytes are not kept. */
  constructor(certificate: Uint8Array, terminal: string, order: Order, request = randomUUID()) {
    this.request = request;
    this.terminal = terminal;
    this.order = order;
    this.#subject = subjectOf(request, certificate);
  }

  /** SHA-256 over request id and certificate, hex: what manifest and papers must say. */
  get subject(): string {
    return this.#subject.toString('hex');
  }

  /** From now on nothing is of this session. */
  wipe(): void {
    this.#subject.fill(0);
  }
}

/** The request id as 32 hex digits: how the printer knows a sheet. */
export function hexOf(request: string): string {
  const hex = request.replaceAll('-', '');
  if (hex.length !== HEX_PER_UUID) throw new RangeError('a request id is a UUID');
  return hex;
}

function subjectOf(request: string, certificate: Uint8Array): Buffer {
  return createHash('sha256')
    .update(Buffer.from(hexOf(request), 'hex'))
    .update(certificate)
    .digest();
}
