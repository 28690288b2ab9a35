/**
 * A television at home, for as long as it runs: its first screen, whom it calls, linking and ending a link; and the alert,
 * which interrupts everything, also somebody who has a card on the remote control.
 */

import { shows } from './shown.ts';
import { type TelevisionContext, televisionSetup } from './television-setup.ts';

type Context = { readonly context: TelevisionContext };
const FAILS = { target: '#television.ended', actions: 'endFailed' } as const;
const HOME = '#television.home' as const;
const LINKING_IN_ALERT = '#television.linkingInAlert' as const;

export const televisionMachine = televisionSetup.createMachine({
  id: 'television',
  context: {
    alert: { urgency: 'none', shown: '' },
    card: null,
    ending: null,
    wants: 'end',
    end: { why: 'done', error: null },
  },
  initial: 'home',
  invoke: { id: 'watchAlerts', src: 'watchAlerts' },
  on: {
    'alert.raised': { target: '.alerted', actions: 'keepAlert' },
    'session.cancel': '.ended',
    // Whoever needs the card watches it.
    'card.gone': {},
    'card.present': {},
  },
  states: {
    home: {
      meta: shows('tv-home', null, ['choose'], null),
      entry: 'forgetCard',
      invoke: { id: 'awaitCard', src: 'awaitCard' },
      on: {
        'card.present': { target: 'recognising', actions: 'keepCard' },
        'key.choose': [
          { guard: 'wantsPeople', target: 'people' },
          { guard: 'wantsLink', target: 'linking' },
          { guard: 'wantsSample', target: 'sample' },
          { guard: 'wantsGuests', target: 'turning' },
        ],
      },
    },
    turning: {
      invoke: { id: 'turnGuests', src: 'turnGuests', onDone: 'home', onError: FAILS },
    },
    people: {
      meta: shows('tv-people', null, ['choose', 'back'], 'idle'),
      invoke: { id: 'awaitCard', src: 'awaitCard' },
      on: {
        'card.present': { target: 'recognising', actions: 'keepCard' },
        'key.choose': { guard: 'isPerson', target: 'ending', actions: 'endByRemote' },
        'key.back': HOME,
      },
      after: { idle: HOME },
    },
    recognising: {
      meta: shows('hold', 'hold', [], 'cardStep'),
      invoke: {
        id: 'recognise',
        src: 'recognise',
        input: ({ context }: Context) => context.card,
        onDone: [
          { guard: 'isLinked', target: 'ending', actions: 'endByCard' },
          { target: 'linking' },
        ],
        onError: FAILS,
      },
      after: { cardStep: 'linking' },
    },
    ending: {
      meta: shows('tv-unlink', 'tv-unlink', ['enter', 'choose', 'back'], 'idle'),
      on: {
        'key.enter': 'unlinking',
        'key.choose': [
          { guard: 'wantsWhere', target: 'where', actions: 'wantWhere' },
          { guard: 'wantsWhereEnd', target: 'where', actions: 'wantWhereEnd' },
        ],
        'key.back': HOME,
      },
      after: { idle: HOME },
    },
    where: {
      invoke: {
        id: 'where',
        src: 'where',
        input: ({ context: { ending, wants, card } }: Context) => ({
          ...{ ref: ending?.ref ?? '', wants },
          card: ending?.by === 'card' ? card : null,
        }),
        onDone: [{ guard: 'childFailed', ...FAILS }, { target: 'home' }],
        onError: FAILS,
      },
    },
    unlinking: {
      invoke: {
        id: 'unlink',
        src: 'unlink',
        input: ({ context }: Context) => context.ending,
        onDone: 'unlinked',
        onError: FAILS,
      },
    },
    unlinked: {
      meta: shows('tv-linked', 'tv-unlinked', ['enter'], 'outcomeStays', 'done'),
      on: { 'key.enter': HOME },
      after: { outcomeStays: HOME },
    },
    linking: {
      invoke: {
        id: 'link',
        src: 'link',
        input: { isInAlert: false },
        onDone: [{ guard: 'childFailed', ...FAILS }, { target: 'home' }],
        onError: FAILS,
      },
    },
    sample: {
      meta: shows('tv-alert', 'tv-sample', ['back'], 'sampleStays'),
      on: { 'key.back': HOME },
      after: { sampleStays: HOME },
    },
    alerted: {
      invoke: {
        id: 'alert',
        src: 'alert',
        input: ({ context }: Context) => context.alert,
        onDone: [{ guard: 'childFailed', ...FAILS }, { target: 'home' }],
        onError: FAILS,
      },
      // The alert's own machine follows it from here.
      on: { 'alert.raised': { actions: 'keepAlert' } },
      initial: 'shown',
      states: {
        shown: {
          invoke: { id: 'awaitCard', src: 'awaitCard' },
          on: { 'card.present': { target: 'recognising', actions: 'keepCard' } },
        },
        /** The alert stays on the screen. Whoever is linked already is called already. */
        recognising: {
          invoke: {
            id: 'recognise',
            src: 'recognise',
            input: ({ context }: Context) => context.card,
            onDone: [{ guard: 'isLinked', target: 'shown' }, { target: LINKING_IN_ALERT }],
            onError: FAILS,
          },
          after: { cardStep: LINKING_IN_ALERT },
        },
      },
    },
    /** Somebody who is not called wants to be. The alert comes back when that is over, and calls anew. */
    linkingInAlert: {
      invoke: {
        id: 'link',
        src: 'link',
        input: { isInAlert: true },
        onDone: [{ guard: 'childFailed', ...FAILS }, { target: 'alerted' }],
        onError: FAILS,
      },
      on: {
        'alert.raised': [
          { guard: 'isAnother', target: 'alerted', actions: 'keepAlert' },
          { actions: 'keepAlert' },
        ],
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
