/** What the municipality's page and its server say to each other. Times are ms since the epoch. */

import type { AlertLevel } from '../../src/domain/alert.ts';
import type { Crowding, Need, Supply } from '../../src/domain/evacuation.ts';
import type { ClerkRole } from './clerks.ts';
import type { LastSign, Standing } from './person-fold.ts';
import type { TownRequest } from './requests.ts';

export const TOWN_PROTOCOL = 'kazasu-town.v1';
/** The server closes the socket so when nobody is signed in any more. */
export const SIGNED_OUT = 4001;

export interface CountsShown {
  readonly all: number;
  readonly help: number;
  /** Of them: somebody looks after them. */
  readonly helpAssigned: number;
  readonly unknown: number;
  /** Of them: 75 years or older. */
  readonly unknownOld: number;
  readonly leaving: number;
  readonly safe: number;
  readonly safeAtShelter: number;
  readonly safeByAnswer: number;
  /** At shelters, and on no list: in none of the counts above. */
  readonly unlisted: number;
}

export interface ShelterShown {
  readonly id: string;
  readonly name: string;
  readonly capacity: number;
  readonly people: number;
  /** Of them: out for a while. */
  readonly out: number;
  readonly unlisted: number;
  readonly crowding: Crowding;
  /** `at`: null while it was never heard; else, not `linked`: since then it is silent. */
  readonly contact: { readonly linked: boolean; readonly at: number | null };
  readonly needs: Readonly<Partial<Record<Need, number>>>;
  /** Handed out today (in Japan). */
  readonly handed: Readonly<Partial<Record<Supply, number>>>;
}

export interface DistrictShown {
  readonly id: string;
  readonly name: string;
  /** Not accounted for, of `all`. */
  readonly open: number;
  readonly help: number;
  readonly all: number;
}

export interface ArrivalsShown {
  /** Minutes since the epoch, ascending, with how many came first in each; minutes without anybody are left out. */
  readonly minutes: readonly (readonly [minute: number, people: number])[];
}

/** One message about an alert: raised, changed or ended. */
export interface AlertShown {
  readonly id: string;
  /** The alert that it is about: the id of its first message. */
  readonly alert: string;
  readonly is: 'alert' | 'update' | 'cancel' | 'all-clear';
  /** SHA-256 of what is or would be sent: whoever consents says that this is meant. */
  readonly document: string;
  readonly level: AlertLevel;
  readonly drill: boolean;
  /** 汐見川が、あふれそうです。 */
  readonly what: string;
  readonly districts: readonly string[];
  readonly state: 'proposed' | 'active' | 'over';
  /** When it was proposed, or sent. */
  readonly at: number;
  readonly expiresAt: number;
  readonly proposedBy: string;
}

export interface TownState {
  readonly municipality: { readonly code: string; readonly name: string };
  readonly clerk: { readonly name: string; readonly role: ClerkRole };
  /** Facts count from here on; 0: all of them. */
  readonly since: number;
  readonly counts: CountsShown;
  readonly shelters: readonly ShelterShown[];
  readonly districts: readonly DistrictShown[];
  readonly arrivals: ArrivalsShown;
  /** Null: this town has no desk for alerts. */
  readonly alerts: readonly AlertShown[] | null;
  /** Nobody touches anything for so long: signed out; and how long before that the page says so. */
  readonly idle: { readonly ms: number; readonly warnMs: number };
}

/** One person of the list. */
export interface RowShown {
  readonly ref: string;
  readonly standing: Standing;
  readonly name: string;
  readonly age: number;
  /** Null: whose whereabouts nobody is told. */
  readonly address: string | null;
  readonly last: { readonly at: number; readonly what: LastSign } | null;
  readonly support: string;
  readonly needs: readonly Need[];
  /** Empty: nobody. */
  readonly assigned: string;
}

/** What the list is of. */
export interface ViewAsked {
  /** Empty: all. */
  readonly district: string;
  /** Empty: everybody. */
  readonly search: string;
  readonly from: number;
  readonly count: number;
}

/** `rows`: those that are another than when they were last sent. */
export interface RowsShown {
  readonly view: ViewAsked;
  /** Of this view. */
  readonly total: number;
  readonly order: readonly string[];
  readonly rows: readonly RowShown[];
}

export interface SignShown {
  readonly at: number;
  readonly event: string;
  readonly answer: string | null;
  /** Its name; null where there is none, or it is not told. */
  readonly shelter: string | null;
}

export interface PersonShown extends RowShown {
  readonly kana: string;
  readonly born: string;
  readonly household: readonly {
    readonly ref: string;
    readonly name: string;
    readonly standing: Standing;
  }[];
  readonly protected: boolean;
  /** Names of shelters; the first is where they count. */
  readonly stays: readonly {
    readonly shelter: string;
    readonly since: number;
    readonly out: boolean;
  }[];
  readonly course: readonly SignShown[];
  readonly assignedBy: { readonly by: string; readonly at: number } | null;
}

/** Somebody at a shelter who is on no list. */
export interface UnlistedShown {
  readonly key: string;
  readonly shelter: string;
  readonly at: number;
  readonly people: number;
}

/** `n` counts on from 1 on each socket: whoever misses one has missed something. */
export type ToTownPage = { readonly n: number } & (
  | { readonly type: 'state'; readonly now: number; readonly parts: Partial<TownState> }
  | ({ readonly type: 'rows' } & RowsShown)
  /** Somebody else is signed in here no more, or signs out at `at` unless they do something. */
  | { readonly type: 'idle'; readonly leftMs: number }
  | { readonly type: 'done'; readonly id: number; readonly answer: TownAnswer }
  | { readonly type: 'failed'; readonly id: number; readonly why: string }
);

export type TownAnswer =
  | { readonly is: 'done' }
  | { readonly is: 'person'; readonly person: PersonShown }
  | { readonly is: 'printable'; readonly rows: readonly RowShown[]; readonly total: number }
  | { readonly is: 'unlisted'; readonly unlisted: readonly UnlistedShown[] };

export interface FromTownPage {
  readonly type: 'ask';
  readonly id: number;
  readonly request: TownRequest;
}
