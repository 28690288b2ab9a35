/**
 * The control of the power-cut replay: commits as the ledger makes them, but with another `synchronous`. Empty: what WAL
 * alone means in this build of SQLite, which is NORMAL.
 *
 * Arguments: the folder, how many commits, the setting.
 */

import { join } from 'node:path';
import Database from 'better-sqlite3';

const [directory = '', count = '0', synchronous = ''] = process.argv.slice(2);
const database = new Database(join(directory, 'ledger.db'));
database.pragma('journal_mode = WAL');
if (synchronous !== '') database.pragma(`synchronous = ${synchronous}`);
database.exec('CREATE TABLE fact (seq INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
const insert = database.prepare('INSERT INTO fact (text) VALUES (?)');
for (let n = 0; n < Number(count); n += 1) insert.run('x'.repeat(300));
// Not closed: closing would move the log into the database.
process.exit(0);
