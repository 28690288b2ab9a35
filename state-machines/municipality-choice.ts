/**
 * Which municipality? By prefecture, and by the row of its first kana where a prefecture has many. A child of the errands
 * that ask for one.
 */

import { assign, setup } from 'xstate';
import type { ListedMunicipality } from '../src/domain/municipal-certificate.ts';
import { chosen, inRow, needsRow, rowsOf } from '../src/domain/place-choice.ts';
import type { StateMeta } from '../src/domain/screen.ts';

export const MUNICIPALITY_CHOICE_DELAYS = {
  /** Nobody has pressed a key for so long: they are asked whether they are there. */
  idle: 90_000,
  /** To answer that (WCAG 2.2.1). */
  leaving: 20_000,
} as const;

interface ChoiceContext {
  readonly municipalities: readonly ListedMunicipality[];
  readonly prefecture: string | null;
  readonly row: string | null;
  /** From 1; it rises beyond the last one, which the first follows. */
  readonly page: number;
  readonly chosen: ListedMunicipality | null;
}

export type MunicipalityChoiceEvent =
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.more' | 'key.back' | 'key.stay' | 'session.cancel' };

/** Null: the person stopped, or is gone. */
export type MunicipalityChosen = ListedMunicipality | null;

export function prefecturesOf({ municipalities }: ChoiceContext): string[] {
  return [...new Set(municipalities.map(({ prefecture }) => prefecture))];
}

export function inPrefecture({ municipalities, prefecture }: ChoiceContext): ListedMunicipality[] {
  return municipalities.filter((municipality) => municipality.prefecture === prefecture);
}

export function municipalitiesShown(context: ChoiceContext): ListedMunicipality[] {
  return inRow(inPrefecture(context), context.row);
}

function pick<Item>(items: readonly Item[], event: MunicipalityChoiceEvent): Item | null {
  return event.type === 'key.choose' ? chosen(items, event.choice) : null;
}

const CHOOSES: StateMeta = {
  screen: 'choose',
  voice: 'choose',
  tone: null,
  keys: ['choose', 'more', 'back'],
  timeout: 'idle',
};

export const municipalityChoiceMachine = setup({
  types: {
    input: {} as { readonly municipalities: readonly ListedMunicipality[] },
    context: {} as ChoiceContext,
    events: {} as MunicipalityChoiceEvent,
    output: {} as MunicipalityChosen,
    meta: {} as StateMeta,
  },
  delays: MUNICIPALITY_CHOICE_DELAYS,
  guards: {
    isPrefecture: ({ context, event }) => pick(prefecturesOf(context), event) !== null,
    isRow: ({ context, event }) => pick(rowsOf(inPrefecture(context)), event) !== null,
    isMunicipality: ({ context, event }) => pick(municipalitiesShown(context), event) !== null,
    needsRow: ({ context }) => needsRow(inPrefecture(context)),
  },
  actions: {
    firstPage: assign({ page: 1 }),
    turnPage: assign({ page: ({ context }) => context.page + 1 }),
    keepPrefecture: assign(({ context, event }) => ({
      prefecture: pick(prefecturesOf(context), event),
      row: null,
      page: 1,
    })),
    keepRow: assign(({ context, event }) => ({
      row: pick(rowsOf(inPrefecture(context)), event),
      page: 1,
    })),
    keepMunicipality: assign({
      chosen: ({ context, event }) => pick(municipalitiesShown(context), event),
    }),
  },
}).createMachine({
  id: 'municipalityChoice',
  context: ({ input }) => ({ ...input, prefecture: null, row: null, page: 1, chosen: null }),
  initial: 'asking',
  on: { 'session.cancel': '.ended' },
  states: {
    asking: {
      initial: 'prefecture',
      states: {
        prefecture: {
          meta: CHOOSES,
          on: {
            'key.choose': {
              guard: 'isPrefecture',
              target: 'narrowing',
              actions: 'keepPrefecture',
            },
            // The limit of the time begins anew with each key.
            'key.more': { target: 'prefecture', reenter: true, actions: 'turnPage' },
            'key.back': '#municipalityChoice.ended',
          },
          after: { idle: 'stillThere' },
        },
        narrowing: { always: [{ guard: 'needsRow', target: 'row' }, { target: 'municipality' }] },
        row: {
          meta: CHOOSES,
          on: {
            'key.choose': { guard: 'isRow', target: 'municipality', actions: 'keepRow' },
            'key.more': { target: 'row', reenter: true, actions: 'turnPage' },
            'key.back': { target: 'prefecture', actions: 'firstPage' },
          },
          after: { idle: 'stillThere' },
        },
        municipality: {
          meta: CHOOSES,
          on: {
            'key.choose': {
              guard: 'isMunicipality',
              target: '#municipalityChoice.ended',
              actions: 'keepMunicipality',
            },
            'key.more': { target: 'municipality', reenter: true, actions: 'turnPage' },
            'key.back': { target: 'prefecture', actions: 'firstPage' },
          },
          after: { idle: 'stillThere' },
        },
        stillThere: {
          meta: {
            screen: 'still-there',
            voice: 'still-there',
            tone: null,
            keys: ['stay', 'back'],
            timeout: 'leaving',
          },
          on: { 'key.stay': 'before', 'key.back': '#municipalityChoice.ended' },
          after: { leaving: '#municipalityChoice.ended' },
        },
        before: { type: 'history' },
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.chosen,
});
