/**
 * An exit gate: nobody is locked in. Every card that can be read opens it, known or not, on a list or not; what was found
 * out on the way stands in the fact. Only a card that can't be read is asked for again.
 */

import { assign, setup } from 'xstate';
import type { Answer, StepResult } from '../src/domain/answer.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import type { Told } from '../src/domain/told.ts';
import { promiseNotProvided } from './not-provided.ts';
import { holds } from './shown.ts';
import { resultOf } from './step-result.ts';

/** Longest time that each kind of step may take, in ms; as at an entrance. */
export const EXIT_DELAYS = { cardStep: 2_800, ownStep: 2_000 } as const;

const REMOVED: Answer = { answer: 'hold-again', reason: 'card-removed' };

export const eventExitMachine = setup({
  types: {
    input: {} as SensedTap,
    context: {} as { readonly seen: SensedTap; readonly answer: Answer },
    events: {} as { readonly type: 'session.cancel' },
    output: {} as Answer,
    meta: {} as StateMeta,
  },
  actors: {
    readCard: promiseNotProvided<StepResult, SensedTap>('readCard'),
    /** Whose card it is, as far as that can be found out. */
    lookUp: promiseNotProvided<void, SensedTap>('lookUp'),
    /** Opens, whether or not the fact of it could be kept, and says what the person is told. */
    open: promiseNotProvided<Told, SensedTap>('open'),
  },
  delays: EXIT_DELAYS,
  guards: { goesOn: ({ event }) => resultOf(event)?.next === 'go-on' },
  actions: {
    /** Whatever kept the card from being read, it can be held again. */
    keepWhy: assign({
      answer: ({ event }): Answer => {
        const result = resultOf(event);
        const reason = result !== null && 'reason' in result ? result.reason : 'card-unreadable';
        return { answer: 'hold-again', reason };
      },
    }),
    keepTold: assign({
      answer: ({ event, context }): Answer =>
        'output' in event ? { answer: 'told', told: event.output as Told } : context.answer,
    }),
    answerUnreadable: assign({ answer: { answer: 'hold-again', reason: 'card-unreadable' } }),
    answerRemoved: assign({ answer: REMOVED }),
    answerDefect: assign({
      answer: ({ event }): Answer => ({
        answer: 'defect',
        error: 'error' in event ? event.error : event.type,
      }),
    }),
  },
}).createMachine({
  id: 'event-exit',
  context: ({ input }) => ({ seen: input, answer: REMOVED }),
  initial: 'reading',
  states: {
    reading: {
      meta: holds('cardStep'),
      on: { 'session.cancel': { target: 'unread', actions: 'answerRemoved' } },
      invoke: {
        id: 'readCard',
        src: 'readCard',
        input: ({ context }) => context.seen,
        onDone: [
          { guard: 'goesOn', target: 'looking' },
          { target: 'unread', actions: 'keepWhy' },
        ],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
      after: { cardStep: { target: 'unread', actions: 'answerUnreadable' } },
    },
    looking: {
      meta: holds('ownStep'),
      on: { 'session.cancel': { target: 'unread', actions: 'answerRemoved' } },
      invoke: {
        id: 'lookUp',
        src: 'lookUp',
        input: ({ context }) => context.seen,
        onDone: 'opening',
        onError: 'opening',
      },
      after: { ownStep: 'opening' },
    },
    opening: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'open',
        src: 'open',
        input: ({ context }) => context.seen,
        onDone: { target: 'opened', actions: 'keepTold' },
        onError: { target: 'failed', actions: 'answerDefect' },
      },
    },
    opened: { type: 'final' },
    unread: { type: 'final' },
    failed: { type: 'final' },
  },
  output: ({ context }) => context.answer,
});
