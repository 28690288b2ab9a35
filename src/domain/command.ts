/** What a platform may ask of a terminal, and when a terminal does it. */

export const COMMANDS = [
  /** Say which checks are not well, as a fact. */
  'report-health',
  /** End, once nobody is served; the service manager starts the terminal again. */
  'restart',
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
  /** ms since the epoch. */
  readonly issuedAt: number;
  readonly expires: number;
}

/**
 * Why a terminal did not do it; final, and told as a fact.
 * - `busy`: there was somebody at the terminal until the command expired
 */
export type CommandRefusal =
  | 'older-number'
  | 'expired'
  | 'future-dated'
  | 'unknown-command'
  | 'busy';

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
