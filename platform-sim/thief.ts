/**
 * Somebody who has copied a gate's disk, with nothing but that and what the formats are, which is public. A program of its
 * own that shares no code with the terminal: what it can't do is not because the terminal would not let it.
 */

import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { chained, command, exchange, INS, SW, type Transmit } from '../devices/card/apdu.ts';
import type { EntryRowData } from '../src/domain/entry-list.ts';
import { StolenIdentity } from './stolen-identity.ts';

/** How a key file begins that can't be used without the credential of the machine. */
const SEALED_MARK = Buffer.from('kazasu-sealed-1\0', 'latin1');
const KEY_SUFFIX = '.bin';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_BYTES = 32;

const JPKI_AID = Buffer.from('D392F000260100000001', 'hex');
const EF_USER_KEY = Buffer.from('0017', 'hex');
/** The object 5F4E; the institution's own id stands behind its header and its issuer's. */
const CERTIFICATE = { bytes: 307, id: { begin: 21, end: 37 } } as const;

export interface StolenRow {
  readonly key: Buffer;
  readonly sealed: Buffer;
}

export interface StolenFact {
  readonly text: string;
  readonly event: string;
  readonly at: string;
  readonly ticket: string | null;
}

export class StolenDisk {
  readonly #folder: string;
  readonly #list: string;

  /** `list`: the one that the gate served, which its file names say. */
  constructor(folder: string, list: string) {
    this.#folder = folder;
    this.#list = list;
  }

  /** What the gate has recorded, oldest first. */
  facts(): StolenFact[] {
    const texts = this.#read<{ text: string }>('ledger.db', 'SELECT text FROM fact ORDER BY seq');
    return texts.map(({ text }) => {
      const { event, at, body } = JSON.parse(text) as {
        event: string;
        at: string;
        body: { ticket?: string };
      };
      return { text, event, at, ticket: body.ticket ?? null };
    });
  }

  /** Everybody on the newest list, as far as it shows. */
  rows(): StolenRow[] {
    const [file] = readdirSync(join(this.#folder, 'lists'))
      .filter((name) => name.startsWith(`${this.#list}.`) && name.endsWith('.db'))
      .sort((one, other) => versionOf(other) - versionOf(one));
    return this.#read<StolenRow>(join('lists', file ?? ''), 'SELECT key, sealed FROM entry');
  }

  /** Names of the keys, and how many of them stand there as they are. */
  keys(): { readonly names: readonly string[]; readonly inClear: number } {
    const names = readdirSync(join(this.#folder, 'keys')).filter((each) =>
      each.endsWith(KEY_SUFFIX),
    );
    const labels = names.map((name) => name.slice(0, -KEY_SUFFIX.length));
    return { names: labels, inClear: labels.filter((name) => this.#key(name) !== null).length };
  }

  /** Who the gate is to the platform: its certificate, which is no secret, and its key where that shows. */
  identity(): StolenIdentity {
    const query = "SELECT value FROM setting WHERE key = 'identity'";
    const [kept] = this.#read<{ value: string }>('ledger.db', query);
    const { certificates } = JSON.parse(kept?.value ?? '{"certificates":[]}') as {
      certificates: { label: string; certificate: string }[];
    };
    const enrolled = certificates.at(-1);
    if (enrolled === undefined) throw new Error('this gate was never enrolled');
    const certificate = new X509Certificate(Buffer.from(enrolled.certificate, 'base64'));
    const key = this.#key(enrolled.label);
    const privateKey = key && createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    return new StolenIdentity(certificate, privateKey);
  }

  /** How many of these secrets lie on the disk as they are. */
  holds(secrets: readonly Buffer[]): number {
    const kept = this.keys().names.flatMap((name) => this.#key(name) ?? []);
    return secrets.filter((secret) => kept.some((key) => key.equals(secret))).length;
  }

  /** Which of these texts or bytes stand in any file, whichever way they are written. */
  search(wanted: readonly (string | Buffer)[]): number {
    const files = readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    return wanted.filter((each) => {
      const forms = formsOf(each);
      return files.some((bytes) => forms.some((form) => bytes.includes(form)));
    }).length;
  }

  /**
   * Tries to open every row with every secret that could be on the disk in the place of the hash of a certificate: keys,
   * converted values, digests. Returns how many attempts, and what opened.
   */
  openWithoutCards(): { readonly attempts: number; readonly opened: readonly EntryRowData[] } {
    const rows = this.rows();
    const candidates = this.#candidates(rows);
    const opened = rows.flatMap((row) =>
      candidates.flatMap((candidate) => this.#open(row, candidate) ?? []),
    );
    return { attempts: rows.length * candidates.length, opened };
  }

  /** The row of somebody whose certificate was read before; null when it does not open. */
  openFor(certificate: Buffer): EntryRowData | null {
    const hash = sha256(certificate);
    const opened = this.rows().map((row) => this.#open(row, hash));
    return opened.find((row) => row !== null) ?? null;
  }

  /** Whether a card signs for whoever has this disk, without its PIN; null: there is no key to ask it with. */
  async provesKeyOf(card: Transmit, certificate: Buffer): Promise<boolean | null> {
    const key = this.#key('institution');
    if (key === null) return null;
    const message = Buffer.concat([
      Buffer.from('kazasu-tap-1'),
      randomBytes(SECRET_BYTES),
      sha256(Buffer.from('the thief')),
      sha256(certificate),
    ]);
    const institution = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const signature = await grantedSignature(card, this.#shown(), institution, message);
    const { publicKey } = new X509Certificate(certificate);
    return signature !== null && verify('sha256', message, publicKey, signature);
  }

  #candidates(rows: readonly StolenRow[]): Buffer[] {
    const hexes = this.facts().flatMap(({ text }) => text.match(/\b[0-9a-f]{64}\b/gu) ?? []);
    const keys = this.keys().names.flatMap((name) => this.#key(name) ?? []);
    const values = rows.map(({ key }) => key);
    const plain = [...hexes.map((hex) => Buffer.from(hex, 'hex')), ...keys, ...values];
    return [...plain.filter(({ length }) => length === SECRET_BYTES), Buffer.alloc(SECRET_BYTES)];
  }

  /** Null without the list's keys, and for the hash of any other certificate. */
  #open({ key, sealed }: StolenRow, hash: Buffer): EntryRowData | null {
    const listKey = this.#key(`list.${this.#list}.data`);
    if (listKey === null) return null;
    const rowKey = createHmac('sha256', listKey).update(hash).digest();
    const decipher = createDecipheriv('aes-256-gcm', rowKey, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.concat([Buffer.from(this.#list, 'utf8'), key]));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const padded = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return JSON.parse(padded.subarray(0, padded.lastIndexOf(0x80)).toString('utf8'));
  }

  /** A key as it is used; null when it is sealed. */
  #key(name: string): Buffer | null {
    const bytes = readFileSync(join(this.#folder, 'keys', `${name}${KEY_SUFFIX}`));
    return bytes.subarray(0, SEALED_MARK.length).equals(SEALED_MARK) ? null : bytes;
  }

  /** The institution's certificate, with which cards are spoken to: it is no secret, and lies beside. */
  #shown(): Buffer {
    const kept = readFileSync(join(this.#folder, 'institution', 'list.json'), 'utf8');
    const { manifest } = JSON.parse(kept) as { manifest: string };
    const text = Buffer.from(manifest, 'base64').toString('latin1');
    return Buffer.from(/"institutions":\["([^"]+)"/u.exec(text)?.[1] ?? '', 'base64');
  }

  #read<Row>(file: string, query: string): Row[] {
    const database = new Database(join(this.#folder, file));
    try {
      return database.prepare<[], Row>(query).all();
    } finally {
      database.close();
    }
  }
}

/** `kazasu-model-1` from the institution's side; null when the card refuses a step. */
async function grantedSignature(
  card: Transmit,
  shown: Buffer,
  institution: KeyObject,
  message: Buffer,
): Promise<Buffer | null> {
  const certificate = shown.subarray(0, CERTIFICATE.bytes);
  const show = INS.presentCertificate;
  const challenge = await sent(card, [
    command(0x00, INS.select, 0x04, 0x0c, { data: JPKI_AID }),
    ...chained(0x80, show, 0x06, 0xc1, certificate),
    ...chained(0x80, show, 0x00, 0xc1, shown.subarray(CERTIFICATE.bytes)),
    command(0x00, INS.getChallenge, 0, 0, { le: SECRET_BYTES }),
  ]);
  if (challenge === null) return null;
  const id = certificate.subarray(CERTIFICATE.id.begin, CERTIFICATE.id.end);
  const asked = Buffer.concat([Buffer.from('kazasu-model-1'), challenge, id]);
  return sent(card, [
    ...chained(0x00, INS.externalAuthenticate, 0, 0, sign('sha256', asked, institution)),
    command(0x00, INS.select, 0x02, 0x0c, { data: EF_USER_KEY }),
    command(0x80, INS.performSecurityOperation, 0x03, 0x80, { data: message, le: 256 }),
  ]);
}

/** What the last command was answered with; null when one was refused. */
async function sent(card: Transmit, commands: readonly Uint8Array[]): Promise<Buffer | null> {
  let last = Buffer.alloc(0);
  for (const each of commands) {
    const { data, sw } = await exchange(card, each);
    if (sw !== SW.ok) return null;
    last = Buffer.from(data);
  }
  return last;
}

/** `<list>.<version>.<root>.db` */
function versionOf(name: string): number {
  return Number(name.split('.').at(-3));
}

function formsOf(wanted: string | Buffer): Buffer[] {
  if (typeof wanted === 'string') {
    return [Buffer.from(wanted, 'utf8'), Buffer.from(wanted, 'utf16le')];
  }
  const hex = wanted.toString('hex');
  return [wanted, Buffer.from(hex), Buffer.from(hex.toUpperCase())];
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
