import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskFullError, headroom, type Ledger, LedgerError } from '../../src/store/ledger.ts';
import { buildListFile, ListFileError } from '../../src/store/list-file.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';
import { fillUp, granted, openLedger, smallDisk, tempFolder } from './fixtures.ts';
import { testList } from './lists.ts';

const MIB = 1_048_576;

/** Records until it can't; returns how many facts went in. */
function recordUntilFull(ledger: Ledger): number {
  for (let recorded = 0; recorded < 100_000; recorded++) {
    try {
      ledger.record([granted('a', { note: 'x'.repeat(200) })], (steps) => {
        steps.plan('receipt', 'stadium/a');
      });
    } catch (error) {
      if (error instanceof DiskFullError) return recorded;
      throw error;
    }
  }
  throw new Error('the disk never ran full');
}

test('a terminal sees that the disk runs full while it can still record', () => {
  const disk = smallDisk(20 * MIB);
  const ledger = openLedger(disk);
  expect(ledger.hasHeadroom()).toBe(true);
  writeFileSync(join(disk, 'other'), Buffer.alloc(9 * MIB, 1));
  expect(ledger.hasHeadroom()).toBe(false);
  expect(ledger.record([granted('a')])).toHaveLength(1);
});

test('on a full disk the reserve takes the facts that close what was begun', () => {
  const disk = smallDisk(20 * MIB);
  const ledger = openLedger(disk);
  fillUp(join(disk, 'other'));
  expect(readdirSync(disk)).toContain('reserve');
  expect(recordUntilFull(ledger)).toBeGreaterThan(1_000);
  expect(readdirSync(disk)).not.toContain('reserve');
  expect(ledger.hasHeadroom()).toBe(false);
});

test('a fact that finds no room changes nothing, and works again once there is space', () => {
  const disk = smallDisk(20 * MIB);
  const ledger = openLedger(disk);
  fillUp(join(disk, 'other'));
  const recorded = recordUntilFull(ledger);
  expect(ledger.lastFact().seq).toBe(recorded);
  expect(ledger.steps.open('receipt')).toHaveLength(recorded);
  expect(() => recordUntilFull(ledger)).not.toThrow();
  expect(ledger.verifyChain()).toMatchObject({ ok: true });

  rmSync(join(disk, 'other'));
  expect(ledger.record([granted('b')])).toMatchObject([{ seq: ledger.lastFact().seq }]);
  expect(ledger.hasHeadroom()).toBe(true);
  expect(readdirSync(disk)).toContain('reserve');
  ledger.close();
  expect(openLedger(disk).verifyChain()).toMatchObject({ ok: true });
});

test('a terminal that starts on a full disk opens its ledger from the reserve', () => {
  const disk = smallDisk(20 * MIB);
  openLedger(disk).close();
  fillUp(join(disk, 'other'));
  const ledger = openLedger(disk);
  expect(ledger.boot).toBe(2);
  expect(ledger.hasHeadroom()).toBe(false);
});

test('a disk without room for a ledger is unwritable, and heals', () => {
  const disk = smallDisk(MIB);
  fillUp(join(disk, 'other'));
  expect(() => openLedger(disk)).toThrow(LedgerError);
  expect(readdirSync(disk)).toEqual(['other']);
  rmSync(join(disk, 'other'));
  const ledger = openLedger(disk);
  expect(ledger.record([granted('a')])).toHaveLength(1);
  // There never was room for the reserve here: such a terminal records, but begins no session.
  expect(ledger.hasHeadroom()).toBe(false);
});

test('a ledger on a read-only file system is unwritable, and left as it is', () => {
  const disk = smallDisk(20 * MIB);
  openLedger(disk).close();
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  expect(() => openLedger(disk)).toThrow(expect.objectContaining({ code: 'unwritable' }));
  execFileSync('mount', ['-o', 'remount,rw', disk]);
  expect(openLedger(disk).boot).toBe(2);
});

/** Fills the disk until `bytes` are left. */
function leave(disk: string, bytes: number): void {
  writeFileSync(join(disk, 'other'), Buffer.alloc(headroom(disk) - bytes, 1));
}

test('a list that would eat the room of the ledger is not begun', async () => {
  const disk = smallDisk(20 * MIB);
  const { manifest, chunkFiles } = testList(tempFolder(), { rows: 1_000, sealedBytes: 160 });
  leave(disk, 11 * MIB);
  const building = buildListFile({ directory: disk, manifest, chunkFiles });
  await expect(building).rejects.toMatchObject({ code: 'disk-full' });
  expect(readdirSync(disk)).toEqual(['other']);
});

test('a list build that finds no room leaves nothing, and works once there is some', async () => {
  const disk = smallDisk(8 * MIB);
  const shape = { rows: 5_000, sealedBytes: 160, chunkRows: 500 };
  const { manifest, chunkFiles } = testList(tempFolder(), shape);
  const job = { directory: disk, manifest, chunkFiles, spareBytes: 0 };
  // As many bytes as the chunks have, but less than the file of the same rows needs.
  const { bsize } = statfsSync(disk);
  leave(disk, Math.ceil((shape.rows * 210) / bsize) * bsize);
  await expect(buildListFile(job)).rejects.toMatchObject({
    name: ListFileError.name,
    code: 'disk-full',
    message: expect.stringMatching(/SQLITE_FULL|ENOSPC/u),
  });
  expect(readdirSync(disk)).toEqual(['other']);
  rmSync(join(disk, 'other'));
  await expect(buildListFile(job)).resolves.toMatch(/stadium\.1\.[0-9a-f]{12}\.db$/u);
});

test('a confirmation that finds no room counts until the next start', () => {
  const disk = smallDisk(MIB);
  const shelf = ListShelf.open(join(disk, 'lists'));
  shelf.confirm('stadium', 1, 'aa', 1);
  fillUp(join(disk, 'other'));
  expect(() => shelf.confirm('stadium', 1, 'aa', 2)).toThrow(ListFileError);
  rmSync(join(disk, 'other'));
  expect(() => shelf.confirm('stadium', 1, 'aa', 3)).not.toThrow();
});
