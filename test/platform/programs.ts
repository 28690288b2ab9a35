/** `kazasu-platform` as people run it: processes of its own, started through the launcher. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
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
