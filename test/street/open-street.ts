/**
 * `npm start`, as a process, with the residents' cards on the real card stack. Each street has a machine of its own as
 * far as ports and the system's pcscd go (network and mount namespaces), and a folder of its own for what it keeps.
 */

import { chmod, cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { packageRoot } from '../../src/bin/pinned-node.mjs';
import { type Finished, launcher, PATIENCE_MS, Program, runToEnd } from '../rig/program.ts';

export const STREET = [launcher('pinned'), 'platform-sim/street.ts'];

/** Loopback and /run/pcscd of its own. */
const OWN_MACHINE = [
  ...['unshare', '--net', '--mount', 'sh', '-c'],
  'ip link set lo up && mkdir -p /run/pcscd && mount -t tmpfs none /run/pcscd && exec "$@"',
  'sh',
];

export interface OpenStreet {
  readonly program: Program;
  /** Runs `npm run street -- ...` beside it. */
  say(...args: readonly string[]): Promise<Finished>;
  readonly folder: string;
}

/** Runs `npm start` with these arguments. */
export async function withStreet(
  args: readonly string[],
  story: (street: OpenStreet) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-street-'));
  // npm runs a script where package.json lies, and the street keeps its things below that.
  await cp(join(packageRoot, 'package.json'), join(folder, 'package.json'));
  for (const part of ['node_modules', 'src', 'platform-sim']) {
    await symlink(join(packageRoot, part), join(folder, part));
  }
  const program = new Program(['--silent', 'start', '--', ...args], {
    program: 'npm',
    cwd: folder,
    within: OWN_MACHINE,
    says: 'text',
  });
  const say = (...words: readonly string[]) => runToEnd([...STREET, ...words], { cwd: folder });
  try {
    await story({ program, say, folder });
  } finally {
    await program.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Some twenty processes begin, one after the other. */
const OPEN_MS_MAX = 3 * PATIENCE_MS;

/** Resolves when the page is served, and rejects when the street ends before. */
async function isOpen({ program }: OpenStreet): Promise<void> {
  const open = vi.waitFor(
    () => {
      if (!program.stdout.includes('The street is open')) throw new Error('it is not open yet');
    },
    { timeout: OPEN_MS_MAX, interval: 100 },
  );
  const ended = program.exited.then((end) => {
    throw new Error(`the street ended (${end}): ${program.stdout}${program.stderr}`);
  });
  await Promise.race([open, ended]);
}

/** Where tickets, drinks and certificates are to be had. */
export const SHOPS = ['gate-1', 'vending-1', 'kiosk-1'] as const;

/**
 * As `withStreet`, once everybody at it is ready; nobody opens a browser by themselves. Of the terminals, those that the test
 * needs: each one more takes seconds to open.
 */
export function withOpenStreet(
  story: (street: OpenStreet) => Promise<void>,
  places: readonly string[] = SHOPS,
): Promise<void> {
  return withStreet(['--no-browser', '--only', places.join(',')], async (street) => {
    await isOpen(street);
    await story(street);
  });
}

/** What runs a command where the gate's own small disk can be seen; the command follows. */
export function withItsDisks({ program, folder }: OpenStreet): readonly string[] {
  return ['nsenter', `--mount=/proc/${program.pid}/ns/mnt`, `--wd=${folder}`];
}

/** A program that is Chromium on the street's own machine: a path for those who start browsers. */
export async function browserThere({ program, folder }: OpenStreet): Promise<string> {
  const path = join(folder, 'chromium');
  const enter = `nsenter --net=/proc/${program.pid}/ns/net /usr/bin/chromium`;
  await writeFile(path, `#!/bin/sh\nexec ${enter} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}
