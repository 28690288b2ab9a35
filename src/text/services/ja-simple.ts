/** やさしい日本語: what the plain services say, each its own words. */

import type { ServiceReasons, ServiceTexts } from '../catalogue.ts';

export const SERVICE_TEXTS: ServiceTexts = {
  ageCheck: {
    purpose: ({ age }) =>
      `カードを かざすと、${age}さい 以上《いじょう》か どうかを 調《しら》べます。ほかの ことは 調《しら》べません。`,
    pin: '4つの 数字《すうじ》の 暗証番号《あんしょうばんごう》も 使《つか》います',
    noPin: '暗証番号《あんしょうばんごう》は いりません',
  },
  exit: {
    purpose: '出《で》る ときは、まるい しるしに マイナンバーカードを 近《ちか》づけて ください。',
    note: 'だれでも 出《で》られます',
  },
  pin: {
    title: '暗証番号《あんしょうばんごう》',
    body: '4つの 数字《すうじ》を 入《い》れて ください。カードは そのままで。',
    wrong: '数字《すうじ》が ちがいます。もういちど 入《い》れて ください。',
    tries: ({ tries }) => `あと ${tries}かい 入《い》れる ことが できます`,
    checking: '調《しら》べて います',
    stop: 'やめる',
  },
  pinLastTry: {
    title: 'あと 1かい です',
    body: 'つぎに まちがえると、暗証番号《あんしょうばんごう》が 使《つか》えなく なります。',
    note: 'なおす ときは 市役所《しやくしょ》へ 行《い》きます',
    go: '数字《すうじ》を 入《い》れる',
  },
  asking: {
    title: 'そのまま',
    body: '調《しら》べて います。カードを はなさないで、待《ま》って ください。',
  },
  told: {
    'age-check.over': {
      title: 'わかりました',
      body: ({ age }) => `${age}さい 以上《いじょう》です。カードを とって ください。`,
    },
    'age-check.stuck': {
      title: '品物《しなもの》が 出《で》ません',
      body: ({ age }) =>
        `${age}さい 以上《いじょう》です。でも、きかいが 動《うご》きません。係《かかり》の 人《ひと》に 言《い》って ください。`,
    },
    'age-check.under': {
      title: '使《つか》えません',
      body: ({ age }) =>
        `${age}さい 以上《いじょう》の 人《ひと》が 使《つか》えます。カードは だいじょうぶです。`,
    },
    'age-check.invalid': {
      title: 'カードの 証明書《しょうめいしょ》が 使《つか》えません',
      body: ({ age }) =>
        `${age}さい 以上《いじょう》か どうかは 調《しら》べて いません。市役所《しやくしょ》で 新《あたら》しく できます。`,
    },
    'age-check.unknown': {
      title: 'わかりませんでした',
      body: ({ age }) =>
        `${age}さい 以上《いじょう》か どうか、わかりません。カードは だいじょうぶです。係《かかり》の 人《ひと》に 言《い》って ください。`,
    },
    'exit.back': {
      title: '通《とお》って ください',
      body: () => '同《おな》じ カードで また 入《はい》れます。',
    },
    'exit.done': {
      title: '通《とお》って ください',
      body: () => 'この チケットでは、もう 入《はい》れません。',
    },
    'exit.open': {
      title: '通《とお》って ください',
      body: () => 'ゲートは あいています。',
    },
    'registration.none': {
      title: '申《もう》しこみは ありません',
      body: () =>
        'この カードの 申《もう》しこみは ありません。画面《がめん》で えらんで ください。',
    },
    'registration.pending': {
      title: 'しらべて います',
      body: ({ municipality, month, day }) =>
        `${municipality}が しらべて います。${month}月《がつ》${day}日《にち》から また 来《き》て ください。`,
    },
    'registration.accepted': {
      title: '登録《とうろく》 できました',
      body: ({ municipality }) =>
        `${municipality}の 戸籍《こせき》の 紙《かみ》を ここで とれます。`,
    },
    'registration.refused': {
      title: '登録《とうろく》 できません',
      body: ({ municipality }) => `${municipality}の 役所《やくしょ》で 聞《き》いて ください。`,
    },
  },
};

export const SERVICE_REASONS: ServiceReasons = {
  'pin-blocked': {
    title: '暗証番号《あんしょうばんごう》が 使《つか》えません',
    card: 'こわれて いません',
    why: 'ちがう 数字《すうじ》が 続《つづ》きました',
    next: () => '市役所《しやくしょ》へ 持《も》って 行《い》って ください',
  },
  'release-lost': {
    title: 'いま 使《つか》えません',
    card: 'だいじょうぶです',
    why: 'きかいが つながって いません',
    next: () => '係《かかり》の 人《ひと》が 案内《あんない》します',
  },
  'platform-offline': {
    title: 'いま 調《しら》べられません',
    card: 'だいじょうぶです',
    why: 'インターネットが 止《と》まって います',
    next: () => '係《かかり》の 人《ひと》が 案内《あんない》します',
  },
  'platform-slow': {
    title: '調《しら》べられませんでした',
    card: 'だいじょうぶです',
    why: '返事《へんじ》が おそいです',
    next: () => '少《すこ》し 待《ま》って、もういちど かざして ください',
  },
  'platform-refused': {
    title: '返事《へんじ》が ありません',
    card: 'だいじょうぶです',
    why: '答《こた》えが もらえませんでした',
    next: () => '係《かかり》の 人《ひと》に 言《い》って ください',
  },
};
