/** An institution at the virtual card, as a reader that was written elsewhere would meet it. */

import { randomBytes, verify } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { authentication } from './institution-fixture.ts';
import {
  APPLICATION,
  AUTHORITY,
  answerTo,
  CARD_KEY,
  card,
  chain,
  challenge,
  DEFINITION,
  FOREIGN,
  grant,
  hex,
  hold,
  INSTITUTION,
  isGranted,
  KEY,
  long,
  MESSAGE,
  OTHER,
  prove,
  replaceCard,
  SHOW,
  SHOW_SIGNATURE,
  SIGN,
  STRANGER,
  send,
  short,
  use,
} from './institution-rig.ts';

beforeEach(() => use());

describe('the whole exchange', () => {
  async function signature(): Promise<Buffer> {
    const answer = await answerTo(SIGN);
    expect(hex(answer.subarray(-2))).toBe('9000');
    return answer.subarray(0, -2);
  }

  test('ends in a signature over the message, in extended length', async () => {
    await grant();
    expect(await send(KEY)).toBe('9000');
    expect(verify('sha256', MESSAGE, CARD_KEY.publicKey, await signature())).toBe(true);
  });

  test.each([255, 200, 100, 1])('ends in it in chains of %i bytes too', async (step) => {
    expect(await send(APPLICATION, ...chain('80A206C1', INSTITUTION.certificate, step))).toBe(
      '9000',
    );
    expect(await send(...chain('80A200C1', INSTITUTION.signature, step))).toBe('9000');
    const proof = authentication(INSTITUTION, await challenge());
    expect(await send(...chain('00820000', proof, step), KEY)).toBe('9000');
    expect(verify('sha256', MESSAGE, CARD_KEY.publicKey, await signature())).toBe(true);
  });

  test('may select the key before the grant', async () => {
    await hold();
    expect(await send(KEY, await prove())).toBe('9000');
    await signature();
  });

  test('may ask for the signature in extended length', async () => {
    await grant();
    expect(await send(KEY, long('802A0380', MESSAGE, '0000'))).toBe('9000');
  });

  test('may be repeated from the challenge on while the institution is held', async () => {
    await grant();
    expect(await isGranted()).toBe(true);
    expect(await send(await prove(), KEY, SIGN)).toBe('9000');
  });

  test('shows which authority it believes, free to read', async () => {
    expect(await send(APPLICATION, '00A4020C020016')).toBe('9000');
    const first = (await answerTo('00B0000000')).subarray(0, -2);
    const rest = (await answerTo('00B001001E')).subarray(0, -2);
    expect(Buffer.concat([first, rest]).equals(AUTHORITY.file)).toBe(true);
  });
});

describe('a certificate', () => {
  const { certificate, signature } = INSTITUTION;
  const changed = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };

  test.each([
    ['with another tag', changed(certificate, 1), '6A80'],
    ['with another length', changed(certificate, 4), '6A80'],
    ['cut short', certificate.subarray(0, -1), '6A80'],
    ['with a byte more', Buffer.concat([certificate, Buffer.of(0)]), '6A80'],
    ['of one byte', Buffer.of(0), '6A80'],
    ['whose key is none', changed(certificate, 37), '6A80'],
    ['whose key is longer than it says', changed(certificate, 40), '6A80'],
    ['whose modulus is even', changed(certificate, 301), '6A80'],
    ['whose exponent is even', changed(certificate, 306), '6A80'],
    ['of an unknown issuer', FOREIGN.certificate, '6A88'],
  ])('%s is refused, chained or not', async (_what, data, answer) => {
    expect(await send(APPLICATION, long('80A206C1', data))).toBe(answer);
    expect(await send(...chain('80A206C1', data, 200))).toBe(answer);
  });

  test.each([
    ['with another tag', changed(signature, 1), '6A80'],
    ['cut short', signature.subarray(0, -1), '6A80'],
    ['with a byte more', Buffer.concat([signature, Buffer.of(0)]), '6A80'],
    ['that is wrong', changed(signature, 100), '6300'],
    ['of another certificate', OTHER.signature, '6300'],
  ])('signature %s is refused', async (_what, data, answer) => {
    expect(await send(APPLICATION, SHOW(), long('80A200C1', data))).toBe(answer);
    expect(await send(await prove())).toBe('6985');
  });

  test('of a stranger is taken, its signature is not', async () => {
    expect(await send(APPLICATION, SHOW(STRANGER))).toBe('9000');
    expect(await send(SHOW_SIGNATURE(STRANGER))).toBe('6300');
  });

  test('without a body, or with other parameters, is refused', async () => {
    expect(await send(APPLICATION, '80A206C1')).toBe('6A80');
    expect(await send(long('80A206C2', certificate))).toBe('6A86');
    expect(await send(long('80A205C1', certificate))).toBe('6A86');
  });

  test('signature without a certificate before it is refused', async () => {
    expect(await send(APPLICATION, SHOW_SIGNATURE())).toBe('6985');
  });

  test('is not taken before the application is selected', async () => {
    expect(await send(SHOW())).toBe('6985');
  });

  test('that is new keeps the held one until its signature is judged', async () => {
    await hold();
    expect(await send(SHOW(OTHER))).toBe('9000');
    expect(await send(await prove(INSTITUTION))).toBe('9000');
    expect(await send(SHOW_SIGNATURE(OTHER))).toBe('9000');
    expect(await send(await prove(OTHER))).toBe('9000');
    expect(await send(await prove(INSTITUTION))).toBe('6300');
  });

  test('that is new and does not verify drops the held one', async () => {
    await hold();
    expect(await send(SHOW(STRANGER), SHOW_SIGNATURE(STRANGER))).toBe('6300');
    expect(await send(await prove())).toBe('6985');
  });
});

describe('EXTERNAL AUTHENTICATE', () => {
  const signed = (it = INSTITUTION, random: Uint8Array = randomBytes(32)) =>
    authentication(it, random);

  test('without a challenge is refused', async () => {
    await hold();
    expect(await send(long('00820000', signed()))).toBe('6985');
  });

  test('without an institution is refused', async () => {
    expect(await send(APPLICATION, await prove())).toBe('6985');
  });

  test.each([255, 257, 1])('of %i bytes is refused', async (bytes) => {
    await hold();
    await challenge();
    expect(await send(long('00820000', randomBytes(bytes)))).toBe('6700');
    expect(await send(await prove())).toBe('6985');
  });

  test('without a body is refused', async () => {
    await hold();
    await challenge();
    expect(await send('00820000')).toBe('6700');
  });

  test('with other parameters is refused', async () => {
    await hold();
    expect(await send(long('00820001', signed(INSTITUTION, await challenge())))).toBe('6A86');
  });

  test('over another challenge is wrong, and ends the held institution', async () => {
    await hold();
    await challenge();
    expect(await send(long('00820000', signed()))).toBe('6300');
    expect(await send(await prove())).toBe('6985');
  });

  test('by another institution than the one held is wrong', async () => {
    await hold();
    expect(await send(await prove(OTHER))).toBe('6300');
  });

  test('uses its challenge up', async () => {
    await hold();
    const proof = await prove();
    expect(await send(proof)).toBe('9000');
    expect(await send(proof)).toBe('6985');
  });

  test.each(['0084000000', '0084000010', '0084000021'])(
    'after GET CHALLENGE %s has no challenge',
    async (request) => {
      await hold();
      const answer = await answerTo(request);
      const le = Number.parseInt(request.slice(-2), 16) || 256;
      expect(answer).toHaveLength(le + 2);
      expect(await send(long('00820000', signed(INSTITUTION, answer.subarray(0, 32))))).toBe(
        '6985',
      );
    },
  );

  test('challenges are never the same', async () => {
    expect((await challenge()).equals(await challenge())).toBe(false);
  });
});

describe('chaining', () => {
  const [first = '', last = ''] = chain('80A206C1', INSTITUTION.certificate);

  test('is for the certificate and the proof only', async () => {
    await send(APPLICATION);
    expect(await send('10A4020C020017')).toBe('6884');
    expect(await send('10B0000004')).toBe('6884');
    expect(await send('1084000020')).toBe('6884');
    expect(await send('1020008004')).toBe('6884');
    expect(await send('90B0000004')).toBe('6884');
  });

  test.each([
    ['another command', ['00A4020C02000A']],
    ['the same command with other parameters', [first.replace('90A206C1', '90A200C1')]],
    ['bytes that are no command', ['80A2']],
    ['a reset', []],
  ])('broken by %s has no end', async (_what, commands) => {
    await hold();
    await send(first, ...commands);
    if (commands.length === 0) {
      card.reset();
      await send(APPLICATION);
    }
    expect(await send(last)).toBe('6A80');
    expect(await send(await prove())).toBe('6985');
  });

  test('without end is refused as too long', async () => {
    await send(APPLICATION);
    const part = short('90A206C1', Buffer.alloc(255));
    expect(await send(part, part, part, part)).toBe('9000');
    expect(await send(part)).toBe('6A80');
    await hold();
    const proof = short('10820000', Buffer.alloc(255));
    expect(await send(proof, proof, proof, proof, proof)).toBe('6700');
  });
});

describe('a card without the feature', () => {
  test.each([
    ['has no EF 0016', ['00A4020C020016'], '6A82'],
    ['knows no certificate', [SHOW()], '6E00'],
    ['knows no certificate in a short command', [short('80A206C1', Buffer.alloc(4))], '6E00'],
    ['knows no chained certificate', chain('80A206C1', INSTITUTION.certificate), '6E00'],
    ['knows no proof', [short('00820000', Buffer.alloc(4))], '6D00'],
    ['signs nothing', [KEY, SIGN], '6982'],
  ])('%s', async (_what, commands, answer) => {
    const { authorityKey: _, ...without } = DEFINITION;
    replaceCard(without);
    expect(await send(APPLICATION, ...commands)).toBe(answer);
  });

  test.each([
    ['too short', AUTHORITY.file.subarray(0, -1)],
    ['no key', Buffer.alloc(286)],
  ])('is not made of an EF 0016 that is %s', (_what, content) => {
    expect(() => use({ authorityKey: content.toString('base64') })).toThrow(/EF 0016/u);
  });
});
