import { describe, expect, test } from 'vitest';
import {
  chained,
  command,
  exchange,
  guarded,
  parseResponse,
  redactCommand,
  type Transmit,
} from '../../devices/card/apdu.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex').toUpperCase();

/** A card that gives these answers in turn, and keeps what it was sent. */
function scripted(...answers: string[]): { transmit: Transmit; sent: string[] } {
  const sent: string[] = [];
  return {
    sent,
    transmit: async (request) => {
      sent.push(hex(request));
      const answer = answers[sent.length - 1];
      if (answer === undefined) throw new Error('the card was asked once too often');
      return bytes(answer);
    },
  };
}

describe('a command', () => {
  test('has the bytes of each of the four cases of ISO 7816-4', () => {
    expect(hex(command(0x00, 0xa4, 0x00, 0x00))).toBe('00A40000');
    expect(hex(command(0x00, 0xb0, 0x01, 0xf4, { le: 250 }))).toBe('00B001F4FA');
    const data = bytes('000A');
    expect(hex(command(0x00, 0xa4, 0x02, 0x0c, { data }))).toBe('00A4020C02000A');
    expect(hex(command(0x80, 0x2a, 0x00, 0x80, { data, le: 256 }))).toBe('802A008002000A00');
  });

  test.each([
    ['no data at all', { data: new Uint8Array() }],
    ['256 bytes of data', { data: new Uint8Array(256) }],
    ['Le 0', { le: 0 }],
    ['Le 257', { le: 257 }],
    ['a broken Le', { le: 1.5 }],
  ])('is refused with %s', (_what, options) => {
    expect(() => command(0, 0xb0, 0, 0, options)).toThrow(RangeError);
  });

  test('is refused with a header that is not of bytes', () => {
    expect(() => command(0, 0xb0, 0x100, 0)).toThrow(RangeError);
    expect(() => command(0, 0xb0, -1, 0)).toThrow(RangeError);
  });
});

describe('a chain', () => {
  const lengths = (bytesOfData: number) =>
    chained(0x80, 0xa2, 0x06, 0xc1, new Uint8Array(bytesOfData)).map((each) =>
      hex(each.subarray(0, 5)),
    );

  test.each([
    [1, ['80A206C101']],
    [255, ['80A206C1FF']],
    [256, ['90A206C1FF', '80A206C101']],
    [510, ['90A206C1FF', '80A206C1FF']],
    [511, ['90A206C1FF', '90A206C1FF', '80A206C101']],
  ])('of %i bytes says of every part but the last that more follows', (bytesOfData, commands) => {
    expect(lengths(bytesOfData)).toEqual(commands);
  });

  test('carries every byte in its order', () => {
    const data = Uint8Array.from({ length: 600 }, (_, at) => at & 0xff);
    const parts = chained(0x00, 0x82, 0, 0, data).map((each) => each.subarray(5));
    expect(hex(Buffer.concat(parts))).toBe(hex(data));
  });
});

describe('a response', () => {
  test('is split into data and status word', () => {
    expect(parseResponse(bytes('9000'))).toEqual({ data: new Uint8Array(), sw: 0x9000 });
    expect(parseResponse(bytes('3082 6282'))).toEqual({ data: bytes('3082'), sw: 0x6282 });
  });

  test.each(['', '90'])('of the bytes "%s" means that the card was pulled', (answer) => {
    expect(() => parseResponse(bytes(answer))).toThrow(
      expect.objectContaining({ fault: 'card-removed' }),
    );
  });

  test('longer than a short APDU allows is unreadable', () => {
    expect(parseResponse(new Uint8Array(258)).data).toHaveLength(256);
    expect(() => parseResponse(new Uint8Array(259))).toThrow(
      expect.objectContaining({ fault: 'card-unreadable' }),
    );
  });
});

describe('an exchange', () => {
  test('follows 61xx by GET RESPONSE until the end', async () => {
    const { transmit, sent } = scripted('AABB 6102', 'CCDD 6100', 'EE 9000');
    const response = await exchange(transmit, bytes('00B0000005'));
    expect(response.sw).toBe(0x9000);
    expect(hex(response.data)).toBe('AABBCCDDEE');
    expect(sent).toEqual(['00B0000005', '00C0000002', '00C0000000']);
  });

  test.each([
    ['00B0000000', '6C04', '00B0000004'],
    ['00B00000', '6C04', '00B0000004'],
    ['00A4020C02000A', '6C10', '00A4020C02000A10'],
    ['802A008002000A00', '6C80', '802A008002000A80'],
    ['00B0000004', '6C00', '00B0000000'],
  ])('repeats %s with the length of %s as %s', async (request, answer, repeated) => {
    const { transmit, sent } = scripted(answer, 'AA9000');
    await exchange(transmit, bytes(request));
    expect(sent).toEqual([request, repeated]);
  });

  test('follows a 6Cxx in the middle of 61xx', async () => {
    const { transmit, sent } = scripted('6110', '6C02', 'AABB 9000');
    expect(hex((await exchange(transmit, bytes('00B0000010'))).data)).toBe('AABB');
    expect(sent).toEqual(['00B0000010', '00C0000010', '00C0000002']);
  });

  test.each([
    ['61xx without end and without data', '6100'],
    ['61xx without end', '30 6101'],
    ['6Cxx without end', '6C01'],
  ])('ends a card with %s as unreadable, soon', async (_what, answer) => {
    let count = 0;
    const transmit = async () => {
      count += 1;
      return bytes(answer);
    };
    await expect(exchange(transmit, bytes('00B0000010'))).rejects.toMatchObject({
      fault: 'card-unreadable',
    });
    expect(count).toBeLessThanOrEqual(17);
  });

  test('gathers no more than 4 KB and one response', async () => {
    let total = 0;
    const transmit = async () => {
      total += 256;
      return Uint8Array.from([...new Uint8Array(256), 0x61, 0x00]);
    };
    await expect(exchange(transmit, bytes('00B0000000'))).rejects.toMatchObject({
      fault: 'card-unreadable',
    });
    expect(total).toBeLessThanOrEqual(4096 + 256);
  });

  test('passes on what the reader rejects with', async () => {
    const gone = new Error('0x80100069');
    const transmit = () => Promise.reject(gone);
    await expect(exchange(transmit, bytes('00B0000000'))).rejects.toBe(gone);
  });
});

const TEXT = '00A4040C0AD3921000310001010408';
const SURFACE = '00A4040C0AD3921000310001010402';
const JPKI = '00A4040C0AD392F000260100000001';

describe('the individual number', () => {
  const always = (sw: string) => {
    const sent: string[] = [];
    const transmit: Transmit = async (request) => {
      sent.push(hex(request));
      return bytes(sw);
    };
    return { transmit, sent };
  };

  test.each([
    ['the text application, SELECT', [TEXT], '00A4020C020001'],
    ['the text application, SELECT with class 80', [TEXT], '80A4020C020001'],
    ['the text application, SELECT by any identifier', [TEXT], '00A40000020001'],
    ['the text application, SELECT by path', [TEXT], '00A4080C043F000001'],
    ['the text application, short EF identifier', [TEXT], '00B0810000'],
    ['the text application, READ BINARY with odd code', [TEXT], '00B10001045402000000'],
    ['the text application, READ RECORD', [TEXT], '00B2010C00'],
    ['the text application, GET DATA', [TEXT], '00CA010000'],
    ['the surface application, SELECT', [SURFACE], '00A4020C020005'],
    ['the surface application, short EF identifier', [SURFACE], '00B0850000'],
    ['an application chosen by a truncated AID', ['00A4040C09D39210003100010104'], '00B0810000'],
    ['an application of which nothing is known', [], '00A4020C020001'],
    ['an application of which nothing is known, short', [], '00B0850000'],
  ])('is never opened: %s', async (_what, before, request) => {
    const { transmit, sent } = always('9000');
    for (const each of before) await exchange(transmit, bytes(each));
    const failure = await exchange(transmit, bytes(request)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'Error', message: /individual number/u });
    expect(sent).toEqual(before);
  });

  test('is not hidden behind a logical channel or secure messaging', async () => {
    const { transmit, sent } = always('9000');
    for (const cla of ['01', '04', '0C', '10', '81', '90', 'A0']) {
      await expect(exchange(transmit, bytes(`${cla}A4020C020002`))).rejects.toThrow(/class/u);
    }
    expect(sent).toEqual([]);
  });

  test('is not opened after the wrong application failed to be left', async () => {
    const { transmit } = scripted('9000', '6A82');
    await exchange(transmit, bytes(TEXT));
    await exchange(transmit, bytes(JPKI));
    await expect(exchange(transmit, bytes('00A4020C020001'))).rejects.toThrow(/never opened/u);
  });

  test('is not opened after a SELECT whose answer never came', async () => {
    const { transmit } = scripted('9000');
    await exchange(transmit, bytes(JPKI));
    await expect(exchange(transmit, bytes(TEXT))).rejects.toThrow(/too often/u);
    await expect(exchange(transmit, bytes('00A4020C020001'))).rejects.toThrow(/never opened/u);
  });

  test('does not stand in the way of the files that are needed', async () => {
    const { transmit, sent } = always('9000');
    const requests = [
      JPKI,
      '00A4020C020001',
      '00A4020C02000A',
      '00B0000004',
      '00B0810000',
      '00B0850000',
    ];
    for (const each of requests) await exchange(transmit, bytes(each));
    expect(sent).toEqual(requests);
  });

  test('is guarded once, however often the same reader is wrapped', () => {
    const { transmit } = always('9000');
    expect(guarded(transmit)).toBe(guarded(transmit));
    expect(guarded(guarded(transmit))).toBe(guarded(transmit));
  });
});

describe('a trace', () => {
  test.each([
    ['0020008004 31323334', '00200080 [5 redacted]'],
    ['0021008004 31323334', '00210080 [5 redacted]'],
    ['0024018004 31323334', '00240180 [5 redacted]'],
    ['002C008004 31323334', '002C0080 [5 redacted]'],
    ['8020008004 31323334', '80200080 [5 redacted]'],
  ])('of %s shows no reference data', (request, shown) => {
    expect(redactCommand(bytes(request))).toBe(shown);
  });

  test('shows everything else as it is', () => {
    expect(redactCommand(bytes('00A4020C02000A'))).toBe('00A4020C02000A');
    expect(redactCommand(bytes('00200080'))).toBe('00200080');
    expect(redactCommand(new Uint8Array())).toBe('');
  });
});
