/** What the load tool can be told. */

import { Command } from 'commander';
import { z } from 'zod';
import { InputError } from '../input-error.ts';
import { CONNECTIONS_MAX } from '../open-files.ts';
import type { FleetOptions } from './fleet.ts';

const number = (least: number, most: number) => {
  const right = `a whole number from ${least} to ${most}`;
  const fits = (value: number) => value >= least && value <= most;
  return z
    .string()
    .regex(/^\d{1,9}$/u, right)
    .transform(Number)
    .refine(fits, right);
};
const OPTIONS = z.object({
  terminals: number(1, CONNECTIONS_MAX),
  taps: number(1, 10_000),
  processes: number(1, 64),
  slow: number(0, CONNECTIONS_MAX),
  heads: number(0, 100),
  beatMs: number(100, 600_000),
  idle: number(0, 600),
  patience: number(1, 3_600),
  url: z
    .string()
    .refine(isPlain, 'ws:// on this machine: terminals that are not enrolled go nowhere else')
    .optional(),
  crash: z.boolean().default(false),
  floor: z.boolean(),
  storm: z.boolean(),
});

/** The daemon's own rule for terminals without a certificate. */
function isPlain(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'ws:') return false;
  return (
    parsed.hostname === 'localhost' ||
    parsed.hostname === '[::1]' ||
    /^127\./u.test(parsed.hostname)
  );
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
    .option('--no-floor', 'the platform alone, without the bare server beside it')
    .option('--no-storm', 'leave the connections as they are, instead of cutting all at once')
    .option('--heads <number>', 'versions of a list that all are told', '3')
    .option('--beat-ms <number>', 'milliseconds between heartbeats', '10000')
    .option('--idle <seconds>', 'how long nothing happens, for memory and CPU', '20')
    .option('--patience <seconds>', 'until all are through with one thing', '120');
}

/** Throws InputError, or commander's own for what it does not know. */
export function fleetOptions(argv: readonly string[]): FleetOptions {
  const raw = program().parse(argv, { from: 'user' }).opts();
  const parsed = OPTIONS.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const key = String(issue?.path[0]);
    const option = key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
    throw new InputError(`--${option} ${JSON.stringify(raw[key])}: ${issue?.message}`);
  }
  const { url = null, crash, floor, storm, idle, patience, ...plan } = parsed.data;
  if (plan.slow >= plan.terminals)
    throw new InputError('--slow: one terminal at least has to read');
  if (crash && url !== null)
    throw new InputError('--crash: only a platform that was started for it');
  const times = { idleMs: idle * 1_000, patienceMs: patience * 1_000 };
  return { ...plan, ...times, url, crashes: crash, hasFloor: floor, cuts: storm };
}
