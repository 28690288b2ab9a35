import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as pkijs from 'pkijs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CARD_DEFINITION } from '../../devices/card/sim-card-definition.ts';
import { Authority, FOREIGN_AUTHORITY_NAME } from '../../platform-sim/authority.ts';
import { PEOPLE, type Population, populate } from '../../platform-sim/people.ts';
import { trustStoreOf } from '../pki/memory-trust.ts';

let folder: string;
let authority: Authority;
let foreign: Authority;
let population: Population;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kazasu-authority-'));
  authority = await Authority.openOrCreate(path.join(folder, 'authority'));
  foreign = await Authority.openOrCreate(path.join(folder, 'foreign'), {
    name: FOREIGN_AUTHORITY_NAME,
  });
  population = await populate(authority, foreign, path.join(folder, 'people'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the simulated authority', () => {
  it('has a name that nobody takes for the real one', () => {
    expect(new X509Certificate(authority.caCertificate).subject).toContain('O=JPKI-SIM');
  });

  it('is the same after a restart, and its key is read by its owner alone', async () => {
    const again = await Authority.openOrCreate(path.join(folder, 'authority'));
    expect(again.caCertificate).toEqual(authority.caCertificate);
    const { der } = await again.issueUserCertificate();
    const ca = new X509Certificate(authority.caCertificate);
    expect(new X509Certificate(der).verify(ca.publicKey)).toBe(true);
    const { mode } = await stat(path.join(folder, 'authority', 'ca-key.pem'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('issues certificates and CRLs that pkijs reads and verifies', async () => {
    const { der, serial, privateKeyPem } = await authority.issueUserCertificate();
    const ca = pkijs.Certificate.fromBER(authority.caCertificate);
    const certificate = pkijs.Certificate.fromBER(der);
    expect(await certificate.verify(ca)).toBe(true);
    expect(Buffer.from(certificate.serialNumber.valueBlock.valueHexView)).toEqual(serial);
    expect(createPublicKey(createPrivateKey(privateKeyPem))).toEqual(
      new X509Certificate(der).publicKey,
    );
    const revoked = [{ serial, at: new Date(), reason: 'keyCompromise' as const }];
    const crl = pkijs.CertificateRevocationList.fromBER(authority.crl({ revoked }));
    expect(await crl.verify({ issuerCertificate: ca })).toBe(true);
    expect(crl.isCertificateRevoked(certificate)).toBe(true);
  });

  it('says nothing of the holder in a certificate', async () => {
    const { der } = await authority.issueUserCertificate();
    expect(new X509Certificate(der).subject).toMatch(/^C=JP\nCN=[0-9A-Z]{23}$/);
  });

  it('numbers its CRLs upwards', async () => {
    const [first, second] = [new Date(Date.now() - 60_000), new Date()];
    const numbers = await Promise.all(
      [first, second].map(async (thisUpdate) => {
        const crls = [authority.crl({ thisUpdate })];
        const store = await trustStoreOf({ anchors: [authority.caCertificate], crls });
        return store.crls[0]?.number ?? 0n;
      }),
    );
    expect((numbers[1] ?? 0n) > (numbers[0] ?? 0n)).toBe(true);
  });
});

describe('the residents of Kazasu City', () => {
  it('have names, cards and fates of their own', () => {
    for (const of of ['id', 'name', 'kana'] as const)
      expect(new Set(PEOPLE.map((person) => person[of])).size).toBe(PEOPLE.length);
    for (const { id, decisions } of PEOPLE) {
      expect(id).toMatch(/^[a-z]+-[a-z]+$/);
      expect(decisions.length).toBeGreaterThan(0);
    }
    const tickets = PEOPLE.flatMap(({ ticket }) => (ticket === null ? [] : [ticket.ticket]));
    expect(new Set(tickets).size).toBe(tickets.length);
    const fates = new Set(PEOPLE.flatMap(({ decisions }) => decisions));
    for (const fate of [
      'granted',
      'already-entered',
      'not-on-list',
      'certificate-expired',
      'certificate-revoked',
      'certificate-not-yet-valid',
      'certificate-untrusted',
      'phone-not-supported',
      'card-not-supported',
      'possession-not-proved',
    ] as const)
      expect(fates).toContain(fate);
  });

  it('count among them a family of three with tickets bought together', () => {
    const parties = Map.groupBy(PEOPLE, ({ ticket }) => ticket?.party ?? '');
    parties.delete('');
    expect([...parties.values()].map((members) => members.length)).toEqual([3]);
  });

  it('hold cards that a simulated reader accepts, with keys that fit', () => {
    for (const { card, certificate, person } of population.residents) {
      expect(CARD_DEFINITION.parse(card)).toEqual(card);
      expect(certificate === null).toBe(person.card === 'transit');
      if (certificate === null || card.userPrivateKey === undefined) continue;
      const key = createPublicKey(createPrivateKey(card.userPrivateKey));
      const fits = key.equals(new X509Certificate(certificate).publicKey);
      const isCopied = person.trick?.how === 'clone' || person.trick?.how === 'replay';
      expect([person.id, fits]).toEqual([person.id, !isCopied]);
    }
  });

  it('hold cards that lie among them: copies of what others have, with what the trick needs and no more', () => {
    const cardOf = (id: string) =>
      population.residents.find(({ person }) => person.id === id)?.card ?? { kind: 'transit' };
    const tricksters = population.residents.filter(({ person }) => person.trick !== null);
    expect(tricksters.map(({ person }) => person.trick?.how)).toEqual([
      'clone',
      'replay',
      'interpose',
      'relay',
    ]);
    for (const { person, card } of tricksters) {
      const { how, of } = person.trick ?? { how: '', of: '' };
      const victim = cardOf(of);
      expect(card.userCertificate).toBe(victim.userCertificate);
      expect(card.userPrivateKey === victim.userPrivateKey).toBe(
        how === 'relay' || how === 'interpose',
      );
      expect(card.faults?.replay !== undefined).toBe(how === 'replay');
      expect(person.ticket).toBeNull();
    }
  });

  it('have certificates that a terminal judges as their fate says', async () => {
    const anchors = [authority.caCertificate];
    const store = await trustStoreOf({ anchors, crls: [population.crl] });
    for (const { person, certificate } of population.residents) {
      if (certificate === null) continue;
      const verdict = await store.verify(certificate, Date.now());
      const [decision = ''] = person.decisions;
      const told = verdict.valid ? 'valid' : verdict.reason;
      expect([person.id, told]).toEqual([
        person.id,
        decision.startsWith('certificate-') ? decision : 'valid',
      ]);
    }
  });

  it('count among them one who renewed the card after the tickets were sold', async () => {
    const renewed = population.residents.filter(
      ({ certificateBefore }) => certificateBefore !== null,
    );
    expect(renewed.map(({ person }) => person.standing)).toEqual(['renewed']);
    const anchors = [authority.caCertificate];
    const store = await trustStoreOf({ anchors, crls: [population.crl] });
    const before = renewed[0]?.certificateBefore ?? Buffer.alloc(0);
    const verdict = await store.verify(before, Date.now());
    expect(verdict).toMatchObject({ valid: false, reason: 'certificate-revoked' });
    const again = await populate(authority, foreign, path.join(folder, 'people'));
    expect(again.residents.map((one) => one.certificateBefore)).toEqual(
      population.residents.map((one) => one.certificateBefore),
    );
  });

  it('have the same cards after a restart, and new ones from another authority', async () => {
    const again = await populate(authority, foreign, path.join(folder, 'people'));
    const cards = ({ residents }: Population) => residents.map(({ card }) => card);
    expect(cards(again)).toEqual(cards(population));
    const key = path.join(folder, 'people', 'sato-hanako-key.pem');
    const before = await readFile(key, 'utf8');
    const successor = await Authority.create();
    const renewed = await populate(successor, foreign, path.join(folder, 'people'));
    expect(cards(renewed)[0]).not.toEqual(cards(population)[0]);
    expect(await readFile(key, 'utf8')).not.toBe(before);
  });
});
