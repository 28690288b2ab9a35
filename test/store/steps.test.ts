import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ledger } from '../../src/store/ledger.ts';
import { StepError, type StepState } from '../../src/store/steps.ts';
import { granted, openLedger, READING, tempFolder } from './fixtures.ts';

/** A way to each state. */
const WAY: Readonly<Record<StepState, readonly StepState[]>> = {
  due: [],
  started: ['started'],
  done: ['started', 'done'],
  failed: ['failed'],
  unknown: ['started', 'unknown'],
  settled: ['started', 'unknown', 'settled'],
};
const STATES = Object.keys(WAY) as StepState[];

const LEGAL = [
  'due started',
  'due failed',
  'due settled',
  'started due',
  'started done',
  'started failed',
  'started unknown',
  'unknown due',
  'unknown done',
  'unknown failed',
  'unknown settled',
  'failed due',
  'failed settled',
];

const illegal = STATES.flatMap((from) => STATES.map((to) => `${from} ${to}`)).filter(
  (move) => !LEGAL.includes(move),
);

let shared: Ledger;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kazasu-steps-'));
  const rest = { terminal: 'gate-1', read: () => READING, countsAsBoot: true };
  shared = Ledger.open({ directory: folder, ...rest });
});
afterAll(() => {
  shared.close();
  rmSync(folder, { recursive: true });
});

function moveAlong(from: StepState, to: StepState): { after: StepState; why: string | null } {
  const { steps } = shared;
  const { id } = steps.plan('receipt', null);
  for (const state of WAY[from]) steps.move(id, state);
  let why: string | null = null;
  try {
    steps.move(id, to, { at: 'now' });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    why = error.code;
  }
  return { after: steps.find(id)?.state ?? 'due', why };
}

test.for(illegal)('a step can not go from %s', (move) => {
  const [from, to] = move.split(' ') as [StepState, StepState];
  expect(moveAlong(from, to)).toEqual({ after: from, why: 'illegal-transition' });
});

test.for(LEGAL)('a step can go from %s', (move) => {
  const [from, to] = move.split(' ') as [StepState, StepState];
  expect(moveAlong(from, to)).toEqual({ after: to, why: null });
});

test('a step that nobody planned can not be moved', () => {
  const { steps } = openLedger(tempFolder());
  expect(() => steps.move('nobody', 'started')).toThrow(StepError);
  expect(steps.find('nobody')).toBeNull();
});

test('a step planned with a fact appears with it or not at all', () => {
  const directory = tempFolder();
  const ledger = openLedger(directory);
  const failing = () =>
    ledger.record([granted('a')], (steps) => {
      steps.plan('receipt', 'stadium/a');
      throw new Error('power');
    });
  expect(failing).toThrow('power');
  ledger.close();

  const again = openLedger(directory);
  expect(again.lastFact().seq).toBe(0);
  expect(again.steps.about('receipt', 'stadium/a')).toEqual([]);
  again.record([granted('a')], (steps) => steps.plan('receipt', 'stadium/a', { size: 80 }));
  again.close();

  const last = openLedger(directory);
  expect(last.lastFact().seq).toBe(1);
  expect(last.steps.about('receipt', 'stadium/a')).toMatchObject([
    { kind: 'receipt', number: 1, state: 'due', detail: { size: 80 } },
  ]);
});

test('an illegal move takes the fact that it was recorded with along', () => {
  const ledger = openLedger(tempFolder());
  const { id } = ledger.steps.plan('receipt', null);
  const record = () => ledger.record([granted('a')], (steps) => steps.move(id, 'done'));
  expect(record).toThrow(StepError);
  expect(ledger.lastFact().seq).toBe(0);
});

test('steps of a kind are numbered without a gap; a number is never given twice', () => {
  const { steps } = openLedger(tempFolder());
  const numbers = ['receipt', 'receipt', 'document', 'receipt'].map(
    (kind) => steps.plan(kind, null).number,
  );
  expect(numbers).toEqual([1, 2, 1, 3]);
});

test('open steps are those that still ask for something', () => {
  const { steps } = openLedger(tempFolder());
  for (const state of STATES) {
    const { id } = steps.plan('receipt', 'stadium/a', { meant: state });
    for (const next of WAY[state]) steps.move(id, next);
  }
  steps.plan('document', null);
  expect(steps.open('receipt').map(({ state }) => state)).toEqual(['due', 'started', 'unknown']);
  expect(steps.about('receipt', 'stadium/a')).toHaveLength(STATES.length);
  expect(steps.about('document', 'stadium/a')).toEqual([]);
});

test('a move adds to the detail, replaces what has a new value, and keeps the rest', () => {
  const { steps } = openLedger(tempFolder());
  const { id } = steps.plan('receipt', null, { paper: 'gate-1-000001', tries: 0 });
  const moved = steps.move(id, 'started', { tries: 1, at: 'now' });
  expect(moved.detail).toEqual({ paper: 'gate-1-000001', tries: 1, at: 'now' });
  expect(steps.find(id)).toEqual(moved);
});

test('a detail that is too big is refused', () => {
  const { steps } = openLedger(tempFolder());
  expect(() => steps.plan('receipt', null, { note: 'x'.repeat(20_000) })).toThrow(RangeError);
  const { id } = steps.plan('receipt', null);
  expect(() => steps.move(id, 'started', { note: 'x'.repeat(20_000) })).toThrow(RangeError);
  expect(steps.find(id)?.state).toBe('due');
});

test('a step learns more without going on, and no step that is not there learns anything', () => {
  const { steps } = openLedger(tempFolder());
  const { id } = steps.plan('sheet', null, { sheet: 1 });
  steps.move(id, 'started');
  steps.note(id, { acknowledged: true });
  expect(steps.find(id)).toMatchObject({
    state: 'started',
    detail: { sheet: 1, acknowledged: true },
  });
  expect(() => steps.note('nobody', {})).toThrow(StepError);
});
