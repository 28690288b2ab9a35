/** The television in やさしい日本語. */

import { minutesText } from '../minutes.ts';
import type { TelevisionReasons, TelevisionTexts } from './words.ts';

const UNHARMED = 'カードは だいじょうぶです';

export const television: TelevisionTexts = {
  keys: {
    arrows: 'えらぶ',
    ok: 'きめる',
    language: 'ことば',
    back: 'もどる',
    goOn: 'すすむ',
    close: 'とじる',
    colours: {
      blue: '青《あお》',
      green: '緑《みどり》',
      red: '赤《あか》',
      yellow: '黄《きいろ》',
    },
  },
  level: ({ level }) => `警戒《けいかい》レベル${level}`,
  home: {
    people: 'にげる 人《ひと》',
    link: '名前《なまえ》を 入《い》れる',
    sample: '知《し》らせの 見本《みほん》',
    guests: '名前《なまえ》を かくす',
    guestsHere: '名前《なまえ》を 出《だ》す',
    nobody: {
      title: 'にげる ときに、名前《なまえ》を よびます',
      body: 'カードを リモコンに おいて ください。',
    },
    calls: {
      title: '名前《なまえ》を よぶ 人《ひと》',
      body: 'にげる ときに、テレビが 名前《なまえ》を よびます。',
    },
    masked: 'いま 名前《なまえ》を かくして います。',
    offline: 'いま インターネットは 止《と》まって います。',
    count: ({ count }) => `${count}人《にん》`,
  },
  somebody: '入《い》れた 人《ひと》',
  people: {
    title: 'にげる 人《ひと》',
    body: 'やめたい 人《ひと》を えらんで、OKを おして ください。',
    none: 'まだ だれも いません。',
  },
  consent: {
    title: 'この テレビに 名前《なまえ》を 入《い》れますか',
    body: '名前《なまえ》を 入《い》れると、こう なります。',
    calls: ({ municipality }) =>
      `${municipality}が「にげて」と 言《い》うとき、名前《なまえ》を よびます`,
    heard: 'リモコンの 返事《へんじ》は、役所《やくしょ》に とどきます',
    shown:
      '名前《なまえ》が テレビに 出《で》ます。場所《ばしょ》は、いいと 言《い》った ときだけです',
    ends: 'いつでも やめる ことが できます',
    pin: '4つの 数字《すうじ》の 番号《ばんごう》を つかいます。',
    go: '入《い》れる',
  },
  placeCard: {
    title: 'カードを リモコンに おいて ください',
    body: 'リモコンの まるい しるしの 上《うえ》に おいて ください。',
    again: 'もういちど リモコンに おいて ください',
    note: 'おわるまで うごかさないで ください',
  },
  stillThere: {
    title: 'つづけますか',
    body: ({ seconds }) =>
      `${seconds}秒《びょう》たつと、「にげて」の お知《し》らせに もどります。`,
    stay: 'つづける',
    alert: 'お知《し》らせに もどる',
  },
  linked: {
    linked: {
      title: '名前《なまえ》を 入《い》れました',
      body: 'にげる ときに、この テレビが 名前《なまえ》を よびます。',
    },
    unlinked: {
      title: 'やめました',
      body: '名前《なまえ》は、この テレビから きえました。',
    },
    where: {
      title: 'にげた 場所《ばしょ》も 出《だ》します',
      body: '着《つ》いたら、場所《ばしょ》の 名前《なまえ》が テレビに 出《で》ます。',
    },
    'where-ended': {
      title: '場所《ばしょ》は 出《だ》しません',
      body: '場所《ばしょ》の 名前《なまえ》は、もう テレビに 出《で》ません。',
    },
  },
  unlink: {
    title: 'どう しますか',
    body: 'やめると、この テレビは 名前《なまえ》を よびません。',
    go: 'やめる',
    keep: 'つづける',
    where: '場所《ばしょ》も 出《だ》す',
    whereAgain: '場所《ばしょ》を つづける',
    whereEnd: '場所《ばしょ》を けす',
    whereUntil: ({ day }) => `場所《ばしょ》の 名前《なまえ》は、${day}まで 出《で》ます。`,
  },
  where: {
    title: 'にげた 場所《ばしょ》も 出《だ》しますか',
    shown: '着《つ》いたら、場所《ばしょ》の 名前《なまえ》が テレビに 出《で》ます',
    everybody: 'テレビを 見《み》る 人《ひと》は、だれでも 見《み》る ことが できます',
    until: ({ day }) => `${day}に おわります。つづける ときは、また カードを おきます`,
    ends: 'いつでも やめる ことが できます',
    mayNot: '役所《やくしょ》の きまりで、出《で》ない ことも あります',
    go: 'いいです。出《だ》します',
  },
  alert: {
    word: '警戒《けいかい》 レベル',
    drill: '訓練《くんれん》',
    names: {
      2: '注意報《ちゅういほう》',
      3: '高齢者等《こうれいしゃとう》 避難《ひなん》',
      4: '避難《ひなん》 指示《しじ》',
      5: '緊急《きんきゅう》 安全《あんぜん》 確保《かくほ》',
    },
    call: {
      2: '用意《ようい》して ください',
      3: 'にげはじめて ください',
      4: 'にげて ください',
      5: 'いのちを まもって ください',
    },
    to: ({ names }) => `${names}、`,
    besides: {
      2: 'にげる 道《みち》を 見《み》て ください。',
      3: 'お年《とし》よりや 時間《じかん》が いる 人《ひと》は、いま にげて ください。',
      4: 'みんな、あぶない 所《ところ》から にげて ください。',
      5: '外《そと》は あぶないです。いま いる 家《いえ》の、高《たか》い 部屋《へや》へ 行《い》って ください。',
    },
    toShelter: ({ shelter }) => `${shelter}へ`,
    minutes: ({ minutes }) => `あるいて ${minutesText(minutes)}`,
    or: ({ shelters }) => `または、${shelters}`,
    issued: ({ time }) => `${time} から`,
    changed: ({ time }) => `${time} 新《あたら》しい`,
    timeUnknown: '時間《じかん》は わかりません',
    reminders: {
      fire: '火《ひ》を けす',
      breaker: '電気《でんき》を きる',
      medicine: '薬《くすり》',
      bag: '荷物《にもつ》',
    },
    answers: { leaving: 'にげます', safe: 'にげました', help: '助《たす》けて ください' },
    movingUp: '上《うえ》へ 行《い》きます',
    states: {
      unknown: '返事《へんじ》が まだ',
      leaving: 'にげて います',
      safe: '安全《あんぜん》',
      help: '助《たす》けを まつ',
    },
    safeAt: ({ shelter }) => `${shelter}に にげました`,
    peopleLabel: '返事《へんじ》を する 人《ひと》',
    answersLabel: '返事《へんじ》',
    undo: 'とりけす',
    answered: ({ name, answer }) => `${name}「${answer}」`,
    lost: '返事《へんじ》が のこりません。もういちど おして ください。',
    more: ({ count }) => `ほかの 知《し》らせ ${count}`,
    seen: '見《み》ました',
    map: {
      label: '地図《ちず》',
      here: 'いまここ',
      closed: '通《とお》れません',
      danger: 'あぶない',
    },
    safe: {
      title: 'みんな 安全《あんぜん》です',
      body: '家《いえ》に もどるのは、まだ まって ください。',
    },
    over: {
      name: '解除《かいじょ》',
      title: 'もう にげなくて いいです',
      body: '家《いえ》に もどる ときは、気《き》を つけて ください。',
      go: '読《よ》みました',
    },
    sample: {
      name: '見本《みほん》',
      title: '知《し》らせの 見本《みほん》',
      body: 'これは 見本《みほん》です。にげなくて いいです。',
    },
  },
};

export const TELEVISION_REASONS: TelevisionReasons = {
  'not-in-register': {
    title: 'この 市《し》の 名前《なまえ》に ありません',
    card: UNHARMED,
    why: 'この カードの 人《ひと》は、この 市《し》の 名簿《めいぼ》に いません',
    next: () => '住《す》んで いる 市《し》の 役所《やくしょ》で きいて ください',
  },
  'link-not-kept': {
    title: 'いまは できません',
    card: UNHARMED,
    why: '名前《なまえ》が テレビに のこりません',
    next: () => 'あとで もういちど して ください',
  },
  'television-full': {
    title: 'もう 入《はい》りません',
    card: UNHARMED,
    why: 'この テレビには、もう 6人《にん》 います',
    next: () => 'さきに、だれかを やめて ください',
  },
};
