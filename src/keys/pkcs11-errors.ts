/** What PKCS#11's return values (PKCS #11 3.0, 5.1) mean here, in one table. */

import { KeyStoreError } from './key-store.ts';

/** `lost`: the session is of no use any more, and a new one may be. */
export class TokenError extends KeyStoreError {
  readonly lost: boolean;
  readonly pinRefused: boolean;
  constructor(message: string, { lost = false, pinRefused = false } = {}) {
    super(message);
    this.lost = lost;
    this.pinRefused = pinRefused;
  }
}

interface Meaning {
  readonly says: string;
  readonly lost?: true;
  readonly pinRefused?: true;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  CKR_HOST_MEMORY: { says: 'the module is out of memory', lost: true },
  CKR_DEVICE_ERROR: { says: 'the token failed', lost: true },
  CKR_DEVICE_MEMORY: { says: 'the token is full' },
  CKR_DEVICE_REMOVED: { says: 'the token was removed', lost: true },
  CKR_TOKEN_NOT_PRESENT: { says: 'the token is not there', lost: true },
  CKR_TOKEN_NOT_RECOGNIZED: { says: 'the token is not known to the module', lost: true },
  CKR_TOKEN_WRITE_PROTECTED: { says: 'the token takes no keys: it is write-protected' },
  CKR_SESSION_CLOSED: { says: 'the token ended the session', lost: true },
  CKR_SESSION_HANDLE_INVALID: { says: 'the token ended the session', lost: true },
  CKR_SESSION_COUNT: { says: 'the token has no session to spare', lost: true },
  CKR_USER_NOT_LOGGED_IN: { says: 'the token ended the session', lost: true },
  CKR_CRYPTOKI_NOT_INITIALIZED: { says: 'the module was not started', lost: true },
  CKR_OBJECT_HANDLE_INVALID: { says: 'the key is not in the token any more' },
  CKR_KEY_HANDLE_INVALID: { says: 'the key is not in the token any more' },
  CKR_PIN_INCORRECT: { says: 'the token does not take the PIN', pinRefused: true },
  CKR_PIN_INVALID: { says: 'the token does not take the PIN', pinRefused: true },
  CKR_PIN_LEN_RANGE: { says: 'the token does not take the PIN', pinRefused: true },
  CKR_PIN_EXPIRED: { says: 'the PIN has expired', pinRefused: true },
  CKR_PIN_LOCKED: { says: 'the PIN is locked', pinRefused: true },
  CKR_USER_PIN_NOT_INITIALIZED: { says: 'the token has no PIN yet', pinRefused: true },
};

/** Of a library that failed in a way that its own words do not tell: a new start may help. */
const VAGUE: ReadonlySet<string> = new Set(['CKR_GENERAL_ERROR', 'CKR_FUNCTION_FAILED']);

/** The typed form of what pkcs11js throws; anything else is a defect and comes back as it is. */
export function fromToken(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof KeyStoreError) return error;
  const [name = ''] = /CKR_[A-Z0-9_]+/u.exec(error.message) ?? [];
  if (name === '') return error;
  const { says, ...what } = MEANINGS[name] ?? { says: 'the token refuses', lost: VAGUE.has(name) };
  return new TokenError(`${says} (${name})`, what);
}
