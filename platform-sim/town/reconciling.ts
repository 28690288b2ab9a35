/**
 * Who an arrival without a row may have been: what the shelter sealed, opened with the municipality's key and held against the
 * register. A card's certificate is one person's; a reading and a year of birth are only a proposal. A clerk decides.
 */

import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Evacuee } from '../evacuation/evacuee.ts';
import type { Residents } from '../evacuation/residents.ts';
import { openSealed } from '../evacuation/sealed.ts';
import { plainText } from './search.ts';
import type { Unlisted } from './standings.ts';

const CONTENT = z.looseObject({
  certificate: z.base64().max(12_000).exactOptional(),
  kana: z.string().max(100).exactOptional(),
  year: z.union([z.string().max(4), z.number()]).exactOptional(),
});

export interface Candidate {
  readonly ref: string;
  readonly name: string;
  readonly born: string;
  /** `certificate`: it is their card. `kana-year`, `kana`: they are called so. */
  readonly by: 'certificate' | 'kana-year' | 'kana';
}

export interface Unsealed {
  readonly key: string;
  /** As it was given; null: nothing was sealed, or it is sealed for another key. */
  readonly said: { readonly kana: string | null; readonly year: string | null } | null;
  /** The surest first. */
  readonly candidates: readonly Candidate[];
}

/** Opens what can be opened. Never throws for what a terminal sealed wrongly. */
export function unseal(
  { key, state }: Unlisted,
  opener: KeyObject,
  residents: Residents,
): Unsealed {
  const content = state.sealed === null ? null : contentOf(state.sealed, opener);
  if (content === null) return { key, said: null, candidates: [] };
  const { certificate, kana = null, year = null } = content;
  const said = { kana, year: year === null ? null : String(year) };
  if (certificate !== undefined) {
    const der = Buffer.from(certificate, 'base64');
    const person = residents.byFingerprint(createHash('sha256').update(der).digest('hex'));
    return { key, said, candidates: person === null ? [] : [candidate(person, 'certificate')] };
  }
  if (kana === null) return { key, said, candidates: [] };
  const wanted = plainText(kana);
  const called = [...residents.all()].filter((person) => plainText(person.kana) === wanted);
  const bornThen = called.filter(({ born }) => born.slice(0, 4) === said.year);
  const others = called.filter((person) => !bornThen.includes(person));
  const candidates = [
    ...bornThen.map((person) => candidate(person, 'kana-year')),
    ...others.map((person) => candidate(person, 'kana')),
  ];
  return { key, said, candidates };
}

function candidate({ ref, name, born }: Evacuee, by: Candidate['by']): Candidate {
  return { ref, name, born, by };
}

function contentOf(sealed: string, opener: KeyObject) {
  try {
    return CONTENT.parse(JSON.parse(openSealed(sealed, opener).toString('utf8')));
  } catch {
    return null;
  }
}
