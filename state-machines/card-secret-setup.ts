/**
 * What the machine of a card's secret remembers, what it asks of the world, and what it is told: everything but the order,
 * which is in card-secret.ts.
 *
 * What is typed never comes here: the pad that has it says how long it is, and the card whether it is right.
 */

import { assign, sendTo, setup } from 'xstate';
import type { StepResult } from '../src/domain/answer.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { outputOf, resultOf, triesOf } from './step-result.ts';

/** The PIN of the user-authentication key, or the password of the signing key. */
export type CardSecretKind = 'pin' | 'password';

/** Shorter ones are sent to no card. The pad takes no longer ones: 4 digits, or 16 characters. */
export const CARD_SECRET_LEAST = { pin: 4, password: 6 } as const;

/** In ms. */
export const CARD_SECRET_DELAYS = {
  /** As in event entry (state-machines/event-entry.ts). */
  cardStep: 2_800,
  /** VERIFY and a signature; a card that is slow with them is not cut off in the middle of a try. */
  proveStep: 8_000,
  /** Nobody has pressed a key for so long: they are asked whether they are there. */
  secretIdle: 60_000,
  /** To answer that (WCAG 2.2.1). */
  secretLeaving: 20_000,
} as const;

export type CardSecretEvent =
  /** Without the character: the pad has it already. */
  | { readonly type: 'key.character' }
  | { readonly type: 'key.erase' | 'key.enter' | 'key.back' | 'key.stay' }
  /** So many characters of the secret are there. */
  | { readonly type: 'secret.typed'; readonly length: number }
  | { readonly type: 'card.gone' | 'session.cancel' };

/** What the pad is told: a character was typed (it has it already), or the last one goes. */
export type SecretPadEvent = { readonly type: 'typed' } | { readonly type: 'erase' };

/**
 * - `proved`: the card took it and did what it was asked for
 * - `blocked`: it takes none any more; `left`: the person stopped, or is gone
 * - `card-gone`: the card went or could not be understood; whether a try was spent only the card knows
 * - `refused`: something else stands in the way, see `reason`
 * - `defect`: the software failed, see `error`
 */
export interface CardSecretEnd {
  readonly end: 'proved' | 'blocked' | 'left' | 'card-gone' | 'refused' | 'defect';
  readonly reason: Reason | null;
  readonly error: unknown;
}

/** What a machine reads out of an event when its `secret`, the child, has ended; null for any other event. */
export function secretEndOf(event: { readonly type: string }): CardSecretEnd | null {
  return event.type === 'xstate.done.actor.secret' ? outputOf<CardSecretEnd>(event) : null;
}

const endsAs =
  (end: CardSecretEnd['end']) =>
  ({ event }: { readonly event: { readonly type: string } }) =>
    secretEndOf(event)?.end === end;

/** Guards of a machine that goes on by how its `secret` ended. */
export const SECRET_ENDS = {
  isProved: endsAs('proved'),
  isLeft: endsAs('left'),
  isCardGone: endsAs('card-gone'),
  isDefect: endsAs('defect'),
} as const;

export interface CardSecretContext {
  readonly seen: SensedTap;
  readonly kind: CardSecretKind;
  readonly length: number;
  /** That the card still takes. */
  readonly tries: number;
  readonly wasWrong: boolean;
  readonly end: CardSecretEnd;
}

const BLOCKED: Readonly<Record<CardSecretKind, Reason>> = {
  pin: 'pin-blocked',
  password: 'password-blocked',
};

function ending(end: CardSecretEnd['end'], reason: Reason | null): { readonly end: CardSecretEnd } {
  return { end: { end, reason, error: null } };
}

export const cardSecretSetup = setup({
  types: {
    input: {} as SensedTap,
    context: {} as CardSecretContext,
    events: {} as CardSecretEvent,
    output: {} as CardSecretEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** How many wrong ones the card still takes. */
    countTries: promiseNotProvided<StepResult, SensedTap>('countTries'),
    /** Keeps what is typed while it is asked for and sends `secret.typed`, at once and on every change. */
    secretPad: callbackNotProvided<SecretPadEvent>('secretPad'),
    /** Takes the secret out of the pad and shows it to the card, once. */
    prove: promiseNotProvided<StepResult, SensedTap>('prove'),
    /** Sends `card.gone`, at once when the card of this tap is not there any more. */
    watchCard: callbackNotProvided<CardSecretEvent, SensedTap>('watchCard'),
  },
  delays: CARD_SECRET_DELAYS,
  guards: {
    goesOn: ({ event }) => resultOf(event)?.next === 'go-on',
    isBlocked: ({ event }) => triesOf(event) === 0,
    isLastTry: ({ event }) => triesOf(event) === 1,
    hasTries: ({ event }) => (triesOf(event) ?? 0) > 1,
    refuses: ({ event }) => resultOf(event)?.next === 'refuse',
    isLongEnough: ({ context, event }) =>
      event.type === 'secret.typed' && event.length >= CARD_SECRET_LEAST[context.kind],
    wasLongEnough: ({ context }) => context.length >= CARD_SECRET_LEAST[context.kind],
  },
  actions: {
    countCharacter: sendTo('secretPad', { type: 'typed' }),
    eraseCharacter: sendTo('secretPad', { type: 'erase' }),
    keepLength: assign({
      length: ({ context, event }) =>
        event.type === 'secret.typed' ? event.length : context.length,
    }),
    keepTries: assign({ tries: ({ context, event }) => triesOf(event) ?? context.tries }),
    keepWrong: assign({ wasWrong: true, length: 0 }),
    endProved: assign(ending('proved', null)),
    endBlocked: assign(({ context }) => ending('blocked', BLOCKED[context.kind])),
    endLeft: assign(ending('left', null)),
    endGone: assign(ending('card-gone', 'card-removed')),
    endUnreadable: assign(ending('card-gone', 'card-unreadable')),
    endRefused: assign(({ event }) => {
      const result = resultOf(event);
      return ending('refused', result?.next === 'refuse' ? result.reason : null);
    }),
    endAgain: assign(({ event }) => {
      const result = resultOf(event);
      return ending('card-gone', result?.next === 'hold-again' ? result.reason : 'card-unreadable');
    }),
    endDefect: assign(({ event }) => ({
      end: {
        end: 'defect' as const,
        reason: null,
        error: 'error' in event ? event.error : event.type,
      },
    })),
  },
});
