/** The way in: who signs in gets a cookie, and without one nothing personal leaves the server. */

import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { AccessLog } from './access-log.ts';
import type { Clerk, Clerks } from './clerks.ts';
import { type Session, Sessions } from './sessions.ts';

const COOKIES_MAX = 64;
/** Names of nobody are not kept open for whoever tries many. */
const NAME_LOGGED_MAX = 40;

const SIGN_IN = z.strictObject({
  name: z.string().min(1).max(64),
  password: z.string().min(1).max(200),
});

export interface EntranceParts {
  readonly clerks: Clerks;
  readonly log: AccessLog;
  readonly idleMs: number;
  /** Cookies know no ports: each server of this machine has a name of its own. */
  readonly port: number;
  readonly now: () => number;
}

/** Somebody who is signed in, and the token that says so. */
export interface Visitor {
  readonly token: string;
  readonly session: Session;
  readonly clerk: Clerk;
}

export type Entered =
  | { readonly status: 200; readonly cookie: string; readonly clerk: Clerk }
  | { readonly status: 400 | 401 | 503 }
  | { readonly status: 429; readonly waitMs: number };

export class Entrance {
  readonly #parts: EntranceParts;
  readonly #sessions: Sessions;
  readonly #cookie: string;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
    this.#sessions = new Sessions(parts.idleMs);
    this.#cookie = `kazasu-town-${parts.port}`;
  }

  /** `said`: the body of the request, parsed. */
  async signIn(said: unknown): Promise<Entered> {
    const { clerks, log, now } = this.#parts;
    const parsed = SIGN_IN.safeParse(said);
    if (!parsed.success) return { status: 400 };
    const { name, password } = parsed.data;
    const outcome = await clerks.check(name, password, now());
    switch (outcome.is) {
      case 'busy':
        return { status: 503 };
      case 'closed':
        return { status: 429, waitMs: outcome.waitMs };
      case 'wrong':
        // A password typed into the wrong field is not to stand in a log: only names that are somebody's do.
        log.note({
          at: now(),
          clerk: clerks.get(name) === null ? '' : name.slice(0, NAME_LOGGED_MAX),
          what: 'refused',
          detail: {},
        });
        return { status: 401 };
      case 'clerk': {
        const { clerk } = outcome;
        log.note({ at: now(), clerk: clerk.name, what: 'signed-in', detail: { role: clerk.role } });
        const token = this.#sessions.begin(clerk.name, now());
        const cookie = `${this.#cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`;
        return { status: 200, cookie, clerk };
      }
    }
  }

  /** Who asks; null: nobody who is signed in. */
  visitor({ headers }: Pick<IncomingMessage, 'headers'>): Visitor | null {
    const token = this.#tokenIn(headers.cookie ?? '');
    return token === null ? null : this.visitorBy(token);
  }

  /** The same by the token: a clerk who was taken out is signed in no more, and one whose role has changed has the new one. */
  visitorBy(token: string): Visitor | null {
    const { clerks, now } = this.#parts;
    const session = this.#sessions.get(token, now());
    const clerk = session === null ? null : clerks.get(session.name);
    return session === null || clerk === null ? null : { token, session, clerk };
  }

  /** They did something. */
  keep({ session }: Visitor): void {
    this.#sessions.keep(session, this.#parts.now());
  }

  /** Returns the cookie that takes theirs away. */
  signOut({ token, clerk }: Visitor): string {
    const { log, now } = this.#parts;
    this.#sessions.end(token);
    log.note({ at: now(), clerk: clerk.name, what: 'signed-out', detail: {} });
    return `${this.#cookie}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;
  }

  #tokenIn(header: string): string | null {
    for (const pair of header.split(';', COOKIES_MAX)) {
      const [name, value] = pair.trim().split('=', 2);
      if (name === this.#cookie && value) return value;
    }
    return null;
  }
}
