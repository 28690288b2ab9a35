/** What OpenSSL, which knows nothing of this project, makes of an application that a card signed. */

import { sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Authority, newCardKey, SIGNING_AUTHORITY_NAME } from '../../platform-sim/authority.ts';
import { X509Error } from '../../src/pki/der.ts';
import { contentToSign, signedContent } from '../../src/pki/signed-content.ts';
import { sha256 } from '../platform/application-rig.ts';
import { openssl, pemOf } from './openssl.ts';

const CONTENT = Buffer.from('{"kind":"usage-registration","town":"鷹ノ沢"}\r\n');
/** `-cades` has the attribute that binds the signing certificate checked, too. */
const VERIFY = 'cms -verify -cades -binary -purpose any -inform DER -in application.der';

let folder: string;
let application: Buffer;
let certificate: Buffer;

const write = (name: string, bytes: Uint8Array | string) =>
  writeFileSync(join(folder, name), bytes);

async function made(at: Date): Promise<Buffer> {
  const signing = await Authority.create({ name: SIGNING_AUTHORITY_NAME });
  const privateKey = await newCardKey();
  const issued = await signing.issueSignCertificate({ privateKey });
  certificate = issued.der;
  write('ca.pem', pemOf('CERTIFICATE', [signing.caCertificate]));
  const toSign = contentToSign(CONTENT, at);
  const message = Buffer.concat([toSign.message, sha256(certificate)]);
  const signature = sign('sha256', message, privateKey);
  return signedContent(toSign, { signingCertificate: certificate, signature });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kazasu-cms-'));
  application = await made(new Date('2026-11-20T09:08:07.654Z'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('OpenSSL verifies it under the authority for signatures, its bound certificate and content included', async () => {
  write('application.der', application);
  const { code, said } = await openssl(folder, `${VERIFY} -CAfile ca.pem -out content.json`);
  expect(said).toContain('Verification successful');
  expect(code).toBe(0);
  const { said: content } = await openssl(folder, `${VERIFY} -CAfile ca.pem`);
  expect(content).toContain(CONTENT.toString());
});

test('OpenSSL refuses it with another content, another certificate bound, or under another authority', async () => {
  const swapped = (from: Uint8Array, to: Uint8Array) => {
    const at = application.indexOf(from);
    expect(at).toBeGreaterThan(0);
    return Buffer.concat([application.subarray(0, at), to, application.subarray(at + from.length)]);
  };
  for (const other of [
    swapped(Buffer.from('usage'), Buffer.from('usagf')),
    swapped(sha256(certificate), sha256(CONTENT)),
  ]) {
    write('application.der', other);
    expect((await openssl(folder, `${VERIFY} -CAfile ca.pem`)).code).not.toBe(0);
  }
  write('application.der', application);
  write('other.pem', pemOf('CERTIFICATE', [(await Authority.create()).caCertificate]));
  expect((await openssl(folder, `${VERIFY} -CAfile other.pem`)).code).not.toBe(0);
});

test('OpenSSL reads when it was signed, before and after the year 2050', async () => {
  const print = 'cms -cmsout -print -inform DER -in application.der';
  write('application.der', application);
  expect((await openssl(folder, print)).said).toContain('UTCTIME:Nov 20 09:08:07 2026 GMT');
  write('application.der', await made(new Date('2050-01-01T00:00:00Z')));
  const { said } = await openssl(folder, print);
  expect(said).toContain('GENERALIZEDTIME:Jan  1 00:00:00 2050 GMT');
});

test('a card whose certificate is none gives no application', () => {
  const toSign = contentToSign(CONTENT, new Date(0));
  const signature = Buffer.alloc(256);
  for (const signingCertificate of [Buffer.alloc(0), Buffer.alloc(900, 0xa5), Buffer.of(0x30, 0)]) {
    expect(() => signedContent(toSign, { signingCertificate, signature })).toThrow(X509Error);
  }
});
