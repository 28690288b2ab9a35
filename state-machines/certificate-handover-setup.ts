/**
 * What the machine between the money and the paper remembers, what it asks of the world, and what it is told: everything
 * but the order of the steps, which is in certificate-handover.ts.
 */

import { assign, sendTo, setup } from 'xstate';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';

/** In ms. */
export const HANDOVER_DELAYS = {
  /** Nobody has put money in or pressed a key for so long: they are asked whether they are there. */
  payIdle: 90_000,
  /** To answer that (WCAG 2.2.1); then what was put in comes back. */
  payLeaving: 20_000,
  /** A card that still lies there is called for, louder each time, before the paper comes. */
  cardWaits: 15_000,
  /** Then the order is void and the money goes back: nobody is there. */
  cardLimit: 120_000,
  /** Staff comes and mends the printer; then what is not printed is void. */
  heldLimit: 600_000,
  paperStays: 30_000,
} as const;

export const MEANS = ['cash', 'e-money'] as const;
export type Means = (typeof MEANS)[number];

export interface HandoverInput {
  readonly seen: SensedTap;
  /** Yen. */
  readonly fee: number;
}

export type HandoverEvent =
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.back' | 'key.enter' | 'key.stay' }
  /** So many yen were put in so far. */
  | { readonly type: 'money.inserted'; readonly yen: number }
  /** So many sheets came out so far. */
  | { readonly type: 'sheet.done'; readonly done: number }
  /** The printer waits for staff; null: it goes on. */
  | { readonly type: 'printer.waits'; readonly held: Reason }
  | { readonly type: 'printer.goes-on' }
  | { readonly type: 'card.gone' | 'session.cancel' };

/** What the effects that are under way are told: the person does not go on. */
export interface StopEvent {
  readonly type: 'stop';
}

export type HandoverResult =
  | { readonly next: 'go-on' }
  | { readonly next: 'refuse'; readonly reason: Reason };

/** `not-issued`: whoever asked for the order closes it; money that is held is held still. */
export interface HandoverEnd {
  readonly end: 'issued' | 'not-issued' | 'defect';
  readonly reason: Reason | null;
  readonly error: unknown;
}

export interface HandoverContext extends HandoverInput {
  readonly means: Means | null;
  readonly inserted: number;
  readonly done: number;
  readonly held: Reason | null;
  readonly end: HandoverEnd;
}

function meansOf(event: { readonly type: string }): Means | null {
  const choice = 'choice' in event ? event.choice : null;
  return MEANS.find((means) => means === choice) ?? null;
}

function notIssued(reason: Reason | null): { readonly end: HandoverEnd } {
  return { end: { end: 'not-issued', reason, error: null } };
}

export const certificateHandoverSetup = setup({
  types: {
    input: {} as HandoverInput,
    context: {} as HandoverContext,
    events: {} as HandoverEvent,
    output: {} as HandoverEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Resolves when the money is held, or why it is not. */
    authorise: promiseNotProvided<HandoverResult, { readonly means: Means }>('authorise'),
    /** Sends `money.inserted`; told to stop, it has the unit give back what was put in. */
    watchMoney: callbackNotProvided<StopEvent>('watchMoney'),
    /** Sends `card.gone`, at once when the card of this tap is not there any more. */
    watchCard: callbackNotProvided<HandoverEvent, SensedTap>('watchCard'),
    /** One sheet after the other; resolves when it is known what came of all of them. */
    printSheets: promiseNotProvided<HandoverResult>('printSheets'),
    /** Sends `sheet.done`, `printer.waits` and `printer.goes-on`; told to stop, it has the printer drop what is left. */
    watchPrinting: callbackNotProvided<StopEvent>('watchPrinting'),
    /** The money is taken, the centre told, the receipt printed. */
    settle: promiseNotProvided<HandoverResult>('settle'),
  },
  delays: HANDOVER_DELAYS,
  guards: {
    isFree: ({ context }) => context.fee === 0,
    isMeans: ({ event }) => meansOf(event) !== null,
    goesOn: ({ event }) => 'output' in event && (event.output as HandoverResult).next === 'go-on',
  },
  actions: {
    keepMeans: assign({ means: ({ event }) => meansOf(event) }),
    keepInserted: assign({
      inserted: ({ context, event }) =>
        event.type === 'money.inserted' ? event.yen : context.inserted,
    }),
    keepDone: assign({
      done: ({ context, event }) => (event.type === 'sheet.done' ? event.done : context.done),
      held: null,
    }),
    keepHeld: assign({
      held: ({ event }) => (event.type === 'printer.waits' ? event.held : null),
    }),
    stopMoney: sendTo('watchMoney', { type: 'stop' }),
    stopPrinting: sendTo('watchPrinting', { type: 'stop' }),
    endRefused: assign(({ event }) => {
      const result = 'output' in event ? (event.output as HandoverResult) : null;
      return notIssued(result?.next === 'refuse' ? result.reason : null);
    }),
    endCancelled: assign(notIssued('order-cancelled')),
    endCardLeft: assign(notIssued('card-left-behind')),
    endIssued: assign({ end: { end: 'issued' as const, reason: null, error: null } }),
    endDefect: assign(({ event }) => ({
      end: {
        end: 'defect' as const,
        reason: null,
        error: 'error' in event ? event.error : event.type,
      },
    })),
  },
});
