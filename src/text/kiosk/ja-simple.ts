/** やさしい日本語: what a kiosk's screens say; `../ja-simple.ts` has the rules. */

import { staff } from './ja-simple-staff.ts';
import type { KioskTexts } from './words.ts';

export const KIOSK_TEXTS: KioskTexts = {
  staff,
  keys: {
    call: '店《みせ》の 人《ひと》を よぶ',
    back: '前《まえ》に もどる',
    stop: 'やめる',
    more: 'ほかを 見《み》る',
    next: 'つぎへ',
    correct: 'なおす',
  },
  called: '店《みせ》の 人《ひと》が 来《き》ます',
  cardStays: 'カードは そのまま',
  yen: ({ amount }) => `${amount}円《えん》`,
  sheets: ({ sheets }) => `${sheets}枚《まい》`,
  municipality: '市《し》・町《まち》・村《むら》',
  receipt: {
    printed: '領収書《りょうしゅうしょ》も とって ください。',
    owed: '領収書《りょうしゅうしょ》が 出《で》ませんでした。店《みせ》の 人《ひと》に 言《い》って ください。',
  },
  request: ({ request }) => `受付番号《うけつけばんごう》 ${request}`,
  steps: {
    label: 'いまの ところ',
    past: '(おわり)',
    order: {
      choose: 'えらぶ',
      pin: '番号《ばんごう》',
      confirm: '確《たし》かめる',
      pay: 'お金《かね》',
      print: '印刷《いんさつ》',
      take: 'とる',
    },
    registration: {
      choose: 'えらぶ',
      write: '書《か》く',
      password: 'パスワード',
      review: '確《たし》かめる',
      done: 'おわり',
    },
  },
  days: {
    today: ({ time }) => `きょう ${time}`,
    tomorrow: ({ time }) => `あした ${time}`,
    on: ({ day, time }) => `${day} ${time}`,
  },
  openness: {
    until: ({ time }) => `${time} まで`,
    from: ({ when }) => `${when}から できます`,
  },
  menu: {
    title: 'なにを しますか',
    body: 'カードは まだ 置《お》かないで ください。',
    offline:
      'インターネットが 止《と》まって います。いまは 証明書《しょうめいしょ》が 出《で》ません。',
    errands: {
      'resident-certificate': {
        title: '証明書《しょうめいしょ》を とる',
        about:
          '住民票《じゅうみんひょう》、印鑑登録《いんかんとうろく》、税金《ぜいきん》の 証明書《しょうめいしょ》',
      },
      'family-certificate': {
        title: '戸籍《こせき》の 証明書《しょうめいしょ》を とる',
        about: '本籍《ほんせき》の 町《まち》から もらいます',
      },
      registration: {
        title: '戸籍《こせき》の 利用登録《りようとうろく》を する',
        about: '本籍《ほんせき》が ほかの 町《まち》の 人《ひと》。はじめに 1回《かい》だけ',
      },
      status: {
        title: '申《もう》しこみを 見《み》る',
        about: '利用登録《りようとうろく》を した 人《ひと》',
      },
    },
  },
  choose: {
    prefecture: {
      title: '都道府県《とどうふけん》は どこですか',
      body: '本籍《ほんせき》の ある ところを えらんで ください。',
    },
    'kana-row': {
      title: 'はじめの 字《じ》は どれですか',
      body: '名前《なまえ》の はじめの 字《じ》を えらんで ください。',
    },
    municipality: {
      title: '町《まち》は どこですか',
      body: '本籍《ほんせき》の ある 町《まち》を えらんで ください。',
    },
    town: {
      title: '町《まち》の 中《なか》の どこですか',
      body: '本籍《ほんせき》の ある ところを えらんで ください。',
    },
    document: {
      title: '証明書《しょうめいしょ》を えらんで ください',
      body: 'ここで とれる ものです。',
    },
    option: {
      title: '書《か》く ことを えらんで ください',
      body: '証明書《しょうめいしょ》に 書《か》く ことです。',
    },
    copies: { title: 'いくつ いりますか', body: '1つずつ お金《かね》が いります。' },
    pages: ({ page, pages }) => `${page} / ${pages} ページ`,
  },
  choices: {
    documents: {
      'family-register-full': '戸籍《こせき》 全部事項《ぜんぶじこう》 証明書《しょうめいしょ》',
      'family-register-individual':
        '戸籍《こせき》 個人事項《こじんじこう》 証明書《しょうめいしょ》',
      'family-register-addresses': '戸籍《こせき》の 附票《ふひょう》',
      'civil-status': '身分証明書《みぶんしょうめいしょ》',
      'resident-record': '住民票《じゅうみんひょう》',
      'seal-registration': '印鑑登録《いんかんとうろく》 証明書《しょうめいしょ》',
      taxation: '課税証明書《かぜいしょうめいしょ》',
    },
    options: {
      plain: 'そのまま',
      self: '自分《じぶん》だけ、本籍《ほんせき》なし',
      'self-with-domicile': '自分《じぶん》だけ、本籍《ほんせき》あり',
      household: '家族《かぞく》も、本籍《ほんせき》なし',
      'household-with-domicile': '家族《かぞく》も、本籍《ほんせき》あり',
      'this-year': '今年度《こんねんど》',
      'last-year': '前《まえ》の 年度《ねんど》',
    },
    copies: ({ copies }) => `${copies}通《つう》`,
    kanaRow: ({ row }) => `「${row}」から`,
  },
  placeCard: {
    title: 'カードを 置《お》いて ください',
    body: 'まるい しるしに マイナンバーカードを 置《お》いて ください。',
    note: '終《お》わるまで そのままで',
    again: 'もういちど 置《お》いて ください',
  },
  working: {
    reading: {
      title: 'カードを 読《よ》んで います',
      body: 'カードを はなさないで、待《ま》って ください。',
    },
    offers: {
      title: '調《しら》べて います',
      body: 'とれる 証明書《しょうめいしょ》を 調《しら》べて います。',
    },
    signing: {
      title: '署名《しょめい》を して います',
      body: 'カードを はなさないで、待《ま》って ください。',
    },
    applying: {
      title: '申《もう》しこんで います',
      body: '本籍《ほんせき》の 町《まち》に 送《おく》って います。',
    },
    issuing: {
      title: '証明書《しょうめいしょ》を 作《つく》って います',
      body: '30秒《びょう》くらい かかります。カードは そのままで。',
    },
    checking: {
      title: '証明書《しょうめいしょ》を 確《たし》かめて います',
      body: 'あなたの ものか どうかを 調《しら》べて います。',
    },
    settling: {
      title: 'もうすぐ 終《お》わります',
      body: 'お金《かね》を 確《たし》かめて います。',
    },
  },
  pin: {
    title: '番号《ばんごう》を 入《い》れて ください',
    body: '4つの 数字《すうじ》の 暗証番号《あんしょうばんごう》です。',
    wrong: '番号《ばんごう》が ちがいます。やめても いいです。',
    left: '入《い》れる ことが できるのは',
    tries: ({ tries }) => `あと ${tries}回《かい》`,
    secret: '数字《すうじ》は 画面《がめん》に 出《で》ません。声《こえ》も 出《で》ません。',
  },
  password: {
    title: 'パスワードを 入《い》れて ください',
    body: '6から 16の 英語《えいご》の 字《じ》と 数字《すうじ》です。',
    wrong: 'パスワードが ちがいます。やめても いいです。',
    checking: '調《しら》べて います。',
    typed: ({ characters }) => `${characters}字《じ》 入《い》れました`,
  },
  passwordLastTry: {
    title: 'あと 1回《かい》です',
    body: 'つぎに まちがえると、パスワードが 使《つか》えなく なります。',
    note: 'なおす ときは 役所《やくしょ》へ 行《い》きます',
    go: 'パスワードを 入《い》れる',
  },
  textEntry: {
    'domicile-number': {
      title: '本籍《ほんせき》の 番号《ばんごう》',
      body: '数字《すうじ》と「-」を 入《い》れて ください。',
    },
    'head-family-kana': {
      title: '戸籍《こせき》の はじめの 人《ひと》の 名字《みょうじ》',
      body: 'ひらがなで 書《か》いて ください。',
    },
    'head-given-kana': {
      title: '戸籍《こせき》の はじめの 人《ひと》の 名前《なまえ》',
      body: 'ひらがなで 書《か》いて ください。',
    },
    problems: {
      empty: 'まだ 入《はい》って いません。',
      'not-a-number': '番号《ばんごう》では ありません。12-3の ように 入《い》れて ください。',
      'too-long': '長《なが》いです。みじかく して ください。',
    },
    mark: '小《しょう》 ゛゜',
    keyboard: '字《じ》の キー',
  },
  review: {
    title: 'これで 申《もう》しこみますか',
    body: 'つぎに カードで 署名《しょめい》を します。',
    domicile: '本籍《ほんせき》',
    head: 'はじめの 人《ひと》',
    go: 'はい、申《もう》しこみます',
  },
  confirm: {
    title: 'これで いいですか',
    whose: 'だれの',
    document: '証明書《しょうめいしょ》',
    kind: '書《か》く こと',
    copies: '数《かず》',
    fee: 'お金《かね》',
    warning: '印刷《いんさつ》した あとは、お金《かね》は もどりません。',
    go: ({ fee }) => `はい、${fee} はらいます`,
    free: 'はい、印刷《いんさつ》します',
  },
  paying: {
    choose: {
      title: 'はらい方《かた》',
      body: 'どちらで はらいますか。えらんで ください。',
    },
    cash: {
      name: '現金《げんきん》',
      title: 'お金《かね》を 入《い》れて ください',
      body: '硬貨《こうか》と 千円札《せんえんさつ》が 使《つか》えます。',
    },
    'e-money': {
      name: '電子《でんし》マネー',
      title: '電子《でんし》マネーを かざして ください',
      body: '音《おと》が するまで かざして ください。',
    },
    fee: 'お金《かね》',
    inserted: '入《い》れた お金《かね》',
    missing: 'あと',
  },
  printing: {
    title: '証明書《しょうめいしょ》を 印刷《いんさつ》して います',
    body: '2分《ふん》くらい かかります。ここで 待《ま》って ください。',
    sheet: ({ number }) => `${number}枚目《まいめ》`,
    done: 'できました',
    now: '印刷《いんさつ》して います',
    waits: 'つぎ',
    held: '店《みせ》の 人《ひと》が 来《き》ます。つづきから 印刷《いんさつ》します。',
    count: ({ done, sheets }) =>
      `${sheets}枚《まい》の 中《なか》の ${done}枚《まい》が できました`,
  },
  takeCard: {
    paper: {
      title: 'カードを とって ください',
      body: 'つぎに 紙《かみ》が 出《で》ます。',
    },
    nothing: {
      title: 'カードを とって ください',
      body: 'カードを 忘《わす》れないで ください。',
    },
    urgent: 'カードが のこって います。とって ください。',
    slots: {
      card: 'カード',
      now: 'いま',
      paper: '証明書《しょうめいしょ》',
      after: 'その あと',
      receipt: '領収書《りょうしゅうしょ》',
    },
  },
  takePaper: {
    title: '証明書《しょうめいしょ》を とって ください',
    body: 'ぜんぶ あるか 数《かぞ》えて ください。',
    end: '終《お》わる',
  },
  applied: {
    title: '申《もう》しこみが できました',
    body: '本籍《ほんせき》の 町《まち》が 調《しら》べます。',
    number: '申《もう》しこみの 番号《ばんごう》',
    expected: '使《つか》える 日《ひ》',
    status: 'カードを かざすと、いまの ようすが わかります。',
  },
  ended: {
    money: 'お金《かね》',
    'nothing-charged': 'とって いません',
    returned: 'かえしました',
    charged: 'はらいました',
    asked: '店《みせ》の 人《ひと》が 確《たし》かめます',
  },
  stillThere: {
    title: 'まだ 使《つか》いますか',
    body: ({ seconds }) => `${seconds}秒《びょう》で はじめの 画面《がめん》に もどります。`,
  },
};
