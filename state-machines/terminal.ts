/**
 * The terminal as a whole: it settles what an earlier run left open, serves one card after the other, opens the staff's
 * menu, and says whenever something stands in the way of serving. It is never restored from a snapshot.
 */

import { type AnyActorLogic, assign, emit, setup } from 'xstate';
import type { Answer } from '../src/domain/answer.ts';
import type { Reason } from '../src/domain/reason.ts';
import {
  type Language,
  SOUND_LEVELS,
  type SoundLevel,
  type StateMeta,
} from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
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
  | { readonly type: 'terminal.stop' };

export type TerminalEmitted =
  | { readonly type: 'terminal.ready'; readonly obstacles: readonly Reason[] }
  | { readonly type: 'service.in' }
  | { readonly type: 'service.out'; readonly obstacles: readonly Reason[] }
  | { readonly type: 'card.ignored'; readonly reason: Reason }
  | { readonly type: 'terminal.defect'; readonly error: unknown };

export interface TerminalInput {
  /** Somebody is configured who may open the staff's menu. */
  readonly hasStaff: boolean;
  /** Where the sound key starts from for everybody. */
  readonly sound: SoundLevel;
}

interface TerminalContext extends TerminalInput {
  readonly obstacles: readonly Reason[];
  readonly seen: SensedTap;
  /** The latest answer; null before the first. */
  readonly answer: Answer | null;
  readonly language: Language;
  readonly chosenSound: SoundLevel;
}

const SILENT = { voice: null, tone: null } as const;
const CLOSED: StateMeta = {
  screen: 'closed',
  voice: 'closed',
  tone: null,
  keys: ['staff'],
  timeout: null,
};
const WAITING: StateMeta = { screen: 'waiting', ...SILENT, keys: ['staff'], timeout: null };

/** Serving a card means keeping a fact of it: without room for one, the card is told apart as ignored. */
const NEXT_CARD = [
  { guard: 'factsCanBeKept', target: 'serving', actions: 'keepTap' },
  { actions: 'announceIgnored' },
] as const;

function defectOf(event: { readonly type: string }): unknown {
  if ('error' in event) return event.error;
  const answer = 'output' in event ? (event.output as Answer) : null;
  return answer?.answer === 'defect' ? answer.error : event.type;
}

export const terminalMachine = setup({
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
    staff: promiseNotProvided<void, { readonly by: string | null }>('staff') as AnyActorLogic,
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
    hasStaff: ({ context }) => context.hasStaff,
    factsCanBeKept: ({ context }) => !context.obstacles.includes('disk-full'),
  },
  actions: {
    keepObstacles: assign({
      obstacles: ({ context, event }) =>
        event.type === 'conditions.changed' ? event.obstacles : context.obstacles,
    }),
    keepTap: assign({
      seen: ({ context, event }) =>
        event.type === 'card.present' ? { tap: event.tap, sensedAt: event.sensedAt } : context.seen,
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
    forgetChoices: assign({ language: 'ja', chosenSound: ({ context }) => context.sound }),
    announceReady: emit(({ context }) => ({
      type: 'terminal.ready',
      obstacles: context.obstacles,
    })),
    announceIn: emit({ type: 'service.in' }),
    announceOut: emit(({ context }) => ({ type: 'service.out', obstacles: context.obstacles })),
    announceIgnored: emit({ type: 'card.ignored', reason: 'disk-full' }),
    reportDefect: emit(({ event }) => ({
      type: 'terminal.defect',
      error: defectOf(event),
    })),
  },
}).createMachine({
  id: 'terminal',
  context: ({ input }) => ({
    ...input,
    obstacles: ['reader-lost'],
    seen: { tap: 0, sensedAt: 0 },
    answer: null,
    language: 'ja',
    chosenSound: input.sound,
  }),
  initial: 'recovering',
  on: {
    'key.language': { actions: 'chooseLanguage' },
    'key.sound': { actions: 'chooseSound' },
  },
  states: {
    recovering: {
      meta: { ...CLOSED, voice: null, keys: [] },
      invoke: {
        id: 'recover',
        src: 'recover',
        onDone: 'operating',
        onError: { target: 'stopped', actions: 'reportDefect' },
      },
      on: { 'terminal.stop': 'stopped' },
    },
    operating: {
      type: 'parallel',
      invoke: { id: 'watchConditions', src: 'watchConditions' },
      on: { 'conditions.changed': { actions: 'keepObstacles' }, 'terminal.stop': 'stopped' },
      states: {
        availability: {
          initial: 'starting',
          states: {
            starting: {
              meta: { ...CLOSED, voice: null, keys: [], timeout: 'readyGrace' },
              always: { guard: 'nothingInTheWay', target: 'inService' },
              after: { readyGrace: 'outOfService' },
              exit: 'announceReady',
            },
            inService: {
              entry: 'announceIn',
              on: {
                'conditions.changed': [
                  { guard: 'obstaclesRemain', actions: 'keepObstacles', target: 'outOfService' },
                  { actions: 'keepObstacles' },
                ],
              },
            },
            outOfService: {
              meta: CLOSED,
              entry: 'announceOut',
              on: {
                'conditions.changed': [
                  {
                    guard: 'obstaclesRemain',
                    actions: 'keepObstacles',
                    target: 'outOfService',
                    reenter: true,
                  },
                  { actions: 'keepObstacles', target: 'inService' },
                ],
              },
            },
          },
        },
        visit: {
          initial: 'waiting',
          states: {
            waiting: {
              invoke: { id: 'awaitCard', src: 'awaitCard' },
              on: {
                'card.present': NEXT_CARD,
                'key.staff': { guard: 'hasStaff', target: 'attending', actions: 'forgetAnswer' },
                'key.language': { target: '.guiding', actions: 'chooseLanguage' },
                'key.sound': { target: '.guiding', actions: 'chooseSound' },
              },
              initial: 'quiet',
              states: {
                quiet: { meta: WAITING, entry: 'forgetChoices' },
                /** Somebody stands there and has not held a card yet: they are told how. */
                guiding: {
                  meta: { ...WAITING, voice: 'waiting', timeout: 'chooserStays' },
                  after: { chooserStays: 'quiet' },
                },
              },
            },
            serving: {
              invoke: {
                id: 'session',
                src: 'session',
                input: ({ context }) => context.seen,
                onDone: [
                  { guard: 'failed', target: 'waiting', actions: 'reportDefect' },
                  { guard: 'isAttendant', target: 'attending', actions: 'keepAnswer' },
                  { target: 'answered', actions: 'keepAnswer' },
                ],
                onError: { target: 'waiting', actions: 'reportDefect' },
              },
            },
            /** The card is gone, and so is the name of its holder; what to do stays to be read. */
            answered: {
              invoke: [
                { id: 'awaitNextCard', src: 'awaitCard' },
                { id: 'watchReceipt', src: 'watchReceipt', input: ({ context }) => context.seen },
              ],
              on: { 'card.present': NEXT_CARD, 'receipt.owed': {} },
              initial: 'choosing',
              states: {
                choosing: {
                  always: [
                    { guard: 'isGranted', target: 'welcomed' },
                    { guard: 'isRefused', target: 'refused' },
                    { guard: 'isHoldAgain', target: 'askedAgain' },
                    { target: 'done' },
                  ],
                },
                welcomed: {
                  meta: { screen: 'welcome', ...SILENT, keys: [], timeout: 'welcomeStays' },
                  on: { 'receipt.owed': 'owed' },
                  after: { welcomeStays: 'done' },
                },
                owed: {
                  meta: {
                    screen: 'receipt-owed',
                    voice: 'receipt-owed',
                    tone: null,
                    keys: [],
                    timeout: 'owedStays',
                  },
                  after: { owedStays: 'done' },
                },
                refused: {
                  meta: { screen: 'refused', ...SILENT, keys: [], timeout: 'refusalStays' },
                  after: { refusalStays: 'done' },
                },
                askedAgain: {
                  meta: { screen: 'again', ...SILENT, keys: [], timeout: 'againStays' },
                  after: { againStays: 'done' },
                },
                done: { type: 'final' },
              },
              onDone: 'waiting',
            },
            attending: {
              invoke: {
                id: 'staff',
                src: 'staff',
                input: ({ context: { answer } }: { readonly context: TerminalContext }) => ({
                  by: answer?.answer === 'attendant' ? answer.by : null,
                }),
                onDone: { target: 'waiting', actions: 'forgetAnswer' },
                onError: { target: 'waiting', actions: ['forgetAnswer', 'reportDefect'] },
              },
            },
          },
        },
      },
    },
    stopped: { type: 'final' },
  },
});
