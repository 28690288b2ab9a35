/**
 * The card reader as the rest of the daemon sees it: cards come and go, and a card can be asked who it is.
 *
 * A driver never heals itself. It opens, works, and when the reader (or the service behind it) is gone it says so
 * once with `onLost`; `state-machines/device.ts` closes it and opens a new one.
 */

import type { Reason } from '../../src/domain/reason.ts';

export type CardFault = Extract<
  Reason,
  'card-removed' | 'card-unreadable' | 'card-not-supported' | 'phone-not-supported'
>;

/**
 * What is known of a PIN whose proof came to no end. `not-sent`: the card never saw it. `unknown`: it was on its way, and
 * whether it cost a try can only be read from the card (`triesLeft`). `right`: the card took it; the signature is missing.
 */
export type PinFate = 'not-sent' | 'unknown' | 'right';

/** An expected failure of the card in the field. Anything else that a driver throws is a defect. */
export class CardError extends Error {
  readonly fault: CardFault;
  readonly pin: PinFate;
  constructor(
    fault: CardFault,
    detail: string,
    options: ErrorOptions & { readonly pin?: PinFate } = {},
  ) {
    super(detail, options);
    this.name = 'CardError';
    this.fault = fault;
    this.pin = options.pin ?? 'not-sent';
  }
}

/** One stay of one card in the field. A new number whenever another card could be there. */
export type Tap = number;

export interface CardReaderListener {
  /** `sensedAt`: CLOCK_MONOTONIC in ms (`process.hrtime`), comparable between processes of this machine. */
  onCardPresent(tap: Tap, sensedAt: number): void;
  onCardGone(tap: Tap): void;
  /** The device can't be used any more. Called at most once. */
  onLost(reason: string): void;
}

export interface CardIdentity {
  /** DER of the user-authentication certificate, EF 000A, exactly as long as its DER length says. */
  readonly certificate: Uint8Array;
  /** CLOCK_MONOTONIC in ms: when the first byte was sent to the card, and when the last came back. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** In whose name a card is asked to prove its key. Where the institution's key is, is its store's business. */
export interface Institution {
  /** The institution's card-verifiable certificate: the objects 5F4E and 5F37, one after the other, 568 bytes. */
  readonly certificate: Uint8Array;
  /** What stands for this terminal in the message that the card signs: the DER of its certificate. */
  readonly terminal: Uint8Array;
  /** RSASSA-PKCS1-v1_5 with SHA-256 by the institution's key, 256 bytes; null when the key can't be used now. */
  sign(data: Uint8Array): Promise<Uint8Array | null>;
}

export interface CardProof extends CardIdentity {
  /** Why the card did not prove that it holds the private key of its certificate, for the journal; null: it did. */
  readonly notProved: string | null;
  /** What the card signed, for whoever does not believe this terminal; null when it proved nothing. */
  readonly proof: SignedProof | null;
  /** CLOCK_MONOTONIC in ms: when the exchange after the reading was over. */
  readonly provedAt: number;
}

/** RSASSA-PKCS1-v1_5 with SHA-256 by the key of the certificate. */
export interface SignedProof {
  /** `kazasu-tap-1` or `kazasu-pin-1`, and what follows. */
  readonly message: Uint8Array;
  /** 256 bytes. */
  readonly signature: Uint8Array;
}

/** What a card is to sign once its holder has shown that they know the PIN. */
export interface PinAsked {
  /**
   * The PIN of the user-authentication key: four ASCII digits. The driver overwrites it before it returns, whatever
   * happens, and in every process that it went through.
   */
  readonly pin: Uint8Array;
  /** What stands for this terminal in the message: the DER of its certificate. */
  readonly terminal: Uint8Array;
  /** SHA-256 of what is asked, 32 bytes; it stands in the message as it is. */
  readonly request: Uint8Array;
}

/** What came of a PIN that a card has answered to, and the certificate that was read in the same session. */
export type PinOutcome = CardIdentity & {
  /** CLOCK_MONOTONIC in ms: when the exchange after the reading was over. */
  readonly provedAt: number;
} & (
    | {
        readonly result: 'proved';
        /** RSASSA-PKCS1-v1_5 with SHA-256 by the key of the certificate, 256 bytes, over: */
        readonly signature: Uint8Array;
        /** `kazasu-pin-1` || nonce || SHA-256(terminal) || SHA-256(certificate) || request, 140 bytes. */
        readonly message: Uint8Array;
      }
    /** `triesLeft`: 1 or 2. */
    | { readonly result: 'wrong-pin'; readonly triesLeft: number }
    /** No PIN opens this card any more until its municipality resets it. */
    | { readonly result: 'blocked' }
    /** `detail`: which step the card refused, for the journal. */
    | { readonly result: 'not-proved'; readonly detail: string }
  );

/** What a card is to sign with its signing key (署名用電子証明書の鍵) once its holder has shown that they know the password. */
export interface ApplicationAsked {
  /**
   * The password of the signing key: 6 to 16 bytes of A to Z and 0 to 9. The driver overwrites it before it returns,
   * whatever happens, and in every process that it went through.
   */
  readonly password: Uint8Array;
  /** DER of the user-authentication certificate of the card that is meant: no other card is shown the password. */
  readonly authCertificate: Uint8Array;
  /** What is signed but for its last 32 bytes, the SHA-256 of the signing certificate; 1 to 1,024 bytes. */
  readonly message: Uint8Array;
}

/** What came of a password that a card has answered to; `certificate` is the user-authentication certificate. */
export type SigningOutcome = CardIdentity & {
  /** CLOCK_MONOTONIC in ms: when the exchange after the reading was over. */
  readonly provedAt: number;
} & (
    | {
        readonly result: 'signed';
        /** DER of EF 0001, which was read in the same session. Whether it is worth anything is not asked. */
        readonly signingCertificate: Uint8Array;
        /** RSASSA-PKCS1-v1_5 with SHA-256 by the key of the signing certificate, 256 bytes, over: */
        readonly signature: Uint8Array;
        /** What was asked || SHA-256(signing certificate). */
        readonly message: Uint8Array;
      }
    /** `triesLeft`: 1 to 4. */
    | { readonly result: 'wrong-pin'; readonly triesLeft: number }
    /** No password opens this key any more until the holder's municipality resets it. */
    | { readonly result: 'blocked' }
    /** The card has none, as that of a child under 15. It was shown no password where it says so itself. */
    | { readonly result: 'no-signing-certificate' }
    /** `detail`: which step the card refused, for the journal. */
    | { readonly result: 'not-signed'; readonly detail: string }
  );

export interface CardReader {
  /** The PC/SC name of the reader. */
  readonly name: string;
  /** True when cards and times are those of a model, so that every figure shown says so. */
  readonly modelled: boolean;
  /**
   * Reads the certificate of the card of this tap. Rejects with `CardError`; with `card-removed` when the card of
   * this tap is no longer the one in the field, also when another one is.
   */
  identify(tap: Tap): Promise<CardIdentity>;
  /**
   * Reads the certificate as `identify` does, and has the card prove its private key in the same session, without a PIN.
   * Whether the certificate itself is worth anything is not asked. Rejects as `identify`.
   */
  prove(tap: Tap, institution: Institution): Promise<CardProof>;
  /**
   * How often the PIN of the user-authentication key may still be wrong: 3 to 0, where 0 means blocked. Costs no try.
   * Rejects as `identify`.
   */
  triesLeft(tap: Tap): Promise<number>;
  /**
   * Reads the certificate, shows the card the PIN, and has it sign. One call sends a PIN at most once: no retry, no new
   * connection and no new process sends it again. Also with one try left it is sent: `triesLeft` is for whoever has to
   * warn. Rejects as `identify`, with `pin` saying what is known of the PIN then; with RangeError, the PIN overwritten,
   * when it is not four digits or the request not 32 bytes.
   */
  provePin(tap: Tap, asked: PinAsked): Promise<PinOutcome>;
  /**
   * How often the password of the signing key may still be wrong: 5 to 0, where 0 means blocked; null when the card has no
   * signing certificate. Costs no try. Rejects as `identify`.
   */
  signingTriesLeft(tap: Tap): Promise<number | null>;
  /**
   * Reads the user-authentication certificate, shows the card the password, reads the signing certificate, and has it sign.
   * One call sends a password at most once, as `provePin` does with a PIN, and rejects as `provePin`; with `card-removed`
   * and the password unsent when another card than that of `asked.authCertificate` answers.
   */
  signApplication(tap: Tap, asked: ApplicationAsked): Promise<SigningOutcome>;
  close(): Promise<void>;
}

export type OpenCardReader = (listener: CardReaderListener) => Promise<CardReader>;
