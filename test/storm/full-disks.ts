/** Disks that take nothing more, whatever is written: what was begun is rolled back, as SQLite does it. */

import { vi } from 'vitest';
import { FactStore } from '../../platform-sim/facts.ts';
import { LedgerFile } from '../../src/store/ledger-file.ts';

/** Until it is undone, writing fails wherever `isFull` says so of the file (ledger) or for the platform (null). */
export function fullDisks(isFull: (ledger: string | null) => boolean): () => void {
  const { commit } = LedgerFile.prototype;
  const { together } = FactStore.prototype;
  const ledgers = vi.spyOn(LedgerFile.prototype, 'commit').mockImplementation(function (
    this: LedgerFile,
    work,
  ) {
    if (!isFull(this.database.name)) return commit.call(this, work);
    return commit.call(this, () => thenFull(work));
  } as typeof commit);
  const facts = vi.spyOn(FactStore.prototype, 'together').mockImplementation(function (
    this: FactStore,
    work,
  ) {
    together.call(this, isFull(null) ? () => thenFull(work) : work);
  });
  return () => {
    ledgers.mockRestore();
    facts.mockRestore();
  };
}

function thenFull(work: () => unknown): never {
  work();
  throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
}
