/** A certificate as a terminal has one, for tests that need no more of it than name, number and key. */

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { extension, type Name, randomSerial, writeCertificate } from '../../platform-sim/x509.ts';

const ISSUER: Name = [['CN', 'Test platform CA']];
const { privateKey: ISSUER_KEY } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const DAY_MS = 86_400_000;

export function terminalCertificate(
  publicKey: KeyObject,
  { issuer = ISSUER, serial = randomSerial() }: { issuer?: Name; serial?: Buffer } = {},
): Buffer {
  return writeCertificate({
    issuer: { name: issuer, privateKey: ISSUER_KEY },
    subject: [['CN', 'gate-1']],
    publicKey,
    serial,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [extension.keyUsage(['digitalSignature', 'keyCertSign'])],
  });
}
