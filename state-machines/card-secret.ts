/**
 * A secret of the card in the field is typed and shown to it: its PIN, or the password of its signing key. One entry is
 * one VERIFY; with one try left nobody gets there without having been asked; a card that goes has not said "wrong".
 *
 * A child of the machines that ask for one. They provide what the card does with it.
 */

import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import {
  type CardSecretContext,
  type CardSecretKind,
  cardSecretSetup,
} from './card-secret-setup.ts';
import { shows } from './shown.ts';

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

const STILL_THERE = shows('still-there', 'still-there', ['stay', 'back'], 'secretLeaving');

const seen = ({ context }: { readonly context: CardSecretContext }): SensedTap => context.seen;

/** Where the states of the machine `id` go when they are over. */
function endsOf<Id extends string>(id: Id) {
  const ended = `#${id}.ended` as const;
  return {
    failed: { target: ended, actions: 'endDefect' },
    gone: { target: ended, actions: 'endGone' },
    left: { target: ended, actions: 'endLeft' },
    tooSlow: { target: ended, actions: 'endUnreadable' },
    /** A blocked secret is only undone at a municipal office. */
    blocked: { guard: 'isBlocked', target: ended, actions: 'endBlocked' },
    refused: { guard: 'refuses', target: ended, actions: 'endRefused' },
    again: { target: ended, actions: 'endAgain' },
  } as const;
}

/** One more wrong one would block it: nobody goes on without having been asked. */
function warningOf<Id extends string>(kind: CardSecretKind, id: Id) {
  const ends = endsOf(id);
  const { warning } = SCREENS[kind];
  return {
    invoke: { id: 'watchCard', src: 'watchCard', input: seen },
    on: { 'card.gone': ends.gone, 'key.back': ends.left },
    initial: 'asked',
    states: {
      asked: {
        meta: shows(warning, SPEECHES[kind].warning, ['enter', 'back'], 'secretIdle'),
        after: { secretIdle: 'stillThere' },
        on: { 'key.enter': `#${id}.typing` as const },
      },
      stillThere: {
        meta: STILL_THERE,
        after: { secretLeaving: ends.left },
        on: { 'key.stay': 'asked' },
      },
    },
  } as const;
}

/** The states in which it is typed. */
function entryOf<Id extends string>(kind: CardSecretKind, id: Id) {
  const speech = SPEECHES[kind];
  const asks = (voice: StateMeta['voice']): StateMeta => ({
    ...shows(SCREENS[kind].typing, voice, TYPING_KEYS, 'secretIdle'),
    secret: true,
  });
  const going = `#${id}.typing.going` as const;
  const after = { secretIdle: `#${id}.typing.stillThere` as const } as const;
  const on = {
    'key.character': { target: going, reenter: true, actions: 'countCharacter' },
    'key.erase': { target: going, reenter: true, actions: 'eraseCharacter' },
    // Too short: nothing is sent to a card that cannot be its secret.
    'key.enter': {},
  } as const;
  return {
    begun: { meta: asks(speech.ask), after, on },
    wrong: { meta: { ...asks(speech.wrong), tone: 'problem' }, after, on },
    /** Silent: nothing of a secret is ever spoken, and nobody is talked to while they count. */
    going: { meta: asks(null), after, on },
    whole: { meta: asks(null), after, on: { ...on, 'key.enter': 'proving' } },
    stillThere: {
      meta: STILL_THERE,
      after: { secretLeaving: endsOf(id).left },
      on: {
        'key.stay': [{ guard: 'wasLongEnough', target: 'whole' }, { target: 'going' }],
        'secret.typed': { actions: 'keepLength' },
      },
    },
  } as const;
}

/** The card has it, and its answer is waited for: only the card knows whether a try was spent. */
function provingOf<Id extends string>(kind: CardSecretKind, id: Id) {
  const ends = endsOf(id);
  const keep = ['keepTries', 'keepWrong'] as const;
  return {
    meta: { ...shows(SCREENS[kind].typing, null, [], 'proveStep'), secret: true },
    invoke: {
      id: 'prove',
      src: 'prove',
      input: seen,
      onDone: [
        { guard: 'goesOn', target: `#${id}.proved` as const, actions: 'endProved' },
        ends.blocked,
        { guard: 'isLastTry', target: `#${id}.warning` as const, actions: keep },
        { guard: 'hasTries', target: 'wrong', actions: keep },
        ends.refused,
        ends.again,
      ],
      onError: ends.failed,
    },
    after: { proveStep: ends.tooSlow },
    on: { 'card.gone': {}, 'key.back': {}, 'secret.typed': { actions: 'keepLength' } },
  } as const;
}

function cardSecret<Id extends string>(kind: CardSecretKind, id: Id) {
  const ends = endsOf(id);
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
            ends.blocked,
            { guard: 'isLastTry', target: 'warning', actions: 'keepTries' },
            { guard: 'hasTries', target: 'typing', actions: 'keepTries' },
            ends.refused,
            ends.again,
          ],
          onError: ends.failed,
        },
        after: { cardStep: ends.tooSlow },
      },
      warning: warningOf(kind, id),
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
          'card.gone': ends.gone,
          'key.back': ends.left,
        },
        initial: 'begun',
        states: { ...entryOf(kind, id), proving: provingOf(kind, id) },
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
