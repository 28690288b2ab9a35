/** What has to be true after every storm, and, of lists, at every moment of it. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type EntryFact, entriesOf } from '../../platform-sim/effects.ts';
import { keptLists, verifyListFile } from '../../src/store/list-inspection.ts';
import { LIST } from '../platform/test-platform.ts';
import type { Gate } from './gate.ts';
import type { HeldFact, HeldStream, StormPlatform } from './storm-platform.ts';
import { textsOf, type Witness } from './witness.ts';

/** Within so many ms, tries to connect are counted; there may be so many of them. */
const WINDOW_MS = 30_000;
const TRIES_MAX = 45;
/** By so much a corrected time may be off: what was on its way longer was cut off. */
const UNCERTAIN_MS = 15_000;

/** What a storm leaves behind, and what there is to know of it. */
interface Aftermath {
  readonly witness: Witness;
  readonly gates: readonly Gate[];
  readonly platform: StormPlatform;
  readonly lists: boolean;
  readonly platformWasWrong: boolean;
  readonly restored: ReadonlySet<string>;
  readonly expectsLists: readonly Gate[];
  unsettled(): readonly object[];
}

export function judge(storm: Aftermath): void {
  const { facts, streams, quarantined } = storm.platform.held();
  expect(storm.unsettled(), 'what was not told in time').toEqual([]);
  everyTapOnce(storm, [...facts, ...quarantined]);
  for (const stream of streams) isContiguous(stream, facts);
  forksAlone(storm, quarantined);
  effectsInOrder(storm, facts);
  if (storm.lists) newestLists(storm);
  for (const { line } of storm.gates) triesAreFew(line.tries);
}

/** Every version that a gate decides by is one that was published, whole. */
export function judgeLists({ gates, platform }: Aftermath): void {
  for (const { activeRoot } of gates) {
    if (activeRoot !== null) expect(platform.roots).toContain(activeRoot);
  }
}

/** `before`: tries and frames of facts of each gate, when all was told. */
export function judgeRest({ gates }: Aftermath, before: readonly (readonly unknown[])[]): void {
  const now = gates.map(({ line }) => [line.tries.length, line.sent.get('facts')]);
  expect(now, 'nothing is said any more').toEqual(before);
}

function everyTapOnce({ gates, witness }: Aftermath, held: readonly HeldFact[]): void {
  const counts = new Map<string, number>();
  for (const { json } of held) counts.set(json, (counts.get(json) ?? 0) + 1);
  for (const { running } of gates) {
    if (running === null) throw new Error('every gate runs');
    expect(running.ledger.verifyChain()).toMatchObject({ ok: true });
    witness.sawLedger(running.ledger);
    const missing = textsOf(running.ledger).filter((text) => counts.get(text) !== 1);
    expect(missing, 'in the ledger, and not once on the platform').toEqual([]);
  }
  const gone = [...witness.told].filter((text) => !counts.has(text));
  expect(gone, 'acknowledged, and not on the platform').toEqual([]);
  const odd = [...counts].filter(([text, count]) => count > 1 || !witness.knows(text));
  expect(odd, 'on the platform twice, or as nobody wrote it').toEqual([]);
}

function isContiguous({ terminal, epoch, upto, hash }: HeldStream, all: readonly HeldFact[]): void {
  const facts = all.filter((fact) => fact.terminal === terminal && fact.epoch === epoch);
  let last: HeldFact | null = null;
  for (const fact of facts) {
    expect(createHash('sha256').update(fact.json).digest('hex')).toBe(fact.hash);
    const said = JSON.parse(fact.json);
    if (last !== null) expect(said).toMatchObject({ seq: last.seq + 1, prev: last.hash });
    else if (said.event !== 'ledger.epoch-opened') expect(said.seq).toBe(1);
    last = fact;
  }
  expect({ upto, hash }).toEqual({ upto: last?.seq ?? 0, hash: last?.hash ?? '0'.repeat(64) });
}

/** Only where a ledger really went two ways is anything kept apart, or anybody suspected. */
function forksAlone(
  { witness, platform, restored }: Aftermath,
  quarantined: readonly HeldFact[],
): void {
  const wrong = quarantined.filter(({ json }) => !witness.isOfFork(json));
  expect(wrong, 'kept apart without a fork').toEqual([]);
  for (const { terminal, suspected } of platform.running.facts.terminals()) {
    if (!restored.has(terminal)) expect([terminal, suspected]).toEqual([terminal, []]);
  }
}

/** The order of arrival changes nothing; and who came first, by clocks that can be corrected, has entered. */
function effectsInOrder(storm: Aftermath, held: readonly HeldFact[]): void {
  const store = storm.platform.running.facts;
  const facts = store.entryFacts(LIST);
  const origins = store.clockOrigins();
  const entries = entriesOf(facts, origins);
  expect(entriesOf(facts.toReversed(), origins)).toEqual(entries);
  if (storm.platformWasWrong) return;
  const boots = new Set(origins.map(bootOf));
  const times = timesOf(storm, held);
  for (const [ref, entry] of entries) {
    const about = facts.filter((fact) => fact.ref === ref);
    if (!about.every((fact) => fact.clock === 'synced' || boots.has(bootOf(fact)))) continue;
    const first = Math.min(...about.map((fact) => times.get(placeOf(fact)) ?? 0));
    expect(Math.abs(Date.parse(entry.at) - first), `entry of ${ref}`).toBeLessThan(UNCERTAIN_MS);
    expect(entry.doubles, `double entries of ${ref}`).toBe(about.length - 1);
  }
}

function timesOf({ witness }: Aftermath, held: readonly HeldFact[]): ReadonlyMap<string, number> {
  return new Map(
    held.flatMap((fact) => {
      const tap = witness.taps.get(fact.json);
      return tap === undefined ? [] : [[placeOf(fact), tap.at] as const];
    }),
  );
}

function newestLists(storm: Aftermath): void {
  for (const gate of storm.gates) {
    for (const { path, manifest } of keptLists(join(gate.directory, 'lists'))) {
      if (manifest === null) throw new Error(`${path} is damaged`);
      expect(verifyListFile(path, manifest)).toMatchObject({ whole: true });
      expect(storm.platform.roots).toContain(manifest.root);
    }
  }
  for (const { activeRoot } of storm.expectsLists) {
    expect(activeRoot, 'the newest list').toBe(storm.platform.roots.at(-1));
  }
}

function triesAreFew(tries: readonly number[]): void {
  for (const [n, from] of tries.entries()) {
    const last = tries[n + TRIES_MAX];
    if (last === undefined) return;
    expect(last - from, `${TRIES_MAX} tries to connect`).toBeGreaterThan(WINDOW_MS);
  }
}

function bootOf({ terminal, epoch, boot }: Pick<EntryFact, 'terminal' | 'epoch' | 'boot'>): string {
  return `${terminal} ${epoch} ${boot}`;
}

function placeOf({ terminal, epoch, seq }: Pick<HeldFact, 'terminal' | 'epoch' | 'seq'>): string {
  return `${terminal} ${epoch} ${seq}`;
}
