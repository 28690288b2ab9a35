/** Every sentence of a kiosk's screens; catalogue.ts has those of all terminals, and the rules. */

import type {
  ChoiceOf,
  ErrandId,
  OrderStep,
  RegistrationStep,
  TextField,
  TextProblem,
  Work,
} from '../../domain/kiosk-screen.ts';
import type { DocumentOption, DocumentType, MoneyEnd } from '../../domain/municipal-certificate.ts';
import type { Reason } from '../../domain/reason.ts';
import type { ReasonText } from '../reason-text.ts';
import type { KioskStaffTexts } from './staff-words.ts';

interface Headed {
  readonly title: string;
  readonly body: string;
}

export interface KioskTexts {
  /** Nobody else reads these. */
  readonly staff: KioskStaffTexts;
  readonly keys: {
    readonly call: string;
    readonly back: string;
    readonly stop: string;
    readonly more: string;
    readonly next: string;
    readonly correct: string;
  };
  /** Instead of the key `call`, after it was pressed. */
  readonly called: string;
  /** Beside the ring while the card has to stay. */
  readonly cardStays: string;
  /** `amount`: digits with their separators. */
  readonly yen: (given: { readonly amount: string }) => string;
  readonly sheets: (given: { readonly sheets: number }) => string;
  readonly municipality: string;
  readonly receipt: Readonly<Record<'printed' | 'owed', string>>;
  /** For the staff who look it up. */
  readonly request: (given: { readonly request: string }) => string;
  readonly steps: {
    /** Name of the list, for screen readers. */
    readonly label: string;
    /** Added to a step that is over, for screen readers. */
    readonly past: string;
    readonly order: Readonly<Record<OrderStep, string>>;
    readonly registration: Readonly<Record<RegistrationStep, string>>;
  };
  /** A moment from today's point of view; `time` is of the clock, `day` of the calendar. */
  readonly days: {
    readonly today: (given: { readonly time: string }) => string;
    readonly tomorrow: (given: { readonly time: string }) => string;
    readonly on: (given: { readonly day: string; readonly time: string }) => string;
  };
  readonly openness: {
    readonly until: (given: { readonly time: string }) => string;
    readonly from: (given: { readonly when: string }) => string;
  };
  readonly menu: Headed & {
    readonly offline: string;
    readonly errands: Readonly<
      Record<ErrandId, { readonly title: string; readonly about: string }>
    >;
  };
  readonly choose: Readonly<Record<ChoiceOf, Headed>> & {
    readonly pages: (given: { readonly page: number; readonly pages: number }) => string;
  };
  readonly choices: {
    readonly documents: Readonly<Record<DocumentType, string>>;
    readonly options: Readonly<Record<DocumentOption, string>>;
    readonly copies: (given: { readonly copies: number }) => string;
    /** `row`: its kana. */
    readonly kanaRow: (given: { readonly row: string }) => string;
  };
  readonly placeCard: Headed & { readonly note: string; readonly again: string };
  readonly working: Readonly<Record<Work, Headed>>;
  readonly pin: Headed & {
    readonly wrong: string;
    /** Above `tries`. */
    readonly left: string;
    readonly tries: (given: { readonly tries: number }) => string;
    readonly secret: string;
  };
  readonly password: Headed & {
    readonly wrong: string;
    readonly checking: string;
    readonly typed: (given: { readonly characters: number }) => string;
  };
  readonly passwordLastTry: Headed & { readonly note: string; readonly go: string };
  readonly textEntry: Readonly<Record<TextField, Headed>> & {
    readonly problems: Readonly<Record<TextProblem, string>>;
    readonly mark: string;
    /** Of the keyboard, for screen readers. */
    readonly keyboard: string;
  };
  readonly review: Headed & {
    readonly domicile: string;
    readonly head: string;
    readonly go: string;
  };
  readonly confirm: {
    readonly title: string;
    readonly whose: string;
    readonly document: string;
    readonly kind: string;
    readonly copies: string;
    readonly fee: string;
    readonly warning: string;
    readonly go: (given: { readonly fee: string }) => string;
    readonly free: string;
  };
  readonly paying: {
    readonly choose: Headed;
    readonly cash: Headed & { readonly name: string };
    readonly 'e-money': Headed & { readonly name: string };
    readonly fee: string;
    readonly inserted: string;
    readonly missing: string;
  };
  readonly printing: Headed & {
    readonly sheet: (given: { readonly number: number }) => string;
    readonly done: string;
    readonly now: string;
    readonly waits: string;
    readonly held: string;
    readonly count: (given: { readonly done: number; readonly sheets: number }) => string;
  };
  readonly takeCard: {
    readonly paper: Headed;
    readonly nothing: Headed;
    /** While nobody takes it. */
    readonly urgent: string;
    readonly slots: {
      readonly card: string;
      readonly now: string;
      readonly paper: string;
      readonly after: string;
      readonly receipt: string;
    };
  };
  readonly takePaper: Headed & { readonly end: string };
  readonly applied: Headed & {
    readonly number: string;
    readonly expected: string;
    readonly status: string;
  };
  readonly ended: { readonly money: string } & Readonly<Record<MoneyEnd, string>>;
  readonly stillThere: {
    readonly title: string;
    readonly body: (given: { readonly seconds: number }) => string;
  };
}

/** Reasons that a kiosk and the certificate centre have; the rest are every terminal's. */
export type KioskReason = Extract<
  Reason,
  | 'outside-hours'
  | 'maintenance'
  | 'year-end'
  | 'municipality-not-taking-part'
  | `registration-${string}`
  | 'under-fifteen'
  | 'moving-out'
  | 'counter-only'
  | 'holder-deceased'
  | 'filing-in-progress'
  | 'card-too-new'
  | 'character-not-covered'
  | 'name-too-long'
  | 'not-recorded-there'
  | 'certificate-not-valid'
  | 'already-registered'
  | 'application-refused'
  | `centre-${string}`
  | `document-${string}`
  | 'kiosk-stopped'
  | `payment-${string}`
  | `page-${string}`
  | 'printing-unknown'
  | 'order-cancelled'
  | 'card-left-behind'
  | 'no-signing-certificate'
  | 'password-blocked'
  | 'topology-differs'
>;
export type KioskReasons = Readonly<Record<KioskReason, ReasonText>>;
