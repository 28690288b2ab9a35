/**
 * Three generations of one authority, made by OpenSSL: the same name, another key each, valid side
 * by side, as JPKI's are. Everything has to hang on the key; the name tells nothing.
 */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validatePath } from '../../src/pki/path-validation.ts';
import { TrustError } from '../../src/pki/trust-error.ts';
import { trustStoreOf } from './memory-trust.ts';

const run = promisify(execFile);
const GENERATIONS = ['first', 'second', 'third'] as const;
type Generation = (typeof GENERATIONS)[number];

/** The serial number of every card here: it says nothing without the key that gave it out. */
const SERIAL = '4A01';
const CONFIGURATION = `
[req]
distinguished_name = name
prompt = no
[name]
C = JP
O = OPENSSL-SIM
OU = One name for all generations
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[card]
keyUsage = critical,digitalSignature
certificatePolicies = critical,1.2.392.200149.8.5.1.3.30
authorityKeyIdentifier = keyid
[nameless]
authorityKeyIdentifier = none
keyUsage = critical,digitalSignature
certificatePolicies = critical,1.2.392.200149.8.5.1.3.30
[crl]
authorityKeyIdentifier = keyid
[authority]
database = index.txt
crlnumber = crlnumber
default_md = sha256
crl_extensions = crl
default_crl_days = 2
`;

let folder: string;
const openssl = (command: string) =>
  run('openssl', command.split(' '), { cwd: folder, timeout: 60_000 });
const read = (file: string) => readFile(path.join(folder, file));

/** Every card has the same key, name and serial number: only its issuer differs. */
async function issue(by: Generation, profile = 'card'): Promise<Buffer> {
  const ca = `-CA ${by}.pem -CAkey ${by}-key.pem -extfile openssl.cnf -extensions ${profile}`;
  await openssl(
    `x509 -req -in card.csr ${ca} -set_serial 0x${SERIAL} -days 9 -outform DER -out card.der`,
  );
  return read('card.der');
}

async function crl(by: Generation, reason: string | null = null): Promise<Buffer> {
  const entry = `R\t301231235959Z\t251231000000Z,${reason}\t${SERIAL}\tunknown\t/C=JP/CN=x\n`;
  await writeFile(path.join(folder, 'index.txt'), reason === null ? '' : entry);
  const ca = `-config openssl.cnf -name authority -keyfile ${by}-key.pem -cert ${by}.pem`;
  await openssl(`ca -gencrl ${ca} -out crl.pem`);
  await openssl('crl -in crl.pem -outform DER -out crl.der');
  return read('crl.der');
}

const anchorsOf = (generations: readonly Generation[]) =>
  Promise.all(generations.map((each) => read(`${each}.der`)));

async function judge(
  card: Uint8Array,
  crls: readonly Uint8Array[],
  pinned: readonly Generation[] = GENERATIONS,
): Promise<string> {
  const store = await trustStoreOf({ anchors: await anchorsOf(pinned), crls });
  const verdict = await store.verify(card, Date.now());
  return verdict.valid ? verdict.revocation : verdict.reason;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kazasu-generations-'));
  await mkdir(path.join(folder, 'newcerts'));
  await writeFile(path.join(folder, 'openssl.cnf'), CONFIGURATION);
  await writeFile(path.join(folder, 'crlnumber'), '1000');
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  for (const each of GENERATIONS) {
    const root = `req -x509 ${key} -days 30 -config openssl.cnf -extensions ca`;
    await openssl(`${root} -keyout ${each}-key.pem -out ${each}.pem`);
    await openssl(`x509 -in ${each}.pem -outform DER -out ${each}.der`);
  }
  const subject = '-subj /C=JP/CN=SIMTESTCARD000000000001';
  await openssl(
    `req -new ${key} -keyout card-key.pem -out card.csr ${subject} -config openssl.cnf`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('generations of one authority, made by OpenSSL,', () => {
  it.each(GENERATIONS)('vouch for their own cards: the %s', async (generation) => {
    const card = await issue(generation);
    expect(await judge(card, [await crl(generation)])).toBe('checked');
    expect(await judge(card, [], [generation])).toBe('none');
    const others = GENERATIONS.filter((each) => each !== generation);
    expect(await judge(card, [], others)).toBe('certificate-untrusted');
  });

  it('are found by signature alone by nobody: a card has to name its key', async () => {
    expect(await judge(await issue('second', 'nameless'), [])).toBe('certificate-untrusted');
  });

  it('revoke their own cards only, whatever the order of anchors and lists', async () => {
    const cards = { first: await issue('first'), second: await issue('second') };
    const lists = [await crl('first', 'superseded'), await crl('second'), await crl('third')];
    for (const crls of [lists, lists.toReversed()])
      for (const pinned of [GENERATIONS, GENERATIONS.toReversed()]) {
        expect(await judge(cards.first, crls, pinned)).toBe('certificate-revoked');
        expect(await judge(cards.second, crls, pinned)).toBe('checked');
      }
  });

  it("do not clear a card of another by a list of theirs, nor by one under the other's key", async () => {
    const card = await issue('third');
    expect(await judge(card, [await crl('first'), await crl('second')])).toBe('none');
    await expect(judge(card, [await crl('first')], ['third'])).rejects.toThrow(TrustError);
  });

  it('are told apart by paths in general, too, also without key identifiers', async () => {
    const material = async (crls: readonly Uint8Array[]) => ({
      anchors: await anchorsOf(GENERATIONS),
      intermediates: [],
      crls,
    });
    for (const profile of ['card', 'nameless']) {
      const card = await issue('second', profile);
      const own = await material([await crl('first', 'superseded'), await crl('second')]);
      expect(validatePath(card, own, Date.now())).toEqual({ valid: true, length: 1 });
      const foreign = await material([await crl('first'), await crl('third')]);
      expect(validatePath(card, foreign, Date.now())).toMatchObject({
        fault: 'revocation-unknown',
      });
      const revoking = await material([await crl('second', 'certificateHold')]);
      expect(validatePath(card, revoking, Date.now())).toMatchObject({
        fault: 'revoked',
        detail: 'certificateHold',
      });
    }
  });
});
