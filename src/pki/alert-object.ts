/** A signed alert: a document that one municipality's alert key signed, and nobody else's. */

import { alertRole, MUNICIPALITY_CODE } from '../link/alert-protocol.ts';
import { commonNameOf } from './name.ts';
import { certifiedBy, openSignedObject, SignedObjectError, type Signers } from './signed-object.ts';

export interface OpenedAlert {
  /** Code of the municipality whose key signed it: as the platform's CA certified it, and as the root names it. */
  readonly municipality: string;
  /** The CAP document, as it was signed. */
  readonly document: Buffer;
}

/**
 * `cms`: DER of a ContentInfo. `now`: ms since the epoch; null where the clock is not set, as an alert is worth more than the
 * dates of a certificate. Throws SignedObjectError. Whether it is this terminal's municipality is the caller's to judge.
 */
export async function openAlertObject(
  cms: Uint8Array,
  signers: Signers,
  now: number | null,
): Promise<OpenedAlert> {
  const opened = await openSignedObject(cms, 'alert', certifiedBy(signers.ca), now);
  const municipality = commonNameOf(opened.subject) ?? '';
  const isCode = MUNICIPALITY_CODE.safeParse(municipality).success;
  if (!isCode || !signers.names(alertRole(municipality), opened.signer))
    throw new SignedObjectError('not-named', 'the root names this key for no municipality');
  return { municipality, document: opened.content };
}
