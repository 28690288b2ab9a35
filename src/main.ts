/** The command line of the daemon: run | check-config | doctor | journal | list | screens | staff. */

import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { Command, InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import pretty from 'pino-pretty';
import { type Config, ConfigError, readConfig } from './config.ts';
import { LANGUAGES, type Language } from './domain/screen.ts';
import { addJournalCommands } from './journal-commands.ts';
import { ListCommandError, type ListReport, statusReport, verifyReport } from './list-commands.ts';
import { neighbourCommands } from './neighbour-commands.ts';
import { ServiceManager } from './service-manager.ts';
import { PinEntryError, readNewPin } from './staff/ask-pin.ts';
import { ATTENDANT_NAME, attendantTable } from './staff/attendants.ts';
import { enterTicket, openPapers, StaffError, settlePaper, undoEntry } from './staff/commands.ts';
import {
  clearStoppedKiosk,
  kioskWaiting,
  settleMoney,
  settleOrder,
} from './staff/kiosk-commands.ts';
import { hashPin } from './staff/pin.ts';
import { stickCommands } from './stick-commands.ts';
import { SOFTWARE } from './version.ts';

/** sysexits.h has finer ones; people and scripts need three: done, wrong input, defect. */
const EXIT = { done: 0, defect: 1, input: 2 } as const;

const END_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const log = pino(
  { base: null },
  pretty({ destination: 2, sync: true, colorize: process.stderr.isTTY }),
);

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** Says the result of a command. Whoever decided something must not believe that nothing happened: it fails aloud. */
function say(text: string): void {
  process.stdout.once('error', ({ message }) => {
    fail(`done, but it could not be written: ${message}`, EXIT.defect);
  });
  process.stdout.write(`${text}\n`);
}

function configuration(file: string): Config {
  try {
    return readConfig(file);
  } catch (error) {
    if (error instanceof ConfigError) fail(error.message, EXIT.input);
    throw error;
  }
}

async function run({ config: file }: { config: string }): Promise<void> {
  const config = configuration(file);
  const {
    startTerminal,
    DriverMissingError,
    KeyStoreError,
    LedgerError,
    SealError,
    StateFolderError,
  } = await import('./terminal.ts');
  const crash = (error: unknown): never => {
    log.fatal(error, 'defect: the daemon ends and has to be started again');
    process.exit(EXIT.defect);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  try {
    const manager = await ServiceManager.connect((problem) => log.warn(problem));
    const terminal = await startTerminal(config, {
      out: process.stdout,
      onDefect: crash,
      onRestart: () => end('restart'),
    });
    // Terminals are switched off rather than ended: what was compiled is kept now, not at exit.
    flushCompileCache();
    manager.ready(terminal.answers);
    terminal.watchObstacles((obstacles) => manager.status(obstacles));
    log.info(`${config.name} runs (profile ${config.profile}, state ${config.state})`);
    await ended();
    manager.stopping();
    await terminal.stop(endedBy);
  } catch (error) {
    const isToBeConfigured =
      error instanceof DriverMissingError ||
      error instanceof KeyStoreError ||
      error instanceof SealError;
    if (isToBeConfigured) {
      fail(`${file}: ${error.message}`, EXIT.input);
    }
    if (error instanceof LedgerError || error instanceof StateFolderError) {
      fail(`${config.state}: ${error.message}`, EXIT.defect);
    }
    throw error;
  }
  process.exit(EXIT.done);
}

let endedBy = '';

const asked = Promise.withResolvers<void>();

function end(by: string): void {
  endedBy = by;
  asked.resolve();
}

/** Resolves at the first SIGTERM or SIGINT, or when the platform asks; a second signal ends at once. */
function ended(): Promise<void> {
  for (const signal of END_SIGNALS) {
    process.on(signal, () => {
      if (endedBy !== '') process.exit(EXIT.defect);
      end(signal);
    });
  }
  return asked.promise;
}

async function doctor(options: { config: string; json?: true; bundle?: string }): Promise<void> {
  const { config: file, json, bundle } = options;
  const config = configuration(file);
  const { examine, linesOf } = await import('./doctor.ts');
  const examination = await examine(config, file);
  const { report } = examination;
  if (bundle !== undefined) {
    const { writeBundle } = await import('./doctor/bundle.ts');
    try {
      await writeBundle(bundle, config, examination);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      fail(`${bundle}: ${message}`, EXIT.input);
    }
  }
  say(json ? JSON.stringify(report) : linesOf(report));
  process.exitCode = report.couldServe ? EXIT.done : EXIT.defect;
}

function lists(look: () => ListReport): void {
  try {
    const { text, isWell } = look();
    say(text);
    process.exitCode = isWell ? EXIT.done : EXIT.defect;
  } catch (error) {
    if (error instanceof ListCommandError) fail(error.message, EXIT.input);
    throw error;
  }
}

async function screens({ json, language }: { json?: true; language: Language }): Promise<void> {
  const { listScreens, screenLines } = await import('./screen/screen-list.ts');
  const listed = listScreens(language);
  say(json ? JSON.stringify(listed) : screenLines(listed));
}

function staff(work: () => unknown): void {
  try {
    say(JSON.stringify(work()));
  } catch (error) {
    failed(error);
  }
}

function failed(error: unknown): never {
  if (error instanceof StaffError) fail(error.message, EXIT.input);
  throw error;
}

/** Prints what `pin` in the table `[staff]` has to be, or the credential `staff-pin`. */
async function staffPin(): Promise<void> {
  try {
    const pin = await readNewPin(process.stdin, (text) => process.stderr.write(text));
    say(await pin.take(hashPin));
  } catch (error) {
    if (error instanceof PinEntryError) fail(error.message, EXIT.input);
    throw error;
  }
}

/** Prints until when the certificate is valid. */
async function enrol({ config: file, code }: { config: string; code: string }): Promise<void> {
  const config = configuration(file);
  const { enrolTerminal, EnrolmentError } = await import('./enrolment.ts');
  try {
    const { terminal, validTo } = await enrolTerminal(config, code);
    say(`${terminal} is enrolled, until ${validTo}; it renews by itself. Start the daemon now.`);
  } catch (error) {
    if (error instanceof EnrolmentError) fail(error.message, EXIT.input);
    throw error;
  }
}

function attendant(file: string, { name }: { name: string }): void {
  try {
    const table = attendantTable(name, readFileSync(file));
    if (table === null) fail(`${file}: is no certificate, in DER or PEM`, EXIT.input);
    say(table);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    fail(`${file}: ${message}`, EXIT.input);
  }
}

function attendantName(text: string): string {
  if (!ATTENDANT_NAME.test(text)) throw new InvalidArgumentError('1 to 40 printable characters');
  return text;
}

function yesOrNo(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('yes or no');
  return text === 'yes';
}

/** What becomes part of a fact for good. */
function words(text: string): string {
  if (!/^(?=.*\S)[^\p{Cc}]{1,200}$/u.test(text)) {
    throw new InvalidArgumentError('1 to 200 printable characters');
  }
  return text;
}

const program = new Command('kazasu')
  .description('The daemon inside public terminals that serve holders of a My Number Card.')
  .version(SOFTWARE)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.input));

program
  .command('run')
  .description('run the terminal; the journal goes to stdout, human logs to stderr')
  .requiredOption('--config <file>', 'the configuration (TOML)')
  .action(run);

program
  .command('check-config <file>')
  .description('check a configuration and say what would be right')
  .action((file: string) => {
    const config = configuration(file);
    say(`${file}: ok (${config.profile} "${config.name}")`);
  });

program
  .command('doctor')
  .description('say how the terminal is, and what to do where it is not well')
  .requiredOption('--config <file>', "the terminal's configuration")
  .option('--json', 'for programs: one JSON object')
  .option('--bundle <file>', 'also write what support needs to a new file, without secrets')
  .action(doctor);

addJournalCommands(program, { say, refuse: (message) => fail(message, EXIT.input) });

const list = program.command('list').description('look at the entry lists of a terminal');

list
  .command('status')
  .description('show each version on the disk: rows, root, how old, when confirmed, size')
  .requiredOption('--state <dir>', "the terminal's state folder, or a copy of it")
  .option('--json', 'for programs: one JSON array')
  .action(({ state, json }) => lists(() => statusReport(state, json)));

list
  .command('verify')
  .description('read every row and hold it against the hashes of the signed list')
  .requiredOption('--state <dir>', "the terminal's state folder, or a copy of it")
  .option('--list <list>', 'this list only')
  .option('--json', 'for programs: one JSON array')
  .action(({ state, list: only, json }) => lists(() => verifyReport(state, only, json)));

program
  .command('screens')
  .description('list every screen: the state that shows it, its voice, keys, time-out and headline')
  .option('--json', 'for programs: one JSON array')
  .addOption(
    new Option('--language <language>', 'of the headlines').choices(LANGUAGES).default('ja'),
  )
  .action(screens);

program
  .command('enrol')
  .description(
    'get the certificate of this terminal, by a code of the platform; the daemon must not run',
  )
  .requiredOption('--config <file>', "the terminal's configuration")
  .requiredOption(
    '--code <code>',
    'what "kazasu-platform terminal add" printed, 15 minutes ago at most',
  )
  .action(enrol);

program
  .command('enter')
  .description('let somebody in by the number of the ticket in their hand, without their card')
  .requiredOption('--config <file>', "the terminal's configuration")
  .requiredOption('--ticket <ticket>', 'the ticket number; nothing here can check it')
  .requiredOption('--by <who>', 'who decides it', words)
  .requiredOption('--why <why>', 'why', words)
  .action(({ config, ticket, by, why }) =>
    staff(() => enterTicket(configuration(config), ticket, { by, why })),
  );

program
  .command('undo')
  .description('take an entry back, so that the ticket can be used again')
  .requiredOption('--config <file>', "the terminal's configuration")
  .requiredOption('--ticket <ticket>', 'the ticket number')
  .requiredOption('--by <who>', 'who decides it', words)
  .requiredOption('--why <why>', 'why', words)
  .action(({ config, ticket, by, why }) =>
    staff(() => undoEntry(configuration(config), ticket, { by, why })),
  );

program
  .command('papers')
  .description('show the papers that wait for staff: owed, or of unknown outcome')
  .requiredOption('--config <file>', "the terminal's configuration")
  .action(({ config }) => staff(() => openPapers(configuration(config))));

program
  .command('settle <paper>')
  .description('say whether a paper of unknown outcome came out; if not, it is owed')
  .requiredOption('--config <file>', "the terminal's configuration")
  .requiredOption('--printed <yes|no>', 'whether it came out', yesOrNo)
  .requiredOption('--by <who>', 'who saw it', words)
  .requiredOption('--why <why>', 'how that is known', words)
  .action((paper: string, { config, printed, by, why }) =>
    staff(() => settlePaper(configuration(config), paper, printed, { by, why })),
  );

const kiosk = program.command('kiosk').description('what staff decides at a kiosk');

/** A decision of staff about a request, with who and why. */
function kioskDecision(name: string, description: string): Command {
  return kiosk
    .command(name)
    .description(description)
    .requiredOption('--config <file>', "the terminal's configuration")
    .requiredOption('--by <who>', 'who decides it', words)
    .requiredOption('--why <why>', 'why, or how that is known', words);
}

kiosk
  .command('waiting')
  .description(
    'show what waits for staff: why the kiosk is stopped; sheets and money that are open',
  )
  .requiredOption('--config <file>', "the terminal's configuration")
  .action(({ config }) => staff(() => kioskWaiting(configuration(config))));

kioskDecision('clear [request]', 'let a stopped kiosk go on, once somebody has looked').action(
  (request: string | undefined, { config, by, why }) =>
    staff(() => clearStoppedKiosk(configuration(config), { by, why }, request)),
);

kioskDecision('settle <request>', 'say whether all sheets of an order of unknown outcome came out')
  .requiredOption('--printed <yes|no>', 'whether all came out', yesOrNo)
  .action((request: string, { config, printed, by, why }) =>
    staff(() => settleOrder(configuration(config), request, printed, { by, why })),
  );

kioskDecision('money <request>', 'say whether a payment of unknown outcome was taken')
  .requiredOption('--charged <yes|no>', 'whether it was taken', yesOrNo)
  .action((request: string, { config, charged, by, why }) =>
    staff(() => settleMoney(configuration(config), request, charged, { by, why })),
  );

neighbourCommands(program, words, (file, work) => staff(() => work(configuration(file))));

stickCommands(program, words, async (file, work) => {
  const done = await work(configuration(file)).catch(failed);
  say(done);
});

program
  .command('staff-pin')
  .description('make the configuration line of a new PIN for the staff; reads it without echo')
  .action(staffPin);

program
  .command('attendant <certificate>')
  .description("make the configuration table of an attendant from their card's certificate")
  .requiredOption('--name <name>', 'how facts and the screen name them', attendantName)
  .action(attendant);

await program.parseAsync();
