/**
 * The people whom a television calls. Who they are is in its ledger by reference id alone; their names stand beside it,
 * sealed with a key of the terminal's own key store, so that the disk of a stolen box shows none.
 *
 * A sealed name: salt (16) || nonce (12) || ciphertext || tag (16), AES-256-GCM under
 * HMAC-SHA-256(key "television", "kazasu-television-1" || salt), with the reference id as associated data.
 */

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Assurance } from '../domain/entry-list.ts';
import { evacueeSubject } from '../domain/evacuation.ts';
import { LINKED_MAX } from '../domain/television-screen.ts';
import { type KeyStore, KeyStoreError, SECRET_BYTES } from '../keys/key-store.ts';
import type { Recorder } from '../recorder.ts';

const SETTING = 'television-links';
const KEY = 'television';
const CIPHER = 'aes-256-gcm';
const BYTES = { salt: 16, nonce: 12, tag: 16 } as const;
/** Names are padded to a multiple of it, so that their length tells nothing. */
const BLOCK_BYTES = 256;

const KEPT = z.strictObject({
  version: z.literal(1),
  links: z.array(z.strictObject({ ref: z.string(), sealed: z.base64() })).max(LINKED_MAX),
});
type Kept = z.infer<typeof KEPT>['links'];

/** What is sealed. `card`: a value by which this television alone knows their card again, without a network. */
const NAMED = z.strictObject({ name: z.string(), kana: z.string(), card: z.string() });
type Named = z.infer<typeof NAMED>;

export interface LinkedPerson {
  readonly ref: string;
  /** Both empty while the key store can't be used. */
  readonly name: string;
  readonly kana: string;
}

/** `by`: the person's card, somebody with the remote control, or the municipality, whose register does not have them any more. */
export type UnlinkedBy = 'card' | 'remote' | 'register';

export interface LinksParts {
  readonly recorder: Recorder;
  readonly keyStore: KeyStore;
}

export class Links {
  readonly #parts: LinksParts;
  readonly #listeners = new Set<() => void>();
  #kept: Kept;
  /** By reference id; who is missing can't be read now. */
  #named: ReadonlyMap<string, Named> = new Map();

  /** Throws for a setting that is none: whom to call is not guessed. */
  constructor(parts: LinksParts) {
    this.#parts = parts;
    const text = parts.recorder.ledger.get(SETTING);
    this.#kept = text === null ? [] : KEPT.parse(JSON.parse(text)).links;
  }

  /** In the order in which they were linked. */
  get people(): readonly LinkedPerson[] {
    return this.#kept.map(({ ref }) => {
      const { name = '', kana = '' } = this.#named.get(ref) ?? {};
      return { ref, name, kana };
    });
  }

  get isFull(): boolean {
    return this.#kept.length >= LINKED_MAX;
  }

  has(ref: string): boolean {
    return this.#kept.some((kept) => kept.ref === ref);
  }

  /** Calls the listener on every change, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Opens the names that are not known yet. Never rejects for a key store that can't be used now: to be tried again. */
  async read(): Promise<void> {
    const missing = this.#kept.filter(({ ref }) => !this.#named.has(ref));
    if (missing.length === 0) return;
    const opened = new Map(this.#named);
    for (const { ref, sealed } of missing) {
      const named = await this.#open(ref, Buffer.from(sealed, 'base64'));
      if (named !== null) opened.set(ref, named);
    }
    if (opened.size === this.#named.size) return;
    this.#named = opened;
    this.#tell();
  }

  /**
   * Durable when it resolves: the fact and the name are one write. Somebody who is linked already is only named anew, and
   * that is no fact. Rejects with `KeyStoreError`, `DiskFullError`, or RangeError for one too many, having changed nothing.
   */
  async add(person: LinkedPerson, certificate: Uint8Array, assurance: Assurance): Promise<void> {
    const { ref, name, kana } = person;
    const named = { name, kana, card: await this.#cardValue(certificate) };
    const sealed = (await this.#seal(ref, named)).toString('base64');
    const others = this.#kept.filter((kept) => kept.ref !== ref);
    const isNew = others.length === this.#kept.length;
    if (isNew && this.isFull) throw new RangeError('one television calls no more people');
    const fact = {
      event: 'television.linked',
      subject: evacueeSubject(ref),
      body: { ref, assurance },
    } as const;
    this.#keep([...others, { ref, sealed }], isNew ? [fact] : []);
    this.#named = new Map([...this.#named, [ref, named]]);
    this.#tell();
  }

  /** Durable when it returns; needs neither a network nor a key. Nothing for somebody who is not linked. Throws `DiskFullError`. */
  end(ref: string, by: UnlinkedBy): void {
    if (!this.has(ref)) return;
    const fact = {
      event: 'television.unlinked',
      subject: evacueeSubject(ref),
      body: { ref, by },
    } as const;
    this.#keep(
      this.#kept.filter((kept) => kept.ref !== ref),
      [fact],
    );
    this.#named = new Map([...this.#named].filter(([known]) => known !== ref));
    this.#tell();
  }

  /** Whose card (DER of its certificate) it is, of those who are linked; null: nobody's. */
  async personOf(certificate: Uint8Array): Promise<string | null> {
    await this.read();
    if (this.#named.size === 0) return null;
    try {
      const card = await this.#cardValue(certificate);
      return [...this.#named].find(([, named]) => named.card === card)?.[0] ?? null;
    } catch (error) {
      if (!(error instanceof KeyStoreError)) throw error;
      return null;
    }
  }

  #keep(links: Kept, facts: Parameters<Recorder['record']>[0]): void {
    const { recorder } = this.#parts;
    const text = JSON.stringify({ version: 1, links });
    recorder.record(facts, { steps: () => recorder.ledger.set(SETTING, text) });
    this.#kept = links;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async #cardValue(certificate: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(certificate).digest();
    return (await this.#mac('kazasu-television-card-1', hash)).toString('hex');
  }

  async #seal(ref: string, named: Named): Promise<Buffer> {
    const salt = randomBytes(BYTES.salt);
    const nonce = randomBytes(BYTES.nonce);
    const key = await this.#mac('kazasu-television-1', salt);
    const text = Buffer.from(JSON.stringify(named), 'utf8');
    const length = Math.ceil((text.length + 1) / BLOCK_BYTES) * BLOCK_BYTES;
    // JSON ends itself; what follows is white space.
    const padded = Buffer.concat([text, Buffer.alloc(length - text.length, ' ')]);
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(ref, 'utf8'));
    const sealed = [salt, nonce, cipher.update(padded), cipher.final()];
    return Buffer.concat([...sealed, cipher.getAuthTag()]);
  }

  /** Null while it can't be opened. */
  async #open(ref: string, sealed: Buffer): Promise<Named | null> {
    const nonceAt = BYTES.salt;
    const textAt = nonceAt + BYTES.nonce;
    try {
      const key = await this.#mac('kazasu-television-1', sealed.subarray(0, nonceAt));
      const nonce = sealed.subarray(nonceAt, textAt);
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: BYTES.tag })
        .setAAD(Buffer.from(ref, 'utf8'))
        .setAuthTag(sealed.subarray(-BYTES.tag));
      const text = decipher.update(sealed.subarray(textAt, -BYTES.tag)).toString('utf8');
      return final(decipher) ? NAMED.parse(JSON.parse(text)) : null;
    } catch (error) {
      if (!(error instanceof KeyStoreError)) throw error;
      return null;
    }
  }

  async #mac(purpose: string, data: Uint8Array): Promise<Buffer> {
    const { keyStore } = this.#parts;
    let key = await keyStore.macKey(KEY);
    if (key === null) {
      await keyStore.keep(KEY, 'secret', randomBytes(SECRET_BYTES));
      key = await keyStore.macKey(KEY);
    }
    if (key === null) throw new KeyStoreError('the key of the names is not kept');
    return key.mac(Buffer.concat([Buffer.from(purpose, 'utf8'), data]));
  }
}

/** Whether what was deciphered is authentic; another key than that of the sealing opens nothing. */
function final(decipher: ReturnType<typeof createDecipheriv>): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}
