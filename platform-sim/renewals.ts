/**
 * Renewed cards. A certificate says nothing of the one before it, so a new card is unknown everywhere until the CA's
 * service that links old and new serial numbers (新旧シリアル番号の紐付け) has been asked; what is recorded here is its answer.
 * Of a certificate nothing but its SHA-256 is kept.
 */

import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { draftChanges } from './entry-draft.ts';
import { readEntryListManifest } from './entry-lists.ts';
import { type EntryRow, EntryRows } from './entry-rows.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import { publishNext } from './publish.ts';
import type { Publication, Registry } from './registry.ts';
import type { PlatformKeys } from './signing.ts';
import { Successors } from './successors.ts';

const CERTIFICATE_BYTES_MAX = 65_536;

/** SHA-256 of the DER of two certificates, hex. */
export interface Renewal {
  readonly old: string;
  readonly new: string;
}

/** Throws InputError that names the option whose file is no certificate. */
export function readRenewal(files: { readonly old: string; readonly new: string }): Renewal {
  const renewal = {
    old: readFingerprint('--old', files.old),
    new: readFingerprint('--new', files.new),
  };
  if (renewal.old !== renewal.new) return renewal;
  throw new InputError(`--old ${files.old} and --new ${files.new} are the same certificate`);
}

/**
 * Records that a card was renewed, and gives the row of the old card on each list to the new one: same ticket, same
 * reference, so whoever has entered has entered. Answers the versions that say so. Throws InputError, with nothing
 * changed, for a renewal that contradicts an earlier one or a list that has both cards.
 */
export async function renewCard(
  registry: Registry,
  keys: PlatformKeys,
  renewal: Renewal,
  now: number,
): Promise<Publication[]> {
  const lists = registry.db.transaction(() => record(registry, renewal, now)).immediate();
  const published: Publication[] = [];
  for (const list of lists) published.push(await rekey(registry, keys, list, renewal, now));
  return published;
}

/** Answers the lists that have the old card. Before they are changed, for a later import says the old card still. */
function record(registry: Registry, renewal: Renewal, now: number): string[] {
  const successors = new Successors(registry);
  successors.mustFit(renewal);
  const lists = registry.publications().flatMap(({ kind, list }) => {
    return kind === 'entry-list' && rowToRenew(registry, list, renewal) !== null ? [list] : [];
  });
  successors.record(renewal, now);
  return lists;
}

function rekey(
  registry: Registry,
  keys: PlatformKeys,
  list: string,
  renewal: Renewal,
  now: number,
): Promise<Publication> {
  return publishNext(registry, keys, list, 'entry-list', (version, previous) => {
    const said = readEntryListManifest(list, previous);
    const before = rowToRenew(registry, list, renewal);
    // An import was faster, and has asked for the successor itself.
    const changes = before === null ? [] : [{ before, after: withNewest(registry, before) }];
    return draftChanges(registry, { ...said, version }, changes, previous, now, () => {
      for (const { after } of changes) {
        new EntryRows(registry, list).setCertificate(after.ticket, after.fingerprint);
        const { ticket, ref } = after;
        const body = JSON.stringify({ ticket, list, version, ref });
        const subject = `${list}/${ref}`;
        registry.announce({ id: randomUUID(), event: 'ticket.renewed', subject, body, at: now });
      }
    });
  });
}

function withNewest(registry: Registry, row: EntryRow): EntryRow {
  return { ...row, fingerprint: new Successors(registry).newestOf(row.fingerprint) };
}

/** The row of the old card on this list; null when there is none. Throws InputError when the new card has one, too. */
function rowToRenew(registry: Registry, list: string, renewal: Renewal): EntryRow | null {
  const table = new EntryRows(registry, list);
  const old = table.findByCertificate(renewal.old);
  if (old === undefined) return null;
  const other = table.findByCertificate(new Successors(registry).newestOf(renewal.new));
  if (other === undefined) return old;
  throw new InputError(
    `list ${list} has both cards: the old one with ticket ${old.ticket}, the new one with ${other.ticket}; import it with one ticket for this person first`,
  );
}

function readFingerprint(option: string, path: string): string {
  const bytes = readInputFile(path, CERTIFICATE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${option} ${path} ${bytes}`);
  try {
    return createHash('sha256').update(new X509Certificate(bytes).raw).digest('hex');
  } catch {
    throw new InputError(`${option} ${path} is not a certificate; give one in PEM or DER`);
  }
}
