/** Screens of a kiosk as they can be; the others are in samples.ts. */

import {
  ERRANDS,
  type KioskScreenBody,
  type KioskScreenName,
  TEXT_FIELDS,
  TEXT_LIMITS,
  WORKS,
} from '../../src/domain/kiosk-screen.ts';
import { DOCUMENT_OPTIONS, DOCUMENTS, MONEY_ENDS } from '../../src/domain/municipal-certificate.ts';
import type { KeyName, Tone } from '../../src/domain/screen.ts';

import {
  AFTERNOON,
  choices,
  closed,
  DAY,
  ENDINGS,
  KANA_ROWS,
  LARGE_ORDER,
  LONG_PLACE,
  LONG_REASONS,
  MUNICIPALITIES,
  NIGHT,
  ORDER,
  open,
  order,
  REQUEST,
  registration,
  TOMORROW,
} from './kiosk-sample-parts.ts';

type BodyOf<Name extends KioskScreenName> = Extract<KioskScreenBody, { readonly screen: Name }>;

/** Of every screen at least one. */
export const KIOSK_SAMPLES: {
  readonly [Name in KioskScreenName]: readonly [BodyOf<Name>, ...BodyOf<Name>[]];
} = {
  menu: [
    {
      screen: 'menu',
      offline: false,
      items: [
        { id: 'resident-certificate', openness: open(NIGHT) },
        { id: 'family-certificate', openness: open(AFTERNOON) },
        { id: 'registration', openness: null },
        { id: 'status', openness: null },
      ],
    },
    {
      screen: 'menu',
      offline: true,
      items: ERRANDS.map((id) => ({ id, openness: closed('outside-hours', TOMORROW) })),
    },
  ],
  choose: [
    {
      screen: 'choose',
      progress: order('choose'),
      of: 'document',
      choices: [
        ...choices([{ is: 'document', document: 'family-register-full' }], {
          fee: 450,
          openness: open(AFTERNOON),
        }),
        ...choices([{ is: 'document', document: 'family-register-individual' }], {
          fee: 450,
          openness: closed('outside-hours', TOMORROW),
        }),
        ...choices([{ is: 'document', document: 'civil-status' }], {
          fee: 300,
          openness: closed('registration-pending', null),
        }),
      ].map((choice, at) => ({ ...choice, id: `choice-${at}` })),
      page: 1,
      pages: 1,
    },
    {
      screen: 'choose',
      progress: registration('choose'),
      of: 'municipality',
      choices: choices(MUNICIPALITIES),
      page: 1,
      pages: 3,
    },
    {
      screen: 'choose',
      progress: registration('write'),
      of: 'town',
      choices: choices(Array.from({ length: 6 }, () => LONG_PLACE)),
      page: 10,
      pages: 10,
    },
    {
      screen: 'choose',
      progress: registration('choose'),
      of: 'kana-row',
      choices: choices(KANA_ROWS.map((row) => ({ is: 'kana-row', row }))),
      page: 1,
      pages: 2,
    },
    {
      screen: 'choose',
      progress: order('choose'),
      of: 'copies',
      choices: choices(
        [1, 2, 3, 4, 5].map((copies) => ({ is: 'copies', copies })),
        { fee: 1_250 },
      ),
      page: 1,
      pages: 1,
    },
    {
      screen: 'choose',
      progress: order('choose'),
      of: 'option',
      choices: choices(DOCUMENT_OPTIONS.map((option) => ({ is: 'option', option }))),
      page: 1,
      pages: 2,
    },
    ...LONG_REASONS.map(
      (reason) =>
        ({
          screen: 'choose',
          progress: order('choose'),
          of: 'document',
          choices: choices(
            DOCUMENTS.map((document) => ({ is: 'document', document })),
            { fee: 1_250, openness: closed(reason, TOMORROW) },
          ),
          page: 1,
          pages: 2,
        }) as const,
    ),
  ],
  'place-card': [
    { screen: 'place-card', progress: order('choose'), again: null },
    ...(['card-removed', 'card-unreadable', 'phone-not-supported'] as const).map(
      (again) => ({ screen: 'place-card', progress: registration('choose'), again }) as const,
    ),
  ],
  working: [
    { screen: 'working', progress: order('confirm'), at: 'issuing' },
    ...WORKS.map((at) => ({ screen: 'working', progress: null, at }) as const),
  ],
  password: [
    {
      screen: 'password',
      progress: registration('password'),
      length: 5,
      result: 'ask',
      tries: 5,
    },
    {
      screen: 'password',
      progress: registration('password'),
      length: 0,
      result: 'wrong',
      tries: 4,
    },
    {
      screen: 'password',
      progress: registration('password'),
      length: 16,
      result: 'checking',
      tries: 2,
    },
  ],
  'password-last-try': [
    { screen: 'password-last-try', progress: registration('password') },
    { screen: 'password-last-try' },
  ],
  'text-entry': [
    {
      screen: 'text-entry',
      progress: registration('write'),
      field: 'head-family-kana',
      typed: 'やまも',
      max: TEXT_LIMITS['head-family-kana'].max,
      problem: null,
    },
    {
      screen: 'text-entry',
      progress: registration('write'),
      field: 'domicile-number',
      typed: '12-3',
      max: TEXT_LIMITS['domicile-number'].max,
      problem: null,
    },
    ...TEXT_FIELDS.flatMap((field) =>
      (['empty', 'not-a-number', 'too-long'] as const).map(
        (problem) =>
          ({
            screen: 'text-entry',
            progress: registration('write'),
            field,
            typed:
              problem === 'empty'
                ? ''
                : (field === 'domicile-number' ? '12345-' : 'みょうじ')
                    .repeat(9)
                    .slice(0, TEXT_LIMITS[field].max),
            max: TEXT_LIMITS[field].max,
            problem,
          }) as const,
      ),
    ),
  ],
  review: [
    {
      screen: 'review',
      progress: registration('review'),
      municipality: '鷹ノ沢町',
      domicile: { town: '字上沢', number: '12-3' },
      head: { familyKana: 'やまもと', givenKana: 'たろう' },
    },
    {
      screen: 'review',
      progress: registration('review'),
      municipality: '大字北鷹ノ沢村連合市',
      domicile: { town: '大字北鷹ノ沢字上一ノ沢向甲', number: '12345-12345-12345-12345' },
      head: { familyKana: 'みょうじ'.repeat(8).slice(0, 30), givenKana: 'なまえ'.repeat(10) },
    },
  ],
  'confirm-order': [
    { screen: 'confirm-order', progress: order('confirm'), holder: '山＊ 太＊', order: ORDER },
    {
      screen: 'confirm-order',
      progress: order('confirm'),
      holder: 'ア＊ ヴ＊ デ＊ ラ＊ ク＊',
      order: LARGE_ORDER,
    },
    {
      screen: 'confirm-order',
      progress: order('confirm'),
      holder: '佐＊ 花＊',
      order: { ...ORDER, sheets: null, fee: 0 },
    },
  ],
  paying: [
    {
      screen: 'paying',
      progress: order('pay'),
      fee: 450,
      inserted: 200,
      means: ['cash', 'e-money'],
      chosen: 'cash',
    },
    {
      screen: 'paying',
      progress: order('pay'),
      fee: 12_500,
      inserted: 0,
      means: ['cash', 'e-money'],
      chosen: null,
    },
    {
      screen: 'paying',
      progress: order('pay'),
      fee: 12_500,
      inserted: 0,
      means: ['cash', 'e-money'],
      chosen: 'e-money',
    },
  ],
  printing: [
    {
      screen: 'printing',
      progress: order('print'),
      sheets: 2,
      done: 1,
      request: REQUEST,
      held: null,
    },
    {
      screen: 'printing',
      progress: order('print'),
      sheets: 40,
      done: 17,
      request: REQUEST,
      held: null,
    },
    ...(['page-paper-out', 'page-jam', 'page-printer-lost'] as const).map(
      (held) =>
        ({
          screen: 'printing',
          progress: order('print'),
          sheets: 4,
          done: 1,
          request: REQUEST,
          held,
        }) as const,
    ),
  ],
  'take-paper': [
    { screen: 'take-paper', progress: order('take'), sheets: 2, receipt: 'printed' },
    { screen: 'take-paper', progress: order('take'), sheets: 40, receipt: 'owed' },
  ],
  applied: [
    {
      screen: 'applied',
      progress: registration('done'),
      municipality: '鷹ノ沢町',
      application: 'T-0001-2231',
      expected: DAY,
      receipt: 'printed',
    },
    {
      screen: 'applied',
      progress: registration('done'),
      municipality: '大字北鷹ノ沢村連合市',
      application: 'ABCDEFGH-JKLMNPQRSTU',
      expected: DAY,
      receipt: 'owed',
    },
  ],
  ended: [
    {
      screen: 'ended',
      reason: 'page-paper-out',
      money: 'nothing-charged',
      request: REQUEST,
      from: null,
    },
    {
      screen: 'ended',
      reason: 'outside-hours',
      money: 'nothing-charged',
      request: null,
      from: TOMORROW,
    },
    ...ENDINGS.map(
      (reason, at) =>
        ({
          screen: 'ended',
          reason,
          money: MONEY_ENDS[at % MONEY_ENDS.length] ?? 'asked',
          request: REQUEST,
          from: TOMORROW,
        }) as const,
    ),
  ],
  'still-there': [{ screen: 'still-there', seconds: 20 }],
};

export const KIOSK_TONES: Partial<Record<KioskScreenName, Tone>> = {
  'take-paper': 'done',
  applied: 'done',
  ended: 'problem',
};

const TYPING = ['character', 'erase', 'enter', 'back', 'call'] as const;
export const KIOSK_KEYS: Partial<Record<KioskScreenName, readonly KeyName[]>> = {
  menu: ['choose', 'call'],
  choose: ['choose', 'more', 'back', 'call'],
  'place-card': ['back', 'call'],
  working: ['call'],
  password: TYPING,
  'password-last-try': ['enter', 'back', 'call'],
  'text-entry': [...TYPING, 'kana-mark'],
  review: ['enter', 'back', 'choose', 'call'],
  'confirm-order': ['enter', 'back', 'choose', 'call'],
  paying: ['choose', 'back', 'call'],
  printing: ['call'],
  'take-paper': ['enter', 'call'],
  applied: ['enter', 'call'],
  ended: ['enter', 'call'],
  'still-there': ['stay', 'back', 'call'],
};
