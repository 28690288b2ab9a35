/**
 * Who may sign in at the municipality's page. A password is kept as scrypt makes it (RFC 7914); after five wrong ones the name is
 * closed for a while, each time for longer, also through a start.
 */

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { SqliteDatabase } from '../database.ts';

export const CLERK_ROLES = ['viewer', 'operator'] as const;
/** `viewer` sees; `operator` notes who looks after whom, and proposes alerts and consents to them. */
export type ClerkRole = (typeof CLERK_ROLES)[number];

export interface Clerk {
  readonly name: string;
  readonly role: ClerkRole;
}

export type SignIn =
  | { readonly is: 'clerk'; readonly clerk: Clerk }
  /** Wrong name or wrong password: it is not said which. */
  | { readonly is: 'wrong' }
  | { readonly is: 'closed'; readonly waitMs: number }
  /** So many try at this moment that this one was not looked at. */
  | { readonly is: 'busy' };

export const PASSWORD_LEAST = 12;
export const PASSWORD_MOST = 200;
const TRIES = 5;
const CLOSED_MS = 30_000;
const CLOSED_MS_MAX = 900_000;
/** Each takes 32 MiB and a tenth of a second. */
const AT_ONCE_MAX = 4;
/** N, r, p: 32 MiB. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 67_108_864 } as const;
const HASH_BYTES = 32;

interface Row {
  readonly name: string;
  readonly role: ClerkRole;
  readonly password: string;
  readonly tries: number;
  readonly closed_until: number;
}

export class Clerks {
  readonly #db: SqliteDatabase;
  readonly #cost: Cost;
  #checking = 0;

  /** `cost`: for tests, which have no password to protect. */
  constructor(db: SqliteDatabase, cost: Cost = COST) {
    this.#db = db;
    this.#cost = cost;
  }

  /** Adds somebody, or gives them another password and role; a closed name is open again. */
  async put({ name, role }: Clerk, password: string): Promise<void> {
    const kept = await passwordOf(password, this.#cost);
    this.#db
      .prepare(
        `INSERT INTO clerk (name, role, password) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET role = excluded.role, password = excluded.password, tries = 0, closed_until = 0`,
      )
      .run(name, role, kept);
  }

  /** Whether there was one. Sessions of theirs end at their next word. */
  remove(name: string): boolean {
    return this.#db.prepare('DELETE FROM clerk WHERE name = ?').run(name).changes > 0;
  }

  all(): Clerk[] {
    return this.#db.prepare('SELECT name, role FROM clerk ORDER BY name').all() as Clerk[];
  }

  /** As they are now; null: they are none. */
  get(name: string): Clerk | null {
    const row = this.#row(name);
    return row === null ? null : { name: row.name, role: row.role };
  }

  /** `now`: ms since the epoch. A name that is none takes as long as one that is. */
  async check(name: string, password: string, now: number): Promise<SignIn> {
    const row = this.#row(name);
    if (row !== null && row.closed_until > now) {
      return { is: 'closed', waitMs: row.closed_until - now };
    }
    if (this.#checking >= AT_ONCE_MAX) return { is: 'busy' };
    this.#checking += 1;
    try {
      const isRight = await isPassword(row?.password ?? (await this.#nobody()), password);
      if (row !== null && isRight) {
        this.#set(name, 0, 0);
        return { is: 'clerk', clerk: { name: row.name, role: row.role } };
      }
      if (row !== null) this.#noteWrong(name, now);
      return { is: 'wrong' };
    } finally {
      this.#checking -= 1;
    }
  }

  /** Tries that were made at the same time all count. */
  #noteWrong(name: string, now: number): void {
    const tries = (this.#row(name)?.tries ?? 0) + 1;
    const times = Math.floor(tries / TRIES);
    const closedMs = Math.min(CLOSED_MS * 2 ** (times - 1), CLOSED_MS_MAX);
    this.#set(name, tries, tries % TRIES === 0 ? now + closedMs : 0);
  }

  #set(name: string, tries: number, closedUntil: number): void {
    this.#db
      .prepare('UPDATE clerk SET tries = ?, closed_until = ? WHERE name = ?')
      .run(tries, closedUntil, name);
  }

  #row(name: string): Row | null {
    const row = this.#db.prepare('SELECT * FROM clerk WHERE name = ?').get(name);
    return (row as Row | undefined) ?? null;
  }

  #nobodysPassword: Promise<string> | null = null;
  #nobody(): Promise<string> {
    this.#nobodysPassword ??= passwordOf(randomBytes(16).toString('hex'), this.#cost);
    return this.#nobodysPassword;
  }
}

export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly maxmem: number;
}

async function passwordOf(password: string, cost: Cost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

async function isPassword(kept: string, password: string): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = kept.split('$');
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: COST.maxmem };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  const wanted = Buffer.from(hash, 'base64url');
  return wanted.length === derived.length && timingSafeEqual(derived, wanted);
}

function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
