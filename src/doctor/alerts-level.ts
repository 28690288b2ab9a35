/** Whether a terminal would hear of an alert, as a check. */

import type { Check } from '../domain/check.ts';
import { alertRole, type WirePlace } from '../link/alert-protocol.ts';
import type { Root } from '../pki/root-object.ts';

export interface AlertsLevel {
  readonly place: WirePlace;
  /** Whether the root names a key that may raise one; null: no root is known. */
  readonly hasKey: boolean | null;
  /** How many are in force here; null: only the daemon knows. */
  readonly active: number | null;
}

/** `held`: the root as the ledger has it. */
export function alertsLevel(
  place: WirePlace | undefined,
  held: Root | 'damaged' | null,
  active: number | null,
): AlertsLevel | 'none' {
  if (place === undefined) return 'none';
  const isKnown = held !== null && held !== 'damaged';
  const hasKey = isKnown ? held.hasKeyFor(alertRole(place.municipality)) : null;
  return { place, hasKey, active };
}

export function alertsCheck(level: AlertsLevel | 'none' | null): Check {
  const id = 'alerts';
  const unknown = (detail: string): Check => ({ id, state: 'unknown', detail, remedy: null });
  if (level === null) return unknown('nothing is known of alerts');
  if (level === 'none') return unknown('not used: no [place] is configured');
  const { place, hasKey, active } = level;
  const { municipality, district = 'all districts' } = place;
  const where = `${municipality}, ${district}`;
  if (hasKey === null) return unknown(`${where}: no platform was met yet`);
  if (!hasKey) {
    const detail = `${where}: nobody can raise one, the root names no key of that municipality`;
    const remedy = `check \`[place]\` in the configuration; give the municipality a key (\`kazasu-platform alert key ${municipality}\`), and let the terminal reach the platform`;
    return { id, state: 'not-well', detail, remedy };
  }
  const detail = active === null ? where : `${where}: ${active} in force`;
  return { id, state: 'ok', detail, remedy: null };
}
