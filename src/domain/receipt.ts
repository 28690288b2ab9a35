/**
 * A receipt as a list of blocks, without a printer in mind; `devices/receipt/escpos.ts` draws it on thermal paper. No
 * block ever carries a person's name.
 */

export type ReceiptBlock =
  /** The one-stroke ring, the product's mark. */
  | { readonly kind: 'mark' }
  /** White on black over the whole width: 再発行. */
  | { readonly kind: 'band'; readonly text: string }
  /** Centred text at 1, 2 or 3 times the ordinary size. */
  | { readonly kind: 'text'; readonly text: string; readonly size: 1 | 2 | 3 }
  | { readonly kind: 'rule' }
  | { readonly kind: 'qr'; readonly data: string }
  /** Label on the left, value on the right. */
  | { readonly kind: 'pair'; readonly label: string; readonly value: string };

export interface Receipt {
  /** The number of this piece of paper, unique for the terminal, e.g. `gate-1-000318`. */
  readonly paper: string;
  readonly blocks: readonly ReceiptBlock[];
}

export const RULE: ReceiptBlock = { kind: 'rule' };

export function text(words: string, size: 1 | 2 | 3): ReceiptBlock {
  return { kind: 'text', text: words, size };
}

/** What a paper begins with: the mark, or that another one of it may exist. `reissue`: 0 for a first paper. */
export function head(reissue: number): ReceiptBlock {
  return reissue > 0 ? { kind: 'band', text: `再発行 ${reissue + 1}` } : { kind: 'mark' };
}

/** Day and time in Japan, such as `11/25 17:00`. */
export const moment = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'Asia/Tokyo',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
