/** What is typed of a secret, for the machine of a card's secret (state-machines/card-secret.ts): only how long it is. */

import { fromCallback } from 'xstate';
import type { SecretPadEvent } from '../state-machines/card-secret-setup.ts';

/** As of `PinVault`. */
interface Vault {
  readonly length: number;
  erase(): void;
  wipe(): void;
}

/** Tells how many characters there are, and overwrites them when nobody waits for them any more. */
export function secretPad(vault: Vault) {
  return fromCallback<SecretPadEvent>(({ receive, sendBack }) => {
    const tell = () => sendBack({ type: 'secret.typed', length: vault.length });
    tell();
    receive(({ type }) => {
      if (type === 'erase') vault.erase();
      tell();
    });
    return () => vault.wipe();
  });
}
