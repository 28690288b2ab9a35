/**
 * What the staff's machine remembers, what it asks of the world, and what it is told: everything but the order, which is in
 * staff.ts.
 */

import { assign, setup } from 'xstate';
import {
  type PaperShown,
  type StaffErrandId,
  type StateMeta,
  TICKET_CHARACTER,
  TYPED_MAX,
  UNDO_REASONS,
  type UndoReason,
} from '../src/domain/screen.ts';
import type {
  CaseSaid,
  PaperSaid,
  SignInEnd,
  StaffDecision,
  StaffEnd,
  StaffOutcome,
  StaffOverview,
  StaffProof,
  StickTaken,
  TicketKnown,
} from '../src/domain/staff-answer.ts';
import {
  CASE_WHYS,
  type CaseDecision,
  type CaseShown,
  type CaseWhy,
  decisionsOf,
  idOfCase,
} from '../src/domain/staff-case.ts';
import { promiseNotProvided } from './not-provided.ts';
import { staffSignInMachine } from './staff-sign-in.ts';
import { SIGN_IN_DELAYS } from './staff-sign-in-setup.ts';

/** Whoever types a PIN is waited for as long as anybody else of the staff. */
export const STAFF_DELAYS = SIGN_IN_DELAYS;

/** How long `leaving` warns (WCAG 2.2, 2.2.1: at least 20). */
const LEAVING_SECONDS = 20;

export type StaffEvent =
  | { readonly type: 'key.character'; readonly character: string }
  | { readonly type: 'key.erase' | 'key.enter' | 'key.back' | 'key.stay' }
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'session.cancel' | 'terminal.stop' };

export interface StaffContext {
  readonly by: string | null;
  readonly how: StaffProof;
  /** Until this screen ends. */
  readonly seconds: number;
  readonly overview: StaffOverview;
  readonly errand: 'entry' | 'undo';
  readonly typed: string;
  readonly known: TicketKnown;
  readonly why: UndoReason | null;
  readonly paper: PaperShown | null;
  readonly printed: boolean;
  readonly shown: CaseShown | null;
  readonly decision: CaseDecision | null;
  readonly caseWhy: CaseWhy | null;
  readonly outcome: StaffOutcome;
  readonly end: Omit<StaffEnd, 'by'>;
}

/** At the beginning of a stay. */
export const NOTHING_YET: Omit<StaffContext, 'by'> = {
  how: 'card',
  seconds: 0,
  overview: { errands: [], papers: [], cases: [], more: 0, stick: null, checks: [] },
  errand: 'entry',
  typed: '',
  known: { ticket: null, entered: null },
  why: null,
  paper: null,
  printed: false,
  shown: null,
  decision: null,
  caseWhy: null,
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
/** One that this terminal offers. */
function chosenErrand({ overview }: StaffContext, event: Happened): StaffErrandId | undefined {
  return overview.errands.find((id) => id === choiceOf(event));
}
function chosenCase({ overview }: StaffContext, event: Happened): CaseShown | undefined {
  return overview.cases.find((shown) => idOfCase(shown) === choiceOf(event));
}
/** One that can be said of the case that is shown. */
function chosenDecision({ shown }: StaffContext, event: Happened): CaseDecision | undefined {
  return shown === null
    ? undefined
    : decisionsOf(shown).find((decision) => decision === choiceOf(event));
}
function chosenCaseWhy({ decision }: StaffContext, event: Happened): CaseWhy | undefined {
  return decision === null ? undefined : CASE_WHYS[decision].find((why) => why === choiceOf(event));
}

/** Why a stay ends that nobody signed in to. */
function whyNot(end: SignInEnd): StaffContext['end'] {
  switch (end.end) {
    case 'failed':
      return { why: 'failed', error: end.error };
    case 'signed-in':
    case 'quiet':
      return { why: 'left', error: null };
    default:
      return { why: end.end, error: null };
  }
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
    /** Asks for the PIN. */
    signIn: staffSignInMachine,
    overview: promiseNotProvided<StaffOverview, { by: string; how: StaffProof }>('overview'),
    lookUp: promiseNotProvided<TicketKnown, string>('lookUp'),
    record: promiseNotProvided<StaffOutcome, StaffDecision>('record'),
    /** Null: the paper does not wait for this answer any more. */
    settle: promiseNotProvided<StaffOutcome | null, PaperSaid>('settle'),
    decide: promiseNotProvided<StaffOutcome, CaseSaid>('decide'),
    /** Input: who says that it is to be taken. */
    takeStick: promiseNotProvided<StickTaken, string>('takeStick'),
    signOff: promiseNotProvided<void, StaffEnd>('signOff'),
  },
  delays: STAFF_DELAYS,
  guards: {
    knowsWho: ({ context }) => context.by !== null,
    isSignedIn: ({ event }) => outputOf<SignInEnd>(event).end === 'signed-in',
    isQuiet: ({ event }) => outputOf<SignInEnd>(event).end === 'quiet',
    wasShownLongEnough: ({ context }) => context.seconds <= 1,
    choosesTicket: ({ context, event }) => {
      const errand = chosenErrand(context, event);
      return errand === 'entry' || errand === 'undo';
    },
    choosesPapers: ({ context, event }) => chosenErrand(context, event) === 'papers',
    choosesCases: ({ context, event }) => chosenErrand(context, event) === 'cases',
    choosesStick: ({ context, event }) => chosenErrand(context, event) === 'stick',
    acceptsStick: ({ context, event }) =>
      context.overview.stick?.is === 'brings' && choiceOf(event) === 'accept',
    isStickTaken: ({ event }) => outputOf<StickTaken>(event).is === 'taken',
    choosesHealth: ({ context, event }) => chosenErrand(context, event) === 'health',
    choosesCase: ({ context, event }) => chosenCase(context, event) !== undefined,
    choosesDecision: ({ context, event }) => chosenDecision(context, event) !== undefined,
    choosesCaseWhy: ({ context, event }) => chosenCaseWhy(context, event) !== undefined,
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
    keepWho: assign(({ event }) => ({
      by: outputOf<{ by: string }>(event).by,
      how: 'pin' as const,
    })),
    keepWhyNot: assign({
      end: ({ event }) => whyNot(outputOf<SignInEnd>(event)),
    }),
    countDown: assign({ seconds: ({ context }) => context.seconds - 1 }),
    warn: assign({ seconds: LEAVING_SECONDS }),
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
    keepCase: assign({ shown: ({ context, event }) => chosenCase(context, event) ?? null }),
    keepDecision: assign({
      decision: ({ context, event }) => chosenDecision(context, event) ?? null,
    }),
    keepCaseWhy: assign({
      caseWhy: ({ context, event }) => chosenCaseWhy(context, event) ?? null,
    }),
    keepStickNotTaken: assign({
      overview: ({ context, event }) => {
        const taken = outputOf<StickTaken>(event);
        return taken.is === 'taken' ? context.overview : { ...context.overview, stick: taken };
      },
    }),
    keepStickTaken: assign({
      outcome: ({ context, event }) => {
        const taken = outputOf<StickTaken>(event);
        return taken.is === 'taken'
          ? { result: taken.result, subject: '', first: null }
          : context.outcome;
      },
    }),
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
