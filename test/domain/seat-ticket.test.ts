import { expect, test } from 'vitest';
import { type SeatTicket, seatTicket } from '../../src/domain/seat-ticket.ts';

const AT = Date.parse('2026-11-25T08:02:08Z');

const TICKET: SeatTicket = {
  paper: 'gate-1-000318',
  reissue: 0,
  title: '春の音楽祭',
  place: '',
  startsAt: '2026-11-25T08:00:00Z',
  seat: 'B 12列 34番',
  ticket: '0042-7781',
  gate: '東ゲート',
  enteredAt: AT,
  listIssuedAt: Date.parse('2026-11-25T05:05:00Z'),
  listConfirmedAt: AT,
  listIsOld: false,
};

test('it reads as the reference paper does, in the time of Japan', () => {
  expect(seatTicket(TICKET)).toEqual({
    paper: 'gate-1-000318',
    blocks: [
      { kind: 'mark' },
      { kind: 'text', text: '座席券', size: 2 },
      { kind: 'text', text: '春の音楽祭', size: 1 },
      { kind: 'text', text: '11月25日(水) 17:00 開演', size: 1 },
      { kind: 'rule' },
      { kind: 'text', text: 'B', size: 3 },
      { kind: 'text', text: '12列 34番', size: 2 },
      { kind: 'text', text: '東ゲートから お入りください', size: 1 },
      { kind: 'rule' },
      { kind: 'qr', data: '0042-7781' },
      { kind: 'text', text: '0042-7781', size: 1 },
      { kind: 'rule' },
      { kind: 'pair', label: '入場', value: '17:02:08' },
      { kind: 'pair', label: 'リスト', value: '14:05 の版' },
      { kind: 'pair', label: '紙番号', value: 'gate-1-000318' },
    ],
  });
});

test('a second paper begins with a black band and its count', () => {
  expect(seatTicket({ ...TICKET, reissue: 1 }).blocks[0]).toEqual({
    kind: 'band',
    text: '再発行 2',
  });
});

test('an old list says so, and when it was last confirmed', () => {
  const old = { ...TICKET, listIsOld: true, listConfirmedAt: Date.parse('2026-11-22T05:00:00Z') };
  expect(seatTicket(old).blocks).toContainEqual({
    kind: 'pair',
    label: 'リスト',
    value: '11月22日 14:00 の版（古い）',
  });
});

test('what nobody said leaves no empty line', () => {
  const bare = seatTicket({ ...TICKET, title: '', startsAt: null, gate: null, seat: '' });
  for (const block of bare.blocks) if (block.kind === 'text') expect(block.text).not.toBe('');
});

test('a seat too long for its size is set smaller, never cut', () => {
  const long = '南サイドスタンド二階指定席 二百三十四列の百二十三番';
  const texts = seatTicket({ ...TICKET, seat: long }).blocks.flatMap((block) =>
    block.kind === 'text' && long.includes(block.text) ? [block] : [],
  );
  expect(texts.map(({ text }) => text).join(' ')).toBe(long);
  for (const { text, size } of texts) expect([...text].length * 2 * size).toBeLessThanOrEqual(48);
});
