/** Asks the issuer of a card online whether it was revoked, for services that want to know more than the lists say. */

import type { Config } from './config.ts';
import { withOnlineAnswer } from './domain/online-revocation.ts';
import { OcspClient } from './link/ocsp-client.ts';
import type { TrustStore } from './pki/trust-store.ts';
import type { Recorder } from './recorder.ts';
import type { TerminalParts } from './services/service.ts';

/** At a gate people queue; at a counter somebody asked for a service that hangs on the answer. */
const WAIT_MS = { briefly: 500, patiently: 2_000 } as const;

export interface OnlineRevocationParts {
  trust(): TrustStore;
  /** ms since the epoch. */
  now(): number;
  /** Whether the platform is reached: where it is not, nobody else is either. */
  isOnline(): boolean;
  readonly recorder: Pick<Recorder, 'note'>;
}

/** Without a responder in the configuration, what was found offline is all there is. */
export function onlineRevocation(
  ocsp: Config['ocsp'],
  { trust, now, isOnline, recorder }: OnlineRevocationParts,
): TerminalParts['revocationNow'] {
  if (ocsp === undefined) return async (_certificate, offline) => offline;
  const client = new OcspClient({ url: ocsp.url, certificateId: ocsp['certificate-id'] });
  return async (certificate, offline, patience) => {
    if (!offline.valid || !isOnline()) return offline;
    const subject = trust().ocspSubject(certificate, now());
    if (subject === null) return offline;
    const answer = await client.ask(subject, now, WAIT_MS[patience]);
    if (answer.status === 'unknown') recorder.note('ocsp.unanswered', { reason: 'unknown' });
    // Said once, when it began: the next thirty seconds would say it with every card.
    if (answer.status === 'none' && answer.fault !== 'resting')
      recorder.note('ocsp.unanswered', { reason: answer.fault, detail: answer.detail });
    return withOnlineAnswer(offline, answer);
  };
}
