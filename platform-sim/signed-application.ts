/**
 * An application for usage registration (利用登録) as it comes from a kiosk: CMS SignedData (RFC 5652) by the signing key of
 * the applicant's card. Exactly the form that a kiosk makes is taken, and both certificates are held against what the world
 * knows: the one that signed, and the user-authentication certificate that the application binds.
 */

import { createHash } from 'node:crypto';
import {
  APPLICATION,
  type Application,
  type CentreRefusal,
} from '../src/link/certificate-protocol.ts';
import { DerError } from './der.ts';
import type { Register } from './register.ts';
import { checkSignedContent, readSignedContent } from './signed-content.ts';
import { type HolderAttributes, readSigningCertificate } from './signing-certificate.ts';
import { UnfitError } from './x509-reader.ts';

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
    const signed = readSignedContent(cms, OBJECT_BYTES_MAX);
    const certificate = readSigningCertificate(signed.certificate);
    checkSignedContent(signed, certificate);
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

function mustBe(right: boolean, otherwise: string): void {
  if (!right) throw new DerError(otherwise);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
