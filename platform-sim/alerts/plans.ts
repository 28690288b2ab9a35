/**
 * plans.db: the municipalities' plans, by their codes. Some ship (`platform-sim/plans/`) and count until another one is brought in.
 * What was brought in counts from then on, for every process that has the folder open.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { InputError } from '../input-error.ts';
import type { MunicipalPlan } from './plan.ts';
import { readPlan } from './plan-file.ts';

const SHIPPED = join(import.meta.dirname, '../plans');
const SUFFIX = '.geojson';
const SCHEMA = `
CREATE TABLE IF NOT EXISTS plan (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the newest of a municipality counts; none is deleted
  code TEXT NOT NULL, geojson TEXT NOT NULL, taken_at INTEGER NOT NULL -- ms since the epoch
) STRICT;
CREATE INDEX IF NOT EXISTS plan_of ON plan (code, id);
`;

/** What is known of how people of a municipality leave. */
export interface Plans {
  /** Throws InputError for a municipality that has none. */
  planOf(code: string): MunicipalPlan;
}

interface Row {
  readonly id: number;
  readonly geojson: string;
  readonly taken_at: number;
}

export interface PlanEntry {
  readonly code: string;
  readonly name: string;
  readonly districts: readonly string[];
  readonly shelters: readonly string[];
  /** ISO 8601; null: as it ships. */
  readonly takenAt: string | null;
}

export class PlanStore implements Plans {
  readonly #db: SqliteDatabase;
  readonly #newest;
  /** As they were read, with the row that each is of. */
  readonly #read = new Map<string, { readonly id: number; readonly plan: MunicipalPlan }>();

  /** Opens or creates plans.db in `directory`. */
  constructor(directory: string) {
    this.#db = openDatabase(directory, 'plans.db', SCHEMA, 1);
    this.#newest = this.#db.prepare('SELECT * FROM plan WHERE code = ? ORDER BY id DESC LIMIT 1');
  }

  planOf(code: string): MunicipalPlan {
    const row = this.#rowOf(code);
    if (row === null) {
      if (shippedCodes().includes(code)) return shippedPlan(code);
      const known = this.#codes().join(', ');
      throw new InputError(
        `nothing is known of how people of ${code} leave; there are plans of ${known}`,
      );
    }
    const read = this.#read.get(code);
    if (read?.id === row.id) return read.plan;
    const plan = readPlan(row.geojson, `the plan of ${code} in plans.db`);
    this.#read.set(code, { id: row.id, plan });
    return plan;
  }

  /** As it was brought in, or ships. Throws InputError for a municipality that has none. */
  textOf(code: string): string {
    this.planOf(code);
    return this.#rowOf(code)?.geojson ?? readFileSync(fileOf(code), 'utf8');
  }

  /** `geojson`: of a plan that was read. It counts from now on. */
  take(code: string, geojson: string, now: number): void {
    this.#db
      .prepare('INSERT INTO plan (code, geojson, taken_at) VALUES (?, ?, ?)')
      .run(code, geojson, now);
  }

  /** In the order of their codes. */
  list(): PlanEntry[] {
    return this.#codes().map((code) => {
      const { name, districts, shelters } = this.planOf(code);
      const row = this.#rowOf(code);
      return {
        ...{ code, name, districts: districts.map(({ district }) => district.id) },
        shelters: shelters.map(({ id }) => id),
        takenAt: row === null ? null : new Date(row.taken_at).toISOString(),
      };
    });
  }

  close(): void {
    this.#db.close();
  }

  #rowOf(code: string): Row | null {
    return (this.#newest.get(code) as Row | undefined) ?? null;
  }

  #codes(): string[] {
    const taken = this.#db.prepare('SELECT DISTINCT code FROM plan').pluck().all() as string[];
    return [...new Set([...shippedCodes(), ...taken])].sort();
  }
}

const shipped = new Map<string, MunicipalPlan>();

/** As it ships, whatever was brought in. Throws for a municipality without one. */
export function shippedPlan(code: string): MunicipalPlan {
  const read = shipped.get(code) ?? readPlan(readFileSync(fileOf(code), 'utf8'), fileOf(code));
  shipped.set(code, read);
  return read;
}

function shippedCodes(): string[] {
  return readdirSync(SHIPPED).map((name) => name.slice(0, -SUFFIX.length));
}

function fileOf(code: string): string {
  return join(SHIPPED, `${code}${SUFFIX}`);
}
