/**
 * Certificates that municipalities issue (証明書), asked for at a kiosk: what kinds there are, what stands in an order,
 * and what a kiosk says of money. Pure words; the wire is src/link/certificate-protocol.ts.
 */

export const DOCUMENTS = [
  /** 戸籍全部事項証明書: the whole family register. */
  'family-register-full',
  /** 戸籍個人事項証明書: one person's part of it. */
  'family-register-individual',
  /** 戸籍の附票の写し: where the persons of a register have lived. */
  'family-register-addresses',
  /** 身分証明書: that somebody is not under guardianship, and the like. */
  'civil-status',
  /** 住民票の写し */
  'resident-record',
  /** 印鑑登録証明書 */
  'seal-registration',
  /** 課税証明書 */
  'taxation',
] as const;
export type DocumentType = (typeof DOCUMENTS)[number];

/** Asked of the municipality of the registered domicile (本籍地); the others of the municipality where one lives. */
export const OF_THE_DOMICILE: ReadonlySet<DocumentType> = new Set([
  'family-register-full',
  'family-register-individual',
  'family-register-addresses',
  'civil-status',
]);

/** What can be chosen of a document, one of them; `plain` where there is nothing to choose. */
export const DOCUMENT_OPTIONS = [
  'plain',
  /** 住民票: myself, or the whole household; with or without the registered domicile. */
  'self',
  'self-with-domicile',
  'household',
  'household-with-domicile',
  /** 課税: this fiscal year's, or that of the year before. */
  'this-year',
  'last-year',
] as const;
export type DocumentOption = (typeof DOCUMENT_OPTIONS)[number];

export const COPIES_MAX = 5;
/** Of one order, all copies together. */
export const SHEETS_MAX = 40;

/** A municipality, as people and machines know it. */
export interface Municipality {
  /** 全国地方公共団体コード, six digits; those of the simulation begin with 99. */
  readonly code: string;
  readonly name: string;
}

export interface Order {
  readonly document: DocumentType;
  readonly municipality: Municipality;
  readonly option: DocumentOption;
  readonly copies: number;
  /** Yen, all copies together. */
  readonly fee: number;
}

/** What the terminal says of the money when an order did not end with paper. */
export const MONEY_ENDS = ['nothing-charged', 'returned', 'charged', 'asked'] as const;
/** `asked`: it can't be known; staff finds out. */
export type MoneyEnd = (typeof MONEY_ENDS)[number];

/** Where an application for usage registration (利用登録) stands. */
export type RegistrationState = 'none' | 'pending' | 'accepted' | 'refused';

/** A name as it is written, and its reading in hiragana, by which it is found. */
export interface ReadableName {
  readonly name: string;
  readonly kana: string;
}

/** A municipality as a kiosk lists it for whoever looks for the town of their family register. */
export interface ListedMunicipality extends Municipality, ReadableName {
  readonly prefecture: string;
  /** Where a registered domicile can be. */
  readonly towns: readonly ReadableName[];
  /** Whether family-register certificates of it can be had at kiosks at all. */
  readonly takesPart: boolean;
}

/** What is typed for an application, as it is sent. */
export interface RegistrationForm {
  /** Its code. */
  readonly municipality: string;
  readonly domicile: { readonly town: string; readonly number: string };
  readonly head: { readonly familyKana: string; readonly givenKana: string };
}
