/**
 * What the staff's machine remembers, what it asks of the world, and what it is told: everything but the order, which is in
 * staff.ts.
 *
 * The digits of a PIN never come here: the pad that has them says how many there are, and whether they are right.
 */

import { assign, sendTo, setup } from 'xstate';
import {
  type PaperShown,
  type StateMeta,
  TICKET_CHARACTER,
  TYPED_MAX,
  UNDO_REASONS,
  type UndoReason,
} from '../src/domain/screen.ts';
import type {
  PaperSaid,
  PinAnswer,
  StaffDecision,
  StaffEnd,
  StaffOutcome,
  StaffOverview,
  StaffProof,
  TicketKnown,
} from '../src/domain/staff-answer.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';

export const STAFF_DELAYS = {
  /** Nobody has pressed a key for so long: somebody else may stand there. */
  idle: 60_000,
  /** A ledger of years is read once; everything else is there at once. */
  ownStep: 15_000,
  /** What is counted down on the screen. */
  second: 1_000,
} as const;

/** How long `leaving` warns (WCAG 2.2, 2.2.1: at least 20), and how long a locked PIN is shown. */
const SHOWN_SECONDS = { leaving: 20, locked: 60 } as const;

export type StaffEvent =
  /** Without the character where a PIN is typed. */
  | { readonly type: 'key.character'; readonly character?: string }
  | { readonly type: 'key.erase' | 'key.enter' | 'key.back' | 'key.stay' }
  | { readonly type: 'key.choose'; readonly choice: string }
  /** So many digits of a PIN are there. */
  | { readonly type: 'pin.typed'; readonly digits: number }
  | { readonly type: 'session.cancel' | 'terminal.stop' };

/** What the pad of the PIN is told: a digit was typed (it has it already), or the last one goes. */
export type PadEvent = { readonly type: 'typed' } | { readonly type: 'erase' };

export interface StaffContext {
  readonly by: string | null;
  readonly how: StaffProof;
  readonly digits: number;
  readonly pinWasWrong: boolean;
  /** Until the next PIN is taken. */
  readonly waitSeconds: number;
  /** Until this screen ends. */
  readonly seconds: number;
  readonly overview: StaffOverview;
  readonly errand: 'entry' | 'undo';
  readonly typed: string;
  readonly known: TicketKnown;
  readonly why: UndoReason | null;
  readonly paper: PaperShown | null;
  readonly printed: boolean;
  readonly outcome: StaffOutcome;
  readonly end: Omit<StaffEnd, 'by'>;
}

/** At the beginning of a stay. */
export const NOTHING_YET: Omit<StaffContext, 'by'> = {
  how: 'card',
  digits: 0,
  pinWasWrong: false,
  waitSeconds: 0,
  seconds: 0,
  overview: { papers: [], more: 0, checks: [] },
  errand: 'entry',
  typed: '',
  known: { ticket: null, entered: null },
  why: null,
  paper: null,
  printed: false,
  outcome: { result: 'not-recorded', subject: '', first: null },
  end: { why: 'left', error: null },
};

type Happened = { readonly type: string };

/** An effect's answer. */
function outputOf<Output>(event: Happened): Output {
  return ('output' in event ? event.output : {}) as Output;
}
function choiceOf(event: Happened): string {
  return 'choice' in event ? String(event.choice) : '';
}
/** Which paper was chosen, if it is one of those that are shown. */
function chosenPaper(context: StaffContext, event: Happened): PaperShown | undefined {
  return context.overview.papers.find(({ paper }) => paper === choiceOf(event));
}

export const staffSetup = setup({
  types: {
    /** `by`: whom their card has named; null asks for the PIN. */
    input: {} as { readonly by: string | null },
    context: {} as StaffContext,
    events: {} as StaffEvent,
    output: {} as StaffEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Keeps the digits while a PIN is asked for and sends `pin.typed`, at once and on every change. */
    pinPad: callbackNotProvided<PadEvent>('pinPad'),
    askLock:
      promiseNotProvided<Pick<Extract<PinAnswer, { pin: 'locked' }>, 'waitSeconds'>>('askLock'),
    checkPin: promiseNotProvided<PinAnswer>('checkPin'),
    overview: promiseNotProvided<StaffOverview, { by: string; how: StaffProof }>('overview'),
    lookUp: promiseNotProvided<TicketKnown, string>('lookUp'),
    record: promiseNotProvided<StaffOutcome, StaffDecision>('record'),
    /** Null: the paper does not wait for this answer any more. */
    settle: promiseNotProvided<StaffOutcome | null, PaperSaid>('settle'),
    signOff: promiseNotProvided<void, StaffEnd>('signOff'),
  },
  delays: STAFF_DELAYS,
  guards: {
    knowsWho: ({ context }) => context.by !== null,
    isRight: ({ event }) => outputOf<PinAnswer>(event).pin === 'right',
    mustWait: ({ event }) => (outputOf<{ waitSeconds?: number }>(event).waitSeconds ?? 0) > 0,
    waitIsOver: ({ context }) => context.waitSeconds <= 1,
    wasShownLongEnough: ({ context }) => context.seconds <= 1,
    choosesTicket: ({ event }) => ['entry', 'undo'].includes(choiceOf(event)),
    choosesPapers: ({ event }) => choiceOf(event) === 'papers',
    choosesHealth: ({ event }) => choiceOf(event) === 'health',
    isNumber: ({ event }) => typeof outputOf<TicketKnown>(event).ticket === 'string',
    cannotUndo: ({ context }) => context.errand === 'undo' && context.known.entered === null,
    undoes: ({ context }) => context.errand === 'undo',
    choosesWhy: ({ event }) => UNDO_REASONS.some((why) => why === choiceOf(event)),
    choosesPaper: ({ context, event }) => chosenPaper(context, event) !== undefined,
    saysPrinted: ({ event }) => choiceOf(event) === 'printed',
    saysNotPrinted: ({ event }) => choiceOf(event) === 'not-printed',
    staysOwed: ({ context, event }) =>
      choiceOf(event) === 'not-printed' && context.paper?.state === 'owed',
    isSettled: ({ event }) => outputOf<StaffOutcome | null>(event) !== null,
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
      seconds: SHOWN_SECONDS.locked,
    }),
    keepWho: assign(({ event }) => ({
      by: outputOf<{ by: string }>(event).by,
      how: 'pin' as const,
    })),
    countDown: assign({
      seconds: ({ context }) => context.seconds - 1,
      waitSeconds: ({ context }) => context.waitSeconds - 1,
    }),
    warn: assign({ seconds: SHOWN_SECONDS.leaving }),
    keepOverview: assign({ overview: ({ event }) => outputOf<StaffOverview>(event) }),
    keepErrand: assign({
      errand: ({ event }) => (choiceOf(event) === 'undo' ? 'undo' : 'entry'),
      typed: '',
      why: null,
    }),
    type: assign({
      typed: ({ context, event }) => {
        const character = event.type === 'key.character' ? (event.character ?? '') : '';
        if (!TICKET_CHARACTER.test(character)) return context.typed;
        return `${context.typed}${character}`.slice(0, TYPED_MAX);
      },
    }),
    erase: assign({ typed: ({ context }) => context.typed.slice(0, -1) }),
    keepKnown: assign({ known: ({ event }) => outputOf<TicketKnown>(event) }),
    keepWhy: assign({ why: ({ event }) => choiceOf(event) as UndoReason }),
    keepNothingToUndo: assign({
      outcome: ({ context }): StaffOutcome => ({
        result: 'nothing-to-undo',
        subject: context.known.ticket ?? '',
        first: null,
      }),
    }),
    keepOutcome: assign({ outcome: ({ event }) => outputOf<StaffOutcome>(event) }),
    keepPaper: assign({ paper: ({ context, event }) => chosenPaper(context, event) ?? null }),
    keepPrinted: assign({ printed: ({ event }) => choiceOf(event) === 'printed' }),
    endIdle: assign({ end: { why: 'idle', error: null } }),
    endStopped: assign({ end: { why: 'stopped', error: null } }),
    endTooSlow: assign({ end: { why: 'too-slow', error: null } }),
    endFailed: assign({
      end: ({ event }) => ({
        why: 'failed' as const,
        error: 'error' in event ? event.error : null,
      }),
    }),
  },
});
