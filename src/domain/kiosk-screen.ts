/** Screens of a kiosk, where a visit begins with a choice and not with a card; the rest is in screen.ts. */

import type { DocumentOption, DocumentType, MoneyEnd } from './municipal-certificate.ts';
import type { Reason } from './reason.ts';

export const KIOSK_SCREENS = [
  /** The kiosk waits: what can be done here? */
  'menu',
  /** One of a few; more by paging. */
  'choose',
  /** Put the card onto the reader and leave it there. */
  'place-card',
  /** Nothing that the person can be asked now: a card is read, the centre works, a device is waited for. */
  'working',
  /** The password of the signing certificate, on a keyboard. */
  'password',
  'password-last-try',
  /** Words that are typed: number of the domicile, kana of the head's names. */
  'text-entry',
  /** The application, before it is signed. */
  'review',
  /** The order in the manner of a counter clerk, before it is paid. */
  'confirm-order',
  'paying',
  'printing',
  'take-paper',
  /** The application was received. */
  'applied',
  /** It ended without what was asked for: why, the card, the money, what now. */
  'ended',
  /** Somebody is still there? It ends soon. */
  'still-there',
] as const;
export type KioskScreenName = (typeof KIOSK_SCREENS)[number];

/** The steps that a person sees on top, in this order. */
export const ORDER_STEPS = ['choose', 'pin', 'confirm', 'pay', 'print', 'take'] as const;
export type OrderStep = (typeof ORDER_STEPS)[number];
export const REGISTRATION_STEPS = ['choose', 'write', 'password', 'review', 'done'] as const;
export type RegistrationStep = (typeof REGISTRATION_STEPS)[number];
export type Progress =
  | { readonly of: 'order'; readonly step: OrderStep }
  | { readonly of: 'registration'; readonly step: RegistrationStep };

/** What can be begun at a kiosk without a card; the status needs a card alone and is offered as words. */
export const ERRANDS = [
  'resident-certificate',
  'family-certificate',
  'registration',
  'status',
] as const;
export type ErrandId = (typeof ERRANDS)[number];

/** What stands beside a choice: open until then, closed for a reason and open again from then (ISO 8601), or nothing. */
export type Openness =
  | { readonly open: true; readonly until: string }
  | { readonly open: false; readonly reason: Reason; readonly from: string | null }
  | null;

/** Words of a choice: the catalogue's, or those of data, with their kana. */
export type ChoiceLabel =
  | { readonly is: 'document'; readonly document: DocumentType }
  | { readonly is: 'option'; readonly option: DocumentOption }
  | { readonly is: 'copies'; readonly copies: number }
  | { readonly is: 'kana-row'; readonly row: string }
  | { readonly is: 'place'; readonly name: string; readonly kana: string };

export interface Choice {
  /** What the key `choose` carries. */
  readonly id: string;
  readonly label: ChoiceLabel;
  /** Yen for one; null: nothing is said of money. */
  readonly fee: number | null;
  readonly openness: Openness;
}

export const CHOICES = [
  'prefecture',
  'kana-row',
  'municipality',
  'town',
  'document',
  'option',
  'copies',
] as const;
export type ChoiceOf = (typeof CHOICES)[number];
/** No more on one screen; the key `more` goes on to the next page, and from the last to the first. */
export const CHOICES_SHOWN_MAX = 6;

export const TEXT_FIELDS = ['domicile-number', 'head-family-kana', 'head-given-kana'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
export type TextProblem = 'empty' | 'not-a-number' | 'too-long';

export interface OrderShown {
  readonly document: DocumentType;
  readonly option: DocumentOption;
  readonly municipality: string;
  readonly copies: number;
  /** Sheets, all copies together; null before it is known. */
  readonly sheets: number | null;
  /** Yen. */
  readonly fee: number;
}

/** What the terminal works at while the person waits. */
export const WORKS = [
  'reading',
  'offers',
  'signing',
  'applying',
  'issuing',
  'checking',
  'settling',
] as const;
export type Work = (typeof WORKS)[number];

/** What the key `choose` carries where somebody wants to correct what is asked: `review`, `confirm-order`. */
export const CORRECT = 'correct';

export type KioskScreenBody =
  | {
      readonly screen: 'menu';
      readonly offline: boolean;
      readonly items: readonly { readonly id: ErrandId; readonly openness: Openness }[];
    }
  | {
      readonly screen: 'choose';
      readonly progress: Progress | null;
      readonly of: ChoiceOf;
      readonly choices: readonly Choice[];
      readonly page: number;
      readonly pages: number;
    }
  | { readonly screen: 'place-card'; readonly progress: Progress; readonly again: Reason | null }
  | { readonly screen: 'working'; readonly progress: Progress | null; readonly at: Work }
  | {
      readonly screen: 'password';
      readonly progress: Progress;
      /** So many characters were typed; they are never shown. */
      readonly length: number;
      readonly result: 'ask' | 'wrong' | 'checking';
      readonly tries: number;
    }
  | { readonly screen: 'password-last-try'; readonly progress?: Progress }
  | {
      readonly screen: 'text-entry';
      readonly progress: Progress;
      readonly field: TextField;
      readonly typed: string;
      readonly max: number;
      readonly problem: TextProblem | null;
    }
  | {
      readonly screen: 'review';
      readonly progress: Progress;
      readonly municipality: string;
      readonly domicile: { readonly town: string; readonly number: string };
      readonly head: { readonly familyKana: string; readonly givenKana: string };
    }
  | {
      readonly screen: 'confirm-order';
      readonly progress: Progress;
      /** Masked. */
      readonly holder: string;
      readonly order: OrderShown;
    }
  | {
      readonly screen: 'paying';
      readonly progress: Progress;
      readonly fee: number;
      /** Yen that were put in so far. */
      readonly inserted: number;
      readonly means: readonly ('cash' | 'e-money')[];
      /** Null: not chosen yet. */
      readonly chosen: 'cash' | 'e-money' | null;
    }
  | {
      readonly screen: 'printing';
      readonly progress: Progress;
      readonly sheets: number;
      readonly done: number;
      /** The first eight digits of the request id, in two groups. */
      readonly request: string;
      /** The printer waits for staff: which fault; null: it prints. */
      readonly held: Reason | null;
    }
  | {
      readonly screen: 'take-paper';
      readonly progress: Progress;
      readonly sheets: number;
      /** Whether the receipt came out, too. */
      readonly receipt: 'printed' | 'owed' | 'none';
    }
  | {
      readonly screen: 'applied';
      readonly progress: Progress;
      readonly municipality: string;
      /** Its number. */
      readonly application: string;
      /** YYYY-MM-DD, a business day. */
      readonly expected: string;
      readonly receipt: 'printed' | 'owed' | 'none';
    }
  | {
      readonly screen: 'ended';
      readonly reason: Reason;
      readonly money: MoneyEnd;
      /** For staff; null before there was a request. */
      readonly request: string | null;
      readonly from: string | null;
    }
  | { readonly screen: 'still-there'; readonly seconds: number };

/** What a kiosk says aloud; readings in src/text/kiosk/readings.ts. What ended is spoken by its reason. */
export const KIOSK_SPEECHES = [
  'menu',
  'choose',
  'place-card',
  'working',
  'password',
  'password-wrong',
  'password-last-try',
  'text-entry',
  'review',
  'confirm-order',
  'paying',
  'printing',
  /** Take the card; the certificate follows. */
  'take-card-then-paper',
  /** Nobody takes the card. */
  'take-card-now',
  'take-paper',
  'applied',
  'still-there',
  /** Somebody comes. */
  'staff-called',
] as const;

/** What each field takes, and how much of it; half-width digits, hiragana and capital letters alone. */
export const TEXT_LIMITS: Readonly<
  Record<TextField, { readonly takes: RegExp; readonly max: number }>
> = {
  'domicile-number': { takes: /^[0-9-]$/u, max: 23 },
  'head-family-kana': { takes: /^[ぁ-ゖー]$/u, max: 30 },
  'head-given-kana': { takes: /^[ぁ-ゖー]$/u, max: 30 },
};

/**
 * `take-card` (screen.ts) at a kiosk says what follows: the paper, or nothing. `urgency` rises while nobody takes it:
 * 1 the sound is louder, 2 the voice calls.
 */
export interface TakeCardAtKiosk {
  readonly follows: 'paper' | 'nothing';
  readonly urgency: 0 | 1 | 2;
  /** Of paper that follows. */
  readonly sheets?: number;
}

/** Keys that only a kiosk has: the next page; 店員を呼ぶ; the small form or the mark of the last kana; e-money or cash by `choose`. */
export const KIOSK_KEY_NAMES = ['more', 'call', 'kana-mark'] as const;
