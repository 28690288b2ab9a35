/** `npm start` and its commands, as processes, on the real card stack. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { PEOPLE } from '../platform-sim/people.ts';
import { FAULT_NAMES } from '../platform-sim/street/faults.ts';
import { SCENARIO_NAMES } from '../platform-sim/street/player.ts';
import { packageRoot } from '../src/bin/pinned-node.mjs';
import { jsonLines, launcher, PATIENCE_MS, runToEnd, succeed } from './rig/program.ts';
import {
  type OpenStreet,
  STREET,
  withItsDisks,
  withOpenStreet,
  withStreet,
} from './street/open-street.ts';

/** Sixteen people, one after the other, and a machine that may be busy. */
const TEST_MS_MAX = 400_000;

vi.setConfig({ testTimeout: TEST_MS_MAX });

/** All but those that there is another one of. */
const ONCE = ['--once', '--only', 'gate-1,kiosk-1,tv-1,shelter-1'];

test('once: every resident comes by, every decision is right, a day of evacuation ends well, and nothing is left running', () =>
  withStreet(ONCE, async ({ program }) => {
    const end = await program.exited;
    const { stdout, stderr } = program;
    expect([end, stderr], stdout).toEqual([0, '']);
    expect(stdout).toContain('virtual cards on the real PC/SC stack (pcscd started here');
    expect(stdout).toContain('printer on a real serial line');
    const shown = stdout.split('\n').flatMap((line) => {
      const [, who, decision] = /^\d\d?:\d\d:\d\d {2}([a-z-]+) +([a-z-]+) /u.exec(line) ?? [];
      return who === undefined ? [] : [[who, decision]];
    });
    expect(shown).toEqual(
      PEOPLE.flatMap(({ id, decisions }) => decisions.map((each) => [id, each])),
    );
    const granted = shown.filter(([, decision]) => decision === 'granted').length;
    expect(stdout.split('座席券')).toHaveLength(granted + 1);
    expect(stdout).toMatch(/sheets: ippeveprinter, a process of its own/u);
    expect(stdout).toMatch(/applies for registration: 990045-\d{6}\n/u);
    expect(stdout).toContain(
      '1 sheet of family-register-individual came out, and its code is genuine',
    );
    expect(stdout).toMatch(/on the television after \d+ ms; nobody is accounted for yet\n/u);
    expect(stdout).toContain('at the town hall this person is leaving');
    expect(stdout).toMatch(/the municipality counts one person who is safe, \d+ ms later\n/u);
    expect(stdout).toContain('both are taken in without a network');
    expect(stdout).toContain('each arrived once, and both count as safe');
    expect(stdout.trimEnd()).toMatch(/every decision was right$/u);
    expect([...program.processes()]).toEqual([]);
  }));

test('open: cards are held and things are broken from another window, until Ctrl-C ends it all', () =>
  withOpenStreet(
    async (street) => {
      const { say, folder } = street;
      const hold = async (who: string) => (await say('hold', who)).stdout;
      const fault = async (name: string) => expect((await say('fault', name)).code).toBe(0);
      const undo = (ticket: string) =>
        succeed(
          [
            launcher('kazasu'),
            'undo',
            '--config',
            'var/street/gate-1.toml',
            '--ticket',
            ticket,
          ].concat(['--by', 'Mori', '--why', 'the next part of the test']),
          { cwd: folder, within: withItsDisks(street) },
        );
      const entriesTold = async () => {
        const facts = await succeed(
          [launcher('kazasu-platform'), 'facts', '--state', 'var/street/platform'],
          { cwd: folder },
        );
        return jsonLines(facts).filter(
          ({ event, ticket }) => event === 'entry.granted' && ticket === 'T-0002',
        ).length;
      };

      expect((await say('people')).stdout.trim().split('\n')).toHaveLength(PEOPLE.length);
      expect(await hold('kazami-taro')).toContain('座席券');
      await fault('paper-out');
      await printerIs(street, 'paper-out');
      expect(await hold('sato-hanako')).toMatch(/granted.*\n$/u);
      await fault('printer-ok');
      await printerIs(street, 'ok');
      const papers = (await say('papers')).stdout;
      expect(await hold('sato-hanako')).toContain('座席券');
      expect((await say('papers')).stdout.length).toBeGreaterThan(papers.length);

      await undo('T-0002');
      await expect.poll(entriesTold, { timeout: PATIENCE_MS, interval: 500 }).toBe(1);
      await fault('network-down');
      expect(await hold('kazami-taro')).toContain('座席券');
      expect(await entriesTold()).toBe(1);
      await fault('network-up');
      await expect.poll(entriesTold, { timeout: PATIENCE_MS, interval: 500 }).toBe(2);

      expect((await say('hold', 'nagihara-midori', '--early')).stdout).toMatch(/card-removed/u);
      await say('hold', 'nagihara-midori', '--keep');
      await expect
        .poll(async () => (await say('platform')).stdout, { timeout: PATIENCE_MS })
        .toMatch(/T-0003/u);
      expect((await say('health')).stdout).toMatch(/card {5}nagihara-midori/u);
      await say('remove');
      expect((await say('health')).stdout).toMatch(/card {5}none/u);

      await twoAtOnce(street);
      await fault('terminal-killed');
      expect(await hold('shioji-fui')).toMatch(/not-on-list/u);
      await fault('pcscd-killed');
      expect(await hold('shioji-fui')).toMatch(/not-on-list/u);

      await wrongWordsAreRefused(street);
      await pressCtrlC(street);
    },
    ['gate-1', 'vending-1'],
  ));

/** The gate has noticed it. */
async function printerIs({ say }: OpenStreet, state: string): Promise<void> {
  await expect
    .poll(async () => (await say('health')).stdout, { timeout: PATIENCE_MS })
    .toMatch(new RegExp(`printer {2}${state}`, 'u'));
}

/** Two cards at two readers in one moment; one card at two readers is at the second. */
async function twoAtOnce({ say }: OpenStreet): Promise<void> {
  const [entered, served] = await Promise.all([
    say('hold', 'nagihara-midori'),
    say('hold', 'tomoshino-makoto', '--at', 'vending-1'),
  ]);
  expect(entered.stdout).toMatch(/already-entered/u);
  expect(served.stdout).toMatch(/over .*\(released\)/u);
  await say('hold', 'sato-hanako', '--keep');
  await say('hold', 'sato-hanako', '--keep', '--at', 'vending-1');
  const cards = (await say('health')).stdout.match(/card {5}\S+/gu);
  expect(cards).toEqual(['card     none', 'card     sato-hanako']);
  await say('remove');
}

async function wrongWordsAreRefused({ say }: OpenStreet): Promise<void> {
  for (const [words, said] of [
    ['hold nobody', 'nobody'],
    ['hold sato-hanako --at nowhere', 'nowhere'],
    ['fault nonsense', 'nonsense'],
    ['fault paper-out --at vending-1', 'paper-out'],
    ['fault sheets-out', 'sheets-out'],
    ['accept 990045-000009', '990045-000009'],
    ['pay 1', 'piece'],
    ['restore nonsense', 'nonsense'],
    ['play nonsense', 'nonsense'],
    ['play noto', 'tv-1, shelter-1'],
    ['alert raise', 'no terminal here is about an evacuation'],
    ['press ok --at gate-1', 'no television'],
    ['press power', 'button'],
  ] as const) {
    const { code, stderr } = await say(...words.split(' '));
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  }
}

/** A terminal sends SIGINT to every process in its foreground; pcscd is in a session of its own, out of reach. */
async function pressCtrlC({ program }: OpenStreet): Promise<void> {
  const before = program.processes();
  const parts = ['street.ts', 'platform-sim/main.ts', 'src/main.ts', 'pcsc-process', 'pcscd'];
  for (const part of parts) {
    expect([...before.values()].filter((command) => command.includes(part))).not.toEqual([]);
  }
  for (const [pid, command] of before) {
    if (!command.includes('/pcscd')) process.kill(pid, 'SIGINT');
  }
  await expect.poll(() => [...program.processes()], { timeout: 20_000 }).toEqual([]);
  expect(program.stdout).not.toMatch(/gate-1 ended \(0\)/u);
}

test('SIGTERM to npm in the middle ends the street and all that belongs to it', () =>
  withStreet(['--once', '--only', 'gate-1'], async ({ program }) => {
    await expect.poll(() => program.stdout, { timeout: PATIENCE_MS }).toContain('sato-hanako');
    const { size } = program.processes();
    expect(size).toBeGreaterThan(5);
    program.kill('SIGTERM');
    await expect.poll(() => [...program.processes()], { timeout: 20_000 }).toEqual([]);
    expect(program.stdout).not.toContain('every decision');
  }));

test('npm run street -- --help lists commands and faults; without a street the commands say so', async () => {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['run', '--silent', 'street', '--', '--help'],
    {
      cwd: packageRoot,
    },
  );
  for (const word of ['--once', '--port', '--no-browser', 'hold', 'remove', 'fault', 'restore'])
    expect(stdout).toContain(word);
  for (const word of ['walk', 'reset', 'people', 'papers', 'scenarios', 'play', 'health'])
    expect(stdout).toContain(word);
  const plays = await runToEnd([...STREET, 'play', '--help']);
  for (const name of SCENARIO_NAMES) expect(plays.stdout.replace(/\s+/gu, ' ')).toContain(name);
  const help = await runToEnd([...STREET, 'fault', '--help']);
  for (const name of FAULT_NAMES) expect(help.stdout).toContain(name);
  const { code, stderr } = await runToEnd([...STREET, 'hold', 'sato-hanako'], { cwd: '/' });
  expect([code, stderr]).toEqual([2, 'no street is open here: npm start\n']);
});
