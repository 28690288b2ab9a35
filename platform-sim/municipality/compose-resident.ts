/** Certificates of where somebody lives: the resident record, the registered seal, and taxes. */

import type { DocumentOption } from '../../src/domain/municipal-certificate.ts';
import type { Certified } from './compose-family.ts';
import { type Composition, charactersOf, type FormCell, spread } from './composition.ts';
import { placeOf } from './municipalities.ts';
import type { Household, HouseholdMember } from './records.ts';
import { eraDay, fiscalYear, yen } from './wording.ts';

/** Fiscal years begin in April. */
const FIRST_MONTH = 4;
/** Income was lower the year before. */
const YEAR_BEFORE = 0.96;
/** Taxes go by hundreds of yen. */
const STEP = 100;

/** 住民票の写し */
export function composeResidents(
  household: Household,
  self: HouseholdMember,
  option: DocumentOption,
  certified: Certified,
): Composition {
  const isWhole = option === 'household' || option === 'household-with-domicile';
  const hasDomicile = option === 'self-with-domicile' || option === 'household-with-domicile';
  const members = isWhole ? household.members : [self];
  const part = isWhole ? '世帯全員' : '世帯の一部';
  return {
    ...certified,
    title: '住民票の写し',
    parts: [
      {
        kind: 'form',
        rows: [
          [cell('住所', addressOf(household))],
          [cell('世帯主', household.head.replace(' ', '　'))],
        ],
      },
      ...members.map((member) => ({
        kind: 'form' as const,
        rows: residentRows(member, hasDomicile),
      })),
    ],
    closes: true,
    statements: [`この写しは、${part}の住民票の原本と相違ないことを証明する。`],
  };
}

/** 印鑑登録証明書. `seal`: that of `self`. */
export function composeSeal(
  household: Household,
  self: HouseholdMember,
  seal: NonNullable<HouseholdMember['seal']>,
  certified: Certified,
): Composition {
  const [family = ''] = self.name.split(' ');
  return {
    ...certified,
    title: '印鑑登録証明書',
    parts: [
      { kind: 'imprint', name: charactersOf(family) },
      {
        kind: 'form',
        rows: [
          [cell('氏名', self.name.replace(' ', '　'))],
          [cell('生年月日', eraDay(self.born))],
          [cell('住所', addressOf(household))],
          [cell('登録番号', seal.number), cell('登録年月日', eraDay(seal.on))],
        ],
      },
    ],
    closes: false,
    statements: ['上記の印影は、登録されている印影と相違ないことを証明する。'],
  };
}

/** 課税証明書. `day`: of issue, YYYY-MM-DD. */
export function composeTax(
  household: Household,
  self: HouseholdMember,
  { option, day }: { readonly option: DocumentOption; readonly day: string },
  certified: Certified,
): Composition {
  const [year = 0, month = 0] = day.split('-').map(Number);
  const isLast = option === 'last-year';
  const named = year - (month < FIRST_MONTH ? 1 : 0) - (isLast ? 1 : 0);
  const amount = (label: string, value: number) =>
    cell(label, yen(isLast ? Math.floor((value * YEAR_BEFORE) / STEP) * STEP : value), true);
  const { income, deductions, cityTax, prefectureTax } = self.tax;
  return {
    ...certified,
    title: '課税証明書',
    parts: [
      {
        kind: 'form',
        rows: [
          [cell('住所', addressOf(household))],
          [cell('氏名', self.name.replace(' ', '　'))],
          [cell('生年月日', eraDay(self.born)), cell('年度', fiscalYear(named))],
        ],
      },
      {
        kind: 'form',
        rows: [
          [amount('所得金額', income), amount('所得控除', deductions)],
          [amount('市町村民税', cityTax), amount('県民税', prefectureTax)],
          [amount('年税額', cityTax + prefectureTax)],
        ],
      },
    ],
    closes: true,
    statements: ['上記のとおり相違ないことを証明する。'],
  };
}

function residentRows(member: HouseholdMember, hasDomicile: boolean): FormCell[][] {
  const { name, kana, born, gender, relation, since, domicile, domicileHead } = member;
  return [
    [cell('氏名', kana.replace(' ', '　'), false, name.replace(' ', '　'))],
    [cell('生年月日', eraDay(born)), cell('性別', gender)],
    [cell('続柄', relation), cell('住民となった日', eraDay(since))],
    ...(hasDomicile
      ? [[cell('本籍', domicile)], [cell('筆頭者', domicileHead.replace(' ', '　'))]]
      : []),
  ];
}

function addressOf({ municipality, address }: Household): string {
  return `${placeOf(municipality)}${address}`;
}

function cell(label: string, text: string, number = false, ...further: string[]): FormCell {
  return { label: spread(label), lines: [text, ...further], number };
}
