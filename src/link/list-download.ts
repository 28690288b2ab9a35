/**
 * From a signed head to an active entry list: manifest, chunks, file, hand-over. A list that is not
 * taken never touches the active one.
 */

import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EntryListManifest } from '../domain/entry-list.ts';
import type { EventName } from '../domain/events.ts';
import type { Signers } from '../pki/signed-object.ts';
import { buildListFile, ListFileError } from '../store/list-file.ts';
import type { ListShelf } from '../store/list-shelf.ts';
import { ChunkStore } from './chunk-store.ts';
import { applyDelta, startsFrom } from './list-delta.ts';
import type { ListKeyRing } from './list-keys.ts';
import type { ObjectSource } from './object-source.ts';
import type { OfferedKeys } from './offered-keys.ts';
import { ENTRY_LIST_MANIFEST, type Head, KEY_ID_PROBE, LIMITS } from './protocol.ts';
import { Rejection, rejectionOf, risesAbove } from './rejection.ts';
import type { JobResult } from './retry-queue.ts';
import { readSigned } from './signed-statement.ts';

export interface ListDownloadOptions {
  readonly terminal: string;
  /** Every entry list that this terminal wants. */
  readonly lists: readonly string[];
  readonly stateDirectory: string;
  readonly shelf: ListShelf;
  readonly listKeys: ListKeyRing;
  readonly clock: Clock;
  readonly source: ObjectSource;
  readonly signers: Signers;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
}

/** A head whose signature has been verified, and the list key that came with it. */
export interface OfferedList {
  readonly head: Head;
  readonly key: OfferedKeys<'row' | 'data'> | null;
}

export class ListDownload {
  readonly #options: ListDownloadOptions;
  readonly #chunks: ChunkStore;

  constructor(options: ListDownloadOptions) {
    this.#options = options;
    this.#chunks = new ChunkStore(options.stateDirectory, options.source);
  }

  /** Makes the offered version the active one, or journals why not. Never two calls at a time. */
  async take({ head, key }: OfferedList, signal: AbortSignal): Promise<JobResult> {
    try {
      const active = this.#options.shelf.active(head.list)?.manifest ?? null;
      if (active === null || risesAbove(head, active)) {
        await this.#replace(head, key, signal);
      } else {
        mustBeKeyOf(active, key);
        const useKey = key && (await this.#options.listKeys.take(key, active));
        useKey?.();
        this.#confirm(head);
      }
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'done';
      const { reason, message, mayPass } = rejectionOf(error);
      const { list, version } = head;
      this.#options.journal('list.rejected', { list, version, reason, detail: message });
      return mayPass ? 'try-again' : 'done';
    }
  }

  async #replace(head: Head, key: OfferedList['key'], signal: AbortSignal): Promise<void> {
    const { shelf, listKeys, journal } = this.#options;
    const startedAt = performance.now();
    const manifest = await this.#manifest(head, signal);
    mustBeKeyOf(manifest, key);
    const { path, delta } = await this.#build(manifest, signal);
    // The key belongs to the version: it changes with it, not before.
    const useKey = key && (await listKeys.take(key, manifest));
    // Confirmed first: the first tap already sees the right age.
    this.#confirm(head);
    useKey?.();
    shelf.activate(head.list, path);
    const { list, version, rows, root } = manifest;
    const ms = Math.round(performance.now() - startedAt);
    journal('list.activated', { list, version, rows, root, source: 'platform', delta, ms });
    await this.#chunks.keepOnly(this.#activeChunks());
  }

  async #manifest(head: Head, signal: AbortSignal): Promise<EntryListManifest> {
    const { source, signers, clock, terminal } = this.#options;
    const cms = await source.fetch(head.manifest, LIMITS.manifestBytes, signal);
    const now = clock.now();
    const manifest = await readSigned(cms, 'entry-list', ENTRY_LIST_MANIFEST, signers, now);
    const { list, version, root, audience } = manifest;
    if (list !== head.list) throw new Rejection('root-mismatch', `the manifest is of ${list}`);
    if (version < head.version) throw new Rejection('older-version', 'the manifest is older');
    if (version !== head.version || root !== head.root) {
      throw new Rejection('root-mismatch', 'the manifest is not the one that the head names');
    }
    if (audience.length > 0 && !audience.includes(terminal)) {
      throw new Rejection('not-for-this-terminal', 'the audience is another');
    }
    if (clock.now() >= Date.parse(manifest.validTo)) {
      throw new Rejection('expired', `valid until ${manifest.validTo}`);
    }
    clock.raise(Date.parse(manifest.issuedAt));
    return manifest;
  }

  async #build(
    manifest: EntryListManifest,
    signal: AbortSignal,
  ): Promise<{ path: string; delta: boolean }> {
    const { directory } = this.#options.shelf;
    try {
      const delta = await this.#takeDelta(manifest, signal);
      const chunkFiles = await this.#chunks.provide(manifest.chunks, signal);
      return { path: await buildListFile({ directory, manifest, chunkFiles }), delta };
    } catch (error) {
      if (signal.aborted || rejectionOf(error).reason !== 'disk-full') throw error;
      // Room for the next attempt: what only older versions need goes.
      await this.#chunks.keepOnly(manifest.chunks);
      this.#options.shelf.sweep();
      throw error;
    }
  }

  /** False when there is none for the active version, or when it was thrown away: then chunks are fetched. */
  async #takeDelta(manifest: EntryListManifest, signal: AbortSignal): Promise<boolean> {
    const { shelf, source, journal } = this.#options;
    const { list, version } = manifest;
    const base = shelf.active(list)?.manifest ?? null;
    if (!startsFrom(manifest, base)) return false;
    try {
      await applyDelta(manifest, base, this.#chunks, source, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      const { reason, message } = rejectionOf(error);
      if (reason === 'disk-full') throw error;
      journal('list.delta-discarded', {
        list,
        version,
        base: base.version,
        reason,
        detail: message,
      });
      return false;
    }
  }

  #confirm({ list, version, root, at }: Head): void {
    try {
      this.#options.shelf.confirm(list, version, root, Date.parse(at));
    } catch (error) {
      // On a full disk the confirmation counts until the next start; the list itself is taken.
      if (!(error instanceof ListFileError && error.code === 'disk-full')) throw error;
    }
  }

  /** Kept for the next versions: they take about as much room again as the active lists. */
  #activeChunks(): string[] {
    const { lists, shelf } = this.#options;
    return lists.flatMap((list) => shelf.active(list)?.manifest.chunks ?? []);
  }
}

/**
 * The list key comes beside the signed head, so it is compared with what the signed manifest calls it: with another key
 * nobody on the list would be found. Throws Rejection `key`.
 */
function mustBeKeyOf({ list, keyId }: EntryListManifest, key: OfferedList['key']): void {
  // Wrapped ones are compared in the key store, which alone opens them.
  if (key === null || !('clear' in key) || keyId === undefined) return;
  const id = listKeyId(key.clear, list);
  if (id !== keyId) throw new Rejection('key', 'the list key is not the one of this version');
}

function listKeyId(key: Buffer, list: string): string {
  // HKDF-Expand to one block (RFC 5869 2.3), as for every converted value.
  const rows = createHmac('sha256', key).update(`kazasu-row-1${list}\u0001`, 'utf8').digest();
  const probe = createHash('sha256').update(KEY_ID_PROBE).digest();
  return createHmac('sha256', rows).update(probe).digest('hex');
}
