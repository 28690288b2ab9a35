/** What a stick brings to a terminal, and what became of it, for whoever stands there with it: Japanese first. */

import type { Command, CommandRefusal } from './domain/command.ts';
import type { RejectionReason } from './link/rejection.ts';
import type { StickOrderFault } from './transfer/stick-order.ts';

type Words = readonly [ja: string, en: string];

const NOTHING_CHANGED: Words = ['何も変えていません。', 'Nothing was changed.'];

const FAULT_WORDS: Readonly<Record<StickOrderFault, Words>> = {
  none: [
    'このUSBメモリには、この端末あての指示がありません。',
    'There is no order for this terminal on the stick.',
  ],
  'not-a-file': [
    'このUSBメモリの指示は、ふつうのファイルではありません。',
    'What stands in the place of the order is no plain file.',
  ],
  'too-large': [
    'このUSBメモリの指示は、大きすぎます。',
    'What stands in the place of the order is too large for one.',
  ],
  unreadable: [
    'USBメモリを読めません。抜けていないか確かめてください。',
    'The stick can not be read; see whether it was pulled.',
  ],
};

const REJECTED: Partial<Record<RejectionReason, Words>> = {
  'bad-signature': [
    '指示の署名が、この端末の知るセンターのものではありません。',
    'The order is not signed by the platform that this terminal knows.',
  ],
  'not-named': [
    '指示に署名した鍵は、指示を出すことを認められていません。',
    'The key that signed the order is not named for orders.',
  ],
  'wrong-kind': ['これは指示ではありません。', 'This is signed, but it is no order.'],
  'not-for-this-terminal': [
    'この指示は、ほかの端末あてです。',
    'The order is for another terminal.',
  ],
  'clock-unset': [
    'この端末の時計が合っていないので、指示の期限を確かめられません。',
    'The clock of this terminal is not set: whether the order is in time can not be told.',
  ],
  expired: [
    '指示に署名した鍵の期限が切れています。',
    'The certificate of the key that signed the order has expired.',
  ],
};
const DAMAGED: Words = ['指示が壊れています。', 'The order is damaged, or cut off.'];

const REFUSED: Readonly<Record<CommandRefusal, Words>> = {
  'older-number': [
    'これより新しい指示を、この端末はもう受けています。',
    'This terminal has had a newer order already.',
  ],
  expired: ['指示の期限が切れています。', 'The order has expired.'],
  'future-dated': [
    '指示の日付が、この端末の時計より先です。',
    'The order is dated later than the clock of this terminal.',
  ],
  'unknown-command': [
    'この端末の知らない指示です。',
    'The software of this terminal does not know such an order.',
  ],
  busy: ['この端末は使われています。', 'Somebody is at this terminal.'],
  'no-role': [
    'この端末は、もとの使い方のままです。終わらせる指示がありません。',
    'This terminal is what it is configured to be: there is nothing to end.',
  ],
  'not-suited': [
    'この端末は、避難所の受付に切り替えられません。',
    'This terminal can not be changed over.',
  ],
  'role-over': [
    '指示された期間は、もう過ぎています。',
    'The time for which it was ordered is past.',
  ],
  'other-municipality': [
    'この指示は、端末に設定されたものとは別の市町村のものです。',
    'The order is of another municipality than this terminal is configured for.',
  ],
  'municipality-key': [
    '市町村の証明書を使えません。',
    'The certificate of the municipality can not be used.',
  ],
};

/** What an order would do, before anybody says that it is to. */
export function orderWords({ does, role }: Pick<Command, 'does' | 'role'>): string {
  if (does === 'end-role') {
    return lines(['この端末を、もとの使い方にもどします。', 'The terminal is itself again.']);
  }
  if (role === null) return lines(['端末への指示です。', `A command: ${does}.`]);
  const until = new Date(role.until).toLocaleString('ja-JP', { timeZone: 'Asia/Tokyo' });
  return lines([
    `この端末を「${role.name}」の受付に切り替えます（${until}まで）。`,
    `The terminal becomes the reader of shelter ${role.shelter}, until ${role.until}.`,
  ]);
}

export function doneWords(): string {
  return lines([
    '指示を受けました。だれもいなくなりしだい、切り替わります。USBメモリは抜いてかまいません。',
    'The order was taken; the terminal changes over as soon as nobody is served. The stick may be pulled.',
  ]);
}

export function repeatedWords(): string {
  return lines(
    ['この指示は、もう受けています。', 'This very order was taken, or refused, before.'],
    NOTHING_CHANGED,
  );
}

export function faultWords(fault: StickOrderFault): string {
  return lines(FAULT_WORDS[fault], NOTHING_CHANGED);
}

export function rejectedWords(reason: RejectionReason): string {
  return lines(REJECTED[reason] ?? DAMAGED, NOTHING_CHANGED);
}

/** `null`: the disk is full. */
export function refusedWords(reason: CommandRefusal | null): string {
  if (reason === null) {
    const full: Words = ['空きがなく、指示を記録できません。', 'The disk is full.'];
    return lines(full, NOTHING_CHANGED);
  }
  return lines(REFUSED[reason], NOTHING_CHANGED);
}

function lines(...said: readonly Words[]): string {
  return [said.map(([ja]) => ja).join(''), said.map(([, en]) => en).join(' ')].join('\n');
}
