/**
 * `npm run fleet`: one JSON line a figure on stdout, notes for people on stderr. Exit codes: 0 measured, 1 something did not come to
 * pass (a fact missing, a platform that died), 2 the options are wrong or this machine can't have so many, 130 stopped by Ctrl-C.
 */

import { CommanderError } from 'commander';
import { InputError } from '../input-error.ts';
import { FleetError } from './crews.ts';
import type { FleetFigure } from './figures.ts';
import { runFleet } from './fleet.ts';
import { fleetOptions } from './options.ts';

const EXIT = { failed: 1, input: 2, stopped: 130 } as const;
const DIGITS = 4;

function report(figure: FleetFigure): void {
  const short = (_key: string, said: unknown) =>
    typeof said === 'number' ? Number(said.toPrecision(DIGITS)) : said;
  process.stdout.write(`${JSON.stringify({ group: 'fleet', ...figure }, short)}\n`);
}

function note(text: string): void {
  process.stderr.write(`fleet: ${text}\n`);
}

/** Expected ones only; anything else is thrown and ends the process with 1. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) note(error.message);
    return error.exitCode === 0 ? 0 : EXIT.input;
  }
  if (error instanceof InputError) for (const line of error.lines) note(line);
  else if (error instanceof FleetError) note(error.message);
  else throw error;
  return error instanceof InputError ? EXIT.input : EXIT.failed;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
try {
  await runFleet(fleetOptions(process.argv.slice(2)), { report, note }, stop.signal);
  if (stop.signal.aborted) process.exitCode = EXIT.stopped;
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
