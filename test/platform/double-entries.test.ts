/** Tickets that two gates let in: which came first, and when that cannot be said. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ClockSample, intervalAt } from '../../platform-sim/clock-samples.ts';
import { ClockSounding } from '../../platform-sim/clock-sounding.ts';
import { doubleEntries, type KnownClocks } from '../../platform-sim/double-entries.ts';
import type { EntryFact } from '../../platform-sim/effects.ts';
import { FactStore } from '../../platform-sim/facts.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { jsonLines, run } from './programs.ts';
import { TestPlatform, tickets } from './test-platform.ts';

const NOON = Date.parse('2026-02-20T12:00:00.000Z');
const HOUR = 3_600_000;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'kazasu-doubles-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('the moment of a reading', () => {
  test('without a sample has no bounds', () => {
    expect(intervalAt(5, [])).toEqual({ earliest: null, latest: null });
  });

  test('is as wide as its sample, and a little wider the longer before or after it', () => {
    const samples = [{ mono: HOUR, earliest: NOON - 10, latest: NOON + 10 }];
    expect(intervalAt(HOUR, samples)).toEqual({ earliest: NOON - 10, latest: NOON + 10 });
    for (const mono of [0, 2 * HOUR]) {
      const { earliest, latest } = intervalAt(mono, samples);
      expect(earliest).toBe(NOON - 10 + (mono - HOUR) - 720);
      expect(latest).toBe(NOON + 10 + (mono - HOUR) + 720);
    }
  });

  test('between two contacts is bounded by both', () => {
    const samples: ClockSample[] = [
      { mono: 0, earliest: NOON, latest: NOON + 100 },
      { mono: HOUR, earliest: NOON + HOUR - 5, latest: NOON + HOUR + 5 },
    ];
    const [first, both] = [
      intervalAt(HOUR - 1_000, samples.slice(0, 1)),
      intervalAt(HOUR - 1_000, samples),
    ];
    expect((both.latest ?? 0) - (both.earliest ?? 0)).toBeLessThan(12);
    expect((first.latest ?? 0) - (first.earliest ?? 0)).toBeGreaterThan(1_000);
  });

  test('has no lower bound when the terminal was never shown to have heard the platform', () => {
    expect(intervalAt(1_000, [{ mono: 0, earliest: null, latest: NOON }])).toMatchObject({
      earliest: null,
    });
  });
});

describe('sounding a clock', () => {
  function sounding(beatMs = 2_000) {
    vi.useFakeTimers({ now: NOON });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const pings: string[] = [];
    const sounded = new ClockSounding((payload) => pings.push(payload));
    onTestFinished(() => sounded.end());
    sounded.welcomed(NOON, beatMs);
    return { sounded, pings };
  }

  test('the first beat is behind the welcome; the next one behind a ping shortly before it', () => {
    const { sounded, pings } = sounding();
    vi.advanceTimersByTime(2_000);
    expect(sounded.heard(2_000, Date.now())).toMatchObject({
      earliest: NOON,
      latest: NOON + 2_000,
    });
    vi.advanceTimersByTime(1_960);
    expect(pings).toEqual(['1']);
    sounded.ponged('1');
    vi.advanceTimersByTime(40);
    const sample = { mono: 4_000, earliest: NOON + 3_950, latest: NOON + 4_000 };
    expect(sounded.heard(4_000, Date.now())).toEqual(sample);
  });

  test('that is narrow enough is left alone for an hour', () => {
    const { sounded, pings } = sounding(100);
    vi.advanceTimersByTime(60);
    expect(sounded.heard(100, Date.now())).not.toBeNull();
    vi.advanceTimersByTime(60_000);
    expect(sounded.heard(60_000, Date.now())).toBeNull();
    expect(pings).toEqual([]);
    expect(sounded.heard(HOUR + 1, Date.now())).not.toBeNull();
    vi.advanceTimersByTime(100);
    expect(pings).toEqual(['1']);
  });

  test('a pong that was not asked for, or comes behind the beat, moves no bound', () => {
    const { sounded } = sounding();
    vi.advanceTimersByTime(2_000);
    sounded.heard(2_000, Date.now());
    vi.advanceTimersByTime(1_990);
    sounded.ponged('7');
    vi.advanceTimersByTime(10);
    expect(sounded.heard(4_000, Date.now())).toBeNull();
    sounded.ponged('1');
    vi.advanceTimersByTime(10);
    expect(sounded.heard(4_010, Date.now())).toBeNull();
  });

  test('over a slow network pings earlier each time, until nothing can be gained by it', () => {
    const { sounded, pings } = sounding();
    const before: number[] = [];
    for (let beat = 1; beat <= 9; beat += 1) {
      for (let ms = 0; ms < 2_000; ms += 50) {
        const seen = pings.length;
        vi.advanceTimersByTime(50);
        if (pings.length > seen) before.push(2_000 - ms - 50);
      }
      sounded.heard(beat * 2_000, Date.now());
    }
    expect(before).toEqual([50, 100, 200, 400, 800]);
  });

  test('a reading that no clock has is not believed', () => {
    const { sounded } = sounding();
    for (const mono of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      expect(sounded.heard(mono, NOON + 1)).toBeNull();
    }
  });
});

describe('a double entry', () => {
  const base = { event: 'entry.granted', ref: 'r1', ticket: 'T1', epoch: 'e', boot: 1 } as const;
  function fact(over: Partial<EntryFact>): EntryFact {
    const at = new Date(NOON).toISOString();
    return {
      ...base,
      mono: 0,
      gate: 'A',
      terminal: 'gate-1',
      seq: 1,
      at,
      clock: 'synced',
      ...over,
    };
  }
  /** Each gate's clock of boot 1, to within `within` ms of noon at mono 0. */
  function clocks(within: Readonly<Record<string, number | null>>): KnownClocks {
    return {
      origins: [],
      samplesOf: ({ terminal }) => {
        const ms = within[terminal];
        if (ms === undefined) return [];
        return [{ mono: 0, earliest: ms === null ? null : NOON - ms, latest: NOON + (ms ?? 0) }];
      },
      receivedAt: () => null,
    };
  }
  const first = fact({ mono: 1_000, at: new Date(NOON + 1_000).toISOString() });
  const second = fact({
    ...{ terminal: 'gate-2', gate: 'B', mono: 1_500 },
    at: new Date(NOON + 1_500).toISOString(),
  });

  test('names both gates, both times, and which was certainly the first', () => {
    const [found, ...more] = doubleEntries(
      [second, first],
      clocks({ 'gate-1': 100, 'gate-2': 100 }),
    );
    expect(more).toEqual([]);
    expect(found).toMatchObject({ ref: 'r1', ticket: 'T1', first: 0 });
    expect(found?.grants).toMatchObject([
      { gate: 'A', terminal: 'gate-1', at: '2026-02-20T12:00:01.000Z', uncertaintyMs: 101 },
      { gate: 'B', terminal: 'gate-2', at: '2026-02-20T12:00:01.500Z', uncertaintyMs: 101 },
    ]);
  });

  test('cannot be put in order when the uncertainties overlap', () => {
    const found = doubleEntries([first, second], clocks({ 'gate-1': 300, 'gate-2': 300 }));
    expect(found).toMatchObject([{ first: null }]);
  });

  test('cannot be put in order by the word of a gate whose clock was never synced in that boot', () => {
    const one = doubleEntries([first, second], clocks({ 'gate-1': null, 'gate-2': 1 }));
    // That it was first is certain all the same when the other one came after all that it can be.
    expect(one).toMatchObject([
      { first: 0, grants: [{ earliest: null, uncertaintyMs: null }, {}] },
    ]);
    const other = doubleEntries([first, second], clocks({ 'gate-1': 1, 'gate-2': null }));
    expect(other).toMatchObject([{ first: null, grants: [{}, { earliest: null }] }]);
    const neither = doubleEntries([first, second], clocks({}));
    expect(neither).toMatchObject([{ first: null, grants: [{ latest: null }, { latest: null }] }]);
  });

  test('of a gate that told nothing but the fact: it was not after the fact arrived', () => {
    const known = { ...clocks({}), receivedAt: () => new Date(NOON + 9_000).toISOString() };
    const [found] = doubleEntries([first, second], known);
    expect(found?.grants[0]).toMatchObject({ earliest: null, latest: '2026-02-20T12:00:09.000Z' });
  });

  test('is the same in whatever order the facts arrived', () => {
    const third = fact({
      terminal: 'gate-3',
      gate: 'C',
      mono: 9_000,
      at: '2026-02-20T12:00:09.000Z',
    });
    const known = clocks({ 'gate-1': 1, 'gate-2': 1, 'gate-3': 1 });
    const expected = doubleEntries([first, second, third], known);
    expect(expected[0]?.grants.map(({ gate }) => gate)).toEqual(['A', 'B', 'C']);
    for (const facts of [
      [third, second, first],
      [second, third, first],
      [second, first, third],
    ]) {
      expect(doubleEntries(facts, known)).toEqual(expected);
    }
  });

  test('stays one after staff took it back; who was let in again after that is none', () => {
    const at = (ms: number) => ({ at: new Date(NOON + ms).toISOString(), mono: ms });
    const undone = fact({ event: 'entry.undone', seq: 2, ...at(3_000) });
    const again = fact({ seq: 3, ...at(4_000) });
    const known = clocks({ 'gate-1': 1, 'gate-2': 1 });
    expect(doubleEntries([first, undone, again], known)).toEqual([]);
    const found = doubleEntries([first, second, undone, again], known);
    expect(found.map(({ grants }) => grants.length)).toEqual([2]);
  });

  test('who did not walk through, or went out where the list lets people come back, was not let in twice', () => {
    const known = clocks({ 'gate-1': 1, 'gate-2': 1 });
    const at = (ms: number) => ({ at: new Date(NOON + ms).toISOString(), mono: ms });
    const awaited = fact({ isAwaited: true, ...at(0) });
    const notPassed = fact({ event: 'entry.not-passed', grant: 1, seq: 2, ...at(1_000) });
    const elsewhere = fact({ terminal: 'gate-2', gate: 'B', ...at(3_000) });
    expect(doubleEntries([awaited, notPassed, elsewhere], known)).toEqual([]);
    const left = fact({ event: 'entry.left', terminal: 'exit-1', gate: 'X', ...at(1_000) });
    const inside = fact(at(0));
    const reentry = { reentry: 'after-exit' } as const;
    expect(doubleEntries([inside, left, elsewhere], known, [], reentry)).toEqual([]);
    expect(doubleEntries([inside, left, elsewhere], known)).toHaveLength(1);
  });
});

describe('the platform', () => {
  const granted = { list: 'stadium', ticket: 'T-1', ref: 'r1' };

  test('narrows a clock down while its terminal is connected, and reports by it', async () => {
    const world = await TestPlatform.start({ beatMs: 150 });
    onTestFinished(() => world.stop());
    await world.publish(tickets(2));
    const enter = async (terminal: string, gate: string, agoMs: number) => {
      const started = performance.now() - 60_000;
      const mono = () => performance.now() - started;
      const chain = new Chain(terminal).add({ ...granted, gate }, { mono: mono() - agoMs });
      const clock = () => ({ at: new Date().toISOString(), quality: 'holdover', mono: mono() });
      const socket = await BareTerminal.greet(world.url, chain, { clock: clock() });
      await socket.tell(chain);
      socket.send({ frame: 'beat', waiting: 0, clock: clock() });
      const samples = () => world.stores.facts.clockSamples({ ...chain, boot: 1 });
      await vi.waitFor(() => expect(samples()[0]?.earliest).toEqual(expect.any(Number)), 20_000);
    };
    await Promise.all([enter('gate-1', 'A', 20_000), enter('gate-2', 'B', 0)]);
    const args = ['entries', 'doubles', '--state', world.directory];
    const [found] = jsonLines((await run([...args, '--json'])).stdout);
    expect(found).toMatchObject({ list: 'stadium', ticket: 'T-1', first: 0 });
    expect(found?.['grants']).toMatchObject([{ gate: 'A' }, { gate: 'B' }]);
    const { stdout } = await run(args);
    expect(stdout).toMatch(/^stadium, ticket T-1: A \(gate-1\) was first\n {2}A .* between /u);
  });

  test('opens the facts.db of a version that kept no samples', () => {
    const state = folder();
    const before = new FactStore(state);
    before.appendOwn('one', 'ticket.cancelled', 'x', {}, NOON);
    before.close();
    const file = new Database(join(state, 'facts.db'));
    file.exec('DROP TABLE clock_sample; PRAGMA user_version = 1');
    file.close();
    const after = new FactStore(state);
    onTestFinished(() => after.close());
    expect([...after.since(0)].length).toBe(1);
    expect(after.clockSamples({ terminal: 'gate-1', epoch: 'e', boot: 1 })).toEqual([]);
  });

  test('keeps the narrowest sample of an hour', () => {
    const store = new FactStore(folder());
    onTestFinished(() => store.close());
    const chain = new Chain();
    const of = { terminal: chain.terminal, epoch: chain.epoch, boot: 1 };
    const clock = { at: new Date(NOON).toISOString(), quality: 'synced', mono: 10 } as const;
    const rest = { lists: [], root: 0, software: '', clock, last: chain.last };
    store.hello({ frame: 'hello', ...of, ...rest }, NOON);
    const narrow = { mono: 30, earliest: NOON + 15, latest: NOON + 20 };
    for (const sample of [
      { mono: 20, earliest: NOON, latest: NOON + 10 },
      narrow,
      { mono: 40, earliest: NOON, latest: NOON + 30 },
      { mono: 50, earliest: null, latest: NOON + 40 },
    ]) {
      store.noteClock(of, sample);
    }
    store.noteClock({ ...of, terminal: 'unknown' }, narrow);
    expect(store.clockSamples(of)).toEqual([narrow]);
    const nextHour = { ...narrow, mono: HOUR + 30 };
    store.noteClock(of, nextHour);
    expect(store.clockSamples(of)).toEqual([narrow, nextHour]);
  });
});
