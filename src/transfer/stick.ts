/**
 * A stick in the terminal: what the platform has not acknowledged is written to it as parcels, each whole and durable before
 * the next one is begun. A stick that is pulled, full or somebody else's costs nothing: the facts stay in the ledger.
 */

import { hash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KeyStoreError } from '../keys/key-store.ts';
import { type Enrolled, IdentityError } from '../link/identity.ts';
import type { Signer } from '../pki/issuing.ts';
import type { MunicipalitySeal } from '../pki/seal-to-municipality.ts';
import { codeOf } from '../store/disk.ts';
import type { FactStream } from '../store/ledger-epochs.ts';
import { makeParcel } from './parcel.ts';

/** Parcels end at multiples of this, so that one that is full is the same whenever it is written. */
const FACTS_PER_PARCEL = 500;
const PARCEL_FACT_BYTES = FACTS_PER_PARCEL * 16_384;
const STICK_BYTES_MAX = 4_096;
/** Of what FAT, the usual one, may not have in a name nothing is in these. */
const NUMBER_DIGITS = 10;

const STICK = z.object({
  kazasu: z.literal('stick-1'),
  stick: z.uuid(),
  /** SHA-256 of the certificate of whoever opens what is on it, hex. */
  recipient: z.string().regex(/^[0-9a-f]{64}$/u),
});

/** What says of a stick that it is one of ours. */
export function stickFile(mount: string): string {
  return join(mount, 'kazasu', 'stick.json');
}

/** What came of it. */
export type StickOutcome =
  | {
      readonly outcome: 'written' | 'full';
      readonly stick: string;
      readonly facts: number;
      readonly parcels: number;
      readonly left: number;
    }
  | { readonly outcome: 'gone' | 'foreign' | 'not-signed'; readonly reason: string };

export interface StickParts {
  readonly terminal: string;
  /** The epochs of which the platform may lack facts. */
  readonly streams: () => readonly FactStream[];
  readonly signing: () => Promise<{ readonly enrolled: Enrolled; readonly key: Signer }>;
  readonly recipient: MunicipalitySeal;
  readonly now: () => number;
}

/** What is on its way to the stick. */
interface Load {
  readonly epoch: string;
  readonly from: number;
  readonly upto: number;
  readonly texts: readonly string[];
}

/** `mount`: the folder of the stick. Rejects with what is no fault of stick or keys. */
export async function writeStick(mount: string, parts: StickParts): Promise<StickOutcome> {
  const folder = join(mount, 'kazasu');
  try {
    const found = await readStick(stickFile(mount), parts.recipient);
    if (typeof found === 'string') return { outcome: 'foreign', reason: found };
    const own = join(folder, 'up', parts.terminal);
    await makeFolders(folder, ['up', parts.terminal]);
    await removeUnfinished(own);
    const outcome = { ...(await writeParcels(own, parts)), stick: found.stick };
    await tell(folder, parts, outcome);
    return outcome;
  } catch (error) {
    if (error instanceof IdentityError || error instanceof KeyStoreError) {
      return { outcome: 'not-signed', reason: error.message };
    }
    if (!isOfMedium(error)) throw error;
    return { outcome: 'gone', reason: codeOf(error) };
  }
}

/** In words, what is wrong with it. */
async function readStick(
  file: string,
  recipient: MunicipalitySeal,
): Promise<z.infer<typeof STICK> | string> {
  if ((await sizeOf(file)) > STICK_BYTES_MAX) return 'no stick of ours';
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const read = STICK.safeParse(jsonOf(text));
  if (!read.success) return 'no stick of ours';
  return read.data.recipient === recipient.id ? read.data : 'prepared for another municipality';
}

async function writeParcels(
  own: string,
  parts: StickParts,
): Promise<Omit<Extract<StickOutcome, { stick: string }>, 'stick'>> {
  let [facts, parcels, left] = [0, 0, 0];
  let isFull = false;
  for (const load of loadsOf(parts.streams())) {
    if (isFull) left += load.texts.length;
    else if ((await writeParcel(own, load, parts)) === 'full') {
      isFull = true;
      left += load.texts.length;
    } else {
      facts += load.texts.length;
      parcels += 1;
    }
  }
  return { outcome: isFull ? 'full' : 'written', facts, parcels, left };
}

/** The facts that the platform may lack, a parcel's worth at a time. */
function* loadsOf(streams: readonly FactStream[]): Generator<Load> {
  for (const stream of streams) {
    const { seq: newest } = stream.last();
    for (let after = Math.max(stream.acknowledged, stream.gone); after < newest; ) {
      const end = Math.min(newest, after - (after % FACTS_PER_PARCEL) + FACTS_PER_PARCEL);
      const limit = { items: end - after, bytes: PARCEL_FACT_BYTES };
      const texts = stream.unsent(after, limit).map(({ text }) => text);
      if (texts.length === 0) break;
      yield { epoch: stream.epoch, from: after + 1, upto: after + texts.length, texts };
      after += texts.length;
    }
  }
}

async function writeParcel(
  own: string,
  { epoch, from, upto, texts }: Load,
  { terminal, recipient, signing, now }: StickParts,
): Promise<'written' | 'full'> {
  const stem = `${epoch.slice(0, 8)}-${digits(from)}-`;
  const name = `${stem}${digits(upto)}-${hash('sha256', texts.at(-1) ?? '').slice(0, 8)}.p7m`;
  if ((await sizeOf(join(own, name))) > 0) return 'written';
  const at = new Date(now());
  const parcel = await makeParcel({ terminal, texts, recipient, signing: await signing(), at });
  if ((await place(own, name, parcel)) === 'full') return 'full';
  // What it begins with was on an earlier visit's, which had less.
  for (const other of await readdir(own)) {
    if (other.startsWith(stem) && other !== name) await rm(join(own, other), { force: true });
  }
  return 'written';
}

/** Wholly there under its name, or not at all. */
async function place(folder: string, name: string, bytes: Uint8Array): Promise<'written' | 'full'> {
  const part = join(folder, `${name}.part`);
  try {
    const file = await open(part, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(folder, name));
    await syncFolder(folder);
    return 'written';
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes(codeOf(error))) throw error;
    await rm(part, { force: true });
    return 'full';
  }
}

/** One below the other; what is synced in a folder is lost with one whose own name was not. */
async function makeFolders(above: string, names: readonly string[]): Promise<void> {
  const [name, ...below] = names;
  if (name === undefined) return;
  const folder = join(above, name);
  await mkdir(folder, { recursive: true });
  await syncFolder(above);
  await makeFolders(folder, below);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // A file system that knows no such thing keeps its names otherwise.
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    await folder.close();
  }
}

async function removeUnfinished(own: string): Promise<void> {
  for (const name of await readdir(own)) {
    if (name.endsWith('.part')) await rm(join(own, name), { force: true });
  }
}

/** For whoever opens the stick elsewhere: how it went, in words. */
async function tell(
  folder: string,
  { terminal, now }: StickParts,
  { outcome, facts, left }: Extract<StickOutcome, { stick: string }>,
): Promise<void> {
  const at = new Date(now()).toLocaleString('ja-JP', { timeZone: 'Asia/Tokyo' });
  const lines =
    outcome === 'full'
      ? [
          `${at} ${terminal}: ${facts}件を書き出しました。空きがなく、${left}件はまだ端末にあります。`,
          `${facts} records were written; the stick is full, and ${left} are still in the terminal.`,
        ]
      : [
          `${at} ${terminal}: ${facts}件を書き出しました。抜いてかまいません。`,
          `${facts} records were written; the stick may be pulled.`,
        ];
  await place(folder, `${terminal}.txt`, Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8'));
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw error;
  });
  return found?.size ?? 0;
}

/** It was pulled, or it is broken. */
function isOfMedium(error: unknown): boolean {
  const ofMedium = [
    'ENOENT',
    'ENOTDIR',
    'EIO',
    'ENODEV',
    'ENXIO',
    'EROFS',
    'EACCES',
    'EPERM',
    'ESTALE',
    'EUCLEAN',
  ];
  return ofMedium.includes(codeOf(error));
}

function digits(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, '0');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
