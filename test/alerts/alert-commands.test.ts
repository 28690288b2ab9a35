/** `kazasu-platform alert`, as somebody at the desk types it. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Bench, jsonLines, refusal } from '../platform/programs.ts';
import { CITY } from './drafts.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.create();
  return () => bench.remove();
});

const alert = (...args: string[]) => bench.run('alert', ...args);
const RAISE = [
  '--municipality',
  CITY,
  '--level',
  '4',
  '--districts',
  'kawara,minato',
  '--minutes',
  '360',
];

test('from the key to the all-clear, each step by its command', async () => {
  const key = await alert('key', CITY);
  expect(jsonLines(key.stdout)).toMatchObject([{ event: 'root.published', municipality: CITY }]);
  const proposed = JSON.parse((await alert('propose', ...RAISE, '--by', '田中')).stdout);
  expect(proposed).toMatchObject({ event: 'alert.proposed', standing: 'proposed', level: 4 });
  const { id, sha256 } = proposed;
  const alone = alert('consent', id, '--sha256', sha256, '--by', '田中');
  expect(await refusal(alone)).toContain('somebody else has to consent');
  const sent = await alert('consent', id, '--sha256', sha256, '--by', '森');
  expect(jsonLines(sent.stdout)).toMatchObject([{ event: 'alert.sent', standing: 'in-force' }]);

  const file = join(bench.directory, 'alert.cms');
  const [shown, ended] = await Promise.all([
    alert('show', id, '--signed', file),
    alert(
      'all-clear',
      id,
      '--by',
      '森',
      '--what',
      '安全です。',
      '--what-simple',
      'あんぜんです。',
      '--what-en',
      'Safe.',
    ),
  ]);
  expect(JSON.parse(shown.stdout).document).toContain('<identifier>');
  const over = JSON.parse(ended.stdout);
  expect(over).toMatchObject({ is: 'all-clear', alert: id, what: { ja: '安全です。' } });
  const [verified, withdrawn] = await Promise.all([
    alert('verify', file),
    alert('withdraw', over.id, '--by', '森'),
  ]);
  expect(verified.code).toBe(0);
  expect(JSON.parse(verified.stdout)).toMatchObject({ genuine: true, municipality: CITY, sha256 });
  expect(JSON.parse(withdrawn.stdout)).toMatchObject({ standing: 'withdrawn' });
  const again = jsonLines((await alert('key', CITY)).stdout);
  expect(again).toMatchObject([{ event: 'root.published', sendAgain: [id] }]);
  const listed = jsonLines((await alert('list')).stdout);
  expect(listed.map(({ is, standing }) => [is, standing])).toEqual([
    ['all-clear', 'withdrawn'],
    ['alert', 'in-force'],
  ]);
});

test('what is wrong is one clear line each, and a file that is no alert is not genuine', async () => {
  const file = join(bench.directory, 'other');
  await writeFile(file, 'no alert');
  const village = RAISE.with(1, '990045');
  const [level, key, words, unknown, district, plan, verified] = await Promise.all([
    refusal(alert('propose', ...RAISE.with(3, '6'), '--by', '田中')),
    refusal(alert('key', 'shiomi')),
    refusal(alert('propose', ...RAISE, '--by', '田中', '--what', '川')),
    refusal(alert('consent', 'nothing', '--sha256', 'x', '--by', '森')),
    refusal(alert('propose', ...village, '--by', '田中')),
    refusal(bench.run('plan', 'import', file)),
    alert('verify', file),
  ]);
  expect(district).toContain('風待村 has no district kawara; it has kazamachi, nagi');
  expect(plan).toContain('it is no JSON');
  expect(level).toContain('--level "6": 2, 3, 4 or 5');
  expect(key).toContain('six digits');
  expect(words).toContain('belong together');
  expect(unknown).toContain('there is no message nothing');
  expect(verified.code).toBe(1);
  expect(JSON.parse(verified.stdout)).toMatchObject({ genuine: false });
});
