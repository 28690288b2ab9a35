/** Why a municipality does not give somebody a certificate at a kiosk. Hours and registration are the centre's affair. */

import type { DocumentOption, DocumentType } from '../../src/domain/municipal-certificate.ts';
import type { CentreRefusal } from '../../src/link/certificate-protocol.ts';
import { isSoOld } from '../centre/calendar.ts';
import { charactersOf } from './composition.ts';
import type { FamilyRecord, Registers, ResidentRecord } from './registers.ts';

const AGE_MIN = 15;
/** Characters of a name that fit a form. */
const NAME_MAX = 32;

/** What there is to choose of each document. */
export const OPTIONS: Readonly<Record<DocumentType, readonly DocumentOption[]>> = {
  'family-register-full': ['plain'],
  'family-register-individual': ['plain'],
  'family-register-addresses': ['plain'],
  'civil-status': ['plain'],
  'resident-record': ['self', 'self-with-domicile', 'household', 'household-with-domicile'],
  'seal-registration': ['plain'],
  taxation: ['this-year', 'last-year'],
};

/** Null: nothing is in the way. `now`: ms since the epoch. */
export function familyObstacle(
  record: FamilyRecord,
  registers: Registers,
  now: number,
): CentreRefusal | null {
  const { register, member } = record;
  const standing = registers.residenceOf(record)?.member.standing ?? null;
  // Whoever moves still has the same family register.
  if (standing !== null && standing !== 'moving-out') return standing;
  if (register.filing) return 'filing-in-progress';
  if (!isSoOld(member.born, AGE_MIN, now)) return 'under-fifteen';
  const names = register.members.map(({ given }) => `${register.head.family}${given}`);
  return names.some(isTooLong) ? 'name-too-long' : null;
}

/** Null: nothing is in the way. `now`: ms since the epoch. */
export function residentObstacle(
  { household, member }: ResidentRecord,
  document: DocumentType,
  now: number,
): CentreRefusal | null {
  if (member.standing !== null) return member.standing;
  if (!isSoOld(member.born, AGE_MIN, now)) return 'under-fifteen';
  if (household.members.some(({ name }) => isTooLong(name))) return 'name-too-long';
  if (document === 'seal-registration' && member.seal === null) return 'not-recorded-there';
  return null;
}

function isTooLong(name: string): boolean {
  return charactersOf(name).length > NAME_MAX;
}
