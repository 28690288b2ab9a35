/**
 * An evacuation alert of a municipality, as every screen draws it: what a CAP 1.2 document says once its signature,
 * its sender and its dates have been checked. Names of people are in none; a television adds its own.
 */

import type { Language } from './language.ts';

/** 警戒レベル of the Cabinet Office: 3 older people and others leave, 4 everybody leaves, 5 act at once to stay alive; 2 is an advisory. */
export const ALERT_LEVELS = [2, 3, 4, 5] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** What a person is told by, in each language. */
export type Worded = Readonly<Record<Language, string>>;

/** A place that takes people in, and how to come there from the area. */
export interface AlertShelter {
  /** The municipality's id of it; what a reader there says of itself. */
  readonly id: string;
  readonly name: Worded;
  /** 坂の上の道を通ってください。 Empty: nothing is said. */
  readonly way: Worded;
  /** On foot; null: nothing is said. */
  readonly minutes: number | null;
}

/** Of 1000 x 1000, y down. */
export type MapPoint = readonly [x: number, y: number];

/** A simple map: a few lines and places. */
export type AlertMapFeature =
  | { readonly is: 'road' | 'closed' | 'route'; readonly points: readonly MapPoint[] }
  | { readonly is: 'water' | 'danger'; readonly points: readonly MapPoint[] }
  | { readonly is: 'home' | 'shelter'; readonly at: MapPoint };

export interface Alert {
  /** CAP identifier. */
  readonly id: string;
  /** Code of the municipality (6 digits) and its name. */
  readonly municipality: { readonly code: string; readonly name: string };
  readonly sentAt: string;
  /** Not shown from then on. */
  readonly expiresAt: string;
  readonly level: AlertLevel;
  /** 訓練 */
  readonly drill: boolean;
  /** Ids of the districts it is for. */
  readonly districts: readonly string[];
  /** 汐見川が、あふれそうです。 */
  readonly what: Worded;
  /** Empty at level 5, when it may be too late to go anywhere. */
  readonly shelters: readonly AlertShelter[];
  readonly map: readonly AlertMapFeature[];
}

/** What is drawn now. `over`: 解除, all clear or cancelled, shown until it expires or somebody has read it. */
export interface ActiveAlert extends Alert {
  readonly state: 'active' | 'over';
  /** How often it was updated (延長, raised, lowered). */
  readonly update: number;
  /** The clock was not set when it came: 時刻未確認. */
  readonly timeUnknown: boolean;
}

/** What a terminal knows of alerts, most severe first, then the newest; a drill after everything that is none. */
export interface Alerts {
  now(): readonly ActiveAlert[];
  /** Calls the listener on every change, until the returned function is called. */
  watch(listener: () => void): () => void;
}
