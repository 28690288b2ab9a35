/** `kazasu-platform` as people run it: processes of its own, started through the launcher. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { DEADLINE_MS } from './bare-terminal.ts';

const LAUNCHER = fileURLToPath(new URL('../../src/bin/kazasu-platform.mjs', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Line = { readonly [field: string]: unknown };

/** A command that goes on; its stdout is JSON lines. */
export class RunningCommand {
  readonly process: ChildProcess;
  readonly lines: Line[] = [];
  readonly exited: Promise<number | null>;
  readonly #heard = new Set<() => void>();

  constructor(args: readonly string[]) {
    // The pinned Node itself: there the launcher becomes the program, so that a signal reaches nothing but it.
    this.process = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    const { stdout } = this.process;
    if (!stdout) throw new Error('no stdout');
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line));
      for (const look of this.#heard) look();
    });
  }

  /** The first line for which `isIt` holds. */
  async line(isIt: (line: Line) => boolean): Promise<Line> {
    const found = this.lines.find(isIt);
    if (found) return found;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the line did not come')), DEADLINE_MS);
      const look = () => {
        const line = this.lines.find(isIt);
        if (!line) return;
        clearTimeout(late);
        this.#heard.delete(look);
        resolve(line);
      };
      this.#heard.add(look);
    });
  }

  end(signal: NodeJS.Signals): Promise<number | null> {
    this.process.kill(signal);
    return this.exited;
  }
}

export async function run(args: readonly string[], cwd?: string): Promise<Outcome> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
}

export function jsonLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** The one line of a refusal: exit code 2, nothing on stdout. */
export async function refusal(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^kazasu-platform: [^\n]+\n$/u);
  return stderr;
}

/** A state folder of its own, and the commands on it. */
export class Bench {
  readonly directory: string;
  readonly state: string;
  readonly #started: RunningCommand[] = [];

  private constructor(directory: string) {
    this.directory = directory;
    this.state = join(directory, 'state');
  }

  static async create(): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'kazasu-command-')));
  }

  async remove(): Promise<void> {
    for (const command of this.#started) await command.end('SIGKILL');
    await rm(this.directory, { recursive: true });
  }

  run(...args: string[]): Promise<Outcome> {
    return run([...args, '--state', this.state]);
  }

  importCsv(csv: string, ...more: string[]): Promise<Outcome> {
    return this.run('list', 'import', '--list', 'stadium', '--csv', csv, ...more);
  }

  async facts(): Promise<Line[]> {
    return jsonLines((await this.run('facts')).stdout);
  }

  begin(...args: string[]): RunningCommand {
    const command = new RunningCommand([...args, '--state', this.state]);
    this.#started.push(command);
    return command;
  }

  async serve(port = 0): Promise<{ server: RunningCommand; url: string; port: number }> {
    const server = this.begin('serve', '--port', String(port));
    const ready = await server.line(({ event }) => event === 'platform.ready');
    return { server, url: String(ready['url']), port: Number(ready['port']) };
  }
}
