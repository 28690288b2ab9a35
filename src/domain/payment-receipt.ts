/** 領収書: the paper about the money of an order. It says what became of it, whatever that is; never whose order it was. */

import type { MoneyEnd } from './municipal-certificate.ts';
import { head, moment, type Receipt, type ReceiptBlock, RULE, text } from './receipt.ts';
import { shortRequest } from './short-request.ts';

export interface PaidOrder {
  readonly paper: string;
  /** 0 for a first paper; 1 or more when another may already be in somebody's hand. */
  readonly reissue: number;
  /** Where it is, as people call it. */
  readonly place: string;
  /** 戸籍個人事項証明書 */
  readonly document: string;
  readonly municipality: string;
  readonly copies: number;
  readonly yen: number;
  readonly means: 'cash' | 'e-money';
  readonly money: Exclude<MoneyEnd, 'nothing-charged'>;
  /** That came out, and that should have. */
  readonly sheets: { readonly done: number; readonly of: number };
  /** UUID. */
  readonly request: string;
  /** ms since the epoch */
  readonly at: number;
}

const MEANS = { cash: '現金', 'e-money': '電子マネー' } as const;

/** Only money that was taken is received. */
const HEADS = { charged: '領収書', returned: '返金のお知らせ', asked: 'お支払いの確認' } as const;
const SAYS = {
  charged: null,
  returned: '代金は お返ししました',
  asked: '係員が 確認します',
} as const;

const yen = new Intl.NumberFormat('ja-JP');

export function paymentReceipt(order: PaidOrder): Receipt {
  const { paper, money, sheets } = order;
  const { done, of } = sheets;
  const printed = done === of ? `${of}枚 すみ` : `${of}枚のうち ${done}枚`;
  const said = SAYS[money];
  const blocks: ReceiptBlock[] = [
    head(order.reissue),
    text(HEADS[money], 2),
    text(order.place, 1),
    RULE,
    text(`${yen.format(order.yen)}円`, 3),
    ...(said === null ? [] : [text(said, 1)]),
    text(order.document, 1),
    text(`${order.municipality}　${order.copies}通`, 1),
    RULE,
    { kind: 'pair', label: '日時', value: moment.format(order.at) },
    { kind: 'pair', label: 'お支払い', value: MEANS[order.means] },
    { kind: 'pair', label: '印刷', value: printed },
    { kind: 'pair', label: '受付', value: shortRequest(order.request) },
    { kind: 'pair', label: '紙番号', value: paper },
  ];
  return { paper, blocks };
}
