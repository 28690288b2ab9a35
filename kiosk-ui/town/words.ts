/** Words of the page for what the town's messages name. */

import type { RowShown, SignShown } from '../../platform-sim/town/messages.ts';
import type { Need, Supply } from '../../src/domain/evacuation.ts';

const number = new Intl.NumberFormat('ja-JP');

/** 1,276 */
export function count(value: number): string {
  return number.format(value);
}

export const LAST_SIGNS = {
  shown: 'テレビに出た',
  seen: '画面を見た',
  television: 'テレビ',
  shelter: '避難所',
  left: '避難所を出た',
} as const satisfies Record<NonNullable<RowShown['last']>['what'], string>;

export const NEED_WORDS = {
  medicine: '薬',
  infant: '赤ちゃん',
  pet: 'ペット',
  language: 'ことば',
  wheelchair: '車いす',
} as const satisfies Record<Need, string>;

export const SUPPLY_WORDS = {
  breakfast: '朝食',
  lunch: '昼食',
  supper: '夕食',
  water: '水',
  blanket: '毛布',
  bath: '入浴',
} as const satisfies Record<Supply, string>;

const ANSWERS: Readonly<Record<string, string>> = {
  leaving: '「逃げます」と答えた',
  safe: '「避難しました」と答えた',
  help: '「助けが必要」と答えた',
};

const SIGNS: Readonly<Record<string, string>> = {
  'alert.shown': 'テレビに避難情報が出た',
  'alert.seen': 'テレビの前に人がいた',
  'alert.answer-undone': '答えを取り消した',
  'television.linked': 'テレビとつながった',
  'television.unlinked': 'テレビとのつながりを切った',
  'television.where-agreed': '避難先をテレビに出すことに同意した',
  'television.where-ended': '避難先をテレビに出すのをやめた',
  'shelter.arrived': '受付をした',
  'shelter.went-out': '出かけた',
  'shelter.came-back': '戻った',
  'shelter.left': '退所した',
  'shelter.supplied': '物資を受け取った',
  'shelter.needs-told': '必要なものを伝えた',
  'shelter.undone': '受付が取り消された',
};

/** What happened, in one line. */
export function signWords({ event, answer, shelter }: SignShown): string {
  const said = event === 'alert.answered' ? ANSWERS[answer ?? ''] : SIGNS[event];
  return [shelter, said ?? event].filter((part) => part !== null).join(' ');
}

/** What somebody needs: in the words of whoever wrote it down, else the kinds. */
export function supportWords({ support, needs }: Pick<RowShown, 'support' | 'needs'>): string {
  if (support !== '') return support;
  return needs.length === 0 ? '—' : needs.map((need) => NEED_WORDS[need]).join('、');
}

export const LEVEL_WORDS: Readonly<Record<number, string>> = {
  2: '警戒レベル2 注意報',
  3: '警戒レベル3 高齢者等避難',
  4: '警戒レベル4 避難指示',
  5: '警戒レベル5 緊急安全確保',
};
