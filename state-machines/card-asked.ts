/**
 * Somebody has chosen what a card alone is enough for: they are asked to put it there. What follows is the terminal's, for
 * which that card is one that was held without a choice.
 */

import { assign, setup } from 'xstate';
import type { ErrandEnd, ErrandInput } from '../src/domain/errand.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import { callbackNotProvided } from './not-provided.ts';

/** Nobody has put a card there for so long. Nothing is lost: it is chosen again with one key. */
export const CARD_ASKED_DELAYS = { idle: 30_000 } as const;

export type CardAskedEvent = {
  readonly type: 'card.present' | 'card.gone' | 'key.back' | 'session.cancel';
};

const PLACE_CARD: StateMeta = {
  screen: 'place-card',
  voice: 'place-card',
  tone: null,
  keys: ['back'],
  timeout: 'idle',
};

export const cardAskedMachine = setup({
  types: {
    input: {} as ErrandInput,
    context: {} as { readonly end: ErrandEnd },
    events: {} as CardAskedEvent,
    output: {} as ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Sends `card.present` for a card, at once when it is already there. */
    awaitCard: callbackNotProvided<CardAskedEvent>('awaitCard'),
  },
  delays: CARD_ASKED_DELAYS,
  actions: { endLeft: assign({ end: { why: 'left', error: null } }) },
}).createMachine({
  id: 'cardAsked',
  context: { end: { why: 'done', error: null } },
  initial: 'placing',
  on: { 'session.cancel': { target: '.ended', actions: 'endLeft' }, 'card.gone': {} },
  states: {
    placing: {
      meta: PLACE_CARD,
      invoke: { id: 'awaitCard', src: 'awaitCard' },
      on: { 'card.present': 'ended', 'key.back': { target: 'ended', actions: 'endLeft' } },
      after: { idle: { target: 'ended', actions: 'endLeft' } },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
