/** `kazasu journal` and `kazasu journal rescue`: what a terminal's folder tells, also when its terminal is dead. */

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { keptJournalFiles, readJournal } from './journal-reader.ts';

/** How the command line speaks. */
interface Voice {
  readonly say: (text: string) => void;
  /** `input`: what was asked for is wrong. Ends the process. */
  readonly refuse: (message: string) => never;
}

const END_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Something is lost. */
const EXIT_LOST = 1;

export function addJournalCommands(program: Command, voice: Voice): void {
  const journal: Command = program
    .command('journal')
    .description('show the kept journal of a terminal')
    // Needed here and not by the command below, for which commander would ask as well.
    .option('--state <dir>', "the terminal's state folder")
    .option('--follow', 'go on with what is added')
    .option('--export <file>', 'write it to a new file')
    .action(({ state, ...options }: JournalOptions & { state?: string }) => {
      if (state === undefined)
        journal.error("error: required option '--state <dir>' not specified");
      return showJournal(state, options, voice);
    });
  journal
    .command('rescue <dir>')
    .description(
      'write what a dead terminal has not told to a file, for "kazasu-platform facts import"',
    )
    .requiredOption('--out <file>', 'a new file')
    .option('--all', 'also what the platform has acknowledged')
    .option('--json', 'for programs: one JSON object')
    .action((directory: string, options: RescueOptions) => rescue(directory, options, voice));
}

interface JournalOptions {
  readonly follow?: true;
  readonly export?: string;
}

interface RescueOptions {
  readonly out: string;
  readonly all?: boolean;
  readonly json?: true;
}

async function showJournal(
  state: string,
  { follow, export: file }: JournalOptions,
  { refuse }: Voice,
): Promise<void> {
  if (keptJournalFiles(state).length === 0) {
    refuse(`${state}: no journal here; is it the state folder of a terminal?`);
  }
  const stop = new AbortController();
  if (follow) for (const signal of END_SIGNALS) process.on(signal, () => stop.abort());
  const out =
    file === undefined ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    const end = out !== process.stdout;
    await pipeline(readJournal(state, follow ? stop.signal : null), out, { end });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // `| head` has seen enough.
    if (code !== 'EPIPE') refuse(`${file ?? state}: ${message}`);
  }
}

async function rescue(
  directory: string,
  { out, all = false, json }: RescueOptions,
  { say, refuse }: Voice,
): Promise<void> {
  const { RescueError, rescueJournal, rescueLines } = await import('./rescue.ts');
  try {
    const report = rescueJournal(directory, { out, all });
    say(json ? JSON.stringify(report) : rescueLines(report));
    if (report.lost !== null) process.exitCode = EXIT_LOST;
  } catch (error) {
    if (error instanceof RescueError) refuse(error.message);
    throw error;
  }
}
