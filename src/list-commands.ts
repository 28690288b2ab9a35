/** `kazasu list status` and `kazasu list verify`: the entry lists of a state folder, also of one that was copied. */

import { join } from 'node:path';
import { Clock } from './clock.ts';
import { ageOfList, type ListAge } from './domain/entry-list.ts';
import { keptTime } from './state-folder.ts';
import { codeOf } from './store/disk.ts';
import { LedgerError } from './store/ledger-file.ts';
import { LedgerInspection } from './store/ledger-inspection.ts';
import { type KeptList, keptLists, verifyListFile } from './store/list-inspection.ts';

/** A request that can't be done, in words for the person at the keyboard. */
export class ListCommandError extends Error {}

/**
 * One version of one list. `active`: what a start decides by, which is the newest that can be read; `kept`: the one before
 * it, for a start that finds the active one damaged.
 */
type ListStatus = {
  readonly list: string;
  readonly version: number;
  readonly bytes: number;
} & (
  | {
      readonly state: 'active' | 'kept';
      readonly rows: number;
      /** Hex. */
      readonly root: string;
      readonly age: ListAge;
      /** When the platform last said that this version is the newest. ISO 8601. */
      readonly confirmedAt: string;
      readonly validFrom: string;
      readonly validTo: string;
    }
  | { readonly state: 'damaged'; readonly why: string }
);

type VerifiedList = { readonly list: string; readonly version: number } & (
  | { readonly whole: true; readonly rows: number; readonly chunks: number; readonly root: string }
  | { readonly whole: false; readonly why: string }
);

/** Every version on the disk, by list, the newest first. Throws ListCommandError. */
function listStatus(state: string): ListStatus[] {
  const now = timeIn(state);
  const active = new Set<string>();
  return keptIn(state).map((kept) => {
    const { list, version, bytes } = kept;
    if (kept.manifest === null) return { list, version, bytes, state: 'damaged', why: kept.why };
    const { rows, root, staleness, validFrom, validTo } = kept.manifest;
    const isActive = !active.has(list);
    active.add(list);
    return {
      ...{ list, version, bytes, rows, root, validFrom, validTo },
      state: isActive ? 'active' : 'kept',
      age: ageOfList(staleness, kept.confirmedAt, now),
      confirmedAt: new Date(kept.confirmedAt).toISOString(),
    };
  });
}

/** Every row of every version, or of those of one list. Throws ListCommandError. */
function verifyLists(state: string, list: string | null): VerifiedList[] {
  const kept = keptIn(state).filter((one) => list === null || one.list === list);
  if (list !== null && kept.length === 0) {
    throw new ListCommandError(`${state}: there is no list ${JSON.stringify(list)}`);
  }
  return kept.map((one) => {
    const named = { list: one.list, version: one.version };
    if (one.manifest === null) return { ...named, whole: false, why: one.why };
    const verdict = verifyListFile(one.path, one.manifest);
    return verdict.whole
      ? { ...named, ...verdict, root: one.manifest.root }
      : { ...named, ...verdict };
  });
}

/** What a command says, and whether every file that it looked at was in order. */
export interface ListReport {
  readonly text: string;
  readonly isWell: boolean;
}

/** `json`: for programs. */
export function statusReport(state: string, json = false): ListReport {
  const found = listStatus(state);
  const text = json ? JSON.stringify(found) : statusLines(found);
  return { text, isWell: found.every((one) => one.state !== 'damaged') };
}

/** As `statusReport`; takes ten seconds for a million rows. */
export function verifyReport(state: string, list?: string, json = false): ListReport {
  const found = verifyLists(state, list ?? null);
  const text = json ? JSON.stringify(found) : verdictLines(found);
  return { text, isWell: found.every(({ whole }) => whole) };
}

/** For people, a line each. */
function statusLines(lists: readonly ListStatus[]): string {
  if (lists.length === 0) return NONE;
  return lists.map(statusLine).join('\n');
}

function verdictLines(lists: readonly VerifiedList[]): string {
  if (lists.length === 0) return NONE;
  return lists.map(verdictLine).join('\n');
}

const NONE = 'no entry list is here';

function statusLine(one: ListStatus): string {
  const name = `${one.list}, version ${one.version}`;
  const size = `${Math.ceil(one.bytes / 1_024)} KiB`;
  if (one.state === 'damaged') return `${name}: damaged: ${one.why}; ${size}`;
  const { state, rows, root, age, confirmedAt, validFrom, validTo } = one;
  const about = `${state}, ${age}, confirmed ${confirmedAt}, valid ${validFrom} to ${validTo}`;
  return `${name}: ${about}; ${rows} rows, root ${root.slice(0, 12)}, ${size}`;
}

function verdictLine(one: VerifiedList): string {
  const name = `${one.list}, version ${one.version}`;
  if (!one.whole) return `${name}: damaged: ${one.why}`;
  return `${name}: whole: ${one.rows} rows in ${one.chunks} chunks, root ${one.root}`;
}

function keptIn(state: string): KeptList[] {
  try {
    return keptLists(join(state, 'lists'));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const ask = 'is it the state folder of a terminal?';
      throw new ListCommandError(`${state}: no lists here; ${ask}`);
    }
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new ListCommandError(`${state}: not for this user to see: ${code}`);
  }
}

/** As a terminal that starts now would have it: never before what its ledger has seen. Without a ledger, this machine's. */
function timeIn(state: string): number {
  const clock = new Clock({ mark: { load: () => seenIn(state), save: () => {} } });
  try {
    return clock.now();
  } finally {
    clock.close();
  }
}

function seenIn(state: string): number | null {
  let ledger: LedgerInspection | null = null;
  try {
    ledger = LedgerInspection.open(state);
    return ledger === null ? null : keptTime(ledger);
  } catch (error) {
    // A ledger that can't be read is the doctor's matter; the lists are whole without it.
    if (error instanceof LedgerError || codeOf(error).startsWith('SQLITE_')) return null;
    throw error;
  } finally {
    ledger?.close();
  }
}
