/** Who arrivals without a row were, as a clerk decided. */

import type { SqliteDatabase } from '../database.ts';
import { raiseRevision } from '../evacuation/database.ts';

/** Refs by the key of the arrival (`Unlisted`). */
export function reconciledRefs(db: SqliteDatabase): ReadonlyMap<string, string> {
  const rows = db.prepare('SELECT key, ref FROM reconciled').all() as {
    key: string;
    ref: string;
  }[];
  return new Map(rows.map(({ key, ref }) => [key, ref]));
}

/** From now on the facts of `key` are about this person. */
export function reconcile(
  db: SqliteDatabase,
  key: string,
  ref: string,
  decided: { readonly by: string; readonly at: number },
): void {
  db.transaction(() => {
    const put = 'INSERT OR REPLACE INTO reconciled (key, ref, by, at) VALUES (?, ?, ?, ?)';
    db.prepare(put).run(key, ref, decided.by, decided.at);
    raiseRevision(db);
  }).immediate();
}
