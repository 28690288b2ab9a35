/** The centre's commands, beside a platform that runs: clerks, issues, what is broken on purpose. */

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStores, type Stores } from '../../platform-sim/stores.ts';
import { CardMaker } from '../cards.ts';
import { Bench, jsonLines, refusal } from '../platform/programs.ts';

let bench: Bench;
let stores: Stores;

beforeEach(async () => {
  bench = await Bench.create();
  stores = openStores(bench.state);
});
afterEach(async () => {
  stores.close();
  await bench.remove();
});

const lines = async (...args: string[]) => jsonLines((await bench.run(...args)).stdout);

function applied(head: string): string {
  const { applications } = stores.centre;
  const id = randomUUID();
  const certificate = id.replaceAll('-', '').padEnd(64, '0');
  applications.file(
    { id, question: '', terminal: 'kiosk-1', certificate, received: Date.now() },
    {
      ...{ municipality: '990045', domicile: { town: '大字凪', number: '8-2' } },
      head: { familyKana: head, givenKana: 'みどり' },
      holder: { name: '凪原　みどり', birth: '昭和33年5月4日', address: 'かざす市輪の里11番地' },
    },
    { expected: '2026-12-08', der: Buffer.from('der') },
    () => '{}',
  );
  return applications.newestOf(certificate)?.number ?? '';
}

test('a clerk lists applications, accepts one that means a record and refuses another, each once', async () => {
  const [right, wrong] = [applied('なぎはら'), applied('かぜはら')];
  const listed = await lines('applications', 'list');
  expect(listed).toHaveLength(2);
  expect(listed[0]).toMatchObject({
    ...{ number: right, state: 'pending', expected: '2026-12-08', record: null },
    domicile: { town: '大字凪', number: '8-2' },
  });
  expect(await lines('applications', 'accept', right, '--by', 'a clerk')).toEqual([
    { event: 'application.accepted', number: right, record: 'family/nagihara-midori' },
  ]);
  const accept = ['applications', 'accept', wrong, '--by', 'a clerk'];
  expect(await refusal(bench.run(...accept))).toContain('--record');
  expect(await refusal(bench.run(...accept, '--record', 'family/nobody'))).toContain(
    'no such record',
  );
  const refuse = ['applications', 'refuse', wrong, '--by', 'a clerk', '--why', 'another head'];
  expect(await lines(...refuse)).toEqual([{ event: 'application.refused', number: wrong }]);
  expect(await refusal(bench.run(...refuse))).toContain('refused before');
  const states = stores.centre.applications.filed().map(({ state }) => state);
  expect(states).toEqual(['accepted', 'refused']);
});

test('municipalities are told whose certificate stands for which record, all of a table or nothing', async () => {
  const { der } = await (await CardMaker.create()).card();
  writeFileSync(join(bench.directory, 'midori.der'), der);
  const csv = (rows: string) => {
    const file = join(bench.directory, 'links.csv');
    writeFileSync(file, `certificate,record\n${rows}\n`);
    return ['register', 'link', '--csv', file];
  };
  expect(await refusal(bench.run(...csv('midori.der,resident/nobody')))).toContain('line 2');
  expect(await refusal(bench.run(...csv('gone.der,resident/nagihara-midori')))).toContain('line 2');
  expect(stores.centre.holders.since(0).holders).toEqual([]);
  const linked = await lines(...csv('midori.der,resident/nagihara-midori'));
  expect(linked).toEqual([{ event: 'register.linked', holders: 1 }]);
  const { upto, holders } = stores.centre.holders.since(0);
  expect(holders[0]).toMatchObject({ record: 'resident/nagihara-midori', der });
  await bench.run(...csv('midori.der,resident/nagihara-midori'));
  expect(stores.centre.holders.since(upto).holders).toHaveLength(1);
});

test('issues are listed with how they ended, and the audit without whose certificate it was', async () => {
  const { issues, audit } = stores.centre;
  const request = randomUUID();
  const certificate = 'ab'.repeat(32);
  issues.begin({
    ...{ request, terminal: 'kiosk-1', certificate, question: '', municipality: '990037' },
    ...{ document: 'taxation', option: 'this-year', copies: 1, asked: Date.now() },
  });
  issues.end(request, { state: 'voided', at: Date.now(), why: 'order-cancelled', sheets: 0 });
  const entry = { terminal: 'kiosk-1', service: 'certificate-issue', certificate, request };
  audit.note({ at: Date.now(), ...entry, record: 'resident/x', result: 'issued' });
  expect(await lines('issues', 'list')).toEqual([
    expect.objectContaining({ request, state: 'voided', why: 'order-cancelled', sheets: 0 }),
  ]);
  const audited = (await bench.run('issues', 'audit')).stdout;
  expect(jsonLines(audited)).toEqual([
    expect.objectContaining({ request, record: 'resident/x', result: 'issued' }),
  ]);
  expect(audited).not.toContain('abab');
});

test('the centre is broken and mended by name', async () => {
  expect(await lines('centre', 'break', 'no-fee', '--times', '2')).toEqual([
    { event: 'centre.broken', on: ['no-fee'] },
  ]);
  expect(stores.centre.faults.strikes('no-fee')).toBe(true);
  expect(await lines('centre', 'mend')).toEqual([{ event: 'centre.mended', on: [] }]);
  expect(await refusal(bench.run('centre', 'break', 'everything'))).toContain('mixes-requests');
  expect(await refusal(bench.run('centre', 'break', 'no-fee', '--times', '0'))).toContain(
    '--times',
  );
});
