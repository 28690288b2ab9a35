/** How it stands with the secret of a card that is asked for, in whatever screens an errand has for that. */

import type { AnyMachineSnapshot } from 'xstate';
import {
  CARD_SECRET_DELAYS,
  type CardSecretContext,
} from '../../state-machines/card-secret-setup.ts';

export type SecretShown =
  /** The card is asked how many wrong ones it takes. */
  | { readonly is: 'counting' }
  | { readonly is: 'still-there'; readonly seconds: number }
  | { readonly is: 'last-try' }
  | {
      readonly is: 'typing';
      /** Characters. */
      readonly length: number;
      readonly tries: number;
      readonly result: 'ask' | 'wrong' | 'checking';
    };

/** `secret`: of state-machines/card-secret.ts, while it runs. */
export function secretShown(secret: AnyMachineSnapshot): SecretShown {
  if (secret.matches({ warning: 'stillThere' }) || secret.matches({ typing: 'stillThere' })) {
    return { is: 'still-there', seconds: CARD_SECRET_DELAYS.secretLeaving / 1_000 };
  }
  if (secret.matches('warning')) return { is: 'last-try' };
  if (!secret.matches('typing')) return { is: 'counting' };
  const { length, tries, wasWrong }: CardSecretContext = secret.context;
  const isChecking = secret.matches({ typing: 'proving' });
  return {
    is: 'typing',
    length,
    tries,
    result: isChecking ? 'checking' : wasWrong ? 'wrong' : 'ask',
  };
}
