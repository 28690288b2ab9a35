/** held.db: which version of which list each terminal decides by, as it last told. */

import { ageOfList, type ListAge } from '../src/domain/entry-list.ts';
import type { Holdings } from '../src/link/holdings-protocol.ts';
import { openDatabase, type SqliteDatabase } from './database.ts';
import { readEntryListManifest } from './entry-lists.ts';
import type { Registry } from './registry.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS held (
  terminal TEXT NOT NULL, list TEXT NOT NULL,
  version INTEGER NOT NULL, confirmed INTEGER NOT NULL, said INTEGER NOT NULL,
  PRIMARY KEY (terminal, list)
) STRICT, WITHOUT ROWID;
`;

interface Row {
  readonly list: string;
  readonly version: number;
  readonly confirmed: number;
  readonly said: number;
}

/** Times: ISO 8601. `newest`: the version that is published; `age`: by its policy, whether or not the terminal is there. */
export interface HeldList {
  readonly list: string;
  readonly version: number;
  readonly newest: number | null;
  readonly age: ListAge | null;
  readonly confirmedAt: string;
  readonly saidAt: string;
}

export class HeldLists {
  readonly #db: SqliteDatabase;

  constructor(directory: string) {
    this.#db = openDatabase(directory, 'held.db', SCHEMA, 1);
    // A power cut may take the last of it: it is told again.
    this.#db.pragma('synchronous = NORMAL');
  }

  /** All that `terminal` holds; what it does not name, it holds no more. `now`: ms since the epoch. */
  take(terminal: string, { lists }: Holdings, now: number): void {
    this.#db
      .transaction(() => {
        this.#db.prepare('DELETE FROM held WHERE terminal = ?').run(terminal);
        const insert = this.#db.prepare('INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?)');
        for (const { list, version, confirmedAt } of lists) {
          // Nobody heard of it after now.
          insert.run(terminal, list, version, Math.min(now, Date.parse(confirmedAt)), now);
        }
      })
      .immediate();
  }

  /** By name of the list. */
  of(terminal: string, registry: Registry, now: number): HeldList[] {
    const rows = this.#db
      .prepare('SELECT list, version, confirmed, said FROM held WHERE terminal = ? ORDER BY list')
      .all(terminal) as Row[];
    return rows.map(({ list, version, confirmed, said }) => {
      const publication = registry.publication(list);
      const newest = publication?.kind === 'entry-list' ? publication : null;
      const policy = newest && readEntryListManifest(list, newest).staleness;
      return {
        ...{ list, version, newest: newest?.version ?? null },
        age: policy && ageOfList(policy, confirmed, now),
        confirmedAt: new Date(confirmed).toISOString(),
        saidAt: new Date(said).toISOString(),
      };
    });
  }

  close(): void {
    this.#db.close();
  }
}
