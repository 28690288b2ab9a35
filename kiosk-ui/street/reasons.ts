/** Why somebody was not admitted, in a few words: what the gate itself says stands on its own screen. */

import type { Words } from '../../platform-sim/street/messages.ts';
import type { Reason } from '../../src/domain/reason.ts';

const REASONS_SHORT: Readonly<Record<Reason, Words>> = {
  'release-lost': { ja: '機械がつながっていない', en: 'machine not connected' },
  'payment-lost': { ja: '支払い機がつながっていない', en: 'no payment unit' },
  'pin-blocked': { ja: '暗証番号が使えない', en: 'PIN blocked' },
  'platform-offline': { ja: '通信が止まっている', en: 'no connection' },
  'platform-slow': { ja: '返事が遅い', en: 'no answer in time' },
  'platform-refused': { ja: '返事がない', en: 'no answer' },
  'not-on-list': { ja: 'リストにない', en: 'not on the list' },
  'already-entered': { ja: '入場済み', en: 'entered already' },
  'not-passed': { ja: '通っていない', en: 'did not walk through' },
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
  'role-changing': { ja: '切り替え中', en: 'changing over' },
  'reader-lost': { ja: '読み取り機なし', en: 'no reader' },
  'outside-hours': { ja: '受付時間外', en: 'closed at this hour' },
  maintenance: { ja: '点検中', en: 'maintenance' },
  'year-end': { ja: '年末年始', en: 'New Year holidays' },
  'municipality-not-taking-part': { ja: '取り扱いなし', en: 'not taking part' },
  'registration-missing': { ja: '利用登録がない', en: 'not registered' },
  'registration-pending': { ja: '審査中', en: 'application pending' },
  'registration-refused': { ja: '登録されなかった', en: 'application refused' },
  'under-fifteen': { ja: '15歳未満', en: 'under 15' },
  'moving-out': { ja: '転出の届け出', en: 'moving out' },
  'counter-only': { ja: '窓口のみ', en: 'counter only' },
  'holder-deceased': { ja: '窓口で確認', en: 'counter check' },
  'filing-in-progress': { ja: '届け出の処理中', en: 'filing in progress' },
  'card-too-new': { ja: 'あすから使える', en: 'usable tomorrow' },
  'character-not-covered': { ja: '書けない文字', en: 'no glyph' },
  'name-too-long': { ja: '欄に入らない', en: 'name too long' },
  'not-recorded-there': { ja: '記録がない', en: 'no record there' },
  'certificate-not-valid': { ja: '証明書が無効', en: 'certificate not valid' },
  'already-registered': { ja: '登録済み', en: 'registered already' },
  'application-refused': { ja: '申請が無効', en: 'application refused' },
  'centre-stopped': { ja: 'センター停止', en: 'centre stopped' },
  'centre-silent': { ja: 'センターが無言', en: 'centre silent' },
  'document-differs': { ja: '別の証明書が来た', en: 'another document came' },
  'document-unusable': { ja: '使えないファイル', en: 'unusable document' },
  'kiosk-stopped': { ja: '停止中', en: 'stopped' },
  'payment-declined': { ja: '支払い拒否', en: 'payment declined' },
  'payment-timeout': { ja: '支払いなし', en: 'not paid in time' },
  'page-printer-lost': { ja: 'プリンターなし', en: 'no printer' },
  'page-paper-out': { ja: '用紙切れ', en: 'out of paper' },
  'page-jam': { ja: '紙づまり', en: 'paper jam' },
  'printing-unknown': { ja: '印刷が不明', en: 'printing unknown' },
  'order-cancelled': { ja: '取りやめ', en: 'cancelled' },
  'card-left-behind': { ja: 'カードの忘れ物', en: 'card left behind' },
  'no-signing-certificate': { ja: '署名用証明書なし', en: 'no signing certificate' },
  'password-blocked': { ja: 'パスワードが使えない', en: 'password blocked' },
  'topology-differs': { ja: '構成がちがう', en: 'set up differently' },
  'not-in-register': { ja: '名簿にいない', en: 'not in the register' },
  'link-not-kept': { ja: '登録を残せない', en: 'link not kept' },
  'television-full': { ja: 'テレビの登録がいっぱい', en: 'television is full' },
};

/** What a service found, where that is no yes. */
const FINDINGS: Readonly<Record<string, Words>> = {
  under: { ja: '20歳になっていない', en: 'not old enough' },
  invalid: { ja: '使えないカード', en: 'card not valid' },
  unknown: { ja: '分からなかった', en: 'not known' },
  'service.cancelled': { ja: 'やめた', en: 'stopped' },
};

/** A reason that is not in the table is shown as the code that it is. */
export function reasonInWords(reason: string, language: keyof Words): string {
  const words = { ...FINDINGS, ...REASONS_SHORT }[reason];
  return words?.[language] ?? reason;
}
