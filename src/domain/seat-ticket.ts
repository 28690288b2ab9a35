/** 座席券: the receipt that a gate prints. Says where to sit, never who. */

import { head, type Receipt, type ReceiptBlock, RULE, text } from './receipt.ts';

export interface SeatTicket {
  readonly paper: string;
  /** 0 for a first paper. */
  readonly reissue: number;
  readonly title: string;
  readonly place: string;
  /** ISO 8601, or null when the list does not say. */
  readonly startsAt: string | null;
  readonly seat: string;
  readonly ticket: string;
  /** How people call the gate; null when nobody named it. */
  readonly gate: string | null;
  /** ms since the epoch */
  readonly enteredAt: number;
  /** When this version of the list was issued, and whether it is old (ms since the epoch). */
  readonly listIssuedAt: number;
  readonly listConfirmedAt: number;
  readonly listIsOld: boolean;
}

const TOKYO = 'Asia/Tokyo';
const clock = new Intl.DateTimeFormat('ja-JP', {
  timeZone: TOKYO,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const clockWithSeconds = new Intl.DateTimeFormat('ja-JP', {
  timeZone: TOKYO,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat('ja-JP', { timeZone: TOKYO, month: 'long', day: 'numeric' });
const weekday = new Intl.DateTimeFormat('ja-JP', { timeZone: TOKYO, weekday: 'short' });

/** Half-width columns on 80 mm paper at the ordinary size. */
const COLUMNS = 48;

export function seatTicket(ticket: SeatTicket): Receipt {
  const blocks: ReceiptBlock[] = [
    head(ticket.reissue),
    text('座席券', 2),
    ...line(ticket.title),
    ...line(ticket.startsAt === null ? '' : `${dayOf(ticket.startsAt)} 開演`),
    ...line(ticket.place),
    RULE,
    ...seatBlocks(ticket.seat),
    ...line(ticket.gate === null ? '' : `${ticket.gate}から お入りください`),
    RULE,
    { kind: 'qr', data: ticket.ticket },
    ...line(ticket.ticket),
    RULE,
    { kind: 'pair', label: '入場', value: clockWithSeconds.format(ticket.enteredAt) },
    { kind: 'pair', label: 'リスト', value: listAge(ticket) },
    { kind: 'pair', label: '紙番号', value: ticket.paper },
  ];
  return { paper: ticket.paper, blocks };
}

function line(words: string): ReceiptBlock[] {
  return words === '' ? [] : [text(words, 1)];
}

/** `11月25日(水) 17:00` */
function dayOf(at: string): string {
  const date = new Date(at);
  return `${day.format(date)}(${weekday.format(date)}) ${clock.format(date)}`;
}

/** The block of the stadium stands alone and large, so that it can be read while walking. */
function seatBlocks(seat: string): ReceiptBlock[] {
  const [block = '', ...rest] = seat.split(/\s+/u);
  if (seat === '') return [];
  if (rest.length === 0) return [sized(seat, 3)];
  return [sized(block, 3), sized(rest.join(' '), 2)];
}

function sized(words: string, largest: 2 | 3): ReceiptBlock {
  const columns = [...words].reduce((sum, char) => sum + (char.charCodeAt(0) < 0x80 ? 1 : 2), 0);
  const sizes = [3, 2, 1] as const;
  const size = sizes.find((s) => s <= largest && columns * s <= COLUMNS) ?? 1;
  return text(words, size);
}

/** `14:05 の版`; an old list says so, with the day of the last word from the platform. */
function listAge(ticket: SeatTicket): string {
  if (!ticket.listIsOld) return `${clock.format(ticket.listIssuedAt)} の版`;
  const confirmed = new Date(ticket.listConfirmedAt);
  return `${day.format(confirmed)} ${clock.format(confirmed)} の版（古い）`;
}
