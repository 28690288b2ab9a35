/** The command line `kazasu-platform`. Exit codes: 0 done, 2 the input is wrong (one clear line), 1 unexpected. */

import { Command, CommanderError } from 'commander';
import {
  cancelTicket,
  importList,
  restoreTicket,
  serve,
  showFacts,
  showList,
  showLists,
  showTerminals,
  showTrust,
  trustCa,
} from './commands.ts';
import { InputError } from './input-error.ts';

const EXIT_INPUT = 2;

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** `--state` belongs to every command. */
function command(parent: Command, name: string, says: string): Command {
  return parent
    .command(name)
    .description(says)
    .allowExcessArguments(false)
    .option('--state <dir>', 'folder that the platform keeps its state in', './var/platform');
}

function buildProgram(): Command {
  const program = new Command('kazasu-platform')
    .description('The other side of the terminals: trust, entry lists, facts.')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        const line = text.trim().replaceAll(/\s*\n\s*/gu, ' ');
        write(`${line.replace(/^error:/u, 'kazasu-platform:')}\n`);
      },
    });
  command(program, 'serve', 'serve the terminals on 127.0.0.1')
    .option('--port <number>', '0: chosen by the system and printed', '8410')
    .option('--beat-ms <number>', 'interval of the heartbeats', '2000')
    .action(serve);

  const trust = program.command('trust').description('whose cards the terminals accept');
  command(trust, 'add', 'add CA certificates and revocation lists')
    .option('--ca <file>', 'CA certificate, PEM or DER; may be repeated', collect)
    .option('--crl <file>', 'CRL of a known CA, PEM or DER; may be repeated', collect)
    .action(trustCa);
  command(trust, 'list', 'show what is trusted, as JSON').action(showTrust);

  const list = program.command('list').description('entry lists');
  addListImport(list);
  command(list, 'show', 'show a list and who has entered, as JSON')
    .argument('<id>')
    .action(showList);
  command(list, 'list', 'show all lists, one JSON line each').action(showLists);

  const ticket = program.command('ticket').description('changes on the day');
  for (const [name, says, action] of [
    ['cancel', 'cancel a ticket; terminals refuse it', cancelTicket],
    ['restore', 'take a cancellation back', restoreTicket],
  ] as const) {
    command(ticket, name, says)
      .requiredOption('--list <id>', 'the entry list')
      .requiredOption('--ticket <number>', 'the ticket')
      .requiredOption('--by <who>', 'who decided it')
      .requiredOption('--why <why>', 'the reason, for the record')
      .action(action);
  }
  command(program, 'facts', 'show what terminals told, one JSON line a fact, in order of arrival')
    .option('--follow', 'go on until interrupted')
    .option('--quarantined', 'those that contradict the ledger that is held')
    .action(showFacts);
  command(program, 'terminals', 'show what is known of each terminal, one JSON line each').action(
    showTerminals,
  );
  return program;
}

function addListImport(list: Command): void {
  command(list, 'import', 'publish a CSV of tickets as the next version of an entry list')
    .requiredOption('--list <id>', 'name of the list')
    .requiredOption('--csv <file>', 'columns certificate,ticket,seat,holder,party; UTF-8')
    .option('--title <text>', 'what the receipt says (default: the name of the list)')
    .option('--assurance <level>', 'identified (default), possession or possession+pin')
    .option('--place <text>', 'where, for the receipt')
    .option('--starts-at <time>', 'when, for the receipt (ISO 8601 with its zone)')
    .option('--valid-from <time>', 'default: a day ago')
    .option('--valid-to <time>', 'default: in 30 days')
    .option('--old-after-hours <hours>', 'default: 24')
    .option('--too-old-after-hours <hours>', 'default: 72')
    .option('--when-too-old <what>', 'admit (default) or refuse')
    .option('--audience <names>', 'terminals that may use it, with commas (default: all)')
    .action(importList);
}

/** Returns the exit code of an expected failure; anything else is thrown and ends the process with 1. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : EXIT_INPUT;
  }
  if (!(error instanceof InputError)) throw error;
  for (const line of error.lines) process.stderr.write(`kazasu-platform: ${line}\n`);
  return EXIT_INPUT;
}

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
