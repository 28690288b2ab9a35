/**
 * Certificates and CRLs that the right key really signed, though they say what no authority may
 * say.
 */

import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { USER_AUTHENTICATION_POLICY } from '../../platform-sim/authority.ts';
import {
  encode,
  extension,
  type KeyUsage,
  keyIdentifier,
  type Name,
  writeCertificate,
  writeCrl,
} from '../../platform-sim/x509.ts';
import { DerReader, TAG } from '../../src/pki/der.ts';
import { trustStoreOf } from './memory-trust.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const NAME: Name = [['CN', 'An authority for tests']];
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = createPublicKey(privateKey);
const keyId = keyIdentifier(publicKey);
const notBefore = new Date(NOW - DAY_MS);
const notAfter = new Date(NOW + DAY_MS);

function anchor(usages: readonly KeyUsage[] = ['keyCertSign', 'cRLSign']): Buffer {
  return writeCertificate({
    issuer: { name: NAME, privateKey },
    subject: NAME,
    publicKey,
    serial: Uint8Array.of(1),
    notBefore,
    notAfter,
    extensions: [
      extension.keyUsage(usages),
      extension.basicConstraints(true),
      extension.subjectKeyIdentifier(keyId),
    ],
  });
}

function card(issuer = NAME, keyUsage = extension.keyUsage(['digitalSignature'])): Buffer {
  return writeCertificate({
    issuer: { name: issuer, privateKey },
    subject: [['CN', 'A card for tests']],
    publicKey,
    serial: Uint8Array.of(2),
    notBefore,
    notAfter,
    extensions: [
      keyUsage,
      extension.certificatePolicies(USER_AUTHENTICATION_POLICY, 'http://jpki-sim.example/'),
      extension.authorityKeyIdentifier(keyId),
    ],
  });
}

function crl(issuer = NAME): Buffer {
  return writeCrl({
    issuer: { name: issuer, privateKey },
    thisUpdate: notBefore,
    nextUpdate: notAfter,
    revoked: [],
    extensions: [extension.authorityKeyIdentifier(keyId), extension.crlNumber(1n)],
  });
}

/** Replaces `from` by `to` (hex) in what was signed, and signs it again. */
function rewritten(der: Buffer, from: string, to: string): Buffer {
  const outer = new DerReader(der).enter(TAG.sequence);
  const content = outer.content(TAG.sequence).toString('hex');
  expect(content).toContain(from);
  const tbs = encode(TAG.sequence, Buffer.from(content.replace(from, to), 'hex'));
  const signature = encode(TAG.bitString, Uint8Array.of(0), sign('sha256', tbs, privateKey));
  return encode(TAG.sequence, tbs, outer.whole(TAG.sequence), signature);
}

const load = (crls: readonly Buffer[] = [], anchors = [anchor()]) =>
  trustStoreOf({ anchors, crls });
const verdict = async (der: Buffer) => (await load()).verify(der, NOW);
const untrusted = { valid: false, reason: 'certificate-untrusted' };

describe('a certificate that the right key signed', () => {
  it('is valid when it is as it should be, or the refusals below would say nothing', async () => {
    expect(await verdict(card())).toEqual({ valid: true, revocation: 'none' });
    expect(await verdict(rewritten(card(), 'a003020102', 'a003020102'))).toMatchObject({
      valid: true,
    });
  });

  it('is untrusted under another name of the issuer', async () => {
    expect(await verdict(card([['CN', 'Somebody else']]))).toMatchObject(untrusted);
  });

  it.each(['a003020100', 'a003020101', 'a003020103'])(
    'is untrusted with version %s',
    async (version) => {
      const der = rewritten(card(), 'a003020102', version);
      expect(await verdict(der)).toMatchObject(untrusted);
    },
  );

  it('is untrusted when it names one algorithm inside and another outside', async () => {
    const der = rewritten(card(), '06082a8648ce3d040302', '06082a8648ce3d040303');
    expect(await verdict(der)).toMatchObject(untrusted);
  });

  it('is untrusted when an extension has bytes behind its value', async () => {
    const { oid, critical, value } = extension.keyUsage(['digitalSignature']);
    const longer = { oid, critical, value: Buffer.concat([value, Buffer.alloc(2)]) };
    expect(await verdict(card(NAME, longer))).toMatchObject(untrusted);
  });
});

describe('a CRL that the right key signed', () => {
  it('is taken when it is as it should be', async () => {
    expect((await load([crl()])).crls).toMatchObject([{ number: 1n, entries: 0 }]);
  });

  it('is refused under another name of the issuer', async () => {
    await expect(load([crl([['CN', 'Somebody else']])])).rejects.toMatchObject({
      reason: 'crl-without-anchor',
    });
  });

  it('is refused when its version is 1', async () => {
    // The version is the first value: INTEGER 1.
    const der = rewritten(crl(), '020101300a', '020100300a');
    await expect(load([der])).rejects.toMatchObject({ reason: 'crl-malformed' });
  });

  it('is refused when its issuer may not sign CRLs', async () => {
    const anchors = [anchor(['keyCertSign'])];
    await expect(load([crl()], anchors)).rejects.toMatchObject({ reason: 'crl-bad-signature' });
  });

  it('is refused with an anchor that may not sign certificates', async () => {
    const anchors = [anchor(['cRLSign'])];
    await expect(load([], anchors)).rejects.toMatchObject({ reason: 'anchor-unusable' });
  });
});
