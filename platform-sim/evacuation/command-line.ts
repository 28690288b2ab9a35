/** The commands of the municipality: its register, its page, its clerks. */

import type { Command } from 'commander';
import type { AddCommand } from '../commands.ts';
import { reconcileArrivals } from '../town/reconcile-command.ts';
import { addClerk, listClerks, removeClerk, serveTown, showAccess } from '../town/town-commands.ts';
import { orderEnd, orderShelter } from './order-commands.ts';
import { beginEvacuation, importEvacuees, inventEvacuees } from './register-commands.ts';

/** Adds `evacuees`, `order`, `clerk` and `town`. */
export function addEvacuation(program: Command, command: AddCommand): void {
  const evacuees = program
    .command('evacuees')
    .description('who lives in a municipality, for the day on which people have to leave');
  command(evacuees, 'import', 'take its whole register from a CSV; the same again changes nothing')
    .argument(
      '<csv>',
      'UTF-8; columns certificate,number,name,kana,born,district,address,household,needs,support,protected',
    )
    .requiredOption('--municipality <code>', 'whose register it is')
    .option('--list <name>', 'also publish those with a card as this list, for shelters')
    .option('--remove-many', 'also where the file lacks more than a tenth of the people')
    .action(importEvacuees);
  command(evacuees, 'invent', 'fill the register with people whom nobody knows, for exercises')
    .requiredOption('--municipality <code>', 'whose register it is')
    .option('--count <number>', 'how many', '2418')
    .option('--seed <number>', 'the same people for the same one', '1')
    .action(inventEvacuees);
  command(evacuees, 'begin', 'count from here on: what was told before is of another day')
    .requiredOption('--by <who>', 'who decided it')
    .option('--since <time>', 'when it began, with its zone, as in ISO 8601 (default: now)')
    .action(beginEvacuation);
  command(evacuees, 'reconcile', 'find out who arrivals are that are on no list; both are logged')
    .requiredOption('--key <file>', "the municipality's private key, PEM")
    .requiredOption('--by <who>', 'who looks, and decides')
    .option('--arrival <key>', 'this arrival, as the list of them has it')
    .option('--is <ref>', 'and it was this person, from now on')
    .action(reconcileArrivals);
  addOrders(program, command);
  addClerks(program, command);
  command(
    program,
    'town',
    "serve the page of the clerks' municipality on 127.0.0.1, until it is interrupted",
  )
    .option('--port <number>', 'port to listen on; 0: chosen by the system and printed', '8420')
    .action(serveTown);
}

function addOrders(program: Command, command: AddCommand): void {
  const order = program
    .command('order')
    .description('what a terminal is to be for a while: signed, for it alone');
  const toOne = (name: string, says: string) =>
    command(order, name, says)
      .requiredOption('--terminal <name>', 'the terminal')
      .option('--expires <time>', 'not begun later than this from now: 10m, 2h, 7d', '1d')
      .option('--out <file>', 'also write it to this file, for "stick prepare --order"');
  toOne('shelter', 'let a gate or kiosk be the reader of a shelter, once nobody is served there')
    .requiredOption('--shelter <id>', 'which one')
    .requiredOption('--until <time>', 'until when, with its zone, as in ISO 8601')
    .option('--municipality <code>', 'whose shelter it is (default: whose register is here)')
    .option('--list <name>', 'its list of residents (default: evacuees- and the code)')
    .action(orderShelter);
  toOne('end', 'let it be what it is configured to be again').action(orderEnd);
}

function addClerks(program: Command, command: AddCommand): void {
  const clerk = program.command('clerk').description("who may sign in at the municipality's page");
  command(clerk, 'add', 'add somebody, or give them another password: it is printed, once')
    .argument('<name>', 'as the log and the page are to have it')
    .requiredOption('--role <role>', 'viewer: sees; operator: also notes, proposes and consents')
    .option('--municipality <code>', 'whose clerk (default: of that whose register is here)')
    .option('--password-file <file>', 'its first line is the password (default: one is made)')
    .action(addClerk);
  command(clerk, 'remove', 'let somebody in no more; their windows close')
    .argument('<name>', 'as "clerk list" has it')
    .action(removeClerk);
  command(clerk, 'list', 'show all, one JSON line each').action(listClerks);
  command(clerk, 'log', 'show who looked at what, one JSON line each, the oldest first')
    .option('--ref <id>', 'only what was about this person')
    .action(showAccess);
}
