/** Private keys in files: what is taken, what is refused, and that a key signs without being shown. */

import { generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  forgetKeyFile,
  KeyFileError,
  keepKeyFile,
  openKeyFile,
  parseSigningKey,
} from '../../src/keys/key-file.ts';
import { tempFolder } from '../store/fixtures.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const derOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'der' });
const DER = derOf(privateKey);

function kept(): string {
  const file = join(tempFolder(), 'folder', 'key.p8');
  keepKeyFile(file, DER);
  return file;
}

test("a key that was kept signs, and its file is its owner's alone", async () => {
  const file = kept();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const key = openKeyFile(file);
  const data = randomBytes(62);
  const signature = await key?.sign(data);
  expect(verify('sha256', data, publicKey, signature ?? new Uint8Array())).toBe(true);
  expect(key?.publicKey.equals(publicKey)).toBe(true);
});

test('there is no key where there is no file, or none any more', () => {
  const file = kept();
  forgetKeyFile(file);
  forgetKeyFile(file);
  expect(existsSync(file)).toBe(false);
  expect(openKeyFile(file)).toBeNull();
});

test.each([0o640, 0o604, 0o644, 0o660, 0o601])(
  'a key that others can reach is refused: %o',
  (mode) => {
    const file = kept();
    chmodSync(file, mode);
    expect(() => openKeyFile(file)).toThrow(KeyFileError);
    expect(() => openKeyFile(file)).toThrow(/others than its owner/u);
  },
);

describe('what is no RSA-2048 key is refused, and not shown', () => {
  const files: Readonly<Record<string, Buffer>> = {
    'no bytes': Buffer.alloc(0),
    'random bytes': randomBytes(1200),
    'a key cut short': DER.subarray(0, -10),
    'a smaller key': derOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    'a key of a curve': derOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
  };
  test.each(Object.keys(files))('%s', (what) => {
    const bytes = files[what] ?? Buffer.alloc(0);
    expect(() => parseSigningKey(bytes)).toThrow('not an RSA-2048 key in PKCS#8');
    const file = kept();
    writeFileSync(file, bytes);
    expect(() => openKeyFile(file)).toThrow(KeyFileError);
  });
});
