/** Actors that tell a machine of the card in the field. Levels, not edges: what is so when they begin is told at once. */

import { fromCallback } from 'xstate';
import type { SensedTap } from './domain/tap.ts';
import type { TerminalParts } from './services/service.ts';

type CardParts = Pick<TerminalParts, 'watchCard' | 'cardInField'>;

interface MachineEvent {
  readonly type: string;
}

/** Sends `card.present` (and the SensedTap) for whichever card is there, and for each that comes. */
export function awaitsCard<Event extends MachineEvent>(parts: CardParts) {
  return fromCallback<Event>(({ sendBack }) => {
    let told = 0;
    const see = (): void => {
      const card = parts.cardInField();
      if (card === null || card.tap === told) return;
      told = card.tap;
      const { tap, sensedAt } = card;
      sendBack({ type: 'card.present', tap, sensedAt } as MachineEvent as Event);
    };
    const stop = parts.watchCard(see);
    see();
    return stop;
  });
}

/** Sends `card.gone` when the card of this tap is not there any more, or another one is. */
export function watchesCard<Event extends MachineEvent>(parts: CardParts) {
  return fromCallback<Event, SensedTap>(({ input, sendBack }) => {
    const see = (): void => {
      if (parts.cardInField()?.tap === input.tap) return;
      sendBack({ type: 'card.gone' } as MachineEvent as Event);
    };
    const stop = parts.watchCard(see);
    see();
    return stop;
  });
}
