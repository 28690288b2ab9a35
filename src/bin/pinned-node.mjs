/**
 * Runs a program of this package on the Node that the package pins (npm package `node-linux-<arch>`).
 * Plain JavaScript: whatever Node (20 or newer) a machine brings can run the launchers beside this file.
 */

import { spawn } from 'node:child_process';
import { accessSync, existsSync, constants as fsConstants } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Absolute path of the pinned Node's binary, whether or not it is installed yet. */
export const pinnedNode = join(
  packageRoot,
  'node_modules',
  `node-linux-${process.arch}`,
  'bin',
  'node',
);

/**
 * Where Node keeps compiled code, so that the types are taken out of the sources once and not at every start: what does
 * it takes 20 MiB and a tenth of a second in each process and each worker. Node does without where it can't write.
 */
const COMPILED = join(packageRoot, 'node_modules', '.cache', 'kazasu');

const SETPRIV = '/usr/bin/setpriv';

/**
 * Runs `entry` (path relative to the package root) on the pinned Node, with this process's streams, environment and
 * working directory, and ends with its exit code. Where this Node can, it becomes that process (same pid, nothing left behind).
 *
 * @param {string} name what people call the program, for messages
 * @param {string} entry
 * @param {readonly string[]} [args] what the program finds in process.argv.slice(2)
 * @param {readonly string[]} [flags] for Node itself
 */
export function runPinned(name, entry, args = process.argv.slice(2), flags = []) {
  if (!existsSync(pinnedNode)) {
    process.stderr.write(
      `${name}: not set up yet; run: node ${join(packageRoot, 'src/setup.mjs')}\n`,
    );
    process.exit(1);
  }
  process.env = { NODE_COMPILE_CACHE: COMPILED, ...process.env };
  const argv = [...flags, join(packageRoot, entry), ...args];
  if (typeof process.execve === 'function') {
    process.execve(pinnedNode, [pinnedNode, ...argv], process.env);
  }
  runAsChild(name, argv);
}

/**
 * Node 20 cannot replace its own process: it waits for a child and hands signals and exit code through. What it cannot
 * hear, SIGKILL, must not leave the program running without it: setpriv (util-linux) has the kernel end the child too.
 * @param {string} name
 * @param {readonly string[]} argv
 */
function runAsChild(name, argv) {
  const command = [pinnedNode, ...argv];
  if (existsSync(SETPRIV) && isExecutable(pinnedNode)) {
    command.unshift(SETPRIV, '--pdeathsig', 'KILL', '--');
  }
  const [file = pinnedNode, ...rest] = command;
  const child = spawn(file, rest, { stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  // A terminal sends Ctrl-C to both processes; a second SIGINT from here would look like an impatient person's.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => {
    process.stderr.write(`${name}: ${pinnedNode} does not start: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, fsConstants.X_OK);
    return true;
  } catch {
    return false;
  }
}
