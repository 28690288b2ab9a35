/** What a visit at a shelter remembers, what it asks of the world, and what it is told; the order is in shelter-visit.ts. */

import { type AnyActorLogic, assign, setup } from 'xstate';
import type { Answer, StepResult } from '../src/domain/answer.ts';
import type { ErrandEnd, ErrandInput } from '../src/domain/errand.ts';
import { NEEDS, type Need, SUPPLIES, type Supply } from '../src/domain/evacuation.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { ShelterForm, ShelterProblem } from '../src/domain/shelter-form.ts';
import {
  type PersonShown,
  SHELTER_UNDO_REASONS,
  type ShelterDone,
  type ShelterUndoReason,
  type StaffAsked,
  type SupplyShown,
} from '../src/domain/shelter-screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { tapIn } from './placed-card.ts';
import type { ShelterFormEnd } from './shelter-form.ts';
import { attendantIn, choiceOf, isChoice, toggled } from './shelter-visit-said.ts';
import { type StaffAskedEnd, staffAskedMachine } from './staff-asked.ts';
import { outputOf } from './step-result.ts';

export const SHELTER_DELAYS = {
  /** Longest time of a step that the card has to be there for, and of one of our own. */
  cardStep: 2_800,
  ownStep: 2_000,
  /** Without another card the household is complete; each card begins it anew, and the screen says so. */
  moreCards: 20_000,
  /** What is said stays so long, unless the next card comes. */
  saidStays: 5_000,
  againStays: 8_000,
  /** Any key begins it anew. */
  idle: 60_000,
  slipStays: 40_000,
} as const;

/** Somebody who is known here: what their menu says and offers. */
export interface PersonHere {
  readonly name: string | null;
  readonly since: string | null;
  readonly supplies: readonly SupplyShown[];
  readonly needs: readonly Need[];
  readonly consented: boolean;
}

/** `here`: they have a menu, unless they come with others; everybody else is taken in. */
export type PersonFound =
  | { readonly is: 'here'; readonly person: PersonHere }
  | { readonly is: 'to-admit' }
  /** Of a number that was typed. */
  | { readonly is: 'nobody' };

export interface ToAdmit {
  readonly seen: SensedTap;
  /** Nobody of this go came before. */
  readonly isFirst: boolean;
}

/** `begins`: another household; who came before is shown no more. Null: it could not be kept. */
export type Admitted = { readonly person: PersonShown; readonly begins: boolean } | null;

/** What somebody who is here, or staff for them, wants written down. */
export type ShelterAct =
  | { readonly act: 'out' | 'leave' }
  | { readonly act: 'supply'; readonly kind: Supply; readonly by: string | null }
  | { readonly act: 'needs'; readonly needs: readonly Need[] }
  | { readonly act: 'undo'; readonly by: string; readonly why: ShelterUndoReason };

/** `had`: they had it today, and only staff may hand it out again. */
export type Acted = 'done' | 'had' | 'not-recorded';

export interface TakenIn {
  readonly number: string;
  readonly person: PersonShown;
  readonly paper: boolean;
}

/** `unread`: they have a card, which can't be read. */
export interface FormGiven {
  readonly form: ShelterForm;
  readonly unread: boolean;
  readonly isFirst: boolean;
}

export type ShelterEvent =
  | ({ readonly type: 'card.present' } & SensedTap)
  | { readonly type: 'card.gone' | 'session.cancel' }
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.enter' | 'key.back' };

export interface ShelterContext {
  /** By a card, or by a choice on the screen. */
  readonly begunBy: 'card' | 'choice';
  readonly seen: SensedTap;
  /** Of this go. */
  readonly people: readonly PersonShown[];
  readonly here: PersonHere | null;
  readonly needs: readonly Need[];
  readonly act: ShelterAct | null;
  readonly said: { readonly what: ShelterDone; readonly kind: Supply | null } | null;
  readonly asked: StaffAsked;
  /** Of supplies that are to be handed out again. */
  readonly kind: Supply;
  readonly by: string;
  /** Tries in a row that did not come to a certificate. */
  readonly unread: number;
  readonly reason: Reason;
  readonly taken: TakenIn | null;
  readonly given: FormGiven | null;
  /** What is typed, and then the number that was. */
  readonly typed: string;
  readonly problem: ShelterProblem | null;
  readonly error: unknown;
}

const SAID: Readonly<Record<ShelterAct['act'], ShelterDone>> = {
  out: 'out',
  leave: 'left',
  supply: 'supplied',
  needs: 'needs',
  undo: 'undone',
};

/** One more of this go, or the first of another; who holds the same card again is shown once. */
function joined(people: readonly PersonShown[], admitted: Admitted): readonly PersonShown[] {
  if (admitted === null) return people;
  const { person, begins } = admitted;
  if (begins) return [person];
  const others = people.filter(({ nth }) => nth !== person.nth);
  return [...others, person].sort((a, b) => a.nth - b.nth);
}

export const shelterVisitSetup = setup({
  types: {
    input: {} as SensedTap | ErrandInput,
    context: {} as ShelterContext,
    events: {} as ShelterEvent,
    output: {} as Answer | ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    readCard: promiseNotProvided<StepResult, SensedTap>('readCard'),
    /** Whose card it is, as far as that can be found out. */
    findPerson: promiseNotProvided<PersonFound, SensedTap>('findPerson'),
    /** Takes the holder of the card in, or back in. */
    admit: promiseNotProvided<Admitted, ToAdmit>('admit'),
    actHere: promiseNotProvided<Acted, ShelterAct | null>('actHere'),
    takeIn: promiseNotProvided<TakenIn | null, FormGiven | null>('takeIn'),
    /** Somebody without a card, by the number of their slip. */
    findSlip: promiseNotProvided<PersonFound, string>('findSlip'),
    /** Sends `card.present` for a card that came after this tap, at once when it is already there. */
    awaitCard: callbackNotProvided<ShelterEvent, SensedTap>('awaitCard'),
    /** Sends `card.gone` as soon as the card of this tap is not there. */
    watchCard: callbackNotProvided<ShelterEvent, SensedTap>('watchCard'),
    /** What is typed (shelter-form.ts). */
    shelterForm: promiseNotProvided<ShelterFormEnd>('shelterForm') as AnyActorLogic,
    /** An attendant, by their card or the PIN. */
    staffAsked: staffAskedMachine,
  },
  delays: SHELTER_DELAYS,
  guards: {
    isBegunByChoice: ({ context }) => context.begunBy === 'choice',
    goesOn: ({ event }) => outputOf<StepResult>(event)?.next === 'go-on',
    mayBeReadAgain: ({ context, event }) =>
      outputOf<StepResult>(event)?.next === 'hold-again' && context.unread === 0,
    isHereAlone: ({ context, event }) =>
      outputOf<PersonFound>(event)?.is === 'here' && context.people.length === 0,
    isKnown: ({ event }) => outputOf<PersonFound>(event)?.is === 'here',
    isBack: ({ event }) => outputOf<PersonFound>(event)?.is === 'to-admit',
    isKept: ({ event }) => outputOf(event) !== null,
    isDone: ({ event }) => outputOf<Acted>(event) === 'done',
    hadIt: ({ event }) => outputOf<Acted>(event) === 'had',
    isFirstTry: ({ context }) => context.unread === 0,
    hasPeople: ({ context }) => context.people.length > 0,
    isFilledIn: ({ event }) => outputOf<ShelterFormEnd>(event)?.of === 'form',
    isNumber: ({ event }) => outputOf<ShelterFormEnd>(event)?.of === 'number',
    isAttendant: ({ event }) => attendantIn(event) !== null,
    isConsentAsked: ({ context, event }) =>
      attendantIn(event) !== null && context.asked === 'consented',
    isUndoAsked: ({ context, event }) => attendantIn(event) !== null && context.asked === 'undo',
    isStaffGone: ({ event }) => outputOf<StaffAskedEnd>(event)?.isBack === false,
    isStaffDefect: ({ event }) => (outputOf<StaffAskedEnd>(event)?.error ?? null) !== null,
    goesOut: ({ event }) => isChoice(event, 'out'),
    leaves: ({ event }) => isChoice(event, 'leave'),
    wantsSupplies: ({ event }) => isChoice(event, 'supplies'),
    wantsNeeds: ({ event }) => isChoice(event, 'needs'),
    wantsConsented: ({ context, event }) =>
      context.here?.consented === true && isChoice(event, 'consented'),
    wantsUndo: ({ event }) => isChoice(event, 'undo'),
    hasNoCard: ({ event }) => isChoice(event, 'no-card'),
    writes: ({ event }) => isChoice(event, 'new') || isChoice(event, 'number'),
    isSupply: ({ event }) => choiceOf(event, SUPPLIES) !== null,
    isNeed: ({ event }) => choiceOf(event, NEEDS) !== null,
    isWhy: ({ event }) => choiceOf(event, SHELTER_UNDO_REASONS) !== null,
  },
  actions: {
    keepTap: assign({
      seen: ({ context, event }) => tapIn(event) ?? context.seen,
    }),
    /** Somebody else's turn: what the one before did is over. */
    forgetGo: assign({ people: [], here: null, taken: null, given: null, unread: 0 }),
    keepPerson: assign({
      people: ({ context, event }) => joined(context.people, outputOf<Admitted>(event)),
      unread: 0,
    }),
    keepHere: assign({
      here: ({ event }) => {
        const found = outputOf<PersonFound>(event);
        return found?.is === 'here' ? found.person : null;
      },
      needs: ({ event }) => {
        const found = outputOf<PersonFound>(event);
        return found?.is === 'here' ? found.person.needs : [];
      },
      unread: 0,
    }),
    keepUnread: assign({
      unread: ({ context }) => context.unread + 1,
      reason: ({ event }): Reason => {
        const result = outputOf<StepResult>(event);
        return result !== null && 'reason' in result ? result.reason : 'card-unreadable';
      },
    }),
    actOut: assign({ act: { act: 'out' } as const }),
    actLeave: assign({ act: { act: 'leave' } as const }),
    actSupply: assign(({ event, context }) => {
      const kind = choiceOf(event, SUPPLIES) ?? context.kind;
      return { kind, act: { act: 'supply', kind, by: null } as const };
    }),
    actSupplyAgain: assign(({ event, context: { kind } }) => ({
      act: { act: 'supply', kind, by: attendantIn(event) } as const,
    })),
    actNeeds: assign(({ context: { needs } }) => ({ act: { act: 'needs', needs } as const })),
    actUndo: assign(({ event, context: { by } }) => ({
      act: { act: 'undo', by, why: choiceOf(event, SHELTER_UNDO_REASONS) ?? 'other' } as const,
    })),
    toggleNeed: assign({ needs: ({ context, event }) => toggled(context.needs, event) }),
    askUndo: assign({ asked: 'undo' as const }),
    askConsented: assign({ asked: 'consented' as const }),
    askAgain: assign({ asked: 'again' as const }),
    keepStaff: assign(({ context, event }) => ({
      by: attendantIn(event) ?? '',
      // Their card is served: it begins nothing when it still lies there.
      seen: outputOf<StaffAskedEnd>(event)?.seen ?? context.seen,
    })),
    say: assign({
      said: ({ context: { act, kind } }) =>
        act && { what: SAID[act.act], kind: act.act === 'supply' ? kind : null },
    }),
    keepTyped: assign({
      typed: ({ event }) => (isChoice(event, 'number') ? 'number' : 'form'),
      problem: null,
    }),
    sayNoSlip: assign({ typed: 'number', problem: 'no-slip' }),
    keepForm: assign({
      given: ({ context, event }) => {
        const end = outputOf<ShelterFormEnd>(event);
        if (end?.of !== 'form') return null;
        const { unread, people } = context;
        return { form: end.form, unread: unread > 0, isFirst: people.length === 0 };
      },
    }),
    keepNumber: assign({
      typed: ({ event }) => {
        const end = outputOf<ShelterFormEnd>(event);
        return end?.of === 'number' ? end.number : '';
      },
    }),
    keepTaken: assign(({ context, event }) => {
      const taken = outputOf<TakenIn>(event);
      const people = taken === null ? context.people : [...context.people, taken.person];
      return { taken, people, given: null, unread: 0 };
    }),
    keepDefect: assign({
      error: ({ event }) =>
        'error' in event ? event.error : (outputOf<StaffAskedEnd>(event)?.error ?? event.type),
    }),
  },
});
