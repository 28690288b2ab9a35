/** What a clerk decides by hand: at a keyboard, or on a page of the street. */

import { InputError } from '../input-error.ts';
import { type Applications, type Decision, type Filed, NotPendingError } from './applications.ts';
import { appliedOf } from './applying.ts';
import type { Municipalities } from './municipalities.ts';

/**
 * Binds the applicant's certificate to the record that the application means, or to another one that the clerk has found.
 * Returns the record. Throws InputError when it was decided before, there is none of this number, or no record fits.
 */
export function acceptApplication(
  applications: Applications,
  municipalities: Pick<Municipalities, 'recordFor' | 'hasRecord'>,
  number: string,
  decision: Decision,
  found?: string,
): string {
  const filed = pendingOf(applications, number);
  const record = found ?? municipalities.recordFor(appliedOf(filed));
  if (record === null) {
    throw new InputError(
      `${number}: no record of ${filed.municipality} fits what was typed; name the one that is meant with --record`,
    );
  }
  if (!municipalities.hasRecord(record)) {
    throw new InputError(`--record ${record}: there is no such record`);
  }
  decided(number, () => applications.accept(number, record, decision));
  return record;
}

/** Throws InputError when it was decided before, or there is none of this number. */
export function refuseApplication(
  applications: Applications,
  number: string,
  why: string,
  decision: Decision,
): void {
  decided(number, () => applications.refuse(number, why, decision));
}

function pendingOf(applications: Applications, number: string): Filed {
  const filed = applications.byNumber(number);
  if (filed === null) throw new InputError(`${number}: there is no such application`);
  return filed;
}

function decided(number: string, decide: () => void): void {
  try {
    decide();
  } catch (error) {
    if (!(error instanceof NotPendingError)) throw error;
    throw new InputError(`${number}: ${error.message}`);
  }
}
