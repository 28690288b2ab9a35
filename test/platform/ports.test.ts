/** The stores and the fan-out behind the platform's ports, as they are in this process. */

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedFactLog } from '../../platform-sim/embedded-fact-log.ts';
import { FactStore } from '../../platform-sim/facts.ts';
import type { FanOut, Poke } from '../../platform-sim/fan-out.ts';
import { LocalFanOut } from '../../platform-sim/local-fan-out.ts';
import { Chain } from './bare-terminal.ts';
import { facts, hello, itIsAFactLog, type OpenedLog } from './fact-log-contract.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'kazasu-ports-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function openIn(directory: string): OpenedLog {
  const feed = new FactStore(directory);
  onTestFinished(() => feed.close());
  // As after a kill: nobody closed the one before.
  return { log: new EmbeddedFactLog(feed), feed, reopen: () => openIn(directory) };
}

itIsAFactLog('the log in facts.db', () => openIn(folder()));

test('cut off between any two of its writes, the log has facts, cursor and what follows together, or none of them', async () => {
  const directory = folder();
  const { log } = openIn(directory);
  const before = new Chain().add().add();
  await log.take([hello(before), facts(before)], Date.now());
  const twin = before.fork(1).add({ other: 2 });
  const next = before.fork(2).add().add();
  const opening = new Chain('gate-1');
  const first = { event: 'ledger.epoch-opened', seq: 3, prev: before.last.hash };
  opening.add({ before: before.epoch, upto: 2, held: 2 }, first);
  const of = { terminal: 'gate-1', epoch: opening.epoch };

  // The files as a kill would leave them, at each write.
  const cuts: string[] = [];
  const statement = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1'));
  const run: (...args: unknown[]) => unknown = statement.run;
  onTestFinished(() => {
    statement.run = run;
  });
  statement.run = function (...args: unknown[]) {
    const cut = folder();
    cpSync(directory, cut, { recursive: true });
    cuts.push(cut);
    return Reflect.apply(run, this, args);
  };
  const told = [
    facts(next, 3),
    facts(twin, 2),
    { kind: 'facts', of, from: 3, items: opening.items, isAll: false } as const,
  ];
  await log.take(told, Date.now());
  statement.run = run;

  const stateOf = (cut: string) => {
    const store = openIn(cut).feed as FactStore;
    const streams = store.terminals().map(({ upto, quarantined, suspected }) => {
      return { upto, quarantined, suspected };
    });
    return { streams, facts: [...store.since(0)].length };
  };
  const untouched = stateOf(cuts[0] ?? '');
  expect(untouched).toEqual({ streams: [{ upto: 2, quarantined: 0, suspected: [] }], facts: 2 });
  expect(cuts.length).toBeGreaterThan(6);
  for (const cut of cuts) expect(stateOf(cut)).toEqual(untouched);
  const whole = folder();
  cpSync(directory, whole, { recursive: true });
  expect(stateOf(whole)).toMatchObject({
    streams: [{ upto: 4, quarantined: 1, suspected: ['fork'] }, { upto: 3 }],
    facts: 5,
  });
});

describe.each<[string, () => FanOut]>([
  ['among the sessions of this process', () => new LocalFanOut()],
])('the fan-out %s', (_, make) => {
  const poke: Poke = { about: 'lists', lists: ['stadium'] };
  function listener(fanOut: FanOut, terminal: string, areas: readonly string[] = []) {
    const heard: Poke[] = [];
    const end = fanOut.subscribe({ terminal, areas, hear: (said) => void heard.push(said) });
    return { heard, end };
  }

  test('reaches all, an area or one, in the order in which it was published', async () => {
    const fanOut = make();
    const [one, two] = [listener(fanOut, 'gate-1', ['east']), listener(fanOut, 'gate-2', ['west'])];
    await fanOut.publish('all', poke);
    await fanOut.publish({ area: 'east' }, { about: 'standing' });
    await fanOut.publish({ terminal: 'gate-2' }, { about: 'roots', after: 3 });
    await fanOut.publish({ terminal: 'gate-3' }, poke);
    expect(one.heard).toEqual([poke, { about: 'standing' }]);
    expect(two.heard).toEqual([poke, { about: 'roots', after: 3 }]);
  });

  test('reaches each session of a terminal, and none that has ended', async () => {
    const fanOut = make();
    const [one, other] = [listener(fanOut, 'gate-1'), listener(fanOut, 'gate-1')];
    other.end();
    other.end();
    await fanOut.publish({ terminal: 'gate-1' }, poke);
    expect([one.heard, other.heard]).toEqual([[poke], []]);
  });

  test('goes on when somebody leaves because of what was said', async () => {
    const fanOut = make();
    const last = { end: () => {} };
    fanOut.subscribe({ terminal: 'gate-1', areas: [], hear: () => last.end() });
    const gone = listener(fanOut, 'gate-2');
    last.end = gone.end;
    const stays = listener(fanOut, 'gate-3');
    await fanOut.publish('all', poke);
    expect([gone.heard, stays.heard]).toEqual([[], [poke]]);
  });
});
