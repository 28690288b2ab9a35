/** Each connection is an open file of the process at either end, and a process may have so many. */

import { readFileSync } from 'node:fs';
import { InputError } from './input-error.ts';

/** For everything else that a process has open: databases, its own code, pipes. */
const SPARE = 128;
/** Local ports of one address towards another: net.ipv4.ip_local_port_range has 28,232 of them. */
export const TERMINALS_MAX = 20_000;

/** How many files this process, and whatever it starts, may have open. Node has raised it to what the system allows. */
export function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const most = /^Max open files\s+(\S+)/mu.exec(limits)?.[1];
  return most === 'unlimited' ? Number.POSITIVE_INFINITY : Number(most);
}

/** Throws InputError when one process can't have that many connections. */
export function checkOpenFiles(connections: number, limit: number): void {
  const wanted = connections + SPARE;
  if (wanted <= limit) return;
  const possible = Math.max(0, limit - SPARE);
  throw new InputError(
    `--terminals ${connections} needs ${wanted} open files in one process; this user may have ${limit}`,
    `raise it first ("ulimit -Hn ${wanted}" as root, LimitNOFILE= in a unit, "nofile" in limits.conf), or ask for fewer: --terminals ${possible}`,
  );
}
