/** What each command of `kazasu-platform` for the certificate centre does: options checked, JSON on stdout. */

import { z } from 'zod';
import { acceptApplication, refuseApplication } from './centre/clerk.ts';
import { RegisterRecords } from './centre/joined-municipalities.ts';
import { check, print, type RawOptions, STATE, withStores } from './commands.ts';

const text = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'one line of text, 200 characters at most');
const LINK = z.object({ ...STATE, csv: z.string() });
const ACCEPT = z.object({ ...STATE, by: text, record: text.exactOptional() });
const REFUSE = z.object({ ...STATE, by: text, why: text });
const times = z
  .string()
  .regex(/^[1-9]\d{0,5}$/u, 'a whole number from 1 on')
  .transform(Number);
const BREAK = z.object({ ...STATE, times: times.exactOptional() });

/** `register link` */
export async function linkHolders(raw: RawOptions): Promise<void> {
  const { state, csv } = check(LINK, raw);
  const records = new RegisterRecords();
  await withStores(state, ({ centre }) => {
    const holders = centre.holders.take(csv, (record) => records.hasRecord(record));
    print({ event: 'register.linked', holders });
  });
}

/** `applications list` */
export async function listApplications(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ centre }) => {
    for (const filed of centre.applications.filed()) {
      const { number, municipality, state, expected, record, why, said, received } = filed;
      const at = new Date(received).toISOString();
      print({ number, municipality, state, received: at, expected, ...said, record, why });
    }
  });
}

/** `applications accept` */
export async function acceptOne(number: string, raw: RawOptions): Promise<void> {
  const { state, by, record } = check(ACCEPT, raw);
  await withStores(state, ({ centre }) => {
    const decision = { by, at: Date.now() };
    const bound = acceptApplication(
      centre.applications,
      new RegisterRecords(),
      number,
      decision,
      record,
    );
    print({ event: 'application.accepted', number, record: bound });
  });
}

/** `applications refuse` */
export async function refuseOne(number: string, raw: RawOptions): Promise<void> {
  const { state, by, why } = check(REFUSE, raw);
  await withStores(state, ({ centre }) => {
    refuseApplication(centre.applications, number, why, { by, at: Date.now() });
    print({ event: 'application.refused', number });
  });
}

/** `issues list` */
export async function listIssues(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ centre }) => {
    for (const issue of centre.issues.all()) {
      const { request, terminal, municipality, document, copies, state, sheets, why } = issue;
      const [asked, ended] = [issue.asked, issue.ended].map(timeOf);
      print({
        request,
        terminal,
        municipality,
        document,
        copies,
        state,
        asked,
        ended,
        sheets,
        why,
      });
    }
  });
}

/** `issues audit` */
export async function showAudit(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ centre }) => {
    for (const { certificate: _, at, ...entry } of centre.audit.entries()) {
      print({ at: timeOf(at), ...entry });
    }
  });
}

/** `centre break` */
export async function breakCentre(fault: string, raw: RawOptions): Promise<void> {
  const { state, times: left = null } = check(BREAK, raw);
  await withStores(state, ({ centre }) => {
    centre.faults.set(fault, left);
    print({ event: 'centre.broken', on: centre.faults.on() });
  });
}

/** `centre mend` */
export async function mendCentre(fault: string | undefined, raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ centre }) => {
    centre.faults.mend(fault);
    print({ event: 'centre.mended', on: centre.faults.on() });
  });
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
