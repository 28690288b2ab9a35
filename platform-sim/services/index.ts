/** THE LIST of other sides, by the names of their services. */

import { CERTIFICATE_SERVICES } from '../../src/link/certificate-protocol.ts';
import { EVACUATION_SERVICES } from '../../src/link/evacuation-protocol.ts';
import { HOLDINGS_SERVICE } from '../../src/link/holdings-protocol.ts';
import { REMOVED_SERVICE } from '../../src/link/upload-protocol.ts';
import type { OtherSide } from '../other-side.ts';
import { ageCheck } from './age-check.ts';
import { certificateIssue } from './certificate-issue.ts';
import { certificateMunicipalities } from './certificate-municipalities.ts';
import { certificateOffers } from './certificate-offers.ts';
import { evacuationStanding } from './evacuation-standing.ts';
import { ledgerRemoved } from './ledger-removed.ts';
import { listHoldings } from './list-holdings.ts';
import { registrationStatus } from './registration-status.ts';
import { televisionLink } from './television-link.ts';
import { usageRegistration } from './usage-registration.ts';

export type OtherSides = Readonly<Record<string, OtherSide>>;

export const OTHER_SIDES: OtherSides = {
  'age-check': ageCheck,
  [CERTIFICATE_SERVICES.municipalities]: certificateMunicipalities,
  [CERTIFICATE_SERVICES.offers]: certificateOffers,
  [CERTIFICATE_SERVICES.issue]: certificateIssue,
  [CERTIFICATE_SERVICES.apply]: usageRegistration,
  [CERTIFICATE_SERVICES.status]: registrationStatus,
  [EVACUATION_SERVICES.standing]: evacuationStanding,
  [EVACUATION_SERVICES.link]: televisionLink,
  [HOLDINGS_SERVICE]: listHoldings,
  [REMOVED_SERVICE]: ledgerRemoved,
};
