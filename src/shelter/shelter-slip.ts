/**
 * The paper of somebody without a card: a number that finds them again, at this shelter, and says nothing of who they are. The
 * code holds that number, too: a scanner that types as a keyboard does enters it.
 */

import { head, moment, type Receipt, RULE, text } from '../domain/receipt.ts';
import { slipNumber, slipShown } from '../domain/shelter-slip.ts';
import type { PlannedPaper } from '../papers.ts';

export interface ShelterSlip {
  readonly planned: PlannedPaper;
  /** Random; the number is made of it. */
  readonly mark: string;
  readonly shelter: string;
  readonly people: number;
  /** ms since the epoch */
  readonly at: number;
}

/** To be worn: as short as it can be, and nothing on it but what is needed at the reader. */
export function shelterBand({ planned, mark, shelter, people, at }: ShelterSlip): Receipt {
  const { paper, reissue } = planned;
  const number = slipNumber(mark);
  const again = reissue > 0 ? ` 再発行 ${reissue + 1}` : '';
  return {
    paper,
    blocks: [
      text(slipShown(number), 3),
      { kind: 'qr', data: number },
      text(`${shelter} ${people}人`, 1),
      text(`${moment.format(at)} ${paper}${again}`, 1),
    ],
  };
}

export function shelterSlip({ planned, mark, shelter, people, at }: ShelterSlip): Receipt {
  const { paper, reissue } = planned;
  return {
    paper,
    blocks: [
      head(reissue),
      text('受付の番号', 2),
      text(shelter, 1),
      RULE,
      text(slipShown(slipNumber(mark)), 3),
      text('この番号を画面で入れてください', 1),
      RULE,
      { kind: 'qr', data: slipNumber(mark) },
      RULE,
      { kind: 'pair', label: '人数', value: `${people}人` },
      { kind: 'pair', label: '受付', value: moment.format(at) },
      { kind: 'pair', label: '紙番号', value: paper },
    ],
  };
}
