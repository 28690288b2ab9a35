/**
 * The key by which a municipality opens what shelters seal to it and what comes by stick: files in the platform's folder of
 * keys, made at the first call. Its certificate goes to the terminals.
 */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysFolder, openKeys } from '../stores.ts';
import { newMunicipalityKey } from './sealed.ts';

export interface KeptMunicipalityKey {
  readonly key: KeyObject;
  /** PEM file; for `municipality-key` and `recipient` of terminals. */
  readonly certificate: string;
}

/** Where its certificate is, or will be. */
export function municipalityCertificate(state: string, code: string): string {
  return join(folderOf(state, code), 'certificate.pem');
}

function folderOf(state: string, code: string): string {
  return join(keysFolder(state), `municipality-${code}`);
}

/** `code`: of the municipality, six digits. */
export async function municipalityKey(state: string, code: string): Promise<KeptMunicipalityKey> {
  await openKeys(state);
  const folder = folderOf(state, code);
  const [key, certificate] = [join(folder, 'key.pem'), municipalityCertificate(state, code)];
  if (!existsSync(certificate)) {
    const made = await newMunicipalityKey(code, Date.now());
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const pem = made.key.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(key, pem, { mode: 0o600, flush: true });
    // The certificate last: where it is, its key is.
    const part = `${certificate}.part`;
    writeFileSync(part, new X509Certificate(made.certificate).toString(), { flush: true });
    renameSync(part, certificate);
  }
  return { key: createPrivateKey(readFileSync(key)), certificate };
}
