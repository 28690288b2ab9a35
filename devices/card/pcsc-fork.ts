/** Starts the card process. */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CardProcessOptions } from './pcsc-messages.ts';
import { PIN_PIPE } from './pcsc-pin-pipe.ts';

const PROCESS = fileURLToPath(new URL('./pcsc-process.ts', import.meta.url));

export interface ForkOptions {
  /** Added to the environment of the card process: where pcscd is, for one that is not the system's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes what the card process and the libraries in it write on stderr; without it, it goes to ours. */
  readonly onStderr?: (text: string) => void;
}

/**
 * setpriv (util-linux) has the kernel end the process together with the thread that forks it, also when that thread is
 * killed and the card process sits in a native call where it hears of nothing.
 */
export function forkCardProcess(
  processOptions: CardProcessOptions,
  { env = {}, onStderr }: ForkOptions,
): ChildProcess {
  const child = fork(PROCESS, [JSON.stringify(processOptions)], {
    execPath: 'setpriv',
    execArgv: ['--pdeathsig', 'KILL', process.execPath],
    env: { ...process.env, ...env },
    serialization: 'advanced',
    // The last one is PIN_PIPE.
    stdio: ['ignore', 'ignore', onStderr === undefined ? 'inherit' : 'pipe', 'ipc', 'pipe'],
  });
  // Whoever writes into it hears of an error too.
  child.stdio[PIN_PIPE]?.on('error', () => undefined);
  if (onStderr !== undefined) child.stderr?.setEncoding('utf8').on('data', onStderr);
  return child;
}
