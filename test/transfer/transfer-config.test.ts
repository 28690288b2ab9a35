import { generateKeyPairSync, hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { extension, randomSerial, writeCertificate } from '../../platform-sim/x509.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { pemOf } from '../pki/openssl.ts';
import { tempFolder } from '../store/fixtures.ts';
import { RECIPIENT } from './rig.ts';

function read(table: string, url = 'wss://platform.example/terminals') {
  const file = join(tempFolder(), 'gate.toml');
  writeFileSync(
    file,
    `profile = "gate"
name = "gate-1"
state = "/var/lib/gate-1"
[platform]
url = "${url}"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "stadium"
[transfer]
${table}`,
  );
  return readConfig(file);
}

function problem(table: string, url?: string): string {
  try {
    read(table, url);
    return 'none';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

function pemFile(text: string): string {
  const file = join(tempFolder(), 'recipient.pem');
  writeFileSync(file, text);
  return file;
}

test('the certificate of whoever opens parcels is read and held against what is needed at the start', () => {
  const recipient = pemFile(RECIPIENT.certificate.toString());
  const config = read(`mount = "/media/kazasu"\nrecipient = "${recipient}"`);
  expect(config.transfer?.recipient.id).toBe(hash('sha256', RECIPIENT.certificate.raw));
});

test.each([
  [
    'a path that depends on where it was started',
    'media',
    RECIPIENT.certificate.toString(),
    'an absolute path',
  ],
  ['something that is no certificate', '/media', 'hello', 'it is no certificate in PEM or DER'],
  [
    'a key that is too short for years',
    '/media',
    weak(),
    'its key is not RSA of 2048 bits or more',
  ],
])('%s is refused', (_, mount, pem, says) => {
  expect(problem(`mount = "${mount}"\nrecipient = "${pemFile(pem)}"`)).toContain(says);
});

test('a file that is not there is named, and so is what a terminal that is not enrolled lacks', () => {
  expect(problem('mount = "/media"\nrecipient = "/nowhere/recipient.pem"')).toContain('ENOENT');
  const table = `mount = "/media"\nrecipient = "${pemFile(RECIPIENT.certificate.toString())}"`;
  expect(problem(table, 'ws://127.0.0.1:8410/terminals')).toContain('a terminal that is enrolled');
});

function weak(): string {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const issuer = { name: [['CN', 'weak']] as const, privateKey };
  const der = writeCertificate({
    ...{ issuer, subject: issuer.name, publicKey, serial: randomSerial() },
    ...{ notBefore: new Date(0), notAfter: new Date(1e12) },
    extensions: [extension.keyUsage(['keyEncipherment'])],
  });
  return pemOf('CERTIFICATE', [der]);
}
