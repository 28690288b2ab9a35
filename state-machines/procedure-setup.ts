/**
 * What the machine of the plain online services remembers, what it asks of the world, and what it is told: everything but
 * the order, which is in procedure.ts.
 *
 * The digits of a PIN never come here: the pad that has them says how many there are, and the card whether they are right.
 */

import { assign, sendTo, setup } from 'xstate';
import type { Answer, StepResult } from '../src/domain/answer.ts';
import { CARD_PIN_DIGITS } from '../src/domain/card-pin.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { answerOf, defectOf, resultOf, triesOf } from './step-result.ts';

/** Longest time that each kind of step may take, in ms. */
export const PROCEDURE_DELAYS = {
  /** As in event entry (state-machines/event-entry.ts). */
  cardStep: 2_800,
  ownStep: 2_000,
  /** VERIFY and a signature; a card that is slow with them is not cut off in the middle of a try. */
  pinStep: 8_000,
  /** The platform is far away, and a person stands there. */
  platformAnswers: 10_000,
  /** Nobody has pressed a key for so long: whoever held the card may have gone without it. */
  pinIdle: 60_000,
  /** A machine that hands something out has done it by then, or will not. */
  acting: 8_000,
} as const;

/** All that a person may take: three tries at the PIN with their pauses, and every step at its slowest. */
export const PROCEDURE_LIMIT_MS = 420_000;

export type ProcedureEvent =
  /** Without the character: the pad has it already. */
  | { readonly type: 'key.character' }
  | { readonly type: 'key.erase' | 'key.enter' | 'key.back' }
  /** So many digits of a PIN are there. */
  | { readonly type: 'pin.typed'; readonly digits: number }
  | { readonly type: 'card.gone' | 'session.cancel' };

/** What the pad of a PIN is told: a digit was typed (it has it already), or the last one goes. */
export type PadEvent = { readonly type: 'typed' } | { readonly type: 'erase' };

export interface ProcedureContext {
  readonly seen: SensedTap;
  readonly answer: Answer;
  readonly digits: number;
  /** That the card still takes. */
  readonly tries: number;
  readonly pinWasWrong: boolean;
}

/** What the steps that write something down are given. */
export interface ProcedureAnswered {
  readonly seen: SensedTap;
  readonly answer: Answer;
}

export const procedureSetup = setup({
  types: {
    input: {} as SensedTap,
    context: {} as ProcedureContext,
    events: {} as ProcedureEvent,
    output: {} as Answer,
    meta: {} as StateMeta,
  },
  actors: {
    readCard: promiseNotProvided<StepResult, SensedTap>('readCard'),
    verifyCertificate: promiseNotProvided<StepResult, SensedTap>('verifyCertificate'),
    /** How many wrong PINs the card still takes. */
    countTries: promiseNotProvided<StepResult, SensedTap>('countTries'),
    /** Keeps the digits while a PIN is asked for and sends `pin.typed`, at once and on every change. */
    pinPad: callbackNotProvided<PadEvent>('pinPad'),
    /** Takes the digits out of the pad; they are used once. */
    provePin: promiseNotProvided<StepResult, SensedTap>('provePin'),
    /** Sends `card.gone`, at once when the card of this tap is not there any more. */
    watchCard: callbackNotProvided<ProcedureEvent, SensedTap>('watchCard'),
    askPlatform: promiseNotProvided<StepResult, SensedTap>('askPlatform'),
    recordAnswer: promiseNotProvided<StepResult, SensedTap>('recordAnswer'),
    /** What follows from an answer that is durable. */
    act: promiseNotProvided<StepResult, ProcedureAnswered>('act'),
    noteRefusal: promiseNotProvided<StepResult, ProcedureAnswered>('noteRefusal'),
    noteUnreadable: promiseNotProvided<StepResult, ProcedureAnswered>('noteUnreadable'),
    noteCancelled: promiseNotProvided<StepResult, ProcedureAnswered>('noteCancelled'),
  },
  delays: PROCEDURE_DELAYS,
  guards: {
    goesOn: ({ event }) => resultOf(event)?.next === 'go-on',
    asksPin: ({ event }) => resultOf(event)?.next === 'ask-pin',
    isAttendant: ({ event }) => resultOf(event)?.next === 'attendant',
    isBlocked: ({ event }) => triesOf(event) === 0,
    isLastTry: ({ event }) => triesOf(event) === 1,
    hasTries: ({ event }) => (triesOf(event) ?? 0) > 1,
    tells: ({ event }) => resultOf(event)?.next === 'tell',
    refuses: ({ event }) => resultOf(event)?.next === 'refuse',
    asksToHoldAgain: ({ event }) => resultOf(event)?.next === 'hold-again',
    isWhole: ({ event }) => event.type === 'pin.typed' && event.digits === CARD_PIN_DIGITS,
  },
  actions: {
    keepAnswer: assign({ answer: ({ event }) => answerOf(event) }),
    answerDefect: assign({ answer: ({ event }) => defectOf(event) }),
    answerBlocked: assign({ answer: { answer: 'refused', reason: 'pin-blocked' } }),
    answerSlow: assign({ answer: { answer: 'refused', reason: 'platform-slow' } }),
    answerUnreadable: assign({ answer: { answer: 'hold-again', reason: 'card-unreadable' } }),
    answerRemoved: assign({ answer: { answer: 'hold-again', reason: 'card-removed' } }),
    answerCancelled: assign({ answer: { answer: 'cancelled' } }),
    countDigit: sendTo('pinPad', { type: 'typed' }),
    eraseDigit: sendTo('pinPad', { type: 'erase' }),
    keepDigits: assign({
      digits: ({ context, event }) => (event.type === 'pin.typed' ? event.digits : context.digits),
    }),
    keepTries: assign({
      tries: ({ context, event }) => triesOf(event) ?? context.tries,
    }),
    keepWrong: assign({ pinWasWrong: true, digits: 0 }),
  },
});
