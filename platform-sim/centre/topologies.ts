/**
 * How each terminal says it is built. In Takamatsu (2024) a program for one server ran where there were several, and handed
 * out other people's papers: a terminal whose build or topology differs, or is not known, gets nothing here.
 */

import type { Topology } from '../../src/link/certificate-protocol.ts';
import type { SqliteDatabase } from '../database.ts';
import { only } from './database.ts';

export class Topologies {
  readonly #db: SqliteDatabase;

  constructor(db: SqliteDatabase) {
    this.#db = db;
  }

  note(terminal: string, { build, profile }: Topology): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO topology (terminal, build, profile) VALUES (?, ?, ?)')
      .run(terminal, build, profile);
  }

  /** Null while it has not said anything. */
  of(terminal: string): Topology | null {
    const select = this.#db.prepare('SELECT build, profile FROM topology WHERE terminal = ?');
    return only<Topology>(select.get(terminal));
  }
}

export function isSameTopology(one: Topology | null, other: Topology): boolean {
  return one?.build === other.build && one.profile === other.profile;
}
