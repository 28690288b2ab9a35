/** やさしい日本語: what is said of a reason. `ja-simple.ts` has the rest, and the rules. */

import type { Catalogue } from './catalogue.ts';
import { KIOSK_REASONS } from './kiosk/ja-simple-reasons.ts';
import type { ReasonText } from './reason-text.ts';
import { SERVICE_REASONS } from './services/ja-simple.ts';
import { TELEVISION_REASONS } from './television/ja-simple.ts';

export const UNHARMED = 'だいじょうぶです';
const STAFF_COMES: ReasonText['next'] = () => '係《かかり》の 人《ひと》が 案内《あんない》します';
const TELL_STAFF: ReasonText['next'] = () => '係《かかり》の 人《ひと》に 言《い》って ください';
const HOLD_MY_NUMBER_CARD: ReasonText['next'] = () => 'マイナンバーカードを かざして ください';

export const JA_SIMPLE_REASONS: Catalogue['reasons'] = {
  ...SERVICE_REASONS,
  ...KIOSK_REASONS,
  ...TELEVISION_REASONS,
  'not-on-list': {
    title: 'ここからは 入《はい》れません',
    card: UNHARMED,
    why: 'きょう 入《はい》る 人《ひと》の リストに この カードが ありません',
    next: ({ information }) =>
      `${information}へ 行《い》って ください。チケットを 見《み》せて ください`,
  },
  'already-entered': {
    title: 'もう 入《はい》って います',
    card: UNHARMED,
    why: 'この チケットは もう 使《つか》いました',
    next: TELL_STAFF,
  },
  'not-passed': {
    title: 'まだ 入《はい》って いません',
    card: UNHARMED,
    why: 'ゲートを まだ 通《とお》って いません',
    next: () => 'もういちど かざして、通《とお》って ください',
  },
  'ticket-cancelled': {
    title: 'チケットが 使《つか》えません',
    card: UNHARMED,
    why: 'この チケットは キャンセルに なりました',
    next: ({ information }) => `${information}で 聞《き》いて ください`,
  },
  'assurance-out-of-reach': {
    title: 'まだ 準備中《じゅんびちゅう》です',
    card: UNHARMED,
    why: 'カードを しらべる 準備《じゅんび》が まだ できていません',
    next: STAFF_COMES,
  },
  'list-missing': {
    title: 'まだ 準備中《じゅんびちゅう》です',
    card: UNHARMED,
    why: '入《はい》る 人《ひと》の リストが まだ 来《き》ていません',
    next: STAFF_COMES,
  },
  'trust-missing': {
    title: 'まだ 準備中《じゅんびちゅう》です',
    card: UNHARMED,
    why: 'カードを しらべる ための 情報《じょうほう》が まだ 来《き》ていません',
    next: STAFF_COMES,
  },
  'list-expired': {
    title: 'いま 確《たし》かめられません',
    card: UNHARMED,
    why: '入《はい》る 人《ひと》の リストが いまは 使《つか》えません',
    next: STAFF_COMES,
  },
  'list-damaged': {
    title: 'リストが 読《よ》めません',
    card: UNHARMED,
    why: 'リストの この カードの ところが 読《よ》めません',
    next: STAFF_COMES,
  },
  'certificate-expired': {
    title: 'カードの 証明書《しょうめいしょ》が 古《ふる》いです',
    card: 'こわれて いません',
    why: '証明書《しょうめいしょ》を 使《つか》える 日《ひ》が 終《お》わりました',
    next: ({ information }) =>
      `きょうは ${information}へ 行《い》って ください。証明書《しょうめいしょ》は 市役所《しやくしょ》で 新《あたら》しく できます`,
  },
  'certificate-not-yet-valid': {
    title: 'まだ 使《つか》えない カードです',
    card: UNHARMED,
    why: 'カードの 証明書《しょうめいしょ》は まだ 使《つか》えません',
    next: ({ information }) => `${information}へ 行《い》って ください`,
  },
  'certificate-revoked': {
    title: '証明書《しょうめいしょ》が 使《つか》えません',
    card: 'こわれて いません',
    why: 'カードの 証明書《しょうめいしょ》が 止《と》まっています',
    next: ({ information }) =>
      `きょうは ${information}へ 行《い》って ください。カードの ことは 市役所《しやくしょ》で 聞《き》いて ください`,
  },
  'certificate-untrusted': {
    title: 'ここでは 確《たし》かめられません',
    card: UNHARMED,
    why: 'ここでは この カードの 証明書《しょうめいしょ》を 調《しら》べる ことが できません',
    next: TELL_STAFF,
  },
  'certificate-not-for-authentication': {
    title: '証明書《しょうめいしょ》が ちがいます',
    card: UNHARMED,
    why: 'ここで 使《つか》う 証明書《しょうめいしょ》では ありません',
    next: TELL_STAFF,
  },
  'revocation-unknown': {
    title: 'いま 確《たし》かめられません',
    card: UNHARMED,
    why: '新《あたら》しい リストが まだ 来《き》ていません',
    next: STAFF_COMES,
  },
  'card-not-supported': {
    title: 'この カードは 使《つか》えません',
    card: UNHARMED,
    why: '証明書《しょうめいしょ》が 入《はい》った マイナンバーカードが いります',
    next: HOLD_MY_NUMBER_CARD,
  },
  'phone-not-supported': {
    title: 'スマホは 使《つか》えません',
    card: 'スマホは だいじょうぶです',
    why: 'スマホは 暗証番号《あんしょうばんごう》が いります。ここでは 使《つか》えません',
    next: HOLD_MY_NUMBER_CARD,
  },
  'card-unreadable': {
    title: '読《よ》めませんでした',
    card: UNHARMED,
    why: 'カードが 読《よ》めませんでした',
    next: () => 'もういちど かざして ください',
  },
  'card-removed': {
    title: 'カードが はなれました',
    card: UNHARMED,
    why: 'カードが はやく はなれました',
    next: () => 'もういちど かざして ください。まるが とじるまで 待《ま》って ください',
  },
  'possession-not-proved': {
    title: 'カードを 確《たし》かめられません',
    card: UNHARMED,
    why: 'カードの 中《なか》を 調《しら》べる ことが できませんでした',
    next: TELL_STAFF,
  },
  'receipt-unsettled': {
    title: '席《せき》の 紙《かみ》を 確《たし》かめます',
    card: UNHARMED,
    why: 'もう 入《はい》っています。席《せき》の 紙《かみ》が 出《で》たか わかりません',
    next: () => '紙《かみ》が 出《で》ましたか。係《かかり》の 人《ひと》に 言《い》って ください',
  },
  'disk-full': {
    title: 'いま 使《つか》えません',
    card: UNHARMED,
    why: 'この 機械《きかい》は いま 書《か》くことが できません',
    next: STAFF_COMES,
  },
  'role-changing': {
    title: '準備《じゅんび》を して います',
    card: UNHARMED,
    why: 'この 機械《きかい》の 使《つか》い方《かた》が もうすぐ 変《か》わります',
    next: () =>
      '少《すこ》し 待《ま》って ください。画面《がめん》が 変《か》わってから かざして ください',
  },
  'reader-lost': {
    title: 'いま 使《つか》えません',
    card: UNHARMED,
    why: 'カードを 読《よ》む 機械《きかい》が 動《うご》きません',
    next: STAFF_COMES,
  },
};

export const JA_SIMPLE_REVOKED: Catalogue['revoked'] = {
  renew: {
    title: '証明書《しょうめいしょ》が 古《ふる》く なりました',
    card: 'こわれて いません',
    why: '新《あたら》しい 証明書《しょうめいしょ》に かわりました',
    next: ({ information }) =>
      `きょうは ${information}へ 行《い》って ください。新《あたら》しく する ところは 市役所《しやくしょ》です`,
  },
  'on-hold': {
    title: '証明書《しょうめいしょ》が 止《と》まっています',
    card: 'こわれて いません',
    why: 'カードを 止《と》める 連絡《れんらく》が ありました',
    next: ({ information }) =>
      `きょうは ${information}へ 行《い》って ください。カードの ことは 市役所《しやくしょ》で 聞《き》いて ください`,
  },
};
