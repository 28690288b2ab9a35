/**
 * An alert on a television: drawn, called out again and again while nobody has answered, answered for each person by the
 * remote control, until it counts no more. Nothing but the municipality ends it; that it is over stays until somebody has
 * read it.
 *
 * Which alert, for whom, and what was answered is kept by src/television/television-alerts.ts, durably; here is only the order.
 */

import { assign, setup } from 'xstate';
import type { ErrandEnd } from '../src/domain/errand.ts';
import { ANSWER_UNDO_MS } from '../src/domain/evacuation.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { failedBy } from './step-result.ts';

/** So often it calls every half minute; whoever has not heard it by then is not there. */
const CALLS_URGENT = 20;

/** In ms. */
const PAUSES = { urgent: 30_000, seen: 180_000, long: 600_000 } as const;

export const ALERT_DELAYS = {
  /** Three tones, and the voice. */
  callLasts: 25_000,
  /** Before it calls again: sooner while no key was pressed, later when somebody is there or nobody seems to be. */
  callAgain: ({ context }: { readonly context: AlertContext }) => {
    if (context.wasSeen) return PAUSES.seen;
    return context.calls < CALLS_URGENT ? PAUSES.urgent : PAUSES.long;
  },
  undoStays: ANSWER_UNDO_MS,
} as const;

/**
 * What the alert asks for: `call`, somebody has not answered; `quiet`, nothing more; `over`, to be read; `none`, nothing is
 * shown any more.
 */
export type AlertUrgency = 'call' | 'quiet' | 'over' | 'none';

/** `shown`: another one is another alert, or another update of it. */
export interface AlertLevelNow {
  readonly urgency: AlertUrgency;
  readonly shown: string;
}

export type AlertEvent =
  | ({ readonly type: 'alerts.changed' } & AlertLevelNow)
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.more' | 'key.enter' }
  | { readonly type: 'session.cancel' };

/** A key as it is handed to the effect. */
export type AlertKey =
  | { readonly key: 'choose'; readonly choice: string }
  | { readonly key: 'more' | 'enter' };

/** `answered`: somebody's answer is on record, and can be taken back for a while. */
export type AlertPressed = 'answered' | 'pressed';

export interface AlertContext extends AlertLevelNow {
  readonly calls: number;
  /** A key was pressed since this alert was drawn. */
  readonly wasSeen: boolean;
  readonly end: ErrandEnd;
}

function keyOf(event: { readonly type: string }): AlertKey {
  if ('choice' in event) return { key: 'choose', choice: String(event.choice) };
  return { key: event.type === 'key.more' ? 'more' : 'enter' };
}

/** `enter`: somebody has seen it, also where nobody is linked who could answer. */
const SCREEN = { screen: 'tv-alert', keys: ['choose', 'more', 'enter'] } as const;
const SILENT = { voice: null, tone: null } as const;
const FAILS = { target: '#evacuationAlert.ended', actions: 'endFailed' } as const;

/** While a write lasts. */
const FOLLOWS = [
  {
    guard: 'isAnother',
    target: '#evacuationAlert.drawing',
    reenter: true,
    actions: 'keepLevel',
  },
  { actions: 'keepLevel' },
] as const;

function shows(more: Omit<StateMeta, 'screen' | 'keys'>): StateMeta {
  return { ...SCREEN, ...more };
}

export const evacuationAlertMachine = setup({
  types: {
    input: {} as AlertLevelNow,
    context: {} as AlertContext,
    events: {} as AlertEvent,
    output: {} as ErrandEnd,
    meta: {} as StateMeta,
  },
  actors: {
    /** Sends `alerts.changed`, at once and on every change. */
    watchAlerts: callbackNotProvided<AlertEvent>('watchAlerts'),
    /** That it is shown, and for whom, is durable before it is. */
    draw: promiseNotProvided<void>('draw'),
    /** Does what was pressed, durably. */
    press: promiseNotProvided<AlertPressed, AlertKey>('press'),
  },
  delays: ALERT_DELAYS,
  guards: {
    isAnother: ({ context, event }) =>
      event.type === 'alerts.changed' && event.shown !== context.shown,
    isAsUrgent: ({ context, event }) =>
      event.type === 'alerts.changed' && event.urgency === context.urgency,
    calls: ({ context }) => context.urgency === 'call',
    isQuiet: ({ context }) => context.urgency === 'quiet',
    isOver: ({ context }) => context.urgency === 'over',
    wasAnswered: ({ event }) => 'output' in event && event.output === 'answered',
  },
  actions: {
    keepLevel: assign(({ context, event }) => {
      if (event.type !== 'alerts.changed') return {};
      const { urgency, shown } = event;
      return shown === context.shown
        ? { urgency, shown }
        : { urgency, shown, calls: 0, wasSeen: false };
    }),
    countCall: assign({ calls: ({ context }) => context.calls + 1 }),
    keepSeen: assign({ wasSeen: true }),
    endFailed: assign({ end: ({ event }) => failedBy(event) }),
  },
}).createMachine({
  id: 'evacuationAlert',
  context: ({ input }) => ({
    ...input,
    calls: 0,
    wasSeen: false,
    end: { why: 'done', error: null },
  }),
  initial: 'drawing',
  invoke: { id: 'watchAlerts', src: 'watchAlerts' },
  on: {
    'session.cancel': '.ended',
    'alerts.changed': [
      { guard: 'isAnother', target: '.drawing', actions: 'keepLevel' },
      { guard: 'isAsUrgent', actions: 'keepLevel' },
      { target: '.settling', actions: 'keepLevel' },
    ],
    'key.choose': { target: '.pressing', actions: 'keepSeen' },
    'key.more': { target: '.pressing', actions: 'keepSeen' },
    'key.enter': { target: '.pressing', actions: 'keepSeen' },
  },
  states: {
    drawing: {
      invoke: { id: 'draw', src: 'draw', onDone: 'settling', onError: FAILS },
      // A key that was meant for what is not shown any more.
      on: { 'alerts.changed': FOLLOWS, 'key.choose': {}, 'key.more': {}, 'key.enter': {} },
    },
    settling: {
      always: [
        { guard: 'calls', target: 'calling' },
        { guard: 'isQuiet', target: 'quiet' },
        { guard: 'isOver', target: 'over' },
        { target: 'ended' },
      ],
    },
    calling: {
      meta: shows({ voice: 'tv-call', tone: 'alert', timeout: 'callLasts' }),
      entry: 'countCall',
      after: { callLasts: 'resting' },
    },
    resting: {
      meta: shows({ ...SILENT, timeout: 'callAgain' }),
      after: { callAgain: 'calling' },
    },
    /** Just now; nobody is called over it. */
    answered: {
      meta: shows({ ...SILENT, timeout: 'undoStays' }),
      after: { undoStays: 'resuming' },
    },
    quiet: { meta: shows({ ...SILENT, timeout: null }) },
    over: {
      meta: {
        screen: 'tv-alert',
        voice: 'tv-over',
        tone: 'done',
        keys: ['enter', 'more'],
        timeout: null,
      },
      on: { 'key.choose': {} },
    },
    pressing: {
      invoke: {
        id: 'press',
        src: 'press',
        input: ({ event }: { readonly event: { readonly type: string } }) => keyOf(event),
        onDone: [{ guard: 'wasAnswered', target: 'answered' }, { target: 'resuming' }],
        onError: FAILS,
      },
      on: {
        'alerts.changed': FOLLOWS,
        'key.choose': {},
        'key.more': {},
        'key.enter': {},
      },
    },
    /** Whoever has just pressed a key is not called at once. */
    resuming: {
      always: [{ guard: 'calls', target: 'resting' }, { target: 'settling' }],
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.end,
});
