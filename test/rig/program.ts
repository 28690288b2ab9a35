/** The project's programs as processes of their own, started through their launchers, as anybody would start them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/bin/pinned-node.mjs';
import { JournalLines, type Line, type Wanted } from '../journal-lines.ts';

/** What a loaded machine may need until a line comes that must come. */
export const PATIENCE_MS = 60_000;
const END_MS_MAX = 15_000;
const COMMAND_MS_MAX = 240_000;
const LAST_WORDS_MS = 2_000;
/** In the environment of a program and of everything that it starts. */
const MARK = 'KAZASU_TEST_MARK';

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: that of the tests. */
  readonly cwd?: string;
  /** Runs the command that follows it, e.g. in a namespace; must become that command, not stay as its parent. */
  readonly within?: readonly string[];
  /** What runs with the arguments. Default: the Node that runs the tests. */
  readonly program?: string;
  /** What is on its stdout. Default: JSON lines. */
  readonly says?: 'text' | 'json';
}

/** How a process ended: an exit code, or the name of a signal. */
export type End = number | NodeJS.Signals;

/** The arguments of Node for a command of the package, as npm links it: `kazasu` or `kazasu-platform`. */
export function launcher(name: 'kazasu' | 'kazasu-platform' | 'pinned'): string {
  return join(packageRoot, 'src', 'bin', `${name}.mjs`);
}

/** A program that goes on. It does not outlive the thread that started it, however that ends. */
export class Program {
  readonly pid: number;
  /** What it writes on stdout, for programs that write JSON lines. */
  readonly lines = new JournalLines();
  readonly exited: Promise<End>;
  readonly #child: ChildProcess;
  readonly #mark: string;
  readonly #command: string;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], options: ProgramOptions = {}) {
    this.#mark = randomUUID();
    this.#command = args.join(' ');
    const { child, exited } = start(args, options, this.#mark);
    this.#child = child;
    this.exited = exited;
    this.pid = child.pid ?? 0;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      if (options.says !== 'text') this.lines.push(text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** What it said to people. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The first such line after the first `after` lines; rejects as soon as the program has ended without it. */
  next(wanted: Wanted, after = 0, limitMs = PATIENCE_MS): Promise<Line> {
    return this.#unlessEnded(this.lines.next(wanted, after, limitMs));
  }

  first(matches: (line: Line) => boolean, after = 0, limitMs = PATIENCE_MS): Promise<Line> {
    return this.#unlessEnded(this.lines.first(matches, after, limitMs));
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** As a power cut does it: no word, and nothing of it is left when this resolves. */
  async killHard(): Promise<void> {
    this.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to end, insists after a while, and resolves with how it ended. What it left behind is ended, too. */
  async end(): Promise<End> {
    this.kill('SIGTERM');
    const insist = setTimeout(() => this.kill('SIGKILL'), END_MS_MAX);
    const end = await this.exited;
    clearTimeout(insist);
    for (const pid of this.processes().keys()) process.kill(pid, 'SIGKILL');
    return end;
  }

  /** Processes that live now and descend from this program, itself among them: pid to command line. */
  processes(): Map<number, string> {
    return markedProcesses(this.#mark);
  }

  async #unlessEnded(line: Promise<Line>): Promise<Line> {
    const ended = this.exited.then(async (end) => {
      // What it wrote last has been read by now, so a line that is there wins.
      await Promise.resolve();
      throw new Error(`${this.#command} ended (${end}): ${this.#stderr.trim()}`);
    });
    return Promise.race([line, ended]);
  }
}

export interface Finished {
  readonly code: End;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the package to its end, which must come within a minute. */
export async function runToEnd(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Finished> {
  const { child, exited } = start(args, options, randomUUID());
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  const late = setTimeout(() => child.kill('SIGKILL'), COMMAND_MS_MAX);
  const code = await exited;
  clearTimeout(late);
  return { code, ...said };
}

/** As `runToEnd`; throws with what the command said when it fails, else hands back its stdout. */
export async function succeed(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(args, options);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}

export function jsonLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

function start(
  args: readonly string[],
  { env = {}, cwd, within = [], program = process.execPath }: ProgramOptions,
  mark: string,
): { child: ChildProcess; exited: Promise<End> } {
  // setpriv (util-linux) has the kernel end the program together with the thread that started it.
  const command = ['setpriv', '--pdeathsig', 'KILL', ...within, program, ...args];
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, {
    cwd,
    env: { ...process.env, ...env, [MARK]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<End>((resolve, reject) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'));
    // Somebody whom it left behind may hold its stdout open for ever.
    child.once('exit', (code, signal) => {
      setTimeout(() => resolve(code ?? signal ?? 'SIGKILL'), LAST_WORDS_MS);
    });
    child.once('error', reject);
  });
  return { child, exited };
}

/** By proc(5): a process that has ended and was not waited for has no environment any more. */
function markedProcesses(mark: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue;
    try {
      const environment = readFileSync(join('/proc', name, 'environ'), 'latin1');
      if (!environment.split('\0').includes(`${MARK}=${mark}`)) continue;
      const command = readFileSync(join('/proc', name, 'cmdline'), 'utf8');
      found.set(Number(name), command.split('\0').join(' ').trim());
    } catch {
      // It ended while it was looked at.
    }
  }
  return found;
}
