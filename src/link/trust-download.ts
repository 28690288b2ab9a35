/**
 * Anchors and revocation lists: fetched under a signed manifest, checked as a whole, kept under
 * `<state>/trust` for a start without network.
 *
 * `trust.json` is the commit point: the DER files that it names are on the medium before it is. It
 * says when the manifest was accepted, and a later start verifies the signature as of then: that
 * the signer's certificate has expired meanwhile, or a later root names another key, says nothing
 * about what was accepted, and must not keep an offline terminal from serving.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { EventName } from '../domain/events.ts';
import { certifiedBy, type Signers } from '../pki/signed-object.ts';
import { TrustStore } from '../pki/trust-store.ts';
import {
  headroom,
  isStorageFailure,
  publish,
  RESERVE_BYTES,
  SERVICE_HEADROOM_BYTES,
  writeDurably,
} from '../store/disk.ts';
import type { ObjectSource } from './object-source.ts';
import { type Head, LIMITS, TRUST_MANIFEST, type TrustManifest } from './protocol.ts';
import { Rejection, rejectionOf, risesAbove } from './rejection.ts';
import type { JobResult } from './retry-queue.ts';
import { readSigned } from './signed-statement.ts';

/** A CRL of a million entries is about 40 MB. */
const CRL_BYTES = 67_108_864;
const ANCHOR_BYTES = 65_536;
const COMMIT_FILE = 'trust.json';

const COMMITTED = z.strictObject({
  version: z.int().positive(),
  root: z.string(),
  /** ms since the epoch. */
  acceptedAt: z.number(),
  /** CMS, base64; null when the files were found damaged: the version still only rises. */
  manifest: z.base64().nullable(),
});
type Committed = z.infer<typeof COMMITTED>;

export interface TrustDownloadOptions {
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly source: ObjectSource;
  readonly signers: Signers;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  readonly onTrust: (store: TrustStore) => void;
}

interface Part {
  readonly hash: string;
  readonly der: Buffer;
  /** On the medium since an earlier version. */
  readonly held: boolean;
}

export class TrustDownload {
  readonly #options: TrustDownloadOptions;
  readonly #directory: string;

  constructor(options: TrustDownloadOptions) {
    this.#options = options;
    this.#directory = directoryOf(options.stateDirectory);
  }

  /** Makes the offered version the active one, or journals why not. Never two calls at a time. */
  async take(head: Head, signal: AbortSignal): Promise<JobResult> {
    try {
      if (this.#isNewer(head)) await this.#replace(head, signal);
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'done';
      const { reason, message, mayPass } = rejectionOf(error);
      const { version } = head;
      this.#options.journal('trust.rejected', { version, reason, detail: message });
      return mayPass ? 'try-again' : 'done';
    }
  }

  #isNewer(head: Head): boolean {
    const active = readCommitted(this.#directory);
    return risesAbove(head, active) || active?.manifest === null;
  }

  async #replace(head: Head, signal: AbortSignal): Promise<void> {
    const { source, signers, clock, journal, onTrust } = this.#options;
    const cms = await source.fetch(head.manifest, LIMITS.manifestBytes, signal);
    const acceptedAt = clock.now();
    const manifest = await readSigned(cms, 'trust', TRUST_MANIFEST, signers, acceptedAt);
    const { version, root } = manifest;
    if (version !== head.version || root !== head.root) {
      throw new Rejection('root-mismatch', 'the manifest is not the one that the head names');
    }
    if (rootOf(manifest) !== root) {
      throw new Rejection('root-mismatch', 'the hashes do not give the root');
    }
    const anchors = await this.#parts(manifest.anchors, ANCHOR_BYTES, signal);
    const crls = await this.#parts(manifest.crls, CRL_BYTES, signal);
    const store = await TrustStore.load({ anchors: anchors.map(derOf), crls: crls.map(derOf) });
    // Persisted only after every check, or a bad version would be found again at the next start.
    const committed = { version, root, acceptedAt, manifest: cms.toString('base64') };
    await this.#commit(committed, [...anchors, ...crls]);
    clock.raise(Date.parse(manifest.issuedAt));
    onTrust(store);
    journal('trust.activated', { version, anchors: anchors.length, crls: crls.length });
  }

  /** What the last version had already is not fetched again. */
  async #parts(hashes: readonly string[], limit: number, signal: AbortSignal): Promise<Part[]> {
    const parts: Part[] = [];
    for (const hash of hashes) {
      const held = await readHashed(this.#directory, hash);
      const der = held ?? (await this.#options.source.fetch(hash, limit, signal));
      parts.push({ hash, der, held: held !== null });
    }
    return parts;
  }

  async #commit(committed: Committed, parts: readonly Part[]): Promise<void> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    for (const { hash, der, held } of parts) {
      if (!held) await writePart(join(this.#directory, fileNameOf(hash)), der);
    }
    writeCommitted(this.#directory, committed);
    const needed = new Set([COMMIT_FILE, ...parts.map(({ hash }) => fileNameOf(hash))]);
    for (const name of readdirSync(this.#directory)) {
      if (!needed.has(name)) rmSync(join(this.#directory, name), { force: true });
    }
  }
}

export interface LoadedTrust {
  readonly version: number;
  readonly store: TrustStore;
}

/**
 * The anchors and revocation lists that were accepted last, for a start without network; null when
 * there are none, or when what is there no longer verifies: then the platform is asked for them.
 * `pinned`: DER of the platform's CA. Staleness of a CRL is judged at use, never here.
 */
export async function loadTrust(
  stateDirectory: string,
  pinned: Buffer,
): Promise<LoadedTrust | null> {
  const loaded = await readTrust(stateDirectory, pinned);
  if (loaded !== 'damaged') return loaded;
  const directory = directoryOf(stateDirectory);
  const committed = readCommitted(directory);
  if (committed !== null) markDamaged(directory, committed);
  return null;
}

/** As `loadTrust`, but for whoever only looks: changes nothing. */
export async function readTrust(
  stateDirectory: string,
  pinned: Buffer,
): Promise<LoadedTrust | 'damaged' | null> {
  const directory = directoryOf(stateDirectory);
  const committed = readCommitted(directory);
  if (committed?.manifest == null) return null;
  try {
    const cms = Buffer.from(committed.manifest, 'base64');
    const { acceptedAt } = committed;
    const signers = certifiedBy(pinned);
    const manifest = await readSigned(cms, 'trust', TRUST_MANIFEST, signers, acceptedAt);
    const [anchors, crls] = await Promise.all([
      readAll(directory, manifest.anchors),
      readAll(directory, manifest.crls),
    ]);
    return { version: manifest.version, store: await TrustStore.load({ anchors, crls }) };
  } catch (error) {
    rejectionOf(error);
    return 'damaged';
  }
}

/** So that the same version is fetched again. */
function markDamaged(directory: string, committed: Committed): void {
  try {
    writeCommitted(directory, { ...committed, manifest: null });
  } catch (error) {
    // A disk that takes no write must not keep the terminal from starting.
    if (!isStorageFailure(error)) throw error;
  }
}

function directoryOf(stateDirectory: string): string {
  return join(stateDirectory, 'trust');
}

function fileNameOf(hash: string): string {
  return `${hash}.der`;
}

function derOf({ der }: Part): Buffer {
  return der;
}

/**
 * Off the main thread's time, unlike `writeDurably`: a CRL may have tens of megabytes, and taps
 * don't wait.
 */
async function writePart(path: string, der: Buffer): Promise<void> {
  const free = headroom(dirname(path)) - der.length;
  if (free < SERVICE_HEADROOM_BYTES + RESERVE_BYTES) {
    throw new Rejection('disk-full', `${free} bytes would be free`);
  }
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(der);
    await file.sync();
  } finally {
    await file.close();
  }
}

function writeCommitted(directory: string, committed: Committed): void {
  const path = join(directory, COMMIT_FILE);
  writeDurably(`${path}.part`, JSON.stringify(committed));
  publish(`${path}.part`, path);
}

/** SHA-256 over the hashes as bytes, anchors first. */
function rootOf({ anchors, crls }: TrustManifest): string {
  const root = createHash('sha256');
  for (const hash of [...anchors, ...crls]) root.update(hash, 'hex');
  return root.digest('hex');
}

async function readAll(directory: string, hashes: readonly string[]): Promise<Buffer[]> {
  return Promise.all(
    hashes.map(async (hash) => {
      const bytes = await readHashed(directory, hash);
      if (bytes === null) throw new Rejection('not-found', 'a file of the trust folder is damaged');
      return bytes;
    }),
  );
}

/** Null when the file is not there or not what its name says. */
async function readHashed(directory: string, hash: string): Promise<Buffer | null> {
  const bytes = await readFile(join(directory, fileNameOf(hash))).catch(() => null);
  const whole = bytes !== null && createHash('sha256').update(bytes).digest('hex') === hash;
  return whole ? bytes : null;
}

/** Null when nothing was ever committed, or the file is not readable as such. */
function readCommitted(directory: string): Committed | null {
  try {
    return COMMITTED.parse(JSON.parse(readFileSync(join(directory, COMMIT_FILE), 'utf8')));
  } catch {
    return null;
  }
}
