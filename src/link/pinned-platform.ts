/** Which platform this terminal knows: its CA certificate, kept in the ledger since it enrolled, or met it first. */

import { X509Certificate } from 'node:crypto';
import { DiskFullError, type Ledger } from '../store/ledger.ts';
import { notOfTheProtocol, type Refusal } from './connection.ts';
import { isEnrolled } from './identity.ts';
import { CLOSE } from './protocol.ts';

/** The ledger's setting with the pinned platform: DER of its CA certificate, base64. */
const PLATFORM = 'platform';

/** DER of the CA certificate of the platform that was met first; null before. */
export function pinnedPlatform(ledger: Pick<Ledger, 'get'>): Buffer | null {
  const pinned = ledger.get(PLATFORM);
  return pinned === null ? null : Buffer.from(pinned, 'base64');
}

/** Pins the platform, durably. `ca`: DER of its CA certificate. */
export function pinPlatform(ledger: Pick<Ledger, 'set'>, ca: Buffer): void {
  ledger.set(PLATFORM, ca.toString('base64'));
}

/** How this terminal knows its platform. */
export function platformTrust(ledger: Ledger): 'none' | 'first-contact' | 'enrolled' {
  if (isEnrolled(ledger)) return 'enrolled';
  return pinnedPlatform(ledger) === null ? 'none' : 'first-contact';
}

/**
 * Pins the platform that is met first, durably and before anything of it is used; refuses another
 * one.
 */
export function pin(ledger: Ledger, offered: Buffer): Refusal | null {
  const pinned = pinnedPlatform(ledger);
  if (pinned?.equals(offered)) return null;
  if (pinned !== null) {
    const detail = 'another platform than the one that was met first';
    return { reason: 'platform-changed', detail, code: CLOSE.identity };
  }
  if (!isSelfIssuedCa(offered)) return notOfTheProtocol('the platform shows no CA certificate');
  try {
    pinPlatform(ledger, offered);
    return null;
  } catch (error) {
    if (!(error instanceof DiskFullError)) throw error;
    return { reason: 'disk-full', detail: 'the platform can not be pinned', code: CLOSE.tryLater };
  }
}

function isSelfIssuedCa(der: Buffer): boolean {
  try {
    const certificate = new X509Certificate(der);
    return certificate.ca && certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}
