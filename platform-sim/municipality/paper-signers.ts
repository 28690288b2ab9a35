/** The municipalities' public keys, as the platform's folder has them: certificates under its CA. */

import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PaperSigner } from './verify-paper.ts';

/** `ca.der` is the platform's own; each municipality's certificate stands beside it under the kind of what it signs. */
const CA_FILE = 'ca.der';
const SIGNER_FILE = /^issue-manifest-[0-9a-f]+\.der$/u;
/** The code of the municipality. */
const COMMON_NAME = /^CN=(\d{6})$/mu;

/** Empty when the folder has none. A certificate that grew old still vouches for what was issued in its time. */
export async function readPaperSigners(keysFolder: string): Promise<PaperSigner[]> {
  const names: string[] = await readdir(keysFolder).catch(() => []);
  if (!names.includes(CA_FILE)) return [];
  const ca = new X509Certificate(await readFile(path.join(keysFolder, CA_FILE)));
  const signers: PaperSigner[] = [];
  for (const name of names.filter((file) => SIGNER_FILE.test(file))) {
    const certificate = new X509Certificate(await readFile(path.join(keysFolder, name)));
    const [, municipality] = COMMON_NAME.exec(certificate.subject) ?? [];
    if (municipality !== undefined && certificate.verify(ca.publicKey))
      signers.push({ municipality, key: certificate.publicKey });
  }
  return signers;
}
