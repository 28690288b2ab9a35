/**
 * The municipalities of the simulation, on no map: where their registers are, what they ask for a certificate and when
 * they serve. Their codes begin with 99, which no municipality's does.
 */

import type { DocumentType, Municipality } from '../../src/domain/municipal-certificate.ts';

/** Times of day in Japan, HH:MM. */
export interface ServiceHours {
  readonly days: 'business-days' | 'every-day';
  readonly from: string;
  readonly to: string;
}

/** Nothing is served in between; ISO 8601, `to` is the first moment after it. */
export interface MaintenanceWindow {
  readonly from: string;
  readonly to: string;
}

export interface ServiceSchedule {
  readonly hours: ServiceHours;
  /** 29 December to 3 January. */
  readonly closedAtYearEnd: boolean;
  readonly maintenance: readonly MaintenanceWindow[];
}

/** A part of a municipality (町・字) of which a registered domicile can be. */
export interface Town {
  readonly name: string;
  /** Hiragana. */
  readonly kana: string;
}

export interface IssuingMunicipality extends Municipality {
  readonly prefecture: string;
  /** Hiragana. */
  readonly kana: string;
  /** Who certifies. */
  readonly mayor: string;
  readonly towns: readonly Town[];
  /** False: no certificate of it can be had at a kiosk. */
  readonly takesPart: boolean;
  /** Yen for one copy. */
  readonly fees: Readonly<Record<DocumentType, number>>;
  readonly familyRegister: ServiceSchedule;
  readonly resident: ServiceSchedule;
}

const EVERY_DAY: ServiceHours = { days: 'every-day', from: '06:30', to: '23:00' };

function schedule(
  hours: ServiceHours,
  maintenance: readonly MaintenanceWindow[] = [],
): ServiceSchedule {
  return { hours, closedAtYearEnd: true, maintenance };
}

function fees(familyRegister: number, addresses: number, others: number) {
  return {
    'family-register-full': familyRegister,
    'family-register-individual': familyRegister,
    'family-register-addresses': addresses,
    'civil-status': addresses,
    'resident-record': others,
    'seal-registration': others,
    taxation: others,
  } satisfies Record<DocumentType, number>;
}

/** In the order of their codes. */
export const MUNICIPALITIES: readonly IssuingMunicipality[] = [
  {
    code: '990011',
    name: '鷹ノ沢町',
    prefecture: '北嶺県',
    kana: 'たかのさわちょう',
    mayor: '風間 しげる',
    towns: [
      { name: '字上ノ原', kana: 'あざうえのはら' },
      { name: '字湯ノ口', kana: 'あざゆのくち' },
      { name: '大字鷹ノ沢', kana: 'おおあざたかのさわ' },
    ],
    takesPart: true,
    fees: fees(450, 300, 200),
    familyRegister: schedule({ days: 'business-days', from: '09:00', to: '17:00' }),
    resident: schedule(EVERY_DAY),
  },
  {
    code: '990029',
    name: '汐見市',
    prefecture: '南潮県',
    kana: 'しおみし',
    mayor: '潮崎 のぞみ',
    towns: [
      { name: '汐見町', kana: 'しおみちょう' },
      { name: '浜通', kana: 'はまどおり' },
      { name: '港一丁目', kana: 'みなといっちょうめ' },
      { name: '港二丁目', kana: 'みなとにちょうめ' },
    ],
    takesPart: true,
    fees: fees(350, 250, 200),
    familyRegister: schedule({ days: 'business-days', from: '08:30', to: '17:15' }, [
      { from: '2026-12-11T12:00:00+09:00', to: '2026-12-11T17:15:00+09:00' },
    ]),
    resident: schedule(EVERY_DAY),
  },
  {
    code: '990037',
    name: 'かざす市',
    prefecture: '中津原県',
    kana: 'かざすし',
    mayor: '丸山 ひとふで',
    towns: [
      { name: '風見町', kana: 'かざみちょう' },
      { name: '輪の里', kana: 'わのさと' },
      { name: '駅前一丁目', kana: 'えきまえいっちょうめ' },
      { name: '駅前二丁目', kana: 'えきまえにちょうめ' },
    ],
    takesPart: true,
    fees: fees(150, 150, 150),
    familyRegister: schedule(EVERY_DAY),
    resident: schedule(EVERY_DAY, [
      { from: '2026-12-16T19:00:00+09:00', to: '2026-12-16T23:00:00+09:00' },
    ]),
  },
  {
    code: '990045',
    name: '風待村',
    prefecture: '中津原県',
    kana: 'かざまちむら',
    mayor: '帆足 なぎ',
    towns: [
      { name: '大字風待', kana: 'おおあざかざまち' },
      { name: '大字凪', kana: 'おおあざなぎ' },
    ],
    takesPart: true,
    fees: fees(450, 350, 300),
    familyRegister: schedule({ days: 'business-days', from: '09:00', to: '17:00' }, [
      { from: '2026-12-24T09:00:00+09:00', to: '2026-12-25T17:00:00+09:00' },
    ]),
    resident: schedule({ days: 'every-day', from: '06:30', to: '20:00' }),
  },
  {
    code: '990053',
    name: '燈ヶ浜市',
    prefecture: '南潮県',
    kana: 'ともしがはまし',
    mayor: '灯台 あかり',
    towns: [
      { name: '燈町', kana: 'ともしまち' },
      { name: '岬', kana: 'みさき' },
      { name: '浜中', kana: 'はまなか' },
    ],
    takesPart: true,
    fees: fees(450, 300, 200),
    familyRegister: schedule({ days: 'business-days', from: '08:30', to: '17:15' }),
    resident: schedule(EVERY_DAY),
  },
  {
    code: '990061',
    name: '北雪町',
    prefecture: '北嶺県',
    kana: 'きたゆきちょう',
    mayor: '雪野 ましろ',
    towns: [{ name: '字北雪', kana: 'あざきたゆき' }],
    takesPart: false,
    fees: fees(450, 300, 300),
    familyRegister: schedule({ days: 'business-days', from: '09:00', to: '17:00' }),
    resident: schedule({ days: 'business-days', from: '09:00', to: '17:00' }),
  },
];

/** Throws for a code that none of them has. */
export function municipalityOf(code: string): IssuingMunicipality {
  const found = MUNICIPALITIES.find((municipality) => municipality.code === code);
  if (found === undefined) throw new Error(`no municipality has the code ${code}`);
  return found;
}

/** With its prefecture. `code`: of a municipality. */
export function placeOf(code: string): string {
  const { prefecture, name } = municipalityOf(code);
  return `${prefecture}${name}`;
}
