/**
 * What shelters seal to their municipality, opened with its key: CMS AuthEnvelopedData (RFC 5083), by code of its own. And
 * the key itself, of a municipality that is on no map.
 */

import {
  constants,
  createDecipheriv,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import { promisify } from 'node:util';
import { DerError, Elements, oid, simple, structured, TAG } from '../der.ts';
import { transportedKey } from '../key-transport.ts';
import { extension, type Name, randomSerial, writeCertificate } from '../x509.ts';

const AUTH_ENVELOPED_DATA = '1.2.840.113549.1.9.16.1.23';
const AES_256_GCM = '2.16.840.1.101.3.4.1.46';
const TAG_BYTES = 16;
const VALID_MS = 10 * 365 * 86_400_000;

export interface MunicipalityKey {
  /** DER; for `municipality-key` of a shelter. */
  readonly certificate: Buffer;
  readonly key: KeyObject;
}

/** `code`: of the municipality, six digits. `now`: ms since the epoch. */
export async function newMunicipalityKey(code: string, now: number): Promise<MunicipalityKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2_048,
  });
  const name: Name = [
    ['C', 'JP'],
    ['O', `Kazasu Test Municipality ${code}`],
    ['CN', `evacuation ${code}`],
  ];
  const certificate = writeCertificate({
    issuer: { name, privateKey },
    subject: name,
    publicKey,
    serial: randomSerial(),
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + VALID_MS),
    extensions: [extension.keyUsage(['keyEncipherment'])],
  });
  return {
    certificate,
    key: createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** `sealed`: base64, as in a fact. Throws as `openEnvelope`. */
export function openSealed(sealed: string, key: KeyObject): Buffer {
  return openEnvelope(Buffer.from(sealed, 'base64'), key);
}

/** `envelope`: DER. Throws DerError, or what OpenSSL says of what is another's or was changed. */
export function openEnvelope(envelope: Buffer, key: KeyObject): Buffer {
  const info = new Elements(envelope).inside(TAG.sequence);
  mustBe(oid(info.next(TAG.oid)), AUTH_ENVELOPED_DATA);
  const data = info.inside(structured(0)).inside(TAG.sequence);
  data.next(TAG.integer);
  const transported = transportedKey(data);
  const content = data.inside(TAG.sequence);
  content.next(TAG.oid);
  const algorithm = content.inside(TAG.sequence);
  mustBe(oid(algorithm.next(TAG.oid)), AES_256_GCM);
  const nonce = algorithm.inside(TAG.sequence).next(TAG.octetString).content;
  const encrypted = content.next(simple(0)).content;
  const tag = data.next(TAG.octetString).content;
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const contentKey = privateDecrypt({ key, padding, oaepHash: 'sha256' }, transported);
  const decipher = createDecipheriv('aes-256-gcm', contentKey, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

function mustBe(found: string, right: string): void {
  if (found !== right) throw new DerError(`sealed by ${found}, not ${right}`);
}
