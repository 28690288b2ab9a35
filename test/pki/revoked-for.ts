/** What a card can be revoked for. */

import type { RevocationReason } from '../../platform-sim/x509.ts';

/** RFC 5280 5.3.1; without `removeFromCRL`, which takes a card off a delta list. */
export const REVOKED_FOR = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
] as const satisfies readonly RevocationReason[];
