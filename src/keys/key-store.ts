/**
 * Where the terminal's own keys are: a store that uses them for whoever asks and never hands one out. Keys are told apart
 * by labels (`LABEL`): `terminal-...` (its own), `institution`, `list.<id>.row`, `list.<id>.data`.
 */

import type { KeyObject } from 'node:crypto';

/** The name of a list fits in between `list.` and `.data`. */
export const LABEL = /^[a-z0-9][a-z0-9._-]{0,99}$/u;
/** Of a key for HMAC-SHA-256. */
export const SECRET_BYTES = 32;

/** A private RSA-2048 key. */
export interface SigningKey {
  readonly publicKey: KeyObject;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over `data`, 256 bytes; null when the key can't be used now. */
  sign(data: Uint8Array): Promise<Uint8Array | null>;
}

export interface MacKey {
  /** HMAC-SHA-256 of `data`, 32 bytes. Rejects with `KeyStoreError` when the key can't be used now. */
  mac(data: Uint8Array): Promise<Buffer>;
}

/** A key that was wrapped for a key of this store. */
export interface WrappedKey {
  /** `secret`: 32 bytes, for `MacKey`; `rsa`: PKCS#8 of an RSA-2048 key, for `SigningKey`. */
  readonly kind: 'secret' | 'rsa';
  /** RSAES-OAEP (SHA-1, MGF1 with SHA-1: what every token can do) of an AES-256 key, 256 bytes. */
  readonly transported: Buffer;
  /** The key, wrapped under that AES key: RFC 3394 for `secret`, RFC 5649 for `rsa`. */
  readonly wrapped: Buffer;
}

/** What was to be used can't be, and why; never with a byte of a key. */
export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
}

export interface KeyStore {
  readonly kind: 'file' | 'pkcs11';
  /** Makes an RSA-2048 key in the store, in place of one of the same label. */
  generate(label: string): Promise<SigningKey>;
  /** Null where there is no such key. Rejects with `KeyStoreError` for one that must not be used. */
  signingKey(label: string): Promise<SigningKey | null>;
  /** As `signingKey`. */
  macKey(label: string): Promise<MacKey | null>;
  /** Takes a key in clear, in place of one of the same label, durably: 32 bytes for `secret`, PKCS#8 for `rsa`. */
  keep(label: string, kind: WrappedKey['kind'], key: Buffer): Promise<void>;
  /** Takes a key that was wrapped for the key `recipient`, durably; in a token it is never outside of it. */
  unwrap(label: string, wrapped: WrappedKey, recipient: string): Promise<void>;
  /** As if there never had been such a key. */
  forget(label: string): Promise<void>;
  close(): Promise<void>;
}
