/** What a virtual card is made of. Plain JSON: it travels over the control socket of a simulated reader. */

import { z } from 'zod';
import { CARD_PIN_TRIES } from '../../src/domain/card-pin.ts';
import { SIGNING_PASSWORD_TRIES } from '../../src/domain/signing-password.ts';

/** Modelled ISO 14443-4 time; every figure taken with it is a model's, not a measurement. */
export interface CardTiming {
  /** kbit/s in both directions; 0: the bytes cost no time. */
  readonly bitRate: number;
  /** ms for each command. */
  readonly perApduMs: number;
  /** ms for each private key operation. */
  readonly signatureMs: number;
}

/**
 * What can be wrong with a card: each is one behaviour that differs, everything else stays that of the normal card.
 * Counts are commands since power-up.
 */
export interface CardFaults {
  /** Answers so many commands, then never again. */
  readonly muteAfter?: number;
  /** Answers so many commands; the next one finds the card gone from the field. */
  readonly removedAfter?: number;
  /** Answers so many commands, then with no byte at all. */
  readonly emptyAfter?: number;
  /** The first command after power-up gets 6F00 whatever it is. */
  readonly failsFirst?: boolean;
  /** READ BINARY answers 61xx, and so does GET RESPONSE, for ever. */
  readonly endless61?: boolean;
  /** READ BINARY answers 6Cxx whatever Le is. */
  readonly endless6c?: boolean;
  /**
   * EF 000A: cut off after 300 bytes; 8,192 bytes that say so in their header; a header that promises 100 bytes more
   * than there are; bytes that are no DER; no bytes.
   */
  readonly certificate?: 'truncated' | 'oversized' | 'lying-length' | 'garbage' | 'empty';
  /** READ BINARY gives so many bytes more (or, negative, fewer) than was asked for, and 9000. */
  readonly readSurplus?: number;
  /** Base64: the signature, recorded earlier, that a grant gets in place of a new one. */
  readonly replay?: string;
  /** Somebody sits between, pretends that every PIN is right, and has only a grant to sign with. */
  readonly interposed?: boolean;
  /** Status word (4 hex digits, no data) for every command with this instruction code (2 lower-case hex digits). */
  readonly statusWords?: Readonly<Record<string, string>>;
}

export interface CardDefinition {
  /** A `transit` card has no JPKI application; a `phone` shows its certificate only after its PIN. */
  readonly kind: 'my-number' | 'phone' | 'transit';
  /** CK_TOKEN_INFO label; what the kind has if not given. */
  readonly label?: string;
  /** Hex; what the kind has if not given. Empty or garbage is a fault worth trying. */
  readonly atr?: string;
  /** Certificates: base64 of the DER. Keys: PKCS#8 PEM. What is not given is not on the card. */
  readonly userCertificate?: string;
  readonly userCaCertificate?: string;
  readonly userPrivateKey?: string;
  readonly signCertificate?: string;
  readonly signCaCertificate?: string;
  readonly signPrivateKey?: string;
  /**
   * Base64 of EF 0016, authority key id (16) || RSAPublicKey DER (270): who may certify institutions. Without it the card
   * has no 特定機関認証.
   */
  readonly authorityKey?: string;
  /** PIN of the user-authentication key, four digits; `1234` if not given. */
  readonly pin?: string;
  /** How often the PIN may still be wrong, 0 to 3; 3 if not given. A card that is taken away keeps its counter. */
  readonly pinTriesLeft?: number;
  /** Password of the signature key, 6 to 16 of [A-Z0-9]; `ABC123` if not given. */
  readonly password?: string;
  /** How often the password may still be wrong, 0 to 5; 5 if not given. */
  readonly passwordTriesLeft?: number;
  readonly faults?: CardFaults;
  readonly timing?: CardTiming;
}

/** What a chip remembers of its PIN and its password; what it does not have is left out. */
export type TriesLeft = Pick<CardDefinition, 'pinTriesLeft' | 'passwordTriesLeft'>;

const apdus = z.int().nonnegative().max(100_000).exactOptional();
const milliseconds = z.number().nonnegative().max(60_000);
const certificate = z.base64().max(65_536).exactOptional();
const privateKey = z.string().max(16_384).exactOptional();
const flag = z.boolean().exactOptional();

/** A definition that came from outside. */
export const CARD_DEFINITION = z.strictObject({
  kind: z.enum(['my-number', 'phone', 'transit']),
  label: z.string().max(32).exactOptional(),
  atr: z
    .string()
    .regex(/^([0-9a-f]{2}){0,33}$/iu, 'an ATR is at most 33 bytes in hex')
    .exactOptional(),
  userCertificate: certificate,
  userCaCertificate: certificate,
  userPrivateKey: privateKey,
  signCertificate: certificate,
  signCaCertificate: certificate,
  signPrivateKey: privateKey,
  authorityKey: z.base64().max(400).exactOptional(),
  pin: z.string().min(1).max(16).exactOptional(),
  pinTriesLeft: z.int().min(0).max(CARD_PIN_TRIES).exactOptional(),
  password: z.string().min(1).max(16).exactOptional(),
  passwordTriesLeft: z.int().min(0).max(SIGNING_PASSWORD_TRIES).exactOptional(),
  faults: z
    .strictObject({
      muteAfter: apdus,
      removedAfter: apdus,
      emptyAfter: apdus,
      failsFirst: flag,
      endless61: flag,
      endless6c: flag,
      certificate: z
        .enum(['truncated', 'oversized', 'lying-length', 'garbage', 'empty'])
        .exactOptional(),
      readSurplus: z.int().min(-256).max(256).exactOptional(),
      interposed: flag,
      replay: z.base64().max(400).exactOptional(),
      statusWords: z
        .record(z.string().regex(/^[0-9a-f]{2}$/u), z.string().regex(/^[0-9a-f]{4}$/iu))
        .exactOptional(),
    })
    .exactOptional(),
  timing: z
    .strictObject({
      bitRate: z.number().nonnegative().max(10_000),
      perApduMs: milliseconds,
      signatureMs: milliseconds,
    })
    .exactOptional(),
}) satisfies z.ZodType<CardDefinition>;
