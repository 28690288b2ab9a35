/** Each connection is an open file of the process at either end, and a process may have so many. */

import { readFileSync } from 'node:fs';
import { InputError } from './input-error.ts';

/** What a process keeps for its databases, its own code, objects that are fetched; of a small limit, half. */
const KEPT_MAX = 256;
/** What one process of a platform is meant for; a client's address has ports for more than that. */
export const CONNECTIONS_MAX = 16_384;

/** How many files this process, and whatever it starts, may have open. Node has raised it to what the system allows. */
export function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const most = /^Max open files\s+(\S+)/mu.exec(limits)?.[1];
  return most === 'unlimited' ? Number.POSITIVE_INFINITY : Number(most);
}

/** How many connections each of so many ports may have, when a process may have `limit` files open. */
export function connectionsFor(limit: number, ports: number): number {
  const kept = Math.min(KEPT_MAX, limit / 2);
  return Math.min(CONNECTIONS_MAX, Math.floor((limit - kept) / ports));
}

/** Throws InputError when one process can't have that many connections. */
export function checkOpenFiles(connections: number, limit: number): void {
  const possible = connectionsFor(limit, 1);
  if (connections <= possible) return;
  const wanted = connections + KEPT_MAX;
  throw new InputError(
    `--terminals ${connections} needs ${wanted} open files in one process; this user may have ${limit}`,
    `raise it first ("ulimit -Hn ${wanted}" as root, LimitNOFILE= in a unit, "nofile" in limits.conf), or ask for fewer: --terminals ${possible}`,
  );
}
