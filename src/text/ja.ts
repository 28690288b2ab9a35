/** 日本語: polite and plain, the verb last. Rows of a table and titles end without 。, sentences with it. */

import type { Catalogue } from './catalogue.ts';
import { KIOSK_TEXTS } from './kiosk/ja.ts';
import { KIOSK_REASONS } from './kiosk/ja-reasons.ts';
import { LANGUAGE_NAMES } from './languages.ts';
import type { ReasonText } from './reason-text.ts';
import { SERVICE_REASONS, SERVICE_TEXTS } from './services/ja.ts';
import { SHELTER_TEXTS } from './shelter/ja.ts';
import { stick } from './stick/ja.ts';
import { TELEVISION_REASONS, television } from './television/ja.ts';

const UNHARMED = '問題ありません';
const STAFF_COMES: ReasonText['next'] = () => '係員がご案内します';
const TELL_STAFF: ReasonText['next'] = () => '係員にお知らせください';
const HOLD_MY_NUMBER_CARD: ReasonText['next'] = () => 'マイナンバーカードをかざしてください';
const TELL_ADMINISTRATOR = '管理者に連絡してください';

export const ja: Catalogue = {
  languages: LANGUAGE_NAMES,
  bar: {
    languages: '言語',
    sound: { normal: '音', loud: '音 大', off: '音 なし' },
    starts: ({ time }) => `${time} 開演`,
    staff: '係員',
  },
  silent: {
    title: 'しばらくお待ちください',
    body: 'カードは問題ありません。画面は自動でもどります。',
  },
  elsewhere: {
    title: 'この画面は使っていません',
    body: 'いまは別の画面に表示しています。ここに表示するには、ページを開き直してください。',
  },

  waiting: {
    title: 'カードをかざしてください',
    body: 'まるい印に、マイナンバーカードを近づけてください。',
    note: '暗証番号はいりません',
    here: { down: 'この下です', right: 'この右です', left: 'この左です', up: 'この上です' },
    offline: '通信は止まっていますが、入場できます',
    list: ({ time }) => `${time} の入場リスト`,
    oldList: ({ time }) => `${time} の古い入場リスト`,
  },
  hold: { title: 'そのまま', body: 'カードをはなさずにお待ちください。' },
  again: {
    title: 'もう一度かざしてください',
    body: ({ why }) => `${why}。`,
    note: 'まるがとじて音が鳴るまで、そのままで',
  },
  welcome: {
    title: 'お入りください',
    name: ({ name }) => `${name} 様`,
    body: '座席券が出ます。お取りください。',
    hasPaper: '座席券は、先ほどのものをお使いください。',
  },
  passage: { passed: '通りました', notPassed: '通りません' },
  receiptOwed: {
    title: 'お入りください',
    owed: '座席券は、あとでお渡しします。',
    body: ({ minutes }) => `${minutes}分以内に、同じカードをもう一度かざしてください。`,
  },
  refused: {
    card: 'カード',
    why: '理由',
    next: 'つぎに',
    checkedWith: ({ time }) => `${time} のリストで確認`,
    first: ({ time, gate }) => `${time} に ${gate} で入場`,
  },
  takeCard: {
    title: 'カードをお取りください',
    body: 'カードが、読み取り機に残っています。',
  },
  closed: {
    title: 'ただいま使えません',
    card: UNHARMED,
    starting: '準備をしています',
    wait: 'まもなく使えます。このままお待ちください',
    next: ({ otherGate }) => `${otherGate}へお回りください`,
    otherGate: '係員がご案内します',
  },

  ...SERVICE_TEXTS,
  reasons: {
    ...SERVICE_REASONS,
    ...KIOSK_REASONS,
    ...TELEVISION_REASONS,
    'not-on-list': {
      title: '入場の登録が見つかりません',
      card: UNHARMED,
      why: 'きょうの入場リストに、このカードの登録がありません',
      next: ({ information }) => `${information}へ、チケットをお持ちください`,
    },
    'already-entered': {
      title: 'このチケットは入場済みです',
      card: UNHARMED,
      why: 'このチケットでの入場は、もう記録されています',
      next: () => '係員にお声がけください。チケットを確かめます',
    },
    'not-passed': {
      title: '入場していません',
      card: UNHARMED,
      why: 'ゲートをまだお通りになっていません',
      next: () => 'もう一度かざして、お通りください',
    },
    'ticket-cancelled': {
      title: 'このチケットは使えません',
      card: UNHARMED,
      why: '主催者が、このチケットを取り消しています',
      next: ({ information }) => `${information}でお確かめください`,
    },
    'assurance-out-of-reach': {
      title: 'まだ準備ができていません',
      card: UNHARMED,
      why: 'カードを確かめる準備が、まだできていません',
      next: STAFF_COMES,
    },
    'list-missing': {
      title: 'まだ準備ができていません',
      card: UNHARMED,
      why: '入場リストが、まだ届いていません',
      next: STAFF_COMES,
    },
    'trust-missing': {
      title: 'まだ準備ができていません',
      card: UNHARMED,
      why: 'カードを確かめるための情報が、まだ届いていません',
      next: STAFF_COMES,
    },
    'list-expired': {
      title: 'ただいま確かめられません',
      card: UNHARMED,
      why: '入場リストの有効期間ではありません',
      next: STAFF_COMES,
    },
    'list-damaged': {
      title: '登録を確かめられません',
      card: UNHARMED,
      why: '入場リストの、このカードのところを読めません',
      next: STAFF_COMES,
    },
    'certificate-expired': {
      title: '電子証明書が期限切れです',
      card: '故障ではありません',
      why: 'カードとは別に期限があります',
      next: ({ information }) =>
        `きょうは${information}へお越しください。更新は市区町村の窓口でできます`,
    },
    'certificate-not-yet-valid': {
      title: '電子証明書はまだ使えません',
      card: UNHARMED,
      why: '電子証明書の有効期間が、まだ始まっていません',
      next: ({ information }) => `${information}へお越しください`,
    },
    'certificate-revoked': {
      title: '電子証明書が使えません',
      card: '故障ではありません',
      why: '電子証明書が失効しています',
      next: ({ information }) =>
        `きょうは${information}へお越しください。手続きは市区町村の窓口でできます`,
    },
    'certificate-untrusted': {
      title: 'カードを確かめられません',
      card: UNHARMED,
      why: 'ここでは確かめられない電子証明書です',
      next: TELL_STAFF,
    },
    'certificate-not-for-authentication': {
      title: 'この電子証明書は使えません',
      card: UNHARMED,
      why: '入場に使う種類の電子証明書ではありません',
      next: TELL_STAFF,
    },
    'revocation-unknown': {
      title: 'いまは確かめられません',
      card: UNHARMED,
      why: '電子証明書を確かめるための新しいリストが、まだ届いていません',
      next: STAFF_COMES,
    },
    'card-not-supported': {
      title: 'このカードは使えません',
      card: UNHARMED,
      why: 'マイナンバーカードではないか、電子証明書が入っていません',
      next: HOLD_MY_NUMBER_CARD,
    },
    'phone-not-supported': {
      title: 'スマートフォンは使えません',
      card: 'スマートフォンに問題はありません',
      why: 'スマートフォンの電子証明書には、暗証番号がいります',
      next: HOLD_MY_NUMBER_CARD,
    },
    'card-unreadable': {
      title: '読み取れませんでした',
      card: UNHARMED,
      why: 'カードを読み取れませんでした',
      next: () => 'もう一度かざしてください',
    },
    'card-removed': {
      title: 'カードが離れました',
      card: UNHARMED,
      why: '読み取りが終わる前に、カードが離れました',
      next: () => 'もう一度かざして、まるがとじるまでお待ちください',
    },
    'possession-not-proved': {
      title: 'カードの確認ができません',
      card: UNHARMED,
      why: 'カードの中のかぎを、確かめられませんでした',
      next: TELL_STAFF,
    },
    'receipt-unsettled': {
      title: '座席券を係員が確かめます',
      card: UNHARMED,
      why: '入場は記録されています。座席券が出たかどうかが分かりません',
      next: () => '座席券をお持ちかどうか、係員にお知らせください',
    },
    'disk-full': {
      title: 'ただいま使えません',
      card: UNHARMED,
      why: 'この機械では、入場を記録できません',
      next: STAFF_COMES,
    },
    'role-changing': {
      title: '受付を切り替えています',
      card: UNHARMED,
      why: 'この端末の使い方が、まもなく変わります',
      next: () => '少しお待ちください。画面が変わってから、かざしてください',
    },
    'reader-lost': {
      title: 'ただいま使えません',
      card: UNHARMED,
      why: '読み取り機が動いていません',
      next: STAFF_COMES,
    },
  },
  revoked: {
    renew: {
      title: '電子証明書の更新が必要です',
      card: '故障ではありません',
      why: 'この電子証明書は、新しいものに変わっています',
      next: ({ information }) =>
        `きょうは${information}へお越しください。更新は市区町村の窓口でできます`,
    },
    'on-hold': {
      title: '電子証明書が一時停止中です',
      card: '故障ではありません',
      why: 'カードの利用が、届け出で一時停止されています',
      next: ({ information }) =>
        `きょうは${information}へお越しください。再開は市区町村の窓口でできます`,
    },
  },
  information: '総合案内',
  kiosk: KIOSK_TEXTS,
  shelter: SHELTER_TEXTS,
  television,
  stick,

  staff: {
    keys: {
      enter: '決定',
      erase: '1つ消す',
      back: 'もどる',
      close: '閉じる',
      stay: '続ける',
      digits: '数字',
      letters: '英字',
    },
    pin: {
      title: '係員の暗証番号',
      body: '暗証番号を入れて、決定を押してください。',
      typed: ({ digits }) => `${digits}けた入れました`,
      wrong: '暗証番号がちがいます。もう一度入れてください。',
      locked: ({ seconds }) => `ちがう番号が続きました。${seconds}秒たつと、もう一度入れられます。`,
      checking: '確かめています',
    },
    menu: {
      title: '係員メニュー',
      by: ({ by }) => `担当 ${by}`,
      entry: 'カードのない方の入場',
      undo: '入場の取り消し',
      papers: ({ count }) => (count === 0 ? '座席券の確認' : `座席券の確認 ${count}件`),
      health: ({ count }) => (count === 0 ? '端末の状態' : `端末の状態 要対応${count}件`),
    },
    ticket: {
      entry: {
        title: 'チケット番号を入れてください',
        body: 'カードのない方の入場を記録します。',
      },
      undo: {
        title: 'チケット番号を入れてください',
        body: 'このチケットの入場を取り消します。',
      },
    },
    confirm: {
      entry: {
        title: '入場を記録しますか',
        warning: 'このチケットは入場済みです',
        go: '入場を記録する',
      },
      undo: {
        title: '入場を取り消しますか',
        warning: 'このチケットの入場は、ここに記録がありません',
        go: '取り消しに進む',
      },
      ticket: ({ ticket }) => `チケット ${ticket}`,
      entered: ({ time, gate }) => `${time} に ${gate} で入場`,
      notEntered: 'ここには入場の記録がありません',
      unchecked: '番号が正しいかどうかは、ここでは分かりません。券面を見て確かめてください。',
    },
    why: {
      title: '取り消す理由',
      'wrong-ticket': 'チケット番号のまちがい',
      'went-out': '会場から出た',
      test: 'ためしの入場',
      other: 'そのほか',
    },
    done: {
      entered: { title: '入場を記録しました', body: 'この方を中へご案内ください。' },
      'already-entered': {
        title: 'このチケットは入場済みです',
        body: '記録は変わっていません。番号を確かめてください。',
      },
      undone: {
        title: '入場を取り消しました',
        body: 'このチケットで、もう一度入場できます。',
      },
      'nothing-to-undo': {
        title: '取り消す入場がありません',
        body: '記録は変わっていません。番号を確かめてください。',
      },
      settled: { title: '座席券を記録しました', body: '答えのとおりに記録しました。' },
      'not-recorded': {
        title: '記録できませんでした',
        body: '何も変わっていません。端末の状態を確かめてください。',
      },
    },
    papers: {
      title: '座席券の確認',
      none: '確認がいる座席券はありません',
      more: ({ count }) => `ほかに${count}件`,
      owed: '渡していません',
      unknown: '出たかどうか不明',
      since: ({ time }) => `${time} から`,
    },
    paper: {
      title: '座席券は渡りましたか',
      owed: 'プリンターからは出ていません。手で渡したときは「渡りました」を選んでください。',
      unknown: '出たかどうかが分かりません。ご本人に確かめてください。',
      printed: '渡りました',
      notPrinted: '出ていません',
    },
    health: {
      title: '端末の状態',
      allWell: 'すべて正常です',
      states: { ok: '正常', 'not-well': '要対応', unknown: '不明' },
    },
    checks: {
      node: { name: '実行環境', remedy: TELL_ADMINISTRATOR },
      configuration: { name: '設定', remedy: TELL_ADMINISTRATOR },
      daemon: { name: '端末のプログラム', remedy: '端末を起動し直してください' },
      'card-service': { name: 'カードのサービス', remedy: '端末を起動し直してください' },
      'card-reader': { name: 'カード読み取り機', remedy: 'ケーブルを確かめてください' },
      'receipt-printer': {
        name: 'レシートプリンター',
        remedy: '電源、紙、ふたを確かめてください',
      },
      'page-printer': {
        name: '証明書のプリンター',
        remedy: '電源、紙、ふたを確かめてください',
      },
      turnstile: { name: '改札の機械', remedy: '電源と線を確かめ、手で開けてください' },
      'payment-unit': { name: 'お支払いの機械', remedy: '電源とケーブルを確かめてください' },
      remote: { name: 'リモコン', remedy: '受信機を差し直し、電池を替えてください' },
      disk: { name: '保存の空き', remedy: TELL_ADMINISTRATOR },
      clock: { name: '時計', remedy: TELL_ADMINISTRATOR },
      list: { name: '入場リスト', remedy: '通信を確かめてください' },
      trust: { name: '証明書の検証データ', remedy: '通信を確かめてください' },
      root: { name: 'センターの署名鍵', remedy: TELL_ADMINISTRATOR },
      revocation: { name: '証明書の失効リスト', remedy: '通信を確かめてください' },
      keys: { name: '端末の鍵', remedy: TELL_ADMINISTRATOR },
      certificate: { name: '端末の証明書', remedy: '通信を確かめてください' },
      ledger: { name: '入場の記録', remedy: '使うのをやめて、管理者に連絡してください' },
      'facts-waiting': { name: '送っていない記録', remedy: '通信がもどると、自動で送ります' },
      papers: { name: '渡していない紙', remedy: 'このメニューで答えてください' },
      link: { name: 'センターとの通信', remedy: '入場はできます。回線を確かめてください' },
      neighbours: {
        name: 'ほかのゲートとの通信',
        remedy: '入場はできます。回線を確かめてください',
      },
      alerts: { name: '避難の知らせ', remedy: TELL_ADMINISTRATOR },
      role: { name: '避難所への切り替え', remedy: TELL_ADMINISTRATOR },
      fonts: { name: '画面の書体', remedy: TELL_ADMINISTRATOR },
      voice: { name: '音声', remedy: '入場はできます。管理者に連絡してください' },
      screen: { name: '画面の表示', remedy: TELL_ADMINISTRATOR },
    },
    leaving: {
      title: 'まだお使いですか',
      body: ({ seconds }) => `${seconds}秒たつと、この画面を閉じます。`,
    },
  },
};
