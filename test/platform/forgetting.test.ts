/** Old facts of the platform: their words go, what proves them stays. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FactStore } from '../../platform-sim/facts.ts';
import { Chain } from './bare-terminal.ts';

const THEN = Date.parse('2026-02-20T12:00:00.000Z');
const LATER = THEN + 1_000;

function store() {
  const state = mkdtempSync(join(tmpdir(), 'kazasu-forget-'));
  const facts = new FactStore(state);
  onTestFinished(() => {
    facts.close();
    rmSync(state, { recursive: true });
  });
  const holds = (text: string) =>
    readdirSync(state).some((name) => readFileSync(join(state, name)).includes(text));
  const seqs = () => [...facts.since(0)].map(({ json }) => JSON.parse(json).seq);
  return { facts, holds, seqs, before: new Date(LATER).toISOString() };
}

test('what is old is gone from the files; what is not, or still decides, stays', () => {
  const { facts, holds, seqs, before } = store();
  const chain = new Chain().add({ ref: 'reference-one' }).add({ ref: 'reference-two' });
  chain.add({ ref: 'reference-three' }, { subject: 'stadium/three' });
  facts.store(chain, 1, chain.items, THEN);
  const late = chain.add({ ref: 'reference-four' }).items.slice(3);
  facts.store(chain, 4, late, LATER);
  expect(holds('reference-one')).toBe(true);
  expect(facts.forget(before, (subject) => subject.startsWith('stadium/'))).toBe(2);
  expect([holds('reference-one'), holds('reference-two')]).toEqual([false, false]);
  expect([holds('reference-three'), holds('reference-four')]).toEqual([true, true]);
  expect(seqs()).toEqual([3, 4]);
  expect([...facts.ofEvents(['entry.granted'])]).toHaveLength(2);
  expect(facts.forget(before, () => false)).toBe(1);
  expect(facts.forget(before, () => false)).toBe(0);
});

test('what is told again is a repetition, and another fact in its place a fork, as before', () => {
  const { facts, before } = store();
  const chain = new Chain().add().add();
  facts.store(chain, 1, chain.items, THEN);
  const twin = chain.fork(1).add({ other: 2 });
  facts.store(twin, 2, twin.items.slice(1), THEN);
  facts.forget(before, () => false);
  expect([...facts.quarantined()]).toEqual([]);
  expect(facts.store(chain, 1, chain.items, LATER)).toMatchObject({ repeated: 2, quarantined: 0 });
  const other = chain.fork(1).add({ other: 3 });
  expect(facts.store(other, 2, other.items.slice(1), LATER)).toMatchObject({ quarantined: 1 });
  expect(facts.store(chain.add(), 3, chain.items.slice(2), LATER)).toMatchObject({ stored: 1 });
});
