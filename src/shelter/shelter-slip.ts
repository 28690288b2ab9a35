/** The slip of somebody without a card: a number that finds them again, at this shelter. Says nothing of who they are. */

import type { Receipt, ReceiptBlock } from '../domain/receipt.ts';
import { slipNumber, slipShown } from '../domain/shelter-slip.ts';
import type { PlannedPaper } from '../papers.ts';

export interface ShelterSlip {
  readonly planned: PlannedPaper;
  /** Random; what the code holds. */
  readonly mark: string;
  readonly shelter: string;
  readonly people: number;
  /** ms since the epoch */
  readonly at: number;
}

const RULE: ReceiptBlock = { kind: 'rule' };

const moment = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export function shelterSlip({ planned, mark, shelter, people, at }: ShelterSlip): Receipt {
  const { paper, reissue } = planned;
  const text = (words: string, size: 1 | 2 | 3): ReceiptBlock => ({
    ...{ kind: 'text', text: words, size },
  });
  return {
    paper,
    blocks: [
      reissue > 0 ? { kind: 'band', text: `再発行 ${reissue + 1}` } : { kind: 'mark' },
      text('受付の番号', 2),
      text(shelter, 1),
      RULE,
      text(slipShown(slipNumber(mark)), 3),
      text('この番号を画面で入れてください', 1),
      RULE,
      { kind: 'qr', data: mark },
      RULE,
      { kind: 'pair', label: '人数', value: `${people}人` },
      { kind: 'pair', label: '受付', value: moment.format(at) },
      { kind: 'pair', label: '紙番号', value: paper },
    ],
  };
}
