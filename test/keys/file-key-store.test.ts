/** Keys in files: who may have them, what a seal is for, and what a power cut or another process leaves. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileKeyStore, lookAtKeyFiles } from '../../src/keys/file-key-store.ts';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import { keyFolder, openKeyStore } from '../../src/keys/open-key-store.ts';
import { Seal } from '../../src/keys/seal.ts';
import { tempFolder } from '../store/fixtures.ts';
import { keyStoreContract } from './key-store.contract.ts';

const SECRET = randomBytes(32);
const LABEL = 'list.stadium.row';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const DER = privateKey.export({ type: 'pkcs8', format: 'der' });

function contract(seal: () => Seal | null): void {
  keyStoreContract(async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'kazasu-keys-')), 'keys');
    const same = seal();
    const open = async () => new FileKeyStore(folder, { seal: same });
    return { open, end: () => rm(dirname(folder), { recursive: true }) };
  });
}

describe('in clear', () => contract(() => null));
describe('sealed', () => contract(() => new Seal(randomBytes(32))));

async function kept(seal: Seal | null = null) {
  const folder = join(tempFolder(), 'state', 'keys');
  const store = new FileKeyStore(folder, { seal });
  await store.keep(LABEL, 'secret', SECRET);
  return { folder, store, file: join(folder, `${LABEL}.bin`) };
}

describe('a key that others could have had is refused', () => {
  test("files and folder are their owner's alone", async () => {
    const { folder, file } = await kept();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([`${LABEL}.bin`]);
  });

  test.each([0o640, 0o604, 0o644, 0o660, 0o601])('by its file: %o', async (mode) => {
    const { store, file } = await kept();
    chmodSync(file, mode);
    await expect(store.macKey(LABEL)).rejects.toThrow('others than its owner can read the key');
  });

  test.each([0o710, 0o705, 0o750, 0o777, 0o701])('by its folder: %o', async (mode) => {
    const { store, folder } = await kept();
    chmodSync(folder, mode);
    const why = 'others than its owner can reach the folder of the keys';
    await expect(store.macKey(LABEL)).rejects.toThrow(why);
    await expect(store.keep(LABEL, 'secret', SECRET)).rejects.toThrow(why);
  });

  test('by its owner', async () => {
    const { folder } = await kept();
    const other = new FileKeyStore(folder, { seal: null, uid: (process.geteuid?.() ?? 0) + 1 });
    await expect(other.macKey(LABEL)).rejects.toThrow('belongs to another user');
  });

  test('a link, a folder and a file without end are no key', async () => {
    const { store, folder, file } = await kept();
    renameSync(file, join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), file);
    await expect(store.macKey(LABEL)).rejects.toThrow('the key is no plain file');
    mkdirSync(join(folder, 'list.other.row.bin'), { mode: 0o700 });
    await expect(store.macKey('list.other.row')).rejects.toThrow('the key is no plain file');
    writeFileSync(join(folder, 'large.bin'), Buffer.alloc(100_000), { mode: 0o600 });
    await expect(store.macKey('large')).rejects.toThrow('too large for a key');
  });
});

describe('a seal', () => {
  test('leaves nothing of the key in the file', async () => {
    const { store, folder, file } = await kept(new Seal(randomBytes(32)));
    await store.keep('institution', 'rsa', DER);
    const files = [file, join(folder, 'institution.bin')].map((each) => readFileSync(each));
    expect(files[0]?.includes(SECRET.subarray(0, 8))).toBe(false);
    expect(files[1]?.includes(DER.subarray(40, 56))).toBe(false);
  });

  test('opens with its own credential only', async () => {
    const { folder } = await kept(new Seal(SECRET));
    const opened = (seal: Seal | null) => new FileKeyStore(folder, { seal }).macKey(LABEL);
    expect(await opened(new Seal(SECRET))).not.toBeNull();
    await expect(opened(new Seal(randomBytes(32)))).rejects.toThrow('another credential');
    await expect(opened(null)).rejects.toThrow('there is no credential');
  });

  test('does not open a key that was put in the place of another', async () => {
    const { store, folder, file } = await kept(new Seal(SECRET));
    renameSync(file, join(folder, 'list.other.row.bin'));
    await expect(store.macKey('list.other.row')).rejects.toThrow('for another label');
  });

  test('does not open a key of which one byte was changed, wherever, or that was cut', async () => {
    const { store, file } = await kept(new Seal(SECRET));
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(whole.readUInt8(at) ^ 1, at);
      writeFileSync(file, changed);
      await expect(store.macKey(LABEL)).rejects.toThrow(KeyStoreError);
    }
    for (const length of [16, 20, 43, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      await expect(store.macKey(LABEL)).rejects.toThrow(KeyStoreError);
    }
  });

  test.each([0, 16, 31, 4_097])('is not made of %i bytes', (length) => {
    expect(() => new Seal(randomBytes(length))).toThrow(/the credential key-seal has \d+ bytes/u);
  });
});

describe('at the start of a terminal', () => {
  function credentials(bytes: Buffer): string {
    const folder = tempFolder();
    writeFileSync(join(folder, 'key-seal'), bytes);
    return folder;
  }

  test('what was in clear is sealed as soon as there is a seal', async () => {
    const state = tempFolder();
    const before = await openKeyStore({ state }, undefined);
    expect(before).toMatchObject({ sealed: false, removed: 0 });
    await before.store.keep(LABEL, 'secret', SECRET);
    await before.store.keep('institution', 'rsa', DER);
    expect(lookAtKeyFiles(keyFolder(state))).toMatchObject({ inClear: 2 });
    const directory = credentials(randomBytes(32));
    const { store, sealed } = await openKeyStore({ state }, directory);
    expect(sealed).toBe(true);
    expect(lookAtKeyFiles(keyFolder(state))).toEqual({
      labels: expect.arrayContaining([LABEL, 'institution']),
      inClear: 0,
      open: 0,
    });
    expect(await store.macKey(LABEL)).not.toBeNull();
    const again = await openKeyStore({ state }, directory);
    expect(await again.store.signingKey('institution')).not.toBeNull();
  });

  test("a key that must not be used stays as it is, and stands in nobody's way", async () => {
    const state = tempFolder();
    const { store } = await openKeyStore({ state }, undefined);
    await store.keep(LABEL, 'secret', SECRET);
    await store.keep('institution', 'rsa', DER);
    chmodSync(join(keyFolder(state), `${LABEL}.bin`), 0o644);
    const { store: sealing } = await openKeyStore({ state }, credentials(randomBytes(32)));
    await expect(sealing.macKey(LABEL)).rejects.toThrow(KeyStoreError);
    expect(await sealing.signingKey('institution')).not.toBeNull();
  });

  test('without a credential of this name, or without credentials, there is no seal', async () => {
    expect((await openKeyStore({ state: tempFolder() }, tempFolder())).sealed).toBe(false);
    expect((await openKeyStore({ state: tempFolder() }, undefined)).sealed).toBe(false);
  });

  test('a credential that is too short, or none to read, is an error and no missing seal', async () => {
    const opening = openKeyStore({ state: tempFolder() }, credentials(randomBytes(31)));
    await expect(opening).rejects.toThrow(KeyStoreError);
    const folder = tempFolder();
    mkdirSync(join(folder, 'key-seal'));
    await expect(openKeyStore({ state: tempFolder() }, folder)).rejects.toThrow(
      "key-seal can't be read: EISDIR",
    );
  });

  test('keys where an earlier version kept them, in clear, are removed and counted', async () => {
    const state = tempFolder();
    const former = ['keys/stadium.key', 'keys/other.key.unusable', 'institution/key.p8'];
    for (const folder of ['keys', 'institution']) mkdirSync(join(state, folder), { mode: 0o700 });
    for (const file of former) writeFileSync(join(state, file), SECRET, { mode: 0o600 });
    writeFileSync(join(state, 'institution/list.json'), '{}');
    expect((await openKeyStore({ state }, undefined)).removed).toBe(3);
    expect(former.filter((file) => existsSync(join(state, file)))).toEqual([]);
    expect(existsSync(join(state, 'institution/list.json'))).toBe(true);
    expect((await openKeyStore({ state }, undefined)).removed).toBe(0);
  });

  test('what a power cut left half written is removed', async () => {
    const state = tempFolder();
    const { store } = await openKeyStore({ state }, undefined);
    await store.keep(LABEL, 'secret', SECRET);
    writeFileSync(join(keyFolder(state), '4711.part'), SECRET.subarray(0, 5), { mode: 0o600 });
    const again = await openKeyStore({ state }, undefined);
    expect(readdirSync(keyFolder(state))).toEqual([`${LABEL}.bin`]);
    expect(await again.store.macKey(LABEL)).not.toBeNull();
  });
});
