/** The bytes on the line of a payment unit, as vectors of their own: both ends of it here are ours. */

import { expect, test } from 'vitest';
import {
  type Answer,
  type Ask,
  crcOf,
  encodeAnswer,
  encodeAsk,
  FrameReader,
  parseAnswer,
  parseAsk,
} from '../../devices/payment/payment-frames.ts';

const ID = '00112233445566778899aabbccddeeff';
const NUMBER = '0badcafe';

const ASKS: readonly (readonly [Ask, string])[] = [
  [{ number: NUMBER, ask: 'hello' }, '\x020badcafe hello\x03D82B'],
  [
    { number: NUMBER, ask: 'authorise', id: ID, yen: 450, means: 'e-money' },
    `\x020badcafe authorise ${ID} 450 e-money\x03A56A`,
  ],
  [{ number: NUMBER, ask: 'look', id: ID }, `\x020badcafe look ${ID}\x0373F0`],
  [{ number: NUMBER, ask: 'capture', id: ID }, `\x020badcafe capture ${ID}\x034CC5`],
  [{ number: NUMBER, ask: 'void', id: ID }, `\x020badcafe void ${ID}\x03EB0C`],
];

const ANSWERS: readonly (readonly [Answer, string])[] = [
  [
    { number: NUMBER, answer: 'unit', means: ['cash', 'e-money'] },
    '\x020badcafe unit 1 cash+e-money\x036B16',
  ],
  [
    { number: NUMBER, answer: 'payment', id: ID, state: 'collecting', inserted: 60, why: null },
    `\x020badcafe payment ${ID} collecting 60 -\x0363D2`,
  ],
  [
    { number: NUMBER, answer: 'payment', id: ID, state: 'voided', inserted: 0, why: 'declined' },
    `\x020badcafe payment ${ID} voided 0 declined\x034199`,
  ],
  [{ number: NUMBER, answer: 'no' }, '\x020badcafe no\x035C42'],
];

const bodyOf = (bytes: Uint8Array): string => new FrameReader().push(bytes)[0] ?? '';

test('the CRC is CRC-16/IBM-3740', () => {
  expect(crcOf(Buffer.from('123456789'))).toBe('29B1');
  expect(crcOf(new Uint8Array())).toBe('FFFF');
});

test.each(ASKS)('an ask is these bytes and is read from them: %j', (ask, text) => {
  expect(encodeAsk(ask).toString('latin1')).toBe(text);
  expect(parseAsk(bodyOf(encodeAsk(ask)))).toEqual(ask);
});

test.each(ANSWERS)('an answer is these bytes and is read from them: %j', (answer, text) => {
  expect(encodeAnswer(answer).toString('latin1')).toBe(text);
  expect(parseAnswer(bodyOf(encodeAnswer(answer)))).toEqual(answer);
});

test.each([
  '',
  'hello',
  `${NUMBER}`,
  `${NUMBER} hello you`,
  `0BADCAFE look ${ID}`,
  `${NUMBER} look ${ID.toUpperCase()}`,
  `${NUMBER} look ${ID} now`,
  `${NUMBER} steal ${ID}`,
  `${NUMBER} authorise ${ID} 450`,
  `${NUMBER} authorise ${ID} 450 gold`,
  `${NUMBER} authorise ${ID} 450 cash now`,
  ...['0', '9', '50001', '-450', '+450', '0450', '4.5', '1e3', '450000000000', '４５０'].map(
    (yen) => `${NUMBER} authorise ${ID} ${yen} cash`,
  ),
])('no ask: %j', (body) => {
  expect(parseAsk(body)).toBeNull();
});

test.each([
  '',
  `${NUMBER} unit 2 cash`,
  `${NUMBER} unit 1 gold`,
  `${NUMBER} unit 1 cash+cash`,
  `${NUMBER} unit 1`,
  `${NUMBER} payment ${ID} authorised 450`,
  `${NUMBER} payment ${ID} rich 450 -`,
  `${NUMBER} payment ${ID} authorised -450 -`,
  `${NUMBER} payment ${ID} authorised 999999 -`,
  `${NUMBER} payment ${ID} voided 0 moon`,
  `${NUMBER} payment ${ID} voided 0 stopped twice`,
  `${NUMBER} payment short captured 0 -`,
  `${NUMBER} no way`,
])('no answer: %j', (body) => {
  expect(parseAnswer(body)).toBeNull();
});

test('frames are read from any pieces, with noise around them', () => {
  const frames = ANSWERS.map(([answer]) => encodeAnswer(answer));
  const stream = Buffer.concat(frames.flatMap((each) => [each, Buffer.from('\r\n\xffnoise')]));
  for (const size of [1, 2, 7, stream.length]) {
    const reader = new FrameReader();
    const bodies: (string | null)[] = [];
    for (let at = 0; at < stream.length; at += size) {
      bodies.push(...reader.push(stream.subarray(at, at + size)));
    }
    expect(bodies.map((body) => parseAnswer(body ?? ''))).toEqual(ANSWERS.map(([each]) => each));
  }
});

test('every single bit that turns over is noticed, and costs no frame but its own', () => {
  const first = encodeAnswer({ number: NUMBER, answer: 'no' });
  const second = encodeAsk({ number: NUMBER, ask: 'look', id: ID });
  for (let bit = 0; bit < first.length * 8; bit += 1) {
    const damaged = Buffer.from(first);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const bodies = new FrameReader().push(Buffer.concat([damaged, second, second]));
    expect(bodies.filter((body) => body === `${NUMBER} no`)).toEqual([]);
    expect(bodies.at(-1)).toBe(`${NUMBER} look ${ID}`);
  }
});

test('a frame that does not end is given up, and the next one is read', () => {
  const endless = Buffer.concat([Buffer.of(2), Buffer.alloc(5_000, 0x61)]);
  const next = encodeAnswer({ number: NUMBER, answer: 'no' });
  expect(new FrameReader().push(Buffer.concat([endless, next]))).toEqual([null, `${NUMBER} no`]);
});
