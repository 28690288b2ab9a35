import { expect, test } from 'vitest';
import { type Levels, levelsOf } from '../src/doctor/levels.ts';
import { type Check, type CheckId, couldServe } from '../src/domain/check.ts';
import type { EntryListManifest } from '../src/domain/entry-list.ts';

const NOW = Date.parse('2026-02-20T08:00:00Z');
const HOUR = 3_600_000;
const MIB = 1_048_576;

const MANIFEST: EntryListManifest = {
  kind: 'entry-list',
  list: 'stadium',
  title: '春の音楽祭',
  version: 7,
  root: 'ab',
  rows: 12_000,
  chunks: [],
  issuedAt: '2026-02-19T08:00:00Z',
  validFrom: '2026-02-19T00:00:00Z',
  validTo: '2026-02-21T00:00:00Z',
  assurance: 'identified',
  staleness: { oldAfterHours: 2, tooOldAfterHours: 24, whenTooOld: 'refuse' },
  audience: [],
  place: '',
  startsAt: null,
};

const ACTIVE = { manifest: MANIFEST, confirmedAt: NOW - HOUR };

const WELL: Levels = {
  now: NOW,
  reader: { name: 'ACR1252', lost: null },
  printer: { name: '/dev/ttyUSB0', lost: null, condition: 'ready' },
  page: { name: 'Example A4', lost: null, condition: 'ready' },
  turnstile: { name: '/dev/ttyUSB2', lost: null, condition: 'ready' },
  payment: { name: '/dev/ttyUSB1', lost: null },
  remote: { name: 'リモコン', lost: null, condition: 'ready' },
  disk: { freeBytes: 900 * MIB, neededBytes: 8 * MIB, reserveIntact: true },
  clock: 'synced',
  list: {
    id: 'stadium',
    active: ACTIVE,
    hasKey: true,
  },
  trust: { version: 3, anchors: 2, revocationUntil: [NOW + HOUR], damaged: false },
  keys: { store: 'file', sealed: true, lost: null },
  certificate: { renewFrom: NOW + HOUR, notAfter: NOW + 30 * 24 * HOUR },
  root: { version: 2, expires: NOW + 24 * HOUR },
  hasInstitution: true,
  waiting: { facts: 0, since: null },
  papers: { owed: 0, unknown: 0 },
  link: { up: true, contactAt: NOW - HOUR, reason: null },
  neighbours: { heard: ['east'], silentSince: null, held: [] },
  alerts: { place: { municipality: '990029', district: 'kawara' }, hasKey: true, active: 0 },
  role: {
    ...{ role: 'shelter', shelter: 'shiomi-elementary', name: '汐見小学校 避難所', capacity: 420 },
    ...{ list: 'evacuees-990029', municipality: '990029', certificate: '' },
    ...{ until: new Date(NOW + HOUR).toISOString(), command: 'an-order' },
  },
};

const NOTHING: Levels = {
  now: NOW,
  reader: null,
  printer: null,
  page: null,
  turnstile: null,
  remote: null,
  payment: null,
  disk: null,
  clock: null,
  list: null,
  trust: null,
  keys: null,
  certificate: null,
  root: null,
  hasInstitution: null,
  waiting: null,
  papers: null,
  link: null,
  neighbours: null,
  alerts: null,
  role: null,
};

function only(changed: Partial<Levels>, id: CheckId): Check {
  const found = levelsOf({ ...WELL, ...changed }).find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

/** The list confirmed so many hours ago, under a manifest that differs so. */
function list(hours: number, changed: Partial<EntryListManifest> = {}): Levels['list'] {
  const manifest = { ...MANIFEST, ...changed };
  return { id: 'stadium', hasKey: true, active: { manifest, confirmedAt: NOW - hours * HOUR } };
}

test('a terminal that is well has nothing to be done', () => {
  const checks = levelsOf(WELL);
  expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
  expect(checks.filter(({ remedy }) => remedy !== null)).toEqual([]);
  expect(couldServe(checks)).toBe(true);
});

test('what is not known is said to be so, and stands in nobody’s way', () => {
  const checks = levelsOf(NOTHING);
  expect(checks.filter(({ state }) => state !== 'unknown')).toEqual([]);
  expect(couldServe(checks)).toBe(true);
});

/** What is wrong, which check tells, in which words, and whether people can still be let in. */
test.each<[string, Partial<Levels>, CheckId, RegExp, boolean]>([
  [
    'no other gate',
    { neighbours: { heard: [], silentSince: NOW, held: [] } },
    'neighbours',
    /none is heard since 2026-02-20T08:00:00.000Z/,
    true,
  ],
  [
    'a municipality that can raise no alert',
    { alerts: { place: { municipality: '990029' }, hasKey: false, active: null } },
    'alerts',
    /990029, all districts: nobody can raise one/,
    true,
  ],
  [
    'an order whose time is past',
    { now: NOW + 2 * HOUR },
    'role',
    /reader of shelter shiomi-elementary .* by order an-order: its time is past/,
    true,
  ],
  [
    'a gate that is not believed',
    { neighbours: { heard: ['west'], silentSince: null, held: [{ terminal: 'east', why: 'x' }] } },
    'neighbours',
    /nothing more of east is believed: x/,
    true,
  ],
  ['no reader', { reader: { name: 'ACR', lost: 'unplugged' } }, 'card-reader', /unplugged/, false],
  [
    'no printer',
    { printer: { name: 'tty', lost: 'no such port', condition: null } },
    'receipt-printer',
    /tty: no such port/,
    true,
  ],
  [
    'no paper',
    { printer: { name: 'tty', lost: null, condition: 'paper-out' } },
    'receipt-printer',
    /paper-out/,
    true,
  ],
  [
    'no page printer',
    { page: { name: 'ipp', lost: 'ECONNREFUSED', condition: null } },
    'page-printer',
    /ipp: ECONNREFUSED/,
    true,
  ],
  [
    'jammed paper in the page printer',
    { page: { name: 'Example A4', lost: null, condition: 'jam' } },
    'page-printer',
    /Example A4: jam/,
    true,
  ],
  [
    'a turnstile that does not answer: people are let in all the same',
    { turnstile: { name: 'tty', lost: 'it does not answer', condition: 'ready' } },
    'turnstile',
    /tty: it does not answer/,
    true,
  ],
  [
    'a turnstile that is wired wrongly',
    { turnstile: { name: 'tty', lost: null, condition: 'not-ready' } },
    'turnstile',
    /tty: not-ready/,
    true,
  ],
  [
    'a remote control that is not plugged in: cards are held all the same',
    { remote: { name: 'hid', lost: 'none is plugged in', condition: null } },
    'remote',
    /hid: none is plugged in/,
    true,
  ],
  [
    'a remote control whose keys could reach something else',
    { remote: { name: 'Cushion 9', lost: null, condition: 'exposed' } },
    'remote',
    /no PIN is taken from it/,
    true,
  ],
  [
    'a remote control with a low battery',
    { remote: { name: 'Cushion 9', lost: null, condition: 'battery-low' } },
    'remote',
    /its battery is low/,
    true,
  ],
  [
    'a payment unit that does not answer',
    { payment: { name: 'tty', lost: 'it does not answer' } },
    'payment-unit',
    /tty: it does not answer/,
    false,
  ],
  [
    'a full disk',
    { disk: { freeBytes: 2 * MIB, neededBytes: 8 * MIB, reserveIntact: true } },
    'disk',
    /2 MiB free, 8 MiB are needed/,
    false,
  ],
  [
    'a reserve that is used up',
    { disk: { freeBytes: 90 * MIB, neededBytes: 8 * MIB, reserveIntact: false } },
    'disk',
    /reserve/,
    false,
  ],
  ['a clock that jumped', { clock: 'unset' }, 'clock', /not set/, true],
  ['no list', { list: { id: 'x', active: null, hasKey: true } }, 'list', /x is not here/, false],
  [
    'a list without its key',
    { list: { id: 'stadium', active: ACTIVE, hasKey: false } },
    'list',
    /its key is not here/,
    false,
  ],
  [
    'a list that asks for a proof, and no key to ask with',
    { list: list(1, { assurance: 'possession' }), hasInstitution: false },
    'list',
    /asks every card for possession/,
    false,
  ],
  [
    'a list that asks for the PIN, which a gate does not',
    { list: list(1, { assurance: 'possession+pin' }) },
    'list',
    /possession\+pin/,
    false,
  ],
  ['a list that is too old', { list: list(25) }, 'list', /too old: confirmed 25 hours ago/, false],
  [
    'a list whose validity is over',
    { list: list(1, { validTo: '2026-02-20T07:59:59Z' }) },
    'list',
    /valid from/,
    false,
  ],
  [
    'authorities that are damaged',
    { trust: { version: 3, anchors: 0, revocationUntil: [], damaged: true } },
    'trust',
    /damaged/,
    false,
  ],
  [
    'no authority',
    { trust: { version: null, anchors: 0, revocationUntil: [], damaged: false } },
    'trust',
    /no card would be admitted/,
    false,
  ],
  [
    'a certificate of the terminal that should have been renewed',
    { certificate: { renewFrom: NOW - 25 * HOUR, notAfter: NOW + 2 * HOUR } },
    'certificate',
    /^until 2026-02-20T10:00:00.000Z, to be renewed since 2026-02-19T07:00:00.000Z$/,
    true,
  ],
  [
    'a certificate of the terminal that is past',
    { certificate: { renewFrom: NOW - 720 * HOUR, notAfter: NOW - 1 } },
    'certificate',
    /past; the platform sends no lists/,
    true,
  ],
  [
    'a root that should have been renewed',
    { root: { version: 2, expires: NOW - 1 } },
    'root',
    /version 2 should have been renewed .* still counts/,
    true,
  ],
  ['a root that is damaged', { root: 'damaged' }, 'root', /can not be read/, true],
  [
    'one revocation list of two that is past',
    { trust: { version: 3, anchors: 2, revocationUntil: [NOW + HOUR, NOW - 1], damaged: false } },
    'revocation',
    /past/,
    true,
  ],
  [
    'a platform that turned the terminal away',
    { link: { up: false, contactAt: null, reason: 'turned-away: revoked' } },
    'link',
    /turned-away: revoked/,
    true,
  ],
  [
    'keys that others can reach',
    { keys: { store: 'file', sealed: false, lost: 'others can reach them' } },
    'keys',
    /others can reach/,
    true,
  ],
  [
    'facts that have waited for more than a day',
    { waiting: { facts: 12, since: NOW - 25 * HOUR } },
    'facts-waiting',
    /12 facts wait/,
    true,
  ],
  ['a paper of unknown outcome', { papers: { owed: 0, unknown: 1 } }, 'papers', /1 of unkn/, true],
  [
    'no link',
    { link: { up: false, contactAt: NOW - 3 * HOUR, reason: 'timed out' } },
    'link',
    /\(timed out\), last contact 3 hours ago/,
    true,
  ],
])('%s is told with what to do', (_, changed, id, detail, serves) => {
  const check = only(changed, id);
  expect(check).toMatchObject({ state: 'not-well', detail: expect.stringMatching(detail) });
  expect(check.remedy?.length).toBeGreaterThan(20);
  expect(couldServe(levelsOf({ ...WELL, ...changed }))).toBe(serves);
});

test('keys that are not sealed are no fault, and it is said what that means', () => {
  const keys = { store: 'file', sealed: false, lost: null } as const;
  const detail = 'in files, not sealed: whoever copies the disk has them';
  expect(only({ keys }, 'keys')).toMatchObject({ state: 'ok', detail });
  expect(only({}, 'keys').detail).toBe('in files, sealed');
});

test('a certificate is well until its renewal is overdue, and one that was never there says so', () => {
  const of = (certificate: Levels['certificate']) => only({ certificate }, 'certificate');
  const notAfter = NOW + 30 * 24 * HOUR;
  expect(of({ renewFrom: NOW + HOUR, notAfter })).toMatchObject({
    state: 'ok',
    detail: 'until 2026-03-22T08:00:00.000Z, to be renewed from 2026-02-20T09:00:00.000Z on',
  });
  // A night without a network, and the next link renews it.
  expect(of({ renewFrom: NOW - 24 * HOUR, notAfter }).state).toBe('ok');
  expect(of({ renewFrom: NOW - 24 * HOUR - 1, notAfter }).state).toBe('not-well');
  expect(of({ renewFrom: NOW - 720 * HOUR, notAfter: NOW }).detail).not.toContain('past');
  expect(of('none')).toMatchObject({ state: 'unknown', detail: 'this terminal is not enrolled' });
});

/** As the list's own policy has it. */
test.each<[string, Levels['list'], RegExp]>([
  ['an old list', list(3), /old, still used/],
  [
    'a list that is too old, where the organiser admits by it',
    list(30, { staleness: { oldAfterHours: 2, tooOldAfterHours: 24, whenTooOld: 'admit' } }),
    /too-old, still used/,
  ],
])('%s is no reason to be not well', (_, level, detail) => {
  expect(only({ list: level }, 'list')).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(detail),
  });
});

test('facts that wait for a while, and an authority without a revocation list, are ordinary', () => {
  const waiting = { facts: 3, since: NOW - HOUR };
  expect(only({ waiting }, 'facts-waiting').state).toBe('ok');
  const trust = { version: 1, anchors: 1, revocationUntil: [], damaged: false };
  expect(only({ trust }, 'revocation').state).toBe('ok');
});
