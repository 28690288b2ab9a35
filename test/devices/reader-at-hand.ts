/** A card reader of its own for each test of a contract, a hand that holds cards over it, and what was heard. */

import { afterEach, beforeEach } from 'vitest';
import type { CardReader, Tap } from '../../devices/card/card.ts';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import type { CardField } from './card-field.ts';
import { CardWatch } from './card-watch.ts';

export interface ReaderAtHand {
  readonly field: CardField;
  /** The one that was opened last, and what was heard of it. */
  readonly reader: CardReader;
  readonly watch: CardWatch;
  /** Opens it, once more where it is open already. */
  open(): Promise<void>;
  /** Holds the card over it until it was seen. */
  lay(card: CardDefinition): Promise<Tap>;
  /** Takes the card away until that was seen. */
  take(): Promise<void>;
}

/** Opens one before each test of the present suite, and ends it afterwards. */
export function readerAtHand(makeField: () => Promise<CardField>): ReaderAtHand {
  let field: CardField;
  let reader: CardReader;
  let watch: CardWatch;

  async function open(): Promise<void> {
    watch = new CardWatch();
    reader = await field.open(watch);
  }

  beforeEach(async () => {
    field = await makeField();
    await open();
  });

  afterEach(async () => {
    await reader.close();
    await field.dispose();
  });

  return {
    get field() {
      return field;
    },
    get reader() {
      return reader;
    },
    get watch() {
      return watch;
    },
    open,
    async lay(card) {
      await field.hold(card);
      return (await watch.next('present')).tap;
    },
    async take() {
      await field.remove();
      await watch.next('gone');
    },
  };
}
