/** What a screen is made of, before it is drawn, and what its drawing needs. */

import type { ComponentChildren } from 'preact';
import type { Progress } from '../../src/domain/kiosk-screen.ts';
import type { Key, KeyName, Language, Screen, ScreenName } from '../../src/domain/screen.ts';
import type { Catalogue } from '../../src/text/catalogue.ts';
import type { MaruState } from '../look/maru.tsx';

/** One of the screens, with what is around it. */
export type ScreenOf<Name extends ScreenName> = Extract<Screen, { readonly screen: Name }>;

export interface Hand {
  readonly language: Language;
  readonly sound: Screen['sound'];
  /** The edge of the screen nearest the card reader. */
  readonly reader: Screen['look']['reader'];
  readonly text: Catalogue;
  readonly ways: Screen['ways'];
  readonly press: (key: Key) => void;
  /** Whether this screen offers the key. */
  readonly offers: (key: KeyName) => boolean;
}

/**
 * `call`: a large ring and one sentence; `tell`: a small ring and what there is to say; `work`: words beside, or above,
 * what is pressed; `letters`: `work` with more keys than fit beside words; `family`: a ring each,
 * below the words. At a kiosk: `list` of choices, `type` with a
 * pad or a keyboard, `show` with a large ring, `slip` with what is asked or told. `tv`: the view draws the whole screen, on
 * which nothing but the television's own is seen.
 */
export type Layout =
  | 'call'
  | 'tell'
  | 'work'
  | 'letters'
  | 'family'
  | 'tv'
  | `kiosk-${'list' | 'type' | 'show' | 'slip'}`;

export interface View {
  readonly layout: Layout;
  /** On top; null or absent: there is no way to show. */
  readonly progress?: Progress | null;
  readonly ring: {
    readonly state: MaruState;
    /** Stands in the ring instead of the card. */
    readonly inside?: ComponentChildren;
    /** No thread: neither card nor reader has to do with it. */
    readonly alone?: boolean;
  } | null;
  /** Whether it points at the reader. */
  readonly here?: boolean;
  /** May carry ruby. */
  readonly title: string;
  readonly titleSize?: 'shout' | 'head';
  /** The whole screen, where it has neither the frame nor the stage of the others. */
  readonly whole?: ComponentChildren;
  /** Default: the profile's. */
  readonly theme?: 'light' | 'dark';
  /** It has a key for staff among its own, and none in the corner. */
  readonly ownStaffKey?: boolean;
  /** Above the title. */
  readonly before?: ComponentChildren;
  readonly words?: ComponentChildren;
  readonly hands?: ComponentChildren;
  /** The ways out. */
  readonly foot?: ComponentChildren;
}

export type Draw<Name extends ScreenName> = (screen: ScreenOf<Name>, hand: Hand) => View;
