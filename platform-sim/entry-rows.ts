/** The tables of one entry list: its key, and what the platform knows of each ticket that ever was on it. */

import type { EvacueeData } from '../src/domain/evacuee-data.ts';
import type { CsvRow } from './entry-csv.ts';
import type { Registry } from './registry.ts';

/** A row as the platform keeps it. */
export interface EntryRow extends CsvRow {
  /** 16 random bytes, hex: given to the ticket once, whatever certificate and seat it has later. */
  readonly ref: string;
  readonly cancelledAt: string | null;
}

export interface ListedRow {
  readonly ticket: string;
  readonly seat: string;
  readonly party: string;
  readonly ref: string;
  readonly cancelledAt: string | null;
}

/** `bits`: how many bits of its key choose the chunk of a row in the newest version. */
export interface ListKey {
  readonly key: Buffer;
  readonly bits: number;
}

export class EntryRows {
  readonly #list: string;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(registry: Registry, list: string) {
    this.#list = list;
    this.#statements = prepare(registry);
  }

  key(): ListKey | undefined {
    return this.#statements.key.get(this.#list) as ListKey | undefined;
  }

  /** A ticket of the newest version, or of an earlier one that it was left out of. */
  find(ticket: string): EntryRow | undefined {
    return entryRow(this.#statements.find.get(this.#list, ticket));
  }

  /** A ticket of the newest version. */
  findListed(ticket: string): EntryRow | undefined {
    return entryRow(this.#statements.findListed.get(this.#list, ticket));
  }

  /** A row of the newest version. */
  findByCertificate(fingerprint: string): EntryRow | undefined {
    return entryRow(this.#statements.findByCertificate.get(this.#list, fingerprint));
  }

  /** The newest version, by ticket. */
  listed(): ListedRow[] {
    return this.#statements.listed.all(this.#list) as ListedRow[];
  }

  setCertificate(ticket: string, fingerprint: string): void {
    this.#statements.setCertificate.run(fingerprint, this.#list, ticket);
  }

  setCancelled(ticket: string, at: string | null): void {
    this.#statements.setCancelled.run(at, this.#list, ticket);
  }

  /** Makes `rows` the newest version. A ticket that is known keeps its reference and its cancellation. */
  replace({ key, bits }: ListKey, rows: readonly EntryRow[]): void {
    const { setKey, unlist, put, forgetEvacuees, putEvacuee } = this.#statements;
    setKey.run(this.#list, key, bits);
    unlist.run(this.#list);
    forgetEvacuees.run(this.#list);
    for (const { ticket, ref, fingerprint, seat, holder, party, evacuee } of rows) {
      put.run(this.#list, ticket, ref, fingerprint, seat, holder, party);
      if (evacuee !== undefined) putEvacuee.run(this.#list, ticket, JSON.stringify(evacuee));
    }
  }
}

/** As the database has it: what a resident's row says besides is JSON there. */
function entryRow(found: unknown): EntryRow | undefined {
  if (found === undefined) return undefined;
  const { evacuee, ...row } = found as Omit<EntryRow, 'evacuee'> & {
    readonly evacuee: string | null;
  };
  return evacuee === null ? row : { ...row, evacuee: JSON.parse(evacuee) as EvacueeData };
}

function prepare({ db }: Registry) {
  const select = `SELECT ticket, ref, certificate AS fingerprint, seat, holder, party,
      cancelled_at AS cancelledAt,
      (SELECT said FROM entry_row_evacuee e
       WHERE e.list = entry_row.list AND e.ticket = entry_row.ticket) AS evacuee
    FROM entry_row WHERE list = ?`;
  const find = `${select} AND ticket = ?`;
  return {
    key: db.prepare('SELECT key, prefix_bits AS bits FROM entry_list WHERE list = ?'),
    find: db.prepare(find),
    findListed: db.prepare(`${find} AND listed = 1`),
    findByCertificate: db.prepare(`${select} AND certificate = ? AND listed = 1`),
    setCertificate: db.prepare(
      'UPDATE entry_row SET certificate = ? WHERE list = ? AND ticket = ?',
    ),
    listed: db.prepare(
      `SELECT ticket, seat, party, ref, cancelled_at AS cancelledAt
       FROM entry_row WHERE list = ? AND listed = 1 ORDER BY ticket`,
    ),
    setCancelled: db.prepare('UPDATE entry_row SET cancelled_at = ? WHERE list = ? AND ticket = ?'),
    setKey: db.prepare(
      `INSERT INTO entry_list (list, key, prefix_bits) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET key = excluded.key, prefix_bits = excluded.prefix_bits`,
    ),
    unlist: db.prepare('UPDATE entry_row SET listed = 0 WHERE list = ?'),
    forgetEvacuees: db.prepare('DELETE FROM entry_row_evacuee WHERE list = ?'),
    putEvacuee: db.prepare('INSERT INTO entry_row_evacuee (list, ticket, said) VALUES (?, ?, ?)'),
    put: db.prepare(
      `INSERT INTO entry_row (list, ticket, ref, certificate, seat, holder, party, listed)
       VALUES (?, ?, ?, ?, ?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET ref = excluded.ref, certificate = excluded.certificate,
         seat = excluded.seat,
         holder = excluded.holder, party = excluded.party, listed = 1`,
    ),
  };
}
