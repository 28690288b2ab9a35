/** CAs and CRLs as people make them with OpenSSL: most with its defaults, some with what goes wrong. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from './trust-files.ts';

const run = promisify(execFile);
const TAKEN = { platform: null, terminal: null };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kazasu-openssl-ca-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Arguments are separated by blanks. */
async function openssl(command: string): Promise<void> {
  await run('openssl', command.split(' '), { cwd: folder, timeout: 60_000 });
}

const read = (name: string) => readFile(join(folder, name));

/** A self-signed certificate with the defaults of the installed openssl.cnf, but for `options`. */
async function selfSigned(options: string): Promise<Buffer> {
  const made = '-nodes -subj /C=JP/O=MY-CA -days 30 -keyout key.pem -outform DER -out ca.der';
  await openssl(`req -x509 ${options} ${made}`);
  return read('ca.der');
}

describe('a CA made by openssl req -x509', () => {
  test.each(['rsa:2048', 'rsa:4096', 'ec -pkeyopt ec_paramgen_curve:P-256'])(
    '-newkey %s is taken as it is',
    async (key) => {
      expect(await ask([await selfSigned(`-newkey ${key}`)])).toEqual(TAKEN);
    },
  );

  test.each([
    ['-newkey ed25519', 'RSA of 2048 to 4096 bits'],
    ['-newkey rsa:1024', 'RSA of 2048 to 4096 bits'],
    ['-newkey ec -pkeyopt ec_paramgen_curve:secp521r1', 'P-256 or P-384'],
    ['-newkey rsa:2048 -sha1', 'openssl: -sha256'],
    ['-newkey rsa:2048 -sigopt rsa_padding_mode:pss', 'PKCS #1 v1.5'],
    ['-newkey rsa:2048 -addext nameConstraints=critical,permitted;DNS:a.example', '2.5.29.30'],
    ['-newkey rsa:2048 -set_serial 0', 'serial number 0'],
  ])('%s is refused by platform and terminal', async (options, message) => {
    const said = await ask([await selfSigned(options)]);
    expect(said.platform).toContain(message);
    expect(said.terminal).toMatch(/^anchor-unusable/u);
  });

  test('and by openssl x509 -req without extensions is refused, with the command that makes one', async () => {
    await openssl('req -new -newkey rsa:2048 -nodes -subj /O=MY-CA -keyout key.pem -out ca.csr');
    await openssl('x509 -req -in ca.csr -signkey key.pem -outform DER -out bare.der');
    const said = await ask([await read('bare.der')]);
    expect(said.platform).toContain('openssl req -x509');
    expect(said.terminal).toMatch(/^anchor-unusable/u);
  });
});

describe('a CRL made by openssl ca -gencrl', () => {
  const EXTENSIONS = `
[whole]
authorityKeyIdentifier = keyid:always
[by_serial]
authorityKeyIdentifier = issuer:always
[people]
issuingDistributionPoint = critical,@people_scope
[people_scope]
onlyuser = TRUE
[authorities]
issuingDistributionPoint = critical,@authorities_scope
[authorities_scope]
onlyCA = TRUE
[indirect]
issuingDistributionPoint = critical,@indirect_scope
[indirect_scope]
indirectCRL = TRUE
`;
  const NUMBERED = 'crlnumber = crlnumber\n';

  let ca: Buffer;
  beforeAll(async () => {
    await mkdir(join(folder, 'crl'));
    ca = await selfSigned('-newkey rsa:2048');
    await openssl('x509 -inform DER -in ca.der -out crl/ca.pem');
    await writeFile(join(folder, 'crl/key.pem'), await read('key.pem'));
    await writeFile(join(folder, 'crlnumber'), '01\n');
  });

  /** `settings`: what stands in the section of the CA besides the least that openssl asks for. */
  async function crl(settings: string, revoked = '', md = 'sha256'): Promise<Buffer> {
    const section = `[ca]\ndatabase = index.txt\ndefault_md = ${md}\ndefault_crl_days = 7\n`;
    await writeFile(join(folder, 'index.txt'), revoked);
    await writeFile(join(folder, 'openssl.cnf'), `${section}${settings}${EXTENSIONS}`);
    const by = '-config openssl.cnf -name ca -keyfile crl/key.pem -cert crl/ca.pem';
    await openssl(`ca -gencrl ${by} -out crl.pem`);
    await openssl('crl -in crl.pem -outform DER -out crl.der');
    return read('crl.der');
  }
  const entry = (reason: string) =>
    `R\t301231235959Z\t251231000000Z,${reason}\t4A01\tunknown\t/C=JP/CN=x\n`;

  test.each([
    ['with a number', NUMBERED, ''],
    ['with a number and the key of its CA', `${NUMBERED}crl_extensions = whole\n`, ''],
    ['for people only', `${NUMBERED}crl_extensions = people\n`, ''],
    ['with a reason', NUMBERED, 'keyCompromise'],
    ['with a hold instruction', NUMBERED, 'holdInstruction,holdInstructionReject'],
    ['with the time of a compromise', NUMBERED, 'keyTime,20250101000000Z'],
  ])('%s is taken by platform and terminal', async (_, settings, reason) => {
    const made = await crl(settings, reason === '' ? '' : entry(reason));
    expect(await ask([ca], [made])).toEqual(TAKEN);
  });

  test.each([
    ['without a number', '', '', 'sha256', 'set crlnumber = FILE'],
    ['without a number, yet of version 2', 'crl_extensions = whole\n', '', 'sha256', 'crlnumber'],
    [
      'that names its CA by serial number',
      `${NUMBERED}crl_extensions = by_serial\n`,
      '',
      'sha256',
      'authorityKeyIdentifier = keyid:always',
    ],
    ['for CAs only', `${NUMBERED}crl_extensions = authorities\n`, '', 'sha256', 'onlyContainsUser'],
    ['that is indirect', `${NUMBERED}crl_extensions = indirect\n`, '', 'sha256', 'indirect CRL'],
    ['that takes an entry back', NUMBERED, 'removeFromCRL', 'sha256', 'as only a delta CRL may'],
    ['signed with SHA-1', NUMBERED, '', 'sha1', '-md sha256'],
  ])('%s is refused by both, naming the option', async (_, settings, reason, md, message) => {
    const made = await crl(settings, reason === '' ? '' : entry(reason), md);
    const said = await ask([ca], [made]);
    expect(said.platform).toContain(message);
    expect(said.terminal).toMatch(/^crl-/u);
  });
});
