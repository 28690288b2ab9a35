/**
 * The bench group "alert": from the second person's consent at the desk, which is when an alert is signed, until one terminal shows
 * it and until 2,000 simulated ones have it. The floor is a bare websocket server that sends the same bytes to the same terminals.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertDesk, AlertEntry } from '../../platform-sim/alerts/alert-desk.ts';
import type { AlertOrder } from '../../platform-sim/alerts/order.ts';
import { SHIOMI_CODE } from '../../platform-sim/evacuation/evacuee.ts';
import { Crews } from '../../platform-sim/fleet/crews.ts';
import { epochMs } from '../../platform-sim/fleet/orders.ts';
import { type FleetServer, LIST, startBareServer } from '../../platform-sim/fleet/servers.ts';
import { type Platform, startPlatform } from '../../platform-sim/platform.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder } from '../../platform-sim/stores.ts';
import type { WirePlace } from '../../src/link/alert-protocol.ts';
import { type Bench, percentile, reportTimes } from './figures.ts';
import { Uplink } from './uplink.ts';

const PLACE: WirePlace = { municipality: SHIOMI_CODE, district: 'kawara' };
const SAYS = { level: 4, districts: ['kawara', 'minato'], minutes: 600 } as const;
const BEAT_MS = 10_000;
const PATIENCE_MS = 120_000;

export async function alertBench({ report, note, quick }: Bench): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-bench-alert-'));
  const terminals = quick ? 50 : 2_000;
  const rounds = quick ? { box: 5, fleet: 2 } : { box: 100, fleet: 8 };
  const platform = await startPlatform({
    stateDirectory: join(directory, 'platform'),
    port: 0,
    beatMs: BEAT_MS,
  });
  try {
    const folder = offlineFolder(join(directory, 'platform'));
    await nameAlertKey(platform.stores.keys, folder, SHIOMI_CODE, Date.now());
    const changes = new Changes(platform.alertDesk);
    await changes.next();
    const box = await measureBox(join(directory, 'box'), platform, changes, rounds.box);
    const many = await measureFleet(platform, changes, terminals, rounds.fleet);
    note('the same bytes by a bare websocket server ...');
    const text = changes.frame();
    const floor = { box: await measureBare(text, 1, rounds.box), many: [] as number[] };
    floor.many = await measureBare(text, terminals, rounds.fleet);
    for (const [figure, times, least] of [
      ['alert.box', box, floor.box],
      ['alert.fleet', many, floor.many],
    ] as const) {
      const point = (share: number) => ({ floor: percentile(least, share) });
      const detail = figure === 'alert.fleet' ? { terminals } : {};
      reportTimes(report, figure, times, detail, { p50: point(0.5), p99: point(0.99) });
    }
    report({ figure: 'alert.bytes', value: text.length, unit: 'B' });
  } finally {
    await platform.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** One alert, and one change of it after another. */
class Changes {
  readonly #desk: AlertDesk;
  #last: AlertEntry | null = null;

  constructor(desk: AlertDesk) {
    this.#desk = desk;
  }

  /** Resolves with when consent was given: ms since the epoch. */
  async next(): Promise<number> {
    const order: AlertOrder =
      this.#last === null
        ? {
            do: 'alert',
            municipality: SHIOMI_CODE,
            drill: false,
            ...SAYS,
            districts: [...SAYS.districts],
          }
        : { do: 'update', alert: this.#last.alert, ...SAYS, districts: [...SAYS.districts] };
    const { id, sha256 } = this.#desk.propose(order, 'Tanaka');
    const at = epochMs();
    this.#last = await this.#desk.consent(id, sha256, 'Mori');
    return at;
  }

  /** What terminals were told last. */
  frame(): string {
    const statement = this.#desk.signed(this.#last?.id ?? '')?.toString('base64') ?? '';
    return JSON.stringify({ frame: 'alert', statement });
  }
}

/** Ledger, link and alerts of a terminal in this process: verified, durable and shown. */
async function measureBox(
  directory: string,
  { url }: Platform,
  changes: Changes,
  rounds: number,
): Promise<number[]> {
  const box = await Uplink.open(directory, 'stb-1', url, PLACE);
  const { alerts } = box;
  if (alerts === null) throw new Error('the box stands nowhere');
  const changed = (): Promise<number> =>
    new Promise((resolve) => {
      const stop = alerts.watch(() => {
        stop();
        resolve(epochMs());
      });
    });
  try {
    if (alerts.now().length === 0) await changed();
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const shown = changed();
      const begun = await changes.next();
      times.push((await shown) - begun);
    }
    return times;
  } finally {
    await box.close();
  }
}

/** Until each of them has the signed alert. */
async function measureFleet(
  { url }: Platform,
  changes: Changes,
  terminals: number,
  rounds: number,
): Promise<number[]> {
  return withCrews(url, terminals, async (heard) => {
    // Each was told the newest with its welcome.
    await heard(1);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const all = heard(round + 2);
      const begun = await changes.next();
      times.push(...(await all).map((at) => at - begun));
    }
    return times;
  });
}

async function measureBare(text: string, terminals: number, rounds: number): Promise<number[]> {
  const server: FleetServer = await startBareServer(BEAT_MS, text);
  try {
    return await withCrews(server.url, terminals, async (heard) => {
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const all = heard(round + 1);
        const begun = (await server.announce?.(round)) ?? 0;
        times.push(...(await all).map((at) => at - begun));
      }
      return times;
    });
  } finally {
    await server.end();
  }
}

/** `heard` resolves with when each terminal had heard so many alerts. */
async function withCrews(
  url: string,
  terminals: number,
  work: (heard: (count: number) => Promise<readonly number[]>) => Promise<number[]>,
): Promise<number[]> {
  const processes = Math.min(2, terminals);
  const crews = new Crews({ url, terminals, processes, slow: 0, list: LIST, place: PLACE });
  const patience = () => AbortSignal.timeout(PATIENCE_MS);
  try {
    const opened = await crews.order({ do: 'open' }, patience());
    if (!opened.isWhole) throw new Error('not all terminals could connect');
    return await work(async (count) => {
      const told = await crews.order({ do: 'alert', count }, patience());
      if (!told.isWhole) throw new Error(`only ${told.at.length} heard of it`);
      return told.at;
    });
  } finally {
    await crews.end();
  }
}
