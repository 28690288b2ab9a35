/** Heads that are signed while other processes publish: each names what terminals take, with the key that belongs to it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { signerOf } from '../../platform-sim/cms.ts';
import { importEntryList, type ListSettings } from '../../platform-sim/entry-lists.ts';
import { Heads, type ListHead } from '../../platform-sim/heads.ts';
import { sha256 } from '../../platform-sim/publish.ts';
import { rotateRole } from '../../platform-sim/root.ts';
import { offlineFolder, openKeys, openStores } from '../../platform-sim/stores.ts';
import { LIST, tickets } from './test-platform.ts';

/** A process of its own: its stores and keys. */
async function processOn(directory: string) {
  const stores = openStores(directory);
  onTestFinished(() => stores.close());
  const { registry } = stores;
  const keys = await openKeys(directory);
  const publish = (settings: ListSettings = {}) =>
    importEntryList(registry, keys, LIST, tickets(3), settings, Date.now());
  return { registry, keys, publish };
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-heads-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

const ofTheList = (heads: readonly ListHead[]) => heads.filter(({ list }) => list === LIST);

test('a list that is overtaken while it is signed anew is not told, and the newest is told next', async () => {
  const directory = await folder();
  const { registry, keys, publish } = await processOn(directory);
  await publish();
  const heads = new Heads(registry, keys);
  const [first] = ofTheList(await heads.refresh(Date.now()));

  const other = await processOn(directory);
  await rotateRole(other.keys, offlineFolder(directory), 'entry-list', Date.now());
  await other.keys.reload();
  await keys.reload();
  const sign = keys.sign.bind(keys);
  vi.spyOn(keys, 'sign').mockImplementationOnce(async (kind, content) => {
    expect(kind).toBe('entry-list');
    await other.publish({ newKey: true });
    return sign(kind, content);
  });

  expect(ofTheList(await heads.refresh(Date.now()))).toEqual([]);
  const [next] = ofTheList(await heads.refresh(Date.now()));
  expect(next).toMatchObject({ version: 2, isNew: true });
  expect(JSON.parse(next?.frame ?? '{}').key).toBe(registry.listKey(LIST)?.toString('base64'));
  expect(next?.keys).not.toEqual(first?.keys);
  const manifest = registry.object(next?.statement ?? '') ?? Buffer.alloc(0);
  expect(sha256(signerOf(manifest))).toBe(keys.signerOf('entry-list'));
});
