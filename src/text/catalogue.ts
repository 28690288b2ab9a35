/**
 * Every sentence that a person reads on a screen, by language. A catalogue that lacks one, or a sentence that is not
 * given what it mentions, does not compile.
 *
 * Text may carry ruby as `漢字《かんじ》`; the screen draws it (kiosk-ui/look/ruby.tsx), `plain` takes it away.
 * A line is broken by the layout, never in the text.
 */

import type { CheckId, CheckState } from '../domain/check.ts';
import type { Reason } from '../domain/reason.ts';
import type { RevocationAdvice } from '../domain/revocation.ts';
import type { Language, StaffErrand, StaffResult, UndoReason } from '../domain/screen.ts';
import type { CaseResult } from '../domain/staff-case.ts';
import type { StickResult } from '../domain/stick-screen.ts';
import type { Tellings, ToldText } from '../domain/told.ts';
import type { KioskTexts } from './kiosk/words.ts';
import type { ReasonText } from './reason-text.ts';
import type { ShelterTexts } from './shelter/words.ts';
import type { StickTexts } from './stick/words.ts';
import type { TelevisionTexts } from './television/words.ts';

export interface Catalogue {
  /** Names of the languages, each in itself. */
  readonly languages: Readonly<Record<Language, string>>;
  readonly bar: {
    /** Label of the group of language keys, for screen readers. */
    readonly languages: string;
    readonly sound: Readonly<Record<'normal' | 'loud' | 'off', string>>;
    /** e.g. 17:00 開演 */
    readonly starts: (given: { readonly time: string }) => string;
    readonly staff: string;
  };
  /** Shown when the daemon is silent or another browser has this screen. */
  readonly silent: { readonly title: string; readonly body: string };
  readonly elsewhere: { readonly title: string; readonly body: string };

  readonly waiting: {
    readonly title: string;
    /** Where to hold which card. */
    readonly body: string;
    readonly note: string;
    /** Beside the arrow that points at the reader. */
    readonly here: Readonly<Record<'down' | 'right' | 'left' | 'up', string>>;
    readonly offline: string;
    readonly list: (given: { readonly time: string }) => string;
    readonly oldList: (given: { readonly time: string }) => string;
  };
  readonly hold: { readonly title: string; readonly body: string };
  readonly again: {
    readonly title: string;
    /** The reason's `why` as a sentence of its own. */
    readonly body: (given: { readonly why: string }) => string;
    readonly note: string;
  };
  readonly welcome: {
    readonly title: string;
    /** e.g. 佐＊ 花＊ 様 */
    readonly name: (given: { readonly name: string }) => string;
    readonly body: string;
    /** Instead, to who has their seat ticket already. */
    readonly hasPaper: string;
  };
  /** The attendant's keys: whether the person walked through. */
  readonly passage: { readonly passed: string; readonly notPassed: string };
  readonly receiptOwed: {
    readonly title: string;
    readonly owed: string;
    readonly body: (given: { readonly minutes: number }) => string;
  };
  readonly refused: {
    /** The three questions: the card, why, what now. */
    readonly card: string;
    readonly why: string;
    readonly next: string;
    /** 14:05 のリストで確認 */
    readonly checkedWith: (given: { readonly time: string }) => string;
    readonly first: (given: { readonly time: string; readonly gate: string }) => string;
  };
  readonly takeCard: { readonly title: string; readonly body: string };
  readonly closed: {
    readonly title: string;
    readonly card: string;
    /** Why, and what now, when it will serve in a moment. */
    readonly starting: string;
    readonly wait: string;
    /** What now, when it will not: to the gate that the operator named, or else this. */
    readonly next: (given: { readonly otherGate: string }) => string;
    readonly otherGate: string;
  };
  /** Before a card is held for a service: what holding it does, and whether there is a PIN. */
  readonly ageCheck: {
    readonly purpose: (given: { readonly age: number }) => string;
    readonly pin: string;
    readonly noPin: string;
  };
  /** At an exit gate. */
  readonly exit: { readonly purpose: string; readonly note: string };
  /** The pad of the card's own PIN. */
  readonly pin: {
    readonly title: string;
    readonly body: string;
    readonly wrong: string;
    readonly tries: (given: { readonly tries: number }) => string;
    readonly checking: string;
    readonly stop: string;
  };
  readonly pinLastTry: {
    readonly title: string;
    readonly body: string;
    readonly note: string;
    readonly go: string;
  };
  readonly asking: { readonly title: string; readonly body: string };
  /** What services found. */
  readonly told: {
    readonly [Text in ToldText]: {
      readonly title: string;
      readonly body: (given: Tellings[Text]) => string;
    };
  };
  /** What `refused`, `again` and `closed` say of a reason. */
  readonly reasons: Readonly<Record<Reason, ReasonText>>;
  /** Instead of what `reasons` says of `certificate-revoked`, where more is known; never what happened to the person. */
  readonly revoked: Readonly<Record<RevocationAdvice, ReasonText>>;
  /** How people call the place of help, when the operator has no words for it. */
  readonly information: string;
  /** What a kiosk says besides. */
  readonly kiosk: KioskTexts;
  /** What a shelter says besides. */
  readonly shelter: ShelterTexts;
  /** What a television says besides. */
  readonly television: TelevisionTexts;
  /** What is said of a stick that brings something; to staff alone. */
  readonly stick: StickTexts;

  readonly staff: {
    readonly keys: {
      readonly enter: string;
      readonly erase: string;
      readonly back: string;
      readonly close: string;
      readonly stay: string;
      readonly digits: string;
      readonly letters: string;
    };
    readonly pin: {
      readonly title: string;
      readonly body: string;
      /** For screen readers: how many are typed. */
      readonly typed: (given: { readonly digits: number }) => string;
      readonly wrong: string;
      readonly locked: (given: { readonly seconds: number }) => string;
      readonly checking: string;
    };
    readonly menu: {
      readonly title: string;
      readonly by: (given: { readonly by: string }) => string;
      readonly entry: string;
      readonly undo: string;
      readonly papers: (given: { readonly count: number }) => string;
      readonly health: (given: { readonly count: number }) => string;
    };
    readonly ticket: Readonly<
      Record<StaffErrand, { readonly title: string; readonly body: string }>
    >;
    readonly confirm: Readonly<
      Record<
        StaffErrand,
        {
          readonly title: string;
          /** When the ticket is not in the wanted state. */
          readonly warning: string;
          readonly go: string;
        }
      >
    > & {
      readonly ticket: (given: { readonly ticket: string }) => string;
      readonly entered: (given: { readonly time: string; readonly gate: string }) => string;
      readonly notEntered: string;
      /** A ticket number can't be checked here: rows open with their card alone. */
      readonly unchecked: string;
    };
    readonly why: { readonly title: string } & Readonly<Record<UndoReason, string>>;
    readonly done: Readonly<
      Record<
        Exclude<StaffResult, CaseResult | StickResult>,
        { readonly title: string; readonly body: string }
      >
    >;
    readonly papers: {
      readonly title: string;
      readonly none: string;
      readonly more: (given: { readonly count: number }) => string;
      readonly owed: string;
      readonly unknown: string;
      readonly since: (given: { readonly time: string }) => string;
    };
    readonly paper: {
      readonly title: string;
      readonly owed: string;
      readonly unknown: string;
      readonly printed: string;
      readonly notPrinted: string;
    };
    readonly health: {
      readonly title: string;
      readonly allWell: string;
      readonly states: Readonly<Record<CheckState, string>>;
    };
    readonly checks: Readonly<
      Record<CheckId, { readonly name: string /** When not well. */; readonly remedy: string }>
    >;
    readonly leaving: {
      readonly title: string;
      readonly body: (given: { readonly seconds: number }) => string;
    };
  };
}

/** What plain services say, apart from what every terminal does. */
export type ServiceTexts = Pick<
  Catalogue,
  'ageCheck' | 'exit' | 'pin' | 'pinLastTry' | 'asking' | 'told'
>;
export type ServiceReasons = Readonly<
  Record<Extract<Reason, 'pin-blocked' | 'release-lost' | `platform-${string}`>, ReasonText>
>;
