/**
 * What a level of assurance does not stop, in one sentence for those who choose it: the platform's commands and pages say
 * it wherever they show what a list asks for.
 */

import type { Assurance } from './entry-list.ts';

export const NOT_STOPPED = {
  identified: {
    ja: '証明書を写しただけの別のカードでも入れます。読むだけでは、本物のカードかどうか分かりません。',
    en: 'Admits a copy of the certificate on any other card: reading it does not show that the card is the real one.',
  },
  possession: {
    ja: '盗まれたカードと、離れた所から中継されたカードは止められません。',
    en: 'Admits a stolen card, and a card that is relayed from somewhere else.',
  },
  'possession+pin': {
    ja: '暗証番号も知られた盗難カードと、持ち主が暗証番号を入れている間の中継は止められません。',
    en: 'Admits a stolen card whose PIN is known, and a relay while its owner types the PIN elsewhere.',
  },
} as const satisfies Record<Assurance, { readonly ja: string; readonly en: string }>;
