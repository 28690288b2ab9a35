/** A certificate authority as anybody can make one, with the openssl command line and nothing of ours. */

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * `ca`: openssl-ca(1) with its smallest database. `crl_with_key_id`: RFC 5280 5.2.1 asks for it, openssl's defaults do
 * not. `user`: the profile of JPKI's user-authentication certificates. `sign`: that of its signing certificates.
 */
const CONFIGURATION = `[ca]
default_ca = this
[this]
dir = .
database = $dir/index.txt
serial = $dir/serial
crlnumber = $dir/crlnumber
new_certs_dir = $dir/issued
default_md = sha256
default_days = 30
default_crl_days = 1
unique_subject = no
policy = any
[any]
countryName = optional
organizationName = optional
commonName = supplied
[crl_with_key_id]
authorityKeyIdentifier = keyid:always
[user]
keyUsage = critical,digitalSignature
certificatePolicies = critical,@authentication
issuerAltName = dirName:issuer
crlDistributionPoints = point
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
[sign]
keyUsage = critical,digitalSignature,nonRepudiation
certificatePolicies = critical,1.2.392.200149.8.5.1.1.20
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
[authentication]
policyIdentifier = 1.2.392.200149.8.5.1.3.30
CPS.1 = http://ca.example.invalid/cps.html
[issuer]
C = JP
O = A stranger's authority
[point]
fullname = dirName:issuer
`;

export interface IssueSettings {
  readonly profile?: 'user' | 'sign';
  /** As openssl-ca(1) has them, e.g. `20200101000000Z`. */
  readonly dates?: readonly [start: string, end: string];
  /** Arguments of openssl-req(1) for the holder's key. Default: RSA with 2048 bits. */
  readonly key?: readonly string[];
}

export class OpensslAuthority {
  /** Holds CA.pem, CRL.pem, and NAME.pem, NAME.der and NAME.key of each holder. */
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** `key`: arguments of openssl-req(1) for the authority's key; what is not said is openssl's default. */
  static async create(
    directory: string,
    { name = 'A stranger', key = ['rsa:2048'] }: { name?: string; key?: readonly string[] } = {},
  ): Promise<OpensslAuthority> {
    const authority = new OpensslAuthority(directory);
    await mkdir(join(directory, 'issued'), { recursive: true });
    await Promise.all([
      writeFile(join(directory, 'openssl.cnf'), CONFIGURATION),
      writeFile(join(directory, 'index.txt'), ''),
      writeFile(join(directory, 'serial'), '1000\n'),
      writeFile(join(directory, 'crlnumber'), '01\n'),
    ]);
    const subject = ['-subj', `/C=JP/O=${name}/CN=${name} CA`];
    const self = ['-x509', '-days', '30', '-nodes', '-keyout', 'CA.key', '-out', 'CA.pem'];
    await authority.openssl('req', '-newkey', ...key, ...subject, ...self);
    return authority;
  }

  /** Makes NAME.key, NAME.pem and NAME.der; the certificate names no person. */
  async issue(
    name: string,
    { profile = 'user', dates, key = ['rsa:2048'] }: IssueSettings = {},
  ): Promise<void> {
    const subject = ['-subj', '/C=JP/CN=12345678ABCDEFG13221003A'];
    const request = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
    await this.openssl('req', '-new', '-newkey', ...key, '-nodes', ...subject, ...request);
    const validity = dates === undefined ? [] : ['-startdate', dates[0], '-enddate', dates[1]];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-notext'];
    await this.#ca('-extensions', profile, ...validity, ...files);
    await this.openssl('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`);
  }

  async revoke(name: string): Promise<void> {
    await this.#ca('-revoke', `${name}.pem`, '-crl_reason', 'superseded');
  }

  /** Makes the next CRL. Without `withKeyId`, as openssl does it by default. */
  async makeCrl({ withKeyId = true }: { withKeyId?: boolean } = {}): Promise<void> {
    const extensions = withKeyId ? ['-crlexts', 'crl_with_key_id'] : [];
    await this.#ca('-gencrl', ...extensions, '-out', 'CRL.pem');
  }

  async openssl(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('openssl', args, { cwd: this.directory, timeout: 120_000 });
    return stdout;
  }

  async #ca(...args: readonly string[]): Promise<void> {
    const own = ['-config', 'openssl.cnf', '-batch', '-cert', 'CA.pem', '-keyfile', 'CA.key'];
    await this.openssl('ca', ...own, ...args);
  }
}
