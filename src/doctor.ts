/**
 * `kazasu doctor`: how a terminal is, one line a check, and what to do where it is not well. It only looks, so that it
 * can be called beside a daemon that serves.
 */

import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import { levelsOf, ok, unknown } from './doctor/levels.ts';
import {
  askPage,
  askPayment,
  askPrinter,
  askRemote,
  askTurnstile,
  fontsCheck,
  lookAtReader,
  nodeCheck,
  screenCheck,
  voiceCheck,
} from './doctor/machine.ts';
import { type DaemonState, lookAtState, type StateView } from './doctor/state.ts';
import { CHECK_IDS, type Check, couldServe } from './domain/check.ts';
import { SOFTWARE } from './version.ts';

/** `kazasu doctor --json` prints this as one object. */
export interface DoctorReport {
  readonly terminal: string;
  readonly profile: string;
  readonly version: string;
  /** ISO 8601 in UTC, by the terminal's own clock. */
  readonly at: string;
  /** Whether a daemon runs on the state folder; null when it can't be told. */
  readonly daemon: DaemonState;
  /** False when a check that serving depends on is not well. */
  readonly couldServe: boolean;
  /** In the order of `CHECK_IDS`, each id once. */
  readonly checks: readonly Check[];
}

/** What was found, and what only the support bundle tells. */
export interface Examination {
  readonly report: DoctorReport;
  readonly state: StateView;
}

const SCREEN_FILES = fileURLToPath(new URL('../build/kiosk-ui', import.meta.url));
const STATES: Readonly<Record<Check['state'], string>> = {
  ok: 'ok',
  'not-well': 'not well',
  unknown: 'unknown',
};

/** `configured`: as `readConfig` took it; a configuration that is not in order is told before anything else is looked at. */
export async function examine(configured: Config, file: string): Promise<Examination> {
  const state = await lookAtState(configured);
  const { config } = state;
  const isRunning = state.daemon === 'running';
  const [card, printer, turnstile, page, payment, remote, fonts] = await Promise.all([
    lookAtReader(config, isRunning ? state.journal.reader : null),
    // Two who talk on the line at once would garble a receipt: it is asked only when nobody else can be on it.
    state.daemon === 'not-running' || config.receipt === undefined
      ? askPrinter(config)
      : state.journal.printer,
    state.daemon === 'not-running' || config.turnstile === undefined
      ? askTurnstile(config)
      : state.journal.turnstile,
    // A daemon that runs knows more: the printer can answer and be another one.
    state.daemon === 'not-running' || config.page === undefined
      ? askPage(config)
      : state.journal.page,
    state.daemon === 'not-running' || config.payment === undefined
      ? askPayment(config)
      : state.journal.payment,
    state.daemon === 'not-running' || config.remote === undefined
      ? askRemote(config)
      : state.journal.remote,
    fontsCheck(),
  ]);
  const checks = [
    nodeCheck(),
    ok('configuration', file),
    daemonCheck(state.daemon),
    card.service,
    ...levelsOf({
      ...state.levels,
      reader: card.reader,
      printer,
      turnstile,
      page,
      payment,
      remote,
    }),
    state.ledger,
    fonts,
    voiceCheck(config),
    screenCheck(config, SCREEN_FILES),
  ].sort((a, b) => CHECK_IDS.indexOf(a.id) - CHECK_IDS.indexOf(b.id));
  const report: DoctorReport = {
    terminal: config.name,
    profile: config.profile,
    version: SOFTWARE,
    at: new Date(state.levels.now).toISOString(),
    daemon: state.daemon,
    couldServe: couldServe(checks),
    checks,
  };
  return { report, state };
}

/** For people: a line a check, and below those that are not well, what to do. */
export function linesOf({ checks, couldServe: could }: DoctorReport): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const lines = checks.flatMap(({ id, state, detail, remedy }) => {
    const line = `${STATES[state].padEnd(10)}${id.padEnd(width + 2)}${detail}`;
    return remedy === null ? [line] : [line, `${' '.repeat(width + 12)}-> ${remedy}`];
  });
  const verdict = could ? 'The terminal could serve.' : 'The terminal could not serve.';
  return [...lines, verdict].join('\n');
}

function daemonCheck(daemon: DaemonState): Check {
  switch (daemon) {
    case 'running':
      return ok('daemon', 'runs on this state folder');
    case 'not-running':
      return unknown('daemon', 'none runs on this state folder');
    case null:
      return unknown('daemon', 'the state folder is not for this user to see');
  }
}
