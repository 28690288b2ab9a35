/**
 * `npm run package`: build/kazasu_VERSION_ARCH.deb and build/kazasu-sim_VERSION_ARCH.deb.
 *
 * `--version`: another one than package.json has. `--output`: another folder than build/. `--compression`: xz, gzip, none.
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { packageRoot, pinnedNode } from '../../src/bin/pinned-node.mjs';
import { type Bill, notices, sbom } from './bill.ts';
import { buildDeb, type Deb } from './deb.ts';
import { type NpmPackage, runtimeFiles, withDependencies } from './node-modules.ts';
import { type Files, importedPackages, readProgram } from './program.ts';
import { fromFolder, put, sizeOf } from './tree.ts';

const HOME = 'usr/lib/kazasu';
const UNITS = 'lib/systemd/system';
const MIB = 1_048_576;
/** Pages of the simulator. */
const SIM_PAGE = /^(street|town)\//;
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

/** Where each file of systemd/ goes, and its mode. */
const INSTALLED: readonly (readonly [file: string, target: string, mode?: number])[] = [
  ['kazasu@.service', `${UNITS}/kazasu@.service`],
  ['kazasu-screen@.service', `${UNITS}/kazasu-screen@.service`],
  ['media-kazasu.mount', `${UNITS}/media-kazasu.mount`],
  ['kazasu.sysusers', 'usr/lib/sysusers.d/kazasu.conf'],
  ['95-kazasu.rules', 'lib/udev/rules.d/95-kazasu.rules'],
  ['screen/show', `${HOME}/screen/show`, 0o755],
  ['screen/policies/managed/kazasu.json', `${HOME}/screen/policies/managed/kazasu.json`],
  ['debian/gate.toml', 'etc/kazasu/gate.toml'],
  ['debian/kazasu', 'usr/bin/kazasu', 0o755],
  ['debian/kazasu-at', 'usr/sbin/kazasu-at', 0o755],
  ['debian/copyright', 'usr/share/doc/kazasu/copyright'],
  ['debian/lintian-overrides', 'usr/share/lintian/overrides/kazasu'],
];
const INSTALLED_SIM: typeof INSTALLED = [
  ['debian/kazasu-platform', 'usr/bin/kazasu-platform', 0o755],
  ['debian/kazasu-street', 'usr/bin/kazasu-street', 0o755],
  ['debian/copyright', 'usr/share/doc/kazasu-sim/copyright'],
  ['debian/lintian-overrides-sim', 'usr/share/lintian/overrides/kazasu-sim'],
];

interface Order {
  readonly version: string;
  readonly architecture: string;
  readonly epoch: number;
  readonly output: string;
  readonly compression: Deb['compression'];
}

/** Writes both packages and says what came of it. */
async function main(): Promise<void> {
  const order = await readOrder();
  const workspace = await mkdtemp(join(tmpdir(), 'kazasu-package-'));
  try {
    await mkdir(order.output, { recursive: true });
    const { daemon, simulator } = await readProgram(packageRoot);
    const daemonPackages = await withDependencies(packageRoot, importedPackages(daemon));
    const known = new Set(daemonPackages.map(({ folder }) => folder));
    const simulatorPackages = (
      await withDependencies(packageRoot, importedPackages(simulator))
    ).filter(({ folder }) => !known.has(folder));
    await packDaemon(join(workspace, 'kazasu'), order, daemon, daemonPackages);
    await packSimulator(join(workspace, 'kazasu-sim'), order, simulator, simulatorPackages);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function readOrder(): Promise<Order> {
  const { values } = parseArgs({
    options: {
      version: { type: 'string' },
      output: { type: 'string', default: join(packageRoot, 'build') },
      compression: { type: 'string', default: 'xz' },
    },
  });
  const { compression, output } = values;
  if (compression !== 'xz' && compression !== 'gzip' && compression !== 'none') {
    throw new Error(`--compression ${compression}: expected xz, gzip or none`);
  }
  const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  const version = values.version ?? manifest.version;
  // deb-version(7), without epoch and revision.
  if (!/^\d[\w.+~]*$/.test(version)) throw new Error(`--version ${version}: no Debian version`);
  const { stdout } = await promisify(execFile)('dpkg', ['--print-architecture']);
  return { version, compression, output, architecture: stdout.trim(), epoch: await sourceEpoch() };
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
async function sourceEpoch(): Promise<number> {
  const told = process.env['SOURCE_DATE_EPOCH'];
  if (told !== undefined && /^\d+$/.test(told)) return Number(told);
  const { stdout } = await promisify(execFile)('git', ['log', '-1', '--format=%ct'], {
    cwd: packageRoot,
  }).catch(() => {
    throw new Error('not a git clone: set SOURCE_DATE_EPOCH to the time of the sources');
  });
  return Number(stdout);
}

async function packDaemon(
  tree: string,
  order: Order,
  program: Files,
  packages: readonly NpmPackage[],
): Promise<void> {
  const node = await nodePackage();
  await putProgram(tree, program, packages);
  await put(tree, `${HOME}/package.json`, manifest(order.version));
  await putPages(tree, (path) => !SIM_PAGE.test(path));
  await putInstalled(tree, INSTALLED);
  const without = await sizeOf(tree);
  await put(tree, `${HOME}/node`, await readFile(pinnedNode), 0o755);
  await finish(tree, order, { name: 'kazasu', ...order, packages, node });
  process.stdout.write(
    `installed without Node: ${(without / MIB).toFixed(1)} MiB, ${packages.length} npm packages\n`,
  );
}

async function packSimulator(
  tree: string,
  order: Order,
  program: Files,
  packages: readonly NpmPackage[],
): Promise<void> {
  await putProgram(tree, program, packages);
  await putPages(tree, (path) => SIM_PAGE.test(path));
  await putInstalled(tree, INSTALLED_SIM);
  await finish(tree, order, { name: 'kazasu-sim', ...order, packages, node: null });
}

async function putProgram(tree: string, program: Files, packages: readonly NpmPackage[]) {
  for (const [path, bytes] of program) await put(tree, join(HOME, path), bytes);
  for (const entry of packages) {
    for (const path of await runtimeFiles(packageRoot, entry)) {
      const from = join(entry.folder, path);
      await put(tree, join(HOME, from), await readFile(join(packageRoot, from)));
    }
  }
}

/** The program looks here for its version; and Node for the kind of its modules. */
function manifest(version: string): string {
  return `${JSON.stringify({ name: 'kazasu', version, private: true, type: 'module' }, null, 2)}\n`;
}

/** The built pages that belong to this package, which are served from the same place as in a clone. */
async function putPages(tree: string, isIn: (path: string) => boolean): Promise<void> {
  const built = join(packageRoot, 'build', 'kiosk-ui');
  if (!existsSync(built)) {
    const { scripts } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
    if (!('build:ui' in scripts)) return;
    throw new Error('the screen is not built: npm run build:ui');
  }
  for (const path of await fromFolder(built)) {
    if (path.endsWith('.map') || !isIn(path)) continue;
    await put(tree, join(HOME, 'build/kiosk-ui', path), await readFile(join(built, path)));
  }
}

async function putInstalled(tree: string, files: typeof INSTALLED): Promise<void> {
  for (const [file, target, mode] of files) {
    await put(tree, target, await readFile(join(packageRoot, 'systemd', file)), mode);
  }
}

async function nodePackage(): Promise<NpmPackage> {
  const [node] = await withDependencies(packageRoot, new Set([`node-linux-${process.arch}`]));
  if (node === undefined) throw new Error('the pinned Node is not installed');
  return node;
}

async function finish(tree: string, order: Order, bill: Bill): Promise<void> {
  const { name } = bill;
  const documents = `usr/share/doc/${name}`;
  await put(tree, `${documents}/sbom.cdx.json`, await sbom(packageRoot, bill));
  const text = gzipSync(await notices(packageRoot, bill), { level: 9 });
  await put(tree, `${documents}/third-party-notices.gz`, text);
  const scripts: Record<string, string> = {};
  for (const script of SCRIPTS) {
    const file = join(packageRoot, 'systemd/debian', `${name}.${script}`);
    if (existsSync(file)) scripts[script] = await readFile(file, 'utf8');
  }
  const control = await readFile(join(packageRoot, 'systemd/debian', `${name}.control`), 'utf8');
  const file = await buildDeb(tree, { ...order, name, control, scripts }, order.output);
  const { size } = await readFile(file).then((bytes) => ({ size: bytes.length }));
  process.stdout.write(`${file}: ${(size / MIB).toFixed(1)} MiB\n`);
}

await main();
