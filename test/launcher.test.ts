/** What the launcher of the terminal asks of Node beyond running it. */

import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../src/bin/pinned-node.mjs';

/** A terminal of one line, and a module of its own, with types, as the real one's are. */
const PROGRAM = `
  import { flushCompileCache } from 'node:module';
  import { answer } from './answer.ts';
  flushCompileCache();
  process.stdout.write(answer([...process.execArgv, process.env.MALLOC_ARENA_MAX].join(' ')));`;
const ANSWER = 'export const answer = (flags: string): string => flags;';
const FLAGS = '--max-semi-space-size=2 2';
const SETTINGS = [
  'NODE_COMPILE_CACHE',
  'NODE_DISABLE_COMPILE_CACHE',
  'MALLOC_ARENA_MAX',
  'MALLOC_TRIM_THRESHOLD_',
];

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kazasu-launcher-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await cp(join(packageRoot, 'src/bin'), join(root, 'src/bin'), { recursive: true });
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(join(root, 'src/main.ts'), PROGRAM);
  await writeFile(join(root, 'src/answer.ts'), ANSWER);
  const folder = join(root, `node_modules/node-linux-${process.arch}/bin`);
  await mkdir(folder, { recursive: true });
  await symlink(process.execPath, join(folder, 'node'));
});

/** stdout of the terminal; on stderr nothing is expected. */
function launch(env: Readonly<Record<string, string>> = {}): string {
  const others = { ...process.env };
  for (const name of SETTINGS) delete others[name];
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'src/bin/kazasu.mjs')], {
    env: { ...others, ...env },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

/** Paths of the files in it; none where there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const compiled = () => filesIn(join(root, 'node_modules/.cache/kazasu'));

test('the terminal runs with a small young heap and few arenas, and keeps what was compiled', async () => {
  expect(launch()).toBe(FLAGS);
  const kept = await compiled();
  expect(kept).not.toEqual([]);
  expect(launch()).toBe(FLAGS);
  expect(await compiled()).toEqual(kept);
});

test('a source that changed counts, not what was compiled of it', async () => {
  launch();
  await writeFile(join(root, 'src/answer.ts'), ANSWER.replace('=> flags', '=> "new " + flags'));
  expect(launch()).toBe(`new ${FLAGS}`);
});

test.each([
  ['empty', ''],
  ['garbage', 'x'.repeat(1000)],
])('compiled code that a power cut left %s is not run', async (_what, left) => {
  launch();
  for (const file of await compiled()) await writeFile(file, left);
  expect(launch()).toBe(FLAGS);
});

test('where nothing can be kept the terminal runs without a word', async () => {
  await writeFile(join(root, 'node_modules/.cache'), 'no folder');
  expect(launch()).toBe(FLAGS);
});

test('whoever says where compiled code belongs is obeyed', async () => {
  const folder = join(root, 'elsewhere');
  expect(launch({ NODE_COMPILE_CACHE: folder })).toBe(FLAGS);
  expect(await filesIn(folder)).not.toEqual([]);
  expect(await compiled()).toEqual([]);
});
