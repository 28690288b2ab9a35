/** How a content key goes to the one who may open what it closes: CMS KeyTransRecipientInfo (RFC 5652 6.2.1). */

import { type Elements, TAG } from './der.ts';

const SET = 0x31;

/** The encrypted key in the set of one recipient, which comes next in `data`. Throws DerError. */
export function transportedKey(data: Elements): Buffer {
  const recipient = data.inside(SET).inside(TAG.sequence);
  recipient.next(TAG.integer);
  // The recipient is whoever has the key: neither its certificate nor the algorithm (RSAES-OAEP) is looked at.
  recipient.next(TAG.sequence);
  recipient.next(TAG.sequence);
  return recipient.next(TAG.octetString).content;
}
