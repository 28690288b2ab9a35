/** One ledger, several epochs: numbers and chain go on, and nobody who reads it stumbles. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { NewFact } from '../../src/domain/fact.ts';
import { LedgerInspection } from '../../src/store/ledger-inspection.ts';
import { openLedger, tempFolder } from './fixtures.ts';

const FACT: NewFact = { event: 'entry.granted', subject: 'stadium/a', body: { gate: 'gate-1' } };

function inspected(directory: string): LedgerInspection {
  const inspection = LedgerInspection.open(directory);
  if (inspection === null) throw new Error('there is no ledger');
  onTestFinished(() => inspection.close());
  return inspection;
}

test('numbers, chain and subjects go on across epochs, and a restart finds them in order', () => {
  const directory = tempFolder();
  const first = openLedger(directory);
  first.record([FACT, FACT]);
  const before = first.epoch;
  expect(first.openEpoch(9)).toBe(true);
  first.record([FACT]);
  first.close();
  const ledger = openLedger(directory);
  const facts = [...ledger.facts(0)];
  expect(facts.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect(facts.map(({ epoch }) => epoch)).toEqual([before, before, ledger.epoch, ledger.epoch]);
  expect(facts[2]).toMatchObject({
    ...{ event: 'ledger.epoch-opened', prev: ledger.hashOf(2) },
    body: { before, upto: 2, held: 9 },
  });
  expect(ledger.factsAbout('stadium/a')).toHaveLength(3);
  expect(ledger.verifyChain()).toEqual({ ok: true, facts: 4 });
  expect(inspected(directory).verify()).toEqual({ ok: true, facts: 4 });
});

test('what is told first is the epoch that is over, all of it and nothing beyond', () => {
  const directory = tempFolder();
  const ledger = openLedger(directory);
  ledger.record([FACT, FACT, FACT]);
  ledger.acknowledge(3);
  const { epoch } = ledger;
  ledger.openEpoch(9);
  const old = ledger.stream();
  expect(old).toMatchObject({ epoch, isOver: true, base: 0, acknowledged: 0 });
  expect(old.last()).toEqual({ seq: 3, hash: ledger.hashOf(3) });
  const limit = { items: 100, bytes: 1_000_000 };
  expect(old.unsent(0, limit).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(old.unsent(0, { items: 100, bytes: 1 }).map(({ seq }) => seq)).toEqual([1]);
  expect([ledger.waiting(), inspected(directory).waiting()]).toEqual([4, 4]);
  old.acknowledge(2);
  old.acknowledge(1);
  expect(ledger.stream()).toMatchObject({ epoch, acknowledged: 2 });
  expect(() => old.acknowledge(4)).toThrow(RangeError);
  old.acknowledge(3);
  const now = ledger.stream();
  expect(now).toMatchObject({ epoch: ledger.epoch, isOver: false, base: 3, acknowledged: 3 });
  expect(now.unsent(now.base, limit).map(({ seq }) => seq)).toEqual([4]);
  expect([ledger.waiting(), inspected(directory).waiting()]).toEqual([1, 1]);
});

test('a command beside the daemon records in the epoch that has begun meanwhile', () => {
  const directory = tempFolder();
  const daemon = openLedger(directory);
  const command = openLedger(directory, { countsAsBoot: false });
  daemon.record([FACT]);
  daemon.openEpoch(9);
  const [fact] = command.record([FACT]);
  expect(fact).toMatchObject({ seq: 3, epoch: daemon.epoch });
  expect(daemon.verifyChain()).toEqual({ ok: true, facts: 3 });
});

test('software that knows of one epoch refuses a ledger with two, and opens one with one', () => {
  const directory = tempFolder();
  const ledger = openLedger(directory);
  const database = new Database(join(directory, 'ledger.db'), { readonly: true });
  onTestFinished(() => void database.close());
  const least = () => database.prepare("SELECT value FROM meta WHERE key = 'least_schema'").pluck();
  expect(least().get()).toBe('1');
  ledger.openEpoch(9);
  expect(least().get()).toBe('3');
});

test('a fact that carries the epoch of another number is damage', () => {
  const directory = tempFolder();
  const ledger = openLedger(directory);
  ledger.record([FACT]);
  ledger.openEpoch(9);
  const database = new Database(join(directory, 'ledger.db'));
  onTestFinished(() => void database.close());
  database.exec('UPDATE earlier_epoch SET upto = 2');
  expect(ledger.verifyChain()).toMatchObject({ ok: false, seq: 2 });
});
