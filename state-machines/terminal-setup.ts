/**
 * What the terminal's machine remembers, what it asks of the world, and what it is told: everything but the order, which
 * is in terminal.ts.
 */

import { type AnyActorLogic, assign, emit, enqueueActions, setup } from 'xstate';
import type { Answer } from '../src/domain/answer.ts';
import {
  ANY_ERRANDS,
  type AnyErrandId,
  type ErrandEnd,
  type ErrandInput,
  type VisitId,
} from '../src/domain/errand.ts';
import type { Reason } from '../src/domain/reason.ts';
import {
  type Language,
  SOUND_LEVELS,
  type SoundLevel,
  type StateMeta,
} from '../src/domain/screen.ts';
import type { StaffEnd } from '../src/domain/staff-answer.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { PROGRAMME } from '../src/domain/television-screen.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { tapIn } from './placed-card.ts';
import { sessionMachine } from './session.ts';

export const TERMINAL_DELAYS = {
  /** How long start-up waits for reader and list before it says what is missing. */
  readyGrace: 1_000,
  /**
   * How long an answer stays on the screen after its card is gone, unless the next card comes. Nothing is lost with it:
   * whoever holds the same card again is told the same again (WCAG 2.2, 2.2.1).
   */
  welcomeStays: 4_000,
  owedStays: 8_000,
  refusalStays: 10_000,
  againStays: 6_000,
  toldStays: 6_000,
  /** Somebody chose a language or a sound and then held no card: the next person finds Japanese again. */
  chooserStays: 60_000,
} as const;

export type TerminalEvent =
  | { readonly type: 'conditions.changed'; readonly obstacles: readonly Reason[] }
  /** A card that has not been served yet is in the field. */
  | ({ readonly type: 'card.present' } & SensedTap)
  /** The receipt of the latest tap did not come out. */
  | { readonly type: 'receipt.owed' }
  | { readonly type: 'key.language'; readonly language: Language }
  | { readonly type: 'key.sound' }
  | { readonly type: 'key.staff' }
  /** 店員を呼ぶ: whoever runs the place should come. */
  | { readonly type: 'key.call' }
  /** What the person wants, at a terminal that asks before it has seen a card. */
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'terminal.stop' };

export type TerminalEmitted =
  | { readonly type: 'terminal.ready'; readonly obstacles: readonly Reason[] }
  | { readonly type: 'service.in' }
  | { readonly type: 'service.out'; readonly obstacles: readonly Reason[] }
  | { readonly type: 'card.ignored'; readonly reason: Reason }
  | { readonly type: 'staff.called' }
  | { readonly type: 'terminal.defect'; readonly error: unknown };

export interface TerminalInput {
  /** Somebody is configured who may open the staff's menu. */
  readonly hasStaff: boolean;
  /** A visit can begin with a choice, before any card. */
  readonly hasErrands: boolean;
  /** While nobody is there, a screen of the service's own invites them: by a card, or by a choice. */
  readonly hasHome?: boolean;
  /** What is shown is one visit that lasts as long as the terminal runs, and nobody is waited for. */
  readonly hasProgramme?: boolean;
  /** What everybody begins with; Japanese unless a household has chosen another one for good. */
  readonly speaks?: Language;
  /** Where the sound key starts from for everybody. */
  readonly sound: SoundLevel;
}

export interface TerminalContext extends TerminalInput {
  readonly obstacles: readonly Reason[];
  readonly seen: SensedTap;
  /** The latest answer; null before the first. */
  readonly answer: Answer | null;
  readonly language: Language;
  readonly chosenSound: SoundLevel;
  /** What the visit that lasts, or the latest one, was begun for. */
  readonly errand: VisitId;
  /** Somebody of this visit has called for help. */
  readonly called: boolean;
}

/** Why no card is served, not even to be told so; null: they are. */
function ignoredFor({ obstacles }: TerminalContext): Reason | null {
  const reasons = ['disk-full', 'role-changing'] as const;
  return reasons.find((reason) => obstacles.includes(reason)) ?? null;
}

function staffEndOf(event: { readonly type: string }): StaffEnd | null {
  const isEnd = event.type === 'xstate.done.actor.staff' && 'output' in event;
  return isEnd ? (event.output as StaffEnd) : null;
}

function errandEndOf(event: { readonly type: string }): ErrandEnd | null {
  const isEnd = event.type === 'xstate.done.actor.errand' && 'output' in event;
  return isEnd ? (event.output as ErrandEnd) : null;
}

function errandOf(event: { readonly type: string }): AnyErrandId | null {
  const choice = 'choice' in event ? event.choice : null;
  return ANY_ERRANDS.find((id) => id === choice) ?? null;
}

function defectOf(event: { readonly type: string }): unknown {
  if ('error' in event) return event.error;
  const errandEnd = errandEndOf(event);
  if (errandEnd !== null) return errandEnd.error;
  const staffEnd = staffEndOf(event);
  if (staffEnd !== null) return staffEnd.error;
  const answer = 'output' in event ? (event.output as Answer) : null;
  return answer?.answer === 'defect' ? answer.error : event.type;
}

export const terminalSetup = setup({
  types: {
    input: {} as TerminalInput,
    context: {} as TerminalContext,
    events: {} as TerminalEvent,
    emitted: {} as TerminalEmitted,
    meta: {} as StateMeta,
  },
  actors: {
    /** Settles the steps that an earlier run left open, and warms up what the first card needs. */
    recover: promiseNotProvided<void>('recover'),
    /** Sends `conditions.changed` at once and on every change. */
    watchConditions: callbackNotProvided<TerminalEvent>('watchConditions'),
    /** Sends `card.present` for a card that has not been served, at once when it is already there. */
    awaitCard: callbackNotProvided<TerminalEvent>('awaitCard'),
    session: sessionMachine,
    /** Sends `receipt.owed`, at once when it is already known. */
    watchReceipt: callbackNotProvided<TerminalEvent, SensedTap>('watchReceipt'),
    /** The staff's machine (state-machines/staff.ts); it ends when they leave. `by`: who opened it with their card. */
    staff: promiseNotProvided<StaffEnd, { readonly by: string | null }>('staff') as AnyActorLogic,
    /** The machine of what was chosen; it ends when its person has gone, and no card of theirs lies there. */
    errand: promiseNotProvided<ErrandEnd, ErrandInput>('errand') as AnyActorLogic,
  },
  delays: TERMINAL_DELAYS,
  guards: {
    nothingInTheWay: ({ context }) => context.obstacles.length === 0,
    obstaclesRemain: ({ event }) =>
      event.type === 'conditions.changed' && event.obstacles.length > 0,
    /** What a session hands back is its answer. */
    failed: ({ event }) => 'output' in event && (event.output as Answer).answer === 'defect',
    isAttendant: ({ event }) =>
      'output' in event && (event.output as Answer).answer === 'attendant',
    isGranted: ({ context: { answer } }) =>
      answer?.answer === 'granted' || answer?.answer === 'claimed',
    isRefused: ({ context }) => context.answer?.answer === 'refused',
    isHoldAgain: ({ context }) => context.answer?.answer === 'hold-again',
    isTold: ({ context }) => context.answer?.answer === 'told',
    staffFailed: ({ event }) => staffEndOf(event)?.why === 'failed',
    errandFailed: ({ event }) => errandEndOf(event)?.why === 'failed',
    hasStaff: ({ context }) => context.hasStaff,
    hasErrands: ({ context }) => context.hasErrands,
    hasHome: ({ context }) => context.hasHome === true,
    hasProgramme: ({ context }) => context.hasProgramme === true,
    isErrand: ({ context, event }) =>
      context.hasErrands && context.obstacles.length === 0 && errandOf(event) !== null,
    takesCards: ({ context }) => ignoredFor(context) === null,
  },
  actions: {
    keepObstacles: assign({
      obstacles: ({ context, event }) =>
        event.type === 'conditions.changed' ? event.obstacles : context.obstacles,
    }),
    keepTap: assign({
      seen: ({ context, event }) => tapIn(event) ?? context.seen,
    }),
    keepAnswer: assign({
      answer: ({ context, event }) =>
        'output' in event ? (event.output as Answer) : context.answer,
    }),
    forgetAnswer: assign({ answer: null }),
    chooseLanguage: assign({
      language: ({ context, event }) =>
        event.type === 'key.language' ? event.language : context.language,
    }),
    chooseSound: assign({
      chosenSound: ({ context }) => {
        const next = SOUND_LEVELS.indexOf(context.chosenSound) + 1;
        return SOUND_LEVELS[next % SOUND_LEVELS.length] ?? context.sound;
      },
    }),
    /** The next person is asked in Japanese. */
    forgetChoices: assign({
      language: ({ context }) => context.speaks ?? 'ja',
      chosenSound: ({ context }) => context.sound,
      called: false,
    }),
    keepProgramme: assign({ errand: PROGRAMME }),
    keepErrand: assign({ errand: ({ context, event }) => errandOf(event) ?? context.errand }),
    /** Once a visit: whoever comes sees that somebody is waited for. */
    callStaff: enqueueActions(({ context, enqueue }) => {
      if (context.called) return;
      enqueue.assign({ called: true });
      enqueue.emit({ type: 'staff.called' });
    }),
    announceReady: emit(({ context }) => ({
      type: 'terminal.ready',
      obstacles: context.obstacles,
    })),
    announceIn: emit({ type: 'service.in' }),
    announceOut: emit(({ context }) => ({ type: 'service.out', obstacles: context.obstacles })),
    announceIgnored: emit(({ context }) => ({
      type: 'card.ignored',
      reason: ignoredFor(context) ?? 'disk-full',
    })),
    reportDefect: emit(({ event }) => ({
      type: 'terminal.defect',
      error: defectOf(event),
    })),
  },
});
