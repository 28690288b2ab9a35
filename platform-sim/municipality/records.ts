/** What stands in the registers of a municipality: family registers (戸籍) and residents' records (住民票). */

import type { CentreRefusal } from '../../src/link/certificate-protocol.ts';

/** One event, as the computerised form writes it: 【出生日】平成二年四月一日 and so on. */
export interface RegisterEntry {
  readonly title: string;
  readonly lines: readonly (readonly [label: string, text: string])[];
}

/** Where somebody lived, in the order of moving there. */
export interface FormerAddress {
  readonly address: string;
  /** YYYY-MM-DD */
  readonly since: string;
}

/** A person recorded in a family register (戸籍に記録されている者). */
export interface FamilyMember {
  /** Of the whole simulation. */
  readonly id: string;
  readonly given: string;
  /** YYYY-MM-DD */
  readonly born: string;
  readonly father: string;
  readonly mother: string;
  readonly relation: string;
  /** No longer of this family (除籍): by death, marriage and the like. */
  readonly removed: boolean;
  readonly entries: readonly RegisterEntry[];
  readonly addresses: readonly FormerAddress[];
}

export interface FamilyRegister {
  readonly municipality: string;
  readonly town: string;
  /** As in 12 or 12-3. */
  readonly number: string;
  /** The head (筆頭者), whose family name is that of all its members. */
  readonly head: {
    readonly family: string;
    readonly given: string;
    /** Hiragana. */
    readonly familyKana: string;
    readonly givenKana: string;
  };
  /** What happened to the register as a whole (戸籍事項). */
  readonly entries: readonly RegisterEntry[];
  readonly members: readonly FamilyMember[];
  /** A notification is being entered: nothing is issued until it stands. */
  readonly filing: boolean;
}

export interface TaxYear {
  /** Yen. */
  readonly income: number;
  readonly deductions: number;
  readonly cityTax: number;
  readonly prefectureTax: number;
}

/** A member of a household. */
export interface HouseholdMember {
  /** Of the whole simulation. */
  readonly id: string;
  readonly name: string;
  /** Katakana. */
  readonly kana: string;
  /** YYYY-MM-DD */
  readonly born: string;
  readonly gender: '男' | '女';
  readonly relation: string;
  /** YYYY-MM-DD: since when a resident of the municipality. */
  readonly since: string;
  readonly domicile: string;
  readonly domicileHead: string;
  /** Null: none is registered. `on`: YYYY-MM-DD. */
  readonly seal: { readonly number: string; readonly on: string } | null;
  readonly tax: TaxYear;
  /** Why nothing is issued to this person at a kiosk, if so. */
  readonly standing: Extract<
    CentreRefusal,
    'moving-out' | 'counter-only' | 'holder-deceased' | 'card-too-new'
  > | null;
}

export interface Household {
  readonly municipality: string;
  readonly address: string;
  readonly head: string;
  readonly members: readonly HouseholdMember[];
}
