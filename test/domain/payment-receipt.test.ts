import { expect, test } from 'vitest';
import { type PaidOrder, paymentReceipt } from '../../src/domain/payment-receipt.ts';

const ORDER: PaidOrder = {
  paper: 'kiosk-1-000007',
  reissue: 0,
  place: 'ひなた商店 汐見駅前店',
  document: '戸籍個人事項証明書',
  municipality: '鷹ノ沢町',
  copies: 2,
  yen: 1_350,
  means: 'e-money',
  money: 'charged',
  sheets: { done: 4, of: 4 },
  request: '4f2a90c1-0000-4000-8000-000000000000',
  at: Date.parse('2026-11-25T07:58:00Z'),
};

const wordsOf = (order: PaidOrder): string => JSON.stringify(paymentReceipt(order).blocks);

test('money that was taken is received: how much, for what, when and how', () => {
  const words = wordsOf(ORDER);
  const says = ['領収書', '1,350円', '戸籍個人事項証明書', '2通', '11/25 16:58', '電子マネー'];
  for (const said of [...says, '4枚 すみ', '4F2A-90C1', ORDER.paper]) {
    expect(words).toContain(said);
  }
});

test.each([
  ['returned', '返金のお知らせ', 'お返ししました'],
  ['asked', 'お支払いの確認', '係員が 確認します'],
] as const)('money that is %s is not called received', (money, head, said) => {
  const words = wordsOf({ ...ORDER, money, sheets: { done: 1, of: 4 } });
  for (const each of [head, said, '4枚のうち 1枚']) expect(words).toContain(each);
  expect(words).not.toContain('領収書');
});

test('a second paper says that it is one', () => {
  expect(wordsOf(ORDER)).not.toContain('再発行');
  expect(wordsOf({ ...ORDER, reissue: 1 })).toContain('再発行 2');
});
