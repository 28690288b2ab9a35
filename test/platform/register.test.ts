/** What the world knows of holders: how their certificates stand, and when they were born. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Authority } from '../../platform-sim/authority.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { openKeys, openStores, type Stores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import { CardMaker, type TestCard } from '../cards.ts';

const DAY = 86_400_000;
/** RFC 5280 5.2.4: BaseCRLNumber 1. */
const DELTA_OF_1 = { oid: '2.5.29.27', critical: true, value: Buffer.from('020101', 'hex') };
const NOW = Date.now();

let folder = '';
let stores: Stores;
let maker: CardMaker;
let good: TestCard;
let revoked: TestCard;
let other: TestCard;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kazasu-register-'));
  const state = join(folder, 'platform');
  stores = openStores(state);
  maker = await CardMaker.create();
  [good, revoked, other] = [await maker.card(), await maker.card(), await maker.card()];
  const entries = [
    { serial: Buffer.from('01', 'hex'), reason: 'superseded' as const, at: new Date(NOW) },
    { serial: revoked.serial, reason: 'superseded' as const, at: new Date(NOW) },
  ];
  const files = { ca: file('ca.der'), crl: file('crl.der') };
  writeFileSync(files.ca, maker.authority.caCertificate);
  writeFileSync(files.crl, maker.authority.crl({ revoked: entries, number: 1n }));
  await addTrust(stores.registry, await openKeys(state), { ca: [files.ca], crl: [files.crl] }, NOW);
});
afterAll(() => {
  stores.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string) => join(folder, name);
const standing = ({ der }: Pick<TestCard, 'der'>, now = NOW) => stores.register.standing(der, now);

function take(lines: readonly string[]): number {
  writeFileSync(file('good.der'), good.der);
  writeFileSync(file('register.csv'), lines.join('\n'));
  return stores.register.take(file('register.csv'));
}

test('a certificate of a known authority, in its time and not revoked, is valid', () => {
  expect(standing(good)).toBe('valid');
});

test('revoked, expired and not yet valid ones are invalid', () => {
  expect(standing(revoked)).toBe('invalid');
  expect(standing(good, NOW + 20 * 365 * DAY)).toBe('invalid');
  expect(standing(good, NOW - 20 * 365 * DAY)).toBe('invalid');
});

test('a delta revokes what the list before it did not, and takes back what it did', async () => {
  const day = { at: new Date(NOW) };
  const entries = [
    { serial: other.serial, reason: 'keyCompromise' as const, ...day },
    { serial: revoked.serial, reason: 'removeFromCRL' as const, ...day },
  ];
  const delta = file('delta.der');
  writeFileSync(delta, maker.authority.crl({ revoked: entries, number: 2n, extra: [DELTA_OF_1] }));
  const keys = await openKeys(join(folder, 'platform'));
  expect(standing(other)).toBe('valid');
  await addTrust(stores.registry, keys, { ca: [], crl: [delta] }, NOW);
  expect([standing(other), standing(revoked), standing(good)]).toEqual([
    'invalid',
    'valid',
    'valid',
  ]);
});

test('of an authority that nobody knows here, or no certificate at all: unknown', async () => {
  expect(standing(await maker.card({}, await Authority.create()))).toBe('unknown');
  expect(standing({ der: Buffer.from('3003020101', 'hex') })).toBe('unknown');
  expect(standing({ der: Buffer.alloc(0) })).toBe('unknown');
});

test('holders are known by their certificate, and a later table changes them', () => {
  expect(stores.register.bornOf(good.der)).toBeNull();
  expect(take(['certificate,born', 'good.der,1990-02-28'])).toBe(1);
  expect(stores.register.bornOf(good.der)).toBe('1990-02-28');
  take(['certificate,born', 'good.der,1991-01-01']);
  expect(stores.register.bornOf(good.der)).toBe('1991-01-01');
  expect(stores.register.bornOf(revoked.der)).toBeNull();
});

test('two certificates are of one holder where a table has said so, and of nobody else', () => {
  const isOne = (a: TestCard, b: TestCard) => stores.register.isOneHolder(a.der, b.der);
  expect(isOne(good, other)).toBe(false);
  writeFileSync(file('signing.der'), other.der);
  take(['certificate,born,signing', 'good.der,1990-02-28,signing.der']);
  expect([isOne(good, other), isOne(other, good), isOne(revoked, other)]).toEqual([
    true,
    false,
    false,
  ]);
  // Children under 15 have none.
  expect(take(['certificate,born,signing', 'good.der,1990-02-28,'])).toBe(1);
  expect(isOne(good, other)).toBe(true);
  const unread = () => take(['certificate,born,signing', 'good.der,1990-02-28,gone.der']);
  expect(unread).toThrow(/line 2: certificate gone.der/u);
});

test.each([
  [['certificat,born'], /line 1: the first line names the columns: certificate,born/u],
  [['certificate,born', 'good.der,1990-02-30'], /line 2: born "1990-02-30" is no date/u],
  [['certificate,born', 'good.der,1990'], /line 2: born "1990" is no date/u],
  [['certificate,born', 'gone.der,1990-01-01'], /line 2: certificate gone.der/u],
  [['certificate,born', 'register.csv,1990-01-01'], /register.csv is no certificate/u],
  [['certificate,born', 'a,b,c'], /not a table of these columns/u],
])('a table like %j is refused by its line, and nothing of it is taken', (lines, message) => {
  const before = stores.register.bornOf(good.der);
  expect(() => take(lines)).toThrow(InputError);
  expect(() => take(lines)).toThrow(message);
  expect(stores.register.bornOf(good.der)).toBe(before);
});

test('all that is kept of answers is how many there were', () => {
  expect(stores.register.answered('age-check')).toBe(0);
  stores.register.count('age-check');
  stores.register.count('age-check');
  expect(stores.register.answered('age-check')).toBe(2);
});
