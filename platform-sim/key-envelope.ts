/**
 * Wraps a key for one terminal: CMS EnvelopedData (RFC 5652 6), RSAES-OAEP (RFC 4055 4.1) around an AES-256 key of this
 * envelope alone, which wraps the key by RFC 3394 or RFC 5649. The platform's own writing of what terminals read, and a
 * thief's reading of it.
 */

import {
  constants,
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { KEY_PURPOSE, type KeyPurpose } from '../src/link/protocol.ts';
import { Elements, oid as oidOf, simple, structured, TAG } from './der.ts';
import { transportedKey } from './key-transport.ts';
import { encode, explicit, integer, oid, sequence } from './x509.ts';

const ENVELOPED_DATA = '1.2.840.113549.1.7.3';
const RSAES_OAEP = '1.2.840.113549.1.1.7';
const SET = 0x31;
/** Initial values: RFC 3394 2.2.3.1, RFC 5649 3. */
const SECRET_WRAP = {
  cipher: 'id-aes256-wrap',
  oid: '2.16.840.1.101.3.4.1.45',
  initial: Buffer.alloc(8, 0xa6),
};
const PADDED_WRAP = {
  cipher: 'id-aes256-wrap-pad',
  oid: '2.16.840.1.101.3.4.1.48',
  initial: Buffer.from('a65959a6', 'hex'),
};

/**
 * DER of the envelope. `key`: 32 bytes, or PKCS#8 for an institution's; `certificate`: DER of the terminal's, which has an
 * RSA-2048 key.
 */
export function wrapKey(purpose: KeyPurpose, key: Uint8Array, certificate: Buffer): Buffer {
  const wrap = purpose === 'institution' ? PADDED_WRAP : SECRET_WRAP;
  const kek = randomBytes(32);
  const cipher = createCipheriv(wrap.cipher, kek, wrap.initial);
  const wrapped = Buffer.concat([cipher.update(key), cipher.final()]);
  const transported = publicEncrypt(
    {
      key: new X509Certificate(certificate).publicKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha1',
    },
    kek,
  );
  kek.fill(0);
  const version0 = integer(Uint8Array.of(0));
  const recipient = sequence(
    version0,
    issuerAndSerialNumber(certificate),
    sequence(oid(RSAES_OAEP), sequence()),
    encode(TAG.octetString, transported),
  );
  const content = sequence(
    oid(KEY_PURPOSE[purpose]),
    sequence(oid(wrap.oid)),
    encode(0x80, wrapped),
  );
  const data = sequence(version0, encode(SET, recipient), content);
  return sequence(oid(ENVELOPED_DATA), explicit(0, data));
}

/** What `wrapKey` wrapped for the holder of this RSA key. Throws DerError, or what OpenSSL says of another's envelope. */
export function openKey(envelope: Buffer, key: KeyObject): Buffer {
  const contentInfo = new Elements(envelope).inside(TAG.sequence);
  contentInfo.next(TAG.oid);
  const data = contentInfo.inside(structured(0)).inside(TAG.sequence);
  data.next(TAG.integer);
  const transported = transportedKey(data);
  const content = data.inside(TAG.sequence);
  content.next(TAG.oid);
  const algorithm = oidOf(content.inside(TAG.sequence).next(TAG.oid));
  const wrapped = content.next(simple(0)).content;
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const kek = privateDecrypt({ key, padding, oaepHash: 'sha1' }, transported);
  const { cipher, initial } = algorithm === PADDED_WRAP.oid ? PADDED_WRAP : SECRET_WRAP;
  const decipher = createDecipheriv(cipher, kek, initial);
  return Buffer.concat([decipher.update(wrapped), decipher.final()]);
}

/** RFC 5652 10.2.4, as the certificate writes both (RFC 5280 4.1). */
function issuerAndSerialNumber(certificate: Buffer): Buffer {
  const tbs = new Elements(certificate).inside(TAG.sequence).inside(TAG.sequence);
  tbs.next(structured(0));
  const serial = tbs.next(TAG.integer).whole;
  tbs.next(TAG.sequence);
  return sequence(tbs.next(TAG.sequence).whole, serial);
}
