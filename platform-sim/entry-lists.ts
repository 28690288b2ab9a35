/** Entry lists: imported, changed on the day, published as a manifest and chunks of sealed rows. */

import { randomBytes, randomUUID } from 'node:crypto';
import type { EntryListManifest, StalenessPolicy } from '../src/domain/entry-list.ts';
import { ENTRY_LIST_MANIFEST, NAME } from '../src/link/protocol.ts';
import { groupByPart, partOf, prefixBits, resealRow, sealChunk } from './entry-chunks.ts';
import type { CsvRow } from './entry-csv.ts';
import { type EntryRow, EntryRows, type ListedRow } from './entry-rows.ts';
import { InputError } from './input-error.ts';
import { INSTITUTION_LIST } from './institutions.ts';
import { type Draft, publishNext, rootOf } from './publish.ts';
import type { Part, Publication, Registry } from './registry.ts';
import { deriveRowKeys } from './row-seal.ts';
import type { PlatformKeys } from './signing.ts';
import { TRUST_LIST } from './trust.ts';

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
  if (!NAME.safeParse(list).success || [TRUST_LIST, INSTITUTION_LIST].includes(list)) {
    throw new InputError(
      `--list ${JSON.stringify(list)} is no list name; lower-case letters, digits, dot, dash, underscore; 64 at most; not "${TRUST_LIST}"`,
    );
  }
  return publishNext(registry, keys, list, 'entry-list', (version, previous) => {
    const said = applySettings(list, settings, previous, now);
    return draftImport(registry, list, rows, { ...said, version }, now);
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
    const table = new EntryRows(registry, list);
    const row = table.findListed(ticket);
    if (!row) {
      throw new InputError(
        `list ${list} has no ticket ${JSON.stringify(ticket)}; "kazasu-platform list show ${list}" shows all`,
      );
    }
    if (cancelled && row.cancelledAt) {
      throw new InputError(`ticket ${ticket} is cancelled already, since ${row.cancelledAt}`);
    }
    if (!cancelled && !row.cancelledAt) throw new InputError(`ticket ${ticket} is not cancelled`);
    const cancelledAt = cancelled ? new Date(now).toISOString() : null;
    const parts = replaceRow(registry, list, before.version, { ...row, cancelledAt });
    return draftOf({ ...before, version }, parts, now, () => {
      table.setCancelled(ticket, cancelledAt);
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
  return new EntryRows(registry, list).listed();
}

function readManifest(list: string, publication: Publication | undefined): EntryListManifest {
  if (publication?.kind !== 'entry-list') {
    throw new InputError(
      `there is no entry list ${JSON.stringify(list)}; "kazasu-platform list list" shows all`,
    );
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

/** One chunk after another is sealed and set aside, so that never more than one is in memory. */
function draftImport(
  registry: Registry,
  list: string,
  rows: readonly CsvRow[],
  said: ManifestSettings & { readonly version: number },
  now: number,
): Draft {
  const table = new EntryRows(registry, list);
  const held = table.key();
  const bits = prefixBits(rows.length);
  const key = held?.key ?? randomBytes(32);
  const rowKeys = deriveRowKeys(key, list);
  // Where other bits choose the chunk of a row, every chunk changes anyway.
  const published = held?.bits === bits ? registry.parts(list, said.version - 1) : [];
  const hashes = new Map(published.map(({ part, sha256 }) => [part, sha256]));
  const merged = rows.map((row) => mergeRow(held && table.find(row.ticket), row));
  const parts = groupByPart(rowKeys, merged, bits).map(([part, group]) => {
    const hash = hashes.get(part);
    // Gone when others published many versions meanwhile; then this one is drafted again anyway.
    const before = (hash !== undefined && registry.object(hash)) || null;
    const chunk = sealChunk(rowKeys, part, group, ({ isUnchanged }) => isUnchanged, before);
    return registry.setAside(chunk);
  });
  return draftOf({ ...said, rows: rows.length }, parts, now, () =>
    table.replace({ key, bits }, merged),
  );
}

/** `held`: what is known of the ticket, of this version or an earlier one. */
function mergeRow(held: EntryRow | undefined, row: CsvRow): EntryRow & { isUnchanged: boolean } {
  const fields = ['fingerprint', 'seat', 'holder', 'party'] as const;
  return {
    ...row,
    ref: held?.ref ?? randomBytes(16).toString('hex'),
    cancelledAt: held?.cancelledAt ?? null,
    isUnchanged: held !== undefined && fields.every((field) => held[field] === row[field]),
  };
}

function chunkBytes(registry: Registry, hash: string): Buffer {
  const bytes = registry.object(hash);
  if (!bytes) throw new Error(`object ${hash} of a published version is gone`);
  return bytes;
}

function replaceRow(registry: Registry, list: string, version: number, row: EntryRow): Part[] {
  const held = new EntryRows(registry, list).key();
  if (!held) throw new Error(`published list ${list} has no key`);
  const keys = deriveRowKeys(held.key, list);
  const changed = partOf(keys, row, held.bits);
  return registry.parts(list, version).map((part) => {
    if (part.part !== changed) return part;
    return resealRow(keys, changed, row, chunkBytes(registry, part.sha256));
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
