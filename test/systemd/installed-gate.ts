/** A gate and its platform as they stand after `apt-get install` on a machine of their own, with visitors who hold cards. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { CardTiming } from '../../devices/card/sim-card-definition.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { CardMaker, type TestCard } from '../cards.ts';
import { JournalLines, type Line, type Wanted } from '../journal-lines.ts';
import { durableFacts } from '../rig/durable-facts.ts';
import { jsonLines } from '../rig/program.ts';
import { succeed } from './command.ts';
import { debianRoot } from './debian-root.ts';
import { Machine, until } from './machine.ts';

export const UNIT = 'kazasu@gate.service';
export const PATIENCE_MS = 120_000;
/** Of the disk that the terminal has to itself. */
const DISK_MIB = 64;
const STATE = '/var/lib/private/kazasu/gate';

const EVENT = '/srv/event';
const PLATFORM_STATE = '/var/lib/platform';
const HOLD_CARD = fileURLToPath(new URL('./hold-card.ts', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../systemd/package/main.ts', import.meta.url));
const PACKAGE_MS_MAX = 600_000;
const ANSWERS: ReadonlySet<string> = new Set([
  'entry.granted',
  'entry.refused',
  'receipt.claimed',
  'card.unreadable',
  'card.ignored',
]);

const PLATFORM_UNIT = `[Service]
ExecStart=/usr/bin/kazasu-platform serve --state ${PLATFORM_STATE}
[Install]
WantedBy=multi-user.target
`;
const CONFIGURATION = `profile = "gate"
name = "gate-1"
state = "/var/lib/kazasu/gate"
[platform]
url = "ws://127.0.0.1:8410/terminals"
[card]
driver = "pcsc"
[receipt]
driver = "simulated"
[screen]
port = 8401
[services.event-entry]
list = "event"
`;

export interface HoldOptions {
  /** Resolves when the card has been sent so many commands. */
  readonly untilCommand?: number;
  readonly timing?: CardTiming;
}

/** Both packages in this version, the daemon's first. */
export async function makePackages(version: string, output: string): Promise<string[]> {
  const options = ['--version', version, '--compression', 'none', '--output', output];
  await succeed([process.execPath, PACKAGE, ...options], { limitMs: PACKAGE_MS_MAX });
  const names = (await readdir(output)).filter((name) => name.includes(`_${version}_`));
  return names.sort().map((name) => join(output, name));
}

export class InstalledGate {
  readonly machine: Machine;
  readonly #cards = new Map<string, TestCard>();
  /** Tickets whose holders were let in. */
  readonly #granted: string[] = [];
  #journal = new JournalLines();
  #following: { readonly child: ChildProcess; readonly ended: Promise<unknown> } | null = null;

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  /** Boots a machine, installs the packages without a network, sells the tickets, and has the gate serve. */
  static async open(packages: readonly string[], tickets: number): Promise<InstalledGate> {
    const machine = await Machine.boot({
      root: await debianRoot(),
      disk: { at: STATE, mebibytes: DISK_MIB },
    });
    const gate = new InstalledGate(machine);
    try {
      await gate.install(packages);
      await gate.put('/etc/systemd/system/platform.service', PLATFORM_UNIT);
      await gate.put('/etc/kazasu/gate.toml', CONFIGURATION);
      await gate.#publish(tickets);
      await machine.succeed(['systemctl', 'daemon-reload']);
      await machine.succeed(['systemctl', 'enable', '--now', 'platform.service', UNIT]);
      await gate.follow();
    } catch (error) {
      await gate.close();
      throw error;
    }
    return gate;
  }

  /** The whole installation: one command, and no network; `within`: what runs that command. */
  async install(packages: readonly string[], within: readonly string[] = []): Promise<string> {
    for (const file of packages) await copyFile(file, join(this.machine.root, basename(file)));
    const files = packages.map((file) => `/${basename(file)}`);
    const options = ['--yes', '--no-install-recommends', '-o', 'APT::Sandbox::User=root'];
    const command = [...within, 'apt-get', 'install', ...options, ...files];
    const said = await this.machine.succeed(command);
    for (const file of files) await rm(join(this.machine.root, file));
    return said;
  }

  async put(path: string, text: string): Promise<void> {
    const target = join(this.machine.root, path);
    await mkdir(join(target, '..'), { recursive: true });
    await writeFile(target, text);
  }

  /** Begins to read the gate's journal of this boot; before, there is none to be waited for. */
  async follow(): Promise<void> {
    await this.#unfollow();
    const lines = new JournalLines();
    this.#journal = lines;
    const show = `journalctl --boot --follow --lines=all --output=cat --unit=${UNIT}`;
    const command = `${show} | grep --line-buffered '^{'`;
    const [file = '', ...args] = await this.machine.inside();
    const child = spawn(file, [...args, 'sh', '-c', command], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    this.#following = { child, ended: once(child, 'close') };
    await this.serves();
  }

  /** How many lines the journal has now: what `next` can be asked to look behind. */
  get now(): number {
    return this.#journal.all.length;
  }

  next(wanted: Wanted, after = 0): Promise<Line> {
    return this.#journal.next(wanted, after, PATIENCE_MS);
  }

  /** Resolves when the gate is in service, and its receipt printer ready. */
  async serves(after = 0): Promise<void> {
    await this.next({ event: 'terminal.in-service' }, after);
    await this.next({ event: 'device.ready', device: 'receipt' }, after);
  }

  /** Holds the card of a ticket until the gate has answered, and hands back the answer. */
  async tap(ticket: string): Promise<Line> {
    const after = this.now;
    const visitor = await this.hold(ticket);
    try {
      const answer = await this.#journal.first(
        ({ event }) => ANSWERS.has(event),
        after,
        PATIENCE_MS,
        `an answer to ${ticket}`,
      );
      if (answer.event === 'entry.granted') this.#granted.push(ticket);
      return answer;
    } finally {
      await visitor.goes();
    }
  }

  /** As `tap`, with the paper: for entries that are granted. */
  async enter(ticket: string): Promise<void> {
    const after = this.now;
    expect(await this.tap(ticket)).toMatchObject({ event: 'entry.granted', ticket });
    await this.next({ event: 'print.done' }, after);
  }

  /** Puts the card of a ticket on the reader. */
  async hold(ticket: string, options: HoldOptions = {}): Promise<{ goes(): Promise<void> }> {
    const { untilCommand = 0, timing } = options;
    const sold = this.#cards.get(ticket);
    if (sold === undefined) throw new Error(`nobody has ticket ${ticket}`);
    const [file = '', ...args] = await this.machine.inside('--net');
    const child = spawn(file, [...args, process.execPath, HOLD_CARD], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = new JournalLines();
    child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    const ended = once(child, 'close');
    child.stdin.on('error', () => undefined).write(`${JSON.stringify({ ...sold.card, timing })}\n`);
    await lines.next({ event: 'held' }, 0, PATIENCE_MS);
    if (untilCommand > 0) {
      await lines.next({ event: 'command', number: untilCommand }, 0, PATIENCE_MS);
    }
    return {
      async goes() {
        child.stdin.end();
        await ended;
      },
    };
  }

  /** A property of the gate's unit. */
  async property(name: string, unit = UNIT): Promise<string> {
    return (await this.machine.succeed(['systemctl', 'show', '-P', name, unit])).trim();
  }

  /** Sends a signal to the gate's processes whose command line says so; those of its card reader say `pcsc-process`. */
  async kill(signal: NodeJS.Signals, says: string): Promise<void> {
    const victims = [...(await this.machine.processes())].filter(
      ([, line]) => line.startsWith('/usr/') && line.includes(says),
    );
    expect(victims).toHaveLength(1);
    for (const [pid] of victims) process.kill(pid, signal);
  }

  /** Power is lost and comes back. */
  async reset(): Promise<void> {
    await this.machine.reset();
    await this.follow();
  }

  /** Every fact of the gate is at the platform, once, and with them every entry that a visitor was told of. */
  async losesNothing(): Promise<void> {
    const told = (facts: readonly (Fact | Line)[]) =>
      facts.map(({ seq, event, at, epoch }) => ({ seq, event, at, epoch }));
    let mine: Fact[] = [];
    let theirs: Line[] = [];
    await until('the platform has every fact', PATIENCE_MS, async () => {
      mine = await durableFacts(join(this.machine.root, STATE), 'gate-1');
      theirs = await this.facts();
      return theirs.length >= mine.length;
    });
    expect(told(theirs)).toEqual(told(mine));
    const entered = mine
      .filter(({ event }) => event === 'entry.granted')
      .map(({ body }) => String(body['ticket']));
    expect(entered).toEqual([...new Set(entered)]);
    expect(entered).toEqual(expect.arrayContaining(this.#granted));
  }

  /** What the platform holds, oldest first. */
  async facts(): Promise<Line[]> {
    return jsonLines(await this.#platform('facts'));
  }

  /** The gate's disk: how many bytes are free, and a file on it that is in the way. */
  get ballast(): string {
    return join(this.machine.root, STATE, 'ballast');
  }

  async close(): Promise<void> {
    await this.#unfollow();
    await this.machine.close();
  }

  async #unfollow(): Promise<void> {
    if (this.#following === null) return;
    const { child, ended } = this.#following;
    // Whoever writes into the pipe ends by that, at the latest with the machine.
    child.stdout?.destroy();
    child.kill('SIGKILL');
    await ended;
    this.#following = null;
  }

  async #publish(tickets: number): Promise<void> {
    const maker = await CardMaker.create();
    const folder = join(this.machine.root, EVENT);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'ca.der'), maker.authority.caCertificate);
    await writeFile(join(folder, 'crl.der'), maker.authority.crl({ revoked: [] }));
    const rows = ['certificate,ticket,seat'];
    for (let number = 1; number <= tickets; number += 1) {
      const ticket = `T-${number}`;
      const card = await maker.card();
      this.#cards.set(ticket, card);
      await writeFile(join(folder, `${ticket}.der`), card.der);
      rows.push(`${EVENT}/${ticket}.der,${ticket},A ${number}番`);
    }
    await writeFile(join(folder, 'tickets.csv'), rows.join('\n'));
    const [ca, crl] = [`--ca=${EVENT}/ca.der`, `--crl=${EVENT}/crl.der`];
    await this.#platform('trust', 'add', ca, crl);
    await this.#platform('list', 'import', '--list=event', `--csv=${EVENT}/tickets.csv`);
  }

  #platform(...command: readonly string[]): Promise<string> {
    const state = `--state=${PLATFORM_STATE}`;
    return this.machine.succeed(['/usr/bin/kazasu-platform', ...command, state]);
  }
}
