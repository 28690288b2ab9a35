/**
 * やさしい日本語, after the guideline of the Immigration Services Agency and the Agency for Cultural Affairs (2020):
 * one idea a sentence, です・ます, no keigo, words apart, ruby on every kanji.
 */

import type { Catalogue } from './catalogue.ts';
import { JA_SIMPLE_REASONS, JA_SIMPLE_REVOKED, UNHARMED } from './ja-simple-reasons.ts';
import { KIOSK_TEXTS } from './kiosk/ja-simple.ts';
import { LANGUAGE_NAMES } from './languages.ts';
import { minutesText } from './minutes.ts';
import { SERVICE_TEXTS } from './services/ja-simple.ts';
import { SHELTER_TEXTS } from './shelter/ja-simple.ts';
import { stick } from './stick/ja-simple.ts';
import { television } from './television/ja-simple.ts';

const TELL_ADMINISTRATOR = '管理《かんり》の 人《ひと》に 言《い》って ください';

export const jaSimple: Catalogue = {
  languages: LANGUAGE_NAMES,
  bar: {
    languages: 'ことば',
    sound: { normal: '音《おと》', loud: '音《おと》 大《だい》', off: '音《おと》 なし' },
    starts: ({ time }) => `${time} から`,
    staff: '係《かかり》',
  },
  silent: {
    title: 'すこし 待《ま》って ください',
    body: 'カードは だいじょうぶです。画面《がめん》は すぐに もどります。',
  },
  elsewhere: {
    title: 'この 画面《がめん》は 使《つか》って いません',
    body: 'いまは ほかの 画面《がめん》を 使《つか》っています。ここで 使《つか》う ときは、ページを もういちど 開《ひら》いて ください。',
  },

  waiting: {
    title: 'カードを かざして ください',
    body: 'まるい しるしに マイナンバーカードを 近《ちか》づけて ください。',
    note: '暗証番号《あんしょうばんごう》は いりません',
    here: {
      down: 'この 下《した》です',
      right: 'この 右《みぎ》です',
      left: 'この 左《ひだり》です',
      up: 'この 上《うえ》です',
    },
    offline: 'インターネットは 止《と》まっています。でも、入《はい》れます',
    list: ({ time }) => `${time}の リスト`,
    oldList: ({ time }) => `${time}の 古《ふる》い リスト`,
  },
  hold: { title: 'そのまま', body: 'カードを はなさないで、待《ま》って ください。' },
  again: {
    title: 'もういちど かざして ください',
    body: ({ why }) => `${why}。`,
    note: 'まるが とじて 音《おと》が するまで、そのままで',
  },
  welcome: {
    title: '入《はい》って ください',
    name: ({ name }) => `${name} さん`,
    body: '席《せき》の 紙《かみ》が 出《で》ます。とって ください。',
    hasPaper: '席《せき》の 紙《かみ》は、もう 出《で》ました。それを 使《つか》って ください。',
  },
  passage: { passed: '通《とお》りました', notPassed: '通《とお》って いません' },
  receiptOwed: {
    title: '入《はい》って ください',
    owed: '席《せき》の 紙《かみ》は あとで 出《で》ます。',
    body: ({ minutes }) =>
      `${minutesText(minutes)}までに 同《おな》じ カードを もういちど かざして ください。`,
  },
  refused: {
    card: 'カード',
    why: 'どうして',
    next: 'つぎに',
    checkedWith: ({ time }) => `${time}の リストを 見《み》ました`,
    first: ({ time, gate }) => `${time}に ${gate} から 入《はい》りました`,
  },
  takeCard: {
    title: 'カードを とって ください',
    body: 'カードが ここに のこっています。',
  },
  closed: {
    title: 'いま 使《つか》えません',
    card: UNHARMED,
    starting: '準備《じゅんび》を しています',
    wait: 'もうすぐ 使《つか》えます。ここで 待《ま》って ください',
    next: ({ otherGate }) => `${otherGate}へ 行《い》って ください`,
    otherGate: '係《かかり》の 人《ひと》が 案内《あんない》します',
  },

  ...SERVICE_TEXTS,
  reasons: JA_SIMPLE_REASONS,
  revoked: JA_SIMPLE_REVOKED,
  information: '案内《あんない》',
  kiosk: KIOSK_TEXTS,
  shelter: SHELTER_TEXTS,
  television,
  stick,

  staff: {
    keys: {
      enter: '決《き》める',
      erase: '1つ 消《け》す',
      back: 'もどる',
      close: '閉《と》じる',
      stay: '続《つづ》ける',
      digits: '数字《すうじ》',
      letters: 'ABC',
    },
    pin: {
      title: '係《かかり》の 暗証番号《あんしょうばんごう》',
      body: '番号《ばんごう》を 入《い》れて、「決《き》める」を おして ください。',
      typed: ({ digits }) => `${digits}けた 入《い》れました`,
      wrong: '番号《ばんごう》が ちがいます。もういちど 入《い》れて ください。',
      locked: ({ seconds }) =>
        `番号《ばんごう》が 何回《なんかい》も ちがいました。${seconds}秒《びょう》 待《ま》って ください。`,
      checking: '確《たし》かめています',
    },
    menu: {
      title: '係《かかり》の メニュー',
      by: ({ by }) => `係《かかり》 ${by}`,
      entry: 'カードが ない 人《ひと》を 入《い》れる',
      undo: '入場《にゅうじょう》を 取《と》り消《け》す',
      papers: ({ count }) =>
        count === 0 ? '席《せき》の 紙《かみ》' : `席《せき》の 紙《かみ》 ${count}件《けん》`,
      health: ({ count }) =>
        count === 0
          ? '機械《きかい》の ようす'
          : `機械《きかい》の ようす 直《なお》す ${count}件《けん》`,
    },
    ticket: {
      entry: {
        title: 'チケットの 番号《ばんごう》を 入《い》れて ください',
        body: 'カードが ない 人《ひと》の 入場《にゅうじょう》を 書《か》きます。',
      },
      undo: {
        title: 'チケットの 番号《ばんごう》を 入《い》れて ください',
        body: 'この チケットの 入場《にゅうじょう》を 取《と》り消《け》します。',
      },
    },
    confirm: {
      entry: {
        title: '入場《にゅうじょう》に しますか',
        warning: 'この チケットは もう 入場《にゅうじょう》しています',
        go: '入場《にゅうじょう》に する',
      },
      undo: {
        title: '入場《にゅうじょう》を 取《と》り消《け》しますか',
        warning: 'ここには この チケットの 入場《にゅうじょう》が ありません',
        go: 'つぎへ',
      },
      ticket: ({ ticket }) => `チケット ${ticket}`,
      entered: ({ time, gate }) => `${time}に ${gate} から 入場《にゅうじょう》`,
      notEntered: 'ここには 入場《にゅうじょう》の 記録《きろく》が ありません',
      unchecked:
        '正《ただ》しい 番号《ばんごう》か どうかは わかりません。チケットを 見《み》て 確《たし》かめて ください。',
    },
    why: {
      title: 'どうして 取《と》り消《け》しますか',
      'wrong-ticket': '番号《ばんごう》を まちがえた',
      'went-out': '外《そと》へ 出《で》た',
      test: 'ためしに 使《つか》った',
      other: 'ほかの こと',
    },
    done: {
      entered: {
        title: '入場《にゅうじょう》を 書《か》きました',
        body: 'この 人《ひと》を 中《なか》へ 案内《あんない》して ください。',
      },
      'already-entered': {
        title: 'もう 入場《にゅうじょう》しています',
        body: '記録《きろく》は 変《か》わっていません。番号《ばんごう》を 確《たし》かめて ください。',
      },
      undone: {
        title: '入場《にゅうじょう》を 取《と》り消《け》しました',
        body: 'この チケットで もういちど 入《はい》れます。',
      },
      'nothing-to-undo': {
        title: '取《と》り消《け》す 入場《にゅうじょう》が ありません',
        body: '記録《きろく》は 変《か》わっていません。番号《ばんごう》を 確《たし》かめて ください。',
      },
      settled: {
        title: '席《せき》の 紙《かみ》を 書《か》きました',
        body: '答《こた》えの とおりに 書《か》きました。',
      },
      'not-recorded': {
        title: '書《か》けませんでした',
        body: '何《なに》も 変《か》わっていません。機械《きかい》の ようすを 見《み》て ください。',
      },
    },
    papers: {
      title: '席《せき》の 紙《かみ》',
      none: '確《たし》かめる 紙《かみ》は ありません',
      more: ({ count }) => `ほかに ${count}件《けん》`,
      owed: 'まだ わたして いません',
      unknown: '出《で》たか わかりません',
      since: ({ time }) => `${time} から`,
    },
    paper: {
      title: '紙《かみ》を わたしましたか',
      owed: '機械《きかい》から 紙《かみ》が 出《で》ませんでした。手《て》で わたした ときは「わたしました」を おして ください。',
      unknown:
        '紙《かみ》が 出《で》たか わかりません。お客《きゃく》さんに 聞《き》いて ください。',
      printed: 'わたしました',
      notPrinted: '出《で》ていません',
    },
    health: {
      title: '機械《きかい》の ようす',
      allWell: 'ぜんぶ だいじょうぶです',
      states: { ok: 'よい', 'not-well': '直《なお》す', unknown: 'わからない' },
    },
    checks: {
      node: { name: 'プログラムの 土台《どだい》', remedy: TELL_ADMINISTRATOR },
      configuration: { name: '設定《せってい》', remedy: TELL_ADMINISTRATOR },
      daemon: {
        name: '機械《きかい》の プログラム',
        remedy: '機械《きかい》を 起動《きどう》し直《なお》して ください',
      },
      'card-service': {
        name: 'カードの サービス',
        remedy: '機械《きかい》を 起動《きどう》し直《なお》して ください',
      },
      'card-reader': {
        name: 'カードを 読《よ》む 機械《きかい》',
        remedy: 'ケーブルを 見《み》て ください',
      },
      'receipt-printer': {
        name: 'レシートの プリンター',
        remedy: '電源《でんげん》と 紙《かみ》と ふたを 見《み》て ください',
      },
      'page-printer': {
        name: '証明書《しょうめいしょ》の プリンター',
        remedy: '電源《でんげん》と 紙《かみ》と ふたを 見《み》て ください',
      },
      turnstile: {
        name: 'ゲートの 機械《きかい》',
        remedy: '電源《でんげん》と ケーブルを 見《み》て、手《て》で 開《あ》けて ください',
      },
      'payment-unit': {
        name: 'お金《かね》を 払《はら》う 機械《きかい》',
        remedy: '電源《でんげん》と ケーブルを 見《み》て ください',
      },
      remote: {
        name: 'リモコン',
        remedy: '受信機《じゅしんき》を さして、電池《でんち》を かえて ください',
      },
      disk: { name: '書《か》く ところの 空《あ》き', remedy: TELL_ADMINISTRATOR },
      clock: { name: '時計《とけい》', remedy: TELL_ADMINISTRATOR },
      list: {
        name: '入《はい》る 人《ひと》の リスト',
        remedy: 'インターネットを 確《たし》かめて ください',
      },
      trust: {
        name: '証明書《しょうめいしょ》を 調《しら》べる データ',
        remedy: 'インターネットを 確《たし》かめて ください',
      },
      root: { name: 'センターの かぎ', remedy: TELL_ADMINISTRATOR },
      revocation: {
        name: '使《つか》えない 証明書《しょうめいしょ》の リスト',
        remedy: 'インターネットを 確《たし》かめて ください',
      },
      keys: { name: '機械《きかい》の 鍵《かぎ》', remedy: TELL_ADMINISTRATOR },
      certificate: {
        name: '機械《きかい》の 証明書《しょうめいしょ》',
        remedy: 'インターネットを 確《たし》かめて ください',
      },
      ledger: {
        name: '入場《にゅうじょう》の 記録《きろく》',
        remedy: '使《つか》わないで、管理《かんり》の 人《ひと》に 言《い》って ください',
      },
      'facts-waiting': {
        name: '送《おく》っていない 記録《きろく》',
        remedy: 'インターネットが もどると 送《おく》ります',
      },
      papers: {
        name: 'わたして いない 紙《かみ》',
        remedy: 'この メニューで 答《こた》えて ください',
      },
      link: {
        name: 'センターとの つながり',
        remedy: '入場《にゅうじょう》は できます。ケーブルを 見《み》て ください',
      },
      neighbours: {
        name: 'ほかの ゲートとの つながり',
        remedy: '入場《にゅうじょう》は できます。ケーブルを 見《み》て ください',
      },
      alerts: { name: '避難《ひなん》の お知《し》らせ', remedy: TELL_ADMINISTRATOR },
      role: { name: '避難所《ひなんじょ》に する 指示《しじ》', remedy: TELL_ADMINISTRATOR },
      fonts: { name: '文字《もじ》の 形《かたち》', remedy: TELL_ADMINISTRATOR },
      voice: {
        name: '声《こえ》',
        remedy:
          '入場《にゅうじょう》は できます。管理《かんり》の 人《ひと》に 言《い》って ください',
      },
      screen: { name: '画面《がめん》', remedy: TELL_ADMINISTRATOR },
    },
    leaving: {
      title: 'まだ 使《つか》いますか',
      body: ({ seconds }) => `${seconds}秒《びょう》で この 画面《がめん》を 閉《と》じます。`,
    },
  },
};
