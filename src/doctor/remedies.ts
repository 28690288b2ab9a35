/** What to do about what is wrong, where it takes more than a line. */

import type { Assurance } from '../domain/entry-list.ts';
import type { KeyStore } from '../keys/key-store.ts';

export const KEYS_REMEDIES: Readonly<Record<KeyStore['kind'], string>> = {
  file: 'stop the terminal; give the folder `keys` the rights 700 and the files in it 600; if others could read them, remove the files, and have the keys changed at the platform',
  pkcs11: 'check `[keys]` in the configuration, the token and its PIN; docs/operation.md says how',
};

export const RENEWAL_REMEDY =
  'let the terminal reach the platform, which renews it by itself, also when its time is over; where it is reached, `identity.rejected` in the journal says why not; it serves on meanwhile with the lists that it has';

export const OUT_OF_REACH_REMEDIES: Readonly<Record<Assurance, string>> = {
  identified: '',
  possession:
    'let the terminal reach the platform, and the platform have an institution in force (`kazasu-platform institution list`)',
  'possession+pin': 'publish the list with `--assurance possession`: event entry asks for no PIN',
};

export const TURNSTILE_REMEDY =
  'check its power and wires and `[turnstile]` in the configuration; without it people are let in all the same: somebody has to open by hand, and says on the screen who walked through';

/** What the platform, or this terminal itself, said when no link came of it. */
const LINK_REMEDIES: Readonly<Record<string, string>> = {
  'not-enrolled':
    'stop the daemon and enrol the terminal: `kazasu enrol --code CODE`, with the code that `kazasu-platform terminal add` prints',
  'enrolled-without-tls':
    'this terminal is enrolled: `[platform] url` has to be the address where the platform speaks TLS, wss://',
  'platform-changed':
    'whoever answers at `[platform] url` is not the platform that this terminal knows; find out who it is',
  'platform-certificate':
    "the platform's certificate is not in order for this address and time; check `[platform] url` and the clock",
  'own-key-unusable':
    'the key store does not have the key of this terminal now; look at it, or enrol the terminal again',
  'turned-away: revoked':
    'the terminal was revoked at the platform; if that is over: `kazasu-platform terminal add NAME --again`, and enrol it',
  'turned-away: replaced':
    'another machine has enrolled by this name since; find it, or enrol this one again',
  'turned-away: unknown-certificate':
    'the platform does not know the certificate of this terminal; enrol it again',
};

export function linkRemedy(reason: string): string {
  const known = Object.keys(LINK_REMEDIES).find((start) => reason.startsWith(start));
  return LINK_REMEDIES[known ?? ''] ?? 'check network and `[platform] url`';
}
