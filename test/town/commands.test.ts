/** The municipality's commands as people type them. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CardMaker } from '../cards.ts';
import { Bench, jsonLines, refusal, run } from '../platform/programs.ts';

const CITY = ['--municipality', '990029'] as const;

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

function platform(...args: readonly string[]) {
  return run([...args, '--state', bench.state]);
}

async function printed(...args: readonly string[]) {
  return jsonLines((await platform(...args)).stdout);
}

test('a register is brought in, and a file that lacks most of it is refused unless that is meant', async () => {
  const invented = await printed('evacuees', 'invent', ...CITY, '--count', '20');
  expect(invented).toMatchObject([{ event: 'evacuees.imported', added: 20 }]);
  const file = join(bench.state, 'register.csv');
  const columns = 'certificate,number,name,kana,born,district,address,household,needs,support';
  const hatsu = ',1,森川 ハツ,モリカワ ハツ,1943-05-02,kawara,川原町 3,S-1,,,';
  await writeFile(file, `${columns},protected\n${hatsu}\n`);
  const refused = await refusal(platform('evacuees', 'import', file, ...CITY));
  expect(refused).toMatch(/lacks 20 of the 20 people .* --remove-many/u);
  const meant = await printed('evacuees', 'import', file, ...CITY, '--remove-many');
  expect(meant).toMatchObject([{ added: 1, removed: 20, all: 1 }]);
});

test('a plan that leaves people of the register without a district is refused, another one is taken', async () => {
  await printed('evacuees', 'invent', ...CITY, '--count', '20');
  const { stdout: geojson } = await platform('plan', 'show', '990029');
  const [file, less] = [join(bench.state, 'plan.geojson'), join(bench.state, 'less.geojson')];
  await writeFile(file, geojson.replace('浜町集会所', '浜町会館'));
  const plan = JSON.parse(geojson);
  plan.features = plan.features.filter(
    ({ properties }: { properties: { id: string; district?: string } }) =>
      properties.id !== 'minato' && properties.district !== 'minato',
  );
  const hall = JSON.stringify({ ...plan }).replaceAll('minato-hall', 'hama-hall');
  await writeFile(less, hall);
  const [refused, [taken], other] = await Promise.all([
    refusal(platform('plan', 'import', less)),
    printed('plan', 'import', file),
    refusal(platform('evacuees', 'invent', '--municipality', '990045')),
  ]);
  expect(refused).toMatch(/people of the register live in minato, which it lacks/u);
  expect(taken).toMatchObject({ event: 'plan.taken', code: '990029', name: '汐見市' });
  expect(other).toContain('this folder holds the register of 990029');
});

test('whoever has a card stands on the list of the shelters, too', async () => {
  const { der } = await (await CardMaker.create()).card();
  await mkdir(bench.state, { recursive: true });
  await writeFile(join(bench.state, 'hatsu.der'), der);
  const file = join(bench.state, 'register.csv');
  const columns = 'certificate,number,name,kana,born,district,address,household,needs,support';
  const people = [
    'hatsu.der,1,森川 ハツ,モリカワ ハツ,1943-05-02,kawara,川原町 3,S-1,,,',
    ',2,津田 シゲ,ツダ シゲ,1947-01-09,kawara,川原町 1,S-2,,,',
  ];
  await writeFile(file, `${columns},protected\n${people.join('\n')}\n`);
  const list = ['--list', 'evacuees-990029'];
  expect(await printed('evacuees', 'import', file, ...CITY, ...list)).toMatchObject([
    { event: 'evacuees.imported', added: 2 },
    { event: 'list.published', list: 'evacuees-990029', version: 1, rows: 1 },
  ]);
  expect(await printed('list', 'list')).toMatchObject([{ list: 'evacuees-990029', rows: 1 }]);
});

test('a clerk gets a password that is shown once, and a role that there is', async () => {
  const [boss, whose] = await Promise.all([
    refusal(platform('clerk', 'add', '大西', '--role', 'boss')),
    refusal(platform('clerk', 'add', '大西', '--role', 'operator')),
  ]);
  expect(whose).toContain('--municipality: whose clerk');
  expect(boss).toMatch(/--role "boss"/u);
  const [added] = await printed('clerk', 'add', '大西', '--role', 'operator', ...CITY);
  expect(added).toMatchObject({ event: 'clerk.added', name: '大西', municipality: '990029' });
  expect(String(added?.['password'])).toMatch(/^[\w-]{20}$/u);
  expect(await printed('clerk', 'list')).toEqual([{ name: '大西', role: 'operator' }]);
  expect(await refusal(platform('clerk', 'remove', '佐野'))).toMatch(/nobody is called 佐野/u);
});
