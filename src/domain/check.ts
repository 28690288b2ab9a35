/**
 * What is checked about a terminal: by `kazasu doctor` at a keyboard, and by the daemon for the staff's screen. The ids
 * are part of the product's contract (`doctor --json`) and are never renamed.
 */

export const CHECK_IDS = [
  /** The Node that the package pins. */
  'node',
  'configuration',
  /** Whether a daemon runs on the state folder; none is no fault of its own. */
  'daemon',
  /** pcscd answers and knows a reader. */
  'card-service',
  /** The reader of the configuration is there. */
  'card-reader',
  'receipt-printer',
  /** The printer of certificates. */
  'page-printer',
  /** What opens for one person at a gate, and notices whether they walk through. */
  'turnstile',
  /** The unit that takes money. */
  'payment-unit',
  /** The remote control of a television: there, and its keys this terminal's alone. */
  'remote',
  /** Room for facts, and the reserve. */
  'disk',
  'clock',
  /** The entry list: there, valid, and how old. */
  'list',
  /** Certificates of the authorities whose cards are admitted. */
  'trust',
  /** The root, which says whose signatures count: there, whole and not past its time. */
  'root',
  /** Revocation lists: there, and not past their next update. */
  'revocation',
  /** The store of the terminal's own keys. */
  'keys',
  /** What the terminal shows to the platform: enrolled, and renewed in time. */
  'certificate',
  /** The facts are whole and chained. */
  'ledger',
  /** Facts that the platform does not hold yet. */
  'facts-waiting',
  /** Papers that are owed or of unknown outcome: people wait for them. */
  'papers',
  /** Contact with the platform. */
  'link',
  /** The other gates of the venue: heard, and believed. */
  'neighbours',
  /** Alerts of the municipality: somebody can raise them here. */
  'alerts',
  /** What a signed order makes of the terminal for a while. */
  'role',
  'fonts',
  'voice',
  /** The built page of the screen. */
  'screen',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

/** `unknown`: it can't be known from here, or does not apply to this configuration. */
export type CheckState = 'ok' | 'not-well' | 'unknown';

/** One line of the doctor. `remedy` says what to do; null unless the state is `not-well`. */
export interface Check {
  readonly id: CheckId;
  readonly state: CheckState;
  readonly detail: string;
  readonly remedy: string | null;
}

/** Without these nobody is let in; the others cost comfort, or will cost service later. */
const NEEDED_TO_SERVE: ReadonlySet<CheckId> = new Set([
  'node',
  'configuration',
  'card-service',
  'card-reader',
  'payment-unit',
  'disk',
  'list',
  'trust',
  'ledger',
]);

/** Whether a terminal in this state could let people in. What can't be known does not stand in the way. */
export function couldServe(checks: readonly Check[]): boolean {
  return !checks.some(({ id, state }) => state === 'not-well' && NEEDED_TO_SERVE.has(id));
}
