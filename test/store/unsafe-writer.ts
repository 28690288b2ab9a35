/**
 * The control of the power-cut replay: the same kind of commits with what WAL alone means in this
 * build of SQLite.
 */

import { writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

const [directory = '', count = '0'] = process.argv.slice(2);
new Database(join(directory, 'ledger.db')).pragma('journal_mode = WAL');
const database = new Database(join(directory, 'ledger.db'));
database.exec('CREATE TABLE fact (seq INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
const insert = database.prepare('INSERT INTO fact (text) VALUES (?)');
for (let n = 0; n < Number(count); n++) {
  writeSync(1, `${insert.run('x'.repeat(300)).lastInsertRowid}\n`);
}
process.exit(0);
