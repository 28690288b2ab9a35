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
