/**
 * The names of the readers that pcscd knows now. Nothing is connected, so a card that a daemon holds is not disturbed.
 * Asked in a process of its own: npm pcsclite may never come back from a pcscd that hangs.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROCESS = fileURLToPath(new URL('./pcsc-readers-process.ts', import.meta.url));
const ANSWER_MS_MAX = 10_000;

/** What the process says, as one JSON text. */
export type PcscReaders =
  | { readonly readers: readonly string[] }
  /** Why pcscd can't be asked, in plain words. */
  | { readonly problem: string };

export function listPcscReaders(limitMs = ANSWER_MS_MAX): Promise<PcscReaders> {
  return new Promise((resolve) => {
    const options = { timeout: limitMs, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [PROCESS], options, (error, stdout) => {
      // It always ends by SIGKILL, its own or ours; what it said before that counts.
      if (stdout !== '') resolve(JSON.parse(stdout));
      else if (error?.killed === true) resolve({ problem: 'pcscd does not answer' });
      else resolve({ problem: `the process that asks pcscd failed: ${error?.message}` });
    });
  });
}
