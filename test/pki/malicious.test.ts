/**
 * Certificates and CRLs that somebody made to do harm: all of them are refused, within three
 * seconds and 50 MiB each, and by an expected answer.
 */

import { execFile } from 'node:child_process';
import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { USER_AUTHENTICATION_POLICY } from '../../platform-sim/authority.ts';
import {
  type ExtensionSpec,
  encode,
  extension,
  writeCertificate,
} from '../../platform-sim/x509.ts';
import { context, DerReader, TAG } from '../../src/pki/der.ts';
import { anchor, at, crlOf } from './chains.ts';

const LIMIT = { ms: 3000, mib: 50 } as const;
const MIB = 1024 * 1024;
const EMPTY = Buffer.from('3000', 'hex');
const root = anchor();
const cardKey = createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

interface CardOptions {
  readonly publicKey?: KeyObject;
  readonly serial?: Uint8Array;
  readonly extra?: readonly ExtensionSpec[];
}

/** Signed by the pinned authority itself: nothing but what it says is wrong with it. */
function card(options: CardOptions = {}): Buffer {
  return writeCertificate({
    issuer: root,
    subject: [['CN', 'A card']],
    publicKey: options.publicKey ?? cardKey,
    serial: options.serial ?? Uint8Array.of(1),
    notBefore: at(-1),
    notAfter: at(1),
    extensions: [
      extension.keyUsage(['digitalSignature']),
      extension.certificatePolicies(USER_AUTHENTICATION_POLICY, 'http://jpki-sim.example/'),
      extension.authorityKeyIdentifier(root.keyId),
      ...(options.extra ?? []),
    ],
  });
}

/** A public key whose modulus is any number: to make a real one of 16,384 bits takes minutes. */
function rsa(bits: number, exponent: Uint8Array): KeyObject {
  const modulus = randomBytes(bits / 8);
  modulus.writeUInt8(modulus.readUInt8(0) | 0x80, 0);
  modulus.writeUInt8(modulus.readUInt8(modulus.length - 1) | 1, modulus.length - 1);
  const [n, e] = [modulus, Buffer.from(exponent)].map((each) => each.toString('base64url'));
  return createPublicKey({ key: { kty: 'RSA', n: n ?? '', e: e ?? '' }, format: 'jwk' });
}

const F4 = Uint8Array.of(1, 0, 1);
const KEYS: Readonly<Record<string, KeyObject>> = {
  'of 512 bits': rsa(512, F4),
  'of 1,024 bits': rsa(1024, F4),
  'of 16,384 bits': rsa(16_384, F4),
  'with exponent 1': rsa(2048, Uint8Array.of(1)),
  'with exponent 3': rsa(2048, Uint8Array.of(3)),
  'with an even exponent': rsa(2048, Uint8Array.of(1, 0, 2)),
  'with an exponent of 2,048 bits': rsa(2048, Buffer.alloc(256, 0xff)),
};

/** SEQUENCE in SEQUENCE in SEQUENCE, with honest lengths, written from the inside out. */
function nested(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes);
  let start = bytes;
  for (;;) {
    const header = [TAG.sequence, ...lengthOctets(bytes - start)];
    if (start < header.length) return whole.subarray(start);
    start -= header.length;
    whole.set(header, start);
  }
}

/** X.690 10.1 */
function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.trunc(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

/** The same value with its length in the indefinite form, as BER allows (X.690 8.1.3.6). */
function indefinite(der: Buffer): Buffer {
  const header = 2 + ((der[1] ?? 0) & 0x80 ? (der[1] ?? 0) & 0x7f : 0);
  return Buffer.concat([Uint8Array.of(0x30, 0x80), der.subarray(header), Buffer.alloc(2)]);
}

/** The same value with more octets of length than needed. */
function longer(der: Buffer): Buffer {
  const header = 2 + ((der[1] ?? 0) & 0x7f);
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(der.length - header);
  return Buffer.concat([Uint8Array.of(0x30, 0x84), octets, der.subarray(header)]);
}

const plain = (oid: string, value: Uint8Array): ExtensionSpec => ({ oid, critical: false, value });
const many = <T>(count: number, of: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => of(index));

const MALICIOUS_CARDS: Readonly<Record<string, Buffer>> = {
  ...Object.fromEntries(
    Object.entries(KEYS).map(([what, publicKey]) => [`a key ${what}`, card({ publicKey })]),
  ),
  'a negative serial number': card({ serial: Uint8Array.of(0x80) }),
  'a negative serial number of 20 octets': card({ serial: Buffer.alloc(20, 0xfe) }),
  'a serial number of 1,000 octets': card({ serial: Buffer.alloc(1000, 1) }),
  'BER, indefinite': indefinite(card()),
  'BER, long length': longer(card()),
  'BER, a TRUE that is 01': card({
    extra: [plain('2.5.29.19', Buffer.from('3003010101', 'hex'))],
  }),
  'BER, a string in pieces': card({
    extra: [plain('2.5.29.14', Buffer.from('240604010104010a', 'hex'))],
  }),
  'nothing but depth': nested(4096),
  'nothing but depth, 1 MiB': nested(MIB),
  '16 MiB of zeros': Buffer.alloc(16 * MIB),
  'a length of 4 GiB': Buffer.from('3084ffffffff30820101', 'hex'),
  'depth in an extension': card({ extra: [plain('2.5.29.37', nested(3000))] }),
  '200 extensions': card({
    extra: many(200, (index) => plain(`1.3.6.1.${index}`, Uint8Array.of())),
  }),
  'an object identifier without end': card({
    extra: [plain('2.5.29.37', encode(0x30, encode(0x06, Buffer.alloc(2000, 0xff))))],
  }),
};

/** A CRL of the pinned authority with these bytes for entries. */
function crlOfEntries(content: Buffer): Buffer {
  const whole = new DerReader(crlOf(root)).enter(TAG.sequence);
  const old = whole.enter(TAG.sequence);
  const [version, algorithm, issuer] = [
    old.whole(TAG.integer),
    old.whole(TAG.sequence),
    old.whole(TAG.sequence),
  ];
  const times = [old.whole(TAG.utcTime), old.whole(TAG.utcTime)];
  const extensions = old.whole(context.constructed(0));
  const entries = encode(TAG.sequence, content);
  const tbs = encode(TAG.sequence, version, algorithm, issuer, ...times, entries, extensions);
  const signature = encode(TAG.bitString, Uint8Array.of(0), sign('sha256', tbs, root.privateKey));
  return encode(TAG.sequence, tbs, algorithm, signature);
}

const crl = (...extra: readonly ExtensionSpec[]) => crlOf(root, { extra });
const MALICIOUS_CRLS: Readonly<Record<string, Buffer>> = {
  'nothing but depth, 4 MiB': nested(4 * MIB),
  'depth in its scope': crl({ oid: '2.5.29.28', critical: true, value: nested(2 * MIB) }),
  'depth for entries': crlOfEntries(nested(2 * MIB)),
  'a million empty entries': crlOfEntries(Buffer.alloc(2_000_000, EMPTY)),
  'a serial number of 8 MiB': crlOfEntries(encode(0x30, encode(0x02, Buffer.alloc(8 * MIB, 1)))),
  'BER, indefinite': indefinite(crlOf(root)),
  'BER, long length': longer(crlOf(root)),
  '65 extensions': crl(...many(65, (index) => plain(`1.3.6.1.${index}`, EMPTY))),
};

const LINE = z.object({ file: z.string(), answer: z.string(), ms: z.number(), mib: z.number() });
type Line = z.infer<typeof LINE>;

function judged(folder: string): Promise<readonly Line[]> {
  const script = path.join(import.meta.dirname, 'judge-process.ts');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, folder], { timeout: 60_000 }, (error, out) => {
      if (error !== null) reject(error);
      else
        resolve(
          out
            .trim()
            .split('\n')
            .map((line) => LINE.parse(JSON.parse(line))),
        );
    });
  });
}

describe('what is made to do harm', () => {
  const expected = new Map<string, RegExp>();
  let folder: string;
  let lines: readonly Line[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kazasu-malicious-'));
    const write = async (kind: string, what: string, der: Buffer, answer: RegExp) => {
      const file = `${kind}-${what}`;
      expected.set(file, answer);
      await writeFile(path.join(folder, file), der);
    };
    await writeFile(path.join(folder, 'anchor.der'), root.der);
    // The second question is about the anchor, with this beside it: there is no CRL for it.
    const noPath = /^(malformed|revocation-unknown) revocation-unknown$/;
    for (const [what, der] of Object.entries(MALICIOUS_CARDS)) {
      await write('card', what, der, /^certificate-untrusted$/);
      await write('anchor', what, der, /^anchor-unusable$/);
      await write('path', what, der, noPath);
    }
    for (const [what, der] of Object.entries(MALICIOUS_CRLS)) {
      await write('crl', what, der, /^crl-malformed$/);
      await write('path', `a CRL, ${what}`, der, noPath);
    }
    // RFC 5280 4.1.2.2 lets paths in general have one; the lists of cards may not.
    const negative = crlOf(root, { revoked: [Buffer.from([0x80])] });
    await write('crl', 'a negative serial number', negative, /^crl-malformed$/);
    // Or the refusals would say nothing.
    await write('card', 'as it should be', card(), /^valid$/);
    await write('crl', 'as it should be', crlOf(root), /^loaded$/);
    lines = await judged(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is all judged and all refused, and what is good is not', () => {
    expect(lines.map(({ file }) => file).toSorted()).toEqual([...expected.keys()].toSorted());
    for (const { file, answer } of lines)
      expect([file, answer]).toEqual([file, expect.stringMatching(expected.get(file) ?? /none/)]);
  });

  it(`takes ${LIMIT.ms} ms and ${LIMIT.mib} MiB at most`, () => {
    const tooMuch = lines.filter(({ ms, mib }) => ms > LIMIT.ms || mib > LIMIT.mib);
    expect(tooMuch).toEqual([]);
  });
});
