/** The commands as people and scripts meet them: exit codes, one clear line, nothing left behind. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, launcher, Program, runToEnd } from './rig/program.ts';

const GOOD = `profile = "gate"
name = "gate-1"
state = "./var/gate-1"
[platform]
url = "ws://127.0.0.1:1/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "stadium-2016-02-20"
`;

/** Makes a Node behave like Node 20, which can't replace its own process. */
const LIKE_NODE_20 = ['--import', 'data:text/javascript,delete process.execve'];

let here = '';
beforeAll(async () => {
  here = await mkdtemp(join(tmpdir(), 'kazasu-commands-'));
  await writeFile(join(here, 'good.toml'), GOOD);
});
afterAll(() => rm(here, { recursive: true, force: true }));

function kazasu(...args: readonly string[]): Promise<Finished> {
  return runToEnd([launcher('kazasu'), ...args], { cwd: here });
}

describe('a configuration that is wrong', () => {
  const wrong: [what: string, from: string, to: string, line: RegExp][] = [
    [
      'an unknown key',
      'driver = "simulated"\n[rec',
      'drvier = "x"\ndriver = "simulated"\n[rec',
      /^wrong\.toml:7: \[card\] "drvier": .*did you mean "driver"/u,
    ],
    [
      'a wrong value',
      '"gate"',
      '"gait"',
      /^wrong\.toml:1: "profile": expected "gate" or "counter" or "kiosk" or "shelter" or "stb"$/mu,
    ],
    [
      'a missing table',
      '[services.event-entry]\nlist = "stadium-2016-02-20"\n',
      '',
      /^wrong\.toml:\d+: "services": is missing/u,
    ],
    [
      'an address that is not of this machine',
      '127.0.0.1',
      'example.com',
      /^wrong\.toml:5: \[platform\] "url": .*this machine only/u,
    ],
    [
      'text that is no TOML',
      'driver = "simulated"',
      'driver = simulated',
      /^wrong\.toml:7: not TOML/u,
    ],
  ];

  test.each(wrong)(
    '%s: exit code 2 and the line that is wrong, from both commands',
    async (_, from, to, line) => {
      expect(GOOD).toContain(from);
      await writeFile(join(here, 'wrong.toml'), GOOD.replace(from, to));
      for (const args of [
        ['run', '--config', 'wrong.toml'],
        ['check-config', 'wrong.toml'],
      ]) {
        const { code, stdout, stderr } = await kazasu(...args);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toMatch(line);
        expect(stderr.trim().split('\n')).toHaveLength(1);
      }
    },
  );

  test('a file that is not there: exit code 2 and its name', async () => {
    const { code, stderr } = await kazasu('run', '--config', 'nowhere.toml');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^nowhere\.toml: .*ENOENT/u);
  });
});

test('a command line that is wrong: exit code 2, and what is wrong', async () => {
  const wrong: [args: string[], says: RegExp][] = [
    [['run'], /--config/u],
    [['run', '--config', 'good.toml', '--loud'], /--loud/u],
    [['dance'], /dance/u],
    [['journal', '--state', 'nowhere'], /nowhere: no journal here/u],
    [['list', 'status', '--state', 'nowhere'], /nowhere: no lists here/u],
    [['list', 'verify'], /--state/u],
    [['undo', '--config', 'good.toml', '--ticket', 'T-1', '--by', 'Mori'], /--why/u],
    [
      [
        'settle',
        'gate-1-000001',
        '--config',
        'good.toml',
        '--printed',
        'maybe',
        '--by',
        'Mori',
        '--why',
        'x',
      ],
      /yes or no/u,
    ],
  ];
  for (const [args, says] of wrong) {
    const { code, stdout, stderr } = await kazasu(...args);
    expect([args, code, stdout]).toEqual([args, 2, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at /u);
  }
});

test('a list file that is damaged: exit code 1, and which; none at all: 0', async () => {
  const folder = join(here, 'state', 'lists');
  await mkdir(folder, { recursive: true });
  expect((await kazasu('list', 'verify', '--state', 'state')).code).toBe(0);
  await writeFile(join(folder, 'stadium.7.abcdefabcdef.db'), 'half');
  for (const command of ['status', 'verify']) {
    const { code, stdout } = await kazasu('list', command, '--state', 'state');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^stadium, version 7: damaged: it can't be read: SQLITE_NOTADB/u);
  }
});

test.each(['kazasu', 'kazasu-platform'] as const)('%s --help lists every command', async (name) => {
  const { code, stdout } = await runToEnd([launcher(name), '--help']);
  expect(code).toBe(0);
  const commands = {
    kazasu: ['run', 'check-config', 'journal', 'list', 'undo', 'papers', 'settle'],
    'kazasu-platform': ['serve', 'trust', 'institution', 'list', 'ticket', 'facts', 'terminals'],
  };
  for (const command of commands[name])
    expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'mu'));
});

describe.each([
  ['that becomes the program', []],
  ['that has to be its parent, on Node 20', LIKE_NODE_20],
])('a launcher %s', (_, flags) => {
  test.each([
    ['SIGTERM', 0],
    ['SIGINT', 0],
    ['SIGKILL', 'SIGKILL'],
  ] as const)('ends the terminal on %s and leaves no process behind', async (signal, end) => {
    const program = new Program([...flags, launcher('kazasu'), 'run', '--config', 'good.toml'], {
      cwd: here,
    });
    try {
      expect(await program.next({ event: 'terminal.ready' })).toMatchObject({
        reason: 'list-missing',
      });
      program.kill(signal);
      expect(await program.exited).toBe(end);
      await expect.poll(() => [...program.processes()], { timeout: 12_000 }).toEqual([]);
    } finally {
      await program.end();
    }
  });
});
