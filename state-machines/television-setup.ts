/** What a television's machine remembers, what it asks of the world, and what it is told; the order is in television.ts. */

import { assign, setup } from 'xstate';
import type { ErrandEnd, ErrandInput } from '../src/domain/errand.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import { TELEVISION_ITEMS, type TelevisionItem } from '../src/domain/television-screen.ts';
import { type AlertLevelNow, evacuationAlertMachine } from './evacuation-alert.ts';
import { callbackNotProvided, promiseNotProvided } from './not-provided.ts';
import { tapIn } from './placed-card.ts';
import { failedBy, outputOf } from './step-result.ts';
import { televisionLinkMachine } from './television-link.ts';
import { televisionWhereMachine, type WhereInput } from './television-where.ts';

/** In ms. Nothing is lost by any of them: what was begun is begun again with two keys. */
const TELEVISION_DELAYS = {
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
interface Ending {
  readonly ref: string;
  readonly by: 'card' | 'remote';
}

/** Whose card it is, as far as this television knows. */
interface Recognised {
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

export const televisionSetup = setup({
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
    /** Another alert, or another word of it. */
    isAnother: ({ context, event }) =>
      event.type === 'alert.raised' && event.shown !== context.alert.shown,
    wantsPeople: ({ event }) => itemOf(event) === 'people',
    wantsLink: ({ event }) => itemOf(event) === 'link',
    wantsSample: ({ event }) => itemOf(event) === 'sample',
    wantsGuests: ({ event }) => itemOf(event) === 'guests',
    isPerson: ({ event }) => 'choice' in event && itemOf(event) === undefined,
    /** Only a card agrees; it is ended by whoever is there. */
    wantsWhere: ({ context, event }) =>
      choiceOf(event) === 'where' && context.ending?.by === 'card',
    wantsWhereEnd: ({ event }) => choiceOf(event) === 'where-end',
    isLinked: ({ event }) => outputOf<Recognised>(event)?.ref != null,
    childFailed: ({ event }) => outputOf<ErrandEnd>(event)?.why === 'failed',
  },
  actions: {
    keepAlert: assign({
      alert: ({ context, event }) =>
        event.type === 'alert.raised'
          ? { urgency: event.urgency, shown: event.shown }
          : context.alert,
    }),
    keepCard: assign({
      card: ({ context, event }) => tapIn(event) ?? context.card,
    }),
    wantWhere: assign({ wants: 'agree' as const }),
    wantWhereEnd: assign({ wants: 'end' as const }),
    forgetCard: assign({ card: null, ending: null }),
    endByCard: assign({
      ending: ({ event }): Ending | null => {
        const ref = outputOf<Recognised>(event)?.ref ?? null;
        return ref === null ? null : { ref, by: 'card' };
      },
    }),
    endByRemote: assign({
      ending: ({ event }): Ending | null =>
        event.type === 'key.choose' ? { ref: event.choice, by: 'remote' } : null,
    }),
    endFailed: assign({ end: ({ event }) => failedBy(event) }),
  },
});
