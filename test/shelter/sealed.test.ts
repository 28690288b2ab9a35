/** What names people who are on no list: for their municipality alone, and as any CMS software opens it. */

import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  type MunicipalityKey,
  newMunicipalityKey,
  openSealed,
} from '../../platform-sim/evacuation/sealed.ts';
import {
  MunicipalitySeal,
  SEALED_BYTES_MAX,
  SealError,
} from '../../src/pki/seal-to-municipality.ts';

let municipality: MunicipalityKey;
let another: MunicipalityKey;

beforeAll(async () => {
  [municipality, another] = (await Promise.all(
    ['990029', '990011'].map((code) => newMunicipalityKey(code, Date.now())),
  )) as [MunicipalityKey, MunicipalityKey];
});

test('the municipality opens what was sealed to it, of any size; twice the same is never the same', () => {
  const seal = new MunicipalitySeal(municipality.certificate);
  for (const bytes of [0, 1, 15, 16, 2_000, SEALED_BYTES_MAX]) {
    const content = randomBytes(bytes);
    const sealed = seal.seal(content);
    expect(openSealed(sealed, municipality.key)).toEqual(content);
    expect(seal.seal(content)).not.toBe(sealed);
  }
  expect(() => seal.seal(randomBytes(SEALED_BYTES_MAX + 1))).toThrow(RangeError);
});

test('nobody else opens it, and nothing of it can be changed', () => {
  const sealed = new MunicipalitySeal(municipality.certificate).seal(Buffer.from('はつ'));
  expect(() => openSealed(sealed, another.key)).toThrow();
  const bytes = Buffer.from(sealed, 'base64');
  for (const at of [bytes.length - 1, bytes.length - 20, bytes.length - 200]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openSealed(changed.toString('base64'), municipality.key)).toThrow();
  }
});

test('OpenSSL opens it as CMS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-sealed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const sealed = new MunicipalitySeal(municipality.certificate).seal(Buffer.from('もりかわはつ'));
  writeFileSync(join(folder, 'sealed.der'), Buffer.from(sealed, 'base64'));
  writeFileSync(join(folder, 'key.pem'), municipality.key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'cert.pem'), new X509Certificate(municipality.certificate).toString());
  const options = [
    '-inform',
    'DER',
    '-in',
    'sealed.der',
    '-recip',
    'cert.pem',
    '-inkey',
    'key.pem',
  ];
  const opened = execFileSync('openssl', ['cms', '-decrypt', ...options], { cwd: folder });
  expect(opened.toString('utf8')).toBe('もりかわはつ');
});

test('a file that is no certificate of an RSA key is refused before anybody comes', () => {
  expect(() => new MunicipalitySeal(Buffer.from('no certificate'))).toThrow(SealError);
  expect(() => MunicipalitySeal.of('/nowhere/municipality.der')).toThrow(SealError);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))).toBeDefined();
});
