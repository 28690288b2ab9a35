/** How events are written into a family register. */

import type { FamilyMember, FamilyRegister, FormerAddress, RegisterEntry } from './records.ts';
import { kanjiDay } from './wording.ts';

/** Since the registers are kept by computers, every older one is made anew in this form. */
const REFORM = '平成六年法務省令第五十一号附則第二条第一項による改製';
/** Births and deaths are notified within days of them. */
const NOTIFIED_AFTER_DAYS = 7;
const DAY_MS = 86_400_000;

interface Born {
  /** YYYY-MM-DD */
  readonly born: string;
  readonly father: string;
  readonly mother: string;
  readonly relation: string;
  readonly place: string;
}

interface Later {
  readonly married?: { readonly on: string; readonly to: string; readonly from: string };
  /** Left this register by marriage. */
  readonly marriedOut?: { readonly on: string; readonly to: string; readonly into: string };
  readonly died?: { readonly on: string; readonly at: string; readonly by: string };
  readonly addresses?: readonly (readonly [address: string, since: string])[];
}

export function member(id: string, given: string, born: Born, later: Later = {}): FamilyMember {
  const { married, marriedOut, died } = later;
  const { father, mother, relation } = born;
  return {
    ...{ id, given, born: born.born, father, mother, relation },
    removed: marriedOut !== undefined || died !== undefined,
    entries: [
      birth(born),
      ...(married === undefined ? [] : [marriage(married)]),
      ...(marriedOut === undefined ? [] : [marriageInto(marriedOut)]),
      ...(died === undefined ? [] : [death(died)]),
    ],
    addresses: (later.addresses ?? []).map(
      ([address, since]): FormerAddress => ({ address, since }),
    ),
  };
}

/** `compiled`: YYYY-MM-DD. One that is older than its computerised form says when it was made anew. */
export function register(
  place: Pick<FamilyRegister, 'municipality' | 'town' | 'number' | 'head'>,
  { compiled, reformed }: { readonly compiled?: string; readonly reformed?: string },
  members: readonly FamilyMember[],
  filing = false,
): FamilyRegister {
  return { ...place, entries: beginnings(compiled, reformed), members, filing };
}

function beginnings(compiled: string | undefined, reformed: string | undefined): RegisterEntry[] {
  return [
    ...(compiled === undefined
      ? []
      : [{ title: '戸籍編製', lines: [['編製日', kanjiDay(compiled)]] as const }]),
    ...(reformed === undefined
      ? []
      : [
          {
            title: '戸籍改製',
            lines: [
              ['改製日', kanjiDay(reformed)],
              ['改製事由', REFORM],
            ] as const,
          },
        ]),
  ];
}

function birth({ born, place, father }: Born): RegisterEntry {
  return {
    title: '出生',
    lines: [
      ['出生日', kanjiDay(born)],
      ['出生地', place],
      ['届出日', kanjiDay(daysAfter(born, NOTIFIED_AFTER_DAYS))],
      ['届出人', father === '' ? '母' : '父'],
    ],
  };
}

function marriage({ on, to, from }: NonNullable<Later['married']>): RegisterEntry {
  return {
    title: '婚姻',
    lines: [
      ['婚姻日', kanjiDay(on)],
      ['配偶者氏名', to],
      ['従前戸籍', from],
    ],
  };
}

function marriageInto({ on, to, into }: NonNullable<Later['marriedOut']>): RegisterEntry {
  return {
    title: '婚姻',
    lines: [
      ['婚姻日', kanjiDay(on)],
      ['配偶者氏名', to],
      ['新本籍', into],
      ['称する氏', '夫の氏'],
    ],
  };
}

function death({ on, at, by }: NonNullable<Later['died']>): RegisterEntry {
  return {
    title: '死亡',
    lines: [
      ['死亡日', kanjiDay(on)],
      ['死亡地', at],
      ['届出日', kanjiDay(daysAfter(on, NOTIFIED_AFTER_DAYS))],
      ['届出人', by],
    ],
  };
}

function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
