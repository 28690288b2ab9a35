/**
 * What lies on a stick that went round the shelters, taken in: each parcel wholly or not at all, each once, in any order. A
 * parcel whose predecessors are on another stick is kept here and taken in when these have come.
 */

import { createHash, type KeyObject, randomUUID, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportDecision } from '../fact-import.ts';
import type { FactLines } from '../fact-lines.ts';
import { type FactStore, PLATFORM_TERMINAL } from '../facts.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';
import type { TerminalRegistry } from '../terminal-registry.ts';
import { openParcel, PARCEL_BYTES_MAX, type ParcelKeys } from './parcel.ts';

/** More than a year of a busy shelter; a stick with more has lost its way. */
const PARCELS_MAX = 20_000;
const NAME = /^[a-z0-9][a-z0-9._-]{0,120}\.p7m$/u;
const TERMINAL = /^[a-z0-9][a-z0-9._-]{0,63}$/u;

export interface CarriedStores {
  readonly facts: FactStore;
  readonly terminals: TerminalRegistry;
}

export interface Carried {
  readonly terminal: string;
  readonly stored: number;
  readonly repeated: number;
  readonly quarantined: number;
}

export interface StickReport {
  readonly carried: readonly Carried[];
  /** Parcels that wait for others before them. */
  readonly waiting: number;
  /** What was not taken in, and why. */
  readonly refused: readonly string[];
}

/** One parcel on its way into the log. */
interface Parcel {
  readonly sha256: string;
  readonly bytes: Buffer;
  readonly lines: FactLines;
}

/**
 * `directory`: the stick. `kept`: where parcels wait. Throws InputError when it is no prepared stick, or the disk of the
 * platform is full; whatever was taken in until then stays, and the rest comes the next time.
 */
export function importStick(
  { facts, terminals }: CarriedStores,
  directory: string,
  {
    recipient,
    kept,
    decision,
    now,
  }: {
    readonly recipient: KeyObject;
    readonly kept: string;
    readonly decision: ImportDecision;
    readonly now: number;
  },
): StickReport {
  const keys: ParcelKeys = { recipient, certificate: (sha256) => terminals.certificate(sha256) };
  const refused: string[] = [];
  const parcels = new Map<string, Parcel>();
  for (const file of [...filesOn(directory), ...filesIn(kept)]) {
    try {
      const parcel = read(file, keys, terminals);
      parcels.set(parcel.sha256, parcel);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused.push(error.message);
    }
  }
  const carried = new Map<string, Carried>();
  const waiting = takeIn([...parcels.values()], (parcel) => {
    const outcome = store(facts, terminals, parcel, decision, now);
    if (outcome === null) return false;
    add(carried, outcome);
    rmSync(join(kept, fileName(parcel.sha256)), { force: true });
    return true;
  });
  for (const parcel of waiting) keep(kept, parcel);
  return { carried: [...carried.values()], waiting: waiting.length, refused };
}

/** Whatever can be taken in, until nothing more can: one may make way for another. Returns those that can't be. */
function takeIn(parcels: readonly Parcel[], take: (parcel: Parcel) => boolean): readonly Parcel[] {
  let waiting = parcels.toSorted((a, b) => firstOf(a) - firstOf(b));
  for (;;) {
    const left = waiting.filter((parcel) => !take(parcel));
    if (left.length === waiting.length) return left;
    waiting = left;
  }
}

/** One transaction. Null: facts before it are missing. */
function store(
  facts: FactStore,
  terminals: TerminalRegistry,
  { lines, sha256 }: Parcel,
  decision: ImportDecision,
  now: number,
): Carried | null {
  const [run] = lines.runs;
  if (run === undefined)
    return { terminal: lines.terminal, stored: 0, repeated: 0, quarantined: 0 };
  const outcome = facts.store(run, run.from, run.items, now);
  if (outcome.kind === 'gap') return null;
  const { terminal } = lines;
  const { stored, repeated, quarantined } = outcome;
  if (quarantined > 0) terminals.quarantine(terminal, 'fork', now);
  const body = { terminal, stored, repeated, quarantined, ...decision };
  facts.appendOwn(`parcel/${sha256}`, 'facts.carried', terminal, body, now);
  return { terminal, stored, repeated, quarantined };
}

function read(file: string, keys: ParcelKeys, terminals: TerminalRegistry): Parcel {
  const bytes = readInputFile(file, PARCEL_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${file}: ${bytes}`);
  const lines = openParcel(file, bytes, keys);
  if (lines.terminal === PLATFORM_TERMINAL || terminals.standing(lines.terminal) === 'revoked') {
    throw new InputError(`${file}: ${lines.terminal} is revoked; look at it with "facts import"`);
  }
  // A parcel is of one epoch without a gap: that is what makes it one transaction.
  if (lines.runs.length > 1)
    throw new InputError(`${file}: facts of more than one ledger, or a gap`);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes, lines };
}

function filesOn(directory: string): string[] {
  const up = join(directory, 'kazasu', 'up');
  if (!existsSync(join(directory, 'kazasu', 'stick.json'))) {
    throw new InputError(`${directory}: no prepared stick; "stick prepare" makes one`);
  }
  const folders = existsSync(up) ? readdirSync(up).filter((name) => TERMINAL.test(name)) : [];
  const files = folders.toSorted().flatMap((folder) => filesIn(join(up, folder)));
  if (files.length > PARCELS_MAX) throw new InputError(`${directory}: ${files.length} parcels`);
  return files;
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => NAME.test(name));
  return names.toSorted().map((name) => join(folder, name));
}

function keep(folder: string, { sha256, bytes }: Parcel): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, fileName(sha256));
  writeFileSync(`${path}.part`, bytes, { mode: 0o600, flush: true });
  renameSync(`${path}.part`, path);
}

function fileName(sha256: string): string {
  return `${sha256}.p7m`;
}

function firstOf({ lines }: Parcel): number {
  return lines.runs[0]?.from ?? 0;
}

function add(
  all: Map<string, Carried>,
  { terminal, stored, repeated, quarantined }: Carried,
): void {
  const before = all.get(terminal) ?? { stored: 0, repeated: 0, quarantined: 0 };
  all.set(terminal, {
    terminal,
    stored: before.stored + stored,
    repeated: before.repeated + repeated,
    quarantined: before.quarantined + quarantined,
  });
}

/** Makes a stick one that terminals write to. `certificate`: of whoever opens the parcels, PEM. */
export function prepareStick(directory: string, certificate: string): { readonly stick: string } {
  const folder = join(directory, 'kazasu');
  const stick = randomUUID();
  const recipient = new X509Certificate(certificate).fingerprint256
    .replaceAll(':', '')
    .toLowerCase();
  mkdirSync(join(folder, 'up'), { recursive: true });
  const said = { kazasu: 'stick-1', stick, recipient };
  writeFileSync(join(folder, 'stick.json'), `${JSON.stringify(said)}\n`, { flush: true });
  return { stick };
}

/** Puts the order of one terminal on a prepared stick, in the place of an earlier one. `signed`: CMS SignedData. */
export function putOrder(directory: string, terminal: string, signed: Uint8Array): void {
  const folder = join(directory, 'kazasu', 'down', terminal);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'order.p7m');
  writeFileSync(`${file}.part`, signed, { flush: true });
  renameSync(`${file}.part`, file);
}
