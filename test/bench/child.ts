/** A program of the project as a process of its own, whose stdout is JSON lines that can be waited for. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { JournalLines } from '../journal-lines.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const END_MS_MAX = 10_000;
const STDERR_CHARACTERS_KEPT = 4_096;

export interface Child {
  readonly pid: number;
  readonly lines: JournalLines;
  /** Asks it to end, and insists after a while. */
  end(): Promise<void>;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the Node that runs the bench. */
  readonly node?: string;
}

/** `entry`: relative to the project. A child that ends by itself says why on stderr. */
export function startChild(
  entry: string,
  args: readonly string[],
  { env = {}, node = process.execPath }: ChildOptions = {},
): Child {
  const lines = new JournalLines();
  const child = spawn(node, [`${ROOT}${entry}`, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  let said = '';
  let ending = false;
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-STDERR_CHARACTERS_KEPT);
  });
  void exited.then(([code, signal]) => {
    process.off('exit', killed);
    if (!ending) process.stderr.write(`${entry} ended (${signal ?? code}): ${said.trim()}\n`);
  });
  return {
    pid: child.pid ?? 0,
    lines,
    async end() {
      ending = true;
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
      await exited;
      clearTimeout(insist);
    },
  };
}
