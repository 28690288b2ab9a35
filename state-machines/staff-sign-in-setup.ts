/** What the sign-in of staff remembers, asks of the world and is told; its order is in staff-sign-in.ts. */

import { assign, sendTo, setup } from 'xstate';
import type { StateMeta } from '../src/domain/screen.ts';
import type { PinAnswer, SignInEnd } from '../src/domain/staff-answer.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';

export const SIGN_IN_DELAYS = {
  /** Nobody has pressed a key for so long: somebody else may stand there. */
  idle: 60_000,
  /** A ledger of years is read once; everything else is there at once. */
  ownStep: 15_000,
  /** What is counted down on the screen. */
  second: 1_000,
} as const;

/** How long a locked PIN is shown. */
const LOCKED_SECONDS = 60;

export type SignInEvent =
  /** Without the character: the pad has it. */
  | { readonly type: 'key.character' | 'key.erase' | 'key.enter' | 'key.back' }
  /** So many digits of a PIN are there. */
  | { readonly type: 'pin.typed'; readonly digits: number }
  | { readonly type: 'session.cancel' };

/** What the pad of the PIN is told: a digit was typed (it has it already), or the last one goes. */
export type PadEvent = { readonly type: 'typed' } | { readonly type: 'erase' };

export interface SignInContext {
  readonly digits: number;
  readonly pinWasWrong: boolean;
  /** Until the next PIN is taken. */
  readonly waitSeconds: number;
  /** Until the locked screen ends. */
  readonly seconds: number;
  readonly end: SignInEnd;
}

/** An effect's answer. */
function outputOf<Output>(event: { readonly type: string }): Output {
  return ('output' in event ? event.output : {}) as Output;
}

export const signInSetup = setup({
  types: {
    context: {} as SignInContext,
    events: {} as SignInEvent,
    output: {} as SignInEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Keeps the digits while a PIN is asked for and sends `pin.typed`, at once and on every change. */
    pinPad: callbackNotProvided<PadEvent>('pinPad'),
    askLock:
      promiseNotProvided<Pick<Extract<PinAnswer, { pin: 'locked' }>, 'waitSeconds'>>('askLock'),
    checkPin: promiseNotProvided<PinAnswer>('checkPin'),
  },
  delays: SIGN_IN_DELAYS,
  guards: {
    isRight: ({ event }) => outputOf<PinAnswer>(event).pin === 'right',
    mustWait: ({ event }) => (outputOf<{ waitSeconds?: number }>(event).waitSeconds ?? 0) > 0,
    waitIsOver: ({ context }) => context.waitSeconds <= 1,
    wasShownLongEnough: ({ context }) => context.seconds <= 1,
  },
  actions: {
    countDigit: sendTo('pinPad', { type: 'typed' }),
    eraseDigit: sendTo('pinPad', { type: 'erase' }),
    keepDigits: assign({
      digits: ({ event }) => (event.type === 'pin.typed' ? event.digits : 0),
    }),
    askAgain: assign({
      pinWasWrong: ({ event }) => outputOf<PinAnswer>(event).pin === 'wrong',
      digits: 0,
    }),
    keepWait: assign({
      waitSeconds: ({ event }) => outputOf<{ waitSeconds: number }>(event).waitSeconds,
      seconds: LOCKED_SECONDS,
    }),
    countDown: assign({
      seconds: ({ context }) => context.seconds - 1,
      waitSeconds: ({ context }) => context.waitSeconds - 1,
    }),
    endSignedIn: assign({
      end: ({ event }): SignInEnd => ({
        end: 'signed-in',
        by: outputOf<{ by: string }>(event).by,
      }),
    }),
    endQuiet: assign({ end: { end: 'quiet' } }),
    endIdle: assign({ end: { end: 'idle' } }),
    endStopped: assign({ end: { end: 'stopped' } }),
    endTooSlow: assign({ end: { end: 'too-slow' } }),
    endFailed: assign({
      end: ({ event }): SignInEnd => ({
        end: 'failed',
        error: 'error' in event ? event.error : null,
      }),
    }),
  },
});
