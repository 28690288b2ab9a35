/**
 * A key for one terminal: CMS EnvelopedData (RFC 5652 6) for the key of its certificate. The terminal does not open it: its
 * key store does, and what is handed over is still wrapped.
 *
 * Of all that EnvelopedData can be, exactly this is taken: one recipient, by issuer and serial number; RSAES-OAEP with its
 * defaults (RFC 4055 4.1) around an AES-256 key; the key itself as the content, wrapped by RFC 3394 or RFC 5649.
 */

import type { WrappedKey } from '../keys/key-store.ts';
import { KEY_PURPOSE, type KeyPurpose } from '../link/protocol.ts';
import { parseCertificate, serialKey } from './certificate.ts';
import { context, DerReader, TAG, X509Error } from './der.ts';

const ENVELOPED_DATA = '1.2.840.113549.1.7.3';
/** id-RSAES-OAEP with the parameters that are all defaults: an empty SEQUENCE, which has to be there. */
const OAEP = Buffer.from('300d06092a864886f70d0101073000', 'hex');
/** id-aes256-wrap and id-aes256-wrap-pad, without parameters (RFC 3565 2.3.2, RFC 5649 5). */
const WRAPS: Readonly<Record<WrappedKey['kind'], Buffer>> = {
  secret: Buffer.from('300b060960864801650304012d', 'hex'),
  rsa: Buffer.from('300b0609608648016503040130', 'hex'),
};
const KINDS: Readonly<Record<KeyPurpose, WrappedKey['kind']>> = {
  row: 'secret',
  data: 'secret',
  institution: 'rsa',
};

const VERSION_0 = 0;
/** RSA-2048. */
const TRANSPORTED_BYTES = 256;
/** Of RFC 3394: 32 bytes and a block. RFC 5649: PKCS#8 of RSA-2048 has about 1,220. */
const WRAPPED_BYTES = {
  secret: { least: 40, most: 40 },
  rsa: { least: 1_024, most: 2_048 },
} as const;
const ENVELOPE_BYTES_MAX = 4_096;

export interface KeyEnvelope {
  readonly wrapped: WrappedKey;
  /** Whether it is for the key of this certificate (DER). */
  isFor(certificate: Uint8Array): boolean;
}

/** `der`: a ContentInfo and nothing behind it. Throws X509Error for all that is not exactly as above. */
export function readKeyEnvelope(der: Uint8Array, purpose: KeyPurpose): KeyEnvelope {
  if (der.length > ENVELOPE_BYTES_MAX) throw new X509Error(`${der.length} bytes of key envelope`);
  const kind = KINDS[purpose];
  const file = new DerReader(der);
  const info = file.enter(TAG.sequence);
  file.end();
  mustBe(info.oid() === ENVELOPED_DATA, 'not an EnvelopedData');
  const explicit = info.enter(context.constructed(0));
  info.end();
  const data = explicit.enter(TAG.sequence);
  explicit.end();
  mustBeVersion0(data);
  const recipients = data.enter(TAG.set);
  const content = data.enter(TAG.sequence);
  data.end();
  const recipient = readRecipient(recipients);
  mustBe(content.oid() === KEY_PURPOSE[purpose], 'a key for something else');
  mustBe(content.whole(TAG.sequence).equals(WRAPS[kind]), 'wrapped by another algorithm');
  const wrapped = content.content(context.primitive(0));
  content.end();
  const { least, most } = WRAPPED_BYTES[kind];
  mustBe(wrapped.length >= least && wrapped.length <= most, 'a wrapped key of another size');
  mustBe(wrapped.length % 8 === 0, 'a wrapped key that is not of whole blocks');
  const { transported, issuer, serial } = recipient;
  return {
    wrapped: { kind, transported, wrapped },
    isFor(certificate) {
      const own = parseCertificate(certificate);
      return own.issuer.equals(issuer) && own.serial === serial;
    },
  };
}

/** KeyTransRecipientInfo, the only one. */
function readRecipient(recipients: DerReader) {
  const recipient = recipients.enter(TAG.sequence);
  recipients.end();
  mustBeVersion0(recipient);
  const id = recipient.enter(TAG.sequence);
  const issuer = id.whole(TAG.sequence);
  const serial = serialKey(id);
  id.end();
  mustBe(recipient.whole(TAG.sequence).equals(OAEP), 'not RSAES-OAEP with its defaults');
  const transported = recipient.content(TAG.octetString);
  recipient.end();
  mustBe(transported.length === TRANSPORTED_BYTES, 'not for an RSA-2048 key');
  return { issuer, serial, transported };
}

function mustBeVersion0(reader: DerReader): void {
  mustBe(reader.natural(1)[0] === VERSION_0, 'a version that is not 0');
}

function mustBe(right: boolean, otherwise: string): void {
  if (!right) throw new X509Error(otherwise);
}
