/**
 * Whether a television may name the shelter where somebody is: agreed to by that person's card, which proves that it is theirs,
 * for a time, and renewed in the same way; ended as easily, by the card or by the remote control.
 */

import { assign, setup } from 'xstate';
import type { ErrandEnd } from '../src/domain/errand.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { promiseNotProvided } from './not-provided.ts';
import { shows } from './shown.ts';
import { failedBy, outputOf } from './step-result.ts';
import type { Hindrance } from './television-link-setup.ts';

/** In ms. */
export const WHERE_DELAYS = {
  /** As in linking (television-link-setup.ts). */
  idle: 90_000,
  cardStep: 2_800,
  outcomeStays: 15_000,
} as const;

export interface WhereInput {
  readonly ref: string;
  readonly wants: 'agree' | 'end';
  /** The card on the remote control; null: it was chosen by its keys. */
  readonly card: SensedTap | null;
}

export interface WhereContext extends WhereInput {
  readonly reason: Reason;
  readonly end: ErrandEnd;
}

type WhereEvent =
  | { readonly type: 'key.enter' | 'key.back' }
  | { readonly type: 'card.gone' | 'session.cancel' };

type Context = { readonly context: WhereContext };
const asked = ({ context: { ref, wants, card } }: Context) => ({ ref, wants, card });
const FAILS = { target: '#televisionWhere.ended', actions: 'endFailed' } as const;

export const televisionWhereMachine = setup({
  types: {
    input: {} as WhereInput,
    context: {} as WhereContext,
    events: {} as WhereEvent,
    output: {} as ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Has the card prove that it is theirs, and keeps that they agreed. */
    agreeWhere: promiseNotProvided<Hindrance, WhereInput>('agreeWhere'),
    /** Needs neither a card nor a network. */
    endWhere: promiseNotProvided<Hindrance, WhereInput>('endWhere'),
  },
  delays: WHERE_DELAYS,
  guards: {
    wantsEnd: ({ context }) => context.wants === 'end',
    isFree: ({ event }) => outputOf<Hindrance>(event)?.reason === null,
  },
  actions: {
    keepReason: assign({
      reason: ({ event }): Reason => outputOf<Hindrance>(event)?.reason ?? 'card-unreadable',
    }),
    endFailed: assign({ end: ({ event }) => failedBy(event) }),
  },
}).createMachine({
  id: 'televisionWhere',
  context: ({ input }) => ({
    ...input,
    reason: 'card-unreadable',
    end: { why: 'done', error: null },
  }),
  initial: 'beginning',
  on: { 'session.cancel': '.ended', 'card.gone': {} },
  states: {
    beginning: { always: [{ guard: 'wantsEnd', target: 'ending' }, { target: 'consenting' }] },
    consenting: {
      meta: shows('tv-where', 'tv-where', ['enter', 'back'], 'idle'),
      on: { 'key.enter': 'agreeing', 'key.back': 'ended' },
      after: { idle: 'ended' },
    },
    agreeing: {
      meta: shows('hold', 'hold', [], 'cardStep'),
      invoke: {
        id: 'agreeWhere',
        src: 'agreeWhere',
        input: asked,
        onDone: [
          { guard: 'isFree', target: 'agreed' },
          { target: 'stopped', actions: 'keepReason' },
        ],
        onError: FAILS,
      },
      after: { cardStep: 'stopped' },
    },
    agreed: {
      meta: shows('tv-linked', 'tv-where-agreed', ['enter'], 'outcomeStays', 'done'),
      on: { 'key.enter': 'ended' },
      after: { outcomeStays: 'ended' },
    },
    ending: {
      invoke: {
        id: 'endWhere',
        src: 'endWhere',
        input: asked,
        onDone: [
          { guard: 'isFree', target: 'notShown' },
          { target: 'stopped', actions: 'keepReason' },
        ],
        onError: FAILS,
      },
    },
    notShown: {
      meta: shows('tv-linked', 'tv-where-ended', ['enter'], 'outcomeStays', 'done'),
      on: { 'key.enter': 'ended' },
      after: { outcomeStays: 'ended' },
    },
    stopped: {
      meta: shows('tv-stopped', 'by-reason', ['enter'], 'outcomeStays', 'problem'),
      on: { 'key.enter': 'ended' },
      after: { outcomeStays: 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
