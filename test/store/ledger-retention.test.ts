/** Old facts leave the ledger: gone from the file, provably, and nothing that still decides with them. */

import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { streamAfter } from '../../src/link/epochs.ts';
import { FactUpload } from '../../src/link/fact-upload.ts';
import { GENESIS } from '../../src/store/fact-chain.ts';
import type { Ledger, LedgerOptions } from '../../src/store/ledger.ts';
import { LedgerInspection } from '../../src/store/ledger-inspection.ts';
import { rescueFacts } from '../../src/store/ledger-rescue.ts';
import type { PruneOrder } from '../../src/store/ledger-retention.ts';
import { granted, openLedger, READING, tempFolder } from './fixtures.ts';

const NOTHING_DECIDES: PruneOrder = { before: '2016-03-01T00:00:00.000Z', decides: () => false };
const LIMIT = { items: 100_000, bytes: 99_999_999 };

/** All of it recorded on one day in February. */
function ledgerOf(refs: readonly string[], options: Partial<LedgerOptions> = {}) {
  const directory = tempFolder();
  const ledger = openLedger(directory, options);
  for (let at = 0; at < refs.length; at += 1_000) {
    ledger.record(refs.slice(at, at + 1_000).map((ref) => granted(ref, { ref })));
  }
  return { directory, ledger };
}

function refs(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `reference-${n + 1}.`);
}

/** Until nothing more is due; how many facts left. */
function pruneAll(ledger: Ledger, order = NOTHING_DECIDES): number {
  let sum = 0;
  for (let gone = ledger.prune(order); gone !== null; gone = ledger.prune(order)) sum += gone;
  return sum;
}

function isInFiles(directory: string, text: string): boolean {
  return readdirSync(directory).some((name) => readFileSync(join(directory, name)).includes(text));
}

function inspected(directory: string): LedgerInspection {
  const inspection = LedgerInspection.open(directory);
  if (inspection === null) throw new Error('there is no ledger');
  onTestFinished(() => inspection.close());
  return inspection;
}

test('what the platform does not hold stays, however old', () => {
  const { ledger } = ledgerOf(refs(5));
  expect(pruneAll(ledger)).toBe(0);
  ledger.acknowledge(3);
  expect(pruneAll(ledger)).toBe(3);
  expect([...ledger.facts(0)].map(({ seq }) => seq)).toEqual([4, 5, 6]);
});

test('what is not old stays, and everything behind it', () => {
  const days = ['01', '09', '03', '09'];
  let day = 0;
  const read = () => ({ ...READING, at: `2016-02-${days[day]}T00:00:00.000Z` });
  const { ledger } = ledgerOf([], { read });
  for (; day < 4; day += 1) ledger.record([granted(`r${day}`)]);
  day = 0;
  ledger.acknowledge(4);
  expect(pruneAll(ledger, { ...NOTHING_DECIDES, before: '2016-02-05T00:00:00.000Z' })).toBe(1);
  expect(ledger.hashOf(2)).not.toBeNull();
});

test('a fact says what left, and the chain is whole from there on, also for whoever only looks', () => {
  const { directory, ledger } = ledgerOf(refs(500));
  const last = ledger.hashOf(400);
  ledger.acknowledge(400);
  expect(pruneAll(ledger)).toBe(400);
  const told = [...ledger.facts(0)].filter(({ event }) => event === 'ledger.pruned');
  expect(told.map(({ body }) => body['count'])).toEqual([200, 200]);
  expect(told.at(-1)?.body).toEqual({ upto: 400, hash: last, count: 200 });
  expect(ledger.hashOf(400)).toBe(last);
  expect(ledger.hashOf(399)).toBeNull();
  expect(ledger.verifyChain()).toEqual({ ok: true, facts: 502 });
  expect(inspected(directory).verify()).toEqual({ ok: true, facts: 502 });
  ledger.close();
  const again = openLedger(directory);
  expect(again.lastFact().seq).toBe(502);
  again.record([granted('next')]);
  expect(again.verifyChain()).toEqual({ ok: true, facts: 503 });
});

test('a fact that was changed behind the removed ones is still found', () => {
  const { directory, ledger } = ledgerOf(refs(600));
  ledger.acknowledge(590);
  pruneAll(ledger);
  ledger.close();
  const file = new Database(join(directory, 'ledger.db'));
  file.exec(`UPDATE fact SET text = replace(text, 'gate-1', 'gate-9') WHERE seq = 591`);
  file.close();
  expect(inspected(directory).verify()).toMatchObject({ ok: false });
  expect(() => openLedger(directory)).toThrow(/damaged/u);
});

test('no byte of what left is in any file of the folder', () => {
  const { directory, ledger } = ledgerOf(refs(300));
  ledger.acknowledge(299);
  expect(isInFiles(directory, 'reference-7.')).toBe(true);
  pruneAll(ledger);
  expect(ledger.clearRemains()).toBe(true);
  expect(isInFiles(directory, 'reference-7.')).toBe(false);
  expect(isInFiles(directory, 'reference-299.')).toBe(false);
  expect(isInFiles(directory, 'reference-300.')).toBe(true);
});

test('what still decides stays, and leaves when it does no more', () => {
  const { ledger } = ledgerOf(['a', 'b', 'c', 'd']);
  ledger.record([{ event: 'entry.refused', subject: null, body: { reason: 'not-on-list' } }]);
  ledger.acknowledge(4);
  const kept = { ...NOTHING_DECIDES, decides: (subject: string) => subject === 'stadium/b' };
  expect(pruneAll(ledger, kept)).toBe(3);
  expect(ledger.factsAbout('stadium/b')).toHaveLength(1);
  expect(ledger.factsAbout('stadium/a')).toEqual([]);
  expect(ledger.verifyChain()).toMatchObject({ ok: true });
  expect(pruneAll(ledger)).toBe(1);
  expect(ledger.factsAbout('stadium/b')).toEqual([]);
  expect(pruneAll(ledger)).toBe(0);
});

test('a paper that waits for staff keeps what it is about; of those that are done only the last number stays', () => {
  const { ledger } = ledgerOf([]);
  const plan = (ref: string, done: boolean) =>
    ledger.record([granted(ref)], (steps) => {
      const { id } = steps.plan('receipt', `stadium/${ref}`, { ref });
      if (done) for (const state of ['started', 'done'] as const) steps.move(id, state);
    });
  plan('a', true);
  plan('b', false);
  plan('c', true);
  plan('d', true);
  ledger.record([granted('e')]);
  ledger.acknowledge(4);
  expect(pruneAll(ledger)).toBe(3);
  expect(ledger.factsAbout('stadium/b')).toHaveLength(1);
  expect(ledger.steps.open('receipt')).toMatchObject([{ subject: 'stadium/b', number: 2 }]);
  expect(ledger.steps.about('receipt', 'stadium/a')).toEqual([]);
  expect(ledger.steps.about('receipt', 'stadium/c')).toEqual([]);
  expect(ledger.steps.plan('receipt', null).number).toBe(5);
});

test('a power cut in the middle leaves the ledger as it was before', () => {
  let cut: string | null = null;
  const at = { directory: '' };
  const read = () => {
    // The facts are removed by now, and their fact is about to be written.
    if (at.directory !== '' && cut === null) {
      cut = tempFolder();
      cpSync(at.directory, cut, { recursive: true });
    }
    return READING;
  };
  const { directory, ledger } = ledgerOf(refs(250), { read });
  ledger.acknowledge(200);
  at.directory = directory;
  expect(ledger.prune(NOTHING_DECIDES)).toBe(200);
  const before = openLedger(cut ?? '');
  expect([...before.facts(0)]).toHaveLength(250);
  expect(before.verifyChain()).toEqual({ ok: true, facts: 250 });
  const after = tempFolder();
  cpSync(directory, after, { recursive: true });
  expect(openLedger(after).verifyChain()).toEqual({ ok: true, facts: 251 });
});

test('software that knows no removal leaves the ledger alone instead of taking it for damaged', () => {
  const { directory, ledger } = ledgerOf(refs(3));
  ledger.acknowledge(2);
  const least = () => {
    const file = new Database(join(directory, 'ledger.db'), { readonly: true });
    const value = file.prepare(`SELECT value FROM meta WHERE key = 'least_schema'`).pluck().get();
    file.close();
    return value;
  };
  expect(least()).toBe('1');
  pruneAll(ledger);
  expect(least()).toBe('4');
});

test('an epoch that begins after it tells again what is still here, and that alone', () => {
  const { ledger } = ledgerOf(refs(10));
  ledger.acknowledge(6);
  pruneAll(ledger);
  expect(ledger.stream()).toMatchObject({ base: 0, gone: 6, isOver: false });
  ledger.openEpoch(99);
  const old = ledger.stream();
  expect(old).toMatchObject({ isOver: true, acknowledged: 6 });
  expect(old.unsent(old.acknowledged, LIMIT).map(({ seq }) => seq)).toEqual([7, 8, 9, 10, 11]);
  // While it is told, nothing of it leaves.
  expect(pruneAll(ledger)).toBe(0);
});

test('a platform that says how far it holds the ledger is believed, and compared where that can still be done', () => {
  const welcomed = (upto: number, said?: string) => {
    const { ledger } = ledgerOf(refs(10));
    const last = ledger.hashOf(6) ?? '';
    ledger.acknowledge(6);
    pruneAll(ledger);
    const { epoch } = ledger;
    const welcome = { upto, hash: said ?? last } as Parameters<typeof streamAfter>[0];
    const stream = streamAfter(welcome, ledger.stream(), { ledger, journal: () => {} });
    return stream?.epoch === epoch && ledger.epoch === epoch ? 'goes on' : 'a new epoch';
  };
  expect(welcomed(6)).toBe('goes on');
  expect(welcomed(0, GENESIS)).toBe('goes on');
  // The platform was put back to before what left here: nothing contradicts it.
  expect(welcomed(3)).toBe('goes on');
  expect(welcomed(6, 'f'.repeat(64))).toBe('a new epoch');
  expect(welcomed(99)).toBe('a new epoch');
});

test('to a platform that was put back to before it, it tells what is here, again where that leaves a gap', () => {
  const { ledger } = ledgerOf(refs(10));
  ledger.acknowledge(6);
  pruneAll(ledger);
  const sent: number[] = [];
  const removed: number[] = [];
  const upload = new FactUpload({
    onRemoved: ({ gone }) => removed.push(gone),
    waiting: () => ledger.waiting(),
    send: (frame) => sent.push(frame.frame === 'facts' ? frame.from : 0),
    ...{ hasRoom: () => true, journal: () => {}, answerMs: 1_000, now: () => 0, onTold: () => {} },
  });
  upload.start(ledger.stream(), 3, { batch: 3, bytes: 20_000, inflight: 2 });
  upload.pump();
  expect(sent).toEqual([7, 10]);
  for (let gap = 0; gap < 2; gap += 1) upload.onGap(3);
  expect(sent).toEqual([7, 10, 7, 10]);
  expect(removed).toEqual([6, 6]);
  upload.onAck(9);
  upload.onAck(11);
  expect(ledger.acknowledged).toBe(11);
  upload.stop();
});

test('what is left of it can be rescued', () => {
  const { directory, ledger } = ledgerOf(refs(10));
  ledger.acknowledge(6);
  pruneAll(ledger);
  for (const [all, facts] of [
    [false, 5],
    [true, 5],
  ] as const) {
    const rescued = rescueFacts(directory, tempFolder(), all);
    expect(rescued).toMatchObject({ damage: null, upto: 11 });
    expect(rescued?.facts).toHaveLength(facts);
  }
});
