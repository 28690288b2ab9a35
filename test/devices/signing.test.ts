/** The terminal's side of a signature by the signing key: every byte that it sends, and what it makes of every answer. */

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Transmit } from '../../devices/card/apdu.ts';
import { CardError } from '../../devices/card/card.ts';
import { PASSWORD_FORM, PinEntry } from '../../devices/card/pin-entry.ts';
import {
  judgeSigning,
  type SigningAnswer,
  type SigningRequest,
  signingExchange,
  signingRequest,
  signingTriesLeft,
} from '../../devices/card/signing.ts';
import { CardMaker } from '../cards.ts';
import { certificateOf } from './card-watch.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

const AUTHENTICATION = Buffer.from('the user-authentication certificate of the card');
const SIGNING = certificateOf(600);
const SIGNATURE = Buffer.alloc(256, 7);
const REQUEST: SigningRequest = {
  authCertificate: AUTHENTICATION,
  message: Buffer.from('what is applied for'),
};
const OK = '9000';
const APPLICATION = '00A4040C0AD392F000260100000001';
const VERIFY = '002000800A';
const PASSWORD = 'KAZASU2026';

interface Answers {
  readonly tries?: string;
  readonly verify?: string;
  readonly sign?: string;
  /** EF 0008, and EF 0001 in place of what it holds. */
  readonly present?: string;
  readonly read?: string;
  readonly select?: Readonly<Record<string, string>>;
}

/** Copies what it is sent, as a wire does. `changed`: what this card says instead. */
function card(changed: Answers = {}) {
  const { tries = '63C5', verify = OK, sign = `${hex(SIGNATURE)}${OK}` } = changed;
  const { present = `8F8F00${OK}`, read, select = {} } = changed;
  const sent: string[] = [];
  const transmit: Transmit = async (bytes) => {
    const command = hex(bytes);
    sent.push(command);
    const answer = () => {
      if (command === '00200080') return tries;
      if (command.startsWith('00200080')) return verify;
      if (command.startsWith('802A')) return sign;
      if (command === '00B0000003') return present;
      if (command.startsWith('00B0')) return read ?? partOf(bytes);
      return command.startsWith('00A402') ? (select[command.slice(-4)] ?? OK) : OK;
    };
    return Buffer.from(answer(), 'hex');
  };
  const verifies = () => sent.filter((each) => /^00200080./u.test(each)).length;
  return { sent, transmit, verifies };
}

function partOf([, , high = 0, low = 0, le = 0]: Uint8Array): string {
  const at = (high << 8) | low;
  return `${hex(SIGNING.subarray(at, at + le))}${OK}`;
}

const newEntry = (password = PASSWORD) => new PinEntry(Buffer.from(password), PASSWORD_FORM);
const exchanged = (
  transmit: Transmit,
  entry = newEntry(),
  certificate: Uint8Array = AUTHENTICATION,
) => entry.during(() => signingExchange(transmit, REQUEST, certificate, entry));

describe('what is sent', () => {
  test('is the exchange byte by byte: whether there is one, the tries, the password once, and the rest', async () => {
    const { sent, transmit } = card();
    const answer = await exchanged(transmit);
    expect(answer).toEqual({
      signature: SIGNATURE,
      signingCertificate: Uint8Array.from(SIGNING),
    });
    const message = Buffer.concat([REQUEST.message, digest(SIGNING)]);
    expect(sent).toEqual([
      APPLICATION,
      '00A4020C020008',
      '00B0000003',
      '00A4020C02001B',
      '00200080',
      `${VERIFY}${hex(Buffer.from(PASSWORD))}`,
      '00A4020C020001',
      '00B00000FA',
      '00B000FAFA',
      '00B001F464',
      '00A4020C02001A',
      `802A0080333031300D060960864801650304020105000420${hex(digest(message))}00`,
      APPLICATION,
    ]);
  });

  test('is no password for a card that is blocked, has nothing to sign with, or is another one', async () => {
    for (const tries of ['63C0', '6983', '6984']) {
      const blocked = card({ tries });
      expect(await exchanged(blocked.transmit)).toEqual({ triesLeft: 0 });
      expect(blocked.verifies()).toBe(0);
    }
    const child = card({ present: `008F00${OK}` });
    expect(await exchanged(child.transmit)).toEqual({ none: true });
    expect(child.verifies()).toBe(0);
    const other = card();
    expect(await exchanged(other.transmit, newEntry(), SIGNING)).toEqual({ other: true });
    expect(other.sent).toEqual([]);
  });

  test('is the password where a card does not say what it has: its silence is no answer', async () => {
    for (const quiet of [{ select: { '0008': '6A82' } }, { present: '6982' }, { present: OK }]) {
      expect(await exchanged(card(quiet).transmit)).toHaveProperty('signature');
    }
  });

  test('is the password also to a card that has one try left: whoever has to warn has asked before', async () => {
    const last = card({ tries: '63C1', verify: '63C0' });
    expect(await exchanged(last.transmit)).toEqual({ triesLeft: 0 });
    expect(last.verifies()).toBe(1);
  });

  test.each([6, 16])('is a VERIFY as long as a password of %i characters', async (length) => {
    const { sent, transmit } = card();
    await exchanged(transmit, newEntry('A'.repeat(length)));
    const lc = length.toString(16).padStart(2, '0').toUpperCase();
    expect(sent[5]).toBe(`00200080${lc}${'41'.repeat(length)}`);
  });
});

describe('a card', () => {
  test.each<[string, Answers, SigningAnswer]>([
    ['takes it for wrong', { verify: '63C4' }, { triesLeft: 4 }],
    ['takes it for wrong for the last time', { verify: '63C0' }, { triesLeft: 0 }],
    ['is blocked, as these cards say it', { verify: '6984' }, { triesLeft: 0 }],
    ['promises more tries than there are', { verify: '63C6' }, { refused: 'VERIFY: 63C6' }],
    ['wants VERIFY once more with another length', { verify: '6C0A' }, { refused: 'VERIFY: 6C0A' }],
    ['has more to say than a status', { verify: '6110' }, { refused: 'VERIFY: 6110' }],
    ['has no password', { select: { '001B': '6A82' } }, { refused: 'SELECT of the PIN: 6A82' }],
    ['has no certificate after all', { select: { '0001': '6A82' } }, { none: true }],
    [
      'does not show its certificate',
      { read: '6982' },
      { refused: 'the signing certificate: 6982' },
    ],
    [
      'does not select its certificate',
      { select: { '0001': '6982' } },
      { refused: 'the signing certificate: 6982' },
    ],
    ['has no key', { select: { '001A': '6A82' } }, { refused: 'SELECT of the key: 6A82' }],
    ['does not sign', { sign: '6982' }, { refused: 'the signature: 6982' }],
    ['gives no signature', { sign: OK }, { refused: 'the signature: 0 bytes' }],
  ])('that %s is answered for, and gets no second VERIFY', async (_what, answers, answer) => {
    const asked = card(answers);
    expect(await exchanged(asked.transmit)).toEqual(answer);
    expect(asked.verifies()).toBeLessThanOrEqual(1);
  });

  test('whose key is open is closed again, whatever came of it', async () => {
    for (const how of [{}, { sign: '6982' }, { sign: '' }, { read: '' }, { read: '6982' }]) {
      const { sent, transmit } = card(how);
      await exchanged(transmit).catch((error: unknown) => expect(error).toBeInstanceOf(CardError));
      expect(sent.at(-1)).toBe(APPLICATION);
    }
  });

  test('that is pulled is gone in each step, and what became of the password is said', async () => {
    const { length } = await exchangeOf(Number.POSITIVE_INFINITY);
    expect(length).toBe(13);
    for (let step = 0; step < length - 1; step += 1) {
      const fate = step < 5 ? 'not-sent' : step === 5 ? 'unknown' : 'right';
      const pulled = await exchangeOf(step);
      expect(pulled.error, `step ${step}`).toMatchObject({ fault: 'card-removed', pin: fate });
      expect(pulled.verifies).toBe(step < 5 ? 0 : 1);
    }
    // With the signature in hand, a card that leaves before its key was closed has done what it should.
    expect((await exchangeOf(length - 1)).error).toBeNull();
  });

  /** A card that answers so many commands and then no byte at all, as one that was pulled. */
  async function exchangeOf(answers: number) {
    const { sent, transmit, verifies } = card();
    const pulled: Transmit = async (bytes) => {
      const answer = await transmit(bytes);
      return sent.length > answers ? new Uint8Array() : answer;
    };
    const error = await exchanged(pulled).then(
      () => null,
      (reason: unknown) => reason,
    );
    return { error, length: sent.length, verifies: verifies() };
  }

  test.each<[string, string]>([
    ['garbage', `${'A5'.repeat(250)}${OK}`],
    ['a length that is not there', `308203E8${'00'.repeat(100)}${OK}`],
    ['8 KB of certificate', `30822000${'00'.repeat(246)}${OK}`],
    ['nothing', OK],
    ['61xx without end', '6110'],
  ])(
    'whose certificate is %s is unreadable, though the password was right',
    async (_what, read) => {
      const bad = card({ read });
      const endless: Transmit = async (bytes) =>
        bytes[1] === 0xc0 ? Buffer.from('006110', 'hex') : bad.transmit(bytes);
      const unreadable = { fault: 'card-unreadable', pin: 'right' };
      await expect(exchanged(endless)).rejects.toMatchObject(unreadable);
      expect(bad.verifies()).toBe(1);
    },
  );
});

describe('the tries of the password', () => {
  test.each([
    ['63C5', 5],
    ['63C1', 1],
    ['63C0', 0],
    ['6984', 0],
  ])('are asked for without it: %s means %i', async (tries, left) => {
    const asked = card({ tries });
    expect(await signingTriesLeft(asked.transmit)).toBe(left);
    expect(asked.verifies()).toBe(0);
  });

  test('are none where there is no signing certificate, by either of two files', async () => {
    expect(await signingTriesLeft(card({ present: `008F00${OK}` }).transmit)).toBeNull();
    expect(await signingTriesLeft(card({ select: { '001B': '6A82' } }).transmit)).toBeNull();
  });

  test('can not be read from a card that counts otherwise', async () => {
    const unreadable = { fault: 'card-unreadable' };
    for (const tries of ['9000', '63C6', '6300', '6A82']) {
      await expect(signingTriesLeft(card({ tries }).transmit)).rejects.toMatchObject(unreadable);
    }
    const locked = card({ select: { '001B': '6982' } });
    await expect(signingTriesLeft(locked.transmit)).rejects.toMatchObject(unreadable);
  });
});

describe('an entry of a password', () => {
  test('is sent once, whoever tries again, and overwritten as soon as the card has answered', async () => {
    const password = Buffer.from(PASSWORD);
    const entry = new PinEntry(password, PASSWORD_FORM);
    expect(password).toEqual(Buffer.alloc(10));
    const { transmit, verifies } = card({ verify: '63C4' });
    let seen: Uint8Array = new Uint8Array();
    const wire: Transmit = async (bytes) => {
      if (hex(bytes).startsWith(VERIFY)) seen = bytes;
      return transmit(bytes);
    };
    await signingExchange(wire, REQUEST, AUTHENTICATION, entry);
    expect(hex(seen)).toBe('00'.repeat(15));
    const again = { fault: 'card-unreadable' };
    await expect(exchanged(wire, entry)).rejects.toMatchObject(again);
    expect(verifies()).toBe(1);
  });

  test.each(['', 'ABC12', 'A'.repeat(17), 'kazasu', 'ＫＡＺＡＳＵ', 'KAZA U', 'KAZASU\n'])(
    'is not made of %j, which is overwritten and not repeated',
    (text) => {
      const password = Buffer.from(text);
      expect(() => new PinEntry(password, PASSWORD_FORM)).toThrow(
        new RangeError('the password of a signing key is 6 to 16 capitals and digits'),
      );
      expect(password).toEqual(Buffer.alloc(password.length));
    },
  );
});

describe('the verdict', () => {
  let signingCertificate: Buffer;
  let key: string;

  beforeAll(async () => {
    const maker = await CardMaker.create();
    const signs = await maker.withSigning(await maker.card(), maker.authority);
    signingCertificate = signs.der;
    key = signs.card.signPrivateKey ?? '';
  });

  const identity = { certificate: AUTHENTICATION, startedAt: 1, finishedAt: 2 };
  const known = { ...identity, provedAt: 3 };
  const judge = (answer: SigningAnswer) => judgeSigning(REQUEST, identity, answer, 3);

  test('is for the signature over this very message by the key of this very certificate', () => {
    const message = Buffer.concat([REQUEST.message, digest(signingCertificate)]);
    const signature = sign('sha256', message, key);
    expect(judge({ signingCertificate, signature })).toEqual({
      ...known,
      result: 'signed',
      signingCertificate,
      signature,
      message,
    });
  });

  test('says what else a card answered', () => {
    expect(judge({ triesLeft: 4 })).toEqual({ ...known, result: 'wrong-pin', triesLeft: 4 });
    expect(judge({ triesLeft: 0 })).toEqual({ ...known, result: 'blocked' });
    expect(judge({ none: true })).toEqual({ ...known, result: 'no-signing-certificate' });
    const refused = { ...known, result: 'not-signed', detail: 'VERIFY: 6A88' };
    expect(judge({ refused: 'VERIFY: 6A88' })).toEqual(refused);
    expect(() => judge({ other: true })).toThrow(
      expect.objectContaining({ fault: 'card-removed', pin: 'not-sent' }),
    );
  });

  test('is against a signature of anything else, or by anybody else', () => {
    const message = Buffer.concat([REQUEST.message, digest(signingCertificate)]);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const signature of [
      sign('sha256', REQUEST.message, key),
      sign('sha256', Buffer.concat([message, Buffer.of(0)]), key),
      sign('sha512', message, key),
      sign('sha256', message, privateKey),
      new Uint8Array(),
    ]) {
      expect(judge({ signingCertificate, signature })).toMatchObject({
        result: 'not-signed',
        detail: 'the signature is not of the key in the signing certificate',
      });
    }
    const none = { signingCertificate: SIGNING, signature: SIGNATURE };
    expect(judge(none)).toMatchObject({ result: 'not-signed' });
  });

  test('is of a message that is there and is short, and of nothing else', () => {
    for (const length of [0, 1025]) {
      const message = new Uint8Array(length);
      expect(() => signingRequest({ ...REQUEST, message })).toThrow(RangeError);
    }
    expect(signingRequest({ ...REQUEST, message: new Uint8Array(1024) }).message).toHaveLength(
      1024,
    );
  });
});
