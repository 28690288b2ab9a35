/** What a stick brings, as staff sees it. */

import type { StickFault, StickScreenBody } from '../../src/domain/stick-screen.ts';
import { stick } from '../../src/text/stick/ja.ts';

const until = '2026-11-27T08:00:00Z';
const faults = Object.keys(stick.faults) as StickFault[];

function brings(order: Extract<StickScreenBody['shown'], { is: 'brings' }>['order']) {
  return { screen: 'staff-stick', shown: { is: 'brings', order } } as const;
}

export const STICK_SAMPLES: readonly [StickScreenBody, ...StickScreenBody[]] = [
  brings({ does: 'take-role', name: '汐見小学校 避難所', until }),
  brings({ does: 'take-role', name: '汐見市立総合体育館メインアリーナ北側 臨時避難所', until }),
  brings({ does: 'end-role' }),
  ...faults.map((why) => ({ screen: 'staff-stick', shown: { is: 'nothing', why } }) as const),
];
