/**
 * Is it what was asked for? Every field of the issue manifest, every code on every page and the bytes themselves, against
 * the session. Pure: what is found is a list of fields, for the journal and for staff, never of values.
 */

import { DIFFERENCES, type Difference } from '../domain/difference.ts';
import type { IssueManifest } from '../link/certificate-protocol.ts';
import type { PaperCode } from '../link/paper-code.ts';
import type { OrderSession } from './session.ts';

/** What was found in the document itself. */
export interface FoundDocument {
  /** Of the whole document, hex. */
  readonly sha256: string;
  /** By page; null where no single code is that its signer's key verifies. */
  readonly codes: readonly (PaperCode | null)[];
}

/** Empty: it is what was asked for. */
export function differences(
  { request, terminal, subject, order }: OrderSession,
  manifest: IssueManifest,
  found: FoundDocument,
): Difference[] {
  const { municipality, document, option, copies, fee } = order;
  const same: Readonly<Partial<Record<Difference, boolean>>> = {
    request: manifest.request === request,
    terminal: manifest.terminal === terminal,
    subject: manifest.subject === subject,
    municipality: manifest.municipality === municipality.code,
    document: manifest.document === document,
    option: manifest.option === option,
    copies: manifest.copies === copies,
    fee: manifest.fee === fee,
    pages: manifest.pages === found.codes.length && manifest.pages % copies === 0,
    sha256: manifest.sha256 === found.sha256,
  };
  const codes = found.codes.flatMap((code, at) => codeDifferences(manifest, found, code, at));
  return [...differing(same), ...new Set(codes)];
}

function codeDifferences(
  manifest: IssueManifest,
  { codes }: FoundDocument,
  code: PaperCode | null,
  at: number,
): Difference[] {
  if (code === null) return ['code'];
  const issuedAt = Math.floor(Date.parse(manifest.issuedAt) / 1_000);
  return differing({
    'code-request': code.request === manifest.request,
    'code-subject': code.subject === manifest.subject,
    'code-municipality': code.municipality === manifest.municipality,
    'code-document': code.document === manifest.document,
    'code-page': code.page === at + 1 && code.pages === codes.length,
    'code-issued-at': Math.floor(code.issuedAt.getTime() / 1_000) === issuedAt,
  });
}

function differing(same: Readonly<Partial<Record<Difference, boolean>>>): Difference[] {
  return DIFFERENCES.filter((field) => same[field] === false);
}
