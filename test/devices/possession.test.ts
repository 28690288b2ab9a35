/** The terminal's side of kazasu-model-1: every byte that it sends, and what it makes of every answer. */

import { createHash, randomBytes, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Transmit } from '../../devices/card/apdu.ts';
import type { Institution } from '../../devices/card/card.ts';
import {
  type PossessionOutcome,
  PossessionProof,
  possessionExchange,
} from '../../devices/card/possession.ts';
import { CardMaker } from '../cards.ts';
import { institutionOf, rsa, testAuthority, testInstitution } from './institution-fixture.ts';

const KNOWN = testInstitution(testAuthority());
const INSTITUTION = institutionOf(KNOWN);
const CARD = Buffer.from('the certificate of the card');
const CHALLENGE = randomBytes(32);
const SIGNATURE = Buffer.alloc(256, 7);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const OK = '9000';

/** Answers by instruction code; `changed`: what this card says instead. */
function card(changed: Readonly<Record<string, string>> = {}) {
  const sent: Uint8Array[] = [];
  const answers: Readonly<Record<string, string>> = {
    '84': `${hex(CHALLENGE)}${OK}`,
    '2A': `${hex(SIGNATURE)}${OK}`,
    ...changed,
  };
  const transmit: Transmit = async (command) => {
    sent.push(command);
    return Buffer.from(answers[hex(command.subarray(1, 2))] ?? OK, 'hex');
  };
  return { sent, transmit };
}

/** The exchange with such a card, as the reader and the daemon have it between them. */
function exchanged(transmit: Transmit, proof = new PossessionProof(INSTITUTION)) {
  const answer = (challenge: Uint8Array) => proof.answer(challenge);
  return possessionExchange(transmit, proof.request, CARD, answer);
}

describe('what is sent', () => {
  test('is the exchange byte by byte, in short chained commands', async () => {
    const { sent, transmit } = card();
    const proof = new PossessionProof(INSTITUTION);
    expect(await exchanged(transmit, proof)).toEqual({ signature: SIGNATURE });
    const { certificate, signature } = KNOWN;
    const signed = sign(
      'sha256',
      Buffer.concat([Buffer.from('kazasu-model-1'), CHALLENGE, KNOWN.id]),
      KNOWN.keys.privateKey,
    );
    const message = hex(sent.at(-1)?.subarray(5, 113) ?? new Uint8Array());
    expect(sent.map(hex)).toEqual([
      '00A4040C0AD392F000260100000001',
      `90A206C1FF${hex(certificate.subarray(0, 255))}`,
      `80A206C134${hex(certificate.subarray(255))}`,
      `90A200C1FF${hex(signature.subarray(0, 255))}`,
      `80A200C106${hex(signature.subarray(255))}`,
      '0084000020',
      `10820000FF${hex(signed.subarray(0, 255))}`,
      `0082000001${hex(signed.subarray(255))}`,
      '00A4020C020017',
      `802A03806C${message}00`,
    ]);
    expect(message).toHaveLength(2 * 108);
    expect(message.startsWith(hex(Buffer.from('kazasu-tap-1')))).toBe(true);
    const digests = [digest(Buffer.from(INSTITUTION.terminal)), digest(CARD)].map(hex).join('');
    expect(message.endsWith(digests)).toBe(true);
  });

  test('has a nonce of its own each time', () => {
    const nonce = () => hex(new PossessionProof(INSTITUTION).request.message.subarray(12, 44));
    expect(nonce()).not.toBe(nonce());
  });
});

describe('a card', () => {
  test.each([
    ['refuses the certificate', { A2: '6A88' }, 'certificate: 6A88'],
    ['knows no certificate', { A2: '6E00' }, 'certificate: 6E00'],
    ['gives no challenge', { '84': '6D00' }, 'GET CHALLENGE: 6D00'],
    ['gives a challenge without bytes', { '84': OK }, 'GET CHALLENGE: 0 bytes'],
    ['gives a short challenge', { '84': `00${OK}` }, 'GET CHALLENGE: 1 bytes'],
    ['gives a long challenge', { '84': `${'00'.repeat(33)}${OK}` }, 'GET CHALLENGE: 33 bytes'],
    ['refuses the proof', { '82': '6300' }, 'EXTERNAL AUTHENTICATE: 6300'],
    ['answers a proof with bytes', { '82': `00${OK}` }, 'EXTERNAL AUTHENTICATE: 1 bytes'],
    ['refuses the signature', { '2A': '6982' }, 'the signature: 6982'],
    ['gives no signature', { '2A': OK }, 'the signature: 0 bytes'],
    ['gives a short one', { '2A': `${'00'.repeat(255)}${OK}` }, 'the signature: 255 bytes'],
  ])('that %s has refused, and is asked no more', async (_what, changed, refused) => {
    const { sent, transmit } = card(changed);
    expect(await exchanged(transmit)).toEqual({ refused });
    const [instruction = ''] = Object.keys(changed);
    expect(hex(sent.at(-1)?.subarray(1, 2) ?? new Uint8Array())).toBe(instruction);
  });

  test.each([
    ['61xx without end', { '2A': '006101', C0: '006101' }],
    ['6Cxx without end', { '84': '6C20' }],
    ['more bytes than a short command can ask for', { '2A': `${'00'.repeat(300)}${OK}` }],
  ])('that answers with %s is unreadable', async (_what, changed) => {
    await expect(exchanged(card(changed).transmit)).rejects.toMatchObject({
      fault: 'card-unreadable',
    });
  });

  test('that is pulled is gone', async () => {
    const { transmit } = card({ '82': '' });
    await expect(exchanged(transmit)).rejects.toMatchObject({ fault: 'card-removed' });
  });

  test('that lost the application is not supported', async () => {
    const { transmit } = card({ A4: '6A82' });
    await expect(exchanged(transmit)).rejects.toMatchObject({ fault: 'card-not-supported' });
  });
});

describe('the institution', () => {
  test('signs for a challenge of 32 bytes and nothing else', async () => {
    const asked: Uint8Array[] = [];
    const proof = new PossessionProof(institutionOf(KNOWN, asked));
    for (const bytes of [0, 16, 31, 33, 256]) {
      expect(await proof.answer(new Uint8Array(bytes))).toBeNull();
    }
    expect(asked).toEqual([]);
    expect(await proof.answer(CHALLENGE)).toHaveLength(256);
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['the first object alone', KNOWN.certificate],
    ['the objects in the other order', Buffer.concat([KNOWN.signature, KNOWN.certificate])],
    ['a byte too many', Buffer.concat([INSTITUTION.certificate, Buffer.of(0)])],
  ])('has no certificate in %s', (_what, certificate) => {
    expect(() => new PossessionProof({ ...INSTITUTION, certificate })).toThrow(/institution/u);
  });
});

describe('the verdict', () => {
  let certificate: Buffer;
  let key: string;

  beforeAll(async () => {
    const { der, card } = await (await CardMaker.create()).card();
    certificate = der;
    key = card.userPrivateKey ?? '';
  });

  const identity = () => ({ certificate, startedAt: 1, finishedAt: 2 });
  const messageOf = (proof: PossessionProof, of = certificate) =>
    Buffer.concat([proof.request.message, digest(of)]);

  test('is for the signature over this very message by the key of this very certificate', () => {
    const proof = new PossessionProof(INSTITUTION);
    const signature = sign('sha256', messageOf(proof), key);
    expect(proof.judge(identity(), { signature }, 3)).toEqual({
      ...identity(),
      provedAt: 3,
      notProved: null,
      proof: { message: messageOf(proof), signature },
    });
  });

  const wrong: Record<string, (proof: PossessionProof, other: Institution) => PossessionOutcome> = {
    'of an earlier tap': () => ({
      signature: sign('sha256', messageOf(new PossessionProof(INSTITUTION)), key),
    }),
    'for another terminal': (proof, other) => {
      const there = Buffer.from(new PossessionProof(other).request.message);
      there.set(proof.request.message.subarray(12, 44), 12);
      return { signature: sign('sha256', Buffer.concat([there, digest(certificate)]), key) };
    },
    'for another card': (proof) => ({ signature: sign('sha256', messageOf(proof, CARD), key) }),
    'by another key': (proof) => ({
      signature: sign('sha256', messageOf(proof), rsa().privateKey),
    }),
    'that means something else': (proof) => {
      const pin = Buffer.from(messageOf(proof));
      pin.write('kazasu-pin-1', 'ascii');
      return { signature: sign('sha256', pin, key) };
    },
    'with another digest': (proof) => ({ signature: sign('sha512', messageOf(proof), key) }),
    'of no bytes': () => ({ signature: new Uint8Array() }),
    'that a card refused': () => ({ refused: 'the signature: 6985' }),
  };

  test.each(Object.keys(wrong))('is against one %s', (what) => {
    const proof = new PossessionProof(INSTITUTION);
    const elsewhere = { ...INSTITUTION, terminal: Buffer.from('another terminal') };
    const outcome = wrong[what]?.(proof, elsewhere) ?? { refused: '' };
    const verdict = proof.judge(identity(), outcome, 3);
    expect(verdict.notProved).toMatch(/^the signature/u);
  });
});
