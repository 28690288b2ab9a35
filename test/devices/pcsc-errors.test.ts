import { expect, test } from 'vitest';
import { CardError } from '../../devices/card/card.ts';
import { CardBusy, fromPcsc, ReaderLost } from '../../devices/card/pcsc-errors.ts';

/** As npm pcsclite words it. */
function pcscError(code: string): Error {
  return new Error(`SCardTransmit error: Some words.(0x${code})`);
}

test.each([
  ['80100069', 'card-removed'],
  ['80100068', 'card-removed'],
  ['8010000c', 'card-removed'],
  ['80100016', 'card-removed'],
  ['80100003', 'card-removed'],
  ['80100065', 'card-unreadable'],
  ['80100066', 'card-unreadable'],
  ['80100067', 'card-unreadable'],
  ['8010000f', 'card-unreadable'],
  ['8010002f', 'card-unreadable'],
  ['ffffffff80100069', 'card-removed'],
])('0x%s says %s', (code, fault) => {
  const error = fromPcsc(pcscError(code));
  expect(error).toBeInstanceOf(CardError);
  expect(error).toMatchObject({ fault });
});

test.each(['80100009', '80100013', '80100017', '8010001d', '8010001e', '8010002e'])(
  '0x%s says that the reader is lost',
  (code) => {
    expect(fromPcsc(pcscError(code))).toBeInstanceOf(ReaderLost);
  },
);

test('a sharing violation is worth another try', () => {
  expect(fromPcsc(pcscError('8010000b'))).toBeInstanceOf(CardBusy);
});

test('an error without a code is a card that can not be read', () => {
  expect(fromPcsc(new Error('Card Reader not connected'))).toMatchObject({
    fault: 'card-unreadable',
  });
});
