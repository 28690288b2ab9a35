/**
 * OpenSSL as an independent peer for OCSP: as a client of the running platform, and, fed with files so that it
 * listens nowhere, as a responder for the terminal. And as a reader of both kinds of certificates on a card.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Authority,
  type IssuedCertificate,
  keepRevocations,
  newCardKey,
  type OcspSigner,
} from '../../platform-sim/authority.ts';
import type { RevocationReason } from '../../platform-sim/x509.ts';
import { askOcsp, judgeOcsp, type OcspQuestion } from '../../src/pki/ocsp.ts';
import { TrustStore } from '../../src/pki/trust-store.ts';
import { pemOf, openssl as run } from '../pki/openssl.ts';
import { RunningCommand } from './programs.ts';

/** Those of JPKI; OpenSSL 3.0 knows no more by name in OCSP. */
const REASONS = [
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
] as const satisfies readonly RevocationReason[];

let folder: string;
let authority: Authority;
let platform: RunningCommand;
let url: string;
let privateKey: Awaited<ReturnType<typeof newCardKey>>;
/** One revoked for each reason. */
const revoked = new Map<RevocationReason, IssuedCertificate>();
let good: IssuedCertificate;

const file = (name: string) => join(folder, name);

const openssl = (command: string) => run(folder, command);
const writePem = (name: string, ...what: Parameters<typeof pemOf>) =>
  writeFile(file(name), pemOf(...what));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kazasu-ocsp-'));
  authority = await Authority.openOrCreate(file('authority'));
  privateKey = await newCardKey();
  good = await authority.issueUserCertificate({ privateKey });
  for (const reason of REASONS)
    revoked.set(reason, await authority.issueUserCertificate({ privateKey }));
  const at = new Date(Date.now() - 60_000);
  const revocations = [...revoked].map(([reason, { serial }]) => ({ serial, at, reason }));
  await keepRevocations(file('authority'), revocations);
  await writePem('ca.pem', 'CERTIFICATE', [authority.caCertificate]);
  await writePem('crl.pem', 'X509 CRL', [authority.crl({ revoked: revocations })]);
  await writePem('good.pem', 'CERTIFICATE', [good.der]);
  const state = ['--state', file('platform'), '--port', '0'];
  platform = new RunningCommand(['serve', ...state, '--ocsp', file('authority')]);
  const { port } = await platform.line(({ event }) => event === 'platform.ready');
  url = `http://127.0.0.1:${port}/ocsp`;
});
afterAll(async () => {
  await platform.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

describe('openssl ocsp, asking the platform,', () => {
  const asking = '-issuer ca.pem -CAfile ca.pem -nonce';

  test('is told of a good card and of each reason, signed by a responder that it accepts', async () => {
    const serials = [good, ...revoked.values()].map(
      ({ serial }) => `-serial 0x${serial.toString('hex')}`,
    );
    const { code, said } = await openssl(`ocsp ${asking} ${serials.join(' ')} -url ${url}`);
    expect(code).toBe(0);
    expect(said).toContain('Response verify OK');
    expect(said).not.toMatch(/nonce/iu);
    expect(said).toMatch(new RegExp(`0x${good.serial.toString('hex')}: good`, 'iu'));
    for (const [reason, { serial }] of revoked) {
      const line = `0x${serial.toString('hex')}: revoked\\n(?:.*\\n){1,2}\\s*Reason: ${reason}\\n`;
      expect(said).toMatch(new RegExp(line, 'iu'));
    }
  });

  test('by SHA-256, too', async () => {
    const { said } = await openssl(`ocsp ${asking} -sha256 -cert good.pem -url ${url}`);
    expect(said).toContain('good.pem: good');
  });

  test('is refused for cards of another authority of the same name', async () => {
    await writePem('other.pem', 'CERTIFICATE', [(await Authority.create()).caCertificate]);
    const { said } = await openssl(`ocsp -issuer other.pem -serial 1 -url ${url} -CAfile ca.pem`);
    expect(said).toContain('unauthorized (6)');
  });
});

describe('the address /ocsp of the platform', () => {
  const post = (body: Buffer) => fetch(url, { method: 'POST', body: new Uint8Array(body) });
  const MALFORMED = '30030a0101';

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['what is no request', Buffer.from('hello')],
    ['a request about nothing', Buffer.from('30043002' + '3000', 'hex')],
    ['more than a request ever has', Buffer.alloc(100_000)],
  ])('answers %s with malformedRequest', async (_, body) => {
    const response = await post(body);
    expect(response.headers.get('content-type')).toBe('application/ocsp-response');
    expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe(MALFORMED);
  });

  test('takes no GET: what is asked would stand in logs', async () => {
    expect((await fetch(url)).status).toBe(405);
  });
});

describe('the terminal, asking openssl ocsp,', () => {
  /** An index as openssl-ca(1) keeps it: one good, one revoked, the others unknown. */
  async function answerOf(question: OcspQuestion, signer: OcspSigner, more = ''): Promise<Buffer> {
    const hex = (card: IssuedCertificate | undefined) =>
      card?.serial.toString('hex').toUpperCase() ?? '';
    const held = revoked.get('certificateHold');
    const index =
      `V\t491231235959Z\t\t${hex(good)}\tunknown\t/CN=x\n` +
      `R\t491231235959Z\t260101000000Z,certificateHold\t${hex(held)}\tunknown\t/CN=x\n`;
    await writeFile(file('index.txt'), index);
    await writeFile(file('request.der'), question.request);
    await writeFile(file('r-key.pem'), signer.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await writePem('r.pem', 'CERTIFICATE', [signer.certificates[0] ?? authority.caCertificate]);
    const from = '-index index.txt -CA ca.pem -rsigner r.pem -rkey r-key.pem';
    const { code, said } = await openssl(
      `ocsp ${from} -reqin request.der -respout response.der${more}`,
    );
    if (code !== 0) throw new Error(said);
    return readFile(file('response.der'));
  }

  async function ask(
    card: IssuedCertificate | undefined,
    signer: OcspSigner,
    more = '',
    ...how: [] | ['sha1' | 'sha256']
  ) {
    const store = await TrustStore.load({ anchors: [authority.caCertificate], crls: [] });
    const subject = store.ocspSubject(card?.der ?? Buffer.alloc(0), Date.now());
    if (subject === null) throw new Error('nobody to ask');
    const question = askOcsp(subject, ...how);
    return judgeOcsp(await answerOf(question, signer, more), question, Date.now());
  }

  test('believes a responder that the authority charged, and the authority itself', async () => {
    const charged = authority.chargeOcspSigner();
    expect(await ask(good, charged)).toEqual({ status: 'good' });
    expect(await ask(good, charged, ' -nmin 5 -resp_key_id', 'sha256')).toEqual({ status: 'good' });
    expect(await ask(good, authority.ocspSigner, ' -nmin 5')).toEqual({ status: 'good' });
  });

  test('hears of a revocation, and that a card is unknown', async () => {
    const charged = authority.chargeOcspSigner();
    expect(await ask(revoked.get('certificateHold'), charged)).toEqual({
      status: 'revoked',
      revokedFor: 'certificateHold',
    });
    expect(await ask(revoked.get('superseded'), charged)).toEqual({ status: 'unknown' });
  });

  test('does not believe one whose certificate does not come along', async () => {
    const charged = authority.chargeOcspSigner();
    expect(await ask(good, charged, ' -resp_no_certs')).toMatchObject({ fault: 'bad-signature' });
  });
});

describe('both certificates of a card', () => {
  test('are verified by OpenSSL strictly and against the CRL, and the revoked are refused', async () => {
    const signing = await authority.issueSignCertificate({ privateKey });
    await writePem('signing.pem', 'CERTIFICATE', [signing.der]);
    await writePem('held.pem', 'CERTIFICATE', [revoked.get('certificateHold')?.der ?? good.der]);
    const verify = (name: string) =>
      openssl(`verify -x509_strict -crl_check -CRLfile crl.pem -CAfile ca.pem ${name}.pem`);
    expect((await verify('good')).said).toContain('good.pem: OK');
    expect((await verify('signing')).said).toContain('signing.pem: OK');
    expect((await verify('held')).said).toContain('certificate revoked');
  });

  test('differ in purpose and policy, and only the signing one names its holder', async () => {
    const holder = {
      name: '佐藤　花子',
      sex: '女',
      birth: '平成2年4月1日',
      address: '風津市一番町2番',
    };
    const signing = await authority.issueSignCertificate({ privateKey, holder });
    await writePem('signing.pem', 'CERTIFICATE', [signing.der]);
    const text = async (name: string) =>
      (await openssl(`x509 -in ${name}.pem -noout -text -nameopt utf8`)).said;
    const [user, sign] = [await text('good'), await text('signing')];
    expect(user).toContain('Policy: 1.2.392.200149.8.5.1.3.30');
    expect(user).not.toContain('Non Repudiation');
    expect(user).not.toContain('Subject Alternative Name');
    expect(sign).toContain('Policy: 1.2.392.200149.8.5.1.1.20');
    expect(sign).toContain('Digital Signature, Non Repudiation');
    for (const [number, value] of [
      ['1', holder.name],
      ['3', holder.sex],
      ['4', holder.birth],
      ['5', holder.address],
    ])
      expect(sign).toContain(`1.2.392.200149.8.5.5.${number}::${value}`);
    for (const value of Object.values(holder)) expect(user).not.toContain(value);
  });

  test('name a place for CRLs without an address, as the real ones do', async () => {
    const { said } = await openssl('x509 -in good.pem -noout -ext crlDistributionPoints');
    expect(said).toContain('DirName');
    expect(said).not.toContain('URI');
  });
});
