/** Files as an organiser and a CA would hand them over, good and bad. */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, FOREIGN_AUTHORITY_NAME, newCardKey } from '../../platform-sim/authority.ts';
import { extension } from '../../platform-sim/x509.ts';

export const HEADER = 'certificate,ticket,seat,holder,party';
export const GOOD = [
  HEADER,
  'a.der,T-1,1塁側 12段 5番,佐藤花子,family',
  'b.pem,T-2,A-2,,family',
  'c.der,T-3,A-3,,',
];

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replaceAll(/(.{64})/gu, '$1\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** Writes them to a new folder, which is the caller's to remove. */
export async function writeMaterial(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-material-'));
  const authority = await Authority.create();
  const foreign = await Authority.create({ name: FOREIGN_AUTHORITY_NAME });
  const privateKey = await newCardKey();
  const certificate = async () => (await authority.issueUserCertificate({ privateKey })).der;
  const ca = pem('CERTIFICATE', authority.caCertificate);
  // A critical deltaCRLIndicator has the form of a cRLNumber under another OID.
  const delta = { ...extension.crlNumber(9n), oid: '2.5.29.27', critical: true };
  const files: Record<string, string | Buffer> = {
    'ca.der': authority.caCertificate,
    'ca.pem': ca,
    'both.pem': ca + pem('CERTIFICATE', foreign.caCertificate),
    'crl-7.der': authority.crl({ number: 7n }),
    'crl-8.pem': pem('X509 CRL', authority.crl({ number: 8n })),
    'crl-8-other.der': authority.crl({ number: 8n, thisUpdate: new Date(1_500_000_000_000) }),
    'crl-foreign.der': foreign.crl({ number: 50n }),
    'crl-unnumbered.der': authority.crl({ number: null }),
    'crl-delta.der': authority.crl({ number: 10n, extra: [delta] }),
    'crl-cut.der': authority.crl({ number: 99n }).subarray(0, 120),
    'a.der': await certificate(),
    'b.pem': pem('CERTIFICATE', await certificate()),
    'c.der': await certificate(),
    'new.pem': pem('CERTIFICATE', await certificate()),
    'nonsense.der': 'nothing of the kind',
    'good.csv': GOOD.join('\n'),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}
