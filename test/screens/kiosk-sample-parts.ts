/** What the samples of a kiosk's screens are made of. */

import {
  CHOICES_SHOWN_MAX,
  type Choice,
  type ChoiceLabel,
  type OrderStep,
  type Progress,
  type RegistrationStep,
} from '../../src/domain/kiosk-screen.ts';
import { REASONS, type Reason } from '../../src/domain/reason.ts';
import { KIOSK_REASONS } from '../../src/text/kiosk/ja-reasons.ts';

/** 17:00 and 23:00 in Japan, and nine o'clock on the next working day. */
export const AFTERNOON = '2026-11-25T08:00:00Z';
export const NIGHT = '2026-11-25T14:00:00Z';
export const TOMORROW = '2026-11-26T00:00:00Z';
export const DAY = '2026-12-02';
export const REQUEST = '4F2A-90C1';

/** A kiosk's own, and the longest of the others. */
export const ENDINGS = [
  ...(Object.keys(REASONS) as Reason[]).filter((reason) => Object.hasOwn(KIOSK_REASONS, reason)),
  'certificate-revoked',
  'pin-blocked',
  'platform-slow',
] as const;
/** Whose titles need most room, in one language or another. */
export const LONG_REASONS = [
  'municipality-not-taking-part',
  'registration-refused',
  'character-not-covered',
] as const;
export const order = (step: OrderStep): Progress => ({ of: 'order', step });
export const registration = (step: RegistrationStep): Progress => ({ of: 'registration', step });

export const open = (until: string) => ({ open: true, until }) as const;
export const closed = (reason: Reason, from: string | null) =>
  ({ open: false, reason, from }) as const;

export function choices(
  labels: readonly ChoiceLabel[],
  given: Partial<Omit<Choice, 'id' | 'label'>> = {},
): Choice[] {
  const about = { fee: null, openness: null, ...given };
  return labels
    .slice(0, CHOICES_SHOWN_MAX)
    .map((label, at) => ({ id: `choice-${at}`, label, ...about }));
}

export const place = (name: string, kana: string): ChoiceLabel => ({ is: 'place', name, kana });
export const MUNICIPALITIES = [
  place('鷹ノ沢町', 'たかのさわちょう'),
  place('汐見市', 'しおみし'),
  place('風待村', 'かぜまちむら'),
  place('かざす市', 'かざすし'),
  place('燈ヶ浜市', 'ひがはまし'),
  place('北雪町', 'ほくせつちょう'),
];
export const LONG_PLACE = place(
  '大字北鷹ノ沢字上一ノ沢向甲',
  'おおあざきたたかのさわあざかみいちのさわむかいこう',
);
export const KANA_ROWS = ['あ', 'か', 'さ', 'た', 'な', 'は', 'ま', 'や', 'ら', 'わ'];

export const ORDER = {
  document: 'family-register-individual',
  option: 'plain',
  municipality: '鷹ノ沢町',
  copies: 1,
  sheets: 2,
  fee: 450,
} as const;
export const LARGE_ORDER = {
  document: 'resident-record',
  option: 'household-with-domicile',
  municipality: '大字北鷹ノ沢村連合市',
  copies: 5,
  sheets: 40,
  fee: 12_500,
} as const;
