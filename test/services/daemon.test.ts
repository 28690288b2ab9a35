/** `kazasu` as a process: what it does when the processes around it go away, hang, or were told the wrong thing. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listCommands, sendCommand } from '../../platform-sim/commanding.ts';
import { startPlatform } from '../../platform-sim/platform.ts';
import { packageRoot } from '../../src/bin/pinned-node.mjs';
import { keptJournalFiles } from '../../src/journal-reader.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { tempFolder } from '../store/fixtures.ts';

const PATIENCE_MS = 20_000;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function kazasu(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [join(packageRoot, 'src', 'main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const gone = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return child;
}

async function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

interface Site {
  readonly config: string;
  readonly state: string;
}

function site(driver = 'simulated', port = 1): Site {
  const folder = tempFolder();
  const state = join(folder, 'gate-1');
  const config = join(folder, 'gate-1.toml');
  writeFileSync(
    config,
    `profile = "gate"
name = "gate-1"
state = ${JSON.stringify(state)}
[platform]
url = "ws://127.0.0.1:${port}/terminals"
[card]
driver = "${driver}"
[receipt]
driver = "simulated"
[services.event-entry]
list = "list"
`,
  );
  return { config, state };
}

function journalOf({ state }: Site): string {
  return keptJournalFiles(state)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
}

async function isJournaled(where: Site, event: string): Promise<void> {
  await expect
    .poll(() => journalOf(where), { timeout: PATIENCE_MS })
    .toContain(`"event":"${event}"`);
}

/** Takes connections and never says a word. */
async function silentServer(where: string | number): Promise<Server> {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(where, () => resolve()));
  onTestFinished(() => {
    server.close();
  });
  return server;
}

test('when the reader of its journal goes away, it serves on and ends as it should', async () => {
  const gate = site();
  const child = kazasu(['run', '--config', gate.config]);
  child.stdout?.destroy();
  await isJournaled(gate, 'terminal.out-of-service');
  expect(child.exitCode).toBeNull();
  const end = ended(child);
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0 });
  expect(journalOf(gate)).toContain('"event":"terminal.stopping"');
});

test('it ends in a few seconds while its platform and pcscd take connections and say nothing', async () => {
  const socket = join(tempFolder(), 'pcscd.comm');
  await silentServer(socket);
  const platform = await silentServer(0);
  const address = platform.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const gate = site('pcsc', port);
  const child = kazasu(['run', '--config', gate.config], { PCSCLITE_CSOCK_NAME: socket });
  const end = ended(child);
  await isJournaled(gate, 'terminal.out-of-service');
  const took = stopwatch();
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0 });
  expect(took()).toBeLessThan(8_000);
});

test('asked by its platform to begin anew, it ends in order, and the next run tells that it did', async () => {
  const platform = await startPlatform({ stateDirectory: tempFolder(), port: 0 });
  onTestFinished(() => platform.close());
  const gate = site('simulated', platform.port);
  const first = ended(kazasu(['run', '--config', gate.config]));
  await isJournaled(gate, 'link.up');
  const { registry, keys, facts } = platform.stores;
  const restart = { to: 'all', does: 'restart', lifeMs: 10 * PATIENCE_MS } as const;
  await sendCommand(registry, keys, restart, Date.now());
  expect(await first).toMatchObject({ code: 0 });
  expect(journalOf(gate)).toContain('"signal":"restart"');
  const second = kazasu(['run', '--config', gate.config]);
  await expect
    .poll(() => listCommands(registry, facts, Date.now())[0]?.outcomes, { timeout: PATIENCE_MS })
    .toMatchObject([{ terminal: 'gate-1', state: 'done' }]);
  expect(second.exitCode).toBeNull();
});

test('a state folder that is a file, or somebody else works on, is told in one line', async () => {
  const gate = site();
  writeFileSync(gate.state, '');
  const { code, stderr } = await ended(kazasu(['run', '--config', gate.config]));
  expect(code).toBe(1);
  expect(stderr).toBe(`${gate.state}: the state folder can't be used: EEXIST\n`);

  const busy = site();
  kazasu(['run', '--config', busy.config]);
  await isJournaled(busy, 'terminal.ready');
  const second = await ended(kazasu(['run', '--config', busy.config]));
  expect(second).toMatchObject({
    code: 1,
    stderr: `${busy.state}: another daemon runs on this state folder\n`,
  });
});

test('a seal that is too short is a wrong configuration, told in one line', async () => {
  const gate = site();
  const credentials = tempFolder();
  writeFileSync(join(credentials, 'key-seal'), 'short');
  const env = { CREDENTIALS_DIRECTORY: credentials };
  const { code, stderr } = await ended(kazasu(['run', '--config', gate.config], env));
  expect(code).toBe(2);
  expect(stderr).toBe(
    `${gate.config}: the credential key-seal has 5 bytes; 32 to 4096 are needed\n`,
  );
});

test('keys that an earlier version kept in clear are removed, and the journal says how many', async () => {
  const gate = site();
  const former = join(gate.state, 'keys', 'stadium.key');
  mkdirSync(dirname(former), { recursive: true, mode: 0o700 });
  writeFileSync(former, randomBytes(32), { mode: 0o600 });
  kazasu(['run', '--config', gate.config]);
  await isJournaled(gate, 'keys.ready');
  expect(existsSync(former)).toBe(false);
  const line = keptJournalFiles(gate.state)
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .find((text) => text.includes('"keys.ready"'));
  expect(JSON.parse(line ?? '')).toMatchObject({ store: 'file', sealed: false, removed: 1 });
});

test('the journal is exported into a new file of its own, never over another one', async () => {
  const gate = site();
  const daemon = kazasu(['run', '--config', gate.config]);
  await isJournaled(gate, 'terminal.ready');
  const file = join(tempFolder(), 'journal.jsonl');
  const exporting = ['journal', '--state', gate.state, '--export', file];
  expect(await ended(kazasu(exporting))).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8')).toContain('"event":"terminal.ready"');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await ended(kazasu(exporting))).toMatchObject({ code: 2 });
  daemon.kill('SIGTERM');
});

test('following the journal shows what was kept and what comes, and ends with its reader', async () => {
  const gate = site();
  const daemon = kazasu(['run', '--config', gate.config]);
  await isJournaled(gate, 'terminal.ready');
  const following = kazasu(['journal', '--state', gate.state, '--follow']);
  let seen = '';
  following.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  await expect.poll(() => seen, { timeout: PATIENCE_MS }).toContain('terminal.ready');
  daemon.kill('SIGTERM');
  await expect.poll(() => seen, { timeout: PATIENCE_MS }).toContain('terminal.stopping');
  const end = ended(following);
  following.kill('SIGINT');
  expect(await end).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  ['nobody decides', ['--by', ' ', '--why', 'wrong gate']],
  ['no reason', ['--by', 'Mori', '--why', '']],
  ['a reason without end', ['--by', 'Mori', '--why', 'x'.repeat(5_000)]],
])('a decision of staff needs who and why: %s', async (_what, decision) => {
  const gate = site();
  const undo = ['undo', '--config', gate.config, '--ticket', '1', ...decision];
  const { code, stderr } = await ended(kazasu(undo));
  expect(code).toBe(2);
  expect(stderr).toContain('1 to 200 printable characters');
});
