/** The table `[staff]`: what is taken, and what each wrong one is told. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { tempFolder } from '../store/fixtures.ts';
import { linePin } from './staff-rig.ts';

const GATE = `profile = "gate"
name = "gate-1"
state = "gate-1"
[platform]
url = "ws://127.0.0.1:8410/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "stadium"
`;
const CARD = 'AB'.repeat(32);

function staffOf(table: string) {
  const file = join(tempFolder(), 'gate.toml');
  writeFileSync(file, GATE + table);
  return readConfig(file).staff;
}

test('a kiosk has staff, too', () => {
  const file = join(tempFolder(), 'kiosk.toml');
  const tables = ['receipt', 'page', 'payment'].map(
    (table) => `[${table}]\ndriver = "simulated"\n`,
  );
  const [head = ''] = GATE.split('[receipt]');
  const service = '[services.family-register]\n';
  writeFileSync(file, `${head.replace('gate', 'kiosk')}${tables.join('')}${service}[staff]\n`);
  expect(readConfig(file).staff).toEqual({ attendant: [] });
});

function credentials(): string {
  const before = process.env['CREDENTIALS_DIRECTORY'];
  onTestFinished(() => {
    if (before === undefined) delete process.env['CREDENTIALS_DIRECTORY'];
    else process.env['CREDENTIALS_DIRECTORY'] = before;
  });
  const folder = tempFolder();
  process.env['CREDENTIALS_DIRECTORY'] = folder;
  return folder;
}

describe('the table', () => {
  test('is left out: no staff', () => {
    expect(staffOf('')).toBeUndefined();
  });

  test('names a PIN and attendants', async () => {
    const pin = await linePin();
    const attendant = `[[staff.attendant]]\nname = "森"\ncard = "${CARD}"\n`;
    expect(staffOf(`[staff]\npin = "${pin}"\n${attendant}`)).toEqual({
      pin,
      attendant: [{ name: '森', card: CARD.toLowerCase() }],
    });
  });

  const attendant = (name: string, card: string) =>
    `[[staff.attendant]]\nname = "${name}"\ncard = "${card}"\n`;
  test.each([
    [
      'a PIN in clear',
      '[staff]\npin = "1234"\n',
      /\[staff\] "pin": the line that "kazasu staff-pin"/u,
    ],
    ['an unknown key', '[staff]\nattendent = 1\n', /did you mean "attendant"\?/u],
    ['a card that is none', attendant('森', 'abc'), /"card": the SHA-256 of a certificate/u],
    ['an empty name', attendant(' ', CARD), /"name": a name of 1 to 40/u],
    [
      'one card twice',
      attendant('森', CARD) + attendant('伊藤', CARD),
      /a card of its own for each/u,
    ],
    [
      'more attendants than a gate has',
      Array.from({ length: 201 }, (_, n) => attendant('森', `${n}`.padStart(64, '0'))).join(''),
      /200 attendants at most/u,
    ],
  ])('%s is refused in words', (_, table, words) => {
    expect(() => staffOf(table)).toThrow(ConfigError);
    expect(() => staffOf(table)).toThrow(words);
  });
});

describe('the credential', () => {
  test('is the PIN where the table has none, and is not asked for without the table', async () => {
    const pin = await linePin();
    writeFileSync(join(credentials(), 'staff-pin'), `${pin}\n`);
    expect(staffOf('[staff]\n')).toMatchObject({ pin });
    expect(staffOf('')).toBeUndefined();
  });

  test('comes after a PIN of the table', async () => {
    const pin = await linePin();
    writeFileSync(join(credentials(), 'staff-pin'), 'nonsense');
    expect(staffOf(`[staff]\npin = "${pin}"\n`)).toMatchObject({ pin });
  });

  test('that is not there leaves attendants only', () => {
    credentials();
    expect(staffOf('[staff]\n')).toEqual({ attendant: [] });
  });

  test('that is no such line, or can not be read, is refused with its place and without its text', () => {
    const folder = credentials();
    writeFileSync(join(folder, 'staff-pin'), 'geheim-1234');
    expect(() => staffOf('[staff]\n')).toThrow(
      /staff-pin: is not the line that "kazasu staff-pin"/u,
    );
    expect(() => staffOf('[staff]\n')).not.toThrow(/geheim/u);
    const other = credentials();
    mkdirSync(join(other, 'staff-pin'));
    expect(() => staffOf('[staff]\n')).toThrow(ConfigError);
  });
});
