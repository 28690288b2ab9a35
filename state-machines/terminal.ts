/**
 * The terminal as a whole: it settles what an earlier run left open, serves one card after the other, and says
 * whenever something stands in the way of serving. It is never restored from a snapshot.
 */

import { assign, emit, setup } from 'xstate';
import type { Answer } from '../src/domain/answer.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { sessionMachine } from './session.ts';

export const TERMINAL_DELAYS = {
  /** How long start-up waits for reader and list before it says what is missing. */
  readyGrace: 1_000,
  /** An answer stays on the screen after its card is gone, unless the next card comes. */
  answerStays: 2_000,
} as const;

export type TerminalEvent =
  | { readonly type: 'conditions.changed'; readonly obstacles: readonly Reason[] }
  /** A card that has not been served yet is in the field. */
  | ({ readonly type: 'card.present' } & SensedTap)
  | { readonly type: 'terminal.stop' };

export type TerminalEmitted =
  | { readonly type: 'terminal.ready'; readonly obstacles: readonly Reason[] }
  | { readonly type: 'service.in' }
  | { readonly type: 'service.out'; readonly obstacles: readonly Reason[] }
  | { readonly type: 'card.ignored'; readonly reason: Reason }
  | { readonly type: 'terminal.defect'; readonly error: unknown };

interface TerminalContext {
  readonly obstacles: readonly Reason[];
  readonly seen: SensedTap;
}

function defectOf(event: { readonly type: string }): unknown {
  if ('error' in event) return event.error;
  const answer = 'output' in event ? (event.output as Answer) : null;
  return answer?.answer === 'defect' ? answer.error : event.type;
}

export const terminalMachine = setup({
  types: {
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
  },
  delays: TERMINAL_DELAYS,
  guards: {
    nothingInTheWay: ({ context }) => context.obstacles.length === 0,
    obstaclesRemain: ({ event }) =>
      event.type === 'conditions.changed' && event.obstacles.length > 0,
    /** What a session hands back is its answer. */
    failed: ({ event }) => 'output' in event && (event.output as Answer).answer === 'defect',
    /** Serving a card means keeping a fact of it. */
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
  context: { obstacles: ['reader-lost'], seen: { tap: 0, sensedAt: 0 } },
  initial: 'recovering',
  states: {
    recovering: {
      meta: { screen: 'closed' },
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
              meta: { screen: 'closed' },
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
              meta: { screen: 'closed' },
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
              meta: { screen: 'waiting' },
              invoke: { id: 'awaitCard', src: 'awaitCard' },
              on: {
                'card.present': [
                  { guard: 'factsCanBeKept', target: 'serving', actions: 'keepTap' },
                  { actions: 'announceIgnored' },
                ],
              },
            },
            serving: {
              invoke: {
                id: 'session',
                src: 'session',
                input: ({ context }) => context.seen,
                onDone: [
                  { guard: 'failed', target: 'answered', actions: 'reportDefect' },
                  { target: 'answered' },
                ],
                onError: { target: 'answered', actions: 'reportDefect' },
              },
            },
            answered: {
              invoke: { id: 'awaitNextCard', src: 'awaitCard' },
              after: { answerStays: 'waiting' },
              on: {
                'card.present': [
                  { guard: 'factsCanBeKept', target: 'serving', actions: 'keepTap' },
                  { actions: 'announceIgnored' },
                ],
              },
            },
          },
        },
      },
    },
    stopped: { type: 'final' },
  },
});
