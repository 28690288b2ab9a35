/** The municipality's register: what a bad table gets, what stays the same through imports, and the invented town. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inventResidents } from '../../platform-sim/evacuation/invented-residents.ts';
import { readResidentCsv } from '../../platform-sim/evacuation/resident-csv.ts';
import { type RegisterEntry, ResidentStore } from '../../platform-sim/evacuation/residents.ts';
import { SHIOMI_DISTRICTS } from '../../platform-sim/evacuation/shiomi.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { CardMaker } from '../cards.ts';

const HEADER =
  'certificate,number,name,kana,born,district,address,household,needs,support,protected';
const HATSU = ',9001,森川 ハツ,モリカワ ハツ,1943-05-02,kawara,川原町 3,S-1,,足が痛い,';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kazasu-residents-'));
  file = join(folder, 'register.csv');
});
afterEach(() => rm(folder, { recursive: true }));

async function read(...lines: readonly string[]): Promise<RegisterEntry[]> {
  await writeFile(file, [HEADER, ...lines, ''].join('\n'));
  return readResidentCsv(file, SHIOMI_DISTRICTS);
}

async function problemsOf(...lines: readonly string[]): Promise<readonly string[]> {
  const error = await read(...lines).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error('it was taken');
  return error.lines.map((line) => line.replace(`${file}, `, ''));
}

function someone(number: string, over: Partial<RegisterEntry> = {}): RegisterEntry {
  const name = { name: '森川 ハツ', kana: 'モリカワ ハツ', born: '1943-05-02' };
  const home = { district: 'kawara', address: '川原町 3', household: 'S-1' };
  const said = { needs: [], support: '', protected: false };
  return { number, fingerprint: null, ...name, ...home, ...said, ...over };
}

test('every problem of a table is named by its line and column, and nothing of it is taken', async () => {
  expect(
    await problemsOf(
      HATSU,
      HATSU,
      'nobody.pem,9002,,モリカワ,1943-02-30,tokyo,川原町 3,S-1,tent,,maybe',
      '',
      'only,two',
    ),
  ).toEqual([
    'line 3, column number: is the same as on line 2',
    'line 4, column name: is empty',
    'line 4, column born: "1943-02-30" is no date like 1990-04-01',
    'line 4, column district: "tokyo" is none; there are: kitayama, shiomicho, kawara, minato, hama',
    'line 4, column certificate: nobody.pem does not exist; give a PEM or DER file, or nothing',
    'line 4, column needs: "tent" is none; there are: medicine, infant, pet, language, wheelchair',
    'line 4, column protected: "maybe": yes, or empty',
    'line 6, column protected: the line has 2 fields; 11 are right',
  ]);
  expect(await problemsOf()).toEqual([`${file}: no rows; give one line a person`]);
  const many = Array.from({ length: 30 }, (_, at) => `,${at},,,,,,,,,`);
  expect((await problemsOf(...many)).at(-1)).toBe('... and 220 more problems');
});

test('a file that is no table, or of other columns, is told so', async () => {
  await writeFile(file, Buffer.from('8ebb9695', 'hex'));
  expect(() => readResidentCsv(file, SHIOMI_DISTRICTS)).toThrow(/is not UTF-8 text/);
  await writeFile(file, 'number,name\n');
  expect(() => readResidentCsv(file, SHIOMI_DISTRICTS)).toThrow(/line 1: the first line names/);
  await writeFile(file, `${HEADER}\n,"9001`);
  expect(() => readResidentCsv(file, SHIOMI_DISTRICTS)).toThrow(/quotes do not match/);
  expect(() => readResidentCsv(join(folder, 'none'), SHIOMI_DISTRICTS)).toThrow(/does not exist/);
});

test('a card is known by its fingerprint, and two people may not have the same one', async () => {
  const cards = await CardMaker.create();
  const { der } = await cards.card();
  await writeFile(join(folder, 'hatsu.der'), der);
  const [hatsu] = await read(`hatsu.der${HATSU}`);
  expect(hatsu).toMatchObject({ number: '9001', support: '足が痛い', protected: false });
  expect(hatsu?.fingerprint).toMatch(/^[0-9a-f]{64}$/u);
  expect(
    await problemsOf(`hatsu.der${HATSU}`, `hatsu.der${HATSU.replace('9001', '9002')}`),
  ).toEqual(['line 3, column certificate: is the same as on line 2']);
});

test('whoever keeps their number keeps their reference id: with a new card, and after they were left out by mistake', () => {
  const residents = new ResidentStore(folder);
  const [first, second] = ['a'.repeat(64), 'b'.repeat(64)] as const;
  const both = [someone('1', { fingerprint: first }), someone('2', { fingerprint: second })];
  expect(residents.replace(both)).toMatchObject({ added: 2, removed: 0 });
  expect(residents.replace(both)).toEqual({ added: 0, changed: 0, unchanged: 2, removed: 0 });
  const hatsu = residents.byFingerprint(first);
  expect(hatsu?.ref).toMatch(/^[0-9a-f]{32}$/u);
  // The two changed cards; and then one of them is not there.
  const swapped = [someone('1', { fingerprint: second }), someone('2', { fingerprint: first })];
  expect(residents.replace(swapped)).toMatchObject({ changed: 2 });
  expect(residents.byFingerprint(second)).toEqual(hatsu);
  expect(residents.replace(swapped.slice(1))).toMatchObject({ removed: 1, unchanged: 1 });
  expect(residents.byRef(hatsu?.ref ?? '')).toBeNull();
  expect(residents.byFingerprint(second)).toBeNull();
  expect(residents.missing(new Set())).toBe(1);
  expect(residents.replace(swapped)).toMatchObject({ added: 1 });
  expect(residents.byFingerprint(second)).toEqual(hatsu);
  expect([...residents.registered()].map(({ number }) => number)).toEqual(['1', '2']);
  residents.close();
});

test('the invented town is the same for the same seed, and a town as one knows it', () => {
  const town = inventResidents({ count: 2_418, districts: SHIOMI_DISTRICTS });
  expect(inventResidents({ count: 2_418, districts: SHIOMI_DISTRICTS })).toEqual(town);
  expect(inventResidents({ count: 10, districts: SHIOMI_DISTRICTS, seed: 2 })).not.toEqual(
    town.slice(0, 10),
  );
  const share = (is: (entry: RegisterEntry) => boolean) => town.filter(is).length / town.length;
  const isOld = ({ born }: RegisterEntry) => born < '1961-04-01';
  expect(share(isOld)).toBeGreaterThan(0.3);
  expect(share(isOld)).toBeLessThan(0.6);
  expect(share(({ born }) => born > '2008-04-01')).toBeGreaterThan(0.05);
  expect(share(({ needs, support }) => needs.length > 0 || support !== '')).toBeGreaterThan(0.08);
  expect(share((entry) => entry.protected)).toBeLessThan(0.01);
  for (const { id } of SHIOMI_DISTRICTS) {
    expect(share(({ district }) => district === id)).toBeGreaterThan(0.1);
  }
  expect(town.every(({ born }) => born <= '2026-04-01' && born > '1920-01-01')).toBe(true);
});
