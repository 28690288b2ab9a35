/**
 * What a terminal shows and what can be pressed there: `Screen` goes out to the browser, `Key` comes back. The browser
 * draws the one and sends the other; it decides nothing.
 *
 * Every machine state that a person can see names its screen in its `meta`, so all screens can be listed, translated,
 * checked and photographed without playing through the stories that lead to them.
 */

import type { CheckId, CheckState } from './check.ts';
import {
  KIOSK_KEY_NAMES,
  KIOSK_SCREENS,
  KIOSK_SPEECHES,
  type KioskScreenBody,
  type Progress,
  type TakeCardAtKiosk,
} from './kiosk-screen.ts';
import type { Language } from './language.ts';
import type { Reason } from './reason.ts';
import type { ColourButton, PageButton } from './remote.ts';
import type { RevocationAdvice } from './revocation.ts';
import { SHELTER_SCREENS, SHELTER_SPEECHES, type ShelterScreenBody } from './shelter-screen.ts';
import type { CaseDecision, CaseResult, CaseShown } from './staff-case.ts';
import { STICK_SCREENS, type StickResult, type StickScreenBody } from './stick-screen.ts';
import {
  TELEVISION_SCREENS,
  TELEVISION_SPEECHES,
  type TelevisionScreenBody,
} from './television-screen.ts';
import type { RingEnd, Told, ToldText } from './told.ts';

export { LANGUAGES, type Language } from './language.ts';

export const SOUND_LEVELS = ['normal', 'loud', 'off'] as const;
/** In the order in which the sound key goes through them. */
export type SoundLevel = (typeof SOUND_LEVELS)[number];

export const SCREENS = [
  /** Hold your card. */
  'waiting',
  /** Keep holding. */
  'hold',
  /** Nothing was decided: hold it again. */
  'again',
  /** Closed ring, the seat inside. */
  'welcome',
  /** You may enter; the paper follows later. */
  'receipt-owed',
  /** Not admitted: the card, why, what now. */
  'refused',
  /** Please take your card. */
  'take-card',
  /** Out of service. */
  'closed',
  /** The person's PIN. */
  'pin',
  /** One more wrong PIN would block it; try all the same? */
  'pin-last-try',
  /** The platform is being asked. */
  'asking',
  /** What a service found. */
  'result',
  /** Staff: who are you? */
  'staff-pin',
  'staff-menu',
  /** A ticket number is typed, to let in somebody without a card or to take an entry back. */
  'staff-ticket',
  /** What is known of that ticket; do it? */
  'staff-confirm',
  /** Why an entry is taken back. */
  'staff-why',
  /** What was done, or why not. */
  'staff-done',
  /** Receipts that are owed or of unknown outcome. */
  'staff-papers',
  /** One of them: did it come out? */
  'staff-paper',
  /** Of a kiosk: what waits for a person. */
  'staff-cases',
  /** One of them: what is known of it, and what can be said. */
  'staff-case',
  /** Why that is said. */
  'staff-case-why',
  /** What is wrong, and what to do. */
  'staff-health',
  /** Nobody has pressed anything for a while: it closes soon. */
  'staff-leaving',
  ...KIOSK_SCREENS,
  ...SHELTER_SCREENS,
  ...STICK_SCREENS,
  ...TELEVISION_SCREENS,
] as const;

export type ScreenName = (typeof SCREENS)[number];

/** Tones of the design language; `hold` and `take` repeat while the screen stays. `alert` comes before a voice. */
export const TONES = ['hold', 'done', 'problem', 'take', 'alert'] as const;
export type Tone = (typeof TONES)[number];

export const KEY_NAMES = [
  'language',
  'sound',
  'staff',
  'character',
  'erase',
  'enter',
  'back',
  'choose',
  'stay',
  'passed',
  'not-passed',
  ...KIOSK_KEY_NAMES,
] as const;
export type KeyName = (typeof KEY_NAMES)[number];

/** What a typed character may be anywhere; what a field of a kiosk takes stands in `TEXT_LIMITS`. */
export const CHARACTER = /^[0-9A-Z-ぁ-ゖー]$/u;
/** What a ticket number is made of, and how much of it. */
export const TICKET_CHARACTER = /^[0-9A-Z-]$/u;
export const TYPED_MAX = 24;

/** What a person pressed. `language` and `sound` may be pressed on every screen, the others where its `keys` name them. */
export type Key =
  | { readonly key: 'language'; readonly language: Language }
  | { readonly key: 'sound' }
  | { readonly key: 'staff' }
  | { readonly key: 'character'; readonly character: string }
  | { readonly key: 'erase' }
  | { readonly key: 'enter' }
  | { readonly key: 'back' }
  /** One of the choices that the screen offers, by its id. */
  | { readonly key: 'choose'; readonly choice: string }
  /** Asked whether somebody is still there: yes. */
  | { readonly key: 'stay' }
  /** The attendant saw whom the gate let in walk through, or did not. */
  | { readonly key: 'passed' }
  | { readonly key: 'not-passed' }
  /** The next page of choices, and the first after the last. */
  | { readonly key: 'more' }
  /** 店員を呼ぶ */
  | { readonly key: 'call' }
  /** The last kana in its next form: つ, っ, づ; は, ば, ぱ. */
  | { readonly key: 'kana-mark' };

/** What is spoken; every one has a reading in every language (src/text/speech.ts). Nothing personal is ever spoken. */
export const SPEECHES = [
  'waiting',
  'hold',
  'again',
  'welcome',
  'welcome-again',
  'receipt-owed',
  'take-card',
  'closed',
  'pin',
  'pin-wrong',
  'pin-last-try',
  'asking',
  'staff-leaving',
  ...KIOSK_SPEECHES,
  ...SHELTER_SPEECHES,
  ...TELEVISION_SPEECHES,
] as const;
/** A refusal is spoken by its reason, what a service found by its text. */
export type Speech = (typeof SPEECHES)[number] | Reason | ToldText;

/** The `meta` of a machine state that a person can see. */
export interface StateMeta {
  readonly screen: ScreenName;
  /** `by-reason`, `by-result`: the answer says it; null: silence on purpose. */
  readonly voice: (typeof SPEECHES)[number] | 'by-reason' | 'by-result' | null;
  readonly tone: Tone | null;
  /** Besides `language` and `sound`. */
  readonly keys: readonly KeyName[];
  /** The delay (a name in the machine's table) after which the state ends by itself; null: it waits, on purpose. */
  readonly timeout: string | null;
  /** What is typed here is a secret: it never enters an event, a context or a journal. */
  readonly secret?: true;
}

/** A moment that is shown: ISO 8601 in UTC. */
type Moment = string;

export interface ListShown {
  readonly issuedAt: Moment;
  readonly age: 'fresh' | 'old' | 'too-old';
}

export interface FirstEntry {
  readonly at: Moment;
  readonly gate: string;
}

export interface CheckShown {
  readonly id: CheckId;
  readonly state: CheckState;
}

export interface PaperShown {
  readonly paper: string;
  readonly ticket: string;
  readonly state: 'owed' | 'unknown';
  readonly since: Moment;
}

/** Staff lets somebody in by ticket number, or takes an entry back. */
export type StaffErrand = 'entry' | 'undo';

export type StaffResult =
  | 'entered'
  | 'already-entered'
  | 'undone'
  | 'nothing-to-undo'
  | 'settled'
  | CaseResult
  | StickResult
  | 'not-recorded';

export const UNDO_REASONS = ['wrong-ticket', 'went-out', 'test', 'other'] as const;
export type UndoReason = (typeof UNDO_REASONS)[number];

/** What the staff's menu can offer; which of them a terminal has follows from its service. */
export const STAFF_ERRANDS = ['entry', 'undo', 'papers', 'cases', 'stick', 'health'] as const;
export type StaffErrandId = (typeof STAFF_ERRANDS)[number];

/** What a card is held for, which its holder has to know before: holding it is their consent. */
export type Purpose =
  | { readonly service: 'event-entry' }
  | { readonly service: 'event-exit' }
  | { readonly service: 'age-check'; readonly age: number; readonly pin: boolean }
  /** Chosen before any card is held. */
  | { readonly service: 'family-register' | 'evacuation-alert' }
  /** Everybody is taken in. */
  | { readonly service: 'evacuation-shelter' };

/** What is on the screen, by its name. */
export type ScreenBody =
  | {
      readonly screen: 'waiting';
      readonly purpose: Purpose;
      readonly list: ListShown | null;
      /** No contact with the platform; entry goes on. */
      readonly offline: boolean;
    }
  | { readonly screen: 'hold' }
  | { readonly screen: 'again'; readonly reason: Reason }
  | {
      readonly screen: 'welcome';
      /** Masked (src/domain/masked-name.ts); null: none is known, or the card is gone. */
      readonly name: string | null;
      readonly seat: string;
      /** A seat ticket is coming out; false: they have theirs already. */
      readonly paper: boolean;
      /** The list is old: staff may want to know. */
      readonly list: ListShown | null;
    }
  | { readonly screen: 'receipt-owed'; readonly seat: string; readonly minutes: number }
  | {
      readonly screen: 'refused';
      readonly reason: Reason;
      /** Of `certificate-revoked`: finer words than the reason's, for this screen alone. */
      readonly advice: RevocationAdvice | null;
      readonly first: FirstEntry | null;
      readonly list: ListShown | null;
    }
  | ({ readonly screen: 'take-card' } & Partial<TakeCardAtKiosk>)
  /** `starting`: it will serve in a moment. */
  | { readonly screen: 'closed'; readonly reason: Reason | 'starting' }
  | {
      readonly screen: 'pin';
      readonly digits: number;
      readonly result: 'ask' | 'wrong' | 'checking';
      /** So many wrong ones in a row does the card still take. */
      readonly tries: number;
      /** At a kiosk. */
      readonly progress?: Progress;
    }
  | { readonly screen: 'pin-last-try'; readonly progress?: Progress }
  | { readonly screen: 'asking' }
  | { readonly screen: 'result'; readonly ring: RingEnd; readonly told: Told }
  | {
      readonly screen: 'staff-pin';
      readonly digits: number;
      readonly result: 'ask' | 'wrong' | 'locked' | 'checking';
      /** Whole seconds until the next try. */
      readonly waitSeconds: number;
    }
  | {
      readonly screen: 'staff-menu';
      readonly by: string;
      readonly errands: readonly StaffErrandId[];
      /** So many papers, or cases of a kiosk, wait for a person. */
      readonly owed: number;
      readonly notWell: number;
    }
  | {
      readonly screen: 'staff-ticket';
      readonly errand: StaffErrand;
      readonly typed: string;
    }
  | {
      readonly screen: 'staff-confirm';
      readonly errand: StaffErrand;
      readonly ticket: string;
      readonly entered: FirstEntry | null;
    }
  | { readonly screen: 'staff-why'; readonly ticket: string }
  | {
      readonly screen: 'staff-done';
      readonly result: StaffResult;
      readonly subject: string;
      readonly first: FirstEntry | null;
    }
  | {
      readonly screen: 'staff-papers';
      /** No more than `PAPERS_SHOWN_MAX`, oldest first; chosen by `paper`. */
      readonly papers: readonly PaperShown[];
      readonly more: number;
    }
  | { readonly screen: 'staff-paper'; readonly paper: PaperShown }
  | {
      readonly screen: 'staff-cases';
      /** No more than `PAPERS_SHOWN_MAX`, the most urgent first; chosen by `idOfCase`. */
      readonly cases: readonly CaseShown[];
      readonly more: number;
    }
  | { readonly screen: 'staff-case'; readonly shown: CaseShown }
  | {
      readonly screen: 'staff-case-why';
      readonly shown: CaseShown;
      readonly decision: CaseDecision;
    }
  | { readonly screen: 'staff-health'; readonly checks: readonly CheckShown[] }
  | { readonly screen: 'staff-leaving'; readonly seconds: number }
  | KioskScreenBody
  | ShelterScreenBody
  | StickScreenBody
  | TelevisionScreenBody;

export const PAPERS_SHOWN_MAX = 4;

/** What every screen has around it. */
export interface ScreenFrame {
  /** Rises with every change; a key names the one on which it was pressed, so that a late key does nothing. */
  readonly number: number;
  readonly language: Language;
  readonly sound: SoundLevel;
  readonly tone: Tone | null;
  /** Path below the page's origin of what is to be said now, or null. Rises in number say it anew only when it differs. */
  readonly speech: string | null;
  /** What may be pressed here, besides `language` and `sound`. */
  readonly keys: readonly KeyName[];
  /** Staff of the shop was called from here and is on its way. */
  readonly called: boolean;
  readonly place: {
    /** The event; empty before there is a list. */
    readonly title: string;
    /** How people call this gate. */
    readonly gate: string;
    readonly startsAt: Moment | null;
  };
  /** Which way to help from here, as the operator configured it; null: the catalogue's general words. */
  readonly ways: {
    readonly information: string | null;
    readonly otherGate: string | null;
  };
  /** What the colours of a remote control press here. */
  readonly colours: Readonly<Partial<Record<ColourButton, Key>>>;
  readonly look: {
    readonly profile: 'small' | 'kiosk' | 'tv';
    /** The edge of the screen nearest the reader. */
    readonly reader: 'down' | 'right' | 'left' | 'up';
  };
}

export type Screen = ScreenFrame & ScreenBody;

/** The subprotocol of the screen's websocket; the token of the page is offered beside it as `token.<token>`. */
export const SCREEN_PROTOCOL = 'kazasu.screen.v1';
/** The daemon says something at least this often. */
export const BEAT_MS = 1_000;
/** A browser that heard nothing for so long shows nothing of anybody any more. */
export const SILENCE_MS_MAX = 3_000;

/** To the browser. */
export type ToBrowser =
  | { readonly type: 'screen'; readonly screen: Screen }
  | { readonly type: 'beat' }
  /** Pressed on a remote control; the page does what it does for that key of a keyboard. */
  | { readonly type: 'button'; readonly button: PageButton };

/** From the browser; `number` is the screen's. */
export interface FromBrowser {
  readonly type: 'key';
  readonly number: number;
  readonly key: Key;
}

/** Websocket close codes of ours (RFC 6455 7.4.2: 4000-4999 are for applications). */
export const SCREEN_CLOSED = { anotherBrowser: 4001, badFrame: 4002 } as const;
