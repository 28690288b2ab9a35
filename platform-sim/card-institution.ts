/**
 * Who certifies institutions to the street's cards: an authority whose public key stands in EF 0016 of every card, and one
 * institution that it certified (`kazasu-model-1`, a model and not the production exchange).
 */

import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const KEY_ID_BYTES = 16;
/** Headers of the objects 5F4E, two key ids and an RSAPublicKey of 2048 bits in it, and 5F37, a signature. */
const CERTIFICATE_HEADER = Buffer.from('5F4E82012E', 'hex');
const SIGNATURE_HEADER = Buffer.from('5F37820100', 'hex');

const newKeyPair = promisify(generateKeyPair);

export interface CardInstitution {
  /** Content of EF 0016: the authority's key id and public key. */
  readonly authorityKey: Buffer;
  /** Paths, as `kazasu-platform institution add` takes them. */
  readonly key: string;
  readonly certificate: string;
}

/** The one whose files are in `directory`, made and kept there at the first call; nobody needs the authority again. */
export async function openOrCreateInstitution(directory: string): Promise<CardInstitution> {
  const key = join(directory, 'institution-key.pem');
  const certificate = join(directory, 'institution.cvc');
  const authorityFile = join(directory, 'ef-0016');
  if (existsSync(authorityFile)) {
    return { authorityKey: await readFile(authorityFile), key, certificate };
  }
  const [authority, institution] = await Promise.all([
    newKeyPair('rsa', { modulusLength: 2048 }),
    newKeyPair('rsa', { modulusLength: 2048 }),
  ]);
  const authorityId = randomBytes(KEY_ID_BYTES);
  const id = randomBytes(KEY_ID_BYTES);
  const value = Buffer.concat([authorityId, id, publicKeyDer(institution.publicKey)]);
  const signature = sign('sha256', value, authority.privateKey);
  const objects = [CERTIFICATE_HEADER, value, SIGNATURE_HEADER, signature];
  const authorityKey = Buffer.concat([authorityId, publicKeyDer(authority.publicKey)]);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const pem = institution.privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(key, pem, { mode: 0o600 });
  await writeFile(certificate, Buffer.concat(objects));
  // Last: where it is, the others are.
  await writeFile(authorityFile, authorityKey);
  return { authorityKey, key, certificate };
}

/** PKCS#1 RSAPublicKey, 270 bytes. */
function publicKeyDer(key: KeyObject): Buffer {
  return key.export({ type: 'pkcs1', format: 'der' });
}
