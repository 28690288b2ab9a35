/**
 * The line to the card in one PC/SC reader: connect, transmit, disconnect, one at a time, each with an end.
 */

import type { Transmit } from './apdu.ts';
import { CardError } from './card.ts';
import { fromPcsc, ReaderLost } from './pcsc-errors.ts';
import type { CardLimits } from './pcsc-messages.ts';

type Callback<T> = (error: unknown, value: T) => void;

/** What is used here of npm pcsclite's CardReader. */
export interface NativeReader {
  readonly SCARD_SHARE_EXCLUSIVE: number;
  readonly SCARD_PROTOCOL_T0: number;
  readonly SCARD_PROTOCOL_T1: number;
  readonly SCARD_LEAVE_CARD: number;
  readonly SCARD_UNPOWER_CARD: number;
  connect(
    options: { readonly share_mode: number; readonly protocol: number },
    done: Callback<number>,
  ): void;
  disconnect(disposition: number, done: (error: unknown) => void): void;
  transmit(command: Buffer, responseMax: number, protocol: number, done: Callback<Buffer>): void;
}

/** A short response is at most 258 bytes; what is longer must still arrive to be refused as too long. */
const RESPONSE_BYTES_MAX = 4098;

export class CardLine {
  readonly #reader: NativeReader;
  readonly #limits: CardLimits;
  readonly #onLost: (error: ReaderLost) => void;
  #lastCall: Promise<unknown> = Promise.resolve();

  /** `onLost` is told of a call that never comes back; such a reader can be cured from outside only. */
  constructor(reader: NativeReader, limits: CardLimits, onLost: (error: ReaderLost) => void) {
    this.#reader = reader;
    this.#limits = limits;
    this.#onLost = onLost;
  }

  /**
   * Powers the card and holds it exclusively: PIN and signature sequences of other programs can't come between, and
   * npm pcsclite knows no transactions. Rejects with `CardError`, `CardBusy` among them, or `ReaderLost`.
   */
  async connect(): Promise<Transmit> {
    const { SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1 } = this.#reader;
    const options = {
      share_mode: SCARD_SHARE_EXCLUSIVE,
      protocol: SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
    };
    const protocol = await this.#call<number>((done) => this.#reader.connect(options, done));
    return (command) => this.#transmit(command, protocol);
  }

  /** Has everything made that the first connection would otherwise wait for. */
  async warmUp(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      if (!(error instanceof CardError)) throw error;
    }
    await this.disconnect('powerOff');
  }

  /**
   * Ends the connection; also right when there is none. `powerOff` is for a card that is known to be there: it ends its
   * security status. For a card that left, it would have pcscd 1.9.9 look for the card by itself and forget to tell its
   * own event thread, which then never sees the next card (SCardDisconnect, IFDPowerICC).
   *
   * Rejects with `ReaderLost` when PC/SC refuses, because npm pcsclite then believes in the dead connection for ever.
   */
  async disconnect(card: 'powerOff' | 'leave'): Promise<void> {
    const { SCARD_UNPOWER_CARD, SCARD_LEAVE_CARD } = this.#reader;
    const disposition = card === 'powerOff' ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD;
    try {
      await this.#call<void>((done) => this.#reader.disconnect(disposition, done));
    } catch (error) {
      throw new ReaderLost('the connection to the card could not be ended', { cause: error });
    }
  }

  /** A command that was given up before its turn came is never sent: its bytes may have been overwritten, as a PIN is. */
  async #transmit(command: Uint8Array, protocol: number): Promise<Uint8Array> {
    // No copy, which nobody would overwrite.
    const bytes = Buffer.from(command.buffer, command.byteOffset, command.length);
    let isGivenUp = false;
    const response = this.#call<Buffer>((done) => {
      if (isGivenUp) done(new Error('the command was given up'), Buffer.alloc(0));
      else this.#reader.transmit(bytes, RESPONSE_BYTES_MAX, protocol, done);
    });
    const { transmitMs } = this.#limits;
    try {
      return await within(transmitMs, response, `no answer in ${transmitMs} ms`);
    } catch (error) {
      isGivenUp = true;
      throw error;
    }
  }

  #call<T>(start: (done: Callback<T>) => void): Promise<T> {
    const result = this.#lastCall.then(() => this.#callNow(start));
    this.#lastCall = result.catch(() => undefined);
    return result;
  }

  #callNow<T>(start: (done: Callback<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const hang = setTimeout(
        () => this.#onLost(new ReaderLost('a PC/SC call does not come back')),
        this.#limits.hangMs,
      );
      start((error, value) => {
        clearTimeout(hang);
        if (error) reject(fromPcsc(error));
        else resolve(value);
      });
    });
  }
}

/** The same promise, but no later than `ms`: then it rejects with `card-unreadable`, and what was begun goes on. */
export async function within<T>(ms: number, promise: Promise<T>, detail: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new CardError('card-unreadable', detail)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
