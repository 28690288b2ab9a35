import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  extension,
  keyIdentifier,
  randomSerial,
  writeCertificate,
} from '../../platform-sim/x509.ts';
import { isEnrolled, TerminalIdentity, validityOf } from '../../src/link/identity.ts';
import { issueLinkCertificate, makeRequest, SigningError } from '../../src/pki/issuing.ts';
import { DiskFullError } from '../../src/store/disk.ts';
import { MemoryKeys, nextKey, signerOf } from './enrolled.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.parse('2026-06-01T00:00:00Z');
const CA_NAME = [['CN', 'Platform CA']] as const;

const caKey = nextKey();

function certificate(over: {
  readonly publicKey: ReturnType<typeof signerOf>['publicKey'];
  readonly name?: string;
  readonly ca?: boolean;
  readonly pathLength?: number | null;
  readonly signedBy?: ReturnType<typeof nextKey>;
  readonly from?: number;
}): Buffer {
  const { publicKey, name = 'gate-1', ca = true, pathLength = 0, from = START } = over;
  return writeCertificate({
    issuer: { name: CA_NAME, privateKey: over.signedBy ?? caKey },
    subject: [['CN', name]],
    publicKey,
    serial: randomSerial(),
    notBefore: new Date(from),
    notAfter: new Date(from + 90 * DAY_MS),
    extensions: [
      extension.keyUsage(['digitalSignature', 'keyEncipherment', 'keyCertSign']),
      extension.basicConstraints(ca, ca ? pathLength : null),
      extension.authorityKeyIdentifier(keyIdentifier(signerOf(caKey).publicKey)),
      extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
    ],
  });
}

const CA = writeCertificate({
  issuer: { name: CA_NAME, privateKey: caKey },
  subject: CA_NAME,
  publicKey: signerOf(caKey).publicKey,
  serial: randomSerial(),
  notBefore: new Date(START - DAY_MS),
  notAfter: new Date(START + 3650 * DAY_MS),
  extensions: [
    extension.keyUsage(['keyCertSign']),
    extension.basicConstraints(true),
    extension.subjectKeyIdentifier(keyIdentifier(signerOf(caKey).publicKey)),
  ],
});

class Rig {
  now = START;
  readonly settings = new Map<string, string>();
  readonly keys = new MemoryKeys();
  readonly ledger = {
    get: (key: string) => this.settings.get(key) ?? null,
    set: (key: string, value: string) => void this.settings.set(key, value),
  };

  open(): TerminalIdentity {
    const { keys, ledger } = this;
    return new TerminalIdentity({
      terminal: 'gate-1',
      keys,
      ledger,
      clock: { now: () => this.now },
    });
  }

  /** The public key that was asked a certificate for. */
  async askedFor(identity: TerminalIdentity) {
    await identity.request();
    const key = await this.keys.signingKey(this.keys.labels.at(-1) ?? '');
    if (key === null) throw new Error('no key was made');
    return key.publicKey;
  }

  async enrolled(): Promise<TerminalIdentity> {
    const identity = this.open();
    const publicKey = await this.askedFor(identity);
    expect(await identity.takeAsOnly(certificate({ publicKey }), CA)).toBeNull();
    return identity;
  }
}

test('a certificate that is not the one asked for is not kept, and why is said', async () => {
  const rig = new Rig();
  const identity = rig.open();
  expect(await identity.take(CA, CA)).toBe('nothing was asked for');
  const publicKey = await rig.askedFor(identity);
  const stranger = signerOf(nextKey()).publicKey;
  for (const [der, fault] of [
    [certificate({ publicKey, signedBy: nextKey() }), 'another CA issued it'],
    [certificate({ publicKey: stranger }), 'it has another key'],
    [certificate({ publicKey, name: 'gate-2' }), 'it has another name'],
    [certificate({ publicKey, ca: false }), 'it may not sign what the link needs'],
    [certificate({ publicKey, pathLength: 1 }), 'it may not sign what the link needs'],
    [certificate({ publicKey, pathLength: null }), 'it may not sign what the link needs'],
    [Buffer.of(0x30), 'a value is cut off'],
  ] as const) {
    expect(await identity.take(der, CA)).toBe(fault);
  }
  expect(isEnrolled(rig.ledger)).toBe(false);
  expect(await identity.take(certificate({ publicKey }), CA)).toBeNull();
});

test('a key store that lost the key, or does not sign, is told apart from a defect', async () => {
  const rig = new Rig();
  const identity = await rig.enrolled();
  for (const label of rig.keys.labels) await rig.keys.forget(label);
  await expect(identity.credentials()).rejects.toThrow(/does not have the key/u);
  await expect(rig.open().credentials()).rejects.toThrow(/does not have the key/u);
  await expect(new Rig().open().credentials()).rejects.toThrow(/not enrolled/u);
  const mute = { ...signerOf(nextKey()), sign: async () => null };
  await expect(makeRequest('gate-1', mute)).rejects.toBeInstanceOf(SigningError);
  const spec = { name: 'gate-1', issuer: CA, signer: mute, publicKey: mute.publicKey };
  const to = 'platform';
  const dates = { notBefore: START, notAfter: START + DAY_MS };
  await expect(issueLinkCertificate({ ...spec, ...dates, to })).rejects.toBeInstanceOf(
    SigningError,
  );
});

test('the link key is made at each start, lives a day at most, and is replaced before it is over', async () => {
  const rig = new Rig();
  const identity = await rig.enrolled();
  const first = await identity.credentials();
  const link = new X509Certificate(first.chain);
  const [from, to] = [link.validFromDate.getTime(), link.validToDate.getTime()];
  expect(to - from).toBeLessThanOrEqual(DAY_MS);
  expect(from).toBeLessThan(START);
  expect((await identity.credentials()).key).toBe(first.key);
  rig.now = START + 14 * HOUR_MS;
  expect((await identity.credentials()).key).toBe(first.key);
  rig.now = START + 16 * HOUR_MS;
  const second = await identity.credentials();
  expect(second.key).not.toBe(first.key);
  // A clock that was set back: the platform would say that the certificate is not yet.
  rig.now = START;
  expect((await identity.credentials()).key).not.toBe(second.key);
  expect((await rig.open().credentials()).key).not.toBe(first.key);
  expect([...rig.settings.values()].join()).not.toContain('PRIVATE');
});

test('two thirds of the life are 60 of 90 days, and one renewal at a time is enough', async () => {
  const rig = new Rig();
  const identity = await rig.enrolled();
  rig.now = START + 60 * DAY_MS - 1;
  expect(identity.isRenewalDue()).toBe(false);
  rig.now = START + 60 * DAY_MS;
  expect(identity.isRenewalDue()).toBe(true);
  const publicKey = await rig.askedFor(identity);
  expect(validityOf(rig.ledger)).toEqual({
    renewFrom: START + 60 * DAY_MS,
    notAfter: START + 90 * DAY_MS,
  });
  expect(await identity.take(certificate({ publicKey, from: rig.now }), CA)).toBeNull();
  expect(identity.isRenewalDue()).toBe(false);
  // Of the next one, though it has not connected yet.
  expect(validityOf(rig.ledger)?.notAfter).toBe(START + 150 * DAY_MS);
});

test('until the next certificate has connected, both are kept, over a restart, too', async () => {
  const rig = new Rig();
  const old = (await rig.enrolled()).certificate;
  const renewing = rig.open();
  const publicKey = await rig.askedFor(renewing);
  const next = certificate({ publicKey, from: START + DAY_MS });
  await renewing.take(next, CA);
  const identity = rig.open();
  expect(identity.certificate).toEqual(old);
  expect((await identity.credentials()).chain).toContain(new X509Certificate(next).toString());
  expect(rig.keys.labels).toHaveLength(2);
  await identity.connected();
  expect(rig.keys.labels).toHaveLength(1);
  expect(rig.open().certificate).toEqual(next);
});

test('a next certificate that the platform refuses is forgotten once it has taken the one before', async () => {
  const rig = new Rig();
  const old = (await rig.enrolled()).certificate;
  const identity = rig.open();
  const publicKey = await rig.askedFor(identity);
  const next = certificate({ publicKey, from: START + DAY_MS });
  await identity.take(next, CA);
  identity.refused();
  expect((await identity.credentials()).chain).not.toContain(new X509Certificate(next).toString());
  await identity.connected();
  expect(rig.open().certificate).toEqual(old);
  expect(rig.keys.labels).toHaveLength(1);
  rig.now = START + 60 * DAY_MS;
  expect(identity.isRenewalDue()).toBe(true);
});

test('a disk that is full when the old certificate is forgotten loses neither', async () => {
  const rig = new Rig();
  await rig.enrolled();
  const identity = rig.open();
  const publicKey = await rig.askedFor(identity);
  const next = certificate({ publicKey, from: START + DAY_MS });
  await identity.take(next, CA);
  const { set } = rig.ledger;
  rig.ledger.set = () => {
    throw new DiskFullError('full');
  };
  await expect(identity.connected()).rejects.toBeInstanceOf(DiskFullError);
  rig.ledger.set = set;
  expect((await rig.open().credentials()).chain).toContain(new X509Certificate(next).toString());
  await identity.connected();
  expect(rig.open().certificate).toEqual(next);
});

test('when the store has lost the key of one certificate, the other is tried', async () => {
  const rig = new Rig();
  const old = (await rig.enrolled()).certificate;
  const identity = rig.open();
  const publicKey = await rig.askedFor(identity);
  await identity.take(certificate({ publicKey, from: START + DAY_MS }), CA);
  await rig.keys.forget(rig.keys.labels.at(-1) ?? '');
  await expect(identity.credentials()).rejects.toThrow(/does not have the key/u);
  const { chain } = await identity.credentials();
  expect(chain).toContain(new X509Certificate(old ?? '').toString());
});

test('a request that was interrupted goes on with the same key', async () => {
  const rig = new Rig();
  const key = await rig.askedFor(rig.open());
  const again = await rig.askedFor(rig.open());
  expect(again.equals(key)).toBe(true);
  expect(rig.keys.labels).toHaveLength(1);
  expect(isEnrolled(rig.ledger)).toBe(false);
});
