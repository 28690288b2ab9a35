/** The command line `kazasu-platform`. Exit codes: 0 done, 2 the input is wrong (one clear line), 1 unexpected. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAlerts } from './alerts/alert-commands.ts';
import { addPlans } from './alerts/plan-commands.ts';
import { CENTRE_FAULT_NAMES } from './centre/faults.ts';
import {
  acceptOne,
  breakCentre,
  linkHolders,
  listApplications,
  listIssues,
  mendCentre,
  refuseOne,
  showAudit,
} from './centre-commands.ts';
import { send, showCommands } from './commanding-commands.ts';
import {
  addInstitutionKey,
  addRenewal,
  cancelTicket,
  importList,
  importRegister,
  restoreTicket,
  revokeInstitutionKey,
  serve,
  showFacts,
  showInstitutions,
  showList,
  showLists,
  showTerminals,
  showTrust,
  takeSigningAuthority,
  trustCa,
} from './commands.ts';
import { showDoubles } from './entry-commands.ts';
import { addEvacuation } from './evacuation/command-line.ts';
import { forgetFacts, importRescued } from './fact-commands.ts';
import { InputError } from './input-error.ts';
import { verifyPaperOf } from './paper-commands.ts';
import {
  initRoot,
  renewRootVersion,
  replaceKey,
  rotateRoleKey,
  showRootVersion,
} from './root-commands.ts';
import { importFromStick, prepare, showMunicipalityKey } from './stick-commands.ts';
import {
  addTerminal,
  listTerminals,
  releaseTerminal,
  revokeTerminal,
  showTerminal,
} from './terminal-commands.ts';

const EXIT_INPUT = 2;
const PACKAGE = new URL('../package.json', import.meta.url);

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
    .version((JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version)
    // What stands behind a command below another is its own, also where both know the option.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        const line = text.trim().replaceAll(/\s*\n\s*/gu, ' ');
        write(`${line.replace(/^error:/u, 'kazasu-platform:')}\n`);
      },
    });
  addServing(program);
  const trust = program.command('trust').description('whose cards the terminals accept');
  command(trust, 'add', 'add CA certificates and revocation lists; all of them, or none')
    .option('--ca <file>', 'self-signed CA that issues cards, PEM or DER; may be repeated', collect)
    .option(
      '--crl <file>',
      'CRL of a CA known here, full or delta, PEM or DER; may be repeated',
      collect,
    )
    .action(trustCa);
  command(trust, 'list', 'show what is trusted, as JSON').action(showTrust);

  addInstitutions(program);
  addRoot(program);
  addCommanding(program);
  addAlerts(program, command);
  addPlans(program, command);
  addTerminals(program);

  addRegister(program);
  addCentre(program);

  const list = program.command('list').description('entry lists');
  addListImport(list);
  command(list, 'show', 'show a list and who has entered, as JSON')
    .argument('<id>', 'name of the list')
    .action(showList);
  command(list, 'list', 'show all lists, one JSON line each').action(showLists);

  addTickets(program);
  addEvacuation(program, command);
  const entries = program.command('entries').description('who came in, by the facts of all gates');
  command(
    entries,
    'doubles',
    'show tickets let in twice, and which gate was first if it can be said',
  )
    .option('--list <id>', 'this list only')
    .option('--json', 'for programs: one JSON line each')
    .action(showDoubles);
  command(
    program,
    'verify-paper',
    'check a certificate by the codes on it; exit code 1: not genuine',
  )
    .argument('<paper>', 'a PDF, a PNG or JPEG of one sheet, or the text of a code (KZ1:...)')
    .action(verifyPaperOf);
  addFacts(program);
  addStick(program);
  command(program, 'terminals', 'show what is known of each terminal, one JSON line each').action(
    showTerminals,
  );
  return program;
}

function addServing(program: Command): void {
  command(program, 'serve', 'serve the terminals on 127.0.0.1')
    .option('--port <number>', 'port to listen on; 0: chosen by the system and printed', '8410')
    .option(
      '--tls-port <number>',
      'port for terminals that enrol or are enrolled, by TLS 1.3; 0: any',
    )
    .option('--beat-ms <number>', 'milliseconds between heartbeats', '2000')
    .option(
      '--clerk-after <time>',
      'accept applications that mean a record so long after they came: 30s, 10m (default: by hand)',
    )
    .option('--all-hours', 'municipalities serve at every hour, for demonstrations')
    .option('--ocsp <dir>', 'answer OCSP under /ocsp for the simulated authority in this folder')
    .action(serve);
}

function addFacts(program: Command): void {
  const facts = command(
    program,
    'facts',
    'show what terminals told, one JSON line a fact, in order of arrival',
  )
    .option('--follow', 'go on until interrupted')
    .option('--quarantined', 'only those that contradict the ledger that is held')
    .action(showFacts);
  command(facts, 'import', "take in what a dead terminal's disk held; again: nothing changes")
    .argument('<file>', 'as "kazasu journal rescue" made it')
    .requiredOption('--by <who>', 'who decided it')
    .requiredOption('--why <why>', 'the reason, for the record')
    .action(importRescued);
  command(facts, 'forget', 'empty old facts; their numbers and hashes stay')
    .requiredOption('--older-than <time>', 'that arrived so long ago: 400d')
    .requiredOption('--by <who>', 'who decided it')
    .requiredOption('--why <why>', 'the reason, for the record')
    .action(forgetFacts);
}

function addStick(program: Command): void {
  const municipality = program.command('municipality').description('what belongs to one of them');
  ofMunicipality(
    municipality,
    'key',
    'make the key that opens what shelters seal; its certificate goes to the terminals',
  ).action(showMunicipalityKey);
  const stick = program.command('stick').description('what goes by stick, without a network');
  ofMunicipality(stick, 'prepare', 'make a stick one that terminals write to')
    .argument('<dir>', 'where it is mounted')
    .option('--order <file>', 'and one that brings an order, as "order ... --out" wrote it')
    .option('--list <list>', 'and one that brings this list, as it is published now')
    .option('--alerts', "and one that brings the municipality's alerts, to any terminal")
    .option('--terminal <name>', 'for which terminal; default: that of the order')
    .option('--expires <time>', 'until when the list may be taken from it: 2h, 7d', '7d')
    .action(prepare);
  const says = 'take in what terminals wrote to it; again, or in another order: nothing changes';
  ofMunicipality(stick, 'import', says)
    .argument('<dir>', 'where it is mounted')
    .requiredOption('--by <who>', 'who decided it')
    .requiredOption('--why <why>', 'the reason, for the record')
    .action(importFromStick);
}

function ofMunicipality(parent: Command, name: string, says: string): Command {
  const of = 'whose key it is: six digits, like 990029';
  return command(parent, name, says).requiredOption('--municipality <code>', of);
}

function addRegister(program: Command): void {
  const register = program
    .command('register')
    .description('whom the world knows: when the holders of certificates were born');
  command(register, 'import', 'take a CSV of holders; all of it, or nothing')
    .requiredOption(
      '--csv <file>',
      'UTF-8; columns certificate,born (YYYY-MM-DD), and signing where they have such a certificate',
    )
    .action(importRegister);
  command(register, 'link', 'take a CSV of whose certificate stands for which register record')
    .requiredOption('--csv <file>', 'UTF-8; columns certificate,record')
    .action(linkHolders);
  const says = 'take who issues signing certificates, with its newest CRL; terminals are not told';
  command(register, 'signing-authority', says)
    .requiredOption('--ca <file>', 'its certificate, DER')
    .requiredOption('--crl <file>', 'its full CRL, DER')
    .action(takeSigningAuthority);
}

function addCentre(program: Command): void {
  const applications = program
    .command('applications')
    .description('applications for usage registration, as clerks have them before them');
  command(applications, 'list', 'show all, one JSON line each').action(listApplications);
  const number = (made: Command) => made.argument('<number>', 'as the receipt has it');
  number(command(applications, 'accept', 'bind the certificate to the register record'))
    .requiredOption('--by <who>', 'who decided it')
    .option('--record <id>', 'the record that is meant, where what was typed does not say')
    .action(acceptOne);
  number(command(applications, 'refuse', 'the applicant hears that it was refused'))
    .requiredOption('--by <who>', 'who decided it')
    .requiredOption('--why <why>', 'the reason, for the record')
    .action(refuseOne);
  const issues = program.command('issues').description('what was issued at kiosks');
  command(issues, 'list', 'show every request and how it ended, one JSON line each').action(
    listIssues,
  );
  command(
    issues,
    'audit',
    'show which record was read for which request, one JSON line each',
  ).action(showAudit);
  const centre = program
    .command('centre')
    .description('what goes wrong at the certificate centre, for scenarios');
  command(centre, 'break', 'let it go wrong from now on')
    .argument('<fault>', CENTRE_FAULT_NAMES.join(', '))
    .option('--times <number>', 'so often (default: until it is mended)')
    .action(breakCentre);
  command(centre, 'mend', 'let it go right again')
    .argument('[fault]', 'default: all of them')
    .action(mendCentre);
}

function addTickets(program: Command): void {
  const ticket = program.command('ticket').description('changes on the day');
  for (const [name, says, action] of [
    ['cancel', 'cancel a ticket: terminals refuse it as soon as they hear of it', cancelTicket],
    ['restore', 'take a cancellation back', restoreTicket],
  ] as const) {
    command(ticket, name, says)
      .requiredOption('--list <id>', 'name of the list')
      .requiredOption('--ticket <number>', 'the ticket, as the table of the import has it')
      .requiredOption('--by <who>', 'who decided it')
      .requiredOption('--why <why>', 'the reason, for the record')
      .action(action);
  }
  const renewal = program.command('renewal').description('cards that took the place of others');
  command(renewal, 'add', 'give the tickets of an old card to the new one, on every list')
    .requiredOption('--old <file>', 'certificate of the card that was renewed, PEM or DER')
    .requiredOption('--new <file>', 'certificate of the new card, PEM or DER')
    .action(addRenewal);
}

function addInstitutions(program: Command): void {
  const institution = program
    .command('institution')
    .description('in whose name terminals ask cards to prove their key (modelled)');
  command(institution, 'add', 'give terminals the key of an institution')
    .requiredOption('--key <file>', 'its private key, RSA-2048, PKCS#8 PEM')
    .requiredOption('--certificate <file>', 'the objects 5F4E and 5F37, one after the other')
    .action(addInstitutionKey);
  command(institution, 'list', 'show all institutions, one JSON line each').action(
    showInstitutions,
  );
  command(institution, 'revoke', 'take a key out of force; cards do not hear of it')
    .argument('<id>', 'subject key id, as "institution list" shows it')
    .action(revokeInstitutionKey);
}

function addRoot(program: Command): void {
  const root = program
    .command('root')
    .description('who may say what: three keys, kept offline, name all others; two must agree');
  const offline = (made: Command) =>
    made.option('--offline <dir>', 'folder of the root keys (default: where they were made)');
  offline(command(root, 'init', 'make all keys; with --offline, move the root keys there')).action(
    initRoot,
  );
  command(root, 'show', 'show the newest version, as JSON').action(showRootVersion);
  offline(command(root, 'rotate', 'give a role a new key; the old one signs nothing any more'))
    .requiredOption('--role <name>', 'the role, as "root show" has it')
    .action(rotateRoleKey);
  offline(command(root, 'renew', 'sign the same for another year')).action(renewRootVersion);
  offline(command(root, 'replace-key', 'put a new root key in the place of one lost or stolen'))
    .argument('<n>', '1, 2 or 3, in the order of "root show"')
    .action(replaceKey);
}

function addCommanding(program: Command): void {
  const commanding = program
    .command('command')
    .description('what terminals are asked to do: signed, once, and for a while');
  command(commanding, 'send', 'report-health, or restart (once nobody is served)')
    .argument('<what>', 'report-health or restart')
    .requiredOption('--to <names>', 'terminals, with commas, or "all"')
    .option('--expires <time>', 'not done later than this from now: 90s, 10m, 2h, 7d', '10m')
    .action(send);
  command(commanding, 'list', 'show all, with what came of them, one JSON line each').action(
    showCommands,
  );
}

function addTerminals(program: Command): void {
  const terminal = program.command('terminal').description('who the terminals are');
  command(terminal, 'add', 'let a terminal enrol within 15 minutes: prints its code, once')
    .argument('<name>', 'name of the terminal, as its configuration has it')
    .option('--again', 'also one that is enrolled; its certificate is void once it has enrolled')
    .action(addTerminal);
  command(terminal, 'list', 'show all terminals, one JSON line each').action(listTerminals);
  command(terminal, 'show', 'show what is known of a terminal, as JSON')
    .argument('<name>', 'name of the terminal')
    .action(showTerminal);
  command(terminal, 'release', 'end its quarantine, once no copy of it runs any more')
    .argument('<name>', 'name of the terminal')
    .action(releaseTerminal);
  command(terminal, 'revoke', 'take its certificate out of force; its link is cut at once')
    .argument('<name>', 'name of the terminal')
    .action(revokeTerminal);
}

function addListImport(list: Command): void {
  command(list, 'import', 'publish a CSV of tickets as the next version of an entry list')
    .addHelpText(
      'after',
      '\nWhat an import does not name stays as it was; the defaults are those of a new list.',
    )
    .requiredOption('--list <id>', 'name of the list')
    .requiredOption('--csv <file>', 'UTF-8; columns certificate,ticket,seat,holder,party')
    .option('--title <text>', 'the event, on the receipt (default: the name of the list)')
    .option('--assurance <level>', 'least proof: identified (default), possession, possession+pin')
    .option('--place <text>', 'where it is, on the receipt')
    .option('--starts-at <time>', 'when it begins, on the receipt; with its zone, as in ISO 8601')
    .option('--valid-from <time>', 'no entry before this time (default: a day ago)')
    .option('--valid-to <time>', 'no entry after this time (default: in 30 days)')
    .option('--old-after-hours <hours>', 'without contact so long, facts say "old" (default: 24)')
    .option('--too-old-after-hours <hours>', 'and then "too-old" (default: 72)')
    .option('--when-too-old <what>', 'admit (default) or refuse')
    .option('--reentry <rule>', 'who went out may come in again: once (default), after-exit')
    .option('--audience <names>', 'terminals that may use it, with commas (default: all)')
    .option('--new-key', 'seal every row under a new list key; nobody enters a second time for it')
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
