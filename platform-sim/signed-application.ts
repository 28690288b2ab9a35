/**
 * An application for usage registration (利用登録) as it comes from a kiosk: CMS SignedData (RFC 5652) by the signing key of
 * the applicant's card. Exactly the form that a kiosk makes is taken, and both certificates are held against what the world
 * knows: the one that signed, and the user-authentication certificate that the application binds.
 */

import { createHash, verify } from 'node:crypto';
import {
  APPLICATION,
  type Application,
  type CentreRefusal,
} from '../src/link/certificate-protocol.ts';
import { DerError, Elements, oid, structured, TAG, time } from './der.ts';
import type { Register } from './register.ts';
import {
  type HolderAttributes,
  readSigningCertificate,
  type SigningCertificate,
} from './signing-certificate.ts';
import { UnfitError } from './x509-reader.ts';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TAG_SET = 0x31;
const VERSION_1 = '01';
/** AlgorithmIdentifiers, DER: sha256 without parameters (RFC 5754 2), sha256WithRSAEncryption with NULL (3.2). */
const SHA256 = '300b0609608648016503040201';
const SHA256_WITH_RSA = '300d06092a864886f70d01010b0500';

const OBJECT_BYTES_MAX = 9_000;
/** How far the clocks of kiosk and centre may differ, with the time that an application may be under way. */
const SKEW_MS = 3_600_000;

/** The question that the application came with. */
export interface AppliedWith {
  /** The question's id. */
  readonly id: string;
  readonly terminal: string;
  /** DER of the user-authentication certificate that the card has shown. */
  readonly authentication: Buffer;
}

export type JudgedApplication =
  | {
      readonly application: Application;
      /** Who signed, as the authority says. */
      readonly holder: HolderAttributes;
    }
  /** `detail` says which check it was, and nothing of the applicant. */
  | {
      readonly refused: Extract<CentreRefusal, 'application-refused' | 'certificate-not-valid'>;
      readonly detail: string;
    };

/** `cms`: DER of the ContentInfo. `now`: ms since the epoch. */
export function judgeApplication(
  cms: Buffer,
  asked: AppliedWith,
  register: Register,
  now: number,
): JudgedApplication {
  try {
    const signed = readObject(cms);
    const certificate = readSigningCertificate(signed.certificate);
    checkSignature(signed, certificate);
    const application = readApplication(signed.content);
    checkBelongs(application, asked);
    checkTimes(application, signed.signedAt, now);
    checkCertificates(signed.certificate, asked.authentication, register, now);
    return { application, holder: certificate.holder };
  } catch (error) {
    if (error instanceof NotValid) {
      return { refused: 'certificate-not-valid', detail: error.message };
    }
    if (error instanceof DerError || error instanceof UnfitError) {
      return { refused: 'application-refused', detail: error.message };
    }
    throw error;
  }
}

/** A certificate that does not stand. */
class NotValid extends Error {}

interface SignedObject {
  readonly content: Buffer;
  /** DER */
  readonly certificate: Buffer;
  /** IssuerAndSerialNumber: DER of the name, content octets of the number. */
  readonly issuer: Buffer;
  readonly serial: Buffer;
  /** The signed attributes, as they are carried. */
  readonly attributes: Buffer;
  /** What they say. */
  readonly digest: Buffer;
  readonly certificateDigest: Buffer;
  readonly signedAt: number;
  readonly signature: Buffer;
}

/** One form, from the first byte to the last: one certificate, one signer, four signed attributes, nothing unsigned. */
function readObject(cms: Buffer): SignedObject {
  if (cms.length > OBJECT_BYTES_MAX) throw new DerError('an object that is too long');
  const file = new Elements(cms);
  const envelope = file.inside(TAG.sequence);
  file.end();
  mustBe(oid(envelope.next(TAG.oid)) === SIGNED_DATA, 'not SignedData');
  const signedData = onlyInside(envelope, structured(0)).inside(TAG.sequence);
  envelope.end();
  mustBeVersion1(signedData);
  mustBe(onlyWhole(signedData, TAG_SET) === SHA256, 'another digest algorithm');
  const encapsulated = signedData.inside(TAG.sequence);
  mustBe(oid(encapsulated.next(TAG.oid)) === DATA, 'another type of content');
  const content = onlyInside(encapsulated, structured(0)).next(TAG.octetString).content;
  encapsulated.end();
  const certificate = Buffer.from(onlyWhole(signedData, structured(0)), 'hex');
  const signers = signedData.inside(TAG_SET);
  signedData.end();
  const signer = signers.inside(TAG.sequence);
  signers.end();
  return { content, certificate, ...readSigner(signer) };
}

function readSigner(signer: Elements): Omit<SignedObject, 'content' | 'certificate'> {
  mustBeVersion1(signer);
  const named = signer.inside(TAG.sequence);
  const issuer = named.next(TAG.sequence).whole;
  const serial = named.next(TAG.integer).content;
  named.end();
  mustBe(signer.next(TAG.sequence).whole.toString('hex') === SHA256, 'another digest algorithm');
  const attributes = signer.next(structured(0));
  const algorithm = signer.next(TAG.sequence).whole.toString('hex');
  mustBe(algorithm === SHA256_WITH_RSA, 'another signature algorithm');
  const signature = signer.next(TAG.octetString).content;
  signer.end();
  const said = readAttributes(new Elements(attributes.content));
  return { issuer, serial, attributes: attributes.whole, ...said, signature };
}

function readAttributes(
  list: Elements,
): Pick<SignedObject, 'digest' | 'certificateDigest' | 'signedAt'> {
  const values = new Map<string, Elements>();
  while (!list.atEnd) {
    const attribute = list.inside(TAG.sequence);
    const type = oid(attribute.next(TAG.oid));
    mustBe(!values.has(type), 'a signed attribute that comes twice');
    values.set(type, attribute.inside(TAG_SET));
    attribute.end();
  }
  const types = [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE_V2];
  const [type, digest, at, certificate] = types.map((each) => values.get(each));
  if (!type || !digest || !at || !certificate || values.size !== types.length) {
    throw new DerError('other signed attributes');
  }
  mustBe(oid(type.next(TAG.oid)) === DATA, 'another content type was signed');
  // RFC 5035 3: SEQUENCE OF ESSCertIDv2, whose digest is by SHA-256 unless it says otherwise.
  const id = onlyInside(onlyInside(certificate, TAG.sequence), TAG.sequence).inside(TAG.sequence);
  const read = {
    digest: digest.next(TAG.octetString).content,
    certificateDigest: id.next(TAG.octetString).content,
    signedAt: time(at),
  };
  for (const each of [type, digest, at, certificate, id]) each.end();
  return read;
}

function checkSignature(signed: SignedObject, certificate: SigningCertificate): void {
  const isNamed =
    signed.issuer.equals(certificate.issuer) &&
    signed.serial.equals(certificate.serial) &&
    signed.certificateDigest.equals(sha256(signed.certificate));
  mustBe(isNamed, 'another certificate was signed for');
  mustBe(signed.digest.equals(sha256(signed.content)), 'another content was signed');
  // RFC 5652 5.4: signed as a SET OF.
  const message = Buffer.from(signed.attributes);
  message[0] = TAG_SET;
  mustBe(verify('sha256', message, certificate.key, signed.signature), 'the signature is wrong');
}

function readApplication(content: Buffer): Application {
  const text = content.toString('utf8');
  mustBe(Buffer.from(text, 'utf8').equals(content), 'content that is no text');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DerError('content that is no JSON');
  }
  const read = APPLICATION.safeParse(value);
  if (!read.success) throw new DerError('content that is no application');
  return read.data;
}

function checkBelongs(application: Application, asked: AppliedWith): void {
  mustBe(application.id === asked.id, 'the application of another question');
  mustBe(application.terminal === asked.terminal, 'the application of another terminal');
  const isBound = application.authentication === sha256(asked.authentication).toString('hex');
  mustBe(isBound, 'an application that binds another certificate');
}

function checkTimes({ at }: Application, signedAt: number, now: number): void {
  const said = Math.trunc(Date.parse(at) / 1000) * 1000;
  mustBe(said === signedAt, 'two times in one application');
  mustBe(Math.abs(now - signedAt) <= SKEW_MS, 'an application of another time');
}

function checkCertificates(
  signing: Buffer,
  authentication: Buffer,
  register: Register,
  now: number,
): void {
  const standings = {
    'signing certificate': register.signingStanding(signing, now),
    'user-authentication certificate': register.standing(authentication, now),
  };
  for (const [which, standing] of Object.entries(standings)) {
    if (standing !== 'valid') throw new NotValid(`the ${which} is ${standing}`);
  }
  mustBe(register.isOneHolder(authentication, signing), 'certificates that are not of one person');
}

/** Of the next element with that tag, the inside; there is nothing else in `elements`. */
function onlyInside(elements: Elements, tag: number): Elements {
  const inside = elements.inside(tag);
  elements.end();
  return inside;
}

/** The one SEQUENCE inside the next element, hex. */
function onlyWhole(elements: Elements, tag: number): string {
  const inside = elements.inside(tag);
  const { whole } = inside.next(TAG.sequence);
  inside.end();
  return whole.toString('hex');
}

function mustBeVersion1(elements: Elements): void {
  mustBe(elements.next(TAG.integer).content.toString('hex') === VERSION_1, 'another version');
}

function mustBe(right: boolean, otherwise: string): void {
  if (!right) throw new DerError(otherwise);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
