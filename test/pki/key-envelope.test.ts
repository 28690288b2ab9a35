/** Keys that come wrapped: what the platform writes, and what is refused of all that could come instead. */

import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wrapKey } from '../../platform-sim/key-envelope.ts';
import { encode, integer, oid, sequence } from '../../platform-sim/x509.ts';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import { KEY_PURPOSE, type KeyPurpose } from '../../src/link/protocol.ts';
import { X509Error } from '../../src/pki/der.ts';
import { readKeyEnvelope } from '../../src/pki/key-envelope.ts';
import { tempFolder } from '../store/fixtures.ts';
import { terminalCertificate } from './terminal-certificate.ts';

const SECRET = randomBytes(32);
const PAIR = generateKeyPairSync('rsa', { modulusLength: 2048 });
const DER = PAIR.privateKey.export({ type: 'pkcs8', format: 'der' });
const SERIAL = Buffer.from('4711', 'hex');
const CERTIFICATE = terminalCertificate(PAIR.publicKey, { serial: SERIAL });
const ENVELOPE = wrapKey('row', SECRET, CERTIFICATE);

test.each<[KeyPurpose, Buffer]>([
  ['row', SECRET],
  ['data', SECRET],
  ['institution', DER],
])('a %s key goes from the platform into the key store', async (purpose, key) => {
  const store = new FileKeyStore(join(tempFolder(), 'keys'), { seal: null });
  const { publicKey } = await store.generate('terminal-1');
  const certificate = terminalCertificate(publicKey);
  const { wrapped, isFor } = readKeyEnvelope(wrapKey(purpose, key, certificate), purpose);
  expect(isFor(certificate)).toBe(true);
  await store.unwrap('new', wrapped, 'terminal-1');
  if (purpose === 'institution') {
    expect((await store.signingKey('new'))?.publicKey.equals(PAIR.publicKey)).toBe(true);
  } else {
    const mac = createHmac('sha256', SECRET).update('x').digest();
    expect(await (await store.macKey('new'))?.mac(Buffer.from('x'))).toEqual(mac);
  }
  const other = new FileKeyStore(join(tempFolder(), 'keys'), { seal: null });
  await other.generate('terminal-1');
  await expect(other.unwrap('new', wrapped, 'terminal-1')).rejects.toThrow(KeyStoreError);
});

test('each envelope is another one, and none shows the key', () => {
  const again = wrapKey('row', SECRET, CERTIFICATE);
  expect(again.equals(ENVELOPE)).toBe(false);
  expect(again.includes(SECRET.subarray(0, 8))).toBe(false);
});

describe('an envelope is for one certificate', () => {
  const { isFor } = readKeyEnvelope(ENVELOPE, 'row');
  test.each([
    ['that certificate', CERTIFICATE, true],
    ['one with another number', terminalCertificate(PAIR.publicKey), false],
    [
      'one of another issuer',
      terminalCertificate(PAIR.publicKey, { serial: SERIAL, issuer: [['CN', 'Somebody']] }),
      false,
    ],
  ])('%s', (_what, certificate, is) => {
    expect(isFor(certificate)).toBe(is);
  });
});

test.each(Object.keys(KEY_PURPOSE) as KeyPurpose[])(
  'a key for something else is not taken as a %s key',
  (purpose) => {
    for (const other of Object.keys(KEY_PURPOSE) as KeyPurpose[]) {
      const envelope = wrapKey(other, other === 'institution' ? DER : SECRET, CERTIFICATE);
      if (other === purpose) expect(readKeyEnvelope(envelope, purpose).wrapped).toBeDefined();
      else expect(() => readKeyEnvelope(envelope, purpose)).toThrow(X509Error);
    }
  },
);

/** Puts bytes in the place of others of the same length, once. */
function exchanged(from: Buffer, to: Buffer): Buffer {
  const at = ENVELOPE.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error('that is not in the envelope');
  return Buffer.concat([ENVELOPE.subarray(0, at), to, ENVELOPE.subarray(at + from.length)]);
}

const OAEP = oid('1.2.840.113549.1.1.7');
const WRAP = oid('2.16.840.1.101.3.4.1.45');

describe('is refused', () => {
  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a cut one', ENVELOPE.subarray(0, -1)],
    ['one with something behind it', Buffer.concat([ENVELOPE, Buffer.of(0)])],
    ['one that is too large', encode(0x30, Buffer.alloc(5_000))],
    ['RSA PKCS #1 v1.5', exchanged(OAEP, oid('1.2.840.113549.1.1.1'))],
    ['an AES-128 wrap', exchanged(WRAP, oid('2.16.840.1.101.3.4.1.5'))],
    ['AES-256-CBC', exchanged(WRAP, oid('2.16.840.1.101.3.4.1.42'))],
    ['AES-256-GCM', exchanged(WRAP, oid('2.16.840.1.101.3.4.1.46'))],
    ['the padded wrap, of a secret', exchanged(WRAP, oid('2.16.840.1.101.3.4.1.48'))],
    ['a SignedData', exchanged(oid('1.2.840.113549.1.7.3'), oid('1.2.840.113549.1.7.2'))],
    ['a version 2', exchanged(sequenceStart(), sequenceStart(2))],
    ['an issuer that is no name', exchanged(integer(SERIAL), encode(0x04, SERIAL))],
    ['a negative number', exchanged(integer(SERIAL), encode(0x02, Buffer.from('8711', 'hex')))],
    ['an indefinite length', indefinite()],
    ['two recipients', withTwoRecipients()],
  ])('%s', (_what, der) => {
    expect(() => readKeyEnvelope(der, 'row')).toThrow(X509Error);
  });

  test('whatever byte of its structure is changed, or it goes nowhere', async () => {
    const store = new FileKeyStore(join(tempFolder(), 'keys'), { seal: null });
    await store.keep('terminal-1', 'rsa', DER);
    for (let at = 0; at < ENVELOPE.length; at += 1) {
      const changed = Buffer.from(ENVELOPE);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at);
      expect(await outcome(changed, store), `byte ${at}`).not.toBe('taken');
    }
  });

  test('any bytes at all, in no time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(() => readKeyEnvelope(bytes, 'row')).toThrow(X509Error);
      }),
    );
  });
});

async function outcome(envelope: Buffer, store: FileKeyStore): Promise<string> {
  try {
    const { wrapped, isFor } = readKeyEnvelope(envelope, 'row');
    if (!isFor(CERTIFICATE)) return 'for another';
    await store.unwrap('new', wrapped, 'terminal-1');
    return 'taken';
  } catch (error) {
    if (error instanceof X509Error || error instanceof KeyStoreError) return error.message;
    throw error;
  }
}

/** Version of the recipient and the start of its identifier. */
function sequenceStart(version = 0): Buffer {
  const at = ENVELOPE.indexOf(Buffer.from('02010030', 'hex'));
  if (at < 0) throw new Error('no recipient');
  return Buffer.from([0x02, 0x01, version, 0x30]);
}

function indefinite(): Buffer {
  const inner = ENVELOPE.subarray(4);
  return Buffer.concat([Buffer.from([0x30, 0x80]), inner, Buffer.from([0, 0])]);
}

function withTwoRecipients(): Buffer {
  const at = ENVELOPE.indexOf(0x31);
  const length = ENVELOPE.readUInt16BE(at + 2);
  const recipient = ENVELOPE.subarray(at + 4, at + 4 + length);
  const rest = ENVELOPE.subarray(at + 4 + length);
  const data = sequence(integer(Uint8Array.of(0)), encode(0x31, recipient, recipient), rest);
  return sequence(oid('1.2.840.113549.1.7.3'), encode(0xa0, data));
}
