/**
 * Where the family register is: town, number, and the names of its head in kana. A child of usage registration, which
 * watches the card: while that is not there the form rests, and what was typed stays.
 */

import { assign, setup } from 'xstate';
import { erased, marked, problemOf, typed } from '../src/domain/kana-entry.ts';
import { CORRECT, type TextField, type TextProblem } from '../src/domain/kiosk-screen.ts';
import type { ListedMunicipality, RegistrationForm } from '../src/domain/municipal-certificate.ts';
import { chosen, inRow, needsRow, rowsOf } from '../src/domain/place-choice.ts';
import type { StateMeta } from '../src/domain/screen.ts';
import { shows } from './shown.ts';
import { rewritten, type Written, writes } from './written-field.ts';

export const REGISTRATION_FORM_DELAYS = {
  /** As in the choice of the municipality: people look for a paper with their domicile. */
  idle: 90_000,
  leaving: 20_000,
} as const;

export interface FormContext {
  readonly municipality: ListedMunicipality;
  readonly row: string | null;
  readonly town: string | null;
  readonly page: number;
  readonly texts: Readonly<Record<TextField, string>>;
  readonly problem: TextProblem | null;
  readonly isComplete: boolean;
}

export type FormEvent =
  | { readonly type: 'key.choose'; readonly choice: string }
  | { readonly type: 'key.character'; readonly character: string }
  | { readonly type: 'key.more' | 'key.back' | 'key.enter' | 'key.erase' }
  | { readonly type: 'key.kana-mark' | 'key.stay' | 'session.cancel' }
  /** The card is not there; it is. */
  | { readonly type: 'form.rest' | 'form.goOn' };

export interface FormInput {
  readonly municipality: ListedMunicipality;
  /** What was complete before, to be looked at again. */
  readonly form: RegistrationForm | null;
}

/** Null: the person stopped, or is gone. */
export type FormEnd = RegistrationForm | null;

export function townsShown({ municipality, row }: FormContext) {
  return inRow(municipality.towns, row);
}

function pick<Item>(items: readonly Item[], event: FormEvent): Item | null {
  return event.type === 'key.choose' ? chosen(items, event.choice) : null;
}

function formOf({ municipality, town, texts, isComplete }: FormContext): FormEnd {
  if (!isComplete) return null;
  return {
    municipality: municipality.code,
    domicile: { town: town ?? '', number: texts['domicile-number'] },
    head: { familyKana: texts['head-family-kana'], givenKana: texts['head-given-kana'] },
  };
}

const CHOOSES = shows('choose', 'choose', ['choose', 'more', 'back'], 'idle');
const NUMBER = shows('text-entry', null, ['character', 'erase', 'enter', 'back'], 'idle');
const KANA = shows(
  'text-entry',
  null,
  ['character', 'kana-mark', 'erase', 'enter', 'back'],
  'idle',
);

export const registrationFormMachine = setup({
  types: {
    input: {} as FormInput,
    context: {} as FormContext,
    events: {} as FormEvent,
    output: {} as FormEnd,
    meta: {} as StateMeta,
  },
  delays: REGISTRATION_FORM_DELAYS,
  guards: {
    wasComplete: ({ context }) => context.isComplete,
    needsRow: ({ context }) => needsRow(context.municipality.towns),
    isRow: ({ context, event }) => pick(rowsOf(context.municipality.towns), event) !== null,
    corrects: ({ event }) => event.type === 'key.choose' && event.choice === CORRECT,
    isTown: ({ context, event }) => pick(townsShown(context), event) !== null,
    isRight: ({ context }, { field }: Written<TextField>) =>
      problemOf(field, context.texts[field]) === null,
  },
  actions: {
    firstPage: assign({ page: 1 }),
    turnPage: assign({ page: ({ context }) => context.page + 1 }),
    keepRow: assign(({ context, event }) => ({
      row: pick(rowsOf(context.municipality.towns), event),
      page: 1,
    })),
    keepTown: assign({
      town: ({ context, event }) => pick(townsShown(context), event)?.name ?? null,
    }),
    type: assign(({ context, event }, { field }: Written<TextField>) => {
      const text = context.texts[field];
      const next = event.type === 'key.character' ? typed(field, text, event.character) : text;
      return rewritten(context, field, next);
    }),
    erase: assign(({ context }, { field }: Written<TextField>) =>
      rewritten(context, field, erased(context.texts[field])),
    ),
    mark: assign(({ context }, { field }: Written<TextField>) =>
      rewritten(context, field, marked(context.texts[field])),
    ),
    sayProblem: assign(({ context }, { field }: Written<TextField>) => ({
      problem: problemOf(field, context.texts[field]),
    })),
    complete: assign({ isComplete: true }),
    change: assign({ isComplete: false }),
  },
}).createMachine({
  id: 'registrationForm',
  context: ({ input }) => ({
    municipality: input.municipality,
    row: null,
    town: input.form?.domicile.town ?? null,
    page: 1,
    texts: {
      'domicile-number': input.form?.domicile.number ?? '',
      'head-family-kana': input.form?.head.familyKana ?? '',
      'head-given-kana': input.form?.head.givenKana ?? '',
    },
    problem: null,
    isComplete: input.form !== null,
  }),
  initial: 'resting',
  on: { 'session.cancel': '.ended' },
  states: {
    writing: {
      initial: 'beginning',
      on: { 'form.rest': 'resting', 'form.goOn': {} },
      states: {
        beginning: {
          always: [
            { guard: 'wasComplete', target: 'review', actions: 'change' },
            { guard: 'needsRow', target: 'row' },
            { target: 'town' },
          ],
        },
        row: {
          meta: CHOOSES,
          on: {
            'key.choose': { guard: 'isRow', target: 'town', actions: 'keepRow' },
            'key.more': { target: 'row', reenter: true, actions: 'turnPage' },
            'key.back': '#registrationForm.ended',
          },
          after: { idle: 'stillThere' },
        },
        town: {
          meta: CHOOSES,
          on: {
            'key.choose': { guard: 'isTown', target: 'number', actions: 'keepTown' },
            'key.more': { target: 'town', reenter: true, actions: 'turnPage' },
            'key.back': [
              { guard: 'needsRow', target: 'row', actions: 'firstPage' },
              { target: '#registrationForm.ended' },
            ],
          },
          after: { idle: 'stillThere' },
        },
        number: {
          meta: NUMBER,
          on: { ...writes('number', 'domicile-number', 'family'), 'key.back': 'town' },
          after: { idle: 'stillThere' },
        },
        family: {
          meta: KANA,
          on: { ...writes('family', 'head-family-kana', 'given'), 'key.back': 'number' },
          after: { idle: 'stillThere' },
        },
        given: {
          meta: KANA,
          on: { ...writes('given', 'head-given-kana', 'review'), 'key.back': 'family' },
          after: { idle: 'stillThere' },
        },
        review: {
          meta: shows('review', 'review', ['enter', 'choose', 'back'], 'idle'),
          on: {
            'key.enter': { target: '#registrationForm.ended', actions: 'complete' },
            'key.choose': { guard: 'corrects', target: 'number' },
            'key.back': '#registrationForm.ended',
          },
          after: { idle: 'stillThere' },
        },
        stillThere: {
          meta: shows('still-there', 'still-there', ['stay', 'back'], 'leaving'),
          on: { 'key.stay': 'before', 'key.back': '#registrationForm.ended' },
          after: { leaving: '#registrationForm.ended' },
        },
        before: { type: 'history', target: 'beginning' },
      },
    },
    /** Whoever watches the card speaks meanwhile, and ends it when nobody comes back. */
    resting: { on: { 'form.goOn': 'writing.before', 'form.rest': {} } },
    ended: { type: 'final' },
  },
  output: ({ context }) => formOf(context),
});
