/** The commands of the municipality: its register, its page, its clerks. */

import type { Command } from 'commander';
import { importEvacuees, inventEvacuees } from './register-commands.ts';

/** Adds a command below another one, with the option that every command has. */
type AddCommand = (parent: Command, name: string, says: string) => Command;

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
    .option('--remove-many', 'also where the file lacks more than a tenth of the people')
    .action(importEvacuees);
  command(evacuees, 'invent', 'fill the register with people whom nobody knows, for exercises')
    .requiredOption('--municipality <code>', 'whose register it is')
    .option('--count <number>', 'how many', '2418')
    .option('--seed <number>', 'the same people for the same one', '1')
    .action(inventEvacuees);
}
