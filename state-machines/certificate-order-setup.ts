/**
 * What the machine of a certificate's order remembers, what it asks of the world, and what it is told: everything but the
 * order of the steps, which is in certificate-order.ts. What is personal stays with the effects: neither a name nor a
 * certificate comes here.
 */

import { assign, setup } from 'xstate';
import type { ErrandEnd, ErrandInput } from '../src/domain/errand.ts';
import { CHOICES_SHOWN_MAX, type Openness } from '../src/domain/kiosk-screen.ts';
import type {
  DocumentOption,
  DocumentType,
  MoneyEnd,
  Municipality,
  Order,
} from '../src/domain/municipal-certificate.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { cardPinMachine } from './card-secret.ts';
import { secretEndOf } from './card-secret-setup.ts';
import { certificateHandoverMachine } from './certificate-handover.ts';
import type { HandoverEnd } from './certificate-handover-setup.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { tapIn } from './placed-card.ts';
import { outputOf } from './step-result.ts';

/** In ms. */
export const ORDER_DELAYS = {
  /** Nobody put a card down. */
  placeIdle: 60_000,
  /** A proof of the card's key and the verdict on its certificate. */
  cardReading: 6_000,
  /** After that the centre is silent; nothing has been charged. */
  centreAnswers: 30_000,
  /** The document is fetched and looked at, every page. */
  checkLimit: 30_000,
  /** Nobody has pressed a key for so long: they are asked whether they are there. */
  orderIdle: 60_000,
  /** To answer that (WCAG 2.2.1). */
  orderLeaving: 20_000,
  /** Money that is held goes back, and the centre is told. */
  closeLimit: 30_000,
  endedStays: 30_000,
  /** A card that still lies there is called for, louder each time. */
  cardForgotten: 15_000,
} as const;

/** One document that can be had, or why not. */
export interface OrderOffer {
  readonly document: DocumentType;
  readonly municipality: Municipality;
  /** Yen for one copy. */
  readonly fee: number;
  readonly options: readonly DocumentOption[];
  readonly copiesMax: number;
  readonly service: NonNullable<Openness>;
}

export type OrderEvent =
  | { readonly type: 'card.present'; readonly tap: number; readonly sensedAt: number }
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.more' | 'key.back' | 'key.enter' | 'key.stay' }
  | { readonly type: 'card.gone' | 'session.cancel' };

/** How a step ended. It never throws for what cards, people, devices and the centre can do. */
export type OrderResult =
  | { readonly next: 'go-on' }
  | { readonly next: 'offers'; readonly offers: readonly OrderOffer[] }
  | { readonly next: 'refuse'; readonly reason: Reason }
  | { readonly next: 'hold-again'; readonly reason: Reason }
  | { readonly next: 'closed'; readonly money: MoneyEnd };

export interface OrderContext {
  readonly seen: SensedTap | null;
  /** Why the card has to be put down once more. */
  readonly again: Reason | null;
  /** Of the card that has to be: while it only stays where it is, it is not read again. */
  readonly lastTap: number | null;
  readonly offers: readonly OrderOffer[];
  readonly page: number;
  /** Place in `offers`. */
  readonly chosen: number;
  readonly option: DocumentOption;
  readonly copies: number;
  /** The centre was asked to issue: what follows is void or paper. */
  readonly isAsked: boolean;
  readonly isIssued: boolean;
  /** Why it ended without paper. */
  readonly reason: Reason | null;
  readonly money: MoneyEnd;
  readonly defect: { readonly error: unknown } | null;
}

export const NOTHING_ORDERED: OrderContext = {
  seen: null,
  again: null,
  lastTap: null,
  offers: [],
  page: 0,
  chosen: 0,
  option: 'plain',
  copies: 1,
  isAsked: false,
  isIssued: false,
  reason: null,
  money: 'nothing-charged',
  defect: null,
};

/** What was chosen; throws before a document was. */
export function orderOf({ offers, chosen, option, copies }: OrderContext): Order {
  const offer = offers[chosen];
  if (offer === undefined) throw new Error('no document was chosen');
  const { document, municipality, fee } = offer;
  return { document, municipality, option, copies, fee: fee * copies };
}

export function pagesOf({ offers }: Pick<OrderContext, 'offers'>): number {
  return Math.max(1, Math.ceil(offers.length / CHOICES_SHOWN_MAX));
}

type Spoken = { readonly type: string };

const resultOf = (event: Spoken) => outputOf<OrderResult>(event);

function handoverOf(event: Spoken): HandoverEnd | null {
  return event.type === 'xstate.done.actor.handover' ? outputOf<HandoverEnd>(event) : null;
}

function choiceOf(event: Spoken): string {
  return 'choice' in event ? String(event.choice) : '';
}

function offerOf({ offers, chosen }: OrderContext): OrderOffer | null {
  return offers[chosen] ?? null;
}

/** The offer that a key chooses. */
function offerChosen({ offers }: OrderContext, event: Spoken): OrderOffer | null {
  const choice = choiceOf(event);
  return /^\d{1,2}$/u.test(choice) ? (offers[Number(choice)] ?? null) : null;
}

function optionChosen(context: OrderContext, event: Spoken): DocumentOption | null {
  return offerOf(context)?.options.find((option) => option === choiceOf(event)) ?? null;
}

function copiesChosen(context: OrderContext, event: Spoken): number | null {
  const copies = Number(choiceOf(event));
  const most = offerOf(context)?.copiesMax ?? 0;
  return Number.isInteger(copies) && copies >= 1 && copies <= most ? copies : null;
}

function reasonOf(event: Spoken): Reason | null {
  const secret = secretEndOf(event);
  if (secret !== null) return secret.reason;
  const handover = handoverOf(event);
  if (handover !== null) return handover.reason;
  const result = resultOf(event);
  return result !== null && 'reason' in result ? result.reason : null;
}

/** Anew, from the card on. */
function placing({ seen }: OrderContext, again: Reason | null): OrderContext {
  return { ...NOTHING_ORDERED, again, lastTap: seen?.tap ?? null };
}

export const certificateOrderSetup = setup({
  types: {
    input: {} as ErrandInput,
    context: {} as OrderContext,
    events: {} as OrderEvent,
    output: {} as ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Sends `card.present`, at once when a card lies there that was not served yet. */
    awaitCard: callbackNotProvided<OrderEvent>('awaitCard'),
    /** Sends `card.gone`, at once when the card of this tap is not there any more. */
    watchCard: callbackNotProvided<OrderEvent, SensedTap>('watchCard'),
    readCard: promiseNotProvided<OrderResult, SensedTap>('readCard'),
    askOffers: promiseNotProvided<OrderResult, SensedTap>('askOffers'),
    /** Its PIN; the card signs this very order with it. */
    secret: cardPinMachine,
    /** Fixes what the PIN is typed for. */
    fixOrder: callbackNotProvided<OrderEvent, Order>('fixOrder'),
    issue: promiseNotProvided<OrderResult>('issue'),
    /** Fetches the document and holds everything that came against what was asked for. */
    check: promiseNotProvided<OrderResult>('check'),
    /** From the money to the paper. */
    handover: certificateHandoverMachine,
    /** Nothing stays open: what is held goes back, the centre is told, the session is wiped. */
    closeOrder: promiseNotProvided<OrderResult, { readonly reason: Reason | null }>('closeOrder'),
  },
  delays: ORDER_DELAYS,
  guards: {
    goesOn: ({ event }) => resultOf(event)?.next === 'go-on',
    isNewCard: ({ context, event }) =>
      event.type === 'card.present' && event.tap !== context.lastTap,
    asksToHoldAgain: ({ event }) => resultOf(event)?.next === 'hold-again',
    offers: ({ event }) => resultOf(event)?.next === 'offers',
    choosesOpen: ({ context, event }) => offerChosen(context, event)?.service.open === true,
    choosesClosed: ({ context, event }) => offerChosen(context, event)?.service.open === false,
    hasOneOption: ({ context }) => (offerOf(context)?.options.length ?? 0) < 2,
    hasOneCopy: ({ context }) => (offerOf(context)?.copiesMax ?? 0) < 2,
    choosesOption: ({ context, event }) => optionChosen(context, event) !== null,
    choosesCopies: ({ context, event }) => copiesChosen(context, event) !== null,
    isProved: ({ event }) => secretEndOf(event)?.end === 'proved',
    lostCard: ({ event }) => secretEndOf(event)?.end === 'card-gone',
    secretFailed: ({ event }) => secretEndOf(event)?.end === 'defect',
    isAsked: ({ context }) => context.isAsked,
    isHandedOver: ({ event }) => handoverOf(event)?.end === 'issued',
    handoverFailed: ({ event }) => handoverOf(event)?.end === 'defect',
    hasReason: ({ context }) => context.reason !== null,
    hasNoCard: ({ context }) => context.seen === null,
  },
  actions: {
    keepTap: assign({
      seen: ({ context, event }) => tapIn(event) ?? context.seen,
      again: null,
    }),
    placeAgain: assign(({ context, event }) => placing(context, reasonOf(event))),
    placeRemoved: assign(({ context }) => placing(context, 'card-removed')),
    placeUnreadable: assign(({ context }) => placing(context, 'card-unreadable')),
    keepOffers: assign({
      offers: ({ context, event }) => {
        const result = resultOf(event);
        return result?.next === 'offers' ? result.offers : context.offers;
      },
      page: 0,
    }),
    turnPage: assign({ page: ({ context }) => (context.page + 1) % pagesOf(context) }),
    chooseDocument: assign({
      chosen: ({ event }) => Number(choiceOf(event)),
      option: ({ context, event }) => offerChosen(context, event)?.options[0] ?? 'plain',
      copies: 1,
    }),
    chooseOption: assign({
      option: ({ context, event }) => optionChosen(context, event) ?? context.option,
    }),
    chooseCopies: assign({
      copies: ({ context, event }) => copiesChosen(context, event) ?? context.copies,
    }),
    keepAsked: assign({ isAsked: true }),
    keepIssued: assign({ isIssued: true, seen: null, reason: null }),
    keepReason: assign({ reason: ({ event }) => reasonOf(event) }),
    keepMoney: assign({
      money: ({ event }) => {
        const result = resultOf(event);
        return result?.next === 'closed' ? result.money : 'asked';
      },
    }),
    endSilent: assign({ reason: 'centre-silent' }),
    endUnusable: assign({ reason: 'document-unusable' }),
    endRemoved: assign({ reason: 'card-removed' }),
    endCancelled: assign({ reason: 'order-cancelled' }),
    endUnsure: assign({ money: 'asked' }),
    endLeft: assign({ reason: null }),
    endDefect: assign({
      reason: 'order-cancelled',
      defect: ({ event }) => {
        const error = secretEndOf(event)?.error ?? handoverOf(event)?.error;
        return { error: error ?? ('error' in event ? event.error : event.type) };
      },
    }),
  },
});
