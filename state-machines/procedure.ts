/**
 * The plain online services: from a card in the field, by way of its certificate, perhaps its PIN, and the platform's
 * answer, to something that is durable and then told. Nothing is told or done that was not written down before, in
 * `recording`.
 *
 * The card stays until the platform has answered: the answer is never given to whoever holds the next one.
 */

import { type ProcedureContext, procedureSetup } from './procedure-setup.ts';
import { holds, shows } from './shown.ts';

const PIN_KEYS = ['character', 'erase', 'enter', 'back'] as const;

const seen = ({ context }: { readonly context: ProcedureContext }) => context.seen;
const answered = ({ context: { seen, answer } }: { readonly context: ProcedureContext }) => ({
  seen,
  answer,
});

const FAILS = { target: '#procedure.failed', actions: 'answerDefect' } as const;
const GONE = { target: '#procedure.holdAgain', actions: 'answerRemoved' } as const;
const TOO_SLOW = { target: '#procedure.holdAgain', actions: 'answerUnreadable' } as const;
const LEAVES = { target: '#procedure.cancelling', actions: 'answerCancelled' } as const;

/** Where every step goes when it does not go on. */
const OTHERWISE = [
  { guard: 'refuses', target: '#procedure.refusing', actions: 'keepAnswer' },
  { guard: 'asksToHoldAgain', target: '#procedure.holdAgain', actions: 'keepAnswer' },
  { target: '#procedure.notRecorded', actions: 'keepAnswer' },
] as const;

/** A blocked PIN is only undone at a municipal office: nobody gets there without having been asked. */
const BLOCKED = {
  guard: 'isBlocked',
  target: '#procedure.refusing',
  actions: 'answerBlocked',
} as const;
const LAST = { guard: 'isLastTry', target: '#procedure.warning' } as const;
const MORE = { guard: 'hasTries', target: '#procedure.typing' } as const;

const TYPES = {
  'key.character': { target: '#procedure.typing.going', reenter: true, actions: 'countDigit' },
  'key.erase': { target: '#procedure.typing.going', reenter: true, actions: 'eraseDigit' },
  // Too short: nothing is sent to a card that cannot be its PIN.
  'key.enter': {},
} as const;

export const procedureMachine = procedureSetup.createMachine({
  id: 'procedure',
  context: ({ input }) => ({
    seen: input,
    answer: { answer: 'hold-again', reason: 'card-removed' },
    digits: 0,
    tries: 0,
    pinWasWrong: false,
  }),
  initial: 'reading',
  on: {
    // The terminal ends. Only steps that write nothing can be left.
    'session.cancel': { target: '.holdAgain', actions: 'answerRemoved' },
    // Steps that need the card hear of it from the card itself.
    'card.gone': {},
  },
  states: {
    reading: {
      meta: holds('cardStep'),
      invoke: {
        id: 'readCard',
        src: 'readCard',
        input: seen,
        onDone: [{ guard: 'goesOn', target: 'verifying' }, ...OTHERWISE],
        onError: FAILS,
      },
      after: { cardStep: TOO_SLOW },
    },
    verifying: {
      meta: holds('ownStep'),
      invoke: {
        id: 'verifyCertificate',
        src: 'verifyCertificate',
        input: seen,
        onDone: [
          { guard: 'goesOn', target: 'asking' },
          { guard: 'asksPin', target: 'countingTries' },
          { guard: 'isAttendant', target: 'attended', actions: 'keepAnswer' },
          ...OTHERWISE,
        ],
        onError: FAILS,
      },
      after: { ownStep: TOO_SLOW },
    },
    countingTries: {
      meta: holds('cardStep'),
      invoke: {
        id: 'countTries',
        src: 'countTries',
        input: seen,
        onDone: [
          BLOCKED,
          { ...LAST, actions: 'keepTries' },
          { ...MORE, actions: 'keepTries' },
          ...OTHERWISE,
        ],
        onError: FAILS,
      },
      after: { cardStep: TOO_SLOW },
    },
    warning: {
      meta: shows('pin-last-try', 'pin-last-try', ['enter', 'back'], 'pinIdle'),
      invoke: { id: 'watchCard', src: 'watchCard', input: seen },
      after: { pinIdle: LEAVES },
      on: { 'card.gone': GONE, 'key.enter': 'typing', 'key.back': LEAVES },
    },
    typing: {
      // While the card checks the PIN, too: the pad takes the digits back as soon as nobody waits for them.
      invoke: [
        { id: 'pinPad', src: 'pinPad' },
        { id: 'watchCard', src: 'watchCard', input: seen },
      ],
      on: {
        'pin.typed': [
          { guard: 'isWhole', target: '.whole', actions: 'keepDigits' },
          { actions: 'keepDigits' },
        ],
        'card.gone': GONE,
        'key.back': LEAVES,
      },
      initial: 'begun',
      states: {
        begun: {
          meta: { ...shows('pin', 'pin', PIN_KEYS, 'pinIdle'), secret: true },
          after: { pinIdle: LEAVES },
          on: TYPES,
        },
        wrong: {
          meta: {
            ...shows('pin', 'pin-wrong', PIN_KEYS, 'pinIdle'),
            tone: 'problem',
            secret: true,
          },
          after: { pinIdle: LEAVES },
          on: TYPES,
        },
        /** Silent: nothing of a PIN is ever spoken, and nobody is talked to while they count. */
        going: {
          meta: { ...shows('pin', null, PIN_KEYS, 'pinIdle'), secret: true },
          after: { pinIdle: LEAVES },
          on: TYPES,
        },
        whole: {
          meta: { ...shows('pin', null, PIN_KEYS, 'pinIdle'), secret: true },
          after: { pinIdle: LEAVES },
          on: { ...TYPES, 'key.enter': 'proving' },
        },
        proving: {
          meta: { ...shows('pin', null, [], 'pinStep'), secret: true },
          invoke: {
            id: 'provePin',
            src: 'provePin',
            input: seen,
            onDone: [
              { guard: 'goesOn', target: '#procedure.asking' },
              BLOCKED,
              { ...LAST, actions: ['keepTries', 'keepWrong'] },
              { guard: 'hasTries', target: 'wrong', actions: ['keepTries', 'keepWrong'] },
              ...OTHERWISE,
            ],
            onError: FAILS,
          },
          after: { pinStep: TOO_SLOW },
          // The card's answer is waited for: only the card knows whether a try was spent.
          on: { 'card.gone': {}, 'key.back': {}, 'pin.typed': { actions: 'keepDigits' } },
        },
      },
    },
    asking: {
      meta: shows('asking', 'asking', [], 'platformAnswers'),
      invoke: [
        { id: 'watchCard', src: 'watchCard', input: seen },
        {
          id: 'askPlatform',
          src: 'askPlatform',
          input: seen,
          onDone: [{ guard: 'tells', target: 'recording', actions: 'keepAnswer' }, ...OTHERWISE],
          onError: FAILS,
        },
      ],
      after: { platformAnswers: { target: 'refusing', actions: 'answerSlow' } },
      on: { 'card.gone': GONE },
    },
    recording: {
      meta: holds(null),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'recordAnswer',
        src: 'recordAnswer',
        input: seen,
        onDone: [
          { guard: 'goesOn', target: 'acting' },
          { target: 'notRecorded', actions: 'keepAnswer' },
        ],
        onError: FAILS,
      },
    },
    acting: {
      meta: holds('acting'),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'act',
        src: 'act',
        input: answered,
        onDone: [{ guard: 'tells', target: 'told', actions: 'keepAnswer' }, { target: 'told' }],
        onError: FAILS,
      },
      after: { acting: { target: 'told' } },
    },
    refusing: {
      meta: holds('ownStep'),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'noteRefusal',
        src: 'noteRefusal',
        input: answered,
        onDone: 'refused',
        onError: FAILS,
      },
      after: { ownStep: 'refused' },
    },
    holdAgain: {
      meta: holds('ownStep'),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'noteUnreadable',
        src: 'noteUnreadable',
        input: answered,
        onDone: 'unread',
        onError: FAILS,
      },
      after: { ownStep: 'unread' },
    },
    cancelling: {
      meta: holds('ownStep'),
      on: { 'session.cancel': {} },
      invoke: {
        id: 'noteCancelled',
        src: 'noteCancelled',
        input: answered,
        onDone: 'cancelled',
        onError: FAILS,
      },
      after: { ownStep: 'cancelled' },
    },
    /** The card is one of the staff's: their menu opens. */
    attended: { type: 'final' },
    told: { type: 'final' },
    refused: { type: 'final' },
    unread: { type: 'final' },
    cancelled: { type: 'final' },
    notRecorded: { type: 'final' },
    failed: { type: 'final' },
  },
  output: ({ context }) => context.answer,
});
