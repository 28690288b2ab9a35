/**
 * What the machine of usage registration (利用登録) remembers, what it asks of the world, and what it is told: everything
 * but the order, which is in usage-registration.ts.
 *
 * What is typed of the family register is in the context while its person is there, and in nothing that is kept.
 */

import { assign, sendTo, setup } from 'xstate';
import type { StepResult } from '../src/domain/answer.ts';
import type { ErrandEnd, ErrandInput } from '../src/domain/errand.ts';
import type { ListedMunicipality, RegistrationForm } from '../src/domain/municipal-certificate.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { cardPasswordMachine } from './card-secret.ts';
import { SECRET_ENDS } from './card-secret-setup.ts';
import { type MunicipalityChosen, municipalityChoiceMachine } from './municipality-choice.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { isNewCard, tapIn, whyAgain } from './placed-card.ts';
import { type FormEnd, registrationFormMachine } from './registration-form.ts';
import { failedBy, outputOf, resultOf } from './step-result.ts';

/** In ms. */
export const REGISTRATION_DELAYS = {
  /** As in event entry (state-machines/event-entry.ts). */
  cardStep: 2_800,
  /** The centre is far away, and asks a municipality. */
  centreAnswers: 30_000,
  /** Nobody has pressed a key for so long: they are asked whether they are there. */
  idle: 90_000,
  /** To answer that (WCAG 2.2.1). */
  leaving: 20_000,
  /** What came of it stays to be read; taking the card goes on at once. */
  outcomeStays: 60_000,
  /** A card that still lies there is called for louder, and then by the voice. */
  cardLouder: 5_000,
  cardCalled: 10_000,
  /** Fact and receipt. */
  ownStep: 20_000,
} as const;

export type RegistrationEvent =
  | { readonly type: 'key.back' | 'key.enter' | 'key.stay' }
  | ({ readonly type: 'card.present' } & SensedTap)
  | { readonly type: 'card.gone' | 'session.cancel' };

/** What the centre told, or why it did not. */
export type Listed =
  | { readonly listed: readonly ListedMunicipality[] }
  | { readonly listed: null; readonly reason: Reason };

export type Applied =
  | { readonly applied: { readonly number: string; readonly expected: string } }
  | { readonly applied: null; readonly reason: Reason };

/** How its paper stands. */
export interface Recorded {
  readonly receipt: 'printed' | 'owed' | 'none';
}

export interface RegistrationContext extends ErrandInput {
  readonly municipalities: readonly ListedMunicipality[];
  readonly municipality: ListedMunicipality | null;
  readonly form: RegistrationForm | null;
  readonly seen: SensedTap;
  /** Why the card has to be put there again. */
  readonly again: Reason | null;
  readonly reason: Reason;
  readonly applied: { readonly number: string; readonly expected: string } | null;
  readonly receipt: Recorded['receipt'];
  readonly end: ErrandEnd;
}

/** A card of this visit was put there; `form`: what it is to sign. */
export interface Signing {
  readonly seen: SensedTap;
  readonly form: RegistrationForm | null;
}

const municipalityOf = (event: { readonly type: string }) => outputOf<MunicipalityChosen>(event);

export const registrationSetup = setup({
  types: {
    input: {} as ErrandInput,
    context: {} as RegistrationContext,
    events: {} as RegistrationEvent,
    output: {} as ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    askMunicipalities: promiseNotProvided<Listed>('askMunicipalities'),
    /** Sends `card.present` for a card, at once when it is already there. */
    awaitCard: callbackNotProvided<RegistrationEvent>('awaitCard'),
    /** Sends `card.gone`, at once when the card of this tap is not there any more. */
    watchCard: callbackNotProvided<RegistrationEvent, SensedTap>('watchCard'),
    /** Reads and judges the card; another one than that of this visit is refused. */
    readCard: promiseNotProvided<StepResult, SensedTap>('readCard'),
    /** Told what its card will sign before the password is asked for. */
    prepare: promiseNotProvided<void, Signing>('prepare'),
    choice: municipalityChoiceMachine,
    form: registrationFormMachine,
    secret: cardPasswordMachine,
    apply: promiseNotProvided<Applied>('apply'),
    /** The fact, then the receipt. */
    record: promiseNotProvided<Recorded>('record'),
    /** What was typed and signed is forgotten; says why in the journal. */
    forget: promiseNotProvided<void, { readonly reason: Reason | null }>('forget'),
  },
  delays: REGISTRATION_DELAYS,
  guards: {
    isListed: ({ event }) => outputOf<Listed>(event)?.listed != null,
    isNewCard: ({ context, event }) => isNewCard(context, event),
    isComplete: ({ event }) => outputOf<FormEnd>(event) !== null,
    takesPart: ({ event }) => municipalityOf(event)?.takesPart === true,
    staysAway: ({ event }) => municipalityOf(event)?.takesPart === false,
    goesOn: ({ event }) => resultOf(event)?.next === 'go-on',
    asksAgain: ({ event }) => resultOf(event)?.next === 'hold-again',
    ...SECRET_ENDS,
    isApplied: ({ event }) => outputOf<Applied>(event)?.applied != null,
  },
  actions: {
    keepMunicipalities: assign({
      municipalities: ({ event }) => outputOf<Listed>(event)?.listed ?? [],
    }),
    keepMunicipality: assign({ municipality: ({ event }) => municipalityOf(event) }),
    keepForm: assign({ form: ({ event }) => outputOf<FormEnd>(event) }),
    restForm: sendTo('form', { type: 'form.rest' }),
    goOnWithForm: sendTo('form', { type: 'form.goOn' }),
    keepCard: assign({
      seen: ({ context, event }) => tapIn(event) ?? context.seen,
    }),
    askAgain: assign({ again: ({ event }) => whyAgain(event) }),
    forgetAgain: assign({ again: null }),
    keepApplied: assign({ applied: ({ event }) => outputOf<Applied>(event)?.applied ?? null }),
    keepReceipt: assign({
      receipt: ({ event }) => outputOf<Recorded>(event)?.receipt ?? 'none',
    }),
    keepReason: assign({
      reason: ({ event }): Reason =>
        outputOf<{ readonly reason?: Reason | null }>(event)?.reason ?? 'platform-refused',
    }),
    sayNotTakingPart: assign({ reason: 'municipality-not-taking-part' }),
    saySilent: assign({ reason: 'centre-silent' }),
    sayUnreadable: assign({ again: 'card-unreadable' }),
    endLeft: assign({ end: { why: 'left', error: null } }),
    endFailed: assign({ end: ({ event }) => failedBy(event) }),
  },
});
