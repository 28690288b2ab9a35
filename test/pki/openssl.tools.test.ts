/**
 * OpenSSL as an independent peer: it reads what the simulated world issues, and the terminal reads
 * what it issues.
 */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../platform-sim/authority.ts';
import { deriveRowKeys, sealRow } from '../../platform-sim/row-seal.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { SIGNED_KIND } from '../../src/link/protocol.ts';
import { certificateHash } from '../../src/pki/converted-value.ts';
import { certifiedBy, openSignedObject, SignedObjectError } from '../../src/pki/signed-object.ts';
import { listKeysOf } from '../keys/list-keys-of.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { trustStoreOf } from './memory-trust.ts';

const run = promisify(execFile);
const DAY_MS = 86_400_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kazasu-openssl-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `openssl` in the folder; arguments are separated by blanks. */
async function openssl(command: string): Promise<string> {
  const { stdout } = await run('openssl', command.split(' '), { cwd: folder, timeout: 60_000 });
  return stdout;
}

const file = (name: string) => path.join(folder, name);
const read = (name: string) => readFile(file(name));

describe('OpenSSL', () => {
  it('verifies a card of the authority, strictly and against its CRL, and refuses the revoked one', async () => {
    const authority = await Authority.create();
    const [card, revoked] = await Promise.all([
      authority.issueUserCertificate(),
      authority.issueUserCertificate(),
    ]);
    const { serial } = revoked;
    const crl = authority.crl({ revoked: [{ serial, at: new Date(), reason: 'superseded' }] });
    await Promise.all([
      writeFile(file('ca.der'), authority.caCertificate),
      writeFile(file('card.der'), card.der),
      writeFile(file('revoked.der'), revoked.der),
      writeFile(file('crl.der'), crl),
    ]);
    for (const name of ['ca', 'card', 'revoked'])
      await openssl(`x509 -inform DER -in ${name}.der -out ${name}.pem`);
    await openssl('crl -inform DER -in crl.der -out crl.pem');
    const verify = 'verify -x509_strict -check_ss_sig -crl_check -CAfile ca.pem -CRLfile crl.pem';
    expect(await openssl(`${verify} card.pem`)).toContain('card.pem: OK');
    await expect(openssl(`${verify} revoked.pem`)).rejects.toThrow('certificate revoked');
    const text = await openssl('x509 -in card.pem -noout -text');
    expect(text).toContain('Policy: 1.2.392.200149.8.5.1.3.30');
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toContain('DirName:/C=JP/O=JPKI-SIM/');
    expect(await openssl('crl -in crl.pem -noout -text')).toMatch(/Reason Code: \s+Superseded/);
  });

  it('verifies the signing certificate, and the key that goes with a card', async () => {
    const authority = await Authority.create();
    const card = await authority.issueSignCertificate();
    await writeFile(file('sign-ca.der'), authority.caCertificate);
    await writeFile(file('sign.der'), card.der);
    await writeFile(file('sign-key.pem'), card.privateKeyPem, { mode: 0o600 });
    await openssl('x509 -inform DER -in sign-ca.der -out sign-ca.pem');
    await openssl('x509 -inform DER -in sign.der -out sign.pem');
    expect(await openssl('verify -x509_strict -CAfile sign-ca.pem sign.pem')).toContain('OK');
    expect(await openssl('x509 -in sign.pem -noout -pubkey')).toBe(
      await openssl('pkey -in sign-key.pem -pubout'),
    );
  });

  it('verifies what the platform signs', async () => {
    const keys = await PlatformKeys.openOrCreate(file('platform'));
    await writeFile(file('manifest.p7'), await keys.sign('entry-list', Buffer.from('rows')));
    await openssl('x509 -inform DER -in platform/ca.der -out platform/ca.pem');
    const verify = 'cms -verify -binary -inform DER -in manifest.p7 -purpose any';
    expect(await openssl(`${verify} -CAfile platform/ca.pem`)).toBe('rows');
    expect(await openssl('cms -cmsout -print -inform DER -in manifest.p7')).toContain(
      `eContentType: undefined (${SIGNED_KIND['entry-list']})`,
    );
  });

  it('computes the converted value and the row by its own means', async () => {
    const listKey = Buffer.alloc(32, 0x5a);
    const list = 'stadium-2016-02-20';
    const hash = certificateHash(Buffer.from('any bytes'));
    const expand = async (label: string) => {
      const info = Buffer.from(label + list).toString('hex');
      const options = `-kdfopt digest:SHA256 -kdfopt mode:EXPAND_ONLY -kdfopt hexinfo:${info}`;
      const key = `-kdfopt hexkey:${listKey.toString('hex')}`;
      return (await openssl(`kdf -keylen 32 ${options} ${key} HKDF`)).replaceAll(/[^0-9A-F]/g, '');
    };
    await writeFile(file('hash'), hash);
    const mac = async (key: string) =>
      (await openssl(`mac -digest SHA256 -macopt hexkey:${key} -in hash HMAC`)).trim();
    const value = Buffer.from(await mac(await expand('kazasu-row-1')), 'hex');
    expect(await listKeysOf(listKey, list).convertedValue(hash)).toEqual(value);

    const row = { ticket: 'T-1', seat: 'A 1', holder: '佐藤花子', party: '' };
    const { sealed } = sealRow(deriveRowKeys(listKey, list), hash, row);
    // GCM encrypts as CTR does, from block 2 on (NIST SP 800-38D 7.1).
    await writeFile(file('row'), sealed.subarray(12, -16));
    const counter = `${sealed.subarray(0, 12).toString('hex')}00000002`;
    const dataKey = await mac(await expand('kazasu-data-1'));
    await openssl(`enc -d -aes-256-ctr -K ${dataKey} -iv ${counter} -in row -out opened`);
    // ISO/IEC 7816-4 padding.
    const plain = Buffer.concat([Buffer.from(JSON.stringify(row)), Uint8Array.of(0x80)]);
    const padding = Buffer.alloc(128 - plain.length);
    expect(await read('opened')).toEqual(Buffer.concat([plain, padding]));
  });
});

const CONFIGURATION = `
[req]
distinguished_name = name
prompt = no
[name]
C = JP
O = OPENSSL-SIM
OU = Made by OpenSSL
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[card]
keyUsage = critical,digitalSignature
certificatePolicies = critical,1.2.392.200149.8.5.1.3.30
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
[signer]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,${SIGNED_KIND.head}
authorityKeyIdentifier = keyid
[crl]
authorityKeyIdentifier = keyid
[authority]
database = index.txt
crlnumber = crlnumber
default_md = sha256
crl_extensions = crl
default_crl_days = 2
unique_subject = no
`;

describe('what OpenSSL makes', () => {
  beforeAll(async () => {
    await mkdir(file('newcerts'));
    await writeFile(file('openssl.cnf'), CONFIGURATION);
    await writeFile(file('index.txt'), '');
    await writeFile(file('crlnumber'), '1000');
    const root = 'req -x509 -newkey rsa:2048 -nodes -days 30 -config openssl.cnf -extensions ca';
    await openssl(`${root} -keyout root-key.pem -out root.der -outform DER`);
    await openssl('x509 -inform DER -in root.der -out root.pem');
    await issue('good', '4a01', 'rsa:2048', 'sha256', 'card');
  });

  async function issue(name: string, serial: string, key: string, hash: string, profile: string) {
    const subject = '-subj /C=JP/CN=SIMTESTCARD000000000001';
    const request = `req -new -newkey ${key} -nodes -keyout ${name}-key.pem -out ${name}.csr`;
    await openssl(`${request} ${subject} -config openssl.cnf`);
    const by = '-CA root.pem -CAkey root-key.pem -extfile openssl.cnf';
    const as = `-extensions ${profile} -set_serial 0x${serial} -${hash} -days 9`;
    await openssl(`x509 -req -in ${name}.csr ${by} ${as} -outform DER -out ${name}.der`);
    return read(`${name}.der`);
  }

  async function crl(revoked: readonly string[] = []): Promise<Buffer> {
    const entries = revoked.map(
      (serial) => `R\t301231235959Z\t251231000000Z,keyCompromise\t${serial}\tunknown\t/C=JP/CN=x\n`,
    );
    await writeFile(file('index.txt'), entries.join(''));
    const by = '-config openssl.cnf -name authority -keyfile root-key.pem -cert root.pem';
    await openssl(`ca -gencrl ${by} -out root-crl.pem`);
    await openssl('crl -in root-crl.pem -outform DER -out root-crl.der');
    return read('root-crl.der');
  }

  const store = async (...crls: Uint8Array[]) =>
    trustStoreOf({ anchors: [await read('root.der')], crls });

  it('is accepted when it follows the profile, signed with SHA-256 and stronger', async () => {
    const trusting = await store(await crl());
    expect(await trusting.verify(await read('good.der'), Date.now())).toEqual({
      valid: true,
      revocation: 'checked',
    });
    for (const hash of ['sha384', 'sha512']) {
      const der = await issue(hash, '4a02', 'rsa:3072', hash, 'card');
      expect(await trusting.verify(der, Date.now())).toMatchObject({ valid: true });
    }
  });

  it('is refused when it was signed with SHA-1', async () => {
    const der = await issue('sha1', '4a03', 'rsa:2048', 'sha1', 'card');
    const verdict = await (await store()).verify(der, Date.now());
    expect(verdict).toMatchObject({ valid: false, reason: 'certificate-untrusted' });
  });

  it('is refused when a CRL of 100,000 entries revokes it, and the CRL loads fast', async () => {
    const serials = Array.from({ length: 100_000 }, (_, index) =>
      (0x10_0000 + index).toString(16).toUpperCase(),
    );
    const list = await crl(['4A01', ...serials]);
    const took = stopwatch();
    const trusting = await store(list);
    expect(took()).toBeLessThan(4000);
    expect(trusting.crls).toMatchObject([{ entries: 100_001 }]);
    expect(await trusting.verify(await read('good.der'), Date.now())).toEqual({
      valid: false,
      reason: 'certificate-revoked',
      detail: 'on the revocation list of its issuer',
      revokedFor: 'keyCompromise',
    });
  });

  it('is stale when its CRL is past nextUpdate', async () => {
    const trusting = await store(await crl());
    const later = Date.now() + 4 * DAY_MS;
    expect(await trusting.verify(await read('good.der'), later)).toEqual({
      valid: true,
      revocation: 'stale',
    });
  });

  it('opens as a signed object when it follows the profile', async () => {
    const signers = certifiedBy(await read('root.der'));
    await issue('signer', '4a04', 'rsa:2048', 'sha256', 'signer');
    await openssl('x509 -inform DER -in signer.der -out signer.pem');
    await writeFile(file('content'), 'signed by OpenSSL');
    const by = `-signer signer.pem -inkey signer-key.pem -econtent_type ${SIGNED_KIND.head}`;
    const sign = `cms -sign -binary -nodetach -in content ${by} -outform DER`;
    await openssl(`${sign} -md sha384 -out object.p7`);
    const { content } = await openSignedObject(
      await read('object.p7'),
      'head',
      signers,
      Date.now(),
    );
    expect(content.toString()).toBe('signed by OpenSSL');

    await openssl(`${sign} -noattr -out bare.p7`);
    await openssl(`${sign.replace('-nodetach ', '')} -out detached.p7`);
    await openssl(`${sign} -md sha1 -out sha1.p7`);
    for (const name of ['bare.p7', 'detached.p7', 'sha1.p7'])
      await expect(openSignedObject(await read(name), 'head', signers, Date.now())).rejects.toThrow(
        SignedObjectError,
      );
  });
});
