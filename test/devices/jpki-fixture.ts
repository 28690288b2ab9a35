/**
 * Certificates and keys of an invented person as facts about the real ones describe them, made by openssl: an authority
 * for user authentication and one for signatures, each with one certificate under it.
 */

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardDefinition } from '../../devices/card/sim-card.ts';

/** The policy and the key usage that tell the two kinds of certificate apart. */
const KINDS = {
  user: {
    policy: '1.2.392.200149.8.5.1.3.30',
    usage: 'digitalSignature',
    cn: 'INVENTED0000000000000A',
  },
  sign: {
    policy: '1.2.392.200149.8.5.1.1.20',
    usage: 'digitalSignature,nonRepudiation',
    cn: 'INVENTED0000000000000S',
  },
} as const;

export interface JpkiFixture {
  /** A whole card: both certificates and keys, both authorities. */
  readonly card: CardDefinition;
  /** DER. */
  readonly userCertificate: Buffer;
  readonly signCertificate: Buffer;
}

/** Takes about a second: four RSA keys. Rejects with openssl's words when it is missing or fails. */
export async function createJpkiFixture(): Promise<JpkiFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-fixture-'));
  try {
    const user = await issue(directory, 'user');
    const sign = await issue(directory, 'sign');
    return {
      userCertificate: user.certificate,
      signCertificate: sign.certificate,
      card: {
        kind: 'my-number',
        userCertificate: user.certificate.toString('base64'),
        userCaCertificate: user.authority.toString('base64'),
        userPrivateKey: user.key,
        signCertificate: sign.certificate.toString('base64'),
        signCaCertificate: sign.authority.toString('base64'),
        signPrivateKey: sign.key,
        pin: '4321',
        password: 'SECRET1',
      },
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function issue(directory: string, kind: keyof typeof KINDS) {
  const { policy, usage, cn } = KINDS[kind];
  const path = (name: string) => join(directory, `${kind}-${name}`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const days = ['-days', '365'];
  openssl(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', ...days],
    ...['-subj', `/C=JP/O=JPKI-SIM/OU=JPKI-SIM ${kind}`],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-keyout', path('ca.key'), '-outform', 'DER', '-out', path('ca.der')],
  );
  openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/C=JP/CN=${cn}`],
    ...['-keyout', path('key.pem'), '-out', path('request.pem')],
  );
  await writeFile(
    path('extensions'),
    `keyUsage=critical,${usage}\ncertificatePolicies=critical,${policy}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n`,
  );
  openssl(
    ...['x509', '-req', '-sha256', ...days, '-in', path('request.pem')],
    ...['-CA', path('ca.der'), '-CAform', 'DER', '-CAkey', path('ca.key')],
    ...['-extfile', path('extensions'), '-outform', 'DER', '-out', path('certificate.der')],
  );
  return {
    authority: await readFile(path('ca.der')),
    certificate: await readFile(path('certificate.der')),
    key: await readFile(path('key.pem'), 'utf8'),
  };
}
