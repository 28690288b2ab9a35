/** A virtual card with 特定機関認証, and the commands of kazasu-model-1 spelled out: no code of the reader's side is used. */

import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type CardDefinition, SimCard } from '../../devices/card/sim-card.ts';
import { authentication, rsa, testAuthority, testInstitution } from './institution-fixture.ts';

export const AUTHORITY = testAuthority();
export const INSTITUTION = testInstitution(AUTHORITY);
export const OTHER = testInstitution(AUTHORITY);
export const STRANGER = testInstitution(AUTHORITY, { signedBy: rsa().privateKey });
export const FOREIGN = testInstitution(AUTHORITY, { issuer: randomBytes(16) });
export const CARD_KEY = rsa();

export const DEFINITION: CardDefinition = {
  kind: 'my-number',
  userCertificate: Buffer.from('user certificate').toString('base64'),
  userPrivateKey: CARD_KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  signPrivateKey: CARD_KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  authorityKey: AUTHORITY.file.toString('base64'),
};

export const MESSAGE = Buffer.concat([Buffer.from('kazasu-tap-1'), randomBytes(96)]);
export const APPLICATION = '00A4040C0AD392F000260100000001';
export const KEY = '00A4020C020017';
export const SIGN_KEY = '00A4020C02001A';
export const PIN_FILE = '00A4020C020018';
export const PIN = '002000800431323334';
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const sized = (bytes: Uint8Array) => hex(Buffer.of(bytes.length >> 8, bytes.length & 0xff));

/** One command with extended length fields. */
export const long = (header: string, data: Uint8Array, le = '') =>
  `${header}00${sized(data)}${hex(data)}${le}`;
export const short = (header: string, data: Uint8Array, le = '') =>
  `${header}${hex(Buffer.of(data.length))}${hex(data)}${le}`;

/** The same as a chain of short commands. */
export function chain(header: string, data: Uint8Array, step = 255): string[] {
  const chained = hex(Buffer.of(Number.parseInt(header.slice(0, 2), 16) | 0x10));
  const commands: string[] = [];
  for (let at = 0; at < data.length; at += step) {
    const isLast = at + step >= data.length;
    const start = isLast ? header : `${chained}${header.slice(2)}`;
    commands.push(short(start, data.subarray(at, at + step)));
  }
  return commands;
}

/** The card in the field. */
export let card: SimCard;

export async function answerTo(command: string): Promise<Buffer> {
  return Buffer.from(await card.transmit(Buffer.from(command, 'hex')));
}

/** Status words (hex) of commands sent in turn; the last one. */
export async function send(...commands: string[]): Promise<string> {
  let sw = '';
  for (const command of commands) sw = hex((await answerTo(command)).subarray(-2));
  return sw;
}

export const SHOW = (it = INSTITUTION) => long('80A206C1', it.certificate);
export const SHOW_SIGNATURE = (it = INSTITUTION) => long('80A200C1', it.signature);
export const SIGN = short('802A0380', MESSAGE, '00');
export const CHALLENGE = '0084000020';

export async function challenge(): Promise<Buffer> {
  const answer = await answerTo(CHALLENGE);
  expect(answer).toHaveLength(34);
  return answer.subarray(0, 32);
}

export const prove = async (it = INSTITUTION) =>
  long('00820000', authentication(it, await challenge()));

/** Steps 1 to 3. */
export async function hold(it = INSTITUTION): Promise<void> {
  expect(await send(APPLICATION, SHOW(it))).toBe('9000');
  expect(await send(SHOW_SIGNATURE(it))).toBe('9000');
}

/** Steps 1 to 5. */
export async function grant(it = INSTITUTION): Promise<void> {
  await hold(it);
  expect(await send(await prove(it))).toBe('9000');
}

export async function isGranted(): Promise<boolean> {
  return (await send(KEY, SIGN)) === '9000';
}

/** Powers a new card up. */
export function use(changed: Partial<CardDefinition> = {}): void {
  replaceCard({ ...DEFINITION, ...changed });
}

export function replaceCard(definition: CardDefinition): void {
  card = new SimCard(definition);
  card.powerOn();
}
