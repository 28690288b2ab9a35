/** What a stick brings, as staff sees it. */

import { LANGUAGES } from '../../src/domain/screen.ts';
import type { StickFault, StickScreenBody, StickShown } from '../../src/domain/stick-screen.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { plain } from '../../src/text/ruby.ts';
import { stick } from '../../src/text/stick/ja.ts';

const until = '2026-11-27T08:00:00Z';
const CODES = Object.keys(stick.faults) as StickFault[];
/** One, and the longest in each language: they differ in nothing but their words. */
const faults = new Set<StickFault>([
  'none',
  ...LANGUAGES.map((language) => {
    const words = catalogueOf(language).stick.faults;
    return CODES.toSorted((a, b) => plain(words[b]).length - plain(words[a]).length)[0] ?? 'none';
  }),
]);

type Brings = Extract<StickShown, { is: 'brings' }>;

function brings(order: Brings['order'], list: Brings['list'] = null): StickScreenBody {
  return { screen: 'staff-stick', shown: { is: 'brings', order, list } };
}

const LIST = { list: 'evacuees-990029', version: 12 };
const LONG = '汐見市立総合体育館メインアリーナ北側 臨時避難所';

export const STICK_SAMPLES: readonly [StickScreenBody, ...StickScreenBody[]] = [
  brings({ does: 'take-role', name: '汐見小学校 避難所', until }, LIST),
  brings({ does: 'take-role', name: LONG, until }, LIST),
  brings({ does: 'end-role' }),
  brings(null, LIST),
  {
    screen: 'staff-stick',
    shown: { is: 'list-alone', list: LIST, why: 'disk-full' },
  },
  ...[...faults].map((why) => ({ screen: 'staff-stick', shown: { is: 'nothing', why } }) as const),
];
