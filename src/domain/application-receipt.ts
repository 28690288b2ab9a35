/** 受付票: the paper of an application for usage registration. Says which application and until when, never whose. */

import type { Receipt, ReceiptBlock } from './receipt.ts';

export interface ApplicationReceipt {
  readonly paper: string;
  /** 0 for a first paper. */
  readonly reissue: number;
  readonly municipality: string;
  readonly number: string;
  /** YYYY-MM-DD in Japan: the business day on which it will have been looked at. */
  readonly expected: string;
  /** ms since the epoch */
  readonly at: number;
}

const RULE: ReceiptBlock = { kind: 'rule' };

const day = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  month: 'long',
  day: 'numeric',
  weekday: 'short',
});
const moment = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export function applicationReceipt(of: ApplicationReceipt): Receipt {
  const text = (words: string, size: 1 | 2 | 3): ReceiptBlock => ({
    kind: 'text',
    text: words,
    size,
  });
  const blocks: ReceiptBlock[] = [
    of.reissue > 0 ? { kind: 'band', text: `再発行 ${of.reissue + 1}` } : { kind: 'mark' },
    text('受付票', 2),
    text('戸籍の利用登録', 1),
    text(of.municipality, 1),
    RULE,
    text(of.number, 2),
    // Noon in Japan is that day in UTC, too.
    text(`${day.format(new Date(`${of.expected}T12:00:00+09:00`))}ごろ`, 2),
    text('から お使いいただけます', 1),
    RULE,
    text('カードをかざすと、ようすがわかります', 1),
    RULE,
    { kind: 'pair', label: '受付', value: moment.format(of.at) },
    { kind: 'pair', label: '紙番号', value: of.paper },
  ];
  return { paper: of.paper, blocks };
}
