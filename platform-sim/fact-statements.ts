/** What FactStore asks of facts.db. */

import type { SqliteDatabase } from './database.ts';

export function prepareFacts(db: SqliteDatabase) {
  return { ...ledgers(db), ...kept(db), ...clocks(db), ...read(db) };
}

/** How far each ledger is held, and what is thought of it. */
function ledgers(db: SqliteDatabase) {
  return {
    addStream: db.prepare(
      `INSERT INTO stream (terminal, epoch, upto, hash, boot, software, first_seen, last_seen)
       VALUES (?, ?, 0, ?, 0, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    stream: db.prepare('SELECT id, upto, hash, boot FROM stream WHERE terminal = ? AND epoch = ?'),
    sawStream: db.prepare(
      'UPDATE stream SET boot = max(boot, ?), software = ?, last_seen = ? WHERE id = ?',
    ),
    succeed: db.prepare(
      `INSERT OR IGNORE INTO succeeded SELECT before.id FROM stream JOIN stream before
         ON before.terminal = stream.terminal WHERE stream.id = ? AND before.epoch = ?`,
    ),
    isSucceeded: db.prepare('SELECT 1 FROM succeeded WHERE stream = ?'),
    forgetSuccession: db.prepare(
      'DELETE FROM succeeded WHERE stream IN (SELECT id FROM stream WHERE terminal = ?)',
    ),
    forgetBoot: db.prepare('UPDATE stream SET boot = 0 WHERE terminal = ?'),
    flag: db.prepare(
      'INSERT INTO flag (stream, why, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    terminals: db.prepare(
      `SELECT terminal, epoch, upto, boot, software, first_seen AS firstSeen, last_seen AS lastSeen,
         (SELECT count(*) FROM quarantine WHERE stream = stream.id) AS quarantined,
         (SELECT group_concat(why) FROM flag WHERE stream = stream.id) AS flags
       FROM stream ORDER BY terminal, id`,
    ),
    moveCursor: db.prepare('UPDATE stream SET upto = ?, hash = ?, last_seen = ? WHERE id = ?'),
  };
}

/** What is stored, set apart, or emptied. */
function kept(db: SqliteDatabase) {
  return {
    addFact: db.prepare(
      'INSERT INTO fact (stream, seq, hash, event, received, json) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    hasOwn: db.prepare('SELECT 1 FROM own WHERE id = ?'),
    addOwn: db.prepare('INSERT INTO own (id, seq) VALUES (?, ?)'),
    hashAt: db.prepare('SELECT hash FROM fact WHERE stream = ? AND seq = ?').pluck(),
    quarantine: db.prepare(
      `INSERT INTO quarantine (stream, seq, hash, received, json) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ),
    isQuarantined: db.prepare('SELECT 1 FROM quarantine WHERE stream = ? AND seq = ? AND hash = ?'),
    hasQuarantined: db.prepare('SELECT 1 FROM quarantine WHERE stream = ? AND seq = ?'),
    // Emptied, and not deleted: the hash is what repetitions and forks are known by.
    oldFacts: db.prepare(
      `SELECT arrival, json FROM fact WHERE arrival > ? AND received < ? AND json <> ''
       ORDER BY arrival LIMIT ?`,
    ),
    forget: db.prepare(`UPDATE fact SET event = '', json = '' WHERE arrival = ?`),
    forgetQuarantined: db.prepare(
      `UPDATE quarantine SET json = '' WHERE received < ? AND json <> ''`,
    ),
  };
}

/** When each boot's clock began to count. */
function clocks(db: SqliteDatabase) {
  return {
    setClock: db.prepare(
      `INSERT INTO clock (stream, boot, origin) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET origin = excluded.origin`,
    ),
    clocks: db.prepare(
      'SELECT terminal, epoch, clock.boot, origin FROM clock JOIN stream ON stream.id = stream',
    ),
    // A reading without a lower bound is as wide as can be; among those, the one with the least delay counts.
    addSample: db.prepare(
      `INSERT INTO clock_sample (stream, boot, hour, mono, earliest, latest)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET mono = excluded.mono, earliest = excluded.earliest, latest = excluded.latest
       WHERE CASE WHEN excluded.earliest IS NULL
         THEN earliest IS NULL AND excluded.latest - excluded.mono < latest - mono
         ELSE earliest IS NULL OR excluded.latest - excluded.earliest < latest - earliest END`,
    ),
    samples: db.prepare(
      `SELECT mono, earliest, latest FROM clock_sample JOIN stream ON stream.id = stream
       WHERE terminal = ? AND epoch = ? AND clock_sample.boot = ? ORDER BY hour`,
    ),
  };
}

function read(db: SqliteDatabase) {
  return {
    received: db
      .prepare(
        `SELECT received FROM fact JOIN stream ON stream.id = stream
         WHERE terminal = ? AND epoch = ? AND seq = ?`,
      )
      .pluck(),
    ownEpoch: db.prepare('SELECT epoch FROM stream WHERE terminal = ? ORDER BY id').pluck(),
    since: db.prepare(
      `SELECT arrival, json FROM fact WHERE arrival > ? AND json <> '' ORDER BY arrival`,
    ),
    quarantined: db.prepare(
      `SELECT arrival, json FROM quarantine WHERE json <> '' ORDER BY arrival`,
    ),
    ofEvents: db
      .prepare(`SELECT json FROM fact WHERE event IN (SELECT value FROM json_each(?))`)
      .pluck(),
    newest: db.prepare('SELECT max(arrival) FROM fact').pluck(),
    ofEventsAfter: db
      .prepare(
        `SELECT json FROM fact WHERE arrival > ? AND event IN (SELECT value FROM json_each(?))
         ORDER BY arrival`,
      )
      .pluck(),
  };
}
