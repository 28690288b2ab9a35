/**
 * What the machine of linking remembers, what it asks of the world, and what it is told: everything but the order, which is
 * in television-link.ts.
 */

import { assign, setup } from 'xstate';
import type { StepResult } from '../src/domain/answer.ts';
import type { ErrandEnd } from '../src/domain/errand.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { cardPinMachine } from './card-secret.ts';
import { SECRET_ENDS } from './card-secret-setup.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { isNewCard, tapIn, whyAgain } from './placed-card.ts';
import { failedBy, outputOf, resultOf } from './step-result.ts';

type Limited = { readonly context: Pick<LinkContext, 'isInAlert'> };

/** In ms. While an alert counts each is shorter: it comes back by itself. */
export const LINK_DELAYS = {
  /** Nobody has pressed a key for so long, or no card came: nothing is begun that could be lost. */
  idle: ({ context }: Limited) => (context.isInAlert ? 40_000 : 90_000),
  /** So long the screen says that the alert comes back. */
  alertBack: 20_000,
  /** As in event entry (state-machines/event-entry.ts). */
  cardStep: 2_800,
  /** The platform is far away, and a person sits there. */
  platformAnswers: 10_000,
  /** What came of it stays to be read; taking the card goes on at once. */
  outcomeStays: ({ context }: Limited) => (context.isInAlert ? 8_000 : 20_000),
  /** A card that still lies there is called for by the voice. */
  cardCalled: 15_000,
} as const;

export type LinkEvent =
  | { readonly type: 'key.back' | 'key.enter' | 'key.stay' }
  | ({ readonly type: 'card.present' } & SensedTap)
  | { readonly type: 'card.gone' | 'session.cancel' };

/** What stands in the way; null: nothing. */
export interface Hindrance {
  readonly reason: Reason | null;
}

export interface LinkInput {
  /** An alert counts, and waits for this. */
  readonly isInAlert: boolean;
}

export interface LinkContext extends LinkInput {
  /** They have read what it means, and want it. */
  readonly hasAgreed: boolean;
  readonly seen: SensedTap;
  /** Why the card has to be put there again. */
  readonly again: Reason | null;
  readonly reason: Reason;
  readonly end: ErrandEnd;
}

export const televisionLinkSetup = setup({
  types: {
    input: {} as LinkInput,
    context: {} as LinkContext,
    events: {} as LinkEvent,
    output: {} as ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Lasts as long as the visit: what it read of a card is forgotten with it, however it ends. */
    visit: callbackNotProvided<LinkEvent>('visit'),
    /** Whether somebody can be linked at all now. */
    lookForHindrance: promiseNotProvided<Hindrance>('lookForHindrance'),
    /** Sends `card.present` for a card, at once when it is already there. */
    awaitCard: callbackNotProvided<LinkEvent>('awaitCard'),
    /** Sends `card.gone`, at once when the card of this tap is not there any more. */
    watchCard: callbackNotProvided<LinkEvent, SensedTap>('watchCard'),
    readCard: promiseNotProvided<StepResult, SensedTap>('readCard'),
    secret: cardPinMachine,
    /** Who it is, by the municipality's register. */
    askRegister: promiseNotProvided<Hindrance>('askRegister'),
    /** The fact and the name, in one. */
    recordLink: promiseNotProvided<Hindrance>('recordLink'),
  },
  delays: LINK_DELAYS,
  guards: {
    isInAlert: ({ context }) => context.isInAlert,
    hasAgreed: ({ context }) => context.hasAgreed,
    isFree: ({ event }) => outputOf<Hindrance>(event)?.reason === null,
    isNewCard: ({ context, event }) => isNewCard(context, event),
    goesOn: ({ event }) => resultOf(event)?.next === 'go-on',
    asksPin: ({ event }) => resultOf(event)?.next === 'ask-pin',
    asksAgain: ({ event }) => resultOf(event)?.next === 'hold-again',
    ...SECRET_ENDS,
  },
  actions: {
    keepAgreed: assign({ hasAgreed: true }),
    keepCard: assign({
      seen: ({ context, event }) => tapIn(event) ?? context.seen,
    }),
    askAgain: assign({ again: ({ event }) => whyAgain(event) }),
    sayUnreadable: assign({ again: 'card-unreadable' }),
    keepReason: assign({
      reason: ({ event }): Reason =>
        outputOf<{ readonly reason?: Reason | null }>(event)?.reason ?? 'platform-refused',
    }),
    saySlow: assign({ reason: 'platform-slow' }),
    endLeft: assign({ end: { why: 'left', error: null } }),
    endFailed: assign({ end: ({ event }) => failedBy(event) }),
  },
});
