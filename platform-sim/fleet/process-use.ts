/** What a process takes of this machine, by proc(5). */

import { readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second there, on every architecture (USER_HZ). */
const TICK_MS = 10;

export interface ProcessUse {
  /** Resident memory, KiB. */
  readonly memory: number;
  /** CPU time since its start, ms. */
  readonly cpu: number;
}

/** Rejects when there is no such process. */
export async function processUse(pid: number): Promise<ProcessUse> {
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ]);
  // The name of the program, in brackets, may have blanks and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    memory: Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]),
    cpu: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
  };
}
