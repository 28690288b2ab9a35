/** What a stick brings to a terminal, and what became of it, for whoever stands at a keyboard with it: Japanese first. */

import type { StickFault, StickOrder } from './domain/stick-screen.ts';
import { stick as en } from './text/stick/en.ts';
import { stick as ja } from './text/stick/ja.ts';
import type { StickTexts } from './text/stick/words.ts';

/** What an order would do, before anybody says that it is to. */
export function orderWords(order: StickOrder): string {
  if (order.does === 'end-role') return inBoth(({ end }) => end);
  const { name, until } = order;
  const inJapan = new Date(until).toLocaleString('ja-JP', { timeZone: 'Asia/Tokyo' });
  return [ja.shelter({ name, until: inJapan }), en.shelter({ name, until })].join('\n');
}

export function doneWords(): string {
  return [
    '指示を受けました。だれもいなくなりしだい、切り替わります。USBメモリーは抜いてかまいません。',
    'The order was taken; the terminal changes over as soon as nobody is served. The stick may be pulled.',
  ].join('\n');
}

/** That there is one, where it can't be taken. */
export function listWords(): string {
  return [
    `このUSBメモリーには名簿があります。名簿は、端末の画面で、係員メニューの「${ja.menu}」から入れます。`,
    `There is a list on the stick. It is taken at the terminal's own screen: "${en.menu}" in the staff menu.`,
  ].join('\n');
}

export function faultWords(fault: StickFault): string {
  return [ja.faults[fault] + ja.unchanged, `${en.faults[fault]} ${en.unchanged}`].join('\n');
}

function inBoth(said: (texts: StickTexts) => string): string {
  return [said(ja), said(en)].join('\n');
}
