/** Since when facts count: what people answered on an earlier day on which they had to leave says nothing of today. */

import type { SqliteDatabase } from '../database.ts';
import { raiseRevision } from '../evacuation/database.ts';

/** ms since the epoch; 0: everything counts. */
export function incidentSince(db: SqliteDatabase): number {
  const select = db.prepare('SELECT since FROM incident ORDER BY id DESC LIMIT 1').pluck();
  return Number(select.get() ?? 0);
}

/** `since`: ms since the epoch. */
export function beginIncident(db: SqliteDatabase, since: number, by: string, now: number): void {
  db.transaction(() => {
    db.prepare('INSERT INTO incident (since, by, at) VALUES (?, ?, ?)').run(since, by, now);
    raiseRevision(db);
  }).immediate();
}
