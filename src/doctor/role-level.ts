/** What a signed order makes of a terminal for a while, as a check. */

import type { Check } from '../domain/check.ts';
import type { HeldRole } from '../domain/role.ts';

/** `none`: the terminal is what it is configured to be. `now`: ms since the epoch. */
export function roleCheck(role: HeldRole | 'none' | null, now: number): Check {
  const id = 'role';
  if (role === null)
    return { id, state: 'unknown', detail: 'the ledger can not be looked at', remedy: null };
  if (role === 'none') {
    return {
      id,
      state: 'unknown',
      detail: 'none: it is what it is configured to be',
      remedy: null,
    };
  }
  const { shelter, name, until, command } = role;
  const detail = `reader of shelter ${shelter} (${name}) until ${until}, by order ${command}`;
  if (now < Date.parse(until)) return { id, state: 'ok', detail, remedy: null };
  const remedy =
    'it goes on until the platform is reached; end it with `kazasu-platform order end`, over the link or by stick';
  return { id, state: 'not-well', detail: `${detail}: its time is past`, remedy };
}
