/** The entry list of an event: what a row says, how old a list may be, and what its age means. */

import type { EvacueeData } from './evacuee-data.ts';
import type { Reason } from './reason.ts';
import type { ListShown } from './screen.ts';

/** How strongly a tap showed that the card is there; see ARCHITECTURE.md, "Assurance". */
export const ASSURANCE_LEVELS = ['identified', 'possession', 'possession+pin'] as const;
export type Assurance = (typeof ASSURANCE_LEVELS)[number];

export function assuranceReaches(reached: Assurance, least: Assurance): boolean {
  return ASSURANCE_LEVELS.indexOf(reached) >= ASSURANCE_LEVELS.indexOf(least);
}

/** The most that a card can show where no PIN is asked for: without an institution's key, no card proves anything. */
export function reachWithoutPin(hasInstitution: boolean): Assurance {
  return hasInstitution ? 'possession' : 'identified';
}

/** What the encrypted part of a row says. Opens only with the list key and that person's certificate. */
export interface EntryRowData {
  readonly ticket: string;
  readonly seat: string;
  /** The holder's name, never printed and never journaled. */
  readonly holder: string;
  /** Tickets bought together share a party; each member taps with their own card. */
  readonly party: string;
  /** When the organiser cancelled this ticket (ISO 8601). */
  readonly cancelledAt?: string;
  /** Of a municipality's list of residents, and of no other: terminals that know no such lists are given none. */
  readonly evacuee?: EvacueeData;
}

/** A row after it was opened. `ref` is random and outlives key rotation and card renewal: entry state belongs to it. */
export interface EntryRow extends EntryRowData {
  readonly ref: string;
}

/** `after-exit`: who went out by an exit gate may come in again; undefined: a ticket is good for one entry. */
export type ReentryRule = 'after-exit' | undefined;

/**
 * What a signed manifest says of one version of a list. Times are ISO 8601 in UTC.
 * `root` = SHA-256 over the chunk hashes in order.
 */
export interface EntryListManifest {
  readonly kind: 'entry-list';
  readonly list: string;
  readonly title: string;
  readonly version: number;
  /** Hex. */
  readonly root: string;
  readonly rows: number;
  /** SHA-256 of each chunk, hex, in key order. */
  readonly chunks: readonly string[];
  readonly issuedAt: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly assurance: Assurance;
  readonly staleness: StalenessPolicy;
  /** Absent where the rule is the usual one, so that terminals which know no other take such lists. */
  readonly reentry?: NonNullable<ReentryRule>;
  /** Names of the terminals that may use the list; empty: every terminal of the platform. */
  readonly audience: readonly string[];
  /** Where and when, for the paper. */
  readonly place: string;
  readonly startsAt: string | null;
  /** Which list key its rows are sealed under, hex; says nothing of the key itself. */
  readonly keyId?: string;
  readonly dataKeyId?: string;
  /** How this version differs from one before it; absent when the chunks that changed are no larger. */
  readonly delta?: ListDelta;
}

/** Whoever holds exactly version `base` with root `baseRoot` may fetch this object in place of the chunks that changed. */
export interface ListDelta {
  readonly base: number;
  readonly baseRoot: string;
  /** SHA-256 of the object, hex. */
  readonly object: string;
  readonly bytes: number;
}

/** Hours since the platform last confirmed that this version is the newest. */
export interface StalenessPolicy {
  readonly oldAfterHours: number;
  readonly tooOldAfterHours: number;
  readonly whenTooOld: 'admit' | 'refuse';
}

export type ListAge = 'fresh' | 'old' | 'too-old';

export function ageOfList(policy: StalenessPolicy, confirmedAt: number, now: number): ListAge {
  const hours = (now - confirmedAt) / 3_600_000;
  if (hours >= policy.tooOldAfterHours) return 'too-old';
  return hours >= policy.oldAfterHours ? 'old' : 'fresh';
}

/** What people may know of the list that decides. */
export function listShown(
  manifest: EntryListManifest,
  confirmedAt: number,
  now: number,
): ListShown {
  return { issuedAt: manifest.issuedAt, age: ageOfList(manifest.staleness, confirmedAt, now) };
}

/** Null when the list may be used at `now` (ms since the epoch). */
export function listRefusal(
  manifest: EntryListManifest,
  confirmedAt: number,
  now: number,
): Reason | null {
  if (now < Date.parse(manifest.validFrom) || now >= Date.parse(manifest.validTo))
    return 'list-expired';
  const tooOld = ageOfList(manifest.staleness, confirmedAt, now) === 'too-old';
  return tooOld && manifest.staleness.whenTooOld === 'refuse' ? 'list-expired' : null;
}

/** Null when a gate can admit people by the list at `now`: it asks nobody for a PIN, and for a proof only with a key. */
export function gateRefusal(
  manifest: EntryListManifest,
  confirmedAt: number,
  now: number,
  hasInstitution: boolean,
): Reason | null {
  const isInReach = assuranceReaches(reachWithoutPin(hasInstitution), manifest.assurance);
  return isInReach ? listRefusal(manifest, confirmedAt, now) : 'assurance-out-of-reach';
}
