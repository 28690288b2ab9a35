/** What makes a power cut a loss, and what was said last. */

import type { Said, SaidOfVersion } from './said.ts';

export class Lost extends Error {
  override readonly name = 'Lost';
}

export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Lost(otherwise);
}

/** The version that is found is the last that was active, or one that was begun after it. */
export function versionIs(
  of: SaidOfVersion['of'],
  found: number | null,
  said: readonly Said[],
): SaidOfVersion | null {
  const all = said.filter((one): one is SaidOfVersion => one.of === of);
  const at = all.findLastIndex(({ is }) => is === 'active');
  const active = all[at] ?? null;
  const begun = all.slice(at + 1).map(({ version }) => version);
  const allowed = [active?.version ?? null, ...begun];
  must(allowed.includes(found), `${of} ${found} is found, not one of ${allowed.join(', ')}`);
  return active;
}

export function lastOf<Of extends Said['of']>(
  said: readonly Said[],
  of: Of,
): Extract<Said, { readonly of: Of }> | null {
  const isOf = (one: Said): one is Extract<Said, { readonly of: Of }> => one.of === of;
  return said.findLast(isOf) ?? null;
}
