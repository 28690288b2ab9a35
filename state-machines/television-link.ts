/**
 * Linking at a television: somebody reads what it means, puts their card onto the remote control, and is called by name
 * from then on when their municipality says that they have to leave.
 */

import type { StateMeta } from '../src/domain/screen.ts';
import { shows } from './shown.ts';
import { type LinkContext, televisionLinkSetup } from './television-link-setup.ts';

type Context = { readonly context: LinkContext };

const seen = ({ context }: Context) => context.seen;
const WATCHES = { id: 'watchCard', src: 'watchCard', input: seen } as const;
const FAILS = { target: '#televisionLink.takingCard', actions: 'endFailed' } as const;
const LEAVES = { target: '#televisionLink.takingCard', actions: 'endLeft' } as const;
const IDLE = [{ guard: 'isInAlert', target: '#televisionLink.warning' }, LEAVES] as const;
const STOPPED = { target: '#televisionLink.stopped', actions: 'keepReason' } as const;
const TAKE_CARD: StateMeta = shows('take-card', 'take-card', [], 'cardCalled', 'take');

export const televisionLinkMachine = televisionLinkSetup.createMachine({
  id: 'televisionLink',
  context: ({ input: { isInAlert } }) => ({
    ...{ isInAlert, hasAgreed: false },
    seen: { tap: 0, sensedAt: 0 },
    again: null,
    reason: 'platform-offline',
    end: { why: 'done', error: null },
  }),
  initial: 'beginning',
  invoke: { id: 'visit', src: 'visit' },
  on: {
    'session.cancel': { target: '.ended', actions: 'endLeft' },
    // States that need the card watch it themselves.
    'card.gone': {},
  },
  states: {
    beginning: {
      invoke: {
        id: 'lookForHindrance',
        src: 'lookForHindrance',
        onDone: [{ guard: 'isFree', target: 'consenting' }, STOPPED],
        onError: FAILS,
      },
    },
    consenting: {
      meta: shows('tv-consent', 'tv-consent', ['enter', 'back'], 'idle'),
      on: { 'key.enter': { target: 'placing', actions: 'keepAgreed' }, 'key.back': LEAVES },
      after: { idle: IDLE },
    },
    placing: {
      meta: shows('tv-place-card', 'tv-place-card', ['back'], 'idle'),
      invoke: { id: 'awaitCard', src: 'awaitCard' },
      on: {
        'card.present': { guard: 'isNewCard', target: 'reading', actions: 'keepCard' },
        'key.back': LEAVES,
      },
      after: { idle: IDLE },
    },
    /** Nobody seems to be there, and the alert waits. */
    warning: {
      meta: shows('tv-still-there', 'tv-still-there', ['stay', 'back'], 'alertBack'),
      on: {
        'key.stay': [{ guard: 'hasAgreed', target: 'placing' }, { target: 'consenting' }],
        'key.back': LEAVES,
      },
      after: { alertBack: LEAVES },
    },
    reading: {
      meta: shows('hold', 'hold', [], 'cardStep'),
      invoke: {
        id: 'readCard',
        src: 'readCard',
        input: seen,
        onDone: [
          { guard: 'goesOn', target: 'asking' },
          { guard: 'asksPin', target: 'proving' },
          { guard: 'asksAgain', target: 'placing', actions: 'askAgain' },
          STOPPED,
        ],
        onError: FAILS,
      },
      after: { cardStep: { target: 'placing', actions: 'sayUnreadable' } },
    },
    proving: {
      invoke: {
        id: 'secret',
        src: 'secret',
        input: seen,
        onDone: [
          { guard: 'isProved', target: 'asking' },
          { guard: 'isLeft', ...LEAVES },
          { guard: 'isCardGone', target: 'placing', actions: 'askAgain' },
          { guard: 'isDefect', ...FAILS },
          STOPPED,
        ],
        onError: FAILS,
      },
    },
    asking: {
      meta: shows('asking', 'asking', [], 'platformAnswers'),
      invoke: {
        id: 'askRegister',
        src: 'askRegister',
        onDone: [{ guard: 'isFree', target: 'recording' }, STOPPED],
        onError: FAILS,
      },
      after: { platformAnswers: { target: 'stopped', actions: 'saySlow' } },
    },
    recording: {
      invoke: {
        id: 'recordLink',
        src: 'recordLink',
        onDone: [{ guard: 'isFree', target: 'linked' }, STOPPED],
        onError: FAILS,
      },
    },
    linked: {
      meta: shows('tv-linked', 'tv-linked', ['enter'], 'outcomeStays', 'done'),
      on: { 'key.enter': 'takingCard' },
      after: { outcomeStays: 'takingCard' },
    },
    stopped: {
      meta: shows('tv-stopped', 'by-reason', ['enter'], 'outcomeStays', 'problem'),
      on: { 'key.enter': 'takingCard' },
      after: { outcomeStays: 'takingCard' },
    },
    takingCard: {
      // An alert does not wait until a card is taken.
      always: { guard: 'isInAlert', target: 'ended' },
      invoke: WATCHES,
      on: { 'card.gone': 'ended' },
      initial: 'asked',
      states: {
        asked: { meta: TAKE_CARD, after: { cardCalled: 'called' } },
        /** For as long as it lies there; an alert waits for nobody. */
        called: { meta: { ...TAKE_CARD, voice: 'take-card-now', timeout: null } },
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
