/**
 * Something that one holder of a key alone can read: CMS EnvelopedData (RFC 5652 6), AES-256-CBC (RFC 3565) under a key of
 * this object alone, which goes by RSAES-OAEP with its defaults (RFC 4055 4.1). It proves nothing of who made it.
 */

import {
  constants,
  createCipheriv,
  publicEncrypt,
  randomBytes,
  type X509Certificate,
} from 'node:crypto';
import { parseCertificate } from './certificate.ts';
import { context, TAG } from './der.ts';
import { encode, explicit, oid, sequence, VERSION_0 } from './der-writer.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  envelopedData: '1.2.840.113549.1.7.3',
  rsaesOaep: '1.2.840.113549.1.1.7',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const;
const KEY_BYTES = 32;
const BLOCK_BYTES = 16;

/** DER of the ContentInfo. `recipient`: with an RSA key. */
export function envelopedFor(recipient: X509Certificate, content: Uint8Array): Buffer {
  const key = randomBytes(KEY_BYTES);
  const start = randomBytes(BLOCK_BYTES);
  const cipher = createCipheriv('aes-256-cbc', key, start);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const transported = publicEncrypt({ key: recipient.publicKey, padding, oaepHash: 'sha1' }, key);
  key.fill(0);
  const { issuer, serial } = parseCertificate(recipient.raw);
  const transport = sequence(
    VERSION_0,
    sequence(issuer, encode(TAG.integer, Buffer.from(serial, 'latin1'))),
    sequence(oid(OID.rsaesOaep), sequence()),
    encode(TAG.octetString, transported),
  );
  const encrypted = sequence(
    oid(OID.data),
    sequence(oid(OID.aes256Cbc), encode(TAG.octetString, start)),
    encode(context.primitive(0), sealed),
  );
  const data = sequence(VERSION_0, encode(TAG.set, transport), encrypted);
  return sequence(oid(OID.envelopedData), explicit(data));
}
