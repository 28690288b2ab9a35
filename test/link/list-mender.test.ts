/** A list file that rots on the disk under a gate that is open. */

import { copyFileSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { EventName } from '../../src/domain/events.ts';
import { ListMender, MENDER_TIMES, type MenderTimes } from '../../src/link/list-mender.ts';
import { type FetchObject, ObjectError } from '../../src/link/object-source.ts';
import { buildListFile } from '../../src/store/list-file.ts';
import { ListShelf } from '../../src/store/list-shelf.ts';
import { testList } from '../store/lists.ts';
import { tempFolder } from './fixtures.ts';

const LIST = 'stadium';
const PAGE = 4_096;
const WAIT = { timeout: 20_000, interval: 20 };
const offline: FetchObject = () => Promise.reject(new ObjectError('unreachable', 'no link'));

/** An open shelf with one list of 90 rows, its chunks kept. */
async function shelved() {
  const state = tempFolder();
  const [directory, folder] = [join(state, 'lists'), join(state, 'chunks', LIST)];
  for (const path of [directory, folder]) mkdirSync(path, { recursive: true });
  const { manifest, chunkFiles, rows } = testList(tempFolder(), { rows: 90 });
  for (const [n, sha256] of manifest.chunks.entries()) {
    copyFileSync(chunkFiles[n] ?? '', join(folder, sha256));
  }
  const path = await buildListFile({ directory, manifest, chunkFiles });
  const shelf = ListShelf.open(directory);
  onTestFinished(() => shelf.close());
  const noted: { event: EventName; fields: Readonly<Record<string, unknown>> }[] = [];
  const mender = (fetch: FetchObject, times: Partial<MenderTimes> = {}): ListMender => {
    const one = new ListMender({
      ...{ lists: [LIST], stateDirectory: state, shelf, fetch },
      journal: (event, fields) => void noted.push({ event, fields }),
      times: { ...MENDER_TIMES, firstRetryMs: 5, longestRetryMs: 20, ...times },
    });
    onTestFinished(() => one.stop());
    return one;
  };
  const said = (event: EventName) =>
    vi.waitFor(() => expect(noted).toContainEqual(expect.objectContaining({ event })), WAIT);
  const find = (key: Uint8Array) => {
    const lease = shelf.lease(LIST);
    try {
      return lease?.file.find(key)?.ref ?? null;
    } finally {
      lease?.release();
    }
  };
  return { shelf, path, folder, manifest, rows, chunkFiles, noted, mender, said, find };
}

/** Wherever it stands, also where SQLite has only forgotten it. */
function rot(path: string, key: Uint8Array): void {
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) {
    overwrite(path, at, Buffer.alloc(8));
  }
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  writeSync(openSync(path, 'r+'), bytes, 0, bytes.length, at);
}

test('a row that rotted away is noticed, and the file is built again from the chunks that are kept', async () => {
  const { path, rows, mender, said, find, noted, manifest, shelf } = await shelved();
  const { key, ref } = rows[40] ?? rows[0] ?? { key: Buffer.alloc(0), ref: Buffer.alloc(0) };
  rot(path, key);
  expect(find(key)).toBeNull();
  const tap = shelf.lease(LIST);
  mender(offline, { firstLookMs: 1 });
  await said('list.mended');
  expect(find(key)).toBe(ref.toString('hex'));
  expect(noted.map(({ event }) => event)).toEqual(['list.damaged', 'list.mended']);
  expect(shelf.active(LIST)?.manifest).toEqual(manifest);
  // A tap that began before keeps what it began with.
  expect(tap?.file.manifest).toEqual(manifest);
  tap?.release();
});

test('a page that can’t be read is mended because somebody was looked up there', async () => {
  const { path, rows, mender, said, find } = await shelved();
  overwrite(path, 2 * PAGE, Buffer.alloc(readFileSync(path).length - 2 * PAGE, 0xff));
  mender(offline);
  const [{ key, ref } = { key: Buffer.alloc(32), ref: Buffer.alloc(0) }] = rows;
  expect(() => find(key)).toThrow(expect.objectContaining({ code: 'damaged' }));
  await said('list.mended');
  expect(find(key)).toBe(ref.toString('hex'));
});

test('until it is mended, who is found is found, and who is missing is not sent away', async () => {
  const { path, folder, rows, chunkFiles, manifest, mender, said, find, noted } = await shelved();
  const [lost, found] = [rows[40]?.key ?? Buffer.alloc(0), rows[80]];
  rot(path, lost);
  const [, gone = ''] = manifest.chunks;
  rmSync(join(folder, gone));
  let isOnline = false;
  const asked: string[] = [];
  mender(
    async (sha256, ...rest) => {
      if (!isOnline) return offline(sha256, ...rest);
      asked.push(sha256);
      return readFileSync(chunkFiles[1] ?? '');
    },
    { firstLookMs: 1 },
  );
  await said('list.not-mended');
  expect(noted[1]).toMatchObject({ event: 'list.not-mended', fields: { reason: 'unreachable' } });
  expect(() => find(lost)).toThrow(expect.objectContaining({ code: 'damaged' }));
  expect(find(found?.key ?? Buffer.alloc(32))).toBe(found?.ref.toString('hex'));
  isOnline = true;
  await said('list.mended');
  expect(asked).toEqual([gone]);
  expect(find(lost)).not.toBeNull();
  // However often it was tried meanwhile.
  for (const event of ['list.damaged', 'list.not-mended']) {
    expect(noted.filter((one) => one.event === event)).toHaveLength(1);
  }
});

test('a row that does not open is a reason to look, and a list that is whole is not looked at again at once', async () => {
  const { shelf, mender, noted } = await shelved();
  const other = testList(tempFolder(), { rows: 10, list: 'arena' });
  shelf.activate('arena', await buildListFile({ directory: shelf.directory, ...other }));
  const looked = vi.spyOn(shelf, 'pathOf');
  mender(offline);
  const leases = [shelf.lease(LIST), shelf.lease('arena')];
  leases[0]?.file.doubt();
  await vi.waitFor(() => expect(looked).toHaveBeenCalledTimes(1), WAIT);
  // One after another: when the other list is looked at, this one would have been.
  for (const lease of leases) lease?.file.doubt();
  await vi.waitFor(() => expect(looked).toHaveBeenCalledTimes(2), WAIT);
  expect(looked.mock.calls.map(([{ list }]) => list)).toEqual([LIST, 'arena']);
  expect(noted).toEqual([]);
  for (const lease of leases) lease?.release();
});
