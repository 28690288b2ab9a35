/** The television in Japanese. */

import type { TelevisionReasons, TelevisionTexts } from './words.ts';

const UNHARMED = '問題ありません';

export const television: TelevisionTexts = {
  keys: {
    arrows: 'えらぶ',
    ok: '決める',
    language: 'ことば',
    back: '戻る',
    goOn: '進む',
    close: '閉じる',
    colours: { blue: '青', green: '緑', red: '赤', yellow: '黄' },
  },
  level: ({ level }) => `警戒レベル${level}`,
  home: {
    people: '避難と安否',
    link: '登録する',
    sample: '警報の見本',
    guests: '来客中にする',
    guestsHere: '来客中を終える',
    nobody: {
      title: 'お名前で、避難をお知らせします',
      body: 'カードをリモコンに置くと、登録できます。',
    },
    calls: {
      title: 'お知らせする方',
      body: '避難が必要なときに、お名前でお呼びします。',
    },
    masked: '来客中です。お名前を隠しています。',
    offline: 'いまは通信できません。警報は届きしだいお知らせします。',
    count: ({ count }) => `${count}人`,
  },
  somebody: '登録した方',
  people: {
    title: '避難と安否',
    body: '登録を終えるときは、その方を選んで決定を押してください。',
    none: 'まだ、どなたも登録していません。',
  },
  consent: {
    title: 'このテレビに登録しますか',
    body: '登録すると、次のことをします。',
    calls: ({ municipality }) => `${municipality}が避難を呼びかけたら、お名前でお知らせします`,
    heard: 'リモコンで押した答えと、避難所に着いたことが、市町村に伝わります',
    shown: 'お名前と安否が、この画面に出ます。場所は、別に同意したときだけです',
    ends: 'カードでも、リモコンでも、いつでも終えられます',
    pin: '4桁の暗証番号を使います。',
    go: '登録する',
  },
  placeCard: {
    title: 'カードを、リモコンに置いてください',
    body: 'リモコンの丸い印に合わせて、マイナンバーカードを置いてください。',
    again: 'もう一度、リモコンに置いてください',
    note: '終わるまで、動かさないでください',
  },
  stillThere: {
    title: '登録を続けますか',
    body: ({ seconds }) => `${seconds}秒たつと、避難のお知らせに戻ります。`,
    stay: '続ける',
    alert: 'お知らせに戻る',
  },
  linked: {
    linked: {
      title: '登録しました',
      body: '避難が必要なときに、このテレビがお名前でお呼びします。',
    },
    unlinked: {
      title: '登録を終えました',
      body: 'お名前は、このテレビから消えました。',
    },
    where: {
      title: '避難先も出します',
      body: '避難所に着いたら、その名前がこのテレビに出ます。',
    },
    'where-ended': {
      title: '避難先は出しません',
      body: '避難所の名前は、もうこのテレビに出ません。',
    },
  },
  unlink: {
    title: '登録をどうしますか',
    body: '終えると、このテレビはこの方を呼びません。通信がなくても終えられます。',
    go: '登録を終える',
    keep: '続ける',
    where: '避難先も出す',
    whereAgain: '避難先を延長',
    whereEnd: '避難先を消す',
    whereUntil: ({ day }) => `避難先の名前は、${day}まで出ます。`,
  },
  where: {
    title: '避難先の名前も出しますか',
    shown: '避難所に着いたら、その名前がこのテレビに出ます',
    everybody: 'このテレビを見る人には、だれにでも見えます',
    until: ({ day }) => `${day}に終わります。続けるときは、もう一度カードを置きます`,
    ends: 'カードでも、リモコンでも、いつでもやめられます',
    mayNot: '市町村の決まりで、出ないこともあります',
    go: '同意して出す',
  },
  alert: {
    word: '警戒 レベル',
    drill: '訓練',
    names: { 2: '注意報', 3: '高齢者等避難', 4: '避難指示', 5: '緊急安全確保' },
    call: {
      2: '備えてください',
      3: '避難を始めてください',
      4: '逃げてください',
      5: '命を守ってください',
    },
    to: ({ names }) => `${names}、`,
    besides: {
      2: '避難の道と、持ち物を確かめてください。',
      3: 'お年寄りや、避難に時間のかかる方は、いま出発してください。',
      4: '全員、危ない所から逃げてください。',
      5: 'もう外は危険です。すぐに、少しでも高く、崖から離れた部屋へ移ってください。',
    },
    toShelter: ({ shelter }) => `${shelter}へ`,
    minutes: ({ minutes }) => `歩いて${minutes}分`,
    or: ({ shelters }) => `または、${shelters}`,
    issued: ({ time }) => `${time} 発令`,
    changed: ({ time }) => `${time} 更新`,
    timeUnknown: '時刻未確認',
    reminders: { fire: '火を消す', breaker: 'ブレーカーを切る', medicine: '薬', bag: '持ち物' },
    answers: { leaving: '逃げます', safe: '避難しました', help: '助けが必要です' },
    movingUp: '高い所へ移ります',
    states: {
      unknown: 'お返事がまだ',
      leaving: '逃げています',
      safe: '避難済み',
      help: '助けを待つ',
    },
    safeAt: ({ shelter }) => `${shelter}に避難`,
    peopleLabel: '返事をする方',
    answersLabel: '返事',
    undo: '取り消す',
    answered: ({ name, answer }) => `${name}「${answer}」`,
    lost: '返事を残せませんでした。もう一度、押してください。',
    more: ({ count }) => `ほかの警報 ${count}件`,
    seen: '見ました',
    map: { label: '地図', here: 'いまここ', closed: '通れません', danger: '危険' },
    safe: {
      title: '皆さん、避難済みです',
      body: 'ご無事で、よかったです。戻ってよいかは、市町村のお知らせをお待ちください。',
    },
    over: {
      name: '解除',
      title: '避難の呼びかけは、終わりました',
      body: '戻るときは、足もとと、壊れた所に気をつけてください。',
      go: '読みました',
    },
    sample: {
      name: '見本',
      title: '警報の見本',
      body: 'これは見本です。避難は必要ありません。',
    },
  },
};

export const TELEVISION_REASONS: TelevisionReasons = {
  'not-in-register': {
    title: '名簿にお名前がありません',
    card: UNHARMED,
    why: 'このカードの方は、この市町村の名簿にありません',
    next: () => 'お住まいの市町村の窓口におたずねください',
  },
  'link-not-kept': {
    title: 'いまは登録できません',
    card: UNHARMED,
    why: 'このテレビが、お名前を残せませんでした',
    next: () => 'あとで、もう一度おためしください',
  },
  'television-full': {
    title: 'これ以上は登録できません',
    card: UNHARMED,
    why: 'このテレビには、もう6人が登録しています',
    next: () => '先に、どなたかの登録を終えてください',
  },
};
