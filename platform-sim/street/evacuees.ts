/**
 * Who of the street is in the register of 汐見市 (Shiomi), and with what: the same people with the same cards, on the day on which
 * everybody has to leave. All of it is invented.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Need } from '../../src/domain/evacuation.ts';
import type { Resident } from '../people.ts';

/** What shelters know everybody by. */
export const EVACUEES = 'evacuees-990029';

interface Home {
  readonly number: string;
  readonly household: string;
  readonly district: 'kitayama' | 'shiomicho' | 'kawara' | 'minato' | 'hama';
  readonly address: string;
  readonly needs?: readonly Need[];
  readonly support?: string;
  /** 支援措置 */
  readonly protected?: true;
}

const home = (
  number: string,
  household: string,
  district: Home['district'],
  address: string,
  more: Pick<Home, 'needs' | 'support' | 'protected'> = {},
): Home => ({ number, household, district, address, ...more });

/**
 * By the names of people.ts. Whoever is missing is on no list: 潮路 ふい lives elsewhere. A card that ran out still says who
 * somebody is.
 */
const HOMES: Readonly<Record<string, Home>> = {
  'tomoshino-makoto': home('90-0001', 'H-01', 'kawara', '川原町 3'),
  'tomoshino-yuko': home('90-0002', 'H-01', 'kawara', '川原町 3', { needs: ['medicine'] }),
  'tomoshino-sora': home('90-0003', 'H-01', 'kawara', '川原町 3'),
  'sato-hanako': home('90-0004', 'H-02', 'kawara', '川原町 8'),
  'kazami-taro': home('90-0005', 'H-03', 'kawara', '川原町 12', { needs: ['pet'] }),
  'nagihara-midori': home('90-0006', 'H-04', 'kawara', '川原町 15', { protected: true }),
  'sarashina-arata': home('90-0007', 'H-05', 'hama', '浜町 2'),
  'koyomi-furuko': home('90-0008', 'H-06', 'hama', '浜町 5', {
    needs: ['wheelchair'],
    support: '足が痛い',
  }),
  'futada-kae': home('90-0009', 'H-07', 'minato', '港町 4'),
  'rusu-iemi': home('90-0010', 'H-08', 'minato', '港町 9'),
};

/** The people of this household have a television, which calls them. */
export const CALLED_AT_HOME = ['tomoshino-makoto', 'tomoshino-yuko', 'tomoshino-sora'] as const;

/** The resident's household, or null for somebody who is in no register there. */
export function homeOf(who: string): Home | null {
  return HOMES[who] ?? null;
}

/** Who of the street has this number in the register. */
export function numberedResident(number: string): string {
  const found = Object.entries(HOMES).find(([, each]) => each.number === number);
  if (found === undefined) throw new Error(`nobody has the number ${number}`);
  return found[0];
}

/** Writes the municipality's register as `kazasu-platform evacuees import` reads it, and hands back its path. */
export async function writeRegister(
  directory: string,
  residents: readonly Resident[],
): Promise<string> {
  const rows = residents.flatMap(({ person: { id, name, kana, born } }) => {
    const at = homeOf(id);
    if (at === null) return [];
    const { number, district, address, household, needs = [], support = '' } = at;
    const isProtected = at.protected === true ? 'yes' : '';
    const who = [`residents/${id}.der`, number, name, kana, born, district, address, household];
    return [[...who, needs.join(' '), support, isProtected].join(',')];
  });
  const columns =
    'certificate,number,name,kana,born,district,address,household,needs,support,protected';
  const csv = join(directory, 'register-990029.csv');
  await writeFile(csv, [columns, ...rows, ''].join('\n'));
  return csv;
}
