/** Commands of the system, run to their end. */

import { spawn } from 'node:child_process';

const COMMAND_MS_MAX = 120_000;

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly limitMs?: number;
}

export interface Ended {
  readonly code: number;
  /** Both streams, as they came. */
  readonly said: string;
  readonly stdout: string;
}

/** Code 128 stands for an end by a signal. Rejects only when there is no such program. */
export function run(command: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.limitMs ?? COMMAND_MS_MAX,
    killSignal: 'SIGKILL',
  });
  let said = '';
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 128, said, stdout }));
  });
}

/** Hands back stdout; throws with what the command said when it fails. */
export async function succeed(
  command: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, said, stdout } = await run(command, options);
  if (code !== 0)
    throw new Error(`${command.join(' ')} ended with ${code}:\n${said.slice(-4_000)}`);
  return stdout;
}
