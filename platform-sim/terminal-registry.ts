/**
 * terminals.db: which terminals there are, by which code they may enrol, which certificates they have, and what was
 * decided about them. A certificate counts because it stands here, not because the CA once signed it.
 */

import {
  createHash,
  hash,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
  X509Certificate,
} from 'node:crypto';
import {
  CODE_PLATFORM_BYTES,
  CODE_SECRET_BYTES,
  writeEnrolmentCode,
} from '../src/domain/enrolment-code.ts';
import type { EnrolAnswer } from '../src/link/protocol.ts';
import { readCertificateRequest } from './certificate-request.ts';
import { changeMark, openDatabase, type SqliteDatabase } from './database.ts';
import { InputError } from './input-error.ts';
import type { PlatformKeys } from './signing.ts';
import { extension } from './x509.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS terminal (
  name TEXT PRIMARY KEY, added INTEGER NOT NULL,
  code BLOB, -- SHA-256 of the secret; null while there is none, and after too many wrong tries
  code_expires INTEGER NOT NULL, tries INTEGER NOT NULL,
  code_certificate TEXT, -- SHA-256 of the certificate that the code was used for
  revoked INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS certificate (
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE,
  terminal TEXT NOT NULL REFERENCES terminal (name), der BLOB NOT NULL, not_after INTEGER NOT NULL,
  state TEXT NOT NULL -- new: has not connected yet; active; replaced
) STRICT;
CREATE TABLE IF NOT EXISTS quarantine (
  terminal TEXT NOT NULL, why TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (terminal, why)
) STRICT, WITHOUT ROWID;
`;

const CODE_LIFE_MS = 15 * 60_000;
const TRIES_MAX = 5;
const DAY_MS = 86_400_000;
const CERTIFICATE_LIFE_MS = 90 * DAY_MS;
/** Terminals' clocks lag: a certificate that was made this minute must be valid there. */
const BACKDATED_MS = DAY_MS;

export type CertificateState = 'new' | 'active' | 'replaced';

/** A certificate of a terminal. Times in ms since the epoch. */
export interface TerminalCertificate {
  readonly sha256: string;
  readonly terminal: string;
  /** DER. */
  readonly der: Buffer;
  readonly notAfter: number;
  readonly state: CertificateState;
}

export type TerminalStanding = 'added' | 'enrolled' | 'revoked';

export interface EnrolledTerminal {
  readonly terminal: string;
  readonly standing: TerminalStanding;
  readonly quarantined: boolean;
  /** Until when its certificate is valid; null while it has none. ISO 8601. */
  readonly validTo: string | null;
}

/** Why a terminal gets nothing that a copy of it must not have. */
export interface Quarantine {
  readonly why: string;
  /** ISO 8601. */
  readonly since: string;
}

interface TerminalRow {
  readonly name: string;
  readonly code: Buffer | null;
  readonly codeExpires: number;
  readonly tries: number;
  readonly codeCertificate: string | null;
  readonly revoked: number | null;
}

export class TerminalRegistry {
  readonly #db: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  /** Opens or creates terminals.db in `directory`. */
  constructor(directory: string) {
    this.#db = openDatabase(directory, 'terminals.db', SCHEMA, 1);
    this.#statements = prepare(this.#db);
  }

  /**
   * Lets a terminal of this name enrol within 15 minutes, in place of an earlier permission. Returns the secret of its
   * code, which is kept nowhere. Throws InputError for a name that is enrolled, unless `again`.
   */
  add(name: string, again: boolean, now: number): { secret: Buffer; expires: number } {
    const secret = randomBytes(CODE_SECRET_BYTES);
    const expires = now + CODE_LIFE_MS;
    this.#db
      .transaction(() => {
        const isKnown = this.#statements.newest.get(name) !== undefined;
        if (isKnown && !again) {
          throw new InputError(`${name} is enrolled; to let it enrol once more, add --again`);
        }
        this.#statements.add.run({ name, now, code: digestOf(secret), expires });
      })
      .immediate();
    return { secret, expires };
  }

  /**
   * Judges code and request, and issues the certificate; durable when it returns. The same code with the same key gets
   * the same certificate again, for an answer may be lost on the way.
   */
  enrol(
    keys: PlatformKeys,
    said: { readonly terminal: string; readonly secret: Buffer; readonly request: Buffer },
    now: number,
  ): EnrolAnswer {
    const key = readCertificateRequest(said.request, said.terminal);
    return this.#db
      .transaction((): EnrolAnswer => {
        const row = this.#row(said.terminal);
        if (row === null || !this.#isRight(row, said.secret)) return refused('wrong-code');
        if (now >= row.codeExpires) return refused('code-expired');
        if (key === null) return refused('bad-request');
        const before = row.codeCertificate && this.certificate(row.codeCertificate);
        if (before) {
          return spkiOf(key).equals(keyOf(before.der))
            ? enrolled(before.der, now)
            : refused('code-used');
        }
        const { terminal } = said;
        this.#statements.replaceAll.run(terminal);
        const issued = this.#issue(keys, terminal, key, now);
        this.#statements.codeUsed.run(issued.sha256, terminal);
        return enrolled(issued.der, now);
      })
      .immediate();
  }

  /** A certificate for the next key of an enrolled terminal; null for a request that is not in order. */
  renew(keys: PlatformKeys, terminal: string, request: Buffer, now: number): Buffer | null {
    const key = readCertificateRequest(request, terminal);
    if (key === null) return null;
    return this.#db
      .transaction(() => {
        const spki = spkiOf(key);
        const [waiting] = this.certificates(terminal).filter(({ state }) => state === 'new');
        if (waiting && keyOf(waiting.der).equals(spki)) return waiting.der;
        this.#statements.replaceNew.run(terminal);
        return this.#issue(keys, terminal, key, now).der;
      })
      .immediate();
  }

  /** A terminal has been welcomed with this certificate: those before it are not needed any more. */
  connected({ sha256, terminal, state }: TerminalCertificate): void {
    if (state !== 'new') return;
    this.#db
      .transaction(() => {
        this.#statements.replaceAll.run(terminal);
        this.#statements.activate.run(sha256);
      })
      .immediate();
  }

  /** Takes the terminal's certificates out of force. Throws InputError for a name that is not known. */
  revoke(name: string, now: number): void {
    if (this.#row(name) === null) throw unknownTerminal(name);
    this.#statements.revoke.run(now, name);
  }

  certificate(sha256: string): TerminalCertificate | null {
    return (this.#statements.certificate.get(sha256) as TerminalCertificate | undefined) ?? null;
  }

  /** Every certificate that it had, the newest first. */
  certificates(terminal: string): TerminalCertificate[] {
    return this.#statements.certificates.all(terminal) as TerminalCertificate[];
  }

  /** Null for a name that nobody has added: such a terminal is not enrolled. */
  standing(terminal: string): TerminalStanding | null {
    const row = this.#row(terminal);
    if (row === null) return null;
    if (row.revoked !== null) return 'revoked';
    return this.#statements.newest.get(terminal) === undefined ? 'added' : 'enrolled';
  }

  list(): EnrolledTerminal[] {
    return (this.#statements.names.all() as string[]).map((terminal) => {
      const [newest] = this.certificates(terminal).filter(({ state }) => state !== 'replaced');
      const validTo = newest === undefined ? null : new Date(newest.notAfter).toISOString();
      const standing = this.standing(terminal) ?? 'added';
      return { terminal, standing, quarantined: this.isQuarantined(terminal), validTo };
    });
  }

  /** Two machines say that they are this terminal, and nobody here can tell which one is. True when that is news. */
  quarantine(terminal: string, why: string, now: number): boolean {
    return this.#statements.quarantine.run(terminal, why, now).changes > 0;
  }

  quarantineOf(terminal: string): Quarantine[] {
    const rows = this.#statements.quarantineOf.all(terminal) as { why: string; since: number }[];
    return rows.map(({ why, since }) => ({ why, since: new Date(since).toISOString() }));
  }

  isQuarantined(terminal: string): boolean {
    return this.#statements.isQuarantined.get(terminal) !== undefined;
  }

  /** Somebody has looked after it. Throws InputError when it is not in quarantine. */
  release(terminal: string): void {
    if (this.#statements.release.run(terminal).changes === 0) {
      throw new InputError(`${terminal} is not in quarantine; "terminal show" says how it is`);
    }
  }

  changeMark(): string {
    return changeMark(this.#db);
  }

  close(): void {
    this.#db.close();
  }

  #row(name: string): TerminalRow | null {
    return (this.#statements.terminal.get(name) as TerminalRow | undefined) ?? null;
  }

  /** Counted before anybody hears of it; the comparison takes as long for a wrong secret as for a right one. */
  #isRight({ name, code, tries }: TerminalRow, secret: Buffer): boolean {
    if (code === null) return false;
    if (timingSafeEqual(code, digestOf(secret))) return true;
    this.#statements.countTry.run(tries + 1 >= TRIES_MAX ? null : code, name);
    return false;
  }

  #issue(keys: PlatformKeys, terminal: string, publicKey: KeyObject, now: number) {
    const notAfter = now + CERTIFICATE_LIFE_MS;
    const der = keys.issue({
      subject: [['CN', terminal]],
      publicKey,
      notBefore: new Date(now - BACKDATED_MS),
      notAfter: new Date(notAfter),
      extensions: [
        // The terminal signs the certificates of its link keys, unwraps list keys, and signs for itself.
        extension.keyUsage(['digitalSignature', 'keyEncipherment', 'keyCertSign']),
        extension.basicConstraints(true, 0),
      ],
    });
    const sha256 = hash('sha256', der);
    const issued = { sha256, terminal, der, notAfter };
    this.#statements.addCertificate.run(issued);
    return issued;
  }
}

/** The code that lets a terminal enrol with `secret` at the platform whose CA this is, and at no other. */
export function enrolmentCode(caCertificate: Buffer, secret: Buffer): string {
  const platform = createHash('sha256').update(keyOf(caCertificate)).digest();
  return writeEnrolmentCode({ platform: platform.subarray(0, CODE_PLATFORM_BYTES), secret });
}

export function unknownTerminal(name: string): InputError {
  return new InputError(`no terminal ${JSON.stringify(name)} is known; "terminal list" shows all`);
}

function keyOf(certificate: Buffer): Buffer {
  return spkiOf(new X509Certificate(certificate).publicKey);
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

function digestOf(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest();
}

function refused(reason: Extract<EnrolAnswer, { result: 'refused' }>['reason']): EnrolAnswer {
  return { result: 'refused', reason };
}

function enrolled(der: Buffer, now: number): EnrolAnswer {
  const certificate = der.toString('base64');
  return { result: 'enrolled', certificate, now: new Date(now).toISOString() };
}

function prepare(db: SqliteDatabase) {
  const columns = 'sha256, terminal, der, not_after AS notAfter, state';
  return {
    add: db.prepare(
      `INSERT INTO terminal (name, added, code, code_expires, tries) VALUES (@name, @now, @code, @expires, 0)
       ON CONFLICT DO UPDATE SET code = @code, code_expires = @expires, tries = 0, code_certificate = NULL`,
    ),
    terminal: db.prepare(
      `SELECT name, code, code_expires AS codeExpires, tries, code_certificate AS codeCertificate, revoked
       FROM terminal WHERE name = ?`,
    ),
    names: db.prepare('SELECT name FROM terminal ORDER BY name').pluck(),
    countTry: db.prepare('UPDATE terminal SET tries = tries + 1, code = ? WHERE name = ?'),
    codeUsed: db.prepare('UPDATE terminal SET code_certificate = ?, revoked = NULL WHERE name = ?'),
    revoke: db.prepare(
      'UPDATE terminal SET revoked = coalesce(revoked, ?), code = NULL WHERE name = ?',
    ),
    addCertificate: db.prepare(
      `INSERT INTO certificate (sha256, terminal, der, not_after, state)
       VALUES (@sha256, @terminal, @der, @notAfter, 'new')`,
    ),
    certificate: db.prepare(`SELECT ${columns} FROM certificate WHERE sha256 = ?`),
    certificates: db.prepare(
      `SELECT ${columns} FROM certificate WHERE terminal = ? ORDER BY id DESC`,
    ),
    newest: db.prepare('SELECT 1 FROM certificate WHERE terminal = ? LIMIT 1').pluck(),
    replaceAll: db.prepare(`UPDATE certificate SET state = 'replaced' WHERE terminal = ?`),
    replaceNew: db.prepare(
      `UPDATE certificate SET state = 'replaced' WHERE terminal = ? AND state = 'new'`,
    ),
    quarantine: db.prepare(
      'INSERT INTO quarantine (terminal, why, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    quarantineOf: db.prepare(
      'SELECT why, since FROM quarantine WHERE terminal = ? ORDER BY since, why',
    ),
    isQuarantined: db.prepare('SELECT 1 FROM quarantine WHERE terminal = ? LIMIT 1').pluck(),
    release: db.prepare('DELETE FROM quarantine WHERE terminal = ?'),
    activate: db.prepare(`UPDATE certificate SET state = 'active' WHERE sha256 = ?`),
  };
}
