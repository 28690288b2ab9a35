/** `kazasu-platform stick ...`: facts that come by stick where there is no network. */

import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { check, print, type RawOptions, STATE, text, withStores } from './commands.ts';
import { InputError } from './input-error.ts';
import { keysFolder, openKeys } from './stores.ts';
import { importStick, prepareStick } from './transfer/stick.ts';
import { extension, keyIdentifier, randomSerial, writeCertificate } from './x509.ts';

const MODULUS_BITS = 3_072;
const LIFE_MS = 10 * 365 * 86_400_000;
const IMPORT_OPTIONS = z.object({ ...STATE, by: text(1), why: text(1) });

/** `stick key`: whoever opens the parcels. Asked again, the same. */
export async function makeStickKey(raw: RawOptions): Promise<void> {
  const { state } = check(z.object(STATE), raw);
  const { certificate } = await recipientOf(state);
  print({ event: 'stick.key', certificate });
}

/** `stick prepare` */
export async function prepare(directory: string, raw: RawOptions): Promise<void> {
  const { state } = check(z.object(STATE), raw);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`${directory}: no folder; name the one where the stick is mounted`);
  }
  const { certificate } = await recipientOf(state);
  const { stick } = prepareStick(directory, readFileSync(certificate, 'utf8'));
  print({ event: 'stick.prepared', stick, directory });
}

/** `stick import`. Exit code 2 when something on it was not taken in. */
export async function importFromStick(directory: string, raw: RawOptions): Promise<void> {
  const { state, ...decision } = check(IMPORT_OPTIONS, raw);
  const { key } = await recipientOf(state);
  await withStores(state, (stores) => {
    const kept = join(state, 'parcels');
    const report = importStick(stores, directory, {
      recipient: key,
      kept,
      decision,
      now: Date.now(),
    });
    print({ event: 'stick.imported', ...report });
    if (report.refused.length > 0) process.exitCode = 2;
  });
}

/** PEM files in the folder of keys; made at the first call. */
async function recipientOf(
  state: string,
): Promise<{ readonly key: KeyObject; readonly certificate: string }> {
  await openKeys(state);
  const folder = join(keysFolder(state), 'stick');
  const [keyFile, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  if (!existsSync(certificate)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(keyFile, pem, { mode: 0o600, flush: true });
    const now = Date.now();
    const issuer = { name: [['CN', 'Kazasu stick']] as const, privateKey };
    const der = writeCertificate({
      ...{ issuer, subject: issuer.name, publicKey, serial: randomSerial() },
      notBefore: new Date(now),
      notAfter: new Date(now + LIFE_MS),
      extensions: [
        extension.keyUsage(['keyEncipherment']),
        extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
      ],
    });
    // The certificate last: where it is, the key is.
    writeFileSync(`${certificate}.part`, new X509Certificate(der).toString(), { flush: true });
    chmodSync(`${certificate}.part`, 0o644);
    renameSync(`${certificate}.part`, certificate);
  }
  return { key: createPrivateKey(readFileSync(keyFile)), certificate };
}
