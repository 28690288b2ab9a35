/**
 * Anchors and revocation lists: fetched under a signed manifest, checked as a whole, kept under
 * `<state>/trust` for a start without network (`trust-folder.ts`).
 */

import type { Clock } from '../clock.ts';
import type { EventName } from '../domain/events.ts';
import type { Signers } from '../pki/signed-object.ts';
import type { IgnoredDelta } from '../pki/trust-store.ts';
import { ChunkStore } from './chunk-store.ts';
import type { InUse } from './in-use.ts';
import type { ObjectSource } from './object-source.ts';
import { type Head, LIMITS, TRUST_MANIFEST, type TrustManifest } from './protocol.ts';
import { Rejection, rejectionOf, risesAbove } from './rejection.ts';
import type { JobResult } from './retry-queue.ts';
import { readSigned } from './signed-statement.ts';
import { type LoadedTrust, type OpenedTrust, rootOf, TrustFolder } from './trust-folder.ts';

const ANCHOR_BYTES = 65_536;

export interface TrustDownloadOptions {
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly source: ObjectSource;
  readonly signers: Signers;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  /** What cards are verified with now. */
  readonly inUse: () => InUse;
  /** The store is the caller's. */
  readonly onTrust: (loaded: LoadedTrust) => void;
}

export class TrustDownload {
  readonly #options: TrustDownloadOptions;
  readonly #folder: TrustFolder;
  readonly #chunks: ChunkStore;

  constructor(options: TrustDownloadOptions) {
    this.#options = options;
    this.#folder = new TrustFolder(options.stateDirectory);
    this.#chunks = new ChunkStore(this.#folder.chunkFolder, (...wanted) =>
      options.source.fetch(...wanted, 'trust'),
    );
  }

  /** Makes the offered version the active one, or journals why not. Never two calls at a time. */
  async take(head: Head, signal: AbortSignal): Promise<JobResult> {
    try {
      if (this.#isWanted(head)) await this.#replace(head, signal);
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'done';
      const { reason, message, mayPass } = rejectionOf(error);
      const { version } = head;
      this.#options.journal('trust.rejected', { version, reason, detail: message });
      return mayPass ? 'try-again' : 'done';
    }
  }

  /**
   * Also the version that is kept, where a start could not use it: its files were damaged, or the ledger was lost that
   * says whose signatures count.
   */
  #isWanted(head: Head): boolean {
    return risesAbove(head, this.#folder.committed()) || this.#options.inUse().trust !== head.root;
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
    const opened = await this.#open(manifest, signal);
    try {
      // Persisted only after every check, or a bad version would be found again at the next start.
      await this.#folder.commit({ version, root, acceptedAt, manifest: cms }, opened);
    } catch (error) {
      opened.store.close();
      throw error;
    }
    clock.raise(Date.parse(manifest.issuedAt));
    onTrust({ version, root, store: opened.store });
    await this.#chunks.keepOnly(chunksOf(manifest));
    this.#noteIgnored(version, opened.store.ignoredDeltas);
    const { anchors, crls } = manifest;
    journal('trust.activated', { version, anchors: anchors.length, crls: crls.length });
  }

  /** What the last version had already is neither fetched nor indexed again. */
  async #open(manifest: TrustManifest, signal: AbortSignal): Promise<OpenedTrust> {
    const anchors: Buffer[] = [];
    for (const hash of manifest.anchors) {
      const held = await this.#folder.anchor(hash);
      anchors.push(held ?? (await this.#options.source.fetch(hash, ANCHOR_BYTES, signal)));
    }
    try {
      return await this.#folder.open(manifest, anchors, (hashes) =>
        this.#chunks.provide(hashes, signal),
      );
    } catch (error) {
      if (signal.aborted || rejectionOf(error).reason !== 'disk-full') throw error;
      // Room for the next attempt: what only older versions need goes.
      await this.#chunks.keepOnly(chunksOf(manifest));
      throw error;
    }
  }

  #noteIgnored(version: number, ignored: readonly IgnoredDelta[]): void {
    for (const { reason, number, base } of ignored) {
      const fields = { version, reason, number: String(number), base: String(base) };
      this.#options.journal('trust.delta-ignored', fields);
    }
  }
}

/** Kept beside the indexes: a damaged index is made again from them, also without a network. */
function chunksOf({ crls }: TrustManifest): string[] {
  return crls.flatMap(({ chunks }) => chunks);
}
