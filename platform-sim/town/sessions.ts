/** Who is signed in: in memory alone, so that a start signs everybody out. */

import { createHash, randomBytes } from 'node:crypto';

const SESSIONS_MAX = 256;

export interface Session {
  /** The clerk's. */
  readonly name: string;
  /** Ends then, unless they do something; ms since the epoch. */
  endsAt: number;
}

export class Sessions {
  /** By the hash of the token: what stands in a core dump opens nothing. The oldest first. */
  readonly #open = new Map<string, Session>();
  readonly #idleMs: number;

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** Returns the token, 256 bits. */
  begin(name: string, now: number): string {
    const token = randomBytes(32).toString('base64url');
    const [oldest] = this.#open.keys();
    if (this.#open.size >= SESSIONS_MAX && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(keyOf(token), { name, endsAt: now + this.#idleMs });
    return token;
  }

  /** Null when there is none, or it has ended. Looking at it does not keep it. */
  get(token: string, now: number): Session | null {
    const key = keyOf(token);
    const session = this.#open.get(key);
    if (session === undefined) return null;
    if (session.endsAt > now) return session;
    this.#open.delete(key);
    return null;
  }

  /** Its clerk did something. */
  keep(session: Session, now: number): void {
    session.endsAt = now + this.#idleMs;
  }

  end(token: string): void {
    this.#open.delete(keyOf(token));
  }
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
