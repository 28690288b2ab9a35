/** Certificates of the family register, in the words of its computerised form. */

import type { Composition, Part, RegisterRow } from './composition.ts';
import { spread } from './composition.ts';
import { placeOf } from './municipalities.ts';
import type { FamilyMember, FamilyRegister, RegisterEntry } from './records.ts';
import { eraDay, kanjiDay, lotNumber } from './wording.ts';

export type Certified = Pick<Composition, 'day' | 'certifier' | 'seal'>;

/** 戸籍全部事項証明書 */
export function composeWhole(register: FamilyRegister, certified: Certified): Composition {
  return {
    ...certified,
    title: '全部事項証明',
    parts: [{ kind: 'register', rows: rowsOf(register, register.members) }],
    closes: true,
    statements: ['これは、戸籍に記録されている事項の全部を証明した書面である。'],
  };
}

/** 戸籍個人事項証明書 */
export function composeOne(
  register: FamilyRegister,
  member: FamilyMember,
  certified: Certified,
): Composition {
  return {
    ...certified,
    title: '個人事項証明',
    parts: [{ kind: 'register', rows: rowsOf(register, [member]) }],
    closes: true,
    statements: ['これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。'],
  };
}

/** 戸籍の附票の写し */
export function composeAddresses(register: FamilyRegister, certified: Certified): Composition {
  const rows = register.members.map((member): RegisterRow => {
    const lines = member.addresses.flatMap(({ address, since }) => [
      `【住所】${address}`,
      `【住所を定めた年月日】${eraDay(since)}`,
    ]);
    const nowhere = member.removed ? '【除籍】消除' : '【住所】記録なし';
    return {
      label: ['附票に記録されて', 'いる者'],
      lines: [`【名】${member.given}`, ...(lines.length === 0 ? [nowhere] : lines)],
      removed: member.removed,
    };
  });
  return {
    ...certified,
    title: '戸籍の附票の写し',
    parts: [{ kind: 'register', rows: [...headRows(register), ...rows] }],
    closes: true,
    statements: ['この写しは、戸籍の附票の全部の写しであることを証明する。'],
  };
}

/** 身分証明書 */
export function composeStatus(
  register: FamilyRegister,
  member: FamilyMember,
  certified: Certified,
): Composition {
  const { head } = register;
  const cell = (label: string, ...lines: string[]) => [
    { label: spread(label), lines, number: false },
  ];
  const parts: Part[] = [
    {
      kind: 'form',
      rows: [
        cell('本籍', domicileOf(register)),
        cell('筆頭者氏名', `${head.family}　${head.given}`),
        cell('氏名', `${head.family}　${member.given}`),
        cell('生年月日', kanjiDay(member.born)),
      ],
    },
    {
      kind: 'note',
      lines: [
        '一　禁治産又は準禁治産の宣告の通知を受けていない。',
        '二　後見の登記の通知を受けていない。',
        '三　破産宣告又は破産手続開始決定の通知を受けていない。',
      ],
    },
  ];
  return {
    ...certified,
    title: '身分証明書',
    parts,
    closes: false,
    statements: ['上記のとおり相違ないことを証明する。'],
  };
}

function rowsOf(register: FamilyRegister, members: readonly FamilyMember[]): RegisterRow[] {
  return [
    ...headRows(register),
    ...register.entries.map((entry, place) => entryRow(entry, place === 0 ? '戸籍事項' : null)),
    ...members.flatMap((member) => [
      memberRow(member),
      ...member.entries.map((entry, place) => entryRow(entry, place === 0 ? '身分事項' : null)),
    ]),
  ];
}

function headRows(register: FamilyRegister): RegisterRow[] {
  const { family, given } = register.head;
  return [
    { label: [spread('本籍')], lines: [domicileOf(register)], removed: false },
    { label: [spread('氏名')], lines: [`${family}　${given}`], removed: false },
  ];
}

/** With its prefecture, as certificates write it. */
function domicileOf({ municipality, town, number }: FamilyRegister): string {
  return `${placeOf(municipality)}${town}${lotNumber(number)}`;
}

function memberRow({ given, born, father, mother, relation, removed }: FamilyMember): RegisterRow {
  return {
    label: ['戸籍に記録されて', 'いる者'],
    lines: [
      `【名】${given}`,
      `【生年月日】${kanjiDay(born)}`,
      `【父】${father}`,
      `【母】${mother}`,
      `【続柄】${relation}`,
    ],
    removed,
  };
}

/** `above`: what the first of several entries stands under. */
function entryRow({ title, lines }: RegisterEntry, above: string | null): RegisterRow {
  const label = `　${spread(title)}`;
  const texts = lines.map(([name, text]) => `【${name}】${text}`);
  return above === null
    ? { label: [label], lines: texts, removed: false }
    : { label: [above, label], lines: ['', ...texts], removed: false };
}
