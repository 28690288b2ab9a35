/**
 * Where cards are held: the reader that is open now, and the card that is in its field now, as levels. Numbers taps
 * across readers that come and go, so that an answer can never reach the card of another tap.
 */

import {
  type ApplicationAsked,
  CardError,
  type CardIdentity,
  type CardProof,
  type CardReader,
  type CardReaderListener,
  type Institution,
  type OpenCardReader,
  type PinAsked,
  type PinOutcome,
  type SigningOutcome,
  type Tap,
} from '../devices/card/card.ts';

interface Presence {
  readonly tap: Tap;
  readonly driverTap: Tap;
  readonly sensedAt: number;
}

export class CardSlot implements CardReader {
  readonly #open: OpenCardReader;
  readonly #onLost: (reason: string) => void;
  readonly #listeners = new Set<() => void>();
  #reader: CardReader | null = null;
  #usable = false;
  #present: Presence | null = null;
  #taps = 0;
  /** Rises with every opening: what an earlier driver still says is not heard. */
  #generation = 0;

  constructor(open: OpenCardReader, onLost: (reason: string) => void) {
    this.#open = open;
    this.#onLost = onLost;
  }

  async open(): Promise<void> {
    this.#generation += 1;
    const reader = await this.#open(this.#listenerOf(this.#generation));
    this.#reader = reader;
    this.#usable = true;
  }

  async close(): Promise<void> {
    this.#generation += 1;
    const reader = this.#reader;
    this.#reader = null;
    this.#usable = false;
    this.#see(null);
    await reader?.close();
  }

  get isOpen(): boolean {
    return this.#usable;
  }

  get name(): string {
    return this.#reader?.name ?? 'no reader';
  }

  get modelled(): boolean {
    return this.#reader?.modelled ?? false;
  }

  /** The tap in the field now, or null. */
  get present(): { readonly tap: Tap; readonly sensedAt: number } | null {
    return this.#present;
  }

  /** Calls the listener on every change of what is in the field, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async identify(tap: Tap): Promise<CardIdentity> {
    const { reader, driverTap } = this.#at(tap);
    return reader.identify(driverTap);
  }

  async prove(tap: Tap, institution: Institution): Promise<CardProof> {
    const { reader, driverTap } = this.#at(tap);
    return reader.prove(driverTap, institution);
  }

  async triesLeft(tap: Tap): Promise<number> {
    const { reader, driverTap } = this.#at(tap);
    return reader.triesLeft(driverTap);
  }

  async provePin(tap: Tap, asked: PinAsked): Promise<PinOutcome> {
    try {
      const { reader, driverTap } = this.#at(tap);
      return await reader.provePin(driverTap, asked);
    } finally {
      asked.pin.fill(0);
    }
  }

  async signingTriesLeft(tap: Tap): Promise<number | null> {
    const { reader, driverTap } = this.#at(tap);
    return reader.signingTriesLeft(driverTap);
  }

  async signApplication(tap: Tap, asked: ApplicationAsked): Promise<SigningOutcome> {
    try {
      const { reader, driverTap } = this.#at(tap);
      return await reader.signApplication(driverTap, asked);
    } finally {
      asked.password.fill(0);
    }
  }

  #at(tap: Tap): { readonly reader: CardReader; readonly driverTap: Tap } {
    const reader = this.#reader;
    const presence = this.#present;
    if (reader === null || presence?.tap !== tap) {
      throw new CardError('card-removed', 'the card of this tap is not in the field');
    }
    return { reader, driverTap: presence.driverTap };
  }

  #listenerOf(generation: number): CardReaderListener {
    const ifCurrent = (act: () => void): void => {
      if (generation === this.#generation) act();
    };
    return {
      onCardPresent: (driverTap, sensedAt) =>
        ifCurrent(() => {
          this.#taps += 1;
          this.#see({ tap: this.#taps, driverTap, sensedAt });
        }),
      onCardGone: (driverTap) =>
        ifCurrent(() => {
          if (this.#present?.driverTap === driverTap) this.#see(null);
        }),
      onLost: (reason) =>
        ifCurrent(() => {
          this.#usable = false;
          this.#see(null);
          this.#onLost(reason);
        }),
    };
  }

  #see(presence: Presence | null): void {
    this.#present = presence;
    for (const listener of [...this.#listeners]) listener();
  }
}
