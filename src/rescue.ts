/** `kazasu journal rescue DIR`: what a dead terminal has not told, into a file that the platform takes in. */

import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { lastJournaledFact } from './journal-reader.ts';
import { lookAtKeyFiles } from './keys/file-key-store.ts';
import { keyFolder } from './keys/open-key-store.ts';
import type { RESCUE_END, RESCUE_HEADER } from './link/upload-protocol.ts';
import { codeOf } from './store/disk.ts';
import { LedgerFile } from './store/ledger-file.ts';
import { type Rescued, rescueFacts } from './store/ledger-rescue.ts';
import { SoleOwner } from './store/sole-owner.ts';

/** A request that can't be done, in words for the person at the keyboard. */
export class RescueError extends Error {
  override readonly name = 'RescueError';
}

export interface RescueReport {
  readonly terminal: string;
  /** The folder that was found. */
  readonly state: string;
  readonly file: string;
  readonly facts: number;
  /** Numbers of the first and the last of them; null: none. */
  readonly from: number | null;
  readonly upto: number | null;
  /** What is gone; null: nothing, as far as this disk can tell. */
  readonly lost: string | null;
  /** What else lies on that disk, and whether who has the disk has the keys as well. */
  readonly keys: readonly string[];
  readonly keysInClear: number;
}

/** Where the state folder may be on a disk that was taken out of a terminal. */
const PLACES = ['var/lib/private/kazasu', 'lib/private/kazasu', 'private/kazasu', 'kazasu', ''];

/**
 * `directory`: the state folder, a copy of it, or the mounted disk. Writes `out`, which must be new. Nothing in `directory` is
 * changed. Throws RescueError.
 */
export function rescueJournal(
  directory: string,
  { out, all = false }: { readonly out: string; readonly all?: boolean },
  now = Date.now(),
): RescueReport {
  const state = stateIn(directory);
  if (SoleOwner.isClaimed(state)) {
    throw new RescueError(`${state}: a daemon runs on it and tells its facts itself`);
  }
  const workspace = mkdtempSync(join(tmpdir(), 'kazasu-rescue-'));
  try {
    const rescued = rescueFacts(state, workspace, all);
    const { terminal, facts } = rescued ?? { terminal: null, facts: [] };
    if (rescued === null || terminal === null || rescued.upto === 0) {
      const why = rescued?.damage?.why ?? 'there is no fact';
      throw new RescueError(`${state}: nothing can be brought from this ledger: ${why}`);
    }
    const lost = lostIn(rescued, lastJournaledFact(state));
    writeRescue(out, terminal, rescued, lost, now);
    const { labels, inClear } = lookAtKeyFiles(keyFolder(state));
    const [from, upto] = [facts[0]?.seq ?? null, facts.at(-1)?.seq ?? null];
    const keys = { keys: labels, keysInClear: inClear };
    return { terminal, state, file: out, facts: facts.length, from, upto, lost, ...keys };
  } catch (error) {
    if (error instanceof RescueError || !/^E[A-Z0-9]+$/u.test(codeOf(error))) throw error;
    throw new RescueError(`${error instanceof Error ? error.message : codeOf(error)}`);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** For people. */
export function rescueLines(report: RescueReport): string {
  const { terminal, file, facts, from, upto, lost, keys, keysInClear } = report;
  const what = facts === 0 ? 'no fact waits' : `${facts} facts (${from} to ${upto}) that wait`;
  const lines = [
    `${terminal}: ${what}; written to ${file}`,
    lost === null ? 'nothing is lost' : `LOST: ${lost}`,
    `next: kazasu-platform facts import ${file} --by NAME --why REASON`,
  ];
  if (keys.length > 0) {
    const state = keysInClear > 0 ? `${keysInClear} of them in clear` : 'all of them sealed';
    lines.push(`keys on that disk, ${state}: ${keys.join(', ')}; none is in the file`);
    lines.push(`whoever has had the disk: kazasu-platform terminal revoke ${terminal}`);
  }
  return lines.join('\n');
}

function stateIn(directory: string): string {
  const found = [directory, ...PLACES.flatMap((place) => foldersIn(join(directory, place)))];
  const states = [...new Set(found.filter((folder) => LedgerFile.isIn(folder)))];
  const [state, ...more] = states;
  if (state === undefined) {
    throw new RescueError(`${directory}: no ledger here; is it the state folder of a terminal?`);
  }
  if (more.length > 0 && state !== directory) {
    throw new RescueError(`${directory}: there are several, name one: ${states.join(', ')}`);
  }
  return state;
}

function foldersIn(place: string): string[] {
  try {
    const entries = readdirSync(place, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(place, name));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error))) return [];
    throw error;
  }
}

/** `journaled`: the journal beside the ledger tells of facts up to here. */
function lostIn({ damage, upto }: Rescued, journaled: number): string | null {
  const newest = Math.max(damage?.newest ?? 0, journaled);
  const behind =
    newest > upto ? `facts ${upto + 1} to ${newest} at least` : `whatever came behind fact ${upto}`;
  if (damage !== null) return `${behind} (${damage.why})`;
  if (journaled <= upto) return null;
  return `${behind} (the journal tells of them, the ledger does not)`;
}

function writeRescue(
  out: string,
  terminal: string,
  { facts }: Rescued,
  lost: string | null,
  now: number,
): void {
  const header: z.infer<typeof RESCUE_HEADER> = {
    ...{ kazasu: 'rescue-1', terminal },
    made: new Date(now).toISOString(),
  };
  const body = Buffer.from(
    [JSON.stringify(header), ...facts.map(({ text }) => text), ''].join('\n'),
    'utf8',
  );
  const sha256 = createHash('sha256').update(body).digest('hex');
  const end: z.infer<typeof RESCUE_END> = {
    ...{ kazasu: 'rescue-end', facts: facts.length, sha256 },
    lost: lost?.slice(0, 1_000) ?? null,
  };
  const file = openSync(out, 'wx', 0o600);
  try {
    writeFileSync(file, body);
    writeFileSync(file, `${JSON.stringify(end)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
