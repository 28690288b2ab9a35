/**
 * The entry lists of a terminal: which version of each decides, and since when the platform has
 * vouched for it. One process at a time uses a shelf.
 */

import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EntryListManifest } from '../domain/entry-list.ts';
import { codeOf, isStorageFailure, makeFolder, syncPath } from './disk.ts';
import { ListConfirmations } from './list-confirmations.ts';
import {
  type ListFile,
  ListFileError,
  type ListRow,
  listFileName,
  openListFile,
} from './list-file.ts';

/** Where a file is known to be damaged, it finds nobody missing: `find` throws ListFileError `damaged` then. */
export interface LeasedFile extends ListFile {
  /** A row of it did not open: whether the file is whole has to be looked at. */
  doubt(): void;
}

/** A list as it was when a tap began. A swap during the tap does not change it. */
export interface Lease {
  readonly file: LeasedFile;
  /** When the platform last said that this version is the newest: ms since the epoch. */
  readonly confirmedAt: number;
  /** Must be called when the tap is over; again does nothing. */
  release(): void;
}

export interface ActiveList {
  readonly manifest: EntryListManifest;
  readonly confirmedAt: number;
}

/**
 * A file that was found unreadable at start and was removed: a list is a cache, the platform has
 * it.
 */
export interface DroppedFile {
  readonly path: string;
  readonly why: string;
}

interface Shelved {
  readonly file: LeasedFile;
  readonly path: string;
  leases: number;
  superseded: boolean;
  /** Somebody was looked up in it. */
  hasServed: boolean;
  isDamaged: boolean;
}

/** A finished file, by its name alone. */
export interface Found {
  readonly list: string;
  readonly version: number;
  readonly path: string;
}

const FILE_NAME = /^(?<list>[a-z0-9][a-z0-9._-]*)\.(?<version>\d{1,15})\.[0-9a-f]{12}\.db$/u;

export class ListShelf {
  /** What was removed at start. */
  readonly dropped: readonly DroppedFile[];
  /** Where its files lie. A file is built here before it is activated. */
  readonly directory: string;
  readonly #active = new Map<string, Shelved>();
  /** By list, the file that last served before the active one. */
  readonly #proven = new Map<string, string>();
  #onDoubt: (list: string) => void = () => {};
  readonly #confirmations: ListConfirmations;

  private constructor(directory: string) {
    this.directory = directory;
    const dropped: DroppedFile[] = [];
    const newestFirst = this.#files().sort((a, b) => b.version - a.version);
    for (const { path } of newestFirst) {
      const damage = this.#adopt(path);
      if (damage !== null) dropped.push({ path, why: damage.message });
    }
    this.dropped = dropped;
    this.#confirmations = new ListConfirmations(directory);
  }

  /**
   * Opens the newest readable version of each list in the folder, which is made when it is not
   * there, and removes unreadable files and what an interrupted build left.
   */
  static open(directory: string): ListShelf {
    makeFolder(directory);
    for (const name of readdirSync(directory)) {
      if (name.endsWith('.part')) rmSync(join(directory, name), { force: true });
    }
    return new ListShelf(directory);
  }

  /** The list as it is now, for one tap; null while there is none. */
  lease(list: string): Lease | null {
    const shelved = this.#active.get(list);
    if (shelved === undefined) return null;
    shelved.leases += 1;
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      shelved.leases -= 1;
      closeWhenUnused(shelved);
    };
    return {
      file: shelved.file,
      confirmedAt: this.#confirmations.of(shelved.file.manifest),
      release,
    };
  }

  /**
   * Lets a finished file decide from the next lease on. The version that served last stays on disk,
   * closed, for a start that finds the new one damaged; all others are deleted. The version
   * that is active already: no change. Throws ListFileError `damaged`, or `older-version` when the
   * version does not rise.
   */
  activate(list: string, path: string): void {
    const file = openListFile(path);
    const old = this.#active.get(list);
    try {
      if (file.manifest.list !== list) {
        throw new ListFileError('damaged', `${path} is a file of list ${file.manifest.list}`);
      }
      if (old !== undefined) mustRise(old.file.manifest, file.manifest);
    } catch (error) {
      file.close();
      throw error;
    }
    if (old?.file.manifest.version === file.manifest.version) {
      file.close();
      return;
    }
    this.#shelve(file, path);
    if (old?.hasServed) this.#proven.set(list, old.path);
    const kept = [path, this.#proven.get(list) ?? old?.path].map((one) => one && basename(one));
    this.#delete((found) => found.list === list && !kept.includes(basename(found.path)));
  }

  /**
   * Takes the active version's file anew, from the next lease on: it was damaged, and has been built again in its place.
   * False when another version is active by now. Throws ListFileError `damaged`.
   */
  mend(list: string, path: string): boolean {
    if (this.#active.get(list)?.path !== path) return false;
    this.#shelve(openListFile(path), path);
    return true;
  }

  /** That file of the active version is damaged, as whoever read the whole of it found. */
  condemn(list: string, root: string): void {
    const shelved = this.#active.get(list);
    if (shelved?.file.manifest.root === root) shelved.isDamaged = true;
  }

  isDamaged(list: string): boolean {
    return this.#active.get(list)?.isDamaged ?? false;
  }

  /** Called when there is reason to look whether the active version of a list is whole. One listener. */
  watchDoubts(listener: (list: string) => void): void {
    this.#onDoubt = listener;
  }

  /** Where the file of a version is. */
  pathOf(manifest: EntryListManifest): string {
    return join(this.directory, listFileName(manifest));
  }

  active(list: string): ActiveList | null {
    const manifest = this.#active.get(list)?.file.manifest;
    return manifest === undefined
      ? null
      : { manifest, confirmedAt: this.#confirmations.of(manifest) };
  }

  /**
   * The platform said at `at` (ms since the epoch) that this version is the newest. Known from now
   * on and after a restart, whether or not that version is here yet; never goes back in time.
   * Throws ListFileError `disk-full` when it can't be stored: it then counts until the next start.
   */
  confirm(list: string, version: number, root: string, at: number): void {
    const active = this.#active.get(list)?.file.manifest.version ?? 0;
    try {
      this.#confirmations.add({ list, version, root, at }, active);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      throw new ListFileError('disk-full', `the confirmation of ${list}: ${codeOf(error)}`);
    }
  }

  /** The lists that decide. */
  get lists(): string[] {
    return [...this.#active.keys()];
  }

  /** Deletes every version of a list and what was confirmed of it; a lease that is held stays good until its tap is over. */
  remove(list: string): void {
    const shelved = this.#active.get(list);
    this.#active.delete(list);
    this.#proven.delete(list);
    if (shelved !== undefined) {
      shelved.superseded = true;
      closeWhenUnused(shelved);
    }
    this.#delete((found) => found.list === list);
    this.#confirmations.forget(list);
    syncPath(this.directory);
  }

  /**
   * Deletes every version that an active one has replaced: for a disk that runs full, because facts come first.
   */
  sweep(): void {
    this.#delete(({ list, version }) => {
      const active = this.#active.get(list);
      // A newer one has just been built.
      return active !== undefined && version < active.file.manifest.version;
    });
  }

  /** Closes every file. Leases that are still held can't be used any more. */
  close(): void {
    for (const { file } of this.#active.values()) file.close();
    this.#active.clear();
  }

  #files(): Found[] {
    return filesIn(this.directory);
  }

  /**
   * Makes the file the active one of its list unless a newer one is; removes it when it is damaged.
   */
  #adopt(path: string): ListFileError | null {
    try {
      const file = openListFile(path);
      const { list } = file.manifest;
      if (listFileName(file.manifest) !== basename(path)) {
        file.close();
        throw new ListFileError('damaged', `${path} does not hold what its name says`);
      }
      if (this.#active.has(list)) file.close();
      // It served before this start, as far as anybody knows.
      else this.#shelve(file, path).hasServed = true;
      return null;
    } catch (error) {
      if (!(error instanceof ListFileError)) throw error;
      rmSync(path, { force: true });
      return error;
    }
  }

  #shelve(file: ListFile, path: string): Shelved {
    const { list } = file.manifest;
    const old = this.#active.get(list);
    const state = { path, leases: 0, superseded: false, hasServed: false, isDamaged: false };
    const shelved: Shelved = Object.assign(state, {
      file: {
        ...file,
        find: (key: Uint8Array) => this.#find(shelved, file, key),
        doubt: () => this.#onDoubt(list),
      },
    });
    this.#active.set(list, shelved);
    if (old !== undefined) {
      old.superseded = true;
      closeWhenUnused(old);
    }
    return shelved;
  }

  #find(shelved: Shelved, file: ListFile, key: Uint8Array): ListRow | null {
    try {
      const row = file.find(key);
      if (row === null && shelved.isDamaged) {
        throw new ListFileError('damaged', 'whom it lacks may be on the list');
      }
      shelved.hasServed = true;
      return row;
    } catch (error) {
      if (error instanceof ListFileError) {
        shelved.isDamaged = true;
        this.#onDoubt(file.manifest.list);
      }
      throw error;
    }
  }

  #delete(which: (found: Found) => boolean): void {
    for (const found of this.#files()) {
      // A file that a lease holds open stays readable until it is closed (unlink(2)).
      if (which(found)) rmSync(found.path, { force: true });
    }
  }
}

/**
 * The list as a shelf over this folder would open it, for whoever only looks: changes nothing, and
 * may be called beside a running daemon. Null when there is no readable version.
 */
export function lookAtShelf(directory: string, list: string): ActiveList | null {
  const newestFirst = filesIn(directory)
    .filter((found) => found.list === list)
    .sort((a, b) => b.version - a.version);
  for (const { path } of newestFirst) {
    try {
      const { manifest, close } = openListFile(path);
      close();
      if (listFileName(manifest) !== basename(path)) continue;
      return { manifest, confirmedAt: new ListConfirmations(directory).of(manifest) };
    } catch (error) {
      // Damaged, or replaced and removed while it was looked at.
      if (!(error instanceof ListFileError)) throw error;
    }
  }
  return null;
}

/** Every version that is on the disk, whether it can be read or not. Throws what the file system throws. */
export function filesIn(directory: string): Found[] {
  return readdirSync(directory).flatMap((name) => {
    const { list, version } = FILE_NAME.exec(name)?.groups ?? {};
    if (list === undefined) return [];
    return [{ list, version: Number(version), path: join(directory, name) }];
  });
}

function mustRise(active: EntryListManifest, offered: EntryListManifest): void {
  const same = offered.version === active.version && offered.root === active.root;
  if (same || offered.version > active.version) return;
  throw new ListFileError(
    'older-version',
    `version ${offered.version} of ${offered.list} does not follow version ${active.version}`,
  );
}

function closeWhenUnused(shelved: Shelved): void {
  if (shelved.superseded && shelved.leases === 0) shelved.file.close();
}
