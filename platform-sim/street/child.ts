/** A program of the project as a process of its own, whose stdout is JSON lines. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const END_MS_MAX = 8_000;

export type JsonLine = Readonly<Record<string, unknown>>;

export interface ProgramOptions {
  /** e.g. `src/main.ts`, relative to the project. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: JsonLine) => void;
  /** What it says on stderr, for people. */
  readonly onText?: (text: string) => void;
}

export class Program {
  readonly #child: ChildProcess;
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>;

  constructor(options: ProgramOptions) {
    // setpriv (util-linux) has the kernel end it together with the street, however that ends.
    const command = [process.execPath, `${ROOT}${options.entry}`, ...options.args];
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...command], {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.exited = once(child, 'close').then(([code, signal]) => code ?? signal);
    const { stdout, stderr } = child;
    createInterface({ input: stdout }).on('line', (line) => {
      options.onLine?.(JSON.parse(line) as JsonLine);
    });
    stderr.setEncoding('utf8').on('data', (text: string) => options.onText?.(text));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to end, and insists after a while. */
  async end(): Promise<void> {
    this.kill('SIGTERM');
    const insist = setTimeout(() => this.kill('SIGKILL'), END_MS_MAX);
    await this.exited;
    clearTimeout(insist);
  }
}

/** Runs a command to its end; rejects with what it said when it fails. */
export async function runCommand(entry: string, args: readonly string[]): Promise<void> {
  let said = '';
  const program = new Program({
    entry,
    args,
    onText: (text) => {
      said += text;
    },
  });
  const code = await program.exited;
  if (code !== 0) throw new Error(`${args.join(' ')}: ${said.trim() || `ended with ${code}`}`);
}
