import { expect, test } from 'vitest';
import {
  decideEntry,
  RECEIPT_CLAIM_MS,
  type ReceiptState,
} from '../../src/domain/entry-decision.ts';
import {
  ageOfList,
  assuranceReaches,
  type EntryListManifest,
  type EntryRow,
  listRefusal,
} from '../../src/domain/entry-list.ts';

const AT = Date.parse('2026-11-25T08:00:00Z');
const HOUR = 3_600_000;

const row: EntryRow = { ref: '00', ticket: 'T', seat: 'A 1番', holder: '', party: '' };
const entered = {
  entered: { at: new Date(AT).toISOString(), gate: '西ゲート', seq: 1 },
  left: null,
  wasGranted: true,
};
const notYet = { entered: null, left: null, wasGranted: false };

test('a row that was not used is granted, whatever an earlier paper was', () => {
  for (const receipt of ['none', 'printed', 'owed', 'unknown'] satisfies ReceiptState[]) {
    expect(decideEntry(row, notYet, receipt, AT)).toEqual({ decision: 'grant', paper: true });
  }
});

test.each([
  ['printed', false],
  ['being-printed', false],
  ['unknown', false],
  ['none', false],
  ['owed', true],
] as const)(
  'who did not walk through tries again; a paper that is %s: another one %s',
  (receipt, paper) => {
    const notPassed = { ...notYet, wasGranted: true };
    expect(decideEntry(row, notPassed, receipt, AT)).toEqual({ decision: 'grant', paper });
  },
);

test('who went out comes back in where the list says so, and nowhere else', () => {
  const outside = { ...entered, left: { at: new Date(AT + 1).toISOString(), gate: '出口' } };
  const refused = { decision: 'refuse', reason: 'already-entered' };
  expect(decideEntry(row, outside, 'printed', AT, 'after-exit')).toEqual({
    decision: 'grant',
    paper: false,
  });
  expect(decideEntry(row, outside, 'printed', AT)).toEqual(refused);
  expect(decideEntry(row, entered, 'printed', AT, 'after-exit')).toEqual(refused);
  const cancelled = { ...row, cancelledAt: '2026-11-25T07:00:00Z' };
  expect(decideEntry(cancelled, outside, 'printed', AT, 'after-exit')).toMatchObject({
    reason: 'ticket-cancelled',
  });
});

test('nobody who went out comes back in by claiming a receipt', () => {
  const outside = { ...entered, left: { at: new Date(AT + 1).toISOString(), gate: '出口' } };
  expect(decideEntry(row, outside, 'owed', AT + 1)).toMatchObject({ reason: 'already-entered' });
});

test('a cancelled ticket is refused, used or not', () => {
  const cancelled = { ...row, cancelledAt: '2026-11-25T07:00:00Z' };
  for (const state of [entered, notYet]) {
    expect(decideEntry(cancelled, state, 'owed', AT)).toEqual({
      decision: 'refuse',
      reason: 'ticket-cancelled',
    });
  }
});

test('an owed receipt is claimed within fifteen minutes, to the millisecond, and refused after', () => {
  const claim = (after: number) => decideEntry(row, entered, 'owed', AT + after);
  expect(RECEIPT_CLAIM_MS).toBe(15 * 60_000);
  expect(claim(0)).toEqual({ decision: 'claim-receipt' });
  expect(claim(RECEIPT_CLAIM_MS)).toEqual({ decision: 'claim-receipt' });
  expect(claim(RECEIPT_CLAIM_MS + 1)).toEqual({ decision: 'refuse', reason: 'already-entered' });
});

test.each([
  ['printed', 'already-entered'],
  ['being-printed', 'already-entered'],
  ['none', 'already-entered'],
  ['unknown', 'receipt-unsettled'],
] as const)('a used row whose paper is %s is refused with %s', (receipt, reason) => {
  expect(decideEntry(row, entered, receipt, AT)).toEqual({ decision: 'refuse', reason });
});

const manifest: EntryListManifest = {
  kind: 'entry-list',
  list: 'l',
  title: 't',
  version: 1,
  root: '',
  rows: 0,
  chunks: [],
  issuedAt: new Date(AT).toISOString(),
  validFrom: new Date(AT).toISOString(),
  validTo: new Date(AT + 240 * HOUR).toISOString(),
  assurance: 'identified',
  staleness: { oldAfterHours: 24, tooOldAfterHours: 72, whenTooOld: 'admit' },
  audience: [],
  place: '',
  startsAt: null,
};

test('a list is used from its first to before its last moment', () => {
  expect(listRefusal(manifest, AT, AT - 1)).toBe('list-expired');
  expect(listRefusal(manifest, AT, AT)).toBeNull();
  expect(listRefusal(manifest, AT + 239 * HOUR, AT + 240 * HOUR - 1)).toBeNull();
  expect(listRefusal(manifest, AT + 239 * HOUR, AT + 240 * HOUR)).toBe('list-expired');
});

test('age is counted from the last confirmation, and too old refuses only where the policy says so', () => {
  expect(ageOfList(manifest.staleness, AT, AT + 24 * HOUR - 1)).toBe('fresh');
  expect(ageOfList(manifest.staleness, AT, AT + 24 * HOUR)).toBe('old');
  expect(ageOfList(manifest.staleness, AT, AT + 72 * HOUR)).toBe('too-old');
  expect(listRefusal(manifest, AT, AT + 100 * HOUR)).toBeNull();
  const strict = {
    ...manifest,
    staleness: { ...manifest.staleness, whenTooOld: 'refuse' as const },
  };
  expect(listRefusal(strict, AT, AT + 71 * HOUR)).toBeNull();
  expect(listRefusal(strict, AT, AT + 72 * HOUR)).toBe('list-expired');
});

test('a level of assurance reaches itself and what is below it', () => {
  expect(assuranceReaches('identified', 'identified')).toBe(true);
  expect(assuranceReaches('identified', 'possession')).toBe(false);
  expect(assuranceReaches('possession+pin', 'possession')).toBe(true);
});
