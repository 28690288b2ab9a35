/**
 * One person at the terminal: their card is served, the answer is shown while the card is there, a forgotten card is
 * called for, and the session ends with nothing left of it.
 */

import { type AnyActorLogic, assign, setup } from 'xstate';
import type { Answer } from '../src/domain/answer.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';

export const SESSION_DELAYS = {
  /** No service may keep a person longer without an answer. */
  serviceLimit: 20_000,
  /** A card that still lies on the reader then is called for. */
  cardForgotten: 15_000,
} as const;

export type SessionEvent =
  | { readonly type: 'card.gone' }
  /** The receipt that belongs to the answer did not come out. */
  | { readonly type: 'receipt.owed' }
  /** The terminal ends. */
  | { readonly type: 'session.cancel' };

const GIVEN_UP: Answer = { answer: 'hold-again', reason: 'card-unreadable' };

export const sessionMachine = setup({
  types: {
    input: {} as SensedTap,
    context: {} as { readonly seen: SensedTap; readonly answer: Answer },
    events: {} as SessionEvent,
    output: {} as Answer,
    meta: {} as StateMeta,
  },
  actors: {
    /** The service's machine; its output is the answer. */
    service: promiseNotProvided<Answer, SensedTap>('service') as AnyActorLogic,
    /** Sends `card.gone`, at once when the card of this tap is not there any more. */
    watchCard: callbackNotProvided<SessionEvent, SensedTap>('watchCard'),
    /** Sends `receipt.owed`, at once when it is already known. */
    watchReceipt: callbackNotProvided<SessionEvent, SensedTap>('watchReceipt'),
  },
  delays: SESSION_DELAYS,
  guards: {
    isDefect: ({ context }) => context.answer.answer === 'defect',
    isGranted: ({ context }) =>
      context.answer.answer === 'granted' || context.answer.answer === 'claimed',
  },
  actions: {
    keepAnswer: assign({
      answer: ({ event }) => ('output' in event ? (event.output as Answer) : GIVEN_UP),
    }),
    answerDefect: assign({
      answer: ({ event }): Answer => ({
        answer: 'defect',
        error: 'error' in event ? event.error : new Error('the service gave no answer in time'),
      }),
    }),
  },
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ seen: input, answer: GIVEN_UP }),
  initial: 'serving',
  states: {
    serving: {
      meta: { screen: 'hold' },
      invoke: {
        id: 'service',
        src: 'service',
        input: ({ context }: { readonly context: { readonly seen: SensedTap } }) => context.seen,
        onDone: { target: 'answering', actions: 'keepAnswer' },
        onError: { target: 'ended', actions: 'answerDefect' },
      },
      after: { serviceLimit: { target: 'ended', actions: 'answerDefect' } },
      on: {
        // The service hears of it from the card itself, in the step that needs the card.
        'card.gone': {},
        'receipt.owed': {},
        'session.cancel': 'ended',
      },
    },
    answering: {
      always: [
        { guard: 'isDefect', target: 'ended' },
        { guard: 'isGranted', target: 'welcoming' },
        { target: 'refusing' },
      ],
    },
    welcoming: {
      meta: { screen: 'welcome' },
      invoke: [
        { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
        { id: 'watchReceipt', src: 'watchReceipt', input: ({ context }) => context.seen },
      ],
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': 'owing', 'session.cancel': 'ended' },
    },
    owing: {
      meta: { screen: 'receipt-owed' },
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    refusing: {
      meta: { screen: 'refused' },
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    callingForCard: {
      meta: { screen: 'take-card' },
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.answer,
});
