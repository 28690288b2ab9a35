/** 受付票: the paper of an application for usage registration. Says which application and until when, never whose. */

import { head, moment, type Receipt, type ReceiptBlock, RULE, text } from './receipt.ts';

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

const day = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  month: 'long',
  day: 'numeric',
  weekday: 'short',
});

export function applicationReceipt(of: ApplicationReceipt): Receipt {
  const blocks: ReceiptBlock[] = [
    head(of.reissue),
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
