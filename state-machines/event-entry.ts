/**
 * Event entry: from a card in the field to a durable answer. The gate opens in `granted`, which can only be reached
 * through the durable write of `granting`.
 *
 * A card that leaves is noticed by the step that needs it (`readCard`, `proveCard`); later steps do not need it,
 * so the holder may take it away and still gets the answer.
 */

import { assign, setup } from 'xstate';
import type { Answer, StepResult } from '../src/domain/answer.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { promiseNotProvided } from './not-provided.ts';
import { holds } from './shown.ts';
import { answerOf, defectOf, resultOf } from './step-result.ts';

/** Longest time that each kind of step may take, in ms; a person is waiting again within three seconds. */
export const ENTRY_DELAYS = { cardStep: 2_800, ownStep: 2_000 } as const;

/** What the steps that write down an answer are given. */
export interface Answered {
  readonly seen: SensedTap;
  readonly answer: Answer;
}

/** Where every step goes when it does not go on. */
const OTHERWISE = [
  { guard: 'refuses', target: 'refusing', actions: 'keepAnswer' },
  { guard: 'asksToHoldAgain', target: 'holdAgain', actions: 'keepAnswer' },
  { target: 'notRecorded', actions: 'keepAnswer' },
] as const;

export const eventEntryMachine = setup({
  types: {
    input: {} as SensedTap,
    context: {} as Answered,
    events: {} as { readonly type: 'session.cancel' },
    output: {} as Answer,
    meta: {} as StateMeta,
  },
  actors: {
    leaseList: promiseNotProvided<StepResult, SensedTap>('leaseList'),
    readCard: promiseNotProvided<StepResult, SensedTap>('readCard'),
    verifyCertificate: promiseNotProvided<StepResult, SensedTap>('verifyCertificate'),
    proveCard: promiseNotProvided<StepResult, SensedTap>('proveCard'),
    findEntry: promiseNotProvided<StepResult, SensedTap>('findEntry'),
    recordEntry: promiseNotProvided<StepResult, SensedTap>('recordEntry'),
    recordClaim: promiseNotProvided<StepResult, SensedTap>('recordClaim'),
    recordRefusal: promiseNotProvided<StepResult, Answered>('recordRefusal'),
    noteUnreadable: promiseNotProvided<StepResult, Answered>('noteUnreadable'),
  },
  delays: ENTRY_DELAYS,
  guards: {
    goesOn: ({ event }) => resultOf(event)?.next === 'go-on',
    recognises: ({ event }) => resultOf(event)?.next === 'attendant',
    claims: ({ event }) => resultOf(event)?.next === 'claim-receipt',
    refuses: ({ event }) => resultOf(event)?.next === 'refuse',
    asksToHoldAgain: ({ event }) => resultOf(event)?.next === 'hold-again',
  },
  actions: {
    keepAnswer: assign({ answer: ({ event }) => answerOf(event) }),
    answerDefect: assign({ answer: ({ event }) => defectOf(event) }),
    answerUnreadable: assign({ answer: { answer: 'hold-again', reason: 'card-unreadable' } }),
    answerRemoved: assign({ answer: { answer: 'hold-again', reason: 'card-removed' } }),
    answerGranted: assign({
      answer: ({ event }): Answer => {
        const result = resultOf(event);
        const passage = result?.next === 'go-on' ? result.passage : undefined;
        return { answer: 'granted', ...(passage && { passage }) };
      },
    }),
    answerClaimed: assign({ answer: { answer: 'claimed' } }),
  },
}).createMachine({
  id: 'event-entry',
  context: ({ input }) => ({
    seen: input,
    answer: { answer: 'hold-again', reason: 'card-removed' },
  }),
  initial: 'leasingList',
  // The terminal ends. Only steps that write nothing can be left.
  on: { 'session.cancel': { target: '.holdAgain', actions: 'answerRemoved' } },
  states: {
    leasingList: {
      meta: holds(null),
      invoke: {
        id: 'leaseList',
        src: 'leaseList',
        input: ({ context }) => context.seen,
        onDone: [{ guard: 'goesOn', target: 'reading' }, ...OTHERWISE],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
    },
    reading: {
      meta: holds('cardStep'),
      invoke: {
        id: 'readCard',
        src: 'readCard',
        input: ({ context }) => context.seen,
        onDone: [{ guard: 'goesOn', target: 'verifying' }, ...OTHERWISE],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
      after: { cardStep: { target: 'holdAgain', actions: 'answerUnreadable' } },
    },
    verifying: {
      meta: holds('ownStep'),
      invoke: {
        id: 'verifyCertificate',
        src: 'verifyCertificate',
        input: ({ context }) => context.seen,
        onDone: [{ guard: 'goesOn', target: 'proving' }, ...OTHERWISE],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
      after: { ownStep: { target: 'holdAgain', actions: 'answerUnreadable' } },
    },
    proving: {
      meta: holds('cardStep'),
      invoke: {
        id: 'proveCard',
        src: 'proveCard',
        input: ({ context }) => context.seen,
        onDone: [
          { guard: 'goesOn', target: 'finding' },
          { guard: 'recognises', target: 'recognised', actions: 'keepAnswer' },
          ...OTHERWISE,
        ],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
      after: { cardStep: { target: 'holdAgain', actions: 'answerUnreadable' } },
    },
    finding: {
      meta: holds('ownStep'),
      invoke: {
        id: 'findEntry',
        src: 'findEntry',
        input: ({ context }) => context.seen,
        onDone: [
          { guard: 'goesOn', target: 'granting' },
          { guard: 'claims', target: 'claiming' },
          ...OTHERWISE,
        ],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
      after: { ownStep: { target: 'holdAgain', actions: 'answerUnreadable' } },
    },
    granting: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'recordEntry',
        src: 'recordEntry',
        input: ({ context }) => context.seen,
        onDone: [{ guard: 'goesOn', target: 'granted', actions: 'answerGranted' }, ...OTHERWISE],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
    },
    claiming: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'recordClaim',
        src: 'recordClaim',
        input: ({ context }) => context.seen,
        onDone: [{ guard: 'goesOn', target: 'claimed', actions: 'answerClaimed' }, ...OTHERWISE],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
    },
    refusing: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'recordRefusal',
        src: 'recordRefusal',
        input: ({ context }) => context,
        onDone: [
          { guard: 'goesOn', target: 'refused' },
          { target: 'notRecorded', actions: 'keepAnswer' },
        ],
        onError: { target: 'failed', actions: 'answerDefect' },
      },
    },
    holdAgain: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'noteUnreadable',
        src: 'noteUnreadable',
        input: ({ context }) => context,
        onDone: 'unread',
        onError: { target: 'failed', actions: 'answerDefect' },
      },
    },
    granted: { type: 'final' },
    claimed: { type: 'final' },
    recognised: { type: 'final' },
    refused: { type: 'final' },
    unread: { type: 'final' },
    notRecorded: { type: 'final' },
    failed: { type: 'final' },
  },
  output: ({ context }) => context.answer,
});
