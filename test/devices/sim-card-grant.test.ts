/** The one use of a card's key that an institution is granted: for what, how long, and how it ends. */

import { randomBytes, verify } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  APPLICATION,
  answerTo,
  CARD_KEY,
  CHALLENGE,
  card,
  chain,
  FOREIGN,
  grant,
  hold,
  INSTITUTION,
  isGranted,
  KEY,
  long,
  MESSAGE,
  OTHER,
  PIN,
  PIN_FILE,
  prove,
  SHOW,
  SHOW_SIGNATURE,
  SIGN,
  SIGN_KEY,
  STRANGER,
  send,
  short,
  use,
} from './institution-rig.ts';

beforeEach(() => use());

describe('a grant', () => {
  const text = (prefix: string, bytes: number) =>
    Buffer.concat([Buffer.from(prefix), randomBytes(bytes)]);

  test('is needed for the signature', async () => {
    expect(await send(APPLICATION, KEY, SIGN)).toBe('6982');
    await hold();
    expect(await send(KEY, SIGN)).toBe('6982');
  });

  test('is for one use', async () => {
    await grant();
    expect(await isGranted()).toBe(true);
    expect(await send(SIGN)).toBe('6982');
  });

  test.each([
    ['the prefix of the PIN', short('802A0380', text('kazasu-pin-1', 96), '00')],
    ['the prefix of the institution', short('802A0380', text('kazasu-model-1', 94), '00')],
    ['no prefix', short('802A0380', randomBytes(108), '00')],
    ['a byte less', short('802A0380', text('kazasu-tap-1', 95), '00')],
    ['a byte more', short('802A0380', text('kazasu-tap-1', 97), '00')],
    ['nothing', '802A038000'],
    ['no Le', short('802A0380', MESSAGE)],
    ['a short Le', short('802A0380', MESSAGE, '20')],
    ['a DigestInfo', short('802A0080', randomBytes(51), '00')],
    ['the message, raw', short('802A0080', MESSAGE, '00')],
    ['the message as a digest', short('802A0280', MESSAGE, '00')],
    ['the key by short identifier', short('802A0397', MESSAGE, '00')],
  ])('asked for %s is refused, and spent', async (_what, request) => {
    await grant();
    expect(await send(KEY, request)).toBe('6985');
    expect(await send(KEY, SIGN)).toBe('6982');
    expect(await send(await prove())).toBe('6985');
  });

  test.each([
    ['with the key of the signature', SIGN_KEY],
    ['with a PIN file selected', PIN_FILE],
  ])('%s is refused, and spent', async (_what, select) => {
    await grant();
    expect(await send(select, SIGN)).toBe('6985');
    expect(await send(KEY, SIGN)).toBe('6982');
  });

  test.each([
    ['SELECT of the application', APPLICATION],
    ['SELECT of another application', '00A4040C0AD3921000310001010408'],
    ['SELECT that leaves the application', '00A40000'],
    ['a certificate of wrong form', short('80A206C1', Buffer.of(0))],
    ['a certificate of an unknown issuer', long('80A206C1', FOREIGN.certificate)],
    ['a signature without a certificate', SHOW_SIGNATURE()],
    ['a challenge without a length', '00840000'],
    ['a challenge with parameters', '0084000120'],
    ['EXTERNAL AUTHENTICATE without a challenge', long('00820000', randomBytes(256))],
    ['EXTERNAL AUTHENTICATE of wrong length', short('00820000', randomBytes(16))],
    ['EXTERNAL AUTHENTICATE with half a body', '0082000010AA'],
    ['a chain that another command breaks', `${chain('80A206C1', INSTITUTION.certificate)[0]}`],
    ['a chain of the signature', short('902A0380', MESSAGE)],
  ])('ends with %s', async (_what, request) => {
    await grant();
    await send(request);
    // What reads nothing but the file's first byte breaks a chain, too.
    await send('00B0960001');
    expect(['6982', '6A82', '6986']).toContain(await send(KEY, SIGN));
    expect(await send(KEY, await prove())).not.toBe('9000');
  });

  test.each([
    ['a warm reset', () => card.reset()],
    ['a cold reset', () => card.powerOn()],
    [
      'power',
      () => {
        card.powerOff();
        card.powerOn();
      },
    ],
  ])('and the institution end with %s', async (_what, reset) => {
    await grant();
    await reset();
    expect(await send(APPLICATION, KEY, SIGN)).toBe('6982');
    expect(await send(await prove())).toBe('6985');
  });

  test.each([
    ['reading', ['00A4020C02000A', '00B0000004']],
    ['a file that is not there', ['00A4020C020777']],
    ['the probe of a reader', ['00A4000C023F00']],
    ['an unknown application', ['00A4040C07A0000000031010']],
    ['a wrong PIN', [PIN_FILE, '002000800430303030']],
    ['another challenge', [CHALLENGE]],
    ['another certificate', [SHOW(OTHER)]],
    ['another institution', [SHOW(OTHER), SHOW_SIGNATURE(OTHER)]],
  ])('outlives %s', async (_what, commands) => {
    await grant();
    await send(...commands);
    expect(await isGranted()).toBe(true);
  });

  test('costs no try of the PIN, whatever fails', async () => {
    await grant();
    await send(KEY, short('802A0080', randomBytes(51), '00'), SIGN);
    await send(SHOW(STRANGER), SHOW_SIGNATURE(STRANGER), long('00820000', randomBytes(256)));
    expect(await send(PIN_FILE, '00200080')).toBe('63C3');
    expect(await send('00A4020C02001B', '00200080')).toBe('63C5');
  });
});

describe('with the PIN', () => {
  test('the card hashes a message itself, too', async () => {
    expect(await send(APPLICATION, PIN_FILE, PIN, KEY)).toBe('9000');
    const answer = await answerTo(SIGN);
    expect(verify('sha256', MESSAGE, CARD_KEY.publicKey, answer.subarray(0, -2))).toBe(true);
  });

  test('a grant is spent all the same, and the PIN goes on', async () => {
    await grant();
    expect(await send(PIN_FILE, PIN, KEY, short('802A0080', randomBytes(51), '00'))).toBe('6985');
    expect(await send(short('802A0080', randomBytes(51), '00'))).toBe('9000');
  });
});

test('A card that replays answers a grant with what it was given once', async () => {
  const replay = randomBytes(256);
  use({ faults: { replay: replay.toString('base64') } });
  await grant();
  await send(KEY);
  expect((await answerTo(SIGN)).subarray(0, -2).equals(replay)).toBe(true);
});
