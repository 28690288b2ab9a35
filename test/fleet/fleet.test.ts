/** The load tool: what it can be told, and that a small fleet measures everything and loses nothing. */

import { expect, test } from 'vitest';
import type { FleetFigure } from '../../platform-sim/fleet/figures.ts';
import { fleetOptions } from '../../platform-sim/fleet/options.ts';
import { checkOpenFiles, connectionsFor, openFilesLimit } from '../../platform-sim/open-files.ts';
import { figuresOf } from './small-fleet.ts';

test.each([
  [['--terminals', '0'], /--terminals "0": a whole number from 1/u],
  [['--terminals', '16385'], /--terminals "16385"/u],
  [['--taps', 'ten'], /--taps "ten"/u],
  [['--beat-ms', '1'], /--beat-ms "1"/u],
  [['--url', 'wss://example.com/'], /--url .*not enrolled/u],
  [['--url', 'ws://10.0.0.1/'], /--url .*not enrolled/u],
  [['--url', 'ws://127.0.0.1:1/terminals', '--crash'], /--crash/u],
  [['--terminals', '3', '--slow', '3'], /--slow: one terminal/u],
  [['--fast'], /unknown option/u],
  [['more'], /too many arguments/u],
])('%j is refused, with what would be right', (args, says) => {
  expect(() => fleetOptions(args)).toThrow(says);
});

test('without options there are five thousand terminals with ten taps each', () => {
  expect(fleetOptions([])).toMatchObject({ terminals: 5_000, taps: 10, url: null, hasFloor: true });
});

test('as many connections as a process may have files open, less what it needs itself', () => {
  expect(() => checkOpenFiles(100, 200)).not.toThrow();
  expect(() => checkOpenFiles(101, 200)).toThrow(/--terminals 101 needs 357 .*may have 200/u);
  expect(() => checkOpenFiles(768, 1_024)).not.toThrow();
  expect(() => checkOpenFiles(16_384, Number.POSITIVE_INFINITY)).not.toThrow();
  expect(openFilesLimit()).toBeGreaterThan(0);
});

test('a platform keeps files for its databases, however few there are', () => {
  expect(connectionsFor(20_000, 1)).toBe(16_384);
  expect(connectionsFor(20_000, 2)).toBe(9_872);
  expect(connectionsFor(1_024, 2)).toBe(384);
  expect(connectionsFor(200, 2)).toBe(50);
  expect(connectionsFor(Number.POSITIVE_INFINITY, 2)).toBe(16_384);
});

/** Seven processes start in it. */
const LOADED = { timeout: 120_000 };

test(
  'fifty terminals, of which three read nothing: everything is measured, no fact is lost and none is there twice',
  LOADED,
  async () => {
    const figures = await figuresOf({});
    const reading = 47;
    const all = reading * 4;
    expect(figures.get('fleet.missing')).toMatchObject({ value: 0, n: all });
    expect(figures.get('fleet.twice')).toMatchObject({ value: 0, n: all });
    expect(figures.get('fleet.facts')).toMatchObject({ n: all, terminals: 50 });
    expect(figures.get('fleet.head.p99')).toMatchObject({ n: reading * 2 });
    expect(figures.get('fleet.storm.p100')).toMatchObject({ n: 50 });
    for (const name of [
      'open',
      'head.p50',
      'facts',
      'acknowledged.p99',
      'storm.p50',
      'storm.p99',
    ]) {
      const { value = 0, floor = 0 } = figures.get(`fleet.${name}`) ?? {};
      expect(value, name).toBeGreaterThan(0);
      expect(floor, `floor of ${name}`).toBeGreaterThan(0);
    }
  },
);

test(
  'stopped in the middle of something, what there is of it is said, and that it is not all',
  LOADED,
  async () => {
    const stop = new AbortController();
    const heard = ({ figure }: FleetFigure) => {
      if (figure === 'fleet.head.p99') setTimeout(() => stop.abort(), 100);
    };
    const long = { taps: 10_000, heads: 1, slow: 0, hasFloor: false, idleMs: 0 };
    const figures = await figuresOf({ ...long, terminals: 6 }, heard, stop.signal);
    expect(figures.get('fleet.facts')).toMatchObject({ stopped: true });
    expect(figures.get('fleet.facts')?.n).toBeLessThan(60_000);
    expect([...figures.keys()]).not.toContain('fleet.missing');
  },
);

test('a platform that nobody can reach is said so, after as long as was asked for', async () => {
  const gone = { url: 'ws://127.0.0.1:1/terminals', hasFloor: false, patienceMs: 300 };
  await expect(figuresOf(gone)).rejects.toThrow('open: 0 answers of 50 terminals in 0.3 s');
});
