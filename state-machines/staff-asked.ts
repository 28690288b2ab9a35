/**
 * What only staff may do for somebody else, on that person's own screen: an attendant holds their card, or types the PIN. What
 * somebody agreed to have passed on is shown to whoever has a card of their own: a PIN that many know names nobody.
 */

import { assign, setup } from 'xstate';
import type { KeyName, StateMeta } from '../src/domain/screen.ts';
import type { StaffAsked } from '../src/domain/shelter-screen.ts';
import type { SignInEnd } from '../src/domain/staff-answer.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { tapIn } from './placed-card.ts';
import { holds, shows } from './shown.ts';
import { staffSignInMachine } from './staff-sign-in.ts';
import { outputOf } from './step-result.ts';

export const STAFF_ASKED_DELAYS = {
  /** As in a visit at a shelter (shelter-visit-setup.ts). */
  cardStep: 2_800,
  idle: 60_000,
} as const;

export interface StaffAskedInput {
  readonly what: StaffAsked;
  /** The card that was served last. */
  readonly seen: SensedTap;
}

export interface StaffAskedEnd {
  /** The attendant; null: nobody said so. */
  readonly by: string | null;
  /** They went back to where they came from. */
  readonly isBack: boolean;
  /** The card that was served last by now. */
  readonly seen: SensedTap;
  /** Null: nothing went wrong. */
  readonly error: unknown;
}

export interface StaffAskedContext extends StaffAskedInput, StaffAskedEnd {
  readonly isRefused: boolean;
}

export type StaffAskedEvent =
  | ({ readonly type: 'card.present' } & SensedTap)
  | { readonly type: 'card.gone' | 'session.cancel' }
  | { readonly type: 'key.staff' | 'key.back' };

const signInOf = (event: { readonly type: string }) => outputOf<SignInEnd>(event);
const asks = (keys: readonly KeyName[]) => shows('shelter-staff', 'shelter-staff', keys, 'idle');
const FAILS = { target: '#staffAsked.over', actions: 'endFailed' } as const;
const AWAITS_CARD = {
  id: 'awaitCard',
  src: 'awaitCard',
  input: ({ context }: { readonly context: StaffAskedContext }) => context.seen,
} as const;
const HEARS = {
  'card.present': { target: 'checking', actions: 'keepTap' },
  'key.back': { target: 'over', actions: 'goBack' },
} as const;

export const staffAskedMachine = setup({
  types: {
    input: {} as StaffAskedInput,
    context: {} as StaffAskedContext,
    events: {} as StaffAskedEvent,
    output: {} as StaffAskedEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Sends `card.present` for a card that came after this tap, at once when it is already there. */
    awaitCard: callbackNotProvided<StaffAskedEvent, SensedTap>('awaitCard'),
    /** The name of the attendant whose card it is, or null. */
    checkAttendant: promiseNotProvided<string | null, SensedTap>('checkAttendant'),
    signIn: staffSignInMachine,
  },
  delays: STAFF_ASKED_DELAYS,
  guards: {
    takesPin: ({ context }) => context.what !== 'consented',
    isAttendant: ({ event }) => typeof outputOf(event) === 'string',
    isSignedIn: ({ event }) => signInOf(event)?.end === 'signed-in',
    isLeft: ({ event }) => signInOf(event)?.end === 'left',
  },
  actions: {
    keepTap: assign({
      seen: ({ context, event }) => tapIn(event) ?? context.seen,
    }),
    refuseCard: assign({ isRefused: true }),
    forgetRefusal: assign({ isRefused: false }),
    goBack: assign({ isBack: true }),
    keepAttendant: assign({ by: ({ event }) => outputOf<string>(event) }),
    keepSignedIn: assign({
      by: ({ event }) => {
        const end = signInOf(event);
        return end?.end === 'signed-in' ? end.by : null;
      },
    }),
    keepWhyNot: assign({
      error: ({ event }) => {
        const end = signInOf(event);
        return end?.end === 'failed' ? end.error : null;
      },
    }),
    endFailed: assign({ error: ({ event }) => ('error' in event ? event.error : event.type) }),
  },
}).createMachine({
  id: 'staffAsked',
  context: ({ input }) => ({ ...input, by: null, isBack: false, isRefused: false, error: null }),
  initial: 'beginning',
  on: { 'session.cancel': '.over', 'card.gone': {} },
  states: {
    beginning: { always: [{ guard: 'takesPin', target: 'asking' }, { target: 'askingCard' }] },
    asking: {
      meta: asks(['staff', 'back']),
      invoke: AWAITS_CARD,
      on: { ...HEARS, 'key.staff': { target: 'signingIn', actions: 'forgetRefusal' } },
      after: { idle: 'over' },
    },
    askingCard: {
      meta: asks(['back']),
      invoke: AWAITS_CARD,
      on: HEARS,
      after: { idle: 'over' },
    },
    checking: {
      meta: holds('cardStep'),
      invoke: {
        id: 'checkAttendant',
        src: 'checkAttendant',
        input: ({ context }) => context.seen,
        onDone: [
          { guard: 'isAttendant', target: 'known', actions: 'keepAttendant' },
          { target: 'beginning', actions: 'refuseCard' },
        ],
        onError: FAILS,
      },
      after: { cardStep: { target: 'beginning', actions: 'refuseCard' } },
    },
    signingIn: {
      invoke: {
        id: 'signIn',
        src: 'signIn',
        onDone: [
          { guard: 'isSignedIn', target: 'known', actions: 'keepSignedIn' },
          { guard: 'isLeft', target: 'asking' },
          { target: 'over', actions: 'keepWhyNot' },
        ],
        onError: FAILS,
      },
    },
    known: { type: 'final' },
    over: { type: 'final' },
  },
  output: ({ context: { by, isBack, seen, error } }) => ({ by, isBack, seen, error }),
});
