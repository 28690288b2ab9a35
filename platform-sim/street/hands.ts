/** Which card lies on the reader of one terminal. One at a time; whoever holds another takes the first one away. */

import { setTimeout as delay } from 'node:timers/promises';
import type { CardDefinition } from '../../devices/card/sim-card-definition.ts';
import type { Person, Resident } from '../people.ts';
import type { CardStack, HeldOver } from './card-stack.ts';
import type { PinCounters } from './pin-counters.ts';

/**
 * Between taking a card away and laying one down, as with people's hands. pcscd looks every 400 ms: a card that was lifted
 * for less was never away for it, and another one in its place gets no power.
 */
const LIFTED_MS = 900;
/** Some of the ten commands that reading takes. */
const EARLY_APDUS = 5;

export interface HoldOptions {
  /** The card leaves in the middle of the reading. */
  readonly early?: boolean;
  /** What lies there instead of the resident's own card. */
  readonly card?: CardDefinition;
  /** How many commands the card got; not where the cards are simulated in the terminal. */
  readonly onCommand?: (count: number) => void;
  /** Called right before the card is laid down: what the terminal answers from then on is about this card. */
  readonly onLay?: () => void;
}

/** A relayed card, and one that somebody sits before, is the real one. */
function chipOf({ id, trick }: Person): string {
  return trick?.how === 'relay' || trick?.how === 'interpose' ? trick.of : id;
}

interface Held {
  readonly who: string;
  /** Whose chip it is. */
  readonly chip: string;
  readonly card: CardDefinition;
  over: HeldOver;
}

export class Hands {
  readonly #cards: CardStack;
  readonly #tries: PinCounters;
  readonly #onChange: () => void;
  #held: Held | null = null;
  #liftedAt = Number.NEGATIVE_INFINITY;
  /** One movement after the other, however many ask at once. */
  #moving: Promise<unknown> = Promise.resolve();

  constructor(cards: CardStack, tries: PinCounters, onChange: () => void) {
    this.#cards = cards;
    this.#tries = tries;
    this.#onChange = onChange;
  }

  /** The resident whose card lies there. */
  get who(): string | null {
    return this.#held?.who ?? null;
  }

  hold({ person, card: own }: Resident, options: HoldOptions = {}): Promise<void> {
    const faults = options.early ? { faults: { removedAfter: EARLY_APDUS } } : {};
    const chip = chipOf(person);
    const given = { ...(options.card ?? own), ...faults };
    return this.#move(async () => {
      if (this.#held?.who === person.id && options.card === undefined) return;
      await this.#takeAway();
      await delay(Math.max(0, this.#liftedAt + LIFTED_MS - performance.now()));
      options.onLay?.();
      const card = { ...given, ...this.#tries.of(chip) };
      const over = await this.#cards.hold(card, options.onCommand);
      this.#held = { who: person.id, chip, card, over };
    });
  }

  /** Nothing happens when none lies there. */
  remove(): Promise<void> {
    return this.#move(() => this.#takeAway());
  }

  /** After the reader or its service came back: the card lies there as before, and has to be sensed anew. */
  layAgain(): Promise<void> {
    return this.#move(async () => {
      const held = this.#held;
      if (held === null) return;
      await this.#lift(held);
      await delay(LIFTED_MS);
      const card = { ...held.card, ...this.#tries.of(held.chip) };
      held.over = await this.#cards.hold(card);
    });
  }

  async #takeAway(): Promise<void> {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    await this.#lift(held);
    this.#liftedAt = performance.now();
  }

  async #lift({ chip, over }: Held): Promise<void> {
    this.#tries.keep(chip, await over.remove());
  }

  #move(movement: () => Promise<void>): Promise<void> {
    const moved = this.#moving.then(movement).finally(() => this.#onChange());
    this.#moving = moved.catch(() => {});
    return moved;
  }
}
