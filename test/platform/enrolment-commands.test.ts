import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnrolmentCode } from '../../src/domain/enrolment-code.ts';
import { Bench, jsonLines, refusal } from './programs.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.create();
});

afterEach(() => bench.remove());

test('a terminal is added, shown and revoked; what is wrong is one line, and the code is shown once', async () => {
  const [added] = jsonLines((await bench.run('terminal', 'add', 'gate-1')).stdout);
  expect(added).toMatchObject({ event: 'terminal.added', terminal: 'gate-1' });
  const code = String(added?.['code']);
  expect(readEnrolmentCode(code).platform).toHaveLength(16);
  const soon = Date.parse(String(added?.['expires'])) - Date.now();
  expect(soon).toBeGreaterThan(0);
  expect(soon).toBeLessThanOrEqual(15 * 60_000);

  const said = await bench.run('terminal', 'show', 'gate-1');
  expect(JSON.parse(said.stdout)).toMatchObject({
    ...{ terminal: 'gate-1', standing: 'added', quarantine: [], certificates: [], ledgers: [] },
  });
  expect(said.stdout).not.toContain(code.slice(0, 5));
  expect(jsonLines((await bench.run('terminal', 'list')).stdout)).toEqual([
    { terminal: 'gate-1', standing: 'added', quarantined: false, validTo: null },
  ]);

  const revoked = await bench.run('terminal', 'revoke', 'gate-1');
  expect(jsonLines(revoked.stdout)).toEqual([{ event: 'terminal.revoked', terminal: 'gate-1' }]);
  for (const [args, message] of [
    [['add', 'platform'], /no name for a terminal/u],
    [['show', 'gate-2'], /no terminal "gate-2" is known/u],
    [['release', 'gate-1'], /not in quarantine/u],
  ] as const) {
    expect(await refusal(bench.run('terminal', ...args))).toMatch(message);
  }
});
