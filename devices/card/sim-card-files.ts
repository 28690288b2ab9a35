/**
 * The applications and files of a virtual card: numbers, layouts and access rules as public sources give them (OpenSC
 * card-jpki.c, jpki/myna, myna-card).
 */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CARD_PIN_TRIES } from '../../src/domain/card-pin.ts';
import { SIGNING_PASSWORD_TRIES } from '../../src/domain/signing-password.ts';
import type { CardDefinition } from './sim-card-definition.ts';

/** Reference data (PIN or password) with its retry counter. `secret` null: no value is ever right. */
export class ReferenceData {
  readonly tries: number;
  readonly #secret: Buffer | null;
  left: number;
  verified = false;

  constructor(tries: number, secret: string | null, left = tries) {
    this.tries = tries;
    this.left = left;
    this.#secret = secret === null ? null : Buffer.from(secret, 'latin1');
  }

  /** Counts down on a wrong value, which also ends what an earlier right one allowed. */
  verify(value: Uint8Array): boolean {
    this.verified = this.#secret?.equals(value) ?? false;
    this.left = this.verified ? this.tries : Math.max(0, this.left - 1);
    return this.verified;
  }
}

export type ElementaryFile =
  | {
      readonly type: 'transparent';
      readonly content: Uint8Array;
      /** READ BINARY needs this verified; null: free. `never`: no way to open it is modelled. */
      readonly access: ReferenceData | 'never' | null;
    }
  | { readonly type: 'pin'; readonly reference: ReferenceData }
  | { readonly type: 'key'; readonly key: KeyObject; readonly access: ReferenceData };

export interface Application {
  readonly aid: Buffer;
  readonly files: ReadonlyMap<number, ElementaryFile>;
}

const AID = {
  jpki: 'D392F000260100000001',
  common: 'D3921000310001010100',
  residentRegister: 'D3921000310001010401',
  surface: 'D3921000310001010402',
  text: 'D3921000310001010408',
} as const;

const LABEL = { 'my-number': 'JPKIAPICCTOKEN2', phone: 'JPKIAPGPSETOKEN' } as const;

/** The files of the JPKI application that more than a SELECT needs to know. */
export const EF = {
  authorityKey: 0x0016,
  userKey: 0x0017,
  userPin: 0x0018,
  signKey: 0x001a,
  signPassword: 0x001b,
} as const;

/** In the order in which a truncated AID is matched. A transit card has none of them. */
export function applicationsOf(definition: CardDefinition): Application[] {
  if (definition.kind === 'transit') return [];
  const jpki = application(AID.jpki, jpkiFiles(definition, LABEL[definition.kind]));
  if (definition.kind === 'phone') return [jpki];
  const pin = (tries: number): ElementaryFile => ({
    type: 'pin',
    reference: new ReferenceData(tries, null),
  });
  const personal: ElementaryFile = {
    type: 'transparent',
    content: new Uint8Array(),
    access: 'never',
  };
  return [
    jpki,
    application(AID.common, []),
    application(AID.residentRegister, []),
    application(AID.surface, [
      [0x0001, personal],
      [0x0002, personal],
      [0x0005, personal],
      [0x0012, pin(10)],
    ]),
    application(AID.text, [
      [0x0001, personal],
      [0x0002, personal],
      [0x0003, personal],
      [0x0004, personal],
      [0x0005, personal],
      [0x0011, pin(3)],
      [0x0015, pin(10)],
    ]),
  ];
}

type Entry = readonly [id: number, file: ElementaryFile];

function application(aid: string, files: readonly Entry[]): Application {
  return { aid: Buffer.from(aid, 'hex'), files: new Map(files) };
}

function jpkiFiles(definition: CardDefinition, label: string): Entry[] {
  const { pinTriesLeft, passwordTriesLeft, password: secret = 'ABC123' } = definition;
  const pin = new ReferenceData(CARD_PIN_TRIES, definition.pin ?? '1234', pinTriesLeft);
  const password = new ReferenceData(SIGNING_PASSWORD_TRIES, secret, passwordTriesLeft);
  const user = faultyCertificate(definition);
  const present = [definition.signCertificate, definition.userCertificate].map((certificate) =>
    certificate === undefined ? 0x00 : 0x8f,
  );
  return [
    ...transparentFile(0x0001, decode(definition.signCertificate), password),
    ...transparentFile(0x0002, decode(definition.signCaCertificate), null),
    [0x0006, free(tokenInfo(definition.label ?? label))],
    [0x0008, free(Uint8Array.of(...present, 0x00))],
    ...transparentFile(0x000a, user, definition.kind === 'phone' ? pin : null),
    ...transparentFile(0x000b, decode(definition.userCaCertificate), null),
    ...transparentFile(EF.authorityKey, decode(definition.authorityKey), null),
    ...keyFile(EF.userKey, definition.userPrivateKey, pin),
    [EF.userPin, { type: 'pin', reference: pin }],
    ...keyFile(EF.signKey, definition.signPrivateKey, password),
    [EF.signPassword, { type: 'pin', reference: password }],
  ];
}

function free(content: Uint8Array): ElementaryFile {
  return { type: 'transparent', content, access: null };
}

function transparentFile(
  id: number,
  content: Buffer | undefined,
  access: ReferenceData | null,
): Entry[] {
  return content === undefined ? [] : [[id, { type: 'transparent', content, access }]];
}

function keyFile(id: number, pem: string | undefined, access: ReferenceData): Entry[] {
  return pem === undefined ? [] : [[id, { type: 'key', key: createPrivateKey(pem), access }]];
}

function decode(base64: string | undefined): Buffer | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

function faultyCertificate({ userCertificate, faults }: CardDefinition): Buffer | undefined {
  const certificate = decode(userCertificate);
  if (certificate === undefined) return undefined;
  switch (faults?.certificate) {
    case undefined:
      return certificate;
    case 'truncated':
      return certificate.subarray(0, 300);
    case 'oversized':
      return Buffer.concat([Buffer.of(0x30, 0x82, 0x1f, 0xfc), Buffer.alloc(8188, 0x05)]);
    case 'lying-length': {
      const lying = Buffer.from(certificate);
      lying.writeUInt16BE(certificate.readUInt16BE(2) + 100, 2);
      return lying;
    }
    case 'garbage':
      return Buffer.alloc(certificate.length, 0xa5);
    case 'empty':
      return Buffer.alloc(0);
  }
}

/** CK_TOKEN_INFO (PKCS#11 2.40, 3.2), serialised in its order with big-endian numbers; 160 bytes. */
function tokenInfo(label: string): Buffer {
  const text = (value: string, length: number) => Buffer.from(value.padEnd(length), 'latin1');
  const numbers = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
    return bytes;
  };
  return Buffer.concat([
    text(label, 32),
    text('KAZASU-SIM', 32),
    text('VIRTUAL', 16),
    text('0000000000000000', 16),
    numbers(0x0000040d),
    numbers(1, 0, 1, 0),
    numbers(16, 6),
    numbers(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff),
    Buffer.of(1, 0, 1, 0),
    text('9'.repeat(16), 16),
  ]);
}
