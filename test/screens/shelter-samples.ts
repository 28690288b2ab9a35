/** Screens of a shelter as they can be; the others are in samples.ts. */

import { CROWDING, NEEDS, SUPPLIES } from '../../src/domain/evacuation.ts';
import type { KeyName, Tone } from '../../src/domain/screen.ts';
import { SHELTER_FIELD_LIMITS } from '../../src/domain/shelter-form.ts';
import {
  type PersonShown,
  SHELTER_DONE,
  type ShelterScreenBody,
  type ShelterScreenName,
} from '../../src/domain/shelter-screen.ts';

type BodyOf<Name extends ShelterScreenName> = Extract<ShelterScreenBody, { readonly screen: Name }>;

/** 17:01 in Japan, and the next minute. */
const FIRST = '2026-11-25T08:01:00Z';
const NEXT = '2026-11-25T08:02:00Z';

const person = (
  nth: number,
  name: string | null,
  given: Partial<PersonShown> = {},
): PersonShown => ({
  ...{ nth, name, at: nth === 1 ? FIRST : NEXT, how: 'arrived', people: 1 },
  ...given,
});
const FAMILY = [person(1, '小＊ 健＊'), person(2, '小＊ 由＊'), person(3, '小＊ あ＊')];
const MANY = [
  person(3, 'ア＊ ヴ＊'),
  person(4, null),
  person(5, null, { people: 9 }),
  person(6, '小＊ 由＊', { how: 'again' }),
  person(7, '＊ ＊', { how: 'back' }),
];

/** Of every screen at least one. */
export const SHELTER_SAMPLES: {
  readonly [Name in ShelterScreenName]: readonly [BodyOf<Name>, ...BodyOf<Name>[]];
} = {
  'shelter-waiting': [
    {
      ...{ screen: 'shelter-waiting', people: 184, crowding: 'some-room' },
      ...{ offline: false, reader: true, disk: 'ok' },
    },
    ...CROWDING.map(
      (crowding) =>
        ({
          screen: 'shelter-waiting',
          people: 12_345,
          crowding,
          offline: true,
          reader: crowding !== 'full',
          disk: 'low',
        }) as const,
    ),
  ],
  'shelter-family': [
    { screen: 'shelter-family', people: FAMILY, count: 3, seconds: 20 },
    { screen: 'shelter-family', people: FAMILY.slice(0, 1), count: 1, seconds: 20 },
    { screen: 'shelter-family', people: MANY, count: 24, seconds: 20 },
    { screen: 'shelter-family', people: FAMILY, count: 3, seconds: null },
    {
      ...{ screen: 'shelter-family', count: 2, seconds: 20 },
      people: [
        person(1, '小＊ 健＊', { how: 'again' }),
        person(2, 'ア＊ ヴ＊', { how: 'here-already' }),
        person(3, null, { how: 'back', people: 4 }),
      ],
    },
  ],
  'shelter-menu': [
    { screen: 'shelter-menu', name: '森＊ ハ＊', since: FIRST, consented: false },
    { screen: 'shelter-menu', name: null, since: '2026-11-02T08:01:00Z', consented: false },
    { screen: 'shelter-menu', name: 'ア＊ ヴ＊ デ＊ ラ＊ ク＊', since: null, consented: true },
  ],
  'shelter-supplies': [
    {
      screen: 'shelter-supplies',
      supplies: SUPPLIES.map((kind) => ({ kind, had: kind === 'lunch' || kind === 'water' })),
    },
    { screen: 'shelter-supplies', supplies: SUPPLIES.map((kind) => ({ kind, had: true })) },
  ],
  'shelter-needs': [
    {
      screen: 'shelter-needs',
      needs: NEEDS.map((need) => ({ need, chosen: need === 'medicine' })),
    },
    { screen: 'shelter-needs', needs: NEEDS.map((need) => ({ need, chosen: true })) },
  ],
  'shelter-done': [
    { screen: 'shelter-done', what: 'supplied', kind: 'blanket' },
    ...SHELTER_DONE.map((what) => ({ screen: 'shelter-done', what, kind: null }) as const),
    { screen: 'shelter-done', what: 'supplied', kind: 'breakfast' },
  ],
  'shelter-no-card': [
    { screen: 'shelter-no-card', unread: false },
    { screen: 'shelter-no-card', unread: true },
  ],
  'shelter-typing': [
    { screen: 'shelter-typing', field: 'kana', typed: 'もりかわはつ', problem: null },
    { screen: 'shelter-typing', field: 'year', typed: '194', problem: null },
    { screen: 'shelter-typing', field: 'number', typed: '', problem: null },
    { screen: 'shelter-typing', field: 'kana', typed: '', problem: 'empty' },
    { screen: 'shelter-typing', field: 'year', typed: '31', problem: 'no-year' },
    { screen: 'shelter-typing', field: 'number', typed: '', problem: 'no-slip' },
    { screen: 'shelter-typing', field: 'number', typed: '048', problem: 'too-short' },
    { screen: 'shelter-typing', field: 'number', typed: '0482315', problem: 'wrong-digit' },
    {
      ...{ screen: 'shelter-typing', field: 'kana', problem: null },
      typed: 'あ'.repeat(SHELTER_FIELD_LIMITS.kana.max),
    },
  ],
  'shelter-people': [{ screen: 'shelter-people', people: 3 }],
  'shelter-slip': [
    { screen: 'shelter-slip', slip: '0482135', people: 3, paper: false },
    { screen: 'shelter-slip', slip: '0482135', people: 1, paper: true },
  ],
  'shelter-staff': [
    { screen: 'shelter-staff', asked: 'again', refused: false },
    { screen: 'shelter-staff', asked: 'again', refused: true },
    { screen: 'shelter-staff', asked: 'undo', refused: true },
    { screen: 'shelter-staff', asked: 'consented', refused: true },
  ],
  'shelter-why': [{ screen: 'shelter-why' }],
  'shelter-consented': [
    {
      screen: 'shelter-consented',
      said: {
        at: '2026-04-01',
        bloodType: 'A型 Rh+',
        allergies: '卵、そば',
        medication: 'ワルファリン 1日1回',
        contact: '森川 一郎(長男) 090-0000-0000',
      },
      days: 238,
    },
    {
      screen: 'shelter-consented',
      said: { at: '2020-04-01', medication: '薬'.repeat(40) },
      days: 2_429,
    },
  ],
  'shelter-paper': [{ screen: 'shelter-paper' }],
};

export const SHELTER_TONES: Partial<Record<ShelterScreenName, Tone>> = {
  'shelter-family': 'done',
  'shelter-done': 'done',
  'shelter-slip': 'done',
  'shelter-paper': 'problem',
};

const TYPING = ['character', 'kana-mark', 'erase', 'enter', 'back'] as const;

export const SHELTER_KEYS: Partial<Record<ShelterScreenName, readonly KeyName[]>> = {
  'shelter-waiting': ['choose', 'staff'],
  'shelter-family': ['enter', 'choose'],
  'shelter-menu': ['choose', 'back'],
  'shelter-supplies': ['choose', 'back'],
  'shelter-needs': ['choose', 'enter', 'back'],
  'shelter-no-card': ['choose', 'back'],
  'shelter-typing': TYPING,
  'shelter-people': ['choose', 'back'],
  'shelter-slip': ['enter'],
  'shelter-staff': ['staff', 'back'],
  'shelter-why': ['choose', 'back'],
  'shelter-consented': ['back'],
};
