/**
 * A visit at an evacuation shelter. A card held is a person taken in, whatever is known of them; the others of the household
 * follow, and the next who comes begins a visit of their own. Who is here already has a menu. Nobody is refused: a card that
 * can't be read leads to a form, and a disk that takes nothing more to paper.
 */

import { begun, endOf } from './shelter-visit-ends.ts';
import { type ShelterContext, shelterVisitSetup } from './shelter-visit-setup.ts';
import { holds, shows } from './shown.ts';

/** In each state that a card may end. */
const NEXT_CARD = {
  id: 'awaitCard',
  src: 'awaitCard',
  input: ({ context }: { readonly context: ShelterContext }) => context.seen,
} as const;
const JOINS = { target: 'reading', actions: 'keepTap' } as const;
const BEGINS = { target: 'reading', actions: ['forgetGo', 'keepTap'] } as const;
const FAILS = { target: 'ended', actions: 'keepDefect' } as const;
const GOES_ON = [{ guard: 'hasPeople', target: 'gathering' }, { target: 'takingCard' }] as const;

export const shelterVisitMachine = shelterVisitSetup.createMachine({
  id: 'shelterVisit',
  context: ({ input }) => begun(input),
  initial: 'beginning',
  // The terminal ends, or an alert interrupts. A card that leaves is noticed by the step that needs it.
  on: { 'session.cancel': '.ended', 'card.gone': {} },
  states: {
    beginning: { always: [{ guard: 'isBegunByChoice', target: 'noCard' }, { target: 'reading' }] },
    reading: {
      meta: holds('cardStep'),
      invoke: {
        id: 'readCard',
        src: 'readCard',
        input: ({ context }) => context.seen,
        onDone: [
          { guard: 'goesOn', target: 'finding' },
          { guard: 'mayBeReadAgain', target: 'unread', actions: 'keepUnread' },
          { target: 'noCard', actions: 'keepUnread' },
        ],
        onError: FAILS,
      },
      after: {
        cardStep: [
          { guard: 'isFirstTry', target: 'unread', actions: 'keepUnread' },
          { target: 'noCard', actions: 'keepUnread' },
        ],
      },
    },
    finding: {
      meta: holds('ownStep'),
      invoke: {
        id: 'findPerson',
        src: 'findPerson',
        input: ({ context }) => context.seen,
        onDone: [
          { guard: 'isHereAlone', target: 'menu', actions: 'keepHere' },
          { target: 'admitting' },
        ],
        // Whatever keeps them from being found: they are taken in.
        onError: 'admitting',
      },
      after: { ownStep: 'admitting' },
    },
    admitting: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'admit',
        src: 'admit',
        input: ({ context: { seen, people } }) => ({ seen, isFirst: people.length === 0 }),
        onDone: [
          { guard: 'isKept', target: 'gathering', actions: 'keepPerson' },
          { target: 'paper' },
        ],
        onError: FAILS,
      },
    },
    gathering: {
      meta: shows('shelter-family', 'shelter-family', ['enter', 'choose'], 'moreCards', 'done'),
      invoke: NEXT_CARD,
      on: {
        'card.present': JOINS,
        'key.enter': 'gathered',
        'key.choose': { guard: 'hasNoCard', target: 'noCard' },
      },
      after: { moreCards: 'gathered' },
    },
    gathered: {
      meta: shows('shelter-family', null, [], 'saidStays'),
      invoke: NEXT_CARD,
      on: { 'card.present': BEGINS },
      after: { saidStays: 'takingCard' },
    },
    unread: {
      meta: shows('again', 'again', [], 'againStays', 'problem'),
      invoke: NEXT_CARD,
      on: { 'card.present': JOINS },
      after: { againStays: GOES_ON },
    },
    menu: {
      meta: shows('shelter-menu', 'shelter-menu', ['choose', 'back'], 'idle'),
      invoke: NEXT_CARD,
      on: {
        'card.present': BEGINS,
        'key.back': 'takingCard',
        'key.choose': [
          { guard: 'goesOut', target: 'acting', actions: 'actOut' },
          { guard: 'leaves', target: 'acting', actions: 'actLeave' },
          { guard: 'wantsSupplies', target: 'supplies' },
          { guard: 'wantsNeeds', target: 'needs' },
          { guard: 'wantsConsented', target: 'staff', actions: 'askConsented' },
          { guard: 'wantsUndo', target: 'staff', actions: 'askUndo' },
        ],
      },
      after: { idle: 'takingCard' },
    },
    supplies: {
      meta: shows('shelter-supplies', null, ['choose', 'back'], 'idle'),
      invoke: NEXT_CARD,
      on: {
        'card.present': BEGINS,
        'key.back': 'menu',
        'key.choose': { guard: 'isSupply', target: 'acting', actions: 'actSupply' },
      },
      after: { idle: 'takingCard' },
    },
    needs: {
      meta: shows('shelter-needs', null, ['choose', 'enter', 'back'], 'idle'),
      invoke: NEXT_CARD,
      on: {
        'card.present': BEGINS,
        'key.back': 'menu',
        'key.choose': { guard: 'isNeed', target: 'needs', reenter: true, actions: 'toggleNeed' },
        'key.enter': { target: 'acting', actions: 'actNeeds' },
      },
      after: { idle: 'takingCard' },
    },
    acting: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'actHere',
        src: 'actHere',
        input: ({ context }) => context.act,
        onDone: [
          { guard: 'isDone', target: 'said', actions: 'say' },
          { guard: 'hadIt', target: 'staff', actions: 'askAgain' },
          { target: 'paper' },
        ],
        onError: FAILS,
      },
    },
    said: {
      meta: shows('shelter-done', 'shelter-done', [], 'saidStays', 'done'),
      invoke: NEXT_CARD,
      on: { 'card.present': BEGINS },
      after: { saidStays: 'takingCard' },
    },
    /** What only staff may do (staff-asked.ts). */
    staff: {
      invoke: {
        id: 'staffAsked',
        src: 'staffAsked',
        input: ({ context: { asked, seen } }) => ({ what: asked, seen }),
        onDone: [
          { guard: 'isStaffDefect', ...FAILS },
          { guard: 'isUndoAsked', target: 'why', actions: 'keepStaff' },
          { guard: 'isConsentAsked', target: 'consented', actions: 'keepStaff' },
          { guard: 'isAttendant', target: 'acting', actions: ['keepStaff', 'actSupplyAgain'] },
          { guard: 'isStaffGone', target: 'takingCard', actions: 'keepStaff' },
          { target: 'menu', actions: 'keepStaff' },
        ],
        onError: FAILS,
      },
    },
    why: {
      meta: shows('shelter-why', null, ['choose', 'back'], 'idle'),
      on: {
        'key.back': 'menu',
        'key.choose': { guard: 'isWhy', target: 'acting', actions: 'actUndo' },
      },
      after: { idle: 'takingCard' },
    },
    /** What is shown is in no context: it is asked for when it is drawn, and gone with the visit. */
    consented: {
      meta: shows('shelter-consented', null, ['back'], 'idle'),
      invoke: NEXT_CARD,
      on: { 'card.present': BEGINS, 'key.back': 'takingCard' },
      after: { idle: 'takingCard' },
    },
    noCard: {
      meta: shows('shelter-no-card', 'shelter-no-card', ['choose', 'back'], 'idle'),
      invoke: NEXT_CARD,
      on: {
        'card.present': JOINS,
        'key.back': GOES_ON,
        'key.choose': { guard: 'writes', target: 'form', actions: 'keepTyped' },
      },
      after: { idle: GOES_ON },
    },
    form: {
      invoke: [
        NEXT_CARD,
        {
          id: 'shelterForm',
          src: 'shelterForm',
          input: ({ context: { typed, problem } }: { readonly context: ShelterContext }) => ({
            of: typed,
            problem,
          }),
          onDone: [
            { guard: 'isFilledIn', target: 'takingIn', actions: 'keepForm' },
            { guard: 'isNumber', target: 'seeking', actions: 'keepNumber' },
            { target: 'noCard' },
          ],
          onError: FAILS,
        },
      ],
      on: { 'card.present': JOINS },
    },
    takingIn: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'takeIn',
        src: 'takeIn',
        input: ({ context }) => context.given,
        onDone: [{ guard: 'isKept', target: 'slip', actions: 'keepTaken' }, { target: 'paper' }],
        onError: FAILS,
      },
    },
    seeking: {
      meta: holds(null),
      invoke: {
        id: 'findSlip',
        src: 'findSlip',
        input: ({ context }) => context.typed,
        onDone: [
          { guard: 'isKnown', target: 'menu', actions: 'keepHere' },
          { guard: 'isBack', target: 'admitting' },
          { target: 'form', actions: 'sayNoSlip' },
        ],
        onError: FAILS,
      },
    },
    slip: {
      meta: shows('shelter-slip', 'shelter-slip', ['enter'], 'slipStays', 'done'),
      invoke: NEXT_CARD,
      on: { 'card.present': JOINS, 'key.enter': 'gathering' },
      after: { slipStays: 'gathering' },
    },
    /** Nothing can be kept: whoever runs the place writes. */
    paper: {
      meta: shows('shelter-paper', 'shelter-paper', [], 'againStays', 'problem'),
      invoke: NEXT_CARD,
      on: { 'card.present': BEGINS },
      after: { againStays: 'takingCard' },
    },
    takingCard: {
      meta: { screen: 'take-card', voice: 'take-card', tone: 'take', keys: [], timeout: null },
      invoke: { id: 'watchCard', src: 'watchCard', input: ({ context }) => context.seen },
      on: { 'card.gone': 'ended' },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => endOf(context),
});
