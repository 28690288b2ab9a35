/** What a platform may ask of a terminal, and when a terminal does it. */

import type { ShelterRole } from './role.ts';

export const COMMANDS = [
  /** Say which checks are not well, as a fact. */
  'report-health',
  /** End, once nobody is served; the service manager starts the terminal again. */
  'restart',
  /** Be something else for a while, once nobody is served: the reader of a shelter. */
  'take-role',
  /** Be what it is configured to be again, once nobody is served. */
  'end-role',
] as const;

export type CommandName = (typeof COMMANDS)[number];

/** One whose signature and address have been verified. */
export interface Command {
  readonly id: string;
  /** SHA-256 of the key that signed it, hex: each counts its own numbers. */
  readonly issuer: string;
  /** Rises. */
  readonly number: number;
  readonly does: string;
  /** Of `take-role`; null for every other. */
  readonly role: ShelterRole | null;
  /** ms since the epoch. */
  readonly issuedAt: number;
  readonly expires: number;
}

/**
 * Why a terminal did not do it; final, and told as a fact.
 * - `busy`: there was somebody at the terminal until the command expired
 * - `no-role`: there is none to end
 * - `not-suited`: a terminal without a screen, or the television of a home
 * - `role-over`: the time of the role is past
 * - `other-municipality`: what names people would be sealed for another one than the terminal is configured for
 * - `municipality-key`: the municipality's certificate can't be used
 */
export type CommandRefusal =
  | 'older-number'
  | 'expired'
  | 'future-dated'
  | 'unknown-command'
  | 'busy'
  | 'no-role'
  | 'not-suited'
  | 'role-over'
  | 'other-municipality'
  | 'municipality-key';

/** How far a terminal's clock may be behind the platform's. */
const SKEW_MS = 5 * 60_000;

export function isKnown(does: string): does is CommandName {
  return (COMMANDS as readonly string[]).includes(does);
}

/**
 * `newest`: the highest number of this issuer that was ever decided on; 0 when there is none. `now`:
 * ms since the epoch, by a clock that is set. Null: it is to be done.
 */
export function refusalOf(command: Command, newest: number, now: number): CommandRefusal | null {
  if (command.number <= newest) return 'older-number';
  if (now >= command.expires) return 'expired';
  if (command.issuedAt > now + SKEW_MS) return 'future-dated';
  return isKnown(command.does) ? null : 'unknown-command';
}
