/**
 * A medium that loses power. It knows what of a recording was synced, and gives back any state that may then be found.
 *
 * What fsync or fdatasync of a file made durable is there. Of later writes, each sector has what it had, or what any of
 * them put there, and the file has any of the sizes in between. A creation, a renaming or a removal is durable once the
 * folder was synced, and until then may have happened or not (fsync(2), DESCRIPTION), but a renaming never halfway.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Dice } from '../chaos/dice.ts';
import type { Operation } from './recording.ts';

/**
 * - `nothing`: of what was not synced, nothing got through
 * - `in-order`: all got through up to some moment, as a file system with one journal of data and names would have it
 * - `any`: any sector, any name, in any order
 */
export type Loss = 'nothing' | 'in-order' | 'any';

const SECTORS = [512, 4_096] as const;

interface Change {
  readonly number: number;
  readonly offset: number;
  /** Null: the file gets `offset` as its size. */
  readonly bytes: Buffer | null;
}

interface File {
  readonly is: 'file';
  durable: Buffer;
  pending: Change[];
}

interface Naming {
  readonly number: number;
  /** Null: the name goes. All at once, or none. */
  readonly names: readonly (readonly [name: string, what: Entry | null])[];
}

interface Folder {
  readonly is: 'folder';
  readonly now: Map<string, Entry>;
  durable: Map<string, Entry>;
  pending: Naming[];
}

type Entry = File | Folder;

export class Medium {
  readonly #root: string;
  readonly #tree = newFolder();
  readonly #byInode = new Map<number, Entry>();
  #number = 0;
  #synced = 0;

  /** `root`: the watched folder, which is there and empty. `inode`: its own. */
  constructor(root: string, inode: number) {
    this.#root = root;
    this.#byInode.set(inode, this.#tree);
  }

  apply(operation: Operation): void {
    this.#number += 1;
    switch (operation.kind) {
      case 'create':
        this.#make(operation.inode, operation.path, newFile());
        break;
      case 'folder':
        this.#make(operation.inode, operation.path, newFolder());
        break;
      case 'write':
        this.#change(operation.inode, operation.offset, operation.bytes);
        break;
      case 'resize':
        this.#change(operation.inode, operation.size, null);
        break;
      case 'sync':
        this.#synced = this.#number;
        sync(this.#entry(operation.inode));
        break;
      case 'remove':
        this.#name(dirname(operation.path), [[basename(operation.path), null]]);
        break;
      case 'link':
        this.#name(dirname(operation.to), [[basename(operation.to), this.#at(operation.from)]]);
        break;
      case 'rename':
        this.#rename(operation.from, operation.to);
        break;
      case 'said':
        break;
      default:
        throw new Error('an operation that is none');
    }
  }

  /** Writes into `folder`, which is empty, what a power cut now leaves. */
  lose(folder: string, loss: Loss, dice: Dice): void {
    const sector = dice.pick(SECTORS);
    // Of one journal, everything before the last sync went with it.
    const since = Math.floor(dice.next() * (this.#number - this.#synced + 1));
    const until = loss === 'in-order' ? this.#synced + since : 0;
    const write = (entry: Folder, path: string): void => {
      for (const [name, what] of namesLeft(entry, loss, until, dice)) {
        const place = join(path, name);
        if (what.is === 'folder') {
          mkdirSync(place, { mode: 0o700 });
          write(what, place);
        } else {
          const bytes = loss === 'any' ? torn(what, sector, dice) : bytesUntil(what, until);
          writeFileSync(place, bytes, { mode: 0o600 });
          // The index of SQLite's log is never synced: it may hold anything.
          if (name.endsWith('-wal')) writeFileSync(shmOf(place), noise(dice), { mode: 0o600 });
        }
      }
    };
    write(this.#tree, folder);
  }

  /** What every file holds for the process itself, by its path in the folder. */
  contents(): Map<string, Buffer> {
    const all = new Map<string, Buffer>();
    const collect = (entry: Folder, path: string): void => {
      for (const [name, what] of entry.now) {
        const place = join(path, name);
        if (what.is === 'folder') collect(what, place);
        else all.set(place, bytesUntil(what, Number.POSITIVE_INFINITY));
      }
    };
    collect(this.#tree, '');
    return all;
  }

  #make(inode: number, path: string, entry: Entry): void {
    this.#byInode.set(inode, entry);
    this.#name(dirname(path), [[basename(path), entry]]);
  }

  #change(inode: number, offset: number, bytes: Buffer | null): void {
    const file = this.#entry(inode);
    if (file.is === 'folder') throw new Error('a write to a folder');
    file.pending.push({ number: this.#number, offset, bytes });
  }

  #rename(from: string, to: string): void {
    // Of two folders, each would have half of it; the stores don't do that.
    if (dirname(from) !== dirname(to)) throw new Error(`renamed into another folder: ${to}`);
    this.#name(dirname(to), [
      [basename(from), null],
      [basename(to), this.#at(from)],
    ]);
  }

  #name(path: string, names: Naming['names']): void {
    const folder = this.#at(path);
    if (folder.is === 'file') throw new Error(`no folder: ${path}`);
    apply(folder.now, names);
    folder.pending.push({ number: this.#number, names });
  }

  #entry(inode: number): Entry {
    const entry = this.#byInode.get(inode);
    if (entry === undefined) throw new Error(`inode ${inode} was never made`);
    return entry;
  }

  #at(path: string): Entry {
    let entry: Entry = this.#tree;
    for (const name of path.slice(this.#root.length).split('/').filter(Boolean)) {
      const next: Entry | undefined = entry.is === 'folder' ? entry.now.get(name) : undefined;
      if (next === undefined) throw new Error(`not there: ${path}`);
      entry = next;
    }
    return entry;
  }
}

function newFile(): File {
  return { is: 'file', durable: Buffer.alloc(0), pending: [] };
}

function newFolder(): Folder {
  return { is: 'folder', now: new Map(), durable: new Map(), pending: [] };
}

function sync(entry: Entry): void {
  if (entry.is === 'folder') entry.durable = new Map(entry.now);
  else entry.durable = bytesUntil(entry, Number.POSITIVE_INFINITY);
  entry.pending = [];
}

function apply(names: Map<string, Entry>, changes: Naming['names']): void {
  for (const [name, what] of changes) {
    if (what === null) names.delete(name);
    else names.set(name, what);
  }
}

function namesLeft(folder: Folder, loss: Loss, until: number, dice: Dice): Map<string, Entry> {
  const names = new Map(folder.durable);
  for (const { number, names: changes } of folder.pending) {
    if (loss === 'any' ? dice.next() < 0.5 : number <= until) apply(names, changes);
  }
  return names;
}

function endOf({ offset, bytes }: Change): number {
  return offset + (bytes?.length ?? 0);
}

function bytesUntil({ durable, pending }: File, until: number): Buffer {
  const done = pending.filter(({ number }) => number <= until);
  if (done.length === 0) return durable;
  const bytes = Buffer.alloc(Math.max(durable.length, ...done.map(endOf)));
  durable.copy(bytes);
  let size = durable.length;
  for (const change of done) {
    if (change.bytes === null) bytes.fill(0, change.offset);
    else change.bytes.copy(bytes, change.offset);
    size = sizeAfter(size, change);
  }
  return bytes.subarray(0, size);
}

function sizeAfter(size: number, change: Change): number {
  return change.bytes === null ? change.offset : Math.max(size, endOf(change));
}

function torn({ durable, pending }: File, sector: number, dice: Dice): Buffer {
  if (pending.length === 0) return durable;
  const bytes = Buffer.alloc(Math.max(durable.length, ...pending.map(endOf)));
  durable.copy(bytes);
  const sizes = [durable.length];
  // How many of the writes each sector has seen when it was put on the medium for the last time.
  const seen = new Map<number, number>();
  for (const [at, change] of pending.entries()) {
    const end = change.bytes === null ? bytes.length : endOf(change);
    for (let n = Math.floor(change.offset / sector); n * sector < end; n += 1) {
      const count = seen.get(n) ?? Math.floor(dice.next() * (pending.length + 1));
      seen.set(n, count);
      const [from, to] = [Math.max(change.offset, n * sector), Math.min(end, (n + 1) * sector)];
      if (at >= count) continue;
      if (change.bytes === null) bytes.fill(0, from, to);
      else change.bytes.copy(bytes, from, from - change.offset, to - change.offset);
    }
    sizes.push(sizeAfter(sizes.at(-1) ?? 0, change));
  }
  return bytes.subarray(0, sizes[Math.floor(dice.next() * sizes.length)]);
}

function shmOf(wal: string): string {
  return `${wal.slice(0, -'-wal'.length)}-shm`;
}

function noise(dice: Dice): Buffer {
  return Buffer.alloc(32_768, Math.floor(dice.next() * 256));
}
