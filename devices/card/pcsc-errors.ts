/**
 * What PC/SC's return codes mean here, in one table. npm pcsclite reports a code only inside the text of its errors.
 */

import { CardError, type CardFault } from './card.ts';

/** The reader or the service behind it can't be used any more. */
export class ReaderLost extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'ReaderLost';
  }
}

/** Another program holds the card; worth another try. */
export class CardBusy extends CardError {
  constructor(options?: ErrorOptions) {
    super('card-unreadable', 'another program holds the card', options);
    this.name = 'CardBusy';
  }
}

type Meaning = CardFault | 'busy' | 'lost';

/** PC/SC workgroup, Part 5, and pcsclite.h. A code that is not here is a card that can't be read. */
const MEANINGS: ReadonlyMap<number, { readonly name: string; readonly meaning: Meaning }> = new Map(
  [
    [0x80100003, { name: 'INVALID_HANDLE', meaning: 'card-removed' }],
    [0x80100009, { name: 'UNKNOWN_READER', meaning: 'lost' }],
    [0x8010000a, { name: 'TIMEOUT', meaning: 'card-unreadable' }],
    [0x8010000b, { name: 'SHARING_VIOLATION', meaning: 'busy' }],
    [0x8010000c, { name: 'NO_SMARTCARD', meaning: 'card-removed' }],
    [0x8010000f, { name: 'PROTO_MISMATCH', meaning: 'card-unreadable' }],
    [0x80100013, { name: 'COMM_ERROR', meaning: 'lost' }],
    // What a contactless card that leaves the field in the middle of a command looks like through libccid.
    [0x80100016, { name: 'NOT_TRANSACTED', meaning: 'card-removed' }],
    [0x80100017, { name: 'READER_UNAVAILABLE', meaning: 'lost' }],
    [0x8010001d, { name: 'NO_SERVICE', meaning: 'lost' }],
    [0x8010001e, { name: 'SERVICE_STOPPED', meaning: 'lost' }],
    [0x8010002e, { name: 'NO_READERS_AVAILABLE', meaning: 'lost' }],
    [0x80100065, { name: 'UNSUPPORTED_CARD', meaning: 'card-unreadable' }],
    [0x80100066, { name: 'UNRESPONSIVE_CARD', meaning: 'card-unreadable' }],
    // At connect: a card whose ATR is garbage. In the middle of a tap it comes after RESET_CARD or REMOVED_CARD.
    [0x80100067, { name: 'UNPOWERED_CARD', meaning: 'card-unreadable' }],
    [0x80100068, { name: 'RESET_CARD', meaning: 'card-removed' }],
    [0x80100069, { name: 'REMOVED_CARD', meaning: 'card-removed' }],
  ],
);

/** The typed form of an error of npm pcsclite: `CardError` (or its `CardBusy`) or `ReaderLost`. */
export function fromPcsc(error: unknown): CardError | ReaderLost {
  const text = error instanceof Error ? error.message : String(error);
  const digits = /\(0x([0-9a-f]{8,16})\)/.exec(text)?.[1];
  // A LONG is 64 bits wide here, so a code may be printed sign-extended.
  const code = digits === undefined ? undefined : Number.parseInt(digits.slice(-8), 16);
  const known = code === undefined ? undefined : MEANINGS.get(code);
  const detail = known === undefined ? text : `PC/SC ${known.name}`;
  switch (known?.meaning) {
    case 'busy':
      return new CardBusy({ cause: error });
    case 'lost':
      return new ReaderLost(detail, { cause: error });
    default:
      return new CardError(known?.meaning ?? 'card-unreadable', detail, { cause: error });
  }
}
