/**
 * Why a person was not served, or must do something more: one public table.
 *
 * A reason is an expected outcome, never an exception. Its code is part of the product's contract (journal, facts,
 * screens, docs/reasons.md) and is never renamed. The sentence is what the person reads; it always says whether
 * the card is harmed, and what to do next.
 */

/** Who can change the outcome: the person at once, the person elsewhere, or only the staff. */
export type Remedy = 'hold-again' | 'go-elsewhere' | 'staff';

export interface ReasonEntry {
  /** What happened, for the people who run and write the software. */
  readonly cause: string;
  /** What the person reads: cause, harm, next step. */
  readonly ja: string;
  readonly remedy: Remedy;
}

export const REASONS = {
  'not-on-list': {
    cause: 'The certificate is valid, but no row of the entry list has its converted value.',
    ja: '入場の登録が見つかりません。カードは問題ありません。右手の「総合案内」へ、チケットをお持ちください。',
    remedy: 'go-elsewhere',
  },
  'already-entered': {
    cause: 'The row has already been used for an entry; the refusal names when and at which gate.',
    ja: 'このチケットは入場済みです。カードは問題ありません。お心当たりのないときは、係員にお知らせください。',
    remedy: 'staff',
  },
  'ticket-cancelled': {
    cause: 'The organiser cancelled this ticket.',
    ja: 'このチケットは取り消されています。カードは問題ありません。右手の「総合案内」でお確かめください。',
    remedy: 'go-elsewhere',
  },
  'list-missing': {
    cause: 'The terminal has no entry list yet, so it can decide nothing.',
    ja: '入場リストの準備ができていません。カードは問題ありません。係員がご案内します。',
    remedy: 'staff',
  },
  'list-expired': {
    cause: 'The entry list is past the end of its validity, or not yet valid.',
    ja: '入場リストの期限が切れています。カードは問題ありません。係員がご案内します。',
    remedy: 'staff',
  },
  'list-damaged': {
    cause: 'The row of this card does not open with the list key and the certificate.',
    ja: '入場の登録を確かめられませんでした。カードは問題ありません。係員がご案内します。',
    remedy: 'staff',
  },
  'certificate-expired': {
    cause: "The certificate's notAfter has passed (RFC 5280 4.1.2.5).",
    ja: 'カードの電子証明書の有効期限が切れています。市区町村の窓口で更新できます。',
    remedy: 'go-elsewhere',
  },
  'certificate-not-yet-valid': {
    cause: "The certificate's notBefore lies ahead (RFC 5280 4.1.2.5).",
    ja: 'カードの電子証明書は、まだ使えません。カードは問題ありません。有効になる日をお確かめください。',
    remedy: 'go-elsewhere',
  },
  'certificate-revoked': {
    cause: 'The certificate is on the revocation list of the key that issued it (RFC 5280 5).',
    ja: 'カードの電子証明書は失効しています。カードの更新が必要です。市区町村の窓口にお問い合わせください。',
    remedy: 'go-elsewhere',
  },
  'certificate-untrusted': {
    cause:
      'No configured anchor issued the certificate, its signature does not verify, or it has a critical extension that is not understood.',
    ja: 'このカードの電子証明書は、ここでは確かめられません。カードは問題ありません。係員にお知らせください。',
    remedy: 'staff',
  },
  'certificate-not-for-authentication': {
    cause:
      'The certificate is genuine, but not a user-authentication certificate: policy, key usage, extended key usage or basic constraints differ.',
    ja: 'このカードの電子証明書は、入場には使えません。カードは問題ありません。係員にお知らせください。',
    remedy: 'staff',
  },
  'card-not-supported': {
    cause: 'The card has no JPKI application, or one without a user-authentication certificate.',
    ja: 'このカードでは入場できません。マイナンバーカードをかざしてください。',
    remedy: 'hold-again',
  },
  'phone-not-supported': {
    cause: 'The token in the field is a phone, whose certificate opens only with its PIN.',
    ja: 'スマートフォンの電子証明書は、ここでは使えません。マイナンバーカードをかざしてください。',
    remedy: 'hold-again',
  },
  'card-unreadable': {
    cause:
      'The card answered with something that is no answer: mute, wrong lengths, wrong status words, no certificate.',
    ja: 'カードを読み取れませんでした。カードは問題ありません。もう一度かざしてください。',
    remedy: 'hold-again',
  },
  'card-removed': {
    cause: 'The card left the field before it was read, or another card took its place.',
    ja: '読み取りが終わる前に、カードが離れました。音が鳴るまで、もう一度かざしてください。',
    remedy: 'hold-again',
  },
  'possession-not-proved': {
    cause: 'The list asks that the card proves its private key, and it did not.',
    ja: 'カードを確かめられませんでした。カードは問題ありません。係員にお知らせください。',
    remedy: 'staff',
  },
  'receipt-unsettled': {
    cause:
      'The entry stands, but it is not known whether its receipt came out; staff has to say so first.',
    ja: '入場は記録されています。座席券が出たかどうかを係員が確かめます。カードは問題ありません。',
    remedy: 'staff',
  },
  'disk-full': {
    cause: 'The terminal could not keep another fact safely, so it does not serve.',
    ja: 'ただいま使えません。カードは問題ありません。係員がご案内します。',
    remedy: 'staff',
  },
  'reader-lost': {
    cause: 'The card reader, or the service that drives it, is gone.',
    ja: 'ただいま使えません。カードは問題ありません。係員がご案内します。',
    remedy: 'staff',
  },
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof REASONS;
