/** Screens of an evacuation shelter's reader, where everybody is taken in; the rest is in screen.ts. */

import type { Crowding, Need, Supply } from './evacuation.ts';
import type { ConsentedData } from './evacuee-data.ts';
import type { ShelterField, ShelterProblem } from './shelter-form.ts';

export const SHELTER_SCREENS = [
  /** Hold your card: everybody may come in. */
  'shelter-waiting',
  /** Who was taken in of this household, and the next one. */
  'shelter-family',
  /** For somebody who is here: going out, leaving, supplies, needs. */
  'shelter-menu',
  'shelter-supplies',
  'shelter-needs',
  /** What was written down. */
  'shelter-done',
  /** No card, or one that can't be read: written down by hand, or found by the number of a slip. */
  'shelter-no-card',
  'shelter-typing',
  'shelter-people',
  /** The number that stands for somebody without a card. */
  'shelter-slip',
  /** An attendant has to hold their card for this. */
  'shelter-staff',
  'shelter-why',
  /** What somebody agreed to have passed on, for staff alone. */
  'shelter-consented',
  /** The disk takes nothing more: paper takes over. */
  'shelter-paper',
] as const;
export type ShelterScreenName = (typeof SHELTER_SCREENS)[number];

/** What a visit can be begun for without a card. */
export const SHELTER_ERRANDS = ['without-card'] as const;
export type ShelterErrandId = (typeof SHELTER_ERRANDS)[number];

/** So many people of one go are shown, the latest; all of them are counted. */
export const FAMILY_SHOWN_MAX = 5;

/** Somebody of this go. */
export interface PersonShown {
  /** Of this go, from 1. */
  readonly nth: number;
  /** Masked; null: not known, or without a card. */
  readonly name: string | null;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** `again`: they hold the same card a second time, and count once; `back`: they had gone out. */
  readonly how: 'arrived' | 'again' | 'back' | 'here-already';
  /** So many people it stands for. */
  readonly people: number;
}

/** What the key `choose` carries on `shelter-menu`. */
export const SHELTER_ACTIONS = ['out', 'supplies', 'needs', 'leave', 'consented', 'undo'] as const;
export type ShelterAction = (typeof SHELTER_ACTIONS)[number];

/** Why staff takes an arrival back; what the key `choose` carries on `shelter-why`. */
export const SHELTER_UNDO_REASONS = ['mistake', 'someone-else', 'test', 'other'] as const;
export type ShelterUndoReason = (typeof SHELTER_UNDO_REASONS)[number];

/** What an attendant is asked for. */
export type StaffAsked = 'undo' | 'again' | 'consented';

export const SHELTER_DONE = ['out', 'left', 'supplied', 'needs', 'undone'] as const;
export type ShelterDone = (typeof SHELTER_DONE)[number];

export interface SupplyShown {
  readonly kind: Supply;
  /** Had today. */
  readonly had: boolean;
}

export type ShelterScreenBody =
  | {
      readonly screen: 'shelter-waiting';
      readonly people: number;
      readonly crowding: Crowding;
      readonly offline: boolean;
      /** No card can be read now: people are written down by hand. */
      readonly reader: boolean;
      /** `low`: others would have closed by now. */
      readonly disk: 'ok' | 'low';
    }
  | {
      readonly screen: 'shelter-family';
      /** No more than `FAMILY_SHOWN_MAX`, in the order in which they came. */
      readonly people: readonly PersonShown[];
      /** Of this go, those who are not shown, too. */
      readonly count: number;
      /** Seconds without a card after which it ends; null: it has ended. */
      readonly seconds: number | null;
    }
  | {
      readonly screen: 'shelter-menu';
      readonly name: string | null;
      /** Since when they are here, ISO 8601. */
      readonly since: string | null;
      /** They agreed to have something passed on, and their card has proved that it is theirs. */
      readonly consented: boolean;
    }
  | { readonly screen: 'shelter-supplies'; readonly supplies: readonly SupplyShown[] }
  | {
      readonly screen: 'shelter-needs';
      readonly needs: readonly { readonly need: Need; readonly chosen: boolean }[];
    }
  | { readonly screen: 'shelter-done'; readonly what: ShelterDone; readonly kind: Supply | null }
  | {
      readonly screen: 'shelter-no-card';
      /** The card can't be read. */
      readonly unread: boolean;
    }
  | {
      readonly screen: 'shelter-typing';
      readonly field: ShelterField;
      readonly typed: string;
      readonly problem: ShelterProblem | null;
    }
  | { readonly screen: 'shelter-people'; readonly people: number }
  | {
      readonly screen: 'shelter-slip';
      /** Its number, seven digits. */
      readonly slip: string;
      readonly people: number;
      /** Whether it comes out on paper, too. */
      readonly paper: boolean;
    }
  | { readonly screen: 'shelter-staff'; readonly asked: StaffAsked; readonly refused: boolean }
  | { readonly screen: 'shelter-why' }
  | {
      readonly screen: 'shelter-consented';
      readonly said: ConsentedData;
      /** Days since they agreed. */
      readonly days: number;
    }
  | { readonly screen: 'shelter-paper' };

/** What is said aloud; readings in src/text/shelter/readings.ts. */
export const SHELTER_SPEECHES = [
  'shelter-family',
  'shelter-menu',
  'shelter-done',
  'shelter-no-card',
  'shelter-typing',
  'shelter-slip',
  'shelter-staff',
  'shelter-paper',
] as const;
