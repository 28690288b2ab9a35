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
import { entryState, type Fact } from '../../src/domain/fact.ts';

const AT = Date.parse('2026-11-25T08:00:00Z');
const HOUR = 3_600_000;

const row: EntryRow = { ref: '00', ticket: 'T', seat: 'A 1番', holder: '', party: '' };
const entered = { entered: { at: new Date(AT).toISOString(), gate: '西ゲート', seq: 1 } };
const notYet = { entered: null };

test('a row that was not used is granted, whatever an earlier paper was', () => {
  for (const receipt of ['none', 'printed', 'owed', 'unknown'] satisfies ReceiptState[]) {
    expect(decideEntry(row, notYet, receipt, AT)).toEqual({ decision: 'grant' });
  }
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

test('the state of a row is the fold of its facts: granted, taken back, granted again elsewhere', () => {
  const fact = (seq: number, event: Fact['event'], gate: string): Fact => ({
    terminal: 'gate-1',
    epoch: 'e',
    seq,
    prev: '',
    event,
    subject: 'l/00',
    body: { gate },
    at: new Date(AT + seq).toISOString(),
    clock: 'synced',
    boot: 1,
    mono: seq,
  });
  const granted = fact(1, 'entry.granted', '西');
  const undone = fact(2, 'entry.undone', '西');
  const again = fact(3, 'entry.granted', '東');
  expect(entryState([])).toEqual(notYet);
  expect(entryState([granted]).entered).toMatchObject({ gate: '西', seq: 1 });
  expect(entryState([granted, undone])).toEqual(notYet);
  expect(entryState([granted, undone, again]).entered).toMatchObject({ gate: '東', seq: 3 });
  expect(entryState([granted, fact(2, 'print.done', '西')]).entered).toMatchObject({ seq: 1 });
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
