import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CardDefinition, SimCard } from '../../devices/card/sim-card.ts';
import { stopwatch } from '../rig/stopwatch.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const DEFINITION: CardDefinition = {
  kind: 'my-number',
  userCertificate: base64('user certificate'),
  userCaCertificate: base64('user CA'),
  userPrivateKey: pem,
  signCertificate: base64('signature certificate'),
  signCaCertificate: base64('signature CA'),
  signPrivateKey: pem,
  pin: '4321',
  password: 'SECRET1',
};

const JPKI = '00A4040C0AD392F000260100000001';
const PIN_FILE = '00A4020C020018';
const PASSWORD_FILE = '00A4020C02001B';
const KEY_FILE = '00A4020C020017';
const SIGN_KEY_FILE = '00A4020C02001A';
const verify = (value: string) =>
  `00200080${value.length.toString(16).padStart(2, '0')}${Buffer.from(value).toString('hex')}`;
const RIGHT_PIN = verify('4321');
const WRONG_PIN = verify('0000');
const DIGEST = createHash('sha256').update('message').digest();
const DIGEST_INFO = `3031300D060960864801650304020105000420${DIGEST.toString('hex')}`;
const SIGN = `802A008033${DIGEST_INFO}00`;

let card: SimCard;

/** Sends commands (hex) in turn; the last answer in hex. */
async function send(...commands: string[]): Promise<string> {
  let answer: Uint8Array = new Uint8Array();
  for (const each of commands) answer = await card.transmit(Buffer.from(each, 'hex'));
  return Buffer.from(answer).toString('hex').toUpperCase();
}

function use(overrides: Partial<CardDefinition> = {}): void {
  card = new SimCard({ ...DEFINITION, ...overrides });
  card.powerOn();
}

beforeEach(() => use());

describe('selecting', () => {
  test.each([
    ['the JPKI application', JPKI, '9000'],
    ['it with FCI asked for', '00A404000AD392F00026010000000100', '9000'],
    ['it by its first five bytes', '00A4040C05D392F00026', '9000'],
    ['it by four bytes', '00A4040C04D392F000', '6A82'],
    ['the common application', '00A4040C0AD3921000310001010100', '9000'],
    ['the surface application', '00A4040C0AD3921000310001010402', '9000'],
    ['the text application', '00A4040C0AD3921000310001010408', '9000'],
    ['the resident register application', '00A4040C0AD3921000310001010401', '9000'],
    ['an unknown application', '00A4040C07A0000000031010', '6A82'],
    ['an AID that goes on', `00A4040C0BD392F00026010000000100`, '6A82'],
    ['a file without an application', '00A4020C02000A', '6A82'],
    ['the master file', '00A40000023F00', '6A82'],
    ['the master file without its identifier', '00A40000', '6A86'],
    ['by path', '00A4080C023F00', '6A86'],
  ])('%s', async (_what, request, answer) => {
    expect(await send(request)).toBe(answer);
  });

  test('the master file leaves an application', async () => {
    expect(await send(JPKI, '00A40000')).toBe('9000');
    expect(await send('00A4020C02000A')).toBe('6A82');
  });

  test('a file that does not exist keeps the current one', async () => {
    expect(await send(JPKI, '00A4020C020008', '00A4020C020777')).toBe('6A82');
    expect(await send('00B0000003')).toBe('8F8F009000');
  });
});

describe('what is not known', () => {
  test.each([
    ['an unknown instruction', '00CA010000', '6D00'],
    ['an unknown proprietary instruction', '80CA9F7F00', '6D00'],
    ['the terminal authentication of cards with that feature', '80A206C10400000000', '6E00'],
    ['an unknown class', 'A0A40000023F00', '6E00'],
    ['a logical channel', '01B0000000', '6881'],
    ['secure messaging', '0CB0000000', '6882'],
    ['no command', '', '6700'],
    ['half a header', '00A4', '6700'],
    ['a body that is too short', '00A4040C0AD392', '6700'],
    ['a body that is too long', '00A4020C02000A0000', '6700'],
    ['extended length', '00B00000000100', '6700'],
    ['a challenge without a length', '00840000', '6700'],
  ])('%s gets its status word', async (_what, request, answer) => {
    expect(await send(request)).toBe(answer);
  });

  test('nothing that is sent breaks the card', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (request) => {
        const answer = await card.transmit(request);
        expect(answer.length).toBeGreaterThanOrEqual(2);
        expect(answer.length).toBeLessThanOrEqual(258);
      }),
      { numRuns: 500 },
    );
  });
});

describe('reading', () => {
  const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();

  test.each([
    ['the certificate', '000A', `${hex('user certificate')}9000`],
    ['the CA certificate', '000B', `${hex('user CA')}9000`],
    ['the signature CA certificate', '0002', `${hex('signature CA')}9000`],
    ['the signature certificate without the password', '0001', '6982'],
    ['which certificates there are', '0008', '8F8F009000'],
    ['a private key', '0017', '6981'],
    ['a PIN', '0018', '6981'],
  ])('%s', async (_what, file, answer) => {
    expect(await send(JPKI, `00A4020C02${file}`, '00B0000000')).toBe(answer);
  });

  test('the verification key of a card with terminal authentication finds nothing', async () => {
    expect(await send(JPKI, '00A4020C020016')).toBe('6A82');
  });

  test('the token information has 160 bytes and begins with the label', async () => {
    const answer = await send(JPKI, '00A4020C020006', '00B0000000');
    expect(answer).toHaveLength(2 * 162);
    expect(answer.startsWith(hex('JPKIAPICCTOKEN2'.padEnd(32)))).toBe(true);
    expect(answer.endsWith(`${hex('9'.repeat(16))}9000`)).toBe(true);
  });

  test('by short identifier selects the file too', async () => {
    expect(await send(JPKI, '00B08A0004')).toBe(`${hex('user')}9000`);
    expect(await send('00B08A0504')).toBe(`${hex('cert')}9000`);
    expect(await send('00B0000504')).toBe(`${hex('cert')}9000`);
    expect(await send('00B0960000')).toBe('6A82');
    expect(await send('00B0E00000')).toBe('6A82');
  });

  test('beyond the end says so', async () => {
    expect(await send(JPKI, '00A4020C02000A', '00B0000020')).toBe(`${hex('user certificate')}6282`);
    expect(await send('00B0001000')).toBe('9000');
    expect(await send('00B0001100')).toBe('6B00');
    expect(await send('00B00000')).toBe('6700');
  });

  test('without a current file, or after another application was selected', async () => {
    expect(await send(JPKI, '00B0000004')).toBe('6986');
    expect(await send('00A4020C02000A', JPKI, '00B0000004')).toBe('6986');
  });

  test.each([
    ['D3921000310001010408', ['0001', '0002', '0003', '0004', '0005']],
    ['D3921000310001010402', ['0001', '0002', '0005']],
  ])('a personal file of %s is refused', async (aid, files) => {
    for (const file of files) {
      expect(await send(`00A4040C0A${aid}`, `00A4020C02${file}`, '00B0000000')).toBe('6982');
    }
  });

  test('a card without a signature certificate shows that it has none', async () => {
    const { signCertificate: _, ...without } = DEFINITION;
    card = new SimCard(without);
    card.powerOn();
    expect(await send(JPKI, '00A4020C020008', '00B0000000')).toBe('008F009000');
    expect(await send('00A4020C020001')).toBe('6A82');
  });

  test("a phone's certificate is read after its PIN only", async () => {
    use({ kind: 'phone' });
    expect(await send(JPKI, '00A4020C02000A', '00B0000004')).toBe('6982');
    expect(await send(PIN_FILE, RIGHT_PIN, '00A4020C02000A', '00B0000004')).toBe('757365729000');
    expect(await send('00A4040C0AD3921000310001010408')).toBe('6A82');
  });
});

describe('the PIN', () => {
  test('counts down, blocks, and stays blocked whatever comes', async () => {
    expect(await send(JPKI, PIN_FILE, '00200080')).toBe('63C3');
    expect(await send(WRONG_PIN)).toBe('63C2');
    expect(await send(verify('43210'))).toBe('63C1');
    expect(await send(WRONG_PIN)).toBe('63C0');
    expect(await send(RIGHT_PIN)).toBe('6984');
    expect(await send('00200080')).toBe('63C0');
    card.powerOff();
    card.powerOn();
    expect(await send(JPKI, PIN_FILE, RIGHT_PIN)).toBe('6984');
  });

  test('when right, resets the counter, and the empty query still says 63Cx', async () => {
    expect(await send(JPKI, PIN_FILE, WRONG_PIN, WRONG_PIN, RIGHT_PIN)).toBe('9000');
    expect(await send('00200080')).toBe('63C3');
  });

  test('and the password count apart', async () => {
    expect(await send(JPKI, PIN_FILE, WRONG_PIN)).toBe('63C2');
    expect(await send(PASSWORD_FILE, verify('WRONG1'))).toBe('63C4');
    expect(await send(verify('SECRET1'), '00200080')).toBe('63C5');
    expect(await send(PIN_FILE, '00200080')).toBe('63C2');
  });

  test('by short identifier', async () => {
    expect(await send(JPKI, '00200098')).toBe('63C3');
    expect(await send('002000980434333231')).toBe('9000');
    expect(await send('0020009B')).toBe('63C5');
    expect(await send('00200099')).toBe('6A88');
    expect(await send('0020008A')).toBe('6A88');
    expect(await send('00200097')).toBe('6981');
  });

  test('is refused without a file and with wrong parameters', async () => {
    expect(await send(JPKI, RIGHT_PIN)).toBe('6986');
    expect(await send(PIN_FILE, '00200000')).toBe('6A86');
    expect(await send('00200180')).toBe('6A86');
  });

  test('of the other applications is never right', async () => {
    const text = '00A4040C0AD3921000310001010408';
    expect(await send(text, '00A4020C020011', verify('1234'))).toBe('63C2');
    expect(await send('00A4020C020015', '00200080')).toBe('63CA');
  });

  test('is 1234 and the password ABC123 where the definition names none', async () => {
    card = new SimCard({ kind: 'my-number' });
    card.powerOn();
    expect(await send(JPKI, PIN_FILE, verify('1234'))).toBe('9000');
    expect(await send(PASSWORD_FILE, verify('ABC123'))).toBe('9000');
  });
});

describe('a signature', () => {
  const verified = (answer: string) => {
    expect(answer.slice(-4)).toBe('9000');
    const signature = Buffer.from(answer.slice(0, -4), 'hex');
    expect(signature).toHaveLength(256);
    return createVerify('sha256').update('message').verify(publicKey, signature);
  };

  test('is made after the PIN, and verifies', async () => {
    expect(await send(JPKI, KEY_FILE, SIGN)).toBe('6982');
    expect(verified(await send(PIN_FILE, RIGHT_PIN, KEY_FILE, SIGN))).toBe(true);
    expect(verified(await send(SIGN.replace('802A0080', '802A0097')))).toBe(true);
  });

  test('of the signature key needs the password, not the PIN', async () => {
    expect(await send(JPKI, PIN_FILE, RIGHT_PIN, SIGN_KEY_FILE, SIGN)).toBe('6982');
    expect(verified(await send(PASSWORD_FILE, verify('SECRET1'), SIGN_KEY_FILE, SIGN))).toBe(true);
    expect(verified(await send(SIGN.replace('802A0080', '802A009A')))).toBe(true);
  });

  test('and the signature certificate end with the next wrong PIN or password', async () => {
    await send(JPKI, PASSWORD_FILE, verify('SECRET1'));
    expect(await send('00A4020C020001', '00B0000009')).toBe('7369676E61747572659000');
    await send(PASSWORD_FILE, verify('WRONG1'));
    expect(await send('00A4020C020001', '00B0000009')).toBe('6982');
    expect(await send(SIGN_KEY_FILE, SIGN)).toBe('6982');
  });

  test.each([
    ['too long', `802A0080F6${'00'.repeat(246)}00`, '6700'],
    ['empty', '802A008000', '6700'],
    ['without Le', `802A008033${DIGEST_INFO}`, '6700'],
    ['of another kind', `802A048033${DIGEST_INFO}00`, '6A86'],
    ['of class 00', `002A008033${DIGEST_INFO}00`, '6D00'],
  ])('over data that is %s is refused', async (_what, request, answer) => {
    expect(await send(JPKI, PIN_FILE, RIGHT_PIN, KEY_FILE, request)).toBe(answer);
  });

  test('over the longest data that fits is made', async () => {
    const request = `802A0080F5${'00'.repeat(245)}00`;
    expect((await send(JPKI, PIN_FILE, RIGHT_PIN, KEY_FILE, request)).slice(-4)).toBe('9000');
  });

  test('needs the key file', async () => {
    expect(await send(JPKI, PIN_FILE, RIGHT_PIN, SIGN)).toBe('6981');
  });
});

describe('power', () => {
  test('off clears what was verified; a warm reset does not', async () => {
    await send(JPKI, PIN_FILE, RIGHT_PIN);
    card.reset();
    expect(await send(KEY_FILE)).toBe('6A82');
    expect((await send(JPKI, KEY_FILE, SIGN)).slice(-4)).toBe('9000');
    card.powerOff();
    card.powerOn();
    expect(await send(JPKI, KEY_FILE, SIGN)).toBe('6982');
  });

  test('on again is a cold reset', async () => {
    await send(JPKI, PIN_FILE, RIGHT_PIN);
    card.powerOn();
    expect(await send(JPKI, KEY_FILE, SIGN)).toBe('6982');
  });

  test('selecting the application anew logs out', async () => {
    expect(await send(JPKI, PIN_FILE, RIGHT_PIN, JPKI, KEY_FILE, SIGN)).toBe('6982');
  });

  test('is needed for every answer', async () => {
    card.powerOff();
    await expect(send(JPKI)).rejects.toThrow(/no power/u);
    await expect(new SimCard(DEFINITION).transmit(Buffer.from(JPKI, 'hex'))).rejects.toThrow();
  });

  test('that ends takes the command under way with it', async () => {
    use({ faults: { muteAfter: 0 } });
    const answer = send(JPKI);
    card.powerOff();
    await expect(answer).rejects.toThrow(/lost power/u);
  });
});

describe('faults', () => {
  test('count from power-up', async () => {
    use({ faults: { failsFirst: true, emptyAfter: 2 } });
    expect(await send(JPKI)).toBe('6F00');
    expect(await send(JPKI)).toBe('9000');
    expect(await send(JPKI)).toBe('');
    card.powerOn();
    expect(await send(JPKI)).toBe('6F00');
  });

  test('that are not asked for change nothing', async () => {
    use({ faults: {} });
    expect(await send(JPKI, '00A4020C020008', '00B0000003')).toBe('8F8F009000');
  });

  test('let a card leave in the middle', async () => {
    use({ faults: { removedAfter: 1 } });
    await expect(send(JPKI, PIN_FILE)).rejects.toThrow(/left the field/u);
  });
});

describe('modelled time', () => {
  async function duration(commands: number, request: string): Promise<number> {
    const startedAt = performance.now();
    for (let count = 0; count < commands; count += 1) await send(request);
    return performance.now() - startedAt;
  }

  test('is what bytes, commands and signatures cost, in sum', async () => {
    use({
      userCertificate: Buffer.alloc(250).toString('base64'),
      timing: { bitRate: 106, perApduMs: 1, signatureMs: 100 },
    });
    await send(JPKI, PIN_FILE, RIGHT_PIN, KEY_FILE, SIGN, '00A4020C02000A');
    // (5 + 252) * 8 / 106 + 1 ms
    const expected = 50 * ((257 * 8) / 106 + 1);
    const took = stopwatch();
    const measured = await duration(50, '00B00000FA');
    // Never much shorter, for credit for late timers is bounded; longer only as the machine is busy.
    expect(measured).toBeGreaterThan(expected - 12);
    expect(took()).toBeLessThan(expected * 4);
    await send(KEY_FILE);
    expect(await duration(1, SIGN)).toBeGreaterThan(100);
  });

  test('much shorter than a timer tick still adds up', async () => {
    use({ timing: { bitRate: 0, perApduMs: 0.2, signatureMs: 0 } });
    const took = stopwatch();
    const measured = await duration(1000, '00840000FF');
    expect(measured).toBeGreaterThan(200 - 12);
    expect(took()).toBeLessThan(200 * 4);
  });

  test('costs nothing when none is asked for', async () => {
    const took = stopwatch();
    await duration(2000, '00840000FF');
    expect(took()).toBeLessThan(2000);
  });
});

test.each(['my-number', 'phone', 'transit'] as const)(
  'the ATR of a %s card has the right check byte',
  (kind) => {
    const { atr } = new SimCard({ kind });
    expect(atr.subarray(1).reduce((xor, byte) => xor ^ byte, 0)).toBe(0);
  },
);
