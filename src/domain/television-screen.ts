/** Screens of a television at home, whose card reader is in its remote control; the rest is in screen.ts. */

import type { ActiveAlert, Worded } from './alert.ts';
import type { AlertAnswer } from './evacuation.ts';
import type { Reason } from './reason.ts';

export const TELEVISION_SCREENS = [
  /** What the television shows while nothing happens. */
  'tv-home',
  /** 避難と安否: whom it calls, and how they are. */
  'tv-people',
  /** What linking means, before any card. */
  'tv-consent',
  /** Put the card onto the remote control. */
  'tv-place-card',
  /** Nobody has pressed a key, and an alert comes back. */
  'tv-still-there',
  /** Linked, or not any more. */
  'tv-linked',
  /** End the link of this person, or name the shelter where they are? */
  'tv-unlink',
  /** What it means that the television names the shelter where somebody is. */
  'tv-where',
  /** Nothing came of it: why. */
  'tv-stopped',
  /** The alert; also that it is over, and what one looks like. */
  'tv-alert',
] as const;
export type TelevisionScreenName = (typeof TELEVISION_SCREENS)[number];

/** The whole of what a television shows is one visit that never ends. */
export const PROGRAMME = 'television';

/** What can be chosen on `tv-home`. */
export const TELEVISION_ITEMS = ['people', 'link', 'sample', 'guests'] as const;
export type TelevisionItem = (typeof TELEVISION_ITEMS)[number];

/** So many people are called by one television: no more have room on its screen. */
export const LINKED_MAX = 6;

/** How somebody is, as far as it is known here: nothing heard, or what they or a shelter said last. */
export type PersonStanding = 'unknown' | AlertAnswer;

export interface PersonShown {
  /** Reference id of the person. */
  readonly ref: string;
  /** Masked while guests are there; empty: it can't be read now. */
  readonly name: string;
  /** Empty where the name is masked or unknown. */
  readonly kana: string;
  /** What is known of them in this alert. */
  readonly standing: PersonStanding;
  /** Name of the shelter where they are, as the municipality tells it; null: unknown, or they did not agree to that. */
  readonly where: Worded | null;
}

/** What an alert says on this television. */
export type AlertShown = Pick<
  ActiveAlert,
  | 'municipality'
  | 'sentAt'
  | 'level'
  | 'drill'
  | 'what'
  | 'shelters'
  | 'map'
  | 'state'
  | 'update'
  | 'timeUnknown'
>;

export type TelevisionScreenBody =
  | {
      readonly screen: 'tv-home';
      readonly municipality: string;
      readonly offline: boolean;
      /** An advisory of level 2, in the bar. */
      readonly advisory: Worded | null;
      readonly people: readonly PersonShown[];
      /** 来客中: names are masked, and none is spoken. */
      readonly guests: boolean;
    }
  | { readonly screen: 'tv-people'; readonly people: readonly PersonShown[] }
  | { readonly screen: 'tv-consent'; readonly municipality: string; readonly pin: boolean }
  | { readonly screen: 'tv-place-card'; readonly again: Reason | null }
  | { readonly screen: 'tv-still-there'; readonly seconds: number }
  | {
      readonly screen: 'tv-linked';
      readonly end: 'linked' | 'unlinked' | 'where' | 'where-ended';
      readonly person: PersonShown | null;
    }
  | {
      readonly screen: 'tv-unlink';
      readonly person: PersonShown;
      /** Their card lies there: they may agree, or agree anew. */
      readonly mayAgree: boolean;
      /** Until when this television may name the shelter where they are, ISO 8601; null: it may not. */
      readonly until: string | null;
    }
  | { readonly screen: 'tv-where'; readonly person: PersonShown; readonly until: string }
  | { readonly screen: 'tv-stopped'; readonly reason: Reason }
  | {
      readonly screen: 'tv-alert';
      readonly alert: AlertShown;
      /** What one looks like, for whoever wants to see it before. */
      readonly sample: boolean;
      readonly people: readonly PersonShown[];
      /** Whose answer the keys give; null: nobody is linked. */
      readonly chosen: string | null;
      /** The latest answer, while it can be taken back. */
      readonly undo: { readonly ref: string; readonly answer: AlertAnswer } | null;
      /** An answer could not be kept, and does not count. */
      readonly lost: boolean;
      /** So many other alerts count now. */
      readonly more: number;
    };

/** What a television says aloud; readings in src/text/television/readings.ts. The call itself has names in it: see `call.ts`. */
export const TELEVISION_SPEECHES = [
  'tv-consent',
  'tv-place-card',
  'tv-still-there',
  'tv-linked',
  'tv-unlinked',
  'tv-unlink',
  'tv-where',
  'tv-where-agreed',
  'tv-where-ended',
  /** Said with the names of those who are called, where there are any. */
  'tv-call',
  'tv-over',
  'tv-sample',
] as const;

/** What the key `choose` carries on `tv-unlink`. */
export const WHERE_CHOICES = ['where', 'where-end'] as const;

/** What the key `choose` carries on `tv-alert`: an answer for somebody, the person whose answer is given, or that the latest is taken back. */
export const UNDO = 'undo';

export function answerChoice(answer: AlertAnswer, ref: string): string {
  return `${answer}.${ref}`;
}

export function personChoice(ref: string): string {
  return `person.${ref}`;
}
