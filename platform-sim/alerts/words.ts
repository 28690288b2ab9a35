/** What an alert is called, and what it says unless somebody writes something better: by level, in each language. */

import type { AlertLevel, Worded } from '../../src/domain/alert.ts';

/** Names of the levels as the Cabinet Office has them; shown to people, never changed. */
export const EVENT_NAMES: Readonly<Record<AlertLevel, Worded>> = {
  2: { ja: '注意報', 'ja-simple': 'きをつけて ください', en: 'Advisory' },
  3: {
    ja: '高齢者等避難',
    'ja-simple': 'じかんが かかる人は にげて ください',
    en: 'Older people and others: leave',
  },
  4: { ja: '避難指示', 'ja-simple': 'ぜんいん にげて ください', en: 'Everybody: leave' },
  5: { ja: '緊急安全確保', 'ja-simple': 'いのちを まもって ください', en: 'Protect your life now' },
};

/** Before anybody has written what happened. */
export const WHAT: Readonly<Record<AlertLevel, Worded>> = {
  2: {
    ja: '雨で、川の水が増えています。',
    'ja-simple': '雨で、川の 水が ふえて います。',
    en: 'Rain is making the river rise.',
  },
  3: {
    ja: '川の水が増え、あふれるおそれがあります。',
    'ja-simple': '川の 水が ふえて います。あぶなく なるかも しれません。',
    en: 'The river is rising and may flood.',
  },
  4: {
    ja: '川が、あふれそうです。',
    'ja-simple': '川の 水が あふれそうです。',
    en: 'The river is about to flood.',
  },
  5: {
    ja: '川が、あふれています。外へ出ずに、高いところへ。',
    'ja-simple': '川の 水が あふれました。外に 出ないで、高い ところへ 行って ください。',
    en: 'The river has flooded. Stay inside and go up high.',
  },
};

export const ALL_CLEAR: Worded = {
  ja: '避難は解除されました。',
  'ja-simple': 'もう だいじょうぶです。家に 帰れます。',
  en: 'The danger is over. You may go home.',
};

export const CANCELLED: Worded = {
  ja: '先ほどのお知らせは取り消されました。',
  'ja-simple': 'さっきの お知らせは まちがいでした。',
  en: 'The alert before this one was a mistake and is withdrawn.',
};
