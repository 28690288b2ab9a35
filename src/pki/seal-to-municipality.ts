/**
 * What identifies a person who is on no list, for their municipality alone: CMS AuthEnvelopedData (RFC 5083) with
 * AES-256-GCM (RFC 5084), its key by RSAES-OAEP with SHA-256 (RFC 4055) for the key of one certificate. Whoever sealed it
 * can't open it again; `openssl cms -decrypt` can, with the municipality's key.
 */

import {
  constants,
  createCipheriv,
  hash,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

const AUTH_ENVELOPED_DATA = '1.2.840.113549.1.9.16.1.23';
const DATA = '1.2.840.113549.1.7.1';
const AES_256_GCM = '2.16.840.1.101.3.4.1.46';
const RSAES_OAEP = '1.2.840.113549.1.1.7';
const MGF1 = '1.2.840.113549.1.1.8';
const SHA256 = '2.16.840.1.101.3.4.2.1';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MODULUS_BITS_LEAST = 2_048;
/** Of what is sealed: a certificate has about 2 KB, and a fact takes 16. */
export const SEALED_BYTES_MAX = 6_144;

export class SealError extends Error {
  override readonly name = 'SealError';
}

export class MunicipalitySeal {
  /** SHA-256 of its certificate, hex. */
  readonly id: string;
  readonly #key: KeyObject;
  readonly #recipientId: asn1js.Sequence;

  /** `certificate`: PEM or DER, of an RSA key. Throws `SealError` for anything else. */
  constructor(certificate: Uint8Array) {
    let parsed: X509Certificate;
    try {
      parsed = new X509Certificate(certificate);
    } catch {
      throw new SealError('it is no certificate in PEM or DER');
    }
    this.id = hash('sha256', parsed.raw);
    this.#key = parsed.publicKey;
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = this.#key;
    if (type !== 'rsa' || (details?.modulusLength ?? 0) < MODULUS_BITS_LEAST) {
      throw new SealError(`its key is not RSA of ${MODULUS_BITS_LEAST} bits or more`);
    }
    const { issuer, serialNumber } = pkijs.Certificate.fromBER(exact(parsed.raw));
    this.#recipientId = sequence(issuer.toSchema(), serialNumber);
  }

  /** Of a file. Throws `SealError`. */
  static of(file: string): MunicipalitySeal {
    try {
      return new MunicipalitySeal(readFileSync(file));
    } catch (error) {
      throw new SealError(`${file} can't be used: ${(error as Error).message}`);
    }
  }

  /** Base64 of the DER. Throws RangeError for more than `SEALED_BYTES_MAX`. */
  seal(content: Uint8Array): string {
    if (content.length > SEALED_BYTES_MAX) {
      throw new RangeError(`${content.length} bytes to seal; ${SEALED_BYTES_MAX} at most`);
    }
    return this.envelope(content).toString('base64');
  }

  /** DER. */
  envelope(content: Uint8Array): Buffer {
    const key = randomBytes(KEY_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    const transported = publicEncrypt(
      { key: this.#key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      key,
    );
    key.fill(0);
    const data = sequence(
      integer(0),
      new asn1js.Set({ value: [this.#recipient(transported)] }),
      sequence(
        oid(DATA),
        sequence(oid(AES_256_GCM), sequence(octets(nonce), integer(TAG_BYTES))),
        new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber: 0 }, valueHex: exact(sealed) }),
      ),
      octets(cipher.getAuthTag()),
    );
    return Buffer.from(sequence(oid(AUTH_ENVELOPED_DATA), explicit(0, data)).toBER());
  }

  /** KeyTransRecipientInfo, by issuer and serial number. */
  #recipient(transported: Uint8Array): asn1js.Sequence {
    const hash = sequence(oid(SHA256));
    const oaep = sequence(
      oid(RSAES_OAEP),
      sequence(explicit(0, hash), explicit(1, sequence(oid(MGF1), sequence(oid(SHA256))))),
    );
    return sequence(integer(0), this.#recipientId, oaep, octets(transported));
  }
}

function sequence(...value: asn1js.AsnType[]): asn1js.Sequence {
  return new asn1js.Sequence({ value });
}

function explicit(tagNumber: number, inner: asn1js.AsnType): asn1js.Constructed {
  return new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [inner] });
}

function oid(value: string): asn1js.ObjectIdentifier {
  return new asn1js.ObjectIdentifier({ value });
}

function integer(value: number): asn1js.Integer {
  return new asn1js.Integer({ value });
}

function octets(bytes: Uint8Array): asn1js.OctetString {
  return new asn1js.OctetString({ valueHex: exact(bytes) });
}

/** A Buffer may be a view into a larger block. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
