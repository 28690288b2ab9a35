/** Entry lists: imported, changed on the day, published as a manifest and chunks of sealed rows. */

import { randomUUID } from 'node:crypto';
import type { EntryListManifest, StalenessPolicy } from '../src/domain/entry-list.ts';
import { ENTRY_LIST_MANIFEST, NAME } from '../src/link/protocol.ts';
import type { CsvRow } from './entry-csv.ts';
import { type Drafted, draftChanges, draftImport } from './entry-draft.ts';
import { EntryRows, type ListedRow } from './entry-rows.ts';
import { InputError } from './input-error.ts';
import { INSTITUTION_LIST } from './institutions.ts';
import { publishNext } from './publish.ts';
import type { Publication, Registry } from './registry.ts';
import type { PlatformKeys } from './signing.ts';
import { Successors } from './successors.ts';
import { TRUST_LIST } from './trust.ts';

const DAY_MS = 86_400_000;
const VALID_DAYS = 30;
const DEFAULT_STALENESS: StalenessPolicy = {
  oldAfterHours: 24,
  tooOldAfterHours: 72,
  whenTooOld: 'admit',
};

/** Whether a ticket is good for one entry, or who went out by an exit gate may come in again. */
export const REENTRY_RULES = ['once', 'after-exit'] as const;

/** What an import may say of the list; what it leaves out stays as it was. */
export interface ListSettings
  extends Partial<
    Pick<
      EntryListManifest,
      'title' | 'assurance' | 'place' | 'startsAt' | 'validFrom' | 'validTo' | 'audience'
    >
  > {
  readonly staleness?: Partial<StalenessPolicy>;
  readonly reentry?: (typeof REENTRY_RULES)[number];
  /** Seal every row under a new list key. */
  readonly newKey?: boolean;
}

/**
 * Publishes `rows` as the next version of `list`, creating it when it is new. A ticket that was there before keeps
 * its reference, and its cancellation; a card that was renewed since the table was made stands for the new one. Throws
 * InputError when the settings contradict each other, or the table has a card and the one that took its place.
 */
export async function importEntryList(
  registry: Registry,
  keys: PlatformKeys,
  list: string,
  rows: readonly CsvRow[],
  { newKey = false, ...settings }: ListSettings,
  now: number,
): Promise<Publication> {
  if (!NAME.safeParse(list).success || [TRUST_LIST, INSTITUTION_LIST].includes(list)) {
    throw new InputError(
      `--list ${JSON.stringify(list)} is no list name; lower-case letters, digits, dot, dash, underscore; 64 at most; not "${TRUST_LIST}"`,
    );
  }
  return publishNext(registry, keys, list, 'entry-list', (version, previous) => {
    const said = applySettings(list, settings, previous, now);
    const renewed = withRenewals(registry, rows);
    return draftImport(registry, renewed, { ...said, version }, { previous, newKey }, now);
  });
}

function withRenewals(registry: Registry, rows: readonly CsvRow[]): CsvRow[] {
  const successors = new Successors(registry);
  const tickets = new Map<string, string>();
  return rows.map((row) => {
    const fingerprint = successors.newestOf(row.fingerprint);
    const other = tickets.get(fingerprint);
    if (other !== undefined) {
      throw new InputError(
        `tickets ${other} and ${row.ticket} are of one person: the card of one took the place of the other's; leave one out`,
      );
    }
    tickets.set(fingerprint, row.ticket);
    return { ...row, fingerprint };
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
    const before = readEntryListManifest(list, previous);
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
    const changes = [{ before: row, after: { ...row, cancelledAt } }];
    return draftChanges(registry, { ...before, version }, changes, previous, now, () => {
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
  return readEntryListManifest(list, registry.publication(list));
}

/** The rows of the newest version, by ticket; without what only the person's own certificate opens. */
export function listedRows(registry: Registry, list: string): ListedRow[] {
  return new EntryRows(registry, list).listed();
}

/** The manifest of a publication. Throws InputError when it is of no entry list, or missing. */
export function readEntryListManifest(
  list: string,
  publication: Publication | undefined,
): EntryListManifest {
  if (publication?.kind !== 'entry-list') {
    throw new InputError(
      `there is no entry list ${JSON.stringify(list)}; "kazasu-platform list list" shows all`,
    );
  }
  return ENTRY_LIST_MANIFEST.parse(JSON.parse(publication.manifest));
}

type ManifestSettings = Omit<Drafted, 'version' | 'rows'>;

function applySettings(
  list: string,
  { staleness, reentry, ...given }: Omit<ListSettings, 'newKey'>,
  previous: Publication | undefined,
  now: number,
): ManifestSettings {
  const before: Partial<EntryListManifest> = previous ? readEntryListManifest(list, previous) : {};
  const { reentry: heldRule, ...held } = before;
  const rule = reentry ?? heldRule;
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
    staleness: { ...DEFAULT_STALENESS, ...held.staleness, ...staleness },
    ...(rule === 'after-exit' ? { reentry: rule } : {}),
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
