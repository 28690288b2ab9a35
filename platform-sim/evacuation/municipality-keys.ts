/**
 * The key by which a municipality opens what shelters seal to it and what comes by stick: files in the platform's folder of
 * keys, made at the first call. Its certificate goes to the terminals.
 */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { keysFolder, openKeys } from '../stores.ts';
import { newMunicipalityKey } from './sealed.ts';

const KEY = 'key.pem';
const CERTIFICATE = 'certificate.pem';

export interface KeptMunicipalityKey {
  readonly key: KeyObject;
  /** PEM file; for `municipality-key` and `recipient` of terminals. */
  readonly certificate: string;
}

/** Where its certificate is, or will be. */
export function municipalityCertificate(state: string, code: string): string {
  return join(folderOf(state, code), CERTIFICATE);
}

function folderOf(state: string, code: string): string {
  return join(keysFolder(state), `municipality-${code}`);
}

/** `code`: of the municipality, six digits. */
export async function municipalityKey(state: string, code: string): Promise<KeptMunicipalityKey> {
  await openKeys(state);
  await madeOnce(folderOf(state, code), (aside) => makeKey(aside, code));
  const key = join(folderOf(state, code), KEY);
  return {
    key: createPrivateKey(readFileSync(key)),
    certificate: municipalityCertificate(state, code),
  };
}

async function makeKey(folder: string, code: string): Promise<void> {
  const { key, certificate } = await newMunicipalityKey(code, Date.now());
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(join(folder, KEY), pem, { mode: 0o600, flush: true });
  const shown = new X509Certificate(certificate).toString();
  writeFileSync(join(folder, CERTIFICATE), shown, { flush: true });
}
