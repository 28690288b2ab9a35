/** The names of the people whom a television calls: sealed, for their own reference id alone, and no more than there is room for. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { LINKED_MAX } from '../../src/domain/television-screen.ts';
import { Journal } from '../../src/journal.ts';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import { Recorder } from '../../src/recorder.ts';
import { DiskFullError, Ledger } from '../../src/store/ledger.ts';
import { Links } from '../../src/television/links.ts';
import { HATSU, TARO } from './television-rig.ts';

const CARD = Buffer.from('the certificate of a card');
let directory = '';
let recorder: Recorder;
let keyStore: FileKeyStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kazasu-links-'));
  const read = () => ({ at: '2026-11-25T07:40:00.000Z', clock: 'synced' as const, mono: 1 });
  const ledger = Ledger.open({ directory, terminal: 'tv-1', countsAsBoot: true, read });
  const journal = new Journal(directory, null);
  recorder = new Recorder(ledger, journal, () => 0);
  keyStore = new FileKeyStore(join(directory, 'keys'), { seal: null });
  onTestFinished(async () => {
    ledger.close();
    await journal.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

const open = () => new Links({ recorder, keyStore });
const factsOf = (event: string) =>
  [...recorder.ledger.facts(0)].filter((fact) => fact.event === event);

test('a card is known again without a network, and another one is not', async () => {
  const links = open();
  await links.add(HATSU, CARD, 'possession');
  const again = open();
  expect(await again.personOf(CARD)).toBe(HATSU.ref);
  expect(await again.personOf(Buffer.from('another'))).toBeNull();
  expect(again.people).toEqual([HATSU]);
});

test('somebody who is linked again is named anew, and that is no fact', async () => {
  const links = open();
  await links.add(HATSU, CARD, 'possession');
  await links.add({ ...HATSU, name: '森川 初' }, CARD, 'possession');
  expect(links.people).toEqual([{ ...HATSU, name: '森川 初' }]);
  expect(factsOf('television.linked')).toHaveLength(1);
});

test('no more than have room on the screen', async () => {
  const links = open();
  for (let at = 0; at < LINKED_MAX; at += 1) {
    await links.add({ ...HATSU, ref: String(at).padStart(32, '0') }, CARD, 'possession');
  }
  expect(links.isFull).toBe(true);
  await expect(links.add(TARO, CARD, 'possession')).rejects.toThrow(RangeError);
  expect(links.people).toHaveLength(LINKED_MAX);
});

test('a key store that can not be used: they are linked still, without a name, until it can', async () => {
  await open().add(HATSU, CARD, 'possession');
  const links = open();
  const lost = vi.spyOn(keyStore, 'macKey').mockRejectedValue(new KeyStoreError('gone'));
  await links.read();
  expect(links.people).toEqual([{ ref: HATSU.ref, name: '', kana: '' }]);
  expect(await links.personOf(CARD)).toBeNull();
  await expect(links.add(TARO, CARD, 'possession')).rejects.toThrow(KeyStoreError);
  lost.mockRestore();
  await links.read();
  expect(links.people).toEqual([HATSU]);
});

test('a key that is gone, and a name that was sealed for somebody else, open nothing', async () => {
  const links = open();
  await links.add(HATSU, CARD, 'possession');
  await links.add(TARO, CARD, 'possession');
  const kept = recorder.ledger.get('television-links') ?? '';
  recorder.ledger.set(
    'television-links',
    kept.replace(HATSU.ref, 'x').replace(TARO.ref, HATSU.ref).replace('"x"', `"${TARO.ref}"`),
  );
  const swapped = open();
  await swapped.read();
  expect(swapped.people.map(({ name }) => name)).toEqual(['', '']);
  recorder.ledger.set('television-links', kept);
  await keyStore.forget('television');
  const keyless = open();
  await keyless.read();
  expect(keyless.people.map(({ name }) => name)).toEqual(['', '']);
});

test('a disk that takes no fact links and unlinks nobody', async () => {
  const links = open();
  await links.add(HATSU, CARD, 'possession');
  const full = vi.spyOn(recorder.ledger, 'record').mockImplementation(() => {
    throw new DiskFullError('full');
  });
  await expect(links.add(TARO, CARD, 'possession')).rejects.toThrow(DiskFullError);
  expect(() => links.end(HATSU.ref, 'remote')).toThrow(DiskFullError);
  full.mockRestore();
  expect(links.people).toEqual([HATSU]);
  expect(open().people.map(({ ref }) => ref)).toEqual([HATSU.ref]);
});

test('the end of a link is one fact, however often it is said', async () => {
  const links = open();
  await links.add(HATSU, CARD, 'possession');
  links.end(HATSU.ref, 'card');
  links.end(HATSU.ref, 'remote');
  expect(factsOf('television.unlinked').map(({ body }) => body)).toEqual([
    { ref: HATSU.ref, by: 'card' },
  ]);
});
