/** The terminal's side of a PIN: every byte that it sends, what it makes of every answer, and where the digits are. */

import { createHash, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Transmit } from '../../devices/card/apdu.ts';
import { CardError, type PinAsked } from '../../devices/card/card.ts';
import { type PinAnswer, PinProof, pinExchange, pinTriesLeft } from '../../devices/card/pin.ts';
import { PinEntry } from '../../devices/card/pin-entry.ts';
import { CardMaker } from '../cards.ts';
import { rsa } from './institution-fixture.ts';

const CARD = Buffer.from('the certificate of the card');
const SIGNATURE = Buffer.alloc(256, 7);
const OK = '9000';
const VERIFY = '0020008004';
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const REQUEST = digest(Buffer.from('a copy of the residence certificate, two sheets'));
const TERMINAL = Buffer.from("the terminal's certificate");
const ASKED: Omit<PinAsked, 'pin'> = { terminal: TERMINAL, request: REQUEST };
const newEntry = (pin = '4321') => new PinEntry(Buffer.from(pin));

interface Answers {
  readonly tries?: string;
  readonly verify?: string;
  readonly sign?: string;
  readonly select?: Readonly<Record<string, string>>;
}

/** Copies what it is sent, as a wire does. `changed`: what this card says instead. */
function card({
  tries = '63C3',
  verify = OK,
  sign = `${hex(SIGNATURE)}${OK}`,
  select = {},
}: Answers = {}) {
  const sent: string[] = [];
  const transmit: Transmit = async (bytes) => {
    const command = hex(bytes);
    sent.push(command);
    const answer = () => {
      if (command === '00200080') return tries;
      if (command.startsWith(VERIFY)) return verify;
      if (command.startsWith('802A')) return sign;
      return select[command.slice(-4)] ?? OK;
    };
    return Buffer.from(answer(), 'hex');
  };
  return { sent, transmit, verifies: () => sent.filter((each) => each.startsWith(VERIFY)).length };
}

const exchanged = (transmit: Transmit, entry = newEntry(), proof = new PinProof(ASKED)) =>
  entry.during(() => pinExchange(transmit, proof.request, CARD, entry));

describe('what is sent', () => {
  test('is the exchange byte by byte: the tries, the PIN once, the digest to sign, and the end of it', async () => {
    const { sent, transmit } = card();
    const proof = new PinProof(ASKED);
    expect(await exchanged(transmit, newEntry(), proof)).toEqual({ signature: SIGNATURE });
    const { before, after } = proof.request;
    const message = Buffer.concat([before, digest(CARD), after]);
    expect(sent).toEqual([
      '00A4040C0AD392F000260100000001',
      '00A4020C020018',
      '00200080',
      '002000800434333231',
      '00A4020C020017',
      `802A0080333031300D060960864801650304020105000420${hex(digest(message))}00`,
      '00A4040C0AD392F000260100000001',
    ]);
    expect(message).toHaveLength(140);
    expect(message.subarray(0, 12).toString('ascii')).toBe('kazasu-pin-1');
    expect(hex(message.subarray(44))).toBe(
      [TERMINAL, CARD].map((it) => hex(digest(it))).join('') + hex(REQUEST),
    );
  });

  test('has a nonce of its own each time', () => {
    const nonce = () => hex(new PinProof(ASKED).request.before.subarray(12, 44));
    expect(nonce()).not.toBe(nonce());
  });

  test('is no PIN for a card that is blocked', async () => {
    for (const tries of ['63C0', '6983', '6984']) {
      const blocked = card({ tries });
      expect(await exchanged(blocked.transmit)).toEqual({ triesLeft: 0 });
      expect(blocked.verifies()).toBe(0);
    }
  });

  test('is the PIN also to a card that has one try left: whoever has to warn has asked before', async () => {
    const last = card({ tries: '63C1', verify: '63C0' });
    expect(await exchanged(last.transmit)).toEqual({ triesLeft: 0 });
    expect(last.verifies()).toBe(1);
  });
});

describe('a card', () => {
  const noPin = { select: { '0018': '6A82' } };
  test.each<[string, Answers, PinAnswer]>([
    ['takes it for wrong', { verify: '63C2' }, { triesLeft: 2 }],
    ['takes it for wrong for the last time', { verify: '63C0' }, { triesLeft: 0 }],
    ['is blocked, as ISO says it', { verify: '6983' }, { triesLeft: 0 }],
    ['is blocked, as these cards say it', { verify: '6984' }, { triesLeft: 0 }],
    ['promises more tries than there are', { verify: '63CF' }, { refused: 'VERIFY: 63CF' }],
    ['counts no tries', { verify: '6300' }, { refused: 'VERIFY: 6300' }],
    ['wants VERIFY once more with another length', { verify: '6C04' }, { refused: 'VERIFY: 6C04' }],
    ['has more to say than a status', { verify: '6110' }, { refused: 'VERIFY: 6110' }],
    ['has no PIN', noPin, { refused: 'SELECT of the PIN: 6A82' }],
    ['has no key', { select: { '0017': '6A82' } }, { refused: 'SELECT of the key: 6A82' }],
    ['does not sign', { sign: '6982' }, { refused: 'the signature: 6982' }],
    ['gives no signature', { sign: OK }, { refused: 'the signature: 0 bytes' }],
    [
      'gives a short one',
      { sign: `${'00'.repeat(255)}${OK}` },
      { refused: 'the signature: 255 bytes' },
    ],
  ])('that %s is answered for, and gets no second VERIFY', async (_what, answers, answer) => {
    const asked = card(answers);
    expect(await exchanged(asked.transmit)).toEqual(answer);
    expect(asked.verifies()).toBeLessThanOrEqual(1);
  });

  test('whose key is open is closed again, also when it did not sign', async () => {
    for (const sign of ['6982', `${hex(SIGNATURE)}${OK}`, '']) {
      const { sent, transmit } = card({ sign });
      await exchanged(transmit).catch((error: unknown) => expect(error).toBeInstanceOf(CardError));
      expect(sent.at(-1)).toBe('00A4040C0AD392F000260100000001');
    }
  });

  test.each<[string, Answers, object]>([
    ['before the PIN was sent', { tries: '' }, { pin: 'not-sent' }],
    ['under VERIFY', { verify: '' }, { pin: 'unknown' }],
    ['while it signs', { sign: '' }, { pin: 'right' }],
  ])(
    'that is pulled %s is gone, and what became of the PIN is said',
    async (_when, answers, fate) => {
      const pulled = card(answers);
      const gone = { fault: 'card-removed', ...fate };
      await expect(exchanged(pulled.transmit)).rejects.toMatchObject(gone);
      expect(pulled.verifies()).toBeLessThanOrEqual(1);
    },
  );

  test('that answers with 61xx without end is unreadable, after a few commands', async () => {
    const { sent, transmit } = card({ sign: '6110' });
    const endless: Transmit = async (bytes) =>
      bytes[1] === 0xc0 ? Buffer.from('006110', 'hex') : transmit(bytes);
    await expect(exchanged(endless)).rejects.toMatchObject({
      fault: 'card-unreadable',
      pin: 'right',
    });
    expect(sent.length).toBeLessThan(10);
  });
});

describe('the tries', () => {
  test.each([
    ['63C3', 3],
    ['63C1', 1],
    ['63C0', 0],
    ['6983', 0],
    ['6984', 0],
  ])('are asked for without a PIN: %s means %i', async (tries, left) => {
    const asked = card({ tries });
    expect(await pinTriesLeft(asked.transmit)).toBe(left);
    expect(asked.verifies()).toBe(0);
  });

  test.each(['9000', '63C4', '63CF', '6300', '6A82'])(
    'that a card gives as %s can not be read',
    async (tries) => {
      await expect(pinTriesLeft(card({ tries }).transmit)).rejects.toMatchObject({
        fault: 'card-unreadable',
      });
    },
  );

  test('of a card without such a PIN are not supported', async () => {
    const { transmit } = card({ select: { '0018': '6A82' } });
    await expect(pinTriesLeft(transmit)).rejects.toMatchObject({ fault: 'card-not-supported' });
  });
});

describe('an entry', () => {
  test('overwrites what it was given at once, and what it sent as soon as the card has answered', async () => {
    const pin = Buffer.from('4321');
    const entry = new PinEntry(pin);
    expect(pin).toEqual(Buffer.alloc(4));
    let seen: Uint8Array = new Uint8Array();
    const { transmit } = card();
    await exchanged(async (bytes) => {
      if (hex(bytes).startsWith(VERIFY)) seen = bytes;
      return transmit(bytes);
    }, entry);
    expect(hex(seen)).toBe('00'.repeat(9));
  });

  test('is sent once, whoever tries again', async () => {
    const { transmit, verifies } = card({ verify: '63C2' });
    const entry = newEntry();
    const { request } = new PinProof(ASKED);
    await pinExchange(transmit, request, CARD, entry);
    const again = entry.during(() => pinExchange(transmit, request, CARD, entry));
    await expect(again).rejects.toMatchObject({ fault: 'card-unreadable' });
    expect(verifies()).toBe(1);
  });

  test('that was wiped is never sent, not even as zeros', async () => {
    const { transmit, verifies } = card();
    const entry = newEntry();
    entry.wipe();
    await expect(exchanged(transmit, entry)).rejects.toMatchObject({ pin: 'not-sent' });
    expect(verifies()).toBe(0);
  });

  test.each(['', '123', '12345', '12a4', '１２３４', '12 4', '-123'])(
    'is not made of "%s", which is overwritten',
    (text) => {
      const pin = Buffer.from(text);
      expect(() => new PinEntry(pin)).toThrow(RangeError);
      expect(pin).toEqual(Buffer.alloc(pin.length));
    },
  );

  test('says nothing of its digits, whatever goes wrong', async () => {
    const wrong = ['12a4', '12345'].map((pin) => {
      try {
        return String(newEntry(pin));
      } catch (error) {
        return (error as Error).stack ?? '';
      }
    });
    const { transmit } = card({ verify: '' });
    const error = (await exchanged(transmit, newEntry('8642')).catch(
      (reason: unknown) => reason,
    )) as Error;
    const said = [...wrong, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
    expect(said).not.toMatch(/8642|38363432|12a4|12345/u);
  });
});

describe('the verdict', () => {
  let certificate: Buffer;
  let key: string;

  beforeAll(async () => {
    const made = await (await CardMaker.create()).card();
    certificate = made.der;
    key = made.card.userPrivateKey ?? '';
  });

  const identity = () => ({ certificate, startedAt: 1, finishedAt: 2 });
  const messageOf = ({ request }: PinProof, of: Uint8Array = certificate) =>
    Buffer.concat([request.before, digest(of), request.after]);

  test('is for the signature over this very message by the key of this very certificate', () => {
    const proof = new PinProof(ASKED);
    const message = messageOf(proof);
    const signature = sign('sha256', message, key);
    expect(proof.judge(identity(), { signature }, 3)).toEqual({
      ...identity(),
      provedAt: 3,
      result: 'proved',
      signature,
      message,
    });
  });

  test('says how many tries are left, and that there is none', () => {
    const proof = new PinProof(ASKED);
    const known = { ...identity(), provedAt: 3 };
    expect(proof.judge(identity(), { triesLeft: 2 }, 3)).toEqual({
      ...known,
      result: 'wrong-pin',
      triesLeft: 2,
    });
    expect(proof.judge(identity(), { triesLeft: 0 }, 3)).toEqual({ ...known, result: 'blocked' });
    expect(proof.judge(identity(), { refused: 'VERIFY: 6A88' }, 3)).toEqual({
      ...known,
      result: 'not-proved',
      detail: 'VERIFY: 6A88',
    });
  });

  const wrong: Record<string, (proof: PinProof) => Uint8Array> = {
    'of an earlier proof': () => sign('sha256', messageOf(new PinProof(ASKED)), key),
    'for another terminal': (proof) => {
      const there = new PinProof({ ...ASKED, terminal: Buffer.from('another') });
      const before = Buffer.from(there.request.before);
      before.set(proof.request.before.subarray(12, 44), 12);
      return sign('sha256', Buffer.concat([before, digest(certificate), REQUEST]), key);
    },
    'for another card': (proof) => sign('sha256', messageOf(proof, CARD), key),
    'for another request': ({ request }) =>
      sign('sha256', Buffer.concat([request.before, digest(certificate), digest(CARD)]), key),
    'by another key': (proof) => sign('sha256', messageOf(proof), rsa().privateKey),
    // What an interposer gets out of a genuine card with a grant: its own prefix, and nothing behind the digests.
    'of a tap without PIN': (proof) => {
      const tap = Buffer.from(messageOf(proof).subarray(0, 108));
      tap.write('kazasu-tap-1', 'ascii');
      return sign('sha256', tap, key);
    },
    'of a tap without PIN, as long as this one': (proof) => {
      const tap = Buffer.from(messageOf(proof));
      tap.write('kazasu-tap-1', 'ascii');
      return sign('sha256', tap, key);
    },
    'with another digest': (proof) => sign('sha512', messageOf(proof), key),
    'of no bytes': () => new Uint8Array(),
  };

  test.each(Object.keys(wrong))('is against one %s', (what) => {
    const proof = new PinProof(ASKED);
    const signature = wrong[what]?.(proof) ?? sign('sha256', messageOf(proof), key);
    expect(proof.judge(identity(), { signature }, 3)).toMatchObject({
      result: 'not-proved',
      detail: 'the signature is not of the key in the certificate',
    });
  });

  test('is of a request that is a digest, and nothing else', () => {
    for (const bytes of [0, 31, 33, 64]) {
      expect(() => new PinProof({ ...ASKED, request: new Uint8Array(bytes) })).toThrow(RangeError);
    }
  });
});
