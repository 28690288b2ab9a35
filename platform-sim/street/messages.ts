/**
 * What goes between the street and the pages that look at it. The street sends its state in parts, and a part again when
 * it changed; a page sends the very requests that the commands send. Nothing personal is at stake: everybody here is
 * invented.
 */

import type { AlertLevel } from '../../src/domain/alert.ts';
import type { Assurance } from '../../src/domain/entry-list.ts';
import type { PersonStanding } from '../../src/domain/television-screen.ts';

/** The subprotocol of the page's websocket; the token of the page is offered beside it as `token.<token>`. */
export const STREET_PROTOCOL = 'kazasu.street.v1';

/** Coins and notes that the payment unit of a kiosk takes, in yen. */
export const STREET_PIECES = [10, 50, 100, 500, 1000] as const;
export type StreetPiece = (typeof STREET_PIECES)[number];

/** The same words for the page's two languages. */
export interface Words {
  readonly ja: string;
  readonly en: string;
}

/** A device or a link, as a person beside it would see it. */
export type Condition =
  | 'ok'
  | 'lost'
  | 'paper-out'
  | 'cover-open'
  | 'jam'
  | 'offline'
  | 'battery-low'
  | 'error';

export interface Health {
  readonly reader: Condition;
  readonly printer: Condition;
  /** The line to the machine that hands something out. */
  readonly release: Condition;
  /** Of certificates. */
  readonly page: Condition;
  readonly payment: Condition;
  /** The half of a television's remote control that has the buttons; the other one is `reader`. */
  readonly remote: Condition;
  /** The line by which the box switches its television on. */
  readonly tv: Condition;
  readonly network: 'ok' | 'lost';
  readonly clock: 'ok' | 'jumped' | 'corrected';
  readonly disk: 'ok' | 'full';
  /** Null before there is one. `contact`: when the platform was heard of last; null while it is heard. */
  readonly list: { readonly version: number; readonly contact: string | null } | null;
  /** Facts that are durable at the terminal and that the platform has not acknowledged. */
  readonly waiting: number;
}

/** A terminal with all that stands around it. */
export interface PlaceShown {
  readonly id: string;
  readonly name: Words;
  readonly state: 'starting' | 'serving' | 'closed' | 'down';
  /** Of what stands in the way, or null. */
  readonly reason: string | null;
  /** What opens its staff's menu: everybody may try it here. Null: it has none. */
  readonly staffPin: string | null;
  /** The PIN of everybody's card, where one is asked for it; else null. */
  readonly cardPin: string | null;
  /** The password with which everybody's card signs, where one is asked for it; else null. */
  readonly cardPassword: string | null;
  /** Null where there is none. `isOn`: it shows something; a remote control lies beside it. */
  readonly television: { readonly isOn: boolean } | null;
  /** What the municipality calls the shelter that this is a reader of; null where it is none. */
  readonly shelter: string | null;
  /** Null where nothing is paid. `tray`: yen that lie in it; `waits`: it waits for money. */
  readonly payment: { readonly tray: number; readonly waits: boolean } | null;
  /** Where its own screen is served. */
  readonly screen: {
    readonly url: string;
    readonly width: number;
    readonly height: number;
    readonly isServed: boolean;
    /** Somebody types at it in the street's name: no page shows it meanwhile. */
    readonly isLent: boolean;
    /** Rises when pages have to load it anew. */
    readonly loads: number;
  };
  readonly health: Health;
  /** How many things it handed out in this run; null where nothing is. */
  readonly handedOut: number | null;
  /** What of its health concerns those who look on, in this order. */
  readonly levels: readonly (keyof Health)[];
  /** What can be broken there. */
  readonly faults: readonly FaultShown[];
  /** Whose card lies on its reader. */
  readonly held: string | null;
  /** What it said last: `granted`, a reason, or null; `number` rises with every answer. */
  readonly answer: { readonly number: number; readonly says: string; readonly who: string | null };
}

export interface ResidentShown {
  readonly id: string;
  readonly name: string;
  readonly kana: string;
  readonly kind: 'my-number' | 'phone' | 'transit';
  /** What is the matter with this person. */
  readonly matter: Words;
  /** The terminal on whose reader the card lies; null: on the pavement. */
  readonly at: string | null;
  /** What a terminal said last: `granted` or a reason. */
  readonly last: string | null;
}

export interface PaperShown {
  readonly number: number;
  /** The terminal at which it came out. */
  readonly place: string;
  readonly complete: boolean;
  /** Its code can be checked. */
  readonly isCertificate: boolean;
  /** Path of the drawing (SVG). */
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** Its text, for those who cannot see the drawing. */
  readonly text: string;
}

export interface PapersShown {
  readonly total: number;
  /** Newest first. */
  readonly newest: readonly PaperShown[];
}

export interface FactShown {
  readonly arrival: number;
  readonly at: string;
  readonly terminal: string;
  readonly event: string;
  readonly reason: string | null;
  readonly ticket: string | null;
}

/** An application for usage registration, as the clerk of a municipality has it before them. */
export interface ApplicationShown {
  /** As the receipt has it. */
  readonly number: string;
  readonly state: 'pending' | 'accepted' | 'refused';
  readonly municipality: string;
  /** Town and number, as they were typed. */
  readonly domicile: string;
  /** Of the register, in kana. */
  readonly head: string;
  /** As the signing certificate has it. */
  readonly name: string;
  readonly at: string;
}

/** Somebody of the municipality's register, as it knows them now. */
export interface TownPersonShown {
  /** As the residents of the street are called. */
  readonly who: string;
  readonly standing: PersonStanding;
  /** Names of the shelters where they are, the one that counts first: two, when they were at both. */
  readonly shelters: readonly string[];
  /** Nobody is told where they are (支援措置). */
  readonly protected: boolean;
  /** Same for all of a household. */
  readonly household: string;
}

/** The municipality: what its page shows, in small. It is not there while no place of the street is about an evacuation. */
export interface TownShown {
  readonly name: string;
  /** Its page; it needs a clerk's sign-in. */
  readonly url: string;
  /** No power: neither the page nor the platform behind it is there. */
  readonly isDown: boolean;
  /** Who may sign in; nothing is at stake here, so that the passwords stand on the wall. */
  readonly clerks: readonly { readonly name: string; readonly password: string }[];
  readonly counts: {
    readonly all: number;
    readonly help: number;
    /** Not accounted for. */
    readonly unknown: number;
    readonly leaving: number;
    readonly safe: number;
    /** At shelters and on no list: in none of the others. */
    readonly unlisted: number;
  };
  readonly shelters: readonly {
    readonly id: string;
    readonly name: string;
    readonly people: number;
    readonly capacity: number;
  }[];
  readonly people: readonly TownPersonShown[];
  /** Those in force, the most severe first. */
  readonly alerts: readonly {
    /** Of its first message. */
    readonly id: string;
    readonly level: AlertLevel;
    readonly drill: boolean;
    readonly what: Words;
  }[];
  /** What can be broken there: `at` of the request is `town-hall`. */
  readonly faults: readonly FaultShown[];
}

/** What the platform knows, which is less than what happened while the network is cut. */
export interface PlatformShown {
  readonly facts: number;
  /** Newest first. */
  readonly newest: readonly FactShown[];
  /** Entries in each of the last minutes, oldest first; the last one is the minute that runs. */
  readonly perMinute: readonly number[];
  readonly entries: number;
  /** Entries that were granted again while they stood. */
  readonly doubles: number;
  /** Tonight's list: the least that it asks cards for, and what that does not stop. */
  readonly list: {
    readonly version: number;
    readonly assurance: Assurance;
    readonly notStopped: Words;
  } | null;
}

export interface FaultShown {
  readonly name: string;
  readonly label: Words;
  readonly says: Words;
  /** A blow happens once; a state stays until it is mended. */
  readonly kind: 'blow' | 'state';
  readonly on: boolean;
  /** Why it cannot be had here, or null. */
  readonly missing: Words | null;
}

export type ScenarioState = 'idle' | 'playing' | 'proved' | 'not-proved';

export interface ScenarioShown {
  readonly name: string;
  readonly title: Words;
  /** What went wrong in the world. */
  readonly incident: Words;
  /** Who saw it, and when; null for what is no incident. */
  readonly source: Words | null;
  readonly state: ScenarioState;
  /** What is done at this moment. */
  readonly step: Words | null;
  readonly proved: readonly Words[];
  /** What was seen instead, when it was not proved. */
  readonly seen: string | null;
}

export interface StreetState {
  /** Another one after each beginning: what was known of the one before is void. */
  readonly run: string;
  /** Being built or rebuilt: no request is taken. */
  readonly opening: boolean;
  readonly places: readonly PlaceShown[];
  readonly residents: readonly ResidentShown[];
  readonly papers: PapersShown;
  /** Newest first. */
  readonly applications: readonly ApplicationShown[];
  readonly platform: PlatformShown;
  readonly town: TownShown | null;
  readonly scenarios: readonly ScenarioShown[];
  /** What is real and what is modelled, a line each. */
  readonly says: readonly string[];
}

export type ToPage =
  | { readonly type: 'state'; readonly parts: Partial<StreetState> }
  /** The answer to the page's request of this id. */
  | { readonly type: 'done'; readonly id: number; readonly text: string }
  | { readonly type: 'failed'; readonly id: number; readonly why: string };
