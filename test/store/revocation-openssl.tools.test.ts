/** A revocation list as OpenSSL writes it, with every reason it knows, and a delta on it: our index beside OpenSSL's own reading. */

import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encode, extension } from '../../platform-sim/x509.ts';
import { DerReader, TAG } from '../../src/pki/der.ts';
import { openRevocationFile } from '../../src/store/revocation-file.ts';
import { buildRevocationFiles } from '../../src/store/revocation-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'kazasu-openssl-crl-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** By the words of `openssl crl -text`, what RFC 5280 calls them. */
const REASONS: Readonly<Record<string, string>> = {
  Unspecified: 'unspecified',
  'Key Compromise': 'keyCompromise',
  'CA Compromise': 'cACompromise',
  'Affiliation Changed': 'affiliationChanged',
  Superseded: 'superseded',
  'Cessation Of Operation': 'cessationOfOperation',
  'Certificate Hold': 'certificateHold',
  'Remove From CRL': 'removeFromCRL',
};
/** As openssl-ca(1) writes them into its database. */
const WRITTEN = [
  '',
  ',unspecified',
  ',keyCompromise',
  ',CACompromise',
  ',affiliationChanged',
  ',superseded',
  ',cessationOfOperation',
  ',holdInstruction,holdInstructionCallIssuer',
  ',CAkeyTime,20250102030405Z',
];

function openssl(...given: readonly string[]): string {
  const settings = {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 16_777_216,
  } as const;
  return execFileSync('openssl', given, settings);
}

const read = (name: string) => readFileSync(join(folder, name));

/** Serial numbers of 3 to 20 octets, in hex and in no order. */
function serialOf(at: number): string {
  const digest = createHash('sha256').update(String(at)).digest('hex').toUpperCase();
  return `4${digest.slice(0, 5 + 2 * (at % 18))}`;
}

function makeFull(count: number): Buffer {
  const lines = new Map<string, string>();
  for (let at = 0; at < count; at += 1) {
    const [serial, reason] = [serialOf(at), WRITTEN[at % WRITTEN.length] ?? ''];
    const date = `25${String(1 + (at % 12)).padStart(2, '0')}01000000Z`;
    lines.set(serial, `R\t301231235959Z\t${date}${reason}\t${serial}\tunknown\t/CN=x\n`);
  }
  writeFileSync(join(folder, 'index.txt'), [...lines.values()].join(''));
  writeFileSync(join(folder, 'number'), '0A\n');
  writeFileSync(
    join(folder, 'ca.cnf'),
    '[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid:always\n',
  );
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-subj', '/C=JP/O=CRL', '-keyout', 'key.pem', '-out', 'ca.pem');
  openssl('x509', '-in', 'ca.pem', '-outform', 'DER', '-out', 'ca.der');
  const by = ['-config', 'ca.cnf', '-keyfile', 'key.pem', '-cert', 'ca.pem'];
  openssl('ca', '-gencrl', ...by, '-out', 'full.pem');
  openssl('crl', '-in', 'full.pem', '-outform', 'DER', '-out', 'full.der');
  return read('full.der');
}

/** What OpenSSL reads: reason by serial number in hex. */
function asOpensslReads(name: string): Map<string, string> {
  const text = openssl('crl', '-inform', 'DER', '-in', name, '-noout', '-text');
  const entries = text.split('Serial Number: ').slice(1);
  return new Map(
    entries.map((entry) => {
      const [, words = 'Unspecified'] = /X509v3 CRL Reason Code: \s+(.+)/u.exec(entry) ?? [];
      return [entry.slice(0, entry.indexOf('\n')).trim(), REASONS[words.trim()] ?? words];
    }),
  );
}

async function indexOf(name: string) {
  const der = read(name);
  const sha256 = createHash('sha256').update(der).digest('hex');
  const path = join(folder, `${name}.index`);
  const chunks = [{ sha256, path: join(folder, name) }];
  const lists = [{ sha256, bytes: der.length, chunks, path }];
  const [built = ''] = await buildRevocationFiles({ anchors: [read('ca.der')], lists });
  return openRevocationFile(path, built);
}

/** The same CA's delta on `full`, made by hand, for openssl-ca(1) makes none. */
function makeDelta(full: Buffer, changes: readonly (readonly [serial: string, reason: number])[]) {
  const outer = new DerReader(full).enter(TAG.sequence);
  const body = outer.enter(TAG.sequence);
  const head = [body.content(TAG.integer)].map((version) => encode(TAG.integer, version));
  head.push(Buffer.from(body.whole(TAG.sequence)), Buffer.from(body.whole(TAG.sequence)));
  const times = [body.whole(TAG.utcTime), body.whole(TAG.utcTime)];
  const entries = changes.map(([serial, reason]) => {
    const code = encode(TAG.octetString, encode(TAG.enumerated, Uint8Array.of(reason)));
    const id = Buffer.from('0603551d15', 'hex');
    const extensions = encode(TAG.sequence, encode(TAG.sequence, id, code));
    const number = encode(TAG.integer, Buffer.from(serial, 'hex'));
    return encode(TAG.sequence, number, times[0] ?? Buffer.alloc(0), extensions);
  });
  const value = (number: bigint) => encode(TAG.octetString, extension.crlNumber(number).value);
  const number = encode(TAG.sequence, Buffer.from('0603551d14', 'hex'), value(11n));
  const critical = encode(TAG.boolean, Uint8Array.of(0xff));
  const base = encode(TAG.sequence, Buffer.from('0603551d1b', 'hex'), critical, value(10n));
  const extensions = encode(0xa0, encode(TAG.sequence, number, base));
  const tbs = encode(TAG.sequence, ...head, ...times, encode(TAG.sequence, ...entries), extensions);
  const algorithm = outer.whole(TAG.sequence);
  const signature = sign('sha256', tbs, createPrivateKey(read('key.pem')));
  const bits = encode(TAG.bitString, Uint8Array.of(0), signature);
  writeFileSync(join(folder, 'delta.der'), encode(TAG.sequence, tbs, algorithm, bits));
}

const keyOf = (serial: string) => Buffer.from(serial, 'hex').toString('latin1');

test('what OpenSSL revokes is revoked here, for the same reason, in a full list and a delta', async () => {
  const full = makeFull(6_000);
  const seen = asOpensslReads('full.der');
  expect(new Set(seen.values()).size).toBe(7);
  const list = await indexOf('full.der');
  expect(list).toMatchObject({ number: 10n, base: null, entries: seen.size });
  const answers = [...seen.keys()].map((serial) => [serial, list.revoked(keyOf(serial))?.reason]);
  expect(new Map(answers as [string, string][])).toEqual(seen);
  for (let at = 6_000; at < 6_400; at += 1) {
    const serial = serialOf(at);
    expect(list.revoked(keyOf(serial)) !== null).toBe(seen.has(serial));
  }
  list.close();

  const [held = '', other = ''] = [...seen].flatMap(([serial, reason]) =>
    reason === 'certificateHold' ? [serial] : [],
  );
  makeDelta(full, [
    [held, 8],
    [other, 1],
    ['4ABC', 4],
  ]);
  const changes = asOpensslReads('delta.der');
  expect([...changes.values()]).toEqual(['removeFromCRL', 'keyCompromise', 'superseded']);
  expect(openssl('crl', '-inform', 'DER', '-in', 'delta.der', '-noout', '-text')).toMatch(
    /Delta CRL Indicator: critical\s+10/u,
  );
  const delta = await indexOf('delta.der');
  expect(delta).toMatchObject({ number: 11n, base: 10n, entries: 3 });
  for (const [serial, reason] of changes) {
    expect(delta.revoked(keyOf(serial))?.reason).toBe(reason);
  }
  delta.close();
}, 120_000);
