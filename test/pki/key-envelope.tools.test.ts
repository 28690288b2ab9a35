/** Keys that come wrapped, by other hands: OpenSSL reads what the platform writes, and a token opens it. */

import { execFile } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { wrapKey } from '../../platform-sim/key-envelope.ts';
import { readKeyEnvelope } from '../../src/pki/key-envelope.ts';
import { SoftToken } from '../keys/soft-token.ts';
import { tempFolder } from '../store/fixtures.ts';
import { terminalCertificate } from './terminal-certificate.ts';

const run = promisify(execFile);
const SECRET = randomBytes(32);

test('OpenSSL reads the envelope, opens it with the key of the terminal, and finds the same', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = terminalCertificate(publicKey, { serial: Buffer.from('4711', 'hex') });
  const folder = tempFolder();
  const openssl = async (...args: string[]) =>
    (await run('openssl', args, { cwd: folder, encoding: 'buffer' })).stdout;
  const envelope = wrapKey('row', SECRET, certificate);
  const { wrapped } = readKeyEnvelope(envelope, 'row');
  await writeFile(join(folder, 'envelope'), envelope);
  await writeFile(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(folder, 'transported'), wrapped.transported);
  await writeFile(join(folder, 'wrapped'), wrapped.wrapped);

  const printed = await openssl(
    'cms',
    '-cmsout',
    '-print',
    '-noout',
    '-inform',
    'DER',
    '-in',
    'envelope',
  );
  const text = printed.toString('utf8');
  expect(text).toContain('pkcs7-envelopedData (1.2.840.113549.1.7.3)');
  expect(text).toContain('algorithm: rsaesOaep (1.2.840.113549.1.1.7)');
  expect(text).toContain('algorithm: id-aes256-wrap (2.16.840.1.101.3.4.1.45)');
  expect(text).toMatch(/serialNumber: (0x4711|18193)/u);
  expect(text).toMatch(/issuer:\s+CN\s?=\s?Test platform CA/u);

  const oaep = ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha1'];
  const kek = await openssl(
    'pkeyutl',
    '-decrypt',
    '-inkey',
    'key.pem',
    ...oaep,
    '-in',
    'transported',
  );
  const aes = ['-K', kek.toString('hex'), '-iv', 'a6'.repeat(8)];
  expect(await openssl('enc', '-d', '-id-aes256-wrap', ...aes, '-in', 'wrapped')).toEqual(SECRET);
});

test('a token opens what the platform wrapped for the key in it', async () => {
  const token = await SoftToken.make();
  const store = token.store();
  onTestFinished(async () => {
    await store.close();
    await token.end();
  });
  const certificate = terminalCertificate((await store.generate('terminal-1')).publicKey);
  const { wrapped } = readKeyEnvelope(wrapKey('data', SECRET, certificate), 'data');
  await store.unwrap('list.stadium.data', wrapped, 'terminal-1');
  const mac = createHmac('sha256', SECRET).update('x').digest();
  expect(await (await store.macKey('list.stadium.data'))?.mac(Buffer.from('x'))).toEqual(mac);
  const institution = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = institution.privateKey.export({ type: 'pkcs8', format: 'der' });
  const envelope = readKeyEnvelope(wrapKey('institution', der, certificate), 'institution');
  await store.unwrap('institution', envelope.wrapped, 'terminal-1');
  const kept = await store.signingKey('institution');
  expect(kept?.publicKey.equals(institution.publicKey)).toBe(true);
});
