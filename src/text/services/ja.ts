/** 日本語: what the plain services say, each its own words. */

import type { ServiceReasons, ServiceTexts } from '../catalogue.ts';

const UNHARMED = '問題ありません';
export const SERVICE_TEXTS: ServiceTexts = {
  ageCheck: {
    purpose: ({ age }) => `かざすと、${age}歳以上かどうかを確かめます。ほかのことは調べません。`,
    pin: '4けたの暗証番号も使います',
    noPin: '暗証番号はいりません',
  },
  exit: {
    purpose: 'お帰りのときは、マイナンバーカードを丸い印にかざしてください。',
    note: 'どなたでもお出になれます',
  },
  pin: {
    title: '暗証番号',
    body: '利用者証明用の、4けたの番号を入れてください。カードは置いたままで。',
    wrong: '番号がちがいます。もう一度入れてください。',
    tries: ({ tries }) => `あと${tries}回まで入れられます`,
    checking: '確かめています',
    stop: 'やめる',
  },
  pinLastTry: {
    title: 'あと1回です',
    body: 'つぎにちがう番号を入れると、暗証番号が使えなくなります。',
    note: 'もどすには、市区町村の窓口での手続きがいります',
    go: '番号を入れる',
  },
  asking: {
    title: 'そのまま',
    body: '確かめています。カードをはなさずにお待ちください。',
  },
  told: {
    'age-check.over': {
      title: '確かめました',
      body: ({ age }) => `${age}歳以上です。カードをお取りください。`,
    },
    'age-check.stuck': {
      title: '機械が動きません',
      body: ({ age }) => `${age}歳以上と確かめましたが、品物が出ません。係員にお知らせください。`,
    },
    'age-check.under': {
      title: 'ご利用いただけません',
      body: ({ age }) => `${age}歳以上の方のためのものです。カードは問題ありません。`,
    },
    'age-check.invalid': {
      title: '電子証明書が使えません',
      body: ({ age }) =>
        `${age}歳以上かどうかは、確かめていません。電子証明書の手続きは、市区町村の窓口でできます。`,
    },
    'age-check.unknown': {
      title: '確かめられませんでした',
      body: ({ age }) =>
        `${age}歳以上かどうかが、わかりません。カードは問題ありません。係員にお知らせください。`,
    },
    'exit.back': {
      title: 'お通りください',
      body: () => '同じカードで、もう一度お入りになれます。',
    },
    'exit.done': {
      title: 'お通りください',
      body: () => 'このチケットでは、もう一度お入りになれません。',
    },
    'exit.open': {
      title: 'お通りください',
      body: () => 'ゲートは開いています。お進みください。',
    },
    'registration.none': {
      title: '申請はありません',
      body: () => 'このカードの申請は見つかりません。画面でご用件を選んでください。',
    },
    'registration.pending': {
      title: '確認しています',
      body: ({ municipality, month, day }) =>
        `${municipality}が申請を確認しています。${month}月${day}日から、もう一度お越しください。`,
    },
    'registration.accepted': {
      title: '登録できています',
      body: ({ municipality }) => `${municipality}の戸籍の証明書を、ここでお取りいただけます。`,
    },
    'registration.refused': {
      title: '登録できませんでした',
      body: ({ municipality }) =>
        `${municipality}で、申請の内容を確かめられませんでした。戸籍の窓口へお問い合わせください。`,
    },
  },
};

export const SERVICE_REASONS: ServiceReasons = {
  'pin-blocked': {
    title: '暗証番号が使えません',
    card: '故障ではありません',
    why: 'ちがう番号が続いたので、止まっています',
    next: () => '市区町村の窓口で、もどす手続きができます。お持ちください',
  },
  'release-lost': {
    title: 'ただいま使えません',
    card: UNHARMED,
    why: '機械との接続が切れています',
    next: () => '係員がご案内します',
  },
  'platform-offline': {
    title: 'ただいま確かめられません',
    card: UNHARMED,
    why: '通信が止まっています',
    next: () => '係員がご案内します',
  },
  'platform-slow': {
    title: '確かめられませんでした',
    card: UNHARMED,
    why: '時間内に返事がありませんでした',
    next: () => '少し待って、もう一度かざしてください',
  },
  'platform-refused': {
    title: '返事がありません',
    card: UNHARMED,
    why: '確かめる先が、答えられませんでした',
    next: () => '係員にお知らせください',
  },
};
