import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import {
  type ExtensionSpec,
  extension,
  keyIdentifier,
  type Name,
  randomSerial,
  writeCertificate,
} from '../../platform-sim/x509.ts';
import { platformFault } from '../../src/link/platform-certificate.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-06-01T00:00:00Z');
const SERVER = '1.3.6.1.5.5.7.3.1';
const CA_NAME: Name = [['CN', 'Platform CA']];

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const caKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const serverKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let ca: Buffer;

beforeAll(() => {
  ca = caOf(caKey);
});

function caOf(
  key: Pair,
  days = 3650,
  usages: Parameters<typeof extension.keyUsage>[0] = ['keyCertSign'],
) {
  return writeCertificate({
    issuer: { name: CA_NAME, privateKey: key.privateKey },
    subject: CA_NAME,
    publicKey: key.publicKey,
    serial: randomSerial(),
    notBefore: new Date(NOW - DAY_MS),
    notAfter: new Date(NOW + days * DAY_MS),
    extensions: [
      extension.keyUsage(usages),
      extension.basicConstraints(true),
      extension.subjectKeyIdentifier(keyIdentifier(key.publicKey)),
    ],
  });
}

interface Over {
  readonly issuer?: Pair;
  readonly issuerName?: Name;
  readonly publicKey?: KeyObject;
  readonly from?: number;
  readonly to?: number;
  readonly ca?: boolean;
  readonly purposes?: readonly string[];
  readonly hosts?: readonly string[];
  readonly more?: readonly ExtensionSpec[];
}

function server(over: Over = {}): Buffer {
  const { issuer = caKey, purposes = [SERVER], hosts = ['127.0.0.1', 'platform.example'] } = over;
  return writeCertificate({
    issuer: { name: over.issuerName ?? CA_NAME, privateKey: issuer.privateKey },
    subject: [['CN', 'platform.example']],
    publicKey: over.publicKey ?? serverKey.publicKey,
    serial: randomSerial(),
    notBefore: new Date(over.from ?? NOW - DAY_MS),
    notAfter: new Date(over.to ?? NOW + DAY_MS),
    extensions: [
      extension.keyUsage(['digitalSignature']),
      extension.basicConstraints(over.ca ?? false),
      ...(purposes.length === 0 ? [] : [extension.extendedKeyUsage(purposes)]),
      ...(hosts.length === 0 ? [] : [extension.subjectAltName(hosts)]),
      extension.authorityKeyIdentifier(keyIdentifier(caKey.publicKey)),
      ...(over.more ?? []),
    ],
  });
}

function fault(der: Buffer, over: { ca?: Buffer; host?: string; now?: number | null } = {}) {
  return platformFault(der, { ca, host: '127.0.0.1', now: NOW, ...over });
}

const weak = () => generateKeyPairSync('rsa', { modulusLength: 1024 });

test.each<[string, string, () => Buffer]>([
  ["another CA's key behind the same name", 'another-platform', () => server({ issuer: otherKey })],
  ['another issuer by name', 'another-platform', () => server({ issuerName: [['CN', 'Other']] })],
  ['a CA', 'not-a-server', () => server({ ca: true })],
  ['no purpose', 'not-a-server', () => server({ purposes: [] })],
  ["a client's purpose", 'not-a-server', () => server({ purposes: ['1.3.6.1.5.5.7.3.2'] })],
  ['another address', 'another-host', () => server({ hosts: ['127.0.0.2'] })],
  ['no address but in its subject', 'another-host', () => server({ hosts: [] })],
  ['dates that are over', 'outside-validity', () => server({ to: NOW - 3_600_000 })],
  ['dates that are to come', 'outside-validity', () => server({ from: NOW + 3_600_000 })],
  ['a weak key', 'malformed', () => server({ publicKey: weak().publicKey })],
  [
    'a critical extension that nobody here knows',
    'malformed',
    () => server({ more: [{ oid: '1.2.3.4', critical: true, value: Buffer.from('0500', 'hex') }] }),
  ],
  ['bytes behind it', 'malformed', () => Buffer.concat([server(), Buffer.of(0)])],
  ['no certificate at all', 'malformed', () => Buffer.from('hello')],
])('refuses %s', (_what, expected, make) => {
  expect(fault(make())).toBe(expected);
});

test("refuses a CA whose own certificate is over, or that may not sign certificates, or is no CA's", () => {
  expect(fault(server(), { ca: caOf(caKey, 0.5), now: NOW + 0.9 * DAY_MS })).toBe(
    'outside-validity',
  );
  expect(fault(server(), { ca: caOf(caKey, 3650, ['cRLSign']) })).toBe('another-platform');
  expect(fault(server(), { ca: server() })).toBe('another-platform');
});

test('takes the certificate that the CA issued for this address or name', () => {
  expect(fault(server())).toBeNull();
  expect(fault(server(), { host: 'platform.example' })).toBeNull();
  expect(fault(server(), { host: 'PLATFORM.example' })).toBeNull();
  expect(fault(server({ hosts: ['*.example'] }), { host: 'platform.example' })).toBe(
    'another-host',
  );
});

test('leaves dates aside where it is not known what time it is, and nothing else', () => {
  expect(
    fault(server({ to: NOW - 365 * DAY_MS, from: NOW - 400 * DAY_MS }), { now: null }),
  ).toBeNull();
  expect(fault(server({ issuer: otherKey }), { now: null })).toBe('another-platform');
  expect(fault(server({ hosts: ['127.0.0.2'] }), { now: null })).toBe('another-host');
});

test('bears a clock that is a few minutes off', () => {
  expect(fault(server({ to: NOW - 4 * 60_000 }))).toBeNull();
  expect(fault(server({ to: NOW - 6 * 60_000 }))).toBe('outside-validity');
});
