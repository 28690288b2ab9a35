/**
 * A television at home, for as long as it runs: its first screen, whom it calls, linking and ending a link; and the alert,
 * which interrupts everything, also somebody who has a card on the remote control.
 */

import { assign, setup } from 'xstate';
import type { ErrandEnd, ErrandInput } from '../src/domain/errand.ts';
import type { KeyName, StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { TELEVISION_ITEMS, type TelevisionItem } from '../src/domain/television-screen.ts';
import { type AlertLevelNow, evacuationAlertMachine } from './evacuation-alert.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { televisionLinkMachine } from './television-link.ts';
import { televisionWhereMachine, type WhereInput } from './television-where.ts';

/** In ms. Nothing is lost by any of them: what was begun is begun again with two keys. */
export const TELEVISION_DELAYS = {
  /** Nobody has pressed a key for so long: the first screen comes back. */
  idle: 90_000,
  /** As in event entry (state-machines/event-entry.ts). */
  cardStep: 2_800,
  outcomeStays: 15_000,
  sampleStays: 60_000,
} as const;

export type TelevisionEvent =
  | ({ readonly type: 'alert.raised' } & AlertLevelNow)
  | ({ readonly type: 'card.present' } & SensedTap)
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.back' | 'key.enter' }
  | { readonly type: 'card.gone' | 'session.cancel' };

/** Whose link is ended, and what for: `card`, it was put onto the remote control. */
export interface Ending {
  readonly ref: string;
  readonly by: 'card' | 'remote';
}

/** Whose card it is, as far as this television knows. */
export interface Recognised {
  readonly ref: string | null;
}

export interface TelevisionContext {
  readonly alert: AlertLevelNow;
  /** The card that was put there on the first screen; null: none was. */
  readonly card: SensedTap | null;
  readonly ending: Ending | null;
  readonly wants: WhereInput['wants'];
  readonly end: ErrandEnd;
}

function itemOf(event: { readonly type: string }): TelevisionItem | undefined {
  return TELEVISION_ITEMS.find((item) => 'choice' in event && event.choice === item);
}

function choiceOf(event: { readonly type: string }): string | null {
  return 'choice' in event ? String(event.choice) : null;
}

function shows(
  screen: StateMeta['screen'],
  voice: StateMeta['voice'],
  keys: readonly KeyName[],
  timeout: string | null,
): StateMeta {
  return { screen, voice, tone: null, keys, timeout };
}

type Context = { readonly context: TelevisionContext };
const FAILS = { target: '#television.ended', actions: 'endFailed' } as const;
const HOME = '#television.home' as const;

export const televisionMachine = setup({
  types: {
    input: {} as ErrandInput,
    context: {} as TelevisionContext,
    events: {} as TelevisionEvent,
    output: {} as ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Sends `alert.raised` whenever one counts, at once when it does already. */
    watchAlerts: callbackNotProvided<TelevisionEvent>('watchAlerts'),
    /** Sends `card.present` for a card that has not been used here yet. */
    awaitCard: callbackNotProvided<TelevisionEvent>('awaitCard'),
    /** Needs no network. */
    recognise: promiseNotProvided<Recognised, SensedTap | null>('recognise'),
    /** Guests come, or have gone. */
    turnGuests: promiseNotProvided<void>('turnGuests'),
    unlink: promiseNotProvided<void, Ending | null>('unlink'),
    link: televisionLinkMachine,
    where: televisionWhereMachine,
    alert: evacuationAlertMachine,
  },
  delays: TELEVISION_DELAYS,
  guards: {
    wantsPeople: ({ event }) => itemOf(event) === 'people',
    wantsLink: ({ event }) => itemOf(event) === 'link',
    wantsSample: ({ event }) => itemOf(event) === 'sample',
    wantsGuests: ({ event }) => itemOf(event) === 'guests',
    isPerson: ({ event }) => 'choice' in event && itemOf(event) === undefined,
    /** Only a card agrees; it is ended by whoever is there. */
    wantsWhere: ({ context, event }) =>
      choiceOf(event) === 'where' && context.ending?.by === 'card',
    wantsWhereEnd: ({ event }) => choiceOf(event) === 'where-end',
    isLinked: ({ event }) =>
      'output' in event && (event.output as Recognised | undefined)?.ref != null,
    childFailed: ({ event }) =>
      'output' in event && (event.output as ErrandEnd | undefined)?.why === 'failed',
  },
  actions: {
    keepAlert: assign({
      alert: ({ context, event }) =>
        event.type === 'alert.raised'
          ? { urgency: event.urgency, shown: event.shown }
          : context.alert,
    }),
    keepCard: assign({
      card: ({ context, event }) =>
        event.type === 'card.present' ? { tap: event.tap, sensedAt: event.sensedAt } : context.card,
    }),
    wantWhere: assign({ wants: 'agree' as const }),
    wantWhereEnd: assign({ wants: 'end' as const }),
    forgetCard: assign({ card: null, ending: null }),
    endByCard: assign({
      ending: ({ event }): Ending | null => {
        const output = 'output' in event ? (event.output as Recognised) : { ref: null };
        return output.ref === null ? null : { ref: output.ref, by: 'card' };
      },
    }),
    endByRemote: assign({
      ending: ({ event }): Ending | null =>
        event.type === 'key.choose' ? { ref: event.choice, by: 'remote' } : null,
    }),
    endFailed: assign({
      end: ({ event }): ErrandEnd => ({
        why: 'failed',
        error:
          'error' in event
            ? event.error
            : 'output' in event
              ? (event.output as ErrandEnd).error
              : event.type,
      }),
    }),
  },
}).createMachine({
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
      meta: { ...shows('tv-linked', 'tv-unlinked', ['enter'], 'outcomeStays'), tone: 'done' },
      on: { 'key.enter': HOME },
      after: { outcomeStays: HOME },
    },
    linking: {
      invoke: {
        id: 'link',
        src: 'link',
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
      on: { 'alert.raised': {} },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
