/** One person's card as a reader of this test shows it, and the authorities that stand for it. */

import type { CardReader } from '../../devices/card/card.ts';

export const PIN = '2468';
export const CERTIFICATE = Buffer.from('the DER of a certificate of this test');

/** The card of one person: it proves itself, and takes one PIN. */
export const READER = {
  name: 'reader',
  modelled: true,
  prove: async () => ({ ...SHOWN, notProved: null, proof: PROOF }),
  triesLeft: async () => 3,
  provePin: async (_tap: number, { pin }: { readonly pin: Uint8Array }) =>
    Buffer.from(pin).toString() === PIN
      ? { ...SHOWN, result: 'proved', ...PROOF }
      : { ...SHOWN, result: 'wrong-pin', triesLeft: 2 },
} as unknown as CardReader;

const PROOF = { message: Buffer.from('message'), signature: Buffer.from('signature') };
const SHOWN = { certificate: CERTIFICATE, startedAt: 0, finishedAt: 0, provedAt: 0 };
export const TRUST = { anchors: 1, verify: async () => ({ valid: true }) };
