/** The commands of staff as people and scripts meet them. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPinLine, verifyPin } from '../../src/staff/pin.ts';
import { CardMaker } from '../cards.ts';
import { launcher, runToEnd } from '../rig/program.ts';

let here = '';
beforeAll(async () => {
  here = await mkdtemp(join(tmpdir(), 'kazasu-staff-'));
});
afterAll(() => rm(here, { recursive: true, force: true }));

/** `kazasu staff-pin` with something on its stdin. */
async function staffPin(input: string): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, [launcher('kazasu'), 'staff-pin'], { cwd: here });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  child.stdin.end(input);
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, ...said };
}

test('a PIN from a pipe becomes the line of the configuration, and is nowhere in what is said', async () => {
  const { code, out, err } = await staffPin('80512694\n');
  expect(code).toBe(0);
  expect(isPinLine(out.trim())).toBe(true);
  expect(await verifyPin(out.trim(), Buffer.from('80512694'))).toBe(true);
  expect(out + err).not.toContain('80512694');
});

test('what is no PIN is refused in one line', async () => {
  for (const input of ['', '123\n', 'letters\n']) {
    expect(await staffPin(input)).toEqual({
      code: 2,
      out: '',
      err: 'a PIN has 4 to 12 digits, and nothing else\n',
    });
  }
});

test("an attendant's table comes from their certificate; anything else is refused in words", async () => {
  const { der } = await (await CardMaker.create()).card();
  await writeFile(join(here, 'mori.der'), der);
  await writeFile(join(here, 'nothing.der'), 'nothing');
  const attendant = (...args: readonly string[]) =>
    runToEnd([launcher('kazasu'), 'attendant', ...args], { cwd: here });
  const table = await attendant('--name', '森', 'mori.der');
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(/^\[\[staff\.attendant\]\]\nname = "森"\ncard = "[0-9a-f]{64}"\n$/u);
  for (const wrong of ['nothing.der', 'not-there.der', '.']) {
    expect(await attendant('--name', '森', wrong)).toMatchObject({ code: 2, stdout: '' });
  }
  expect(await attendant('--name', '\n', 'mori.der')).toMatchObject({ code: 2 });
});

test('entry by number without a ledger is refused, and begins none', async () => {
  const config = `profile = "gate"
name = "gate-1"
state = "none"
[platform]
url = "ws://127.0.0.1:1/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "stadium"
`;
  await writeFile(join(here, 'gate.toml'), config);
  const enter = ['enter', '--config', 'gate.toml', '--ticket', '7', '--by', 'Mori', '--why', 'x'];
  const { code, stderr } = await runToEnd([launcher('kazasu'), ...enter], { cwd: here });
  expect(code).toBe(2);
  expect(stderr).toMatch(/no ledger here/u);
});
