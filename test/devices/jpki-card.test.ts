import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Transmit } from '../../devices/card/apdu.ts';
import { CardError } from '../../devices/card/card.ts';
import { readUserCertificate } from '../../devices/card/jpki-card.ts';
import { type CardDefinition, type CardFaults, SimCard } from '../../devices/card/sim-card.ts';

/** Random bytes under the header of a SEQUENCE, so many bytes long in all. */
function sequence(length: number): Buffer {
  const header =
    length - 3 < 0x100
      ? Buffer.of(0x30, 0x81, length - 3)
      : Buffer.of(0x30, 0x82, (length - 4) >> 8, (length - 4) & 0xff);
  return Buffer.concat([header, randomBytes(length - header.length)]);
}

const CERTIFICATE = sequence(1415);

function myNumberCard(overrides: Partial<CardDefinition> = {}): SimCard {
  const userCertificate = CERTIFICATE.toString('base64');
  const card = new SimCard({ kind: 'my-number', userCertificate, ...overrides });
  card.powerOn();
  return card;
}

function trace(card: SimCard): { transmit: Transmit; sent: string[] } {
  const sent: string[] = [];
  return {
    sent,
    transmit: async (request) => {
      sent.push(Buffer.from(request).toString('hex').toUpperCase());
      return card.transmit(request);
    },
  };
}

const read = (card: SimCard) => readUserCertificate((request) => card.transmit(request));

describe('the certificate of a My Number Card', () => {
  test('is read with these commands and no others', async () => {
    const { transmit, sent } = trace(myNumberCard());
    expect(Buffer.from(await readUserCertificate(transmit))).toEqual(CERTIFICATE);
    expect(sent).toEqual([
      '00A4040C0AD392F000260100000001',
      '00B0860010',
      '00B08A00FA',
      '00B000FAFA',
      '00B001F4FA',
      '00B002EEFA',
      '00B003E8FA',
      '00B004E2A5',
    ]);
  });

  test('is read with SELECT from a card that knows no short file identifiers', async () => {
    const { transmit, sent } = trace(myNumberCard());
    const certificate = await readUserCertificate(async (request) => {
      const short = Buffer.from(request).toString('hex').startsWith('00b08');
      return short ? Buffer.from('6A86', 'hex') : transmit(request);
    });
    expect(Buffer.from(certificate)).toEqual(CERTIFICATE);
    expect(sent.slice(1, 5)).toEqual([
      '00A4020C020006',
      '00B0000010',
      '00A4020C02000A',
      '00B00000FA',
    ]);
  });

  test.each([
    ['another file', Buffer.alloc(16, 0x20)],
    ['nothing', Buffer.alloc(0)],
  ])('is read with SELECT from a card whose short identifiers give %s', async (_what, given) => {
    const card = myNumberCard();
    const certificate = await readUserCertificate(async (request) => {
      const short = request[1] === 0xb0 && (request[2] ?? 0) >= 0x80;
      return short ? Buffer.concat([given, Buffer.from('9000', 'hex')]) : card.transmit(request);
    });
    expect(Buffer.from(certificate)).toEqual(CERTIFICATE);
  });

  test('is read from a card that reads by short identifier and selects nothing thereby', async () => {
    const card = myNumberCard();
    let application: Uint8Array = new Uint8Array();
    const certificate = await readUserCertificate(async (request) => {
      if (request[1] === 0xa4 && request[2] === 0x04) application = request;
      const response = await card.transmit(request);
      const short = request[1] === 0xb0 && (request[2] ?? 0) >= 0x80;
      // The application stays selected; no file is.
      if (short) await card.transmit(application);
      return response;
    });
    expect(Buffer.from(certificate)).toEqual(CERTIFICATE);
  });

  test('is read whole at every length, also at the seams of the steps', async () => {
    const seams = [131, 249, 250, 251, 258, 260, 499, 500, 501, 512, 4000, 4095, 4096];
    const lengths = fc.oneof(
      fc.constantFrom(...seams),
      fc.integer({ min: 260, max: 4096 }),
      fc.integer({ min: 131, max: 258 }),
    );
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        const certificate = sequence(length);
        const card = myNumberCard({ userCertificate: certificate.toString('base64') });
        expect(Buffer.from(await read(card)).equals(certificate)).toBe(true);
      }),
      { examples: seams.map((seam) => [seam]) },
    );
  });

  test('is cut from a file that is longer than it', async () => {
    for (const length of [131, 700]) {
      const file = Buffer.concat([sequence(length), Buffer.alloc(1000)]);
      const card = myNumberCard({ userCertificate: file.toString('base64') });
      expect(Buffer.from(await read(card))).toEqual(file.subarray(0, length));
    }
  });

  test('is read although the first command after power-up fails', async () => {
    const { transmit, sent } = trace(myNumberCard({ faults: { failsFirst: true } }));
    expect(await readUserCertificate(transmit)).toHaveLength(CERTIFICATE.length);
    expect(sent[1]).toBe(sent[0]);
    expect(sent).toHaveLength(9);
  });
});

describe('a card that is not served', () => {
  const cases: [string, Partial<CardDefinition>, string][] = [
    ['a transit card', { kind: 'transit' }, 'card-not-supported'],
    ['an old resident card', { label: 'JPKIAPICCTOKEN' }, 'card-not-supported'],
    ['an unknown token', { label: 'JPKIAPICCTOKEN3' }, 'card-not-supported'],
    ['a token without a label', { label: '' }, 'card-not-supported'],
    ['an Android phone', { kind: 'phone' }, 'phone-not-supported'],
    ['an iPhone', { kind: 'phone', label: 'JPKIAPIOSTOKEN' }, 'phone-not-supported'],
    ['a phone with an unknown label', { kind: 'phone', label: 'X' }, 'card-not-supported'],
    [
      'a card whose certificate is locked',
      { kind: 'phone', label: 'JPKIAPICCTOKEN2' },
      'card-not-supported',
    ],
  ];
  test.each(cases)('%s gets its own answer', async (_what, overrides, fault) => {
    await expect(read(myNumberCard(overrides))).rejects.toMatchObject({ fault });
  });

  test('a card without the certificate gets its own answer', async () => {
    const card = new SimCard({ kind: 'my-number' });
    card.powerOn();
    await expect(read(card)).rejects.toMatchObject({ fault: 'card-not-supported' });
  });

  test.each(['6A82', '6A81', '6A86', '6D00', '6E00', '6700', '6283', '6999', '911C'])(
    'a card that answers %s to everything is not supported',
    async (sw) => {
      const transmit = async () => Buffer.from(sw, 'hex');
      await expect(readUserCertificate(transmit)).rejects.toMatchObject({
        fault: 'card-not-supported',
      });
    },
  );

  test.each(['6F00', '6400', '6581'])('a card that fails with %s is unreadable', async (sw) => {
    let count = 0;
    const transmit = async () => {
      count += 1;
      return Buffer.from(sw, 'hex');
    };
    await expect(readUserCertificate(transmit)).rejects.toMatchObject({ fault: 'card-unreadable' });
    expect(count).toBeLessThanOrEqual(2);
  });

  /** As a card without short file identifiers that hides its token information behind `sw`, its certificate too. */
  const hiding = (at: 'select' | 'read', sw: string, certificateSw: string): Transmit => {
    const card = myNumberCard();
    let file = '';
    return async (request) => {
      const hex = Buffer.from(request).toString('hex').toUpperCase();
      if (hex.startsWith('00B08')) return Buffer.from('6A86', 'hex');
      if (hex.startsWith('00A4020C')) file = hex.slice(-4);
      const own = file === '0006' ? sw : certificateSw;
      const step = hex.startsWith('00B0') ? 'read' : 'select';
      const hides = file !== '' && step === at && own !== '9000';
      return hides ? Buffer.from(own, 'hex') : card.transmit(request);
    };
  };

  test.each(['select', 'read'] as const)('a token that hides all at %s is a phone', async (at) => {
    await expect(readUserCertificate(hiding(at, '6982', '6982'))).rejects.toMatchObject({
      fault: 'phone-not-supported',
    });
  });

  test('a token without token information is not supported', async () => {
    await expect(readUserCertificate(hiding('select', '6A82', '9000'))).rejects.toMatchObject({
      fault: 'card-not-supported',
    });
  });
});

describe('a card that misbehaves', () => {
  const cases: [string, CardFaults, string][] = [
    ['a truncated certificate', { certificate: 'truncated' }, 'card-unreadable'],
    ['an oversized certificate', { certificate: 'oversized' }, 'card-unreadable'],
    ['a lying DER length', { certificate: 'lying-length' }, 'card-unreadable'],
    ['bytes that are no certificate', { certificate: 'garbage' }, 'card-unreadable'],
    ['an empty certificate file', { certificate: 'empty' }, 'card-unreadable'],
    ['61xx for ever', { endless61: true }, 'card-unreadable'],
    ['6Cxx for ever', { endless6c: true }, 'card-unreadable'],
    ['one byte too many', { readSurplus: 1 }, 'card-unreadable'],
    ['one byte too few', { readSurplus: -1 }, 'card-unreadable'],
    ['no bytes but 9000', { readSurplus: -256 }, 'card-unreadable'],
    ['a wrong status word for READ BINARY', { statusWords: { b0: '6986' } }, 'card-unreadable'],
    ['answers that end', { emptyAfter: 6 }, 'card-removed'],
    ['no answer at all', { emptyAfter: 0 }, 'card-removed'],
  ];
  test.each(cases)('with %s is refused', async (_what, faults, fault) => {
    await expect(read(myNumberCard({ faults }))).rejects.toMatchObject({ fault });
  });

  test.each([
    ['3003010203', 'too small'],
    [`3080${'00'.repeat(100)}`, 'of indefinite length'],
    [`3081${'10'.repeat(100)}`, 'with a length that is not minimal'],
    [`308200F0${'00'.repeat(300)}`, 'with a length that is not minimal in two bytes'],
    [`3181F0${'00'.repeat(300)}`, 'that is no SEQUENCE'],
    [`30831000${'00'.repeat(300)}`, 'with a length of three bytes'],
    [`30820FFD${'00'.repeat(4100)}`, 'of 4097 bytes'],
  ])('with the file %.8s..., one %s, is refused', async (file) => {
    const userCertificate = Buffer.from(file, 'hex').toString('base64');
    await expect(read(myNumberCard({ userCertificate }))).rejects.toMatchObject({
      fault: 'card-unreadable',
    });
  });

  test('is never mixed with the card that was put down in its place', async () => {
    const commands = 8;
    for (let swapAt = 1; swapAt < commands; swapAt += 1) {
      const cards = [
        myNumberCard(),
        myNumberCard({ userCertificate: sequence(1415).toString('base64') }),
      ];
      let count = 0;
      const transmit: Transmit = async (request) => {
        const card = cards[count < swapAt ? 0 : 1];
        count += 1;
        return card?.transmit(request) ?? Promise.reject(new Error('no card'));
      };
      await expect(readUserCertificate(transmit)).rejects.toBeInstanceOf(CardError);
    }
  });

  test('by answering at random never hangs, crashes or passes for a card', async () => {
    const answers = fc.infiniteStream(
      fc.oneof(
        fc.uint8Array({ maxLength: 260 }),
        fc
          .tuple(fc.uint8Array({ maxLength: 256 }), fc.constantFrom(0x90, 0x61, 0x6c, 0x62))
          .map(([data, sw1]) => Uint8Array.from([...data, sw1, sw1 === 0x90 ? 0 : (data[0] ?? 1)])),
      ),
    );
    await fc.assert(
      fc.asyncProperty(answers, async (stream) => {
        let count = 0;
        const transmit: Transmit = async () => {
          count += 1;
          return stream.next().value ?? new Uint8Array();
        };
        await expect(readUserCertificate(transmit)).rejects.toBeInstanceOf(CardError);
        expect(count).toBeLessThanOrEqual(64);
      }),
      { numRuns: 300 },
    );
  });

  test('by one wrong answer gives a whole certificate or a typed failure', async () => {
    const wrong = fc.tuple(fc.nat({ max: 9 }), fc.uint8Array({ maxLength: 258 }));
    await fc.assert(
      fc.asyncProperty(wrong, async ([at, answer]) => {
        const card = myNumberCard();
        let count = -1;
        const result = await readUserCertificate(async (request) => {
          count += 1;
          return count === at ? answer : card.transmit(request);
        }).catch((error: unknown) => error);
        if (result instanceof Uint8Array) {
          expect(result.length).toBe(4 + Buffer.from(result).readUInt16BE(2));
        } else {
          expect(result).toBeInstanceOf(CardError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('passes on what the reader rejects with', async () => {
    const gone = new CardError('card-removed', 'pulled');
    await expect(readUserCertificate(() => Promise.reject(gone))).rejects.toBe(gone);
  });
});
