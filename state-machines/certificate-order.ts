/**
 * A certificate is ordered at a kiosk: the card, what its holder can get here and now, their PIN, what the centre issued and
 * whether it is what was asked for. What follows, from the money to the paper, is certificate-handover.ts.
 *
 * Whatever ends it before the paper goes through `closing`, which leaves nothing open behind.
 */

import type { ErrandEnd } from '../src/domain/errand.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import {
  certificateOrderSetup,
  NOTHING_ORDERED,
  type OrderContext,
  orderOf,
} from './certificate-order-setup.ts';
import { shows } from './shown.ts';

const works = (timeout: string): StateMeta => shows('working', 'working', [], timeout);
const calls = (voice: StateMeta['voice'], timeout: string | null): StateMeta =>
  shows('take-card', voice, [], timeout, 'take');

/** The order of the states guarantees a card wherever one is asked for. */
const seen = ({ context }: { readonly context: OrderContext }): SensedTap => {
  if (context.seen === null) throw new Error('a step without a card');
  return context.seen;
};
const order = ({ context }: { readonly context: OrderContext }) => orderOf(context);

const WATCHES = { id: 'watchCard', src: 'watchCard', input: seen } as const;
const FAILS = { target: '#order.closing', actions: 'endDefect' } as const;
const LEAVES = { target: '#order.closing', actions: 'endLeft' } as const;
const CANCELS = { target: '#order.closing', actions: 'endCancelled' } as const;
const REFUSED = { target: '#order.closing', actions: 'keepReason' } as const;
const SILENT = { target: '#order.closing', actions: 'endSilent' } as const;
const GONE = { target: '#order.placing', actions: 'placeRemoved' } as const;
const GONE_ASKED = { target: '#order.closing', actions: 'endRemoved' } as const;
const AGAIN = {
  guard: 'asksToHoldAgain',
  target: '#order.placing',
  actions: 'placeAgain',
} as const;
const IDLE = { orderIdle: '#order.stillThere' } as const;

export const certificateOrderMachine = certificateOrderSetup.createMachine({
  id: 'order',
  context: NOTHING_ORDERED,
  initial: 'placing',
  on: {
    'session.cancel': { target: '.closing', actions: 'endLeft' },
    // Steps that need the card watch it.
    'card.gone': {},
  },
  states: {
    placing: {
      meta: shows('place-card', 'place-card', ['back'], 'placeIdle'),
      invoke: { id: 'awaitCard', src: 'awaitCard' },
      after: { placeIdle: 'gone' },
      on: {
        'card.present': { guard: 'isNewCard', target: 'reading', actions: 'keepTap' },
        'key.back': 'gone',
        'session.cancel': 'gone',
      },
    },
    reading: {
      meta: works('cardReading'),
      invoke: [
        WATCHES,
        {
          id: 'readCard',
          src: 'readCard',
          input: seen,
          onDone: [{ guard: 'goesOn', target: 'offering' }, AGAIN, REFUSED],
          onError: FAILS,
        },
      ],
      after: { cardReading: { target: 'placing', actions: 'placeUnreadable' } },
      on: { 'card.gone': GONE },
    },
    offering: {
      meta: works('centreAnswers'),
      invoke: [
        WATCHES,
        {
          id: 'askOffers',
          src: 'askOffers',
          input: seen,
          onDone: [{ guard: 'offers', target: 'asking', actions: 'keepOffers' }, AGAIN, REFUSED],
          onError: FAILS,
        },
      ],
      after: { centreAnswers: SILENT },
      on: { 'card.gone': GONE },
    },
    asking: {
      invoke: WATCHES,
      on: { 'card.gone': GONE },
      initial: 'document',
      states: {
        document: {
          meta: shows('choose', 'choose', ['choose', 'more', 'back'], 'orderIdle'),
          after: IDLE,
          on: {
            'key.choose': [
              { guard: 'choosesOpen', target: 'option', actions: 'chooseDocument' },
              { guard: 'choosesClosed', target: 'explained', actions: 'chooseDocument' },
            ],
            'key.more': { target: 'document', reenter: true, actions: 'turnPage' },
            'key.back': LEAVES,
          },
        },
        /** Why this one can't be had now, and what to do; the others can still be chosen. */
        explained: {
          meta: shows('ended', 'by-reason', ['enter', 'back'], 'orderIdle', 'problem'),
          after: IDLE,
          on: { 'key.enter': 'document', 'key.back': 'document' },
        },
        option: {
          always: { guard: 'hasOneOption', target: 'copies' },
          meta: shows('choose', 'choose', ['choose', 'back'], 'orderIdle'),
          after: IDLE,
          on: {
            'key.choose': { guard: 'choosesOption', target: 'copies', actions: 'chooseOption' },
            'key.back': 'document',
          },
        },
        copies: {
          always: { guard: 'hasOneCopy', target: '#order.secret' },
          meta: shows('choose', 'choose', ['choose', 'back'], 'orderIdle'),
          after: IDLE,
          on: {
            'key.choose': {
              guard: 'choosesCopies',
              target: '#order.secret',
              actions: 'chooseCopies',
            },
            'key.back': [{ guard: 'hasOneOption', target: 'document' }, { target: 'option' }],
          },
        },
        confirming: {
          meta: shows('confirm-order', 'confirm-order', ['enter', 'back'], 'orderIdle'),
          after: IDLE,
          on: { 'key.enter': '#order.handover', 'key.back': CANCELS, 'card.gone': GONE_ASKED },
        },
        latest: { type: 'history' },
      },
    },
    stillThere: {
      meta: shows('still-there', 'still-there', ['stay', 'back'], 'orderLeaving'),
      invoke: WATCHES,
      after: { orderLeaving: LEAVES },
      on: {
        'key.stay': 'asking.latest',
        'key.back': LEAVES,
        'card.gone': [{ guard: 'isAsked', ...GONE_ASKED }, GONE],
      },
    },
    secret: {
      invoke: [
        { id: 'fixOrder', src: 'fixOrder', input: order },
        {
          id: 'secret',
          src: 'secret',
          input: seen,
          onDone: [
            { guard: 'isProved', target: 'issuing' },
            { guard: 'lostCard', target: 'placing', actions: 'placeAgain' },
            { guard: 'secretFailed', ...FAILS },
            REFUSED,
          ],
          onError: FAILS,
        },
      ],
    },
    issuing: {
      meta: works('centreAnswers'),
      entry: 'keepAsked',
      invoke: [
        WATCHES,
        {
          id: 'issue',
          src: 'issue',
          onDone: [{ guard: 'goesOn', target: 'checking' }, REFUSED],
          onError: FAILS,
        },
      ],
      after: { centreAnswers: SILENT },
      on: { 'card.gone': GONE_ASKED },
    },
    checking: {
      meta: works('checkLimit'),
      invoke: [
        WATCHES,
        {
          id: 'check',
          src: 'check',
          onDone: [{ guard: 'goesOn', target: 'asking.confirming' }, REFUSED],
          onError: FAILS,
        },
      ],
      after: { checkLimit: { target: 'closing', actions: 'endUnusable' } },
      on: { 'card.gone': GONE_ASKED },
    },
    handover: {
      invoke: {
        id: 'handover',
        src: 'handover',
        input: ({ context }: { readonly context: OrderContext }) => ({
          seen: seen({ context }),
          fee: orderOf(context).fee,
        }),
        onDone: [
          { guard: 'isHandedOver', target: 'gone', actions: 'keepIssued' },
          { guard: 'handoverFailed', ...FAILS },
          REFUSED,
        ],
        onError: FAILS,
      },
      // Money and paper are under way: what is begun is brought to its end.
      on: { 'session.cancel': {} },
    },
    closing: {
      meta: works('closeLimit'),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'closeOrder',
        src: 'closeOrder',
        input: ({ context }: { readonly context: OrderContext }) => ({ reason: context.reason }),
        onDone: [
          { guard: 'hasReason', target: 'ended', actions: 'keepMoney' },
          { target: 'leaving', actions: 'keepMoney' },
        ],
        onError: { target: 'leaving', actions: ['endDefect', 'endUnsure'] },
      },
      after: {
        closeLimit: [
          { guard: 'hasReason', target: 'ended', actions: 'endUnsure' },
          { target: 'leaving', actions: 'endUnsure' },
        ],
      },
    },
    ended: {
      meta: shows('ended', 'by-reason', ['enter'], 'endedStays', 'problem'),
      after: { endedStays: 'leaving' },
      on: { 'key.enter': 'leaving', 'session.cancel': 'gone' },
    },
    leaving: {
      initial: 'looking',
      on: { 'card.gone': 'gone', 'session.cancel': 'gone' },
      states: {
        looking: { always: [{ guard: 'hasNoCard', target: '#order.gone' }, { target: 'card' }] },
        card: {
          invoke: WATCHES,
          initial: 'asked',
          states: {
            asked: {
              meta: calls('take-card', 'cardForgotten'),
              after: { cardForgotten: 'louder' },
            },
            louder: {
              meta: calls('take-card-now', 'cardForgotten'),
              after: { cardForgotten: 'calling' },
            },
            calling: { meta: calls('take-card-now', null) },
          },
        },
      },
    },
    gone: { type: 'final' },
  },
  output: ({ context: { isIssued, defect } }): ErrandEnd => ({
    why: defect === null ? (isIssued ? 'done' : 'left') : 'failed',
    error: defect?.error ?? null,
  }),
});
