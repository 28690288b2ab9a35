/** What the daemon and its key process say to each other. */

import type { WrappedKey } from './key-store.ts';

/** Where the keys are. */
export interface TokenPlace {
  /** Path of the PKCS#11 module, a shared library. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
}

/** One key in the token. A new key under the same label has another id. */
export interface KeyReference {
  readonly label: string;
  /** CKA_ID, hex. */
  readonly id: string;
}

export interface FoundKey extends KeyReference {
  readonly kind: WrappedKey['kind'];
  /** SubjectPublicKeyInfo, DER; null for a secret. */
  readonly publicKey: Buffer | null;
}

/** What is asked, and what comes back when it is done. */
export interface KeyTasks {
  open: { ask: TokenPlace & { readonly pin: Buffer }; done: null };
  generate: { ask: { readonly label: string }; done: FoundKey };
  find: { ask: { readonly label: string }; done: FoundKey | null };
  sign: { ask: KeyReference & { readonly data: Uint8Array }; done: Buffer };
  mac: { ask: KeyReference & { readonly data: Uint8Array }; done: Buffer };
  keep: {
    ask: { readonly label: string; readonly kind: WrappedKey['kind']; readonly key: Buffer };
    done: null;
  };
  unwrap: {
    ask: { readonly label: string; readonly wrapped: WrappedKey; readonly recipient: string };
    done: null;
  };
  forget: { ask: { readonly label: string }; done: null };
}

export type KeyTask = keyof KeyTasks;

export interface KeyRequest {
  readonly id: number;
  readonly task: KeyTask;
  readonly ask: KeyTasks[KeyTask]['ask'];
}

/**
 * `lost`: nothing can be had of this process any more. `pinRefused`: the token did not take the PIN, and another try could
 * lock it.
 */
export type KeyReply =
  | { readonly id: number; readonly done: KeyTasks[KeyTask]['done'] }
  | {
      readonly id: number;
      readonly problem: string;
      readonly lost: boolean;
      readonly pinRefused: boolean;
    };
