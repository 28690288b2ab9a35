/** What a shelter finds out of a card, and what of it could not be checked. */

import {
  askCard,
  type CardEvidence,
  type CardFailed,
  proofOf,
  withCard,
} from '../card-evidence.ts';
import type { CertificateVerdict } from '../domain/certificate-verdict.ts';
import {
  ageOfList,
  assuranceReaches,
  type EntryListManifest,
  type EntryRow,
  type ListAge,
  reachWithoutPin,
} from '../domain/entry-list.ts';
import type { ArrivalFlag } from '../domain/evacuation.ts';
import type { SensedTap } from '../domain/tap.ts';
import { findRow } from '../find-row.ts';
import type { TerminalParts } from '../services/service.ts';
import { TapStages } from '../tap-stages.ts';

/** What was found out of a card, as far as it came. */
export interface ShelterCard {
  readonly tap: number;
  readonly evidence: CardEvidence;
  readonly stages: TapStages;
  verdict: CertificateVerdict | null;
  /** Of the list that was looked into; null: there was none. */
  list: { readonly manifest: EntryListManifest; readonly age: ListAge } | null;
  row: EntryRow | null;
}

/** Reads what identifies; more only where the list wants it. What can't be read is journaled. */
export function readShelterCard(
  parts: TerminalParts,
  list: string,
  { tap, sensedAt }: SensedTap,
): Promise<ShelterCard | CardFailed> {
  const least = parts.shelf.active(list)?.manifest.assurance ?? 'identified';
  const stages = new TapStages(sensedAt);
  return withCard<ShelterCard>(
    parts.reader(),
    async (reader) => {
      stages.modelled = reader.modelled;
      const evidence = await askCard(reader, tap, least, parts.institution());
      stages.read(evidence);
      return { tap, evidence, stages, verdict: null, list: null, row: null };
    },
    ({ reason }, detail) => {
      parts.recorder.note('card.unreadable', { reason, detail, ...stages.journal() });
    },
  );
}

/** Whether the certificate is valid, and what the list says to it; each stands in `card` as soon as it is known. */
export async function findOut(
  card: ShelterCard,
  parts: TerminalParts,
  list: string,
): Promise<void> {
  const { certificate } = card.evidence;
  card.verdict = await parts.trust().verify(certificate, parts.now());
  card.stages.end('verify');
  const lease = parts.shelf.lease(list);
  const keys = parts.listKeys(list);
  try {
    if (lease === null || keys === null) return;
    const { manifest } = lease.file;
    const found = await findRow(lease.file, keys, certificate);
    // A list that is damaged is none.
    if ('refusal' in found && found.refusal !== 'not-on-list') return;
    const isOver = parts.now() >= Date.parse(manifest.validTo);
    const age = ageOfList(manifest.staleness, lease.confirmedAt, parts.now());
    card.list = { manifest, age: isOver ? 'too-old' : age };
    if ('row' in found) card.row = found.row;
  } finally {
    lease?.release();
    card.stages.end('lookup');
  }
}

export function flagsOf({ list, row, verdict }: ShelterCard): ArrivalFlag[] {
  const certificate = certificateFlag(verdict);
  return [
    ...(list === null ? (['no-list'] as const) : []),
    ...(list !== null && row === null ? (['not-listed'] as const) : []),
    ...(list !== null && list.age !== 'fresh' ? (['list-old'] as const) : []),
    ...(certificate === null ? [] : [certificate]),
  ];
}

/** Null: the certificate is what it should be. */
function certificateFlag(verdict: CertificateVerdict | null): ArrivalFlag | null {
  if (verdict === null) return 'certificate-unknown';
  if (verdict.valid) return null;
  switch (verdict.reason) {
    case 'certificate-expired':
    case 'certificate-revoked':
      return verdict.reason;
    default:
      return 'certificate-unknown';
  }
}

/** The name of the attendant whose card this is. As at any terminal, a copied certificate opens nothing where cards can be asked for more. */
export async function attendantOf(parts: TerminalParts, tap: number): Promise<string | null> {
  const institution = parts.institution();
  const evidence = await withCard<CardEvidence | null>(
    parts.reader(),
    async (reader) => {
      const read = await askCard(reader, tap, 'identified', institution);
      if (parts.attendant(read.certificate) === null) return null;
      return proofOf(read, reader, tap, institution);
    },
    () => {},
  );
  if (evidence === null || 'next' in evidence) return null;
  const verdict = await parts.trust().verify(evidence.certificate, parts.now());
  const least = reachWithoutPin(institution !== null);
  if (!verdict.valid || !assuranceReaches(evidence.assurance, least)) return null;
  return parts.attendant(evidence.certificate);
}
