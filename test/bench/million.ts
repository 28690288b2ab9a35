/**
 * The bench group "million": a list of a million rows at a real gate. How long it takes until a version decides, what
 * comes down the wire for it, and what a tap takes before, during and after the swap.
 */

import { hash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { type Site, withSite } from '../rig/site.ts';
import { ANSWERS } from '../terminal.ts';
import { type Bench, percentile, timed } from './figures.ts';
import { fingerprintOf, newCards, publishTrust } from './gate.ts';
import { Publisher, type PublishOrder } from './publisher.ts';
import { type Wire, wireUp } from './wire.ts';

const ROWS = 1_000_000;
const QUICK_ROWS = 20_000;
const FIRST_TAPS = 10;
/** Before the swap, and as many after it. */
const TAPS = 200;
const QUICK_TAPS = 20;
/** At the most while it goes on; then they stop. */
const TAPS_MEANWHILE = 600;
const QUICK_TAPS_MEANWHILE = 60;
const CHANGES = [1, 100, 10_000];
const QUICK_CHANGES = [1, 100];
const ACTIVE_MS_MAX = 600_000;
const BUDGET_S = 6;
/** Tap p99 during the swap, over that before it. */
const SLOWER_MAX = 2;
const FLOOR_CHUNK_BYTES = 204_800;

export async function millionBench(bench: Bench): Promise<void> {
  const { quick } = bench;
  const [each, meanwhile] = quick ? [QUICK_TAPS, QUICK_TAPS_MEANWHILE] : [TAPS, TAPS_MEANWHILE];
  await withSite({}, async (site) => {
    const wire = await wireUp(site);
    const publisher = new Publisher(site.platformState);
    try {
      const cards = await newCards(site, FIRST_TAPS + 2 * each + meanwhile);
      const million = new Million(bench, site, wire, publisher);
      await publishTrust(site);
      await million.wholeList(cards.map(({ der }) => fingerprintOf(der)));
      await million.swap(
        cards.map(({ card }) => card),
        each,
      );
      for (const count of quick ? QUICK_CHANGES : CHANGES) await million.change(count);
    } finally {
      await publisher.end();
      await wire.close();
    }
  });
}

/** How a version reached the gate. */
interface Arrival {
  /** From the commit at the platform until the gate decides by it. */
  readonly seconds: number;
  /** What came down the wire meanwhile. */
  readonly kilobytes: number;
  /** When the platform committed it and when the gate decided by it: ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly freshKilobytes: number | null;
  readonly isDelta: boolean;
}

/** One tap as the person has it: from the card's being held until the gate has answered. ms. */
interface TimedTap {
  readonly at: number;
  readonly ms: number;
  /** The part of it that the gate's own clocks saw. */
  readonly decision: number;
}

class Million {
  readonly #bench: Bench;
  readonly #site: Site;
  readonly #wire: Wire;
  readonly #publisher: Publisher;
  readonly #rows: number;
  #fingerprints: readonly string[] = [];
  #whole: Arrival | null = null;

  constructor(bench: Bench, site: Site, wire: Wire, publisher: Publisher) {
    this.#bench = bench;
    this.#site = site;
    this.#wire = wire;
    this.#publisher = publisher;
    this.#rows = bench.quick ? QUICK_ROWS : ROWS;
  }

  /** For a gate that has no list yet. */
  async wholeList(fingerprints: readonly string[]): Promise<void> {
    this.#fingerprints = fingerprints;
    const gate = await this.#site.startGate();
    await gate.next({ event: 'trust.activated' });
    const whole = await this.#arrival(this.#allRows);
    const floor = bareStore(this.#site.directory, whole.kilobytes * 1_000) / 1_000;
    this.#report('million.active', whole.seconds, 's', { budget: BUDGET_S, floor });
    this.#report('million.wire', whole.kilobytes, 'kB');
    this.#whole = whole;
  }

  /** Every row sealed anew under another key, while people go on holding their cards over the reader. */
  async swap(cards: readonly CardDefinition[], each: number): Promise<void> {
    await this.#site.gate.next({ event: 'device.ready', device: 'receipt' });
    // The first ones after a start are a figure of their own (`tap.first`).
    await this.#taps(cards.slice(0, FIRST_TAPS));
    const before = await this.#taps(cards.slice(FIRST_TAPS, FIRST_TAPS + each));
    const committed = this.#upcomingHead();
    const arriving = this.#arrival(this.#allRows);
    await Promise.race([committed, arriving]);
    const swapping = new AbortController();
    const [arrival, taps] = await Promise.all([
      arriving.finally(() => swapping.abort()),
      this.#taps(cards.slice(FIRST_TAPS + each, -each), swapping.signal),
    ]);
    const during = taps.filter(({ at, ms }) => at >= arrival.from && at + ms <= arrival.to);
    const after = await this.#taps(cards.slice(-each));
    this.#report('million.swap', arrival.seconds, 's', { during: during.length });
    const floor = { p50: pointOf(before, 0.5), p99: pointOf(before, 0.99) };
    this.#reportTaps('before', before, {}, {});
    const budget = SLOWER_MAX * floor.p99;
    this.#reportTaps('during', during, { floor: floor.p50 }, { floor: floor.p99, budget });
    this.#reportTaps('after', after, { floor: floor.p50 }, { floor: floor.p99 });
  }

  /** So many rows say something else. */
  async change(count: number): Promise<void> {
    const arrival = await this.#arrival({ do: 'move', count });
    const { seconds, kilobytes, freshKilobytes, isDelta } = arrival;
    const whole = this.#whole;
    const said = { changed: count, delta: isDelta };
    this.#report(`million.change.${count}.active`, seconds, 's', {
      ...said,
      ...(whole && { peer: whole.seconds }),
    });
    this.#report(`million.change.${count}.wire`, kilobytes, 'kB', {
      ...said,
      ...(whole && { peer: whole.kilobytes }),
      ...(freshKilobytes !== null && { chunks: freshKilobytes }),
    });
  }

  get #allRows(): PublishOrder {
    return { do: 'whole', rows: this.#rows, fingerprints: this.#fingerprints };
  }

  /** The platform has noticed a version that was committed. */
  #upcomingHead(): Promise<unknown> {
    const { platform } = this.#site;
    const after = platform.lines.all.length;
    return platform.next({ event: 'list.published' }, after, ACTIVE_MS_MAX);
  }

  async #arrival(order: PublishOrder): Promise<Arrival> {
    const { gate } = this.#site;
    const [down, seen] = [this.#wire.down(), gate.lines.all.length];
    const [published, activated] = await Promise.all([
      this.#publisher.order(order),
      gate.next({ event: 'list.activated' }, seen, ACTIVE_MS_MAX),
    ]);
    const to = Date.parse(String(activated['at']));
    const { at: from, tookMs, freshBytes } = published;
    this.#bench.note(`million: version ${published.version} in ${Math.round(tookMs)} ms`);
    return {
      ...{ from, to, seconds: (to - from) / 1_000 },
      kilobytes: (this.#wire.down() - down) / 1_000,
      freshKilobytes: freshBytes === null ? null : freshBytes / 1_000,
      isDelta: activated['delta'] === true,
    };
  }

  /** One after another, each a person of their own who is let in, until all were there or `until` says so. */
  async #taps(cards: readonly CardDefinition[], until?: AbortSignal): Promise<TimedTap[]> {
    const taps: TimedTap[] = [];
    for (const card of cards) {
      if (until?.aborted) break;
      const [at, begun] = [Date.now(), performance.now()];
      const after = this.#site.gate.lines.all.length;
      await this.#site.hold(card);
      const { event, ms } = await this.#site.gate.first((line) => ANSWERS.has(line.event), after);
      const took = performance.now() - begun;
      await this.#site.remove();
      if (event !== 'entry.granted') throw new Error(`a tap was answered with ${event}`);
      const decision = (ms as Readonly<Record<string, number>>)['total'] ?? Number.NaN;
      taps.push({ at, ms: took, decision });
    }
    return taps;
  }

  #reportTaps(when: string, taps: readonly TimedTap[], p50: object, p99: object): void {
    const decisions = taps.map(({ decision }) => decision);
    for (const [name, share, detail] of [
      ['p50', 0.5, p50],
      ['p99', 0.99, p99],
    ] as const) {
      this.#report(`million.tap.${when}.${name}`, pointOf(taps, share), 'ms', {
        ...{ n: taps.length, decision: percentile(decisions, share) },
        ...detail,
      });
    }
  }

  #report(figure: string, value: number, unit: string, detail: object = {}): void {
    this.#bench.report({ figure, value, unit, rows: this.#rows, ...detail });
  }
}

function pointOf(taps: readonly TimedTap[], share: number): number {
  return percentile(
    taps.map(({ ms }) => ms),
    share,
  );
}

/** What so many bytes cost whoever takes them in: hashed, written and on the medium. ms. */
function bareStore(directory: string, bytes: number): number {
  const chunk = randomBytes(FLOOR_CHUNK_BYTES);
  return timed(() => {
    const file = openSync(join(directory, 'bare-store'), 'w');
    for (let left = bytes; left > 0; left -= chunk.length) {
      hash('sha256', chunk);
      writeSync(file, chunk);
    }
    fsyncSync(file);
    closeSync(file);
  });
}
