/** Screens of a television as they can be; the others are in samples.ts. */

import type { AlertLevel, AlertMapFeature, Worded } from '../../src/domain/alert.ts';
import type { KeyName, ScreenBody, Tone } from '../../src/domain/screen.ts';
import type {
  AlertShown,
  PersonShown,
  PersonStanding,
  TelevisionScreenBody,
  TelevisionScreenName,
} from '../../src/domain/television-screen.ts';
import { sampleAlert } from '../../src/television/sample-alert.ts';
import { TELEVISION_REASONS } from '../../src/text/television/ja.ts';

type BodyOf<Name extends TelevisionScreenName> = Extract<
  TelevisionScreenBody,
  { readonly screen: Name }
>;

/** 16:40 in Japan. */
const SENT = '2026-11-25T07:40:00Z';
const UNTIL = '2026-12-25T07:40:00.000Z';
const CITY = '汐見市';

function person(
  name: string,
  kana: string,
  standing: PersonStanding = 'unknown',
  number = 1,
): PersonShown {
  return { ref: String(number).padStart(32, '0'), name, kana, standing, where: null };
}

/** The longest of those that ship. */
const HALL_NAME = {
  ja: '港町公民館',
  'ja-simple': 'みなとちょうこうみんかん',
  en: 'Minatocho Community Hall',
};

const HATSU = person('森川 ハツ', 'もりかわ はつ');
const FAMILY = [
  HATSU,
  person('森川 太郎', 'もりかわ たろう', 'leaving', 2),
  person('森川 みどり', 'もりかわ みどり', 'safe', 3),
];
const SIX = [
  ...FAMILY,
  person('勅使河原 権左衛門', 'てしがわら ごんざえもん', 'help', 4),
  person('アレクサンドラ ヴァシリエヴナ', 'アレクサンドラ ヴァシリエヴナ', 'unknown', 5),
  person('森川 さくら', 'もりかわ さくら', 'unknown', 6),
];
const MASKED = FAMILY.map((each) => ({ ...each, name: '森＊ ＊', kana: '' }));

const RIVER: Worded = {
  ja: '汐見川が、あふれそうです。',
  'ja-simple': '汐見川《しおみがわ》の 水《みず》が、あふれそうです。',
  en: 'The Shiomi River is about to flood.',
};
const LONG: Worded = {
  ja: '大雨のため、汐見川の堤防が川原町二丁目の下流で崩れるおそれが高まっています。',
  'ja-simple':
    '雨《あめ》が たくさん ふって います。汐見川《しおみがわ》の 土手《どて》が、こわれるかも しれません。',
  en: 'After heavy rain the Shiomi River may break its bank.',
};
const SCHOOL = {
  id: 'shiomi-elementary',
  name: {
    ja: '汐見小学校',
    'ja-simple': '汐見小学校《しおみしょうがっこう》',
    en: 'Shiomi Elementary School',
  },
  way: {
    ja: '坂の上の道を通ってください。',
    'ja-simple': '坂《さか》の 上《うえ》の 道《みち》を 通《とお》って ください。',
    en: 'Take the upper road.',
  },
  minutes: 8,
};
const NOTHING: Worded = { ja: '', 'ja-simple': '', en: '' };
const JUNIOR = {
  id: 'aomatsu-junior',
  name: {
    ja: '青松中学校',
    'ja-simple': '青松中学校《あおまつちゅうがっこう》',
    en: 'Aomatsu Junior High School',
  },
  way: NOTHING,
  minutes: null,
};
const HALL = {
  id: 'civic-hall',
  name: {
    ja: '汐見市民会館',
    'ja-simple': '汐見市民会館《しおみしみんかいかん》',
    en: 'Shiomi Civic Hall',
  },
  way: NOTHING,
  minutes: null,
};
const DANGER: AlertMapFeature = {
  is: 'danger',
  points: [
    [560, 560],
    [900, 540],
    [940, 800],
    [600, 830],
  ],
};

const { map } = sampleAlert(CITY, new Date(SENT));

function alert(level: AlertLevel, given: Partial<AlertShown> = {}): AlertShown {
  return {
    municipality: { code: '990029', name: CITY },
    sentAt: SENT,
    level,
    drill: false,
    what: RIVER,
    shelters: level === 5 ? [] : [SCHOOL],
    map,
    state: 'active',
    update: 0,
    timeUnknown: false,
    ...given,
  };
}

function shows(
  shown: AlertShown,
  people: readonly PersonShown[],
  given: Partial<BodyOf<'tv-alert'>> = {},
): BodyOf<'tv-alert'> {
  return {
    screen: 'tv-alert',
    alert: shown,
    sample: false,
    people,
    chosen: people[0]?.ref ?? null,
    undo: null,
    lost: false,
    more: 0,
    ...given,
  };
}

const LONG_ALERT = { what: LONG, shelters: [SCHOOL, JUNIOR, HALL], map: [...map, DANGER] };

/** Of every screen at least one. */
export const TELEVISION_SAMPLES: {
  readonly [Name in TelevisionScreenName]: readonly [BodyOf<Name>, ...BodyOf<Name>[]];
} = {
  'tv-home': [
    {
      screen: 'tv-home',
      municipality: CITY,
      offline: false,
      advisory: {
        ja: '大雨注意報',
        'ja-simple': '大雨《おおあめ》に 注意《ちゅうい》',
        en: 'Heavy rain',
      },
      people: [],
      guests: false,
    },
    {
      screen: 'tv-home',
      municipality: CITY,
      offline: false,
      advisory: null,
      people: FAMILY,
      guests: false,
    },
    {
      screen: 'tv-home',
      municipality: '大字北鷹ノ沢村連合市',
      offline: true,
      advisory: {
        ja: '大雨・洪水・強風注意報',
        'ja-simple': '大雨《おおあめ》と 風《かぜ》に 注意《ちゅうい》',
        en: 'Heavy rain, flood and strong wind',
      },
      people: SIX,
      guests: true,
    },
  ],
  'tv-people': [
    { screen: 'tv-people', people: FAMILY },
    { screen: 'tv-people', people: SIX },
    { screen: 'tv-people', people: [{ ...HATSU, name: '', kana: '' }, ...MASKED.slice(1)] },
    {
      screen: 'tv-people',
      people: SIX.map((one) => ({ ...one, standing: 'safe', where: HALL_NAME })),
    },
    { screen: 'tv-people', people: [] },
  ],
  'tv-consent': [
    { screen: 'tv-consent', municipality: CITY, pin: false },
    { screen: 'tv-consent', municipality: '大字北鷹ノ沢村連合市', pin: true },
  ],
  'tv-place-card': [
    { screen: 'tv-place-card', again: null },
    { screen: 'tv-place-card', again: 'card-removed' },
    { screen: 'tv-place-card', again: 'phone-not-supported' },
  ],
  'tv-still-there': [{ screen: 'tv-still-there', seconds: 20 }],
  'tv-linked': [
    { screen: 'tv-linked', end: 'linked', person: HATSU },
    { screen: 'tv-linked', end: 'unlinked', person: null },
    { screen: 'tv-linked', end: 'where', person: HATSU },
    { screen: 'tv-linked', end: 'where-ended', person: HATSU },
  ],
  'tv-unlink': [
    { screen: 'tv-unlink', person: HATSU, mayAgree: false, until: null },
    { screen: 'tv-unlink', person: HATSU, mayAgree: true, until: null },
    { screen: 'tv-unlink', person: HATSU, mayAgree: true, until: UNTIL },
    {
      ...{ screen: 'tv-unlink', mayAgree: false, until: UNTIL },
      person: { ...HATSU, name: '', kana: '' },
    },
  ],
  'tv-where': [{ screen: 'tv-where', person: HATSU, until: UNTIL }],
  'tv-stopped': [
    { screen: 'tv-stopped', reason: 'not-in-register' },
    ...(Object.keys(TELEVISION_REASONS) as (keyof typeof TELEVISION_REASONS)[]).map(
      (reason) => ({ screen: 'tv-stopped', reason }) as const,
    ),
    { screen: 'tv-stopped', reason: 'platform-offline' },
    { screen: 'tv-stopped', reason: 'certificate-expired' },
    { screen: 'tv-stopped', reason: 'pin-blocked' },
  ],
  'tv-alert': [
    shows(alert(4), [HATSU]),
    shows(alert(4), FAMILY, { undo: { ref: FAMILY[1]?.ref ?? '', answer: 'leaving' } }),
    shows(alert(3, LONG_ALERT), SIX, { more: 2, chosen: SIX[4]?.ref ?? null }),
    shows(alert(5, { what: LONG, timeUnknown: true, update: 2 }), FAMILY.slice(0, 2), {
      lost: true,
    }),
    shows(alert(5), [HATSU]),
    shows(alert(4, { drill: true, ...LONG_ALERT }), MASKED, { more: 1 }),
    shows(alert(4, { map: [] }), []),
    shows(alert(3), []),
    shows(alert(4), [{ ...HATSU, standing: 'safe' }]),
    shows(alert(4), [HATSU, { ...HATSU, standing: 'safe', where: HALL_NAME, ref: 'b' }]),
    shows(
      alert(4, LONG_ALERT),
      SIX.map((each) => ({ ...each, standing: 'safe' }) as const),
      { more: 1 },
    ),
    shows(alert(4, { state: 'over', update: 1 }), FAMILY),
    shows(alert(3, { state: 'over', drill: true, what: LONG }), [], { more: 3 }),
    shows(sampleAlert(CITY, new Date(SENT)), [], { sample: true }),
  ],
};

/** Screens of every terminal, as a television shows them. */
export const AT_TELEVISION: readonly ScreenBody[] = [
  { screen: 'pin', digits: 2, result: 'ask', tries: 3 },
  { screen: 'pin-last-try' },
  { screen: 'hold' },
  { screen: 'asking' },
  { screen: 'take-card' },
  { screen: 'still-there', seconds: 20 },
  { screen: 'closed', reason: 'starting' },
];

export const TELEVISION_TONES: Partial<Record<TelevisionScreenName, Tone>> = {
  'tv-linked': 'done',
  'tv-stopped': 'problem',
  'tv-alert': 'alert',
};

export const TELEVISION_KEYS: Partial<Record<TelevisionScreenName, readonly KeyName[]>> = {
  'tv-home': ['choose'],
  'tv-people': ['choose', 'back'],
  'tv-consent': ['enter', 'back'],
  'tv-place-card': ['back'],
  'tv-still-there': ['stay', 'back'],
  'tv-linked': ['enter'],
  'tv-unlink': ['enter', 'choose', 'back'],
  'tv-where': ['enter', 'back'],
  'tv-stopped': ['enter'],
  'tv-alert': ['choose', 'more', 'enter', 'back'],
};
