/** For whom of the street which records stand before anybody has been at a kiosk. */

import type { Registers } from './registers.ts';

/** Who had a registration accepted before, for a family register elsewhere than where they live. */
const REGISTERED_BEFORE: ReadonlySet<string> = new Set([
  'sato-hanako',
  'tomoshino-makoto',
  'tomoshino-yuko',
  'takasaki-hiro',
  'tada-mitsuru',
  'kuzumi-ren',
  'byanda-men',
]);

/**
 * Where they live, and their family register if that is in the same municipality or was registered for before. Empty for
 * somebody who is in no register. `person`: as platform-sim/people.ts calls them.
 */
export function recordsOf(person: string, registers: Registers): string[] {
  const [resident, family] = [`resident/${person}`, `family/${person}`];
  const isKnown = REGISTERED_BEFORE.has(person) || registers.isAtHome(family);
  return [resident, ...(isKnown ? [family] : [])].filter((record) => registers.has(record));
}
