/** A Debian 12 with everything that the packages need, made once for each list of packages and kept in the user's cache. */

import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './command.ts';

const SUITE = 'bookworm';
/** A machine with systemd, what kazasu depends on, and the virtual card reader. */
const PACKAGES = [
  'dbus',
  'espeak-ng',
  'fontconfig',
  'fonts-morisawa-bizud-gothic',
  'fonts-noto-cjk',
  'init-system-helpers',
  'iproute2',
  'libpcsclite1',
  'pcscd',
  'systemd-sysv',
  'udev',
  'vsmartcard-vpcd',
];
const DEBOOTSTRAP_MS_MAX = 1_500_000;

/** The folder of the root. Nobody writes into it: machines are laid over it. */
export async function debianRoot(): Promise<string> {
  const key = createHash('sha256')
    .update([SUITE, ...PACKAGES].join(' '))
    .digest('hex');
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'kazasu', `${SUITE}-${key.slice(0, 16)}`);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (!isThere) await make(folder);
  return folder;
}

async function make(folder: string): Promise<void> {
  const aside = `${folder}.${randomUUID()}`;
  await mkdir(join(folder, '..'), { recursive: true });
  try {
    const options = ['--variant=minbase', `--include=${PACKAGES.join(',')}`];
    await succeed(['debootstrap', ...options, SUITE, aside, await mirror()], {
      env: await proxy(),
      limitMs: DEBOOTSTRAP_MS_MAX,
    });
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Where this machine's apt has Debian from. */
async function mirror(): Promise<string> {
  const format = ['--format', '$(RELEASE) $(COMPONENT) $(SITE)'];
  const targets = await succeed(['apt-get', 'indextargets', ...format, 'Created-By: Packages']);
  const site = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([release, component]) => release === SUITE && component === 'main')?.[2];
  if (site === undefined) throw new Error(`apt has no source for Debian ${SUITE} main`);
  return site;
}

/** And by which way. */
async function proxy(): Promise<Record<string, string>> {
  const dump = await succeed(['apt-config', 'dump']);
  const env: Record<string, string> = {};
  for (const scheme of ['http', 'https']) {
    const told = new RegExp(`^Acquire::${scheme}::Proxy "(.+)";$`, 'im').exec(dump)?.[1];
    if (told !== undefined) env[`${scheme}_proxy`] = told;
  }
  return env;
}
