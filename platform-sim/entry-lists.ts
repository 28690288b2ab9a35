/**
 * Entry lists: imported, changed on the day, published as a manifest and chunks of sealed rows.
 *
 * Rows stand in chunks by the first bits of their key, so a change of one row changes one chunk and leaves the hash
 * of every other as it was: terminals fetch that one only.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import type { EntryListManifest, StalenessPolicy } from '../src/domain/entry-list.ts';
import {
  decodeChunk,
  ENTRY_LIST_MANIFEST,
  encodeChunk,
  NAME,
  type SealedRow,
} from '../src/link/protocol.ts';
import type { CsvRow } from './entry-csv.ts';
import { InputError } from './input-error.ts';
import { type Draft, publishNext, rootOf, sha256 } from './publish.ts';
import type { Part, Publication, Registry } from './registry.ts';
import { deriveRowKeys, sealRow } from './row-seal.ts';
import type { PlatformKeys } from './signing.ts';
import { TRUST_LIST } from './trust.ts';

const CHUNK_ROWS = 1000;
const DAY_MS = 86_400_000;
const VALID_DAYS = 30;
const DEFAULT_STALENESS: StalenessPolicy = {
  oldAfterHours: 24,
  tooOldAfterHours: 72,
  whenTooOld: 'admit',
};

/** What an import may say of the list; what it leaves out stays as it was. */
export interface ListSettings
  extends Partial<
    Pick<
      EntryListManifest,
      'title' | 'assurance' | 'place' | 'startsAt' | 'validFrom' | 'validTo' | 'audience'
    >
  > {
  readonly staleness?: Partial<StalenessPolicy>;
}

/** A row as the platform keeps it. `ref` is hex; `listed` is 0 once a later import left the ticket out. */
interface StoredRow {
  readonly ticket: string;
  readonly ref: string;
  readonly certificate: string;
  readonly seat: string;
  readonly holder: string;
  readonly party: string;
  readonly cancelled_at: string | null;
  readonly listed: 0 | 1;
}

export interface ListedRow {
  readonly ticket: string;
  readonly seat: string;
  readonly party: string;
  readonly ref: string;
  readonly cancelledAt: string | null;
}

/**
 * Publishes `rows` as the next version of `list`, creating it when it is new. A ticket that was there before keeps
 * its reference, and its cancellation. Throws InputError when the settings contradict each other.
 */
export async function importEntryList(
  registry: Registry,
  keys: PlatformKeys,
  list: string,
  rows: readonly CsvRow[],
  settings: ListSettings,
  now: number,
): Promise<Publication> {
  if (!NAME.safeParse(list).success || list === TRUST_LIST) {
    throw new InputError(
      `--list ${JSON.stringify(list)} is no list name; lower-case letters, digits, dot, dash, underscore; 64 at most; not "${TRUST_LIST}"`,
    );
  }
  return publishNext(registry, keys, list, 'entry-list', (version, previous) => {
    const said = applySettings(list, settings, previous, now);
    const listKey = registry.listKey(list) ?? randomBytes(32);
    const merged = mergeRows(registry, list, rows);
    const sealed = sealRows(registry, list, listKey, merged, rows, previous);
    const bits = Math.max(0, Math.ceil(Math.log2(sealed.length / CHUNK_ROWS)));
    return draftOf({ ...said, version, rows: sealed.length }, chunksOf(sealed, bits), now, () =>
      saveRows(registry, list, listKey, bits, merged, rows),
    );
  });
}

export interface TicketChange {
  readonly list: string;
  readonly ticket: string;
  readonly cancelled: boolean;
  readonly by: string;
  readonly why: string;
}

/** Cancels or restores a ticket: the next version of its list, and an announcement of the fact. Throws InputError. */
export async function changeTicket(
  registry: Registry,
  keys: PlatformKeys,
  change: TicketChange,
  now: number,
): Promise<Publication> {
  const { list, ticket, cancelled, by, why } = change;
  return publishNext(registry, keys, list, 'entry-list', (version, previous) => {
    const before = readManifest(list, previous);
    const row = findRow(registry, list, ticket);
    if (cancelled && row.cancelled_at) {
      throw new InputError(`ticket ${ticket} is cancelled already, since ${row.cancelled_at}`);
    }
    if (!cancelled && !row.cancelled_at) throw new InputError(`ticket ${ticket} is not cancelled`);
    const cancelledAt = cancelled ? new Date(now).toISOString() : null;
    const changed = { ...row, cancelled_at: cancelledAt };
    const parts = replaceRow(registry, list, before.version, changed);
    return draftOf({ ...before, version }, parts, now, () => {
      registry.db
        .prepare('UPDATE entry_row SET cancelled_at = ? WHERE list = ? AND ticket = ?')
        .run(cancelledAt, list, ticket);
      registry.announce({
        id: randomUUID(),
        event: cancelled ? 'ticket.cancelled' : 'ticket.restored',
        subject: `${list}/${row.ref}`,
        body: JSON.stringify({ ticket, list, version, ref: row.ref, by, why }),
        at: now,
      });
    });
  });
}

/** The newest manifest. Throws InputError when there is no such list. */
export function entryListManifest(registry: Registry, list: string): EntryListManifest {
  return readManifest(list, registry.publication(list));
}

/** The rows of the newest version, by ticket; without what only the person's own certificate opens. */
export function listedRows(registry: Registry, list: string): ListedRow[] {
  const select = registry.db.prepare(
    `SELECT ticket, seat, party, ref, cancelled_at AS cancelledAt
     FROM entry_row WHERE list = ? AND listed = 1 ORDER BY ticket`,
  );
  return select.all(list) as ListedRow[];
}

function readManifest(list: string, publication: Publication | undefined): EntryListManifest {
  if (publication?.kind !== 'entry-list') {
    throw new InputError(`there is no entry list ${JSON.stringify(list)}; see: list list`);
  }
  return ENTRY_LIST_MANIFEST.parse(JSON.parse(publication.manifest));
}

type ManifestSettings = Omit<
  EntryListManifest,
  'version' | 'rows' | 'root' | 'chunks' | 'issuedAt'
>;

function applySettings(
  list: string,
  { staleness, ...given }: ListSettings,
  previous: Publication | undefined,
  now: number,
): ManifestSettings {
  const held = previous ? readManifest(list, previous) : null;
  const said: ManifestSettings = {
    kind: 'entry-list',
    list,
    title: list,
    assurance: 'identified',
    place: '',
    startsAt: null,
    validFrom: new Date(now - DAY_MS).toISOString(),
    validTo: new Date(now + VALID_DAYS * DAY_MS).toISOString(),
    audience: [],
    ...held,
    ...given,
    staleness: { ...DEFAULT_STALENESS, ...held?.staleness, ...staleness },
  };
  if (said.validFrom >= said.validTo) {
    throw new InputError(
      `the list would be valid from ${said.validFrom} to ${said.validTo}; --valid-to must be later`,
    );
  }
  if (Date.parse(said.validTo) <= now) {
    throw new InputError(`the list's validity ended at ${said.validTo}; give a later --valid-to`);
  }
  const { oldAfterHours, tooOldAfterHours } = said.staleness;
  if (oldAfterHours > tooOldAfterHours) {
    throw new InputError(
      `a list can't be too old (${tooOldAfterHours} h) before it is old (${oldAfterHours} h)`,
    );
  }
  return said;
}

function mergeRows(registry: Registry, list: string, rows: readonly CsvRow[]): StoredRow[] {
  const held = new Map(allRows(registry, list).map((row) => [row.ticket, row]));
  return rows.map(({ ticket, seat, holder, party, fingerprint }) => {
    const before = held.get(ticket);
    return {
      ticket,
      ref: before?.ref ?? randomBytes(16).toString('hex'),
      certificate: fingerprint,
      seat,
      holder,
      party,
      cancelled_at: before?.cancelled_at ?? null,
      listed: 1,
    };
  });
}

function allRows(registry: Registry, list: string): StoredRow[] {
  return registry.db.prepare('SELECT * FROM entry_row WHERE list = ?').all(list) as StoredRow[];
}

/** In key order. A row that says what it said before keeps its bytes, so that its chunk keeps its hash. */
function sealRows(
  registry: Registry,
  list: string,
  listKey: Buffer,
  merged: readonly StoredRow[],
  rows: readonly CsvRow[],
  previous: Publication | undefined,
): SealedRow[] {
  const rowKeys = deriveRowKeys(listKey, list);
  const before = new Map(allRows(registry, list).map((row) => [row.ref, row]));
  const published = new Map<string, SealedRow>();
  for (const { sha256 } of previous ? registry.parts(list, previous.version) : []) {
    for (const row of decodeChunk(chunkBytes(registry, sha256))) {
      published.set(row.ref.toString('hex'), row);
    }
  }
  const sealed = merged.map((row, at) => {
    const old = before.get(row.ref);
    const kept = old && saysTheSame(old, row) ? published.get(row.ref) : undefined;
    const certificate = rows[at]?.certificate ?? Buffer.alloc(0);
    const ref = Buffer.from(row.ref, 'hex');
    return kept ?? { ...sealRow(rowKeys, certificate, rowData(row)), ref };
  });
  return sealed.sort((a, b) => Buffer.compare(a.key, b.key));
}

function saysTheSame(a: StoredRow, b: StoredRow): boolean {
  return (['certificate', 'seat', 'holder', 'party', 'cancelled_at', 'listed'] as const).every(
    (field) => a[field] === b[field],
  );
}

function rowData({ ticket, seat, holder, party, cancelled_at }: StoredRow) {
  const said = { ticket, seat, holder, party };
  return cancelled_at ? { ...said, cancelledAt: cancelled_at } : said;
}

function chunkBytes(registry: Registry, hash: string): Buffer {
  const bytes = registry.object(hash);
  if (!bytes) throw new Error(`object ${hash} of a published version is gone`);
  return bytes;
}

/** The part of a list that a key belongs to: its first `bits` bits, 16 at most. */
function partOf(key: Buffer, bits: number): number {
  return key.readUInt16BE(0) >>> (16 - bits);
}

function chunksOf(rows: readonly SealedRow[], bits: number): Part[] {
  const groups = Map.groupBy(rows, (row) => partOf(row.key, bits));
  return [...groups].map(([part, group]) => chunkOf(part, group));
}

function chunkOf(part: number, rows: readonly SealedRow[]): Part {
  const bytes = encodeChunk(rows);
  return { part, sha256: sha256(bytes), bytes };
}

function replaceRow(registry: Registry, list: string, version: number, row: StoredRow): Part[] {
  const { db } = registry;
  const { key: listKey, prefix_bits: bits } = db
    .prepare('SELECT key, prefix_bits FROM entry_list WHERE list = ?')
    .get(list) as { key: Buffer; prefix_bits: number };
  const selectDer = db.prepare('SELECT der FROM certificate WHERE sha256 = ?').pluck();
  const certificate = selectDer.get(row.certificate) as Buffer;
  const sealed = sealRow(deriveRowKeys(listKey, list), certificate, rowData(row));
  const changed = { ...sealed, ref: Buffer.from(row.ref, 'hex') };
  return registry.parts(list, version).map((part) => {
    if (part.part !== partOf(changed.key, bits)) return part;
    const rows = [...decodeChunk(chunkBytes(registry, part.sha256))];
    const replaced = rows.map((old) => (old.ref.equals(changed.ref) ? changed : old));
    return chunkOf(part.part, replaced);
  });
}

function draftOf(
  manifest: Omit<EntryListManifest, 'root' | 'chunks' | 'issuedAt'>,
  parts: readonly Part[],
  now: number,
  alongside: () => void,
): Draft {
  const chunks = parts.map(({ sha256 }) => sha256);
  const root = rootOf(chunks);
  const issuedAt = new Date(now).toISOString();
  const whole = ENTRY_LIST_MANIFEST.parse({ ...manifest, root, chunks, issuedAt });
  return { root, manifest: whole, parts, alongside };
}

function findRow(registry: Registry, list: string, ticket: string): StoredRow {
  const select = registry.db.prepare(
    'SELECT * FROM entry_row WHERE list = ? AND ticket = ? AND listed = 1',
  );
  const row = select.get(list, ticket) as StoredRow | undefined;
  if (!row) {
    throw new InputError(`list ${list} has no ticket ${JSON.stringify(ticket)}; see: list show`);
  }
  return row;
}

function saveRows(
  { db }: Registry,
  list: string,
  listKey: Buffer,
  bits: number,
  merged: readonly StoredRow[],
  rows: readonly CsvRow[],
): void {
  db.prepare(
    `INSERT INTO entry_list (list, key, prefix_bits) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET prefix_bits = excluded.prefix_bits`,
  ).run(list, listKey, bits);
  db.prepare('UPDATE entry_row SET listed = 0 WHERE list = ?').run(list);
  const addRow = db.prepare(
    `INSERT OR REPLACE INTO entry_row
       (list, ticket, ref, certificate, seat, holder, party, cancelled_at, listed)
     VALUES (@list, @ticket, @ref, @certificate, @seat, @holder, @party, @cancelled_at, 1)`,
  );
  for (const row of merged) addRow.run({ ...row, list });
  const addCertificate = db.prepare(
    'INSERT INTO certificate (sha256, der) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  for (const { fingerprint, certificate } of rows) addCertificate.run(fingerprint, certificate);
  db.exec(
    'DELETE FROM certificate WHERE sha256 NOT IN (SELECT certificate FROM entry_row WHERE listed = 1)',
  );
}
