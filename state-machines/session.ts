/**
 * One person at the terminal: their card is served, the answer is shown while the card is there, a forgotten card is
 * called for, and the session ends. What stays on the screen after that is the terminal's, but where an attendant has yet to
 * say whether the person walked through.
 */

import { type AnyActorLogic, assign, sendTo, setup } from 'xstate';
import type { Answer } from '../src/domain/answer.ts';
import { PASSAGE_HOLD_MS } from '../src/domain/fact.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { RING_ENDS } from '../src/domain/told.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { holds } from './shown.ts';

export const SESSION_DELAYS = {
  /** Most cards are read before a sentence could be spoken; from here on one is. */
  slowReading: 1_000,
  /** No service may keep a person longer without an answer, unless it says so (src/services/service.ts). */
  serviceLimit: 20_000,
  /** A card that still lies on the reader then is called for. */
  cardForgotten: 15_000,
  /** The gate itself says before, whatever happens, that nobody walked through, or that they did. */
  passageUnsaid: PASSAGE_HOLD_MS + 2_000,
} as const;

export type SessionEvent =
  | { readonly type: 'card.gone' }
  /** The receipt that belongs to the answer did not come out. */
  | { readonly type: 'receipt.owed' }
  /** Another card is in the field. */
  | { readonly type: 'card.next' }
  /** Whether the person walked through is known, or the turnstile is gone that would say so. */
  | { readonly type: 'passage.passed' | 'passage.not-passed' | 'passage.unwatched' }
  /** The attendant says so. */
  | { readonly type: 'key.passed' | 'key.not-passed' }
  /** The terminal ends. */
  | { readonly type: 'session.cancel' };

const AFTER_CARD = { keys: [], timeout: 'cardForgotten' } as const;
const WELCOME: StateMeta = {
  screen: 'welcome',
  voice: 'by-result',
  tone: 'done',
  ...AFTER_CARD,
};
const OWED: StateMeta = {
  screen: 'receipt-owed',
  voice: 'receipt-owed',
  tone: 'done',
  ...AFTER_CARD,
};
/** Until it is known whether the person walked through. */
const PASSING = { timeout: 'passageUnsaid' } as const;
/** The same, of the attendant. */
const ATTENDED = { keys: ['passed', 'not-passed'], timeout: 'passageUnsaid' } as const;
const REFUSED: StateMeta = {
  screen: 'refused',
  voice: 'by-reason',
  tone: 'problem',
  ...AFTER_CARD,
};
const AGAIN: StateMeta = { screen: 'again', voice: 'by-reason', tone: 'problem', ...AFTER_CARD };
const CLOSED: StateMeta = { screen: 'closed', voice: 'closed', tone: 'problem', ...AFTER_CARD };

const FOUND: StateMeta = { screen: 'result', voice: 'by-result', tone: 'done', ...AFTER_CARD };
const TOLD: StateMeta = { ...FOUND, tone: 'problem' };

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
    /** Sends `card.next`, at once when another card is already there. */
    watchNextCard: callbackNotProvided<SessionEvent, SensedTap>('watchNextCard'),
    /** Sends what becomes of the passage, at once when it is already known; hears the attendant's keys. */
    watchPassage: callbackNotProvided<SessionEvent, SensedTap>('watchPassage'),
  },
  delays: SESSION_DELAYS,
  guards: {
    isGranted: ({ context }) =>
      context.answer.answer === 'granted' || context.answer.answer === 'claimed',
    isAttended: ({ context: { answer } }) =>
      answer.answer === 'granted' && answer.passage === 'attendant',
    isWatched: ({ context: { answer } }) =>
      answer.answer === 'granted' && answer.passage === 'turnstile',
    isRefused: ({ context }) => context.answer.answer === 'refused',
    isHoldAgain: ({ context }) => context.answer.answer === 'hold-again',
    isFound: ({ context: { answer } }) =>
      answer.answer === 'told' && RING_ENDS[answer.told.text] === 'done',
    isTold: ({ context }) => context.answer.answer === 'told',
    isCancelled: ({ context }) => context.answer.answer === 'cancelled',
    isNotRecorded: ({ context }) => context.answer.answer === 'not-recorded',
  },
  actions: {
    keepAnswer: assign({
      answer: ({ event }) => ('output' in event ? (event.output as Answer) : GIVEN_UP),
    }),
    answerNotPassed: assign({ answer: { answer: 'hold-again', reason: 'not-passed' } }),
    tellPassage: sendTo('watchPassage', ({ event }) => event),
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
      invoke: {
        id: 'service',
        src: 'service',
        input: ({ context }: { readonly context: { readonly seen: SensedTap } }) => context.seen,
        onDone: { target: 'answering', actions: 'keepAnswer' },
        onError: { target: 'ended', actions: 'answerDefect' },
      },
      after: { serviceLimit: { target: 'ended', actions: 'answerDefect' } },
      on: {
        // The service hears of it from the card itself, or watches it while it needs it.
        'card.gone': {},
        'receipt.owed': {},
        'session.cancel': 'ended',
      },
      initial: 'reading',
      states: {
        reading: {
          meta: holds('slowReading'),
          after: { slowReading: 'stillReading' },
        },
        stillReading: { meta: { ...holds('serviceLimit'), voice: 'hold' } },
      },
    },
    answering: {
      always: [
        { guard: 'isWatched', target: 'passing' },
        { guard: 'isAttended', target: 'attended' },
        { guard: 'isGranted', target: 'welcoming' },
        { guard: 'isRefused', target: 'refusing' },
        { guard: 'isHoldAgain', target: 'askingAgain' },
        { guard: 'isNotRecorded', target: 'turningAway' },
        { guard: 'isFound', target: 'confirming' },
        { guard: 'isTold', target: 'telling' },
        { guard: 'isCancelled', target: 'callingForCard' },
        // An attendant's card, or a defect: nothing to say to a visitor.
        { target: 'ended' },
      ],
    },
    welcoming: {
      meta: WELCOME,
      invoke: [
        { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
        { id: 'watchReceipt', src: 'watchReceipt', input: ({ context }) => context.seen },
      ],
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': 'owing', 'session.cancel': 'ended' },
    },
    /** A turnstile is open for one person: the next card is served when it has said what became of them. */
    passing: {
      invoke: [
        { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
        { id: 'watchReceipt', src: 'watchReceipt', input: ({ context }) => context.seen },
        { id: 'watchPassage', src: 'watchPassage', input: ({ context }) => context.seen },
      ],
      after: { passageUnsaid: 'callingForCard' },
      on: {
        'card.gone': '.gone',
        'receipt.owed': '.owed',
        'passage.passed': 'welcoming',
        'passage.not-passed': { target: 'askingAgain', actions: 'answerNotPassed' },
        'passage.unwatched': 'attended',
        'session.cancel': 'ended',
      },
      initial: 'here',
      states: {
        here: { meta: { ...WELCOME, ...PASSING } },
        gone: { meta: { ...WELCOME, ...PASSING, voice: null, tone: null } },
        owed: { meta: { ...OWED, ...PASSING }, on: { 'card.gone': {} } },
      },
    },
    /** The next card ends it: nobody waits for a key. What is not said by then is said by time. */
    attended: {
      invoke: [
        { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
        { id: 'watchNextCard', src: 'watchNextCard', input: ({ context }) => context.seen },
        { id: 'watchReceipt', src: 'watchReceipt', input: ({ context }) => context.seen },
        { id: 'watchPassage', src: 'watchPassage', input: ({ context }) => context.seen },
      ],
      after: { passageUnsaid: 'callingForCard' },
      on: {
        'card.gone': '.gone',
        'card.next': 'ended',
        'receipt.owed': '.owed',
        'key.passed': { actions: 'tellPassage' },
        'key.not-passed': { actions: 'tellPassage' },
        'passage.passed': 'welcoming',
        'passage.not-passed': { target: 'askingAgain', actions: 'answerNotPassed' },
        'passage.unwatched': {},
        'session.cancel': 'ended',
      },
      initial: 'here',
      states: {
        here: { meta: { ...WELCOME, ...ATTENDED } },
        /** The name went with the card. */
        gone: { meta: { ...WELCOME, ...ATTENDED, voice: null, tone: null } },
        owed: { meta: { ...OWED, ...ATTENDED }, on: { 'card.gone': {} } },
      },
    },
    owing: {
      meta: OWED,
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    refusing: {
      meta: REFUSED,
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    askingAgain: {
      meta: AGAIN,
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    turningAway: {
      meta: CLOSED,
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    confirming: {
      meta: FOUND,
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    telling: {
      meta: TOLD,
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      after: { cardForgotten: 'callingForCard' },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    callingForCard: {
      meta: { screen: 'take-card', voice: 'take-card', tone: 'take', keys: [], timeout: null },
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      on: { 'card.gone': 'ended', 'receipt.owed': {}, 'session.cancel': 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.answer,
});
