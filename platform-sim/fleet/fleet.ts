/**
 * Thousands of simulated terminals against one platform, and the same against a server that does nothing: what a connection costs,
 * how a list's head and a reconnect storm pass, how fast facts are taken, and whether each of them stands at the platform once.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOpenFiles, openFilesLimit } from '../open-files.ts';
import { Crews, FleetError } from './crews.ts';
import { type FleetFigure, figuresOf } from './figures.ts';
import { type Ending, type Measured, Measuring, type Plan, type Progress } from './measuring.ts';
import {
  type FleetServer,
  foreignServer,
  LIST,
  startBareServer,
  startPlatformProcess,
} from './servers.ts';

export interface FleetOptions extends Plan {
  readonly terminals: number;
  /** So many of them read nothing once they are welcomed. */
  readonly slow: number;
  /** How many processes hold the terminals. */
  readonly processes: number;
  /** Of a platform that runs already; null: one is started, and ended afterwards. */
  readonly url: string | null;
  readonly beatMs: number;
  /** The same is measured against the bare server first. */
  readonly hasFloor: boolean;
}

export interface FleetListener {
  readonly report: (figure: FleetFigure) => void;
  /** For people. */
  readonly note: (text: string) => void;
}

/** About as long as a signed head. */
const HEAD_CHARACTERS = 2_900;

/**
 * Measures, and reports each figure as soon as there is one. When `stop` is aborted, what there is by then is reported and it resolves.
 * Rejects with InputError when the options can't be met here, and with FleetError when something did not come to pass.
 */
export async function runFleet(
  options: FleetOptions,
  { report, note }: FleetListener,
  stop: AbortSignal,
): Promise<void> {
  checkOpenFiles(options.terminals, openFilesLimit());
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-fleet-'));
  try {
    const bare = options.hasFloor ? await measureBare(options, note, stop) : null;
    if (stop.aborted) {
      for (const figure of allFigures(bare)) report({ ...figure, of: 'bare server' });
      return;
    }
    note(`${options.terminals} terminals against the platform ...`);
    const progress: Progress = (measured, what) => {
      const { partial } = measured;
      const common = { terminals: options.terminals, ...(partial && { stopped: true }) };
      for (const figure of figuresOf(what, measured, bare)) report({ ...figure, ...common });
    };
    await measurePlatform(join(directory, 'platform'), options, { report, note }, progress, stop);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measureBare(
  options: FleetOptions,
  note: FleetListener['note'],
  stop: AbortSignal,
): Promise<Measured> {
  note(`${options.terminals} terminals against a bare websocket server ...`);
  const statement = Buffer.from(
    // What a terminal looks for in a head; a later version with each would be another frame each time.
    JSON.stringify(bareHead(options.heads)).padEnd((HEAD_CHARACTERS * 3) / 4),
  ).toString('base64');
  const server = await startBareServer(
    options.beatMs,
    JSON.stringify({ frame: 'head', statement }),
  );
  const plan = { ...options, slow: 0, crashes: false, heads: Math.min(1, options.heads) };
  return (await withCrews(server, plan, () => {}, stop)).measured;
}

function bareHead(version: number) {
  const sha256 = '0'.repeat(64);
  const [at, expires] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:15:00.000Z'];
  return {
    ...{ kind: 'head', of: 'entry-list', list: LIST, version },
    ...{ root: sha256, manifest: sha256, at, expires },
  };
}

async function measurePlatform(
  state: string,
  options: FleetOptions,
  { report, note }: FleetListener,
  progress: Progress,
  stop: AbortSignal,
): Promise<void> {
  const { url, beatMs } = options;
  const server = url === null ? await startPlatformProcess(state, beatMs) : foreignServer(url);
  const { measured } = await withCrews(server, options, progress, stop);
  const { ledgers, lost } = measured;
  if (ledgers === undefined) {
    note('stopped before it was known what the platform holds of the facts');
    return;
  }
  report({ figure: 'fleet.lost-links', value: lost, unit: 'links' });
  const held = server.count?.(ledgers) ?? heldByAnswers(ledgers);
  const { facts, missing, twice, apart } = held;
  report({ figure: 'fleet.missing', value: missing, unit: 'facts', n: facts });
  report({ figure: 'fleet.twice', value: twice + apart, unit: 'facts', n: facts });
  if (missing + twice + apart > 0) {
    throw new FleetError(
      `of ${facts} facts ${missing} are missing, ${twice} twice, ${apart} apart`,
    );
  }
}

/** Somebody else's platform is believed what it acknowledged, after all had come back and heard from it once more. */
function heldByAnswers(ledgers: NonNullable<Measured['ledgers']>) {
  const facts = ledgers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const missing = ledgers.reduce((sum, { seq, acknowledged }) => sum + seq - acknowledged, 0);
  return { facts, missing, twice: 0, apart: 0 };
}

/** Takes the server through it and ends it, however it goes. */
async function withCrews(
  server: FleetServer,
  options: FleetOptions,
  progress: Progress,
  stop: AbortSignal,
): Promise<Measuring> {
  const crews = new Crews({ ...options, url: server.url, list: LIST });
  const died = new AbortController();
  let failure: FleetError | null = null;
  void server.died.then((how) => {
    failure = new FleetError(
      `the platform ended by itself (${how}); what was measured until then stands above`,
    );
    died.abort();
  });
  const ending: Ending = {
    signal: AbortSignal.any([stop, died.signal]),
    failure: () => failure,
  };
  const measuring = new Measuring(server, crews, options, ending, progress);
  try {
    await measuring.run();
  } finally {
    await crews.end();
    await server.end();
  }
  return measuring;
}

function allFigures(measured: Measured | null): FleetFigure[] {
  if (measured === null) return [];
  return Object.keys(measured).flatMap((what) => figuresOf(what as keyof Measured, measured, null));
}
