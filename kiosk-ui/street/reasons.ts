/** Why somebody was not admitted, in a few words: what the gate itself says stands on its own screen. */

import type { Words } from '../../platform-sim/street/messages.ts';
import type { Reason } from '../../src/domain/reason.ts';

const REASONS_SHORT: Readonly<Record<Reason, Words>> = {
  'release-lost': { ja: '機械がつながっていない', en: 'machine not connected' },
  'pin-blocked': { ja: '暗証番号が使えない', en: 'PIN blocked' },
  'platform-offline': { ja: '通信が止まっている', en: 'no connection' },
  'platform-slow': { ja: '返事が遅い', en: 'no answer in time' },
  'platform-refused': { ja: '返事がない', en: 'no answer' },
  'not-on-list': { ja: 'リストにない', en: 'not on the list' },
  'already-entered': { ja: '入場済み', en: 'entered already' },
  'ticket-cancelled': { ja: '取り消された券', en: 'ticket cancelled' },
  'list-missing': { ja: 'リストがない', en: 'no list' },
  'trust-missing': { ja: '確認の情報がない', en: 'no authorities' },
  'list-expired': { ja: 'リストの期限切れ', en: 'list expired' },
  'list-damaged': { ja: 'リストが読めない', en: 'list damaged' },
  'certificate-expired': { ja: '期限切れ', en: 'expired' },
  'certificate-not-yet-valid': { ja: 'まだ使えない', en: 'not valid yet' },
  'certificate-revoked': { ja: '失効している', en: 'revoked' },
  'certificate-untrusted': { ja: '確かめられない', en: 'cannot be verified' },
  'certificate-not-for-authentication': { ja: '入場用でない', en: 'not for entry' },
  'revocation-unknown': { ja: '失効リストが古い', en: 'no revocation list' },
  'card-not-supported': { ja: '使えないカード', en: 'another kind of card' },
  'phone-not-supported': { ja: 'スマホは使えない', en: 'phones do not work yet' },
  'card-unreadable': { ja: '読めなかった', en: 'not readable' },
  'card-removed': { ja: '早く離れた', en: 'pulled early' },
  'possession-not-proved': { ja: '本人のカードか不明', en: 'not proved' },
  'assurance-out-of-reach': { ja: '確認の準備がない', en: 'cannot be proved here' },
  'receipt-unsettled': { ja: '券を確かめ中', en: 'paper unsettled' },
  'disk-full': { ja: 'ディスク満杯', en: 'disk full' },
  'reader-lost': { ja: '読み取り機なし', en: 'no reader' },
};

/** A reason that is not in the table is shown as the code that it is. */
export function reasonInWords(reason: string, language: keyof Words): string {
  const words = (REASONS_SHORT as Readonly<Record<string, Words>>)[reason];
  return words?.[language] ?? reason;
}
