/**
 * A secret of the card in the field is typed and shown to it: its PIN, or the password of its signing key. One entry is
 * one VERIFY; with one try left nobody gets there without having been asked; a card that goes has not said "wrong".
 *
 * A child of the machines that ask for one. They provide what the card does with it.
 */

import type { KeyName, ScreenName, StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import {
  type CardSecretContext,
  type CardSecretKind,
  cardSecretSetup,
} from './card-secret-setup.ts';

const TYPING_KEYS = ['character', 'erase', 'enter', 'back'] as const;

/** The screen has the name of the secret. */
const SCREENS = {
  pin: { typing: 'pin', warning: 'pin-last-try' },
  password: { typing: 'password', warning: 'password-last-try' },
} as const;

const SPEECHES = {
  pin: { ask: 'pin', wrong: 'pin-wrong', warning: 'pin-last-try' },
  password: { ask: 'password', wrong: 'password-wrong', warning: 'password-last-try' },
} as const;

function shows(
  screen: string,
  voice: string | null,
  keys: readonly KeyName[],
  timeout: string,
): StateMeta {
  return {
    screen: screen as ScreenName,
    voice: voice as StateMeta['voice'],
    tone: null,
    keys,
    timeout,
  };
}

const STILL_THERE = shows('still-there', 'still-there', ['stay', 'back'], 'secretLeaving');

const seen = ({ context }: { readonly context: CardSecretContext }): SensedTap => context.seen;

function cardSecret<Kind extends CardSecretKind>(kind: Kind, id: string) {
  const screen = SCREENS[kind];
  const speech = SPEECHES[kind];
  const secret = (meta: StateMeta): StateMeta => ({ ...meta, secret: true });
  const asks = (voice: string | null): StateMeta =>
    secret(shows(screen.typing, voice, TYPING_KEYS, 'secretIdle'));

  const FAILS = { target: `#${id}.ended`, actions: 'endDefect' } as const;
  const GONE = { target: `#${id}.ended`, actions: 'endGone' } as const;
  const LEAVES = { target: `#${id}.ended`, actions: 'endLeft' } as const;
  const TOO_SLOW = { target: `#${id}.ended`, actions: 'endUnreadable' } as const;
  /** A blocked secret is only undone at a municipal office. */
  const BLOCKED = { guard: 'isBlocked', target: `#${id}.ended`, actions: 'endBlocked' } as const;
  const LAST = { guard: 'isLastTry', target: `#${id}.warning` } as const;
  /** Where every step goes when it does not go on. */
  const OTHERWISE = [
    { guard: 'refuses', target: `#${id}.ended`, actions: 'endRefused' },
    { target: `#${id}.ended`, actions: 'endAgain' },
  ] as const;
  const IDLE = { secretIdle: `#${id}.typing.stillThere` } as const;
  const TYPES = {
    'key.character': { target: `#${id}.typing.going`, reenter: true, actions: 'countCharacter' },
    'key.erase': { target: `#${id}.typing.going`, reenter: true, actions: 'eraseCharacter' },
    // Too short: nothing is sent to a card that cannot be its secret.
    'key.enter': {},
  } as const;

  return cardSecretSetup.createMachine({
    id,
    context: ({ input }) => ({
      seen: input,
      kind,
      length: 0,
      tries: 0,
      wasWrong: false,
      end: { end: 'left', reason: null, error: null },
    }),
    initial: 'countingTries',
    on: {
      'session.cancel': { target: '.ended', actions: 'endLeft' },
      // Steps that need the card hear of it from the card itself.
      'card.gone': {},
    },
    states: {
      countingTries: {
        meta: { screen: 'hold', voice: null, tone: null, keys: [], timeout: 'cardStep' },
        invoke: {
          id: 'countTries',
          src: 'countTries',
          input: seen,
          onDone: [
            BLOCKED,
            { ...LAST, actions: 'keepTries' },
            { guard: 'hasTries', target: 'typing', actions: 'keepTries' },
            ...OTHERWISE,
          ],
          onError: FAILS,
        },
        after: { cardStep: TOO_SLOW },
      },
      warning: {
        invoke: { id: 'watchCard', src: 'watchCard', input: seen },
        on: { 'card.gone': GONE, 'key.back': LEAVES },
        initial: 'asked',
        states: {
          asked: {
            meta: shows(screen.warning, speech.warning, ['enter', 'back'], 'secretIdle'),
            after: { secretIdle: 'stillThere' },
            on: { 'key.enter': `#${id}.typing` },
          },
          stillThere: {
            meta: STILL_THERE,
            after: { secretLeaving: LEAVES },
            on: { 'key.stay': 'asked' },
          },
        },
      },
      typing: {
        // While the card checks it, too: the pad takes it back as soon as nobody waits for it.
        invoke: [
          { id: 'secretPad', src: 'secretPad' },
          { id: 'watchCard', src: 'watchCard', input: seen },
        ],
        on: {
          'secret.typed': [
            { guard: 'isLongEnough', target: '.whole', actions: 'keepLength' },
            { actions: 'keepLength' },
          ],
          'card.gone': GONE,
          'key.back': LEAVES,
        },
        initial: 'begun',
        states: {
          begun: { meta: asks(speech.ask), after: IDLE, on: TYPES },
          wrong: {
            meta: { ...asks(speech.wrong), tone: 'problem' },
            after: IDLE,
            on: TYPES,
          },
          /** Silent: nothing of a secret is ever spoken, and nobody is talked to while they count. */
          going: { meta: asks(null), after: IDLE, on: TYPES },
          whole: {
            meta: asks(null),
            after: IDLE,
            on: { ...TYPES, 'key.enter': 'proving' },
          },
          stillThere: {
            meta: STILL_THERE,
            after: { secretLeaving: LEAVES },
            on: {
              'key.stay': [{ guard: 'wasLongEnough', target: 'whole' }, { target: 'going' }],
              'secret.typed': { actions: 'keepLength' },
            },
          },
          proving: {
            meta: secret(shows(screen.typing, null, [], 'proveStep')),
            invoke: {
              id: 'prove',
              src: 'prove',
              input: seen,
              onDone: [
                { guard: 'goesOn', target: `#${id}.proved`, actions: 'endProved' },
                BLOCKED,
                { ...LAST, actions: ['keepTries', 'keepWrong'] },
                { guard: 'hasTries', target: 'wrong', actions: ['keepTries', 'keepWrong'] },
                ...OTHERWISE,
              ],
              onError: FAILS,
            },
            after: { proveStep: TOO_SLOW },
            // The card's answer is waited for: only the card knows whether a try was spent.
            on: { 'card.gone': {}, 'key.back': {}, 'secret.typed': { actions: 'keepLength' } },
          },
        },
      },
      proved: { type: 'final' },
      ended: { type: 'final' },
    },
    output: ({ context }) => context.end,
  });
}

/** Four digits. */
export const cardPinMachine = cardSecret('pin', 'cardPin');
/** 6 to 16 characters. */
export const cardPasswordMachine = cardSecret('password', 'cardPassword');
