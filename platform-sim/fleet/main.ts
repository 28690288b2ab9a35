/**
 * `npm run fleet`: one JSON line a figure on stdout, notes for people on stderr. Exit codes: 0 measured, 1 something did not come to
 * pass (a fact missing, a platform that died), 2 the options are wrong or this machine can't have so many, 130 stopped by Ctrl-C.
 */

import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { InputError } from '../input-error.ts';
import { FleetError } from './crews.ts';
import type { FleetFigure } from './figures.ts';
import { runFleet } from './fleet.ts';
import { TERMINALS_MAX } from '../open-files.ts';

const EXIT = { failed: 1, input: 2, stopped: 130 } as const;
const DIGITS = 4;

const number = (least: number, most: number) => {
  const right = `a whole number from ${least} to ${most}`;
  const fits = (value: number) => value >= least && value <= most;
  return z.string().regex(/^\d{1,9}$/u, right).transform(Number).refine(fits, right);
};
const OPTIONS = z.object({
  terminals: number(1, TERMINALS_MAX),
  taps: number(1, 10_000),
  processes: number(1, 64),
  slow: number(0, TERMINALS_MAX),
  heads: number(0, 100),
  beatMs: number(100, 600_000),
  idle: number(0, 600),
  patience: number(1, 3_600),
  url: z
    .string()
    .refine(isPlain, 'ws:// on this machine: terminals that are not enrolled go nowhere else')
    .optional(),
  crash: z.boolean().default(false),
});

/** The daemon's own rule for terminals without a certificate. */
function isPlain(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'ws:') return false;
  return parsed.hostname === 'localhost' || parsed.hostname === '[::1]' || /^127\./u.test(parsed.hostname);
}

function program(): Command {
  return new Command('fleet')
    .description('Many simulated terminals against one platform.')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .allowExcessArguments(false)
    .option('--terminals <number>', 'how many', '5000')
    .option('--taps <number>', 'facts of each', '10')
    .option('--processes <number>', 'processes that hold them', '2')
    .option('--url <url>', 'a platform that runs already; default: one is started for it')
    .option('--slow <number>', 'so many of them read nothing once they are welcomed', '0')
    .option('--crash', 'kill the platform in the middle of the taps, and start it again')
    .option('--heads <number>', 'versions of a list that all are told', '3')
    .option('--beat-ms <number>', 'milliseconds between heartbeats', '10000')
    .option('--idle <seconds>', 'how long nothing happens, for memory and CPU', '20')
    .option('--patience <seconds>', 'until all are through with one thing', '120');
}

function optionsOf(argv: readonly string[]) {
  const raw = program().parse(argv, { from: 'user' }).opts();
  const parsed = OPTIONS.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const key = String(issue?.path[0]);
    const option = key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
    throw new InputError(`--${option} ${JSON.stringify(raw[key])}: ${issue?.message}`);
  }
  const { url = null, crash, idle, patience, ...plan } = parsed.data;
  if (crash && url !== null) throw new InputError('--crash: only a platform that was started for it');
  return { ...plan, url, crashes: crash, idleMs: idle * 1_000, patienceMs: patience * 1_000 };
}

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
  await runFleet(optionsOf(process.argv.slice(2)), { report, note }, stop.signal);
  if (stop.signal.aborted) process.exitCode = EXIT.stopped;
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
