/** Every sentence of a television's screens; catalogue.ts has those of all terminals, and the rules. */

import type { AlertLevel } from '../../domain/alert.ts';
import type { AlertAnswer } from '../../domain/evacuation.ts';
import type { Reason } from '../../domain/reason.ts';
import type { PersonStanding } from '../../domain/television-screen.ts';
import type { ReasonText } from '../reason-text.ts';

interface Headed {
  readonly title: string;
  readonly body: string;
}

export interface TelevisionTexts {
  /** Words of the remote control's keys, and what they do here. */
  readonly keys: {
    readonly arrows: string;
    readonly ok: string;
    readonly language: string;
    readonly back: string;
    readonly goOn: string;
    readonly close: string;
    /** The colour that stands on the key. */
    readonly colours: Readonly<Record<'blue' | 'green' | 'red' | 'yellow', string>>;
  };
  readonly level: (given: { readonly level: number }) => string;
  readonly home: {
    readonly people: string;
    readonly link: string;
    readonly sample: string;
    readonly guests: string;
    readonly guestsHere: string;
    readonly nobody: Headed;
    readonly calls: Headed;
    readonly masked: string;
    readonly offline: string;
    readonly count: (given: { readonly count: number }) => string;
  };
  /** In place of a name that can't be read now. */
  readonly somebody: string;
  readonly people: Headed & { readonly none: string };
  readonly consent: Headed & {
    readonly calls: (given: { readonly municipality: string }) => string;
    readonly heard: string;
    readonly shown: string;
    readonly ends: string;
    readonly pin: string;
    readonly go: string;
  };
  readonly placeCard: Headed & { readonly again: string; readonly note: string };
  /** While an alert waits. */
  readonly stillThere: {
    readonly title: string;
    readonly body: (given: { readonly seconds: number }) => string;
    readonly stay: string;
    readonly alert: string;
  };
  readonly linked: Readonly<Record<'linked' | 'unlinked' | 'where' | 'where-ended', Headed>>;
  readonly unlink: Headed & {
    readonly go: string;
    readonly keep: string;
    /** Keys, and what stands now; `day` as a calendar says it. */
    readonly where: string;
    readonly whereAgain: string;
    readonly whereEnd: string;
    readonly whereUntil: (given: { readonly day: string }) => string;
  };
  /** 避難先を出す: what it means, before the card agrees. */
  readonly where: {
    readonly title: string;
    readonly shown: string;
    readonly everybody: string;
    readonly until: (given: { readonly day: string }) => string;
    readonly ends: string;
    readonly mayNot: string;
    readonly go: string;
  };
  readonly alert: {
    /** Beside the figure of the level. */
    readonly word: string;
    readonly drill: string;
    readonly names: Readonly<Record<AlertLevel, string>>;
    /** The one thing to do. */
    readonly call: Readonly<Record<AlertLevel, string>>;
    /** To these people by name; `names` already joined. */
    readonly to: (given: { readonly names: string }) => string;
    /** Where nothing says what to do besides. */
    readonly besides: Readonly<Record<AlertLevel, string>>;
    readonly toShelter: (given: { readonly shelter: string }) => string;
    readonly minutes: (given: { readonly minutes: number }) => string;
    readonly or: (given: { readonly shelters: string }) => string;
    readonly issued: (given: { readonly time: string }) => string;
    readonly changed: (given: { readonly time: string }) => string;
    readonly timeUnknown: string;
    readonly reminders: Readonly<Record<'fire' | 'breaker' | 'medicine' | 'bag', string>>;
    readonly answers: Readonly<Record<AlertAnswer, string>>;
    /** In place of `leaving` at level 5. */
    readonly movingUp: string;
    readonly states: Readonly<Record<PersonStanding, string>>;
    /** In place of `safe`. */
    readonly safeAt: (given: { readonly shelter: string }) => string;
    /** For screen readers. */
    readonly peopleLabel: string;
    readonly answersLabel: string;
    readonly undo: string;
    readonly answered: (given: { readonly name: string; readonly answer: string }) => string;
    readonly lost: string;
    readonly more: (given: { readonly count: number }) => string;
    readonly seen: string;
    readonly map: {
      readonly label: string;
      readonly here: string;
      readonly closed: string;
      readonly danger: string;
    };
    readonly safe: Headed;
    readonly over: Headed & { readonly name: string; readonly go: string };
    readonly sample: Headed & { readonly name: string };
  };
}

/** Reasons that only a television has. */
export type TelevisionReason = Extract<
  Reason,
  'not-in-register' | 'link-not-kept' | 'television-full'
>;
export type TelevisionReasons = Readonly<Record<TelevisionReason, ReasonText>>;
