/**
 * From a signed head to an active entry list: manifest, chunks, file, hand-over. A list that is not
 * taken never touches the active one.
 */

import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EntryListManifest } from '../domain/entry-list.ts';
import type { EventName } from '../domain/events.ts';
import type { Signers } from '../pki/signed-object.ts';
import { headroom } from '../store/disk.ts';
import { buildListFile, ListFileError, type ListFileErrorCode } from '../store/list-file.ts';
import type { ListShelf } from '../store/list-shelf.ts';
import { ChunkStore, chunkFolder } from './chunk-store.ts';
import { FairSlots } from './fair-slots.ts';
import { applyDelta, startsFrom } from './list-delta.ts';
import type { ListKeyRing } from './list-keys.ts';
import type { FetchObject, ObjectSource } from './object-source.ts';
import type { OfferedKeys } from './offered-keys.ts';
import { ENTRY_LIST_MANIFEST, type Head, KEY_ID_PROBE, LIMITS } from './protocol.ts';
import type { RefusedVersions } from './refused-versions.ts';
import { Rejection, rejectionOf, risesAbove } from './rejection.ts';
import type { JobResult } from './retry-queue.ts';
import { readSigned } from './signed-statement.ts';

export interface ListDownloadOptions {
  readonly terminal: string;
  readonly stateDirectory: string;
  readonly shelf: ListShelf;
  readonly listKeys: ListKeyRing;
  readonly clock: Clock;
  readonly source: Pick<ObjectSource, 'fetch'>;
  /** Where what `source` has comes from, for the journal. */
  readonly origin: 'platform' | 'stick';
  readonly signers: Signers;
  /** Outlives a link. */
  readonly refused: RefusedVersions;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
}

/** A head whose signature has been verified, and the list key that came with it. */
export interface OfferedList {
  readonly head: Head;
  readonly key: OfferedKeys<'row' | 'data'> | null;
}

/** Faults of what was signed: no other attempt finds anything else. */
const FOR_GOOD: readonly ListFileErrorCode[] = ['order', 'row', 'rows', 'root', 'too-large'];

/** One version on its way. */
interface Job {
  readonly head: Head;
  readonly chunks: ChunkStore;
  readonly fetch: FetchObject;
  /** Aborted when nobody wants it any more; a file that is being built is finished all the same. */
  readonly wanted: AbortSignal;
}

export class ListDownload {
  readonly #options: ListDownloadOptions;
  /** However many lists come down, one file is built at a time: memory, and a processor for those at the reader. */
  readonly #building = new FairSlots(1, 1);

  constructor(options: ListDownloadOptions) {
    this.#options = options;
  }

  /**
   * Makes the offered version the active one, or journals why not. Never two calls at a time for one list. `outdated` is
   * aborted when a newer version is there: then what is still being fetched of this one is left.
   */
  async take(
    { head, key }: OfferedList,
    signal: AbortSignal,
    outdated: AbortSignal,
  ): Promise<JobResult> {
    const { list, version } = head;
    const { stateDirectory, source, shelf, journal, listKeys } = this.#options;
    const fetch: FetchObject = (...object) => source.fetch(...object, list);
    const chunks = new ChunkStore(chunkFolder(stateDirectory, list), fetch);
    const wanted = AbortSignal.any([signal, outdated]);
    const active = shelf.active(list)?.manifest ?? null;
    try {
      if (active === null || risesAbove(head, active)) {
        await this.#replace({ head, chunks, fetch, wanted }, key);
      } else {
        mustBeKeyOf(active, key);
        const useKey = key && (await listKeys.take(key, active));
        useKey?.();
        this.#confirm(head);
      }
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'done';
      if (wanted.aborted && error === wanted.reason) {
        journal('list.outdated', { list, version });
        return 'done';
      }
      const { reason, message, mayPass } = rejectionOf(error);
      journal('list.rejected', { list, version, reason, detail: message });
      if (mayPass) return 'try-again';
      await chunks.keepOnly(active?.chunks ?? []);
      return 'done';
    }
  }

  async #replace(job: Job, key: OfferedList['key']): Promise<void> {
    const { shelf, listKeys, journal, refused, origin: source } = this.#options;
    const { head, chunks } = job;
    const startedAt = performance.now();
    refused.mustBeTried(head, shelf.directory);
    const manifest = await this.#manifest(job);
    mustBeKeyOf(manifest, key);
    const { path, delta } = await this.#build(manifest, job);
    // The key belongs to the version: it changes with it, not before.
    const useKey = key && (await listKeys.take(key, manifest));
    // Confirmed first: the first tap already sees the right age.
    this.#confirm(head);
    useKey?.();
    shelf.activate(head.list, path);
    const { list, version, rows, root } = manifest;
    const ms = Math.round(performance.now() - startedAt);
    journal('list.activated', { list, version, rows, root, source, delta, ms });
    // Kept for the next version, and for mending this one: about as much room again as the file.
    await chunks.keepOnly(manifest.chunks);
  }

  async #manifest({ head, fetch, wanted }: Job): Promise<EntryListManifest> {
    const { signers, clock, terminal } = this.#options;
    const cms = await fetch(head.manifest, LIMITS.manifestBytes, wanted);
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

  async #build(manifest: EntryListManifest, job: Job): Promise<{ path: string; delta: boolean }> {
    const { refused, shelf } = this.#options;
    const { head, chunks, wanted } = job;
    try {
      const delta = await this.#takeDelta(manifest, job);
      const chunkFiles = await chunks.provide(manifest.chunks, wanted);
      const giveBack = await this.#building.take(head.list, wanted);
      try {
        const { directory } = shelf;
        return { path: await buildListFile({ directory, manifest, chunkFiles }), delta };
      } finally {
        giveBack();
      }
    } catch (error) {
      if (wanted.aborted) throw error;
      const rejection = rejectionOf(error);
      if (error instanceof ListFileError && FOR_GOOD.includes(error.code)) {
        refused.forGood(head, rejection);
      } else if (rejection.reason === 'disk-full') await this.#makeRoom(manifest, job);
      throw rejection;
    }
  }

  /** First what only older versions need goes; where that is nothing, this version does, until there is more room. */
  async #makeRoom({ chunks: needed }: EntryListManifest, { head, chunks }: Job): Promise<void> {
    const { shelf, refused } = this.#options;
    const room = async (): Promise<number> =>
      headroom(shelf.directory) + (await chunks.bytesOf(needed));
    const before = await room();
    await chunks.keepOnly(needed);
    shelf.sweep();
    if ((await room()) > before) return;
    await chunks.keepOnly([]);
    refused.forWantOfRoom(head, before);
  }

  /** False when there is none for the active version, or when it was thrown away: then chunks are fetched. */
  async #takeDelta(manifest: EntryListManifest, { chunks, fetch, wanted }: Job): Promise<boolean> {
    const { shelf, journal } = this.#options;
    const { list, version } = manifest;
    const base = shelf.active(list)?.manifest ?? null;
    if (!startsFrom(manifest, base)) return false;
    try {
      await applyDelta(manifest, base, chunks, fetch, wanted);
      return true;
    } catch (error) {
      wanted.throwIfAborted();
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
