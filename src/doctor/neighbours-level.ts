/** How a gate hears the others of its venue, as a check. */

import type { Check } from '../domain/check.ts';

export interface NeighboursLevel {
  /** Names of the gates that are heard; null: it can't be known from here. */
  readonly heard: readonly string[] | null;
  /** Since when none is, ms since the epoch; null: not known. */
  readonly silentSince: number | null;
  /** Of whom nothing more is believed, and why. */
  readonly held: readonly { readonly terminal: string; readonly why: string }[];
}

const ALONE_REMEDY =
  'check the network between the gates, `[neighbours]` in the configuration of both, and that both are enrolled at one platform; each serves on meanwhile, and does not know whom the others let in';

export function neighboursCheck(level: NeighboursLevel | 'none' | null): Check {
  const id = 'neighbours';
  const unknown = (detail: string): Check => ({ id, state: 'unknown', detail, remedy: null });
  if (level === null) return unknown('nothing is known of the other gates');
  if (level === 'none') return unknown('not used: none are configured');
  const { heard, silentSince, held } = level;
  const [first] = held;
  if (first !== undefined) {
    const names = held.map(({ terminal }) => terminal).join(', ');
    const detail = `nothing more of ${names} is believed: ${first.why}`;
    const remedy = `find out whether that gate is where it belongs and who uses it; if all is well: \`kazasu neighbours release ${first.terminal}\`; if not, have it revoked at the platform`;
    return { id, state: 'not-well', detail, remedy };
  }
  if (heard === null) return unknown('no daemon runs that could hear them');
  if (heard.length === 0) {
    const since = silentSince === null ? '' : ` since ${new Date(silentSince).toISOString()}`;
    return { id, state: 'not-well', detail: `none is heard${since}`, remedy: ALONE_REMEDY };
  }
  return { id, state: 'ok', detail: `hears ${heard.join(', ')}`, remedy: null };
}
