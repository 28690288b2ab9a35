/** What somebody without a card types at a shelter: who they are, or the number of their slip. A child of the visit. */

import { assign, setup } from 'xstate';
import { NEEDS, type Need } from '../src/domain/evacuation.ts';
import { erased, marked } from '../src/domain/kana-entry.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import {
  PEOPLE_MAX,
  SHELTER_FIELD_LIMITS,
  type ShelterField,
  type ShelterForm,
  type ShelterProblem,
  shelterProblem,
} from '../src/domain/shelter-form.ts';
import { shows } from './shown.ts';
import { rewritten, type Written, writes } from './written-field.ts';

export const SHELTER_FORM_DELAYS = {
  /** Any key begins it anew: people look for a paper, or help somebody. */
  idle: 90_000,
} as const;

export interface ShelterFormInput {
  readonly of: 'form' | 'number';
  /** What was wrong with the number that was typed before. */
  readonly problem: ShelterProblem | null;
}

/** Null: the person stopped, or is gone. */
export type ShelterFormEnd =
  | { readonly of: 'form'; readonly form: ShelterForm }
  | { readonly of: 'number'; readonly number: string }
  | null;

export interface ShelterFormContext {
  readonly input: ShelterFormInput;
  readonly texts: Readonly<Record<ShelterField, string>>;
  readonly problem: ShelterProblem | null;
  readonly people: number;
  readonly needs: readonly Need[];
  readonly isComplete: boolean;
}

type ShelterFormEvent =
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.character'; readonly character: string }
  | { readonly type: 'key.enter' | 'key.back' | 'key.erase' | 'key.kana-mark' }
  | { readonly type: 'session.cancel' };

function endOf({ input, texts, people, needs, isComplete }: ShelterFormContext): ShelterFormEnd {
  if (!isComplete) return null;
  if (input.of === 'number') return { of: 'number', number: texts.number };
  return { of: 'form', form: { kana: texts.kana, year: texts.year, people, needs } };
}

function peopleIn(event: ShelterFormEvent): number | null {
  const people = event.type === 'key.choose' ? Number(event.choice) : Number.NaN;
  return Number.isInteger(people) && people >= 1 && people <= PEOPLE_MAX ? people : null;
}

function needIn(event: ShelterFormEvent): Need | null {
  const choice = event.type === 'key.choose' ? event.choice : null;
  return NEEDS.find((need) => need === choice) ?? null;
}

const DIGITS = shows('shelter-typing', null, ['character', 'erase', 'enter', 'back'], 'idle');
const KANA = shows(
  'shelter-typing',
  'shelter-typing',
  ['character', 'kana-mark', 'erase', 'enter', 'back'],
  'idle',
);

export const shelterFormMachine = setup({
  types: {
    input: {} as ShelterFormInput,
    context: {} as ShelterFormContext,
    events: {} as ShelterFormEvent,
    output: {} as ShelterFormEnd,
    meta: {} as StateMeta,
  },
  delays: SHELTER_FORM_DELAYS,
  guards: {
    isNumberAsked: ({ context }) => context.input.of === 'number',
    isRight: ({ context }, { field }: Written<ShelterField>) =>
      shelterProblem(field, context.texts[field]) === null,
    isPeople: ({ event }) => peopleIn(event) !== null,
    isNeed: ({ event }) => needIn(event) !== null,
  },
  actions: {
    type: assign(({ context, event }, { field }: Written<ShelterField>) => {
      // A number that is wrong has no room for more: whoever types or scans then begins it anew.
      const text = context.problem === 'wrong-digit' ? '' : context.texts[field];
      const { takes, max } = SHELTER_FIELD_LIMITS[field];
      const takesIt =
        event.type === 'key.character' && takes.test(event.character) && text.length < max;
      return rewritten(context, field, takesIt ? text + event.character : text);
    }),
    erase: assign(({ context }, { field }: Written<ShelterField>) =>
      rewritten(context, field, erased(context.texts[field])),
    ),
    mark: assign(({ context }, { field }: Written<ShelterField>) =>
      rewritten(context, field, marked(context.texts[field])),
    ),
    sayProblem: assign(({ context }, { field }: Written<ShelterField>) => ({
      problem: shelterProblem(field, context.texts[field]),
    })),
    keepPeople: assign({ people: ({ context, event }) => peopleIn(event) ?? context.people }),
    toggleNeed: assign({
      needs: ({ context: { needs }, event }) =>
        NEEDS.filter((need) => needs.includes(need) !== (need === needIn(event))),
    }),
    complete: assign({ isComplete: true }),
  },
}).createMachine({
  id: 'shelterForm',
  context: ({ input }) => ({
    input,
    texts: { kana: '', year: '', number: '' },
    problem: input.problem ?? null,
    people: 1,
    needs: [],
    isComplete: false,
  }),
  initial: 'beginning',
  on: { 'session.cancel': '.ended' },
  states: {
    beginning: { always: [{ guard: 'isNumberAsked', target: 'number' }, { target: 'kana' }] },
    number: {
      meta: DIGITS,
      on: { ...writes('number', 'number', 'complete'), 'key.back': 'ended' },
      after: { idle: 'ended' },
    },
    kana: {
      meta: KANA,
      on: { ...writes('kana', 'kana', 'year'), 'key.back': 'ended' },
      after: { idle: 'ended' },
    },
    year: {
      meta: DIGITS,
      on: { ...writes('year', 'year', 'people'), 'key.back': 'kana' },
      after: { idle: 'ended' },
    },
    people: {
      meta: shows('shelter-people', null, ['choose', 'back'], 'idle'),
      on: {
        'key.choose': { guard: 'isPeople', target: 'needs', actions: 'keepPeople' },
        'key.back': 'year',
      },
      after: { idle: 'ended' },
    },
    needs: {
      meta: shows('shelter-needs', null, ['choose', 'enter', 'back'], 'idle'),
      on: {
        'key.choose': { guard: 'isNeed', target: 'needs', reenter: true, actions: 'toggleNeed' },
        'key.enter': 'complete',
        'key.back': 'people',
      },
      after: { idle: 'ended' },
    },
    complete: { entry: 'complete', always: 'ended' },
    ended: { type: 'final' },
  },
  output: ({ context }) => endOf(context),
});
