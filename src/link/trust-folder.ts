/**
 * `<state>/trust`: the anchors and the indexes of the revocation lists that were accepted last.
 *
 * `trust.json` is the commit point: what it names is on the medium before it is. It says when the
 * manifest was accepted, and a later start verifies the signature as of then: that the signer's
 * certificate has expired meanwhile, or a later root names another key, says nothing about what was
 * accepted, and must not keep an offline terminal from serving.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RevocationList } from '../pki/revocation-list.ts';
import { certifiedBy } from '../pki/signed-object.ts';
import { TrustStore } from '../pki/trust-store.ts';
import {
  headroom,
  isStorageFailure,
  makeFolder,
  publish,
  RESERVE_BYTES,
  SERVICE_HEADROOM_BYTES,
  writeDurably,
} from '../store/disk.ts';
import { RevocationFileError } from '../store/revocation-error.ts';
import { openRevocationFile } from '../store/revocation-file.ts';
import { buildRevocationFiles } from '../store/revocation-files.ts';
import { type ManifestCrl, TRUST_MANIFEST, type TrustManifest } from './protocol.ts';
import { Rejection, rejectionOf } from './rejection.ts';
import { readSigned } from './signed-statement.ts';

const COMMIT_FILE = 'trust.json';
const CHUNKS = 'chunks';

const COMMITTED = z.strictObject({
  version: z.int().positive(),
  root: z.string(),
  /** ms since the epoch. */
  acceptedAt: z.number(),
  /** CMS, base64; null when the files were found damaged: the version still only rises. */
  manifest: z.base64().nullable(),
  /** By the hash of each revocation list, that of its index. */
  indexes: z.record(z.string(), z.string()),
  /** By the key of each authority, the number of its newest list: it only rises, too. */
  numbers: z.record(z.string(), z.string().regex(/^\d{1,49}$/u)),
});
export type Committed = z.infer<typeof COMMITTED>;

export interface OpenedTrust {
  readonly store: TrustStore;
  readonly anchors: readonly Buffer[];
  /** As in `Committed`. */
  readonly indexes: Committed['indexes'];
}

/** Hands over the path of each chunk, in order. */
export type ProvideChunks = (hashes: readonly string[]) => Promise<readonly string[]>;

export class TrustFolder {
  readonly path: string;

  constructor(stateDirectory: string) {
    this.path = join(stateDirectory, 'trust');
  }

  get chunkFolder(): string {
    return join(this.path, CHUNKS);
  }

  /** Null when nothing was ever committed, or the file is not readable as such. */
  committed(): Committed | null {
    try {
      return COMMITTED.parse(JSON.parse(readFileSync(join(this.path, COMMIT_FILE), 'utf8')));
    } catch {
      return null;
    }
  }

  /** DER of a certificate; null when the file is not there or not what its name says. */
  async anchor(hash: string): Promise<Buffer | null> {
    const bytes = await readFile(this.#anchorPath(hash)).catch(() => null);
    const whole = bytes !== null && createHash('sha256').update(bytes).digest('hex') === hash;
    return whole ? bytes : null;
  }

  /**
   * A store of what a manifest names. `provide` is asked for the chunks of lists whose index is
   * missing or damaged; null: then it is an error. Rejects with RevocationFileError, TrustError, or
   * Rejection `older-version` when a list is older than the one in use.
   */
  async open(
    manifest: TrustManifest,
    anchors: readonly Buffer[],
    provide: ProvideChunks | null,
  ): Promise<OpenedTrust> {
    const committed = this.committed();
    const known = committed?.indexes ?? {};
    const held = await Promise.all(
      manifest.crls.map(({ sha256 }) => this.#openIndex(sha256, known[sha256])),
    );
    const missing = manifest.crls.filter((_, at) => held[at] == null);
    const lists = held.filter((list) => list !== null);
    try {
      const built = await this.#build(missing, anchors, provide);
      for (const { sha256 } of missing) {
        lists.push(await openRevocationFile(this.#indexPath(sha256), built[sha256] ?? ''));
      }
      const store = TrustStore.load({ anchors, crls: lists });
      mustNotFall(store, committed?.numbers ?? {});
      const indexes = { ...known, ...built };
      const named = manifest.crls.map(({ sha256 }) => [sha256, indexes[sha256] ?? ''] as const);
      return { store, anchors, indexes: Object.fromEntries(named) };
    } catch (error) {
      for (const list of lists) list.close();
      throw error;
    }
  }

  /** Lets what was opened be what a start finds, and removes what was there before. */
  async commit(
    accepted: Pick<Committed, 'version' | 'root' | 'acceptedAt'> & { readonly manifest: Buffer },
    { store, anchors, indexes }: OpenedTrust,
  ): Promise<void> {
    makeFolder(this.path);
    const needed = new Set([COMMIT_FILE, CHUNKS]);
    for (const der of anchors) needed.add(`${await this.#keepAnchor(der)}.der`);
    for (const sha256 of Object.keys(indexes)) needed.add(`${sha256}.index`);
    const manifest = accepted.manifest.toString('base64');
    this.#write({ ...accepted, manifest, indexes, numbers: numbersOf(store) });
    for (const name of readdirSync(this.path)) {
      if (!needed.has(name)) rmSync(join(this.path, name), { force: true });
    }
  }

  /** Notes something about the version that is committed, where the disk takes it. */
  note(committed: Committed): void {
    try {
      this.#write(committed);
    } catch (error) {
      // A disk that takes no write must not keep the terminal from starting.
      if (!isStorageFailure(error)) throw error;
    }
  }

  /** Chunks on disk as a download left them: whether they are whole is told by their hashes. */
  chunkPaths(hashes: readonly string[]): readonly string[] {
    return hashes.map((hash) => join(this.chunkFolder, hash));
  }

  async #build(
    crls: readonly ManifestCrl[],
    anchors: readonly Buffer[],
    provide: ProvideChunks | null,
  ): Promise<Committed['indexes']> {
    if (crls.length === 0) return {};
    if (provide === null) throw new RevocationFileError('damaged', 'an index is damaged');
    const paths = await provide(crls.flatMap(({ chunks }) => chunks));
    let taken = 0;
    const lists = crls.map(({ sha256, bytes, chunks }) => ({
      sha256,
      bytes,
      chunks: chunks.map((hash) => ({ sha256: hash, path: paths[taken++] ?? '' })),
      path: this.#indexPath(sha256),
    }));
    makeFolder(this.path);
    const built = await buildRevocationFiles({ anchors, lists });
    return Object.fromEntries(crls.map(({ sha256 }, at) => [sha256, built[at] ?? '']));
  }

  async #openIndex(sha256: string, index: string | undefined): Promise<RevocationList | null> {
    if (index === undefined) return null;
    try {
      return await openRevocationFile(this.#indexPath(sha256), index);
    } catch (error) {
      if (error instanceof RevocationFileError) return null;
      throw error;
    }
  }

  /** Never written over: a power cut would leave the version in use without it. */
  async #keepAnchor(der: Buffer): Promise<string> {
    const hash = createHash('sha256').update(der).digest('hex');
    if ((await this.anchor(hash)) !== null) return hash;
    const free = headroom(this.path) - der.length;
    if (free < SERVICE_HEADROOM_BYTES + RESERVE_BYTES) {
      throw new Rejection('disk-full', `${free} bytes would be free`);
    }
    writeDurably(this.#anchorPath(hash), der);
    return hash;
  }

  #write(committed: Committed): void {
    const path = join(this.path, COMMIT_FILE);
    writeDurably(`${path}.part`, JSON.stringify(committed));
    publish(`${path}.part`, path);
  }

  #anchorPath(hash: string): string {
    return join(this.path, `${hash}.der`);
  }

  #indexPath(sha256: string): string {
    return join(this.path, `${sha256}.index`);
  }
}

export interface LoadedTrust {
  readonly version: number;
  /** Hex; what the signed manifest names. */
  readonly root: string;
  /** The caller's, to close. */
  readonly store: TrustStore;
}

/**
 * The anchors and revocation lists that were accepted last, for a start without network; null when
 * there are none, or when what is there no longer verifies: then the platform is asked for them. A
 * damaged index is made again from the chunks beside it. `pinned`: DER of the platform's CA.
 * Staleness of a CRL is judged at use, never here.
 */
export async function loadTrust(
  stateDirectory: string,
  pinned: Buffer,
): Promise<LoadedTrust | null> {
  const folder = new TrustFolder(stateDirectory);
  const committed = folder.committed();
  const loaded = await load(folder, committed, pinned, async (hashes) => folder.chunkPaths(hashes));
  if (loaded !== 'damaged') return loaded;
  // The next start need not find out again. Not in use, the same version is fetched from the platform.
  if (committed !== null) folder.note({ ...committed, manifest: null });
  return null;
}

/** As `loadTrust`, but for whoever only looks: changes nothing. */
export function readTrust(
  stateDirectory: string,
  pinned: Buffer,
): Promise<LoadedTrust | 'damaged' | null> {
  const folder = new TrustFolder(stateDirectory);
  return load(folder, folder.committed(), pinned, null);
}

async function load(
  folder: TrustFolder,
  committed: Committed | null,
  pinned: Buffer,
  provide: ProvideChunks | null,
): Promise<LoadedTrust | 'damaged' | null> {
  if (committed?.manifest == null) return null;
  try {
    const cms = Buffer.from(committed.manifest, 'base64');
    const { acceptedAt } = committed;
    const manifest = await readSigned(
      cms,
      'trust',
      TRUST_MANIFEST,
      certifiedBy(pinned),
      acceptedAt,
    );
    const anchors = await Promise.all(manifest.anchors.map((hash) => folder.anchor(hash)));
    if (anchors.includes(null)) return 'damaged';
    const whole = anchors.filter((der) => der !== null);
    const opened = await folder.open(manifest, whole, provide);
    if (provide !== null) keepIndexes(folder, committed, opened);
    return { version: manifest.version, root: manifest.root, store: opened.store };
  } catch (error) {
    rejectionOf(error);
    return 'damaged';
  }
}

/** Those that were made again count at the next start, too. */
function keepIndexes(folder: TrustFolder, committed: Committed, { indexes }: OpenedTrust): void {
  const same = Object.entries(indexes).every(([crl, index]) => committed.indexes[crl] === index);
  if (!same) folder.note({ ...committed, indexes });
}

/** SHA-256 over the hashes as bytes, anchors first. */
export function rootOf({ anchors, crls }: TrustManifest): string {
  const root = createHash('sha256');
  for (const hash of [...anchors, ...crls.map(({ sha256 }) => sha256)]) root.update(hash, 'hex');
  return root.digest('hex');
}

function numbersOf(store: TrustStore): Committed['numbers'] {
  const numbers: Record<string, string> = {};
  // The highest number comes first.
  for (const { keyHash, number } of store.crls.toReversed()) numbers[keyHash] = String(number);
  return numbers;
}

/**
 * RFC 5280 5.2.3: of one key, the number of its newest list only rises. A list that is left out
 * would take back every revocation of an authority that is still trusted, and so would an old one.
 */
function mustNotFall(store: TrustStore, before: Committed['numbers']): void {
  const now = numbersOf(store);
  for (const keyHash of store.keyHashes) {
    const [held, offered] = [before[keyHash], now[keyHash]];
    if (held === undefined || (offered !== undefined && BigInt(offered) >= BigInt(held))) continue;
    throw new Rejection('older-version', `revocation list ${offered ?? 'none'} after ${held}`);
  }
}
