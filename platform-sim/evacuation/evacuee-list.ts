/**
 * The municipality's residents as a list for its shelters: an ordinary entry list, sealed and signed as all are, whose rows
 * open only to who stands there with their card.
 */

import type { EvacueeData } from '../../src/domain/evacuee-data.ts';
import { importEntryList, type ListSettings } from '../entry-lists.ts';
import type { Publication, Registry } from '../registry.ts';
import type { PlatformKeys } from '../signing.ts';
import type { Evacuee } from './evacuee.ts';

/** A resident with a card. */
export interface ListedEvacuee
  extends Pick<Evacuee, 'ref' | 'name' | 'kana' | 'district' | 'household'> {
  /** Of the register. */
  readonly number: string;
  /** SHA-256 of the certificate's DER, hex. */
  readonly fingerprint: string;
  readonly consented?: NonNullable<EvacueeData['consented']>;
}

export interface EvacueeListOptions {
  /** evacuees-990029 */
  readonly list: string;
  readonly title?: string;
  /** Names of the shelters' terminals; empty: every terminal. */
  readonly audience?: readonly string[];
}

const DAY_MS = 86_400_000;
/** A list that is over would still take people in, and flag it. */
const VALID_DAYS = 400;
/** For weeks alone, and never a reason to send anybody away. */
const STALENESS = {
  oldAfterHours: 7 * 24,
  tooOldAfterHours: 60 * 24,
  whenTooOld: 'admit',
} as const satisfies ListSettings['staleness'];

/** Publishes them as the next version of the list. A person keeps their `ref`, whatever card they have. Throws InputError. */
export function publishEvacuees(
  registry: Registry,
  keys: PlatformKeys,
  evacuees: Iterable<ListedEvacuee>,
  { list, title = list, audience = [] }: EvacueeListOptions,
  now: number,
): Promise<Publication> {
  const rows = [...evacuees].map(({ consented, ...evacuee }) => ({
    ticket: evacuee.number,
    seat: evacuee.district,
    holder: evacuee.name,
    party: evacuee.household,
    ref: evacuee.ref,
    fingerprint: evacuee.fingerprint,
    evacuee: { kana: evacuee.kana, ...(consented && { consented }) },
  }));
  // What somebody agreed to have passed on is shown for the card itself, not for a copy of its certificate.
  const isForShowing = rows.some(({ evacuee }) => evacuee.consented !== undefined);
  const assurance = isForShowing ? 'possession' : 'identified';
  const validTo = new Date(now + VALID_DAYS * DAY_MS).toISOString();
  return importEntryList(
    registry,
    keys,
    list,
    rows,
    { title, audience, validTo, assurance, staleness: STALENESS },
    now,
  );
}
