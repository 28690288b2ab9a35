/** `kazasu neighbours`: what staff does about the other gates of the venue. */

import type { Command } from 'commander';
import type { Config } from './config.ts';
import { StaffError } from './staff/commands.ts';
import type { Decision } from './staff/decisions.ts';
import { Heard } from './store/heard.ts';

/** `words`: what may be kept of who and why. `staff`: runs it with a configuration, and prints what it says. */
export function neighbourCommands(
  program: Command,
  words: (text: string) => string,
  staff: (file: string, work: (config: Config) => object) => void,
): void {
  const neighbours = program
    .command('neighbours')
    .description('what staff decides about other gates of the venue');

  neighbours
    .command('held')
    .description('show the gates of which nothing more is believed, and why')
    .requiredOption('--config <file>', "the terminal's configuration")
    .action(({ config }) => staff(config, heldNeighbours));

  neighbours
    .command('release <neighbour>')
    .description('believe a gate again, once somebody has looked')
    .requiredOption('--config <file>', "the terminal's configuration")
    .requiredOption('--by <who>', 'who looked', words)
    .requiredOption('--why <why>', 'what was found', words)
    .action((neighbour: string, { config, by, why }) =>
      staff(config, (read) => releaseNeighbour(read, neighbour, { by, why })),
    );
}

/** A line a gate of which nothing more is believed. Throws StaffError. */
function heldNeighbours(config: Config): object[] {
  return withHeard(config, (heard) =>
    heard.held.map(({ terminal, why, at }) => ({
      neighbour: terminal,
      why,
      at: new Date(at).toISOString(),
    })),
  );
}

/** From now on it is believed again, and what it told meanwhile is asked for. Throws StaffError. */
function releaseNeighbour(config: Config, neighbour: string, decision: Decision): object {
  return withHeard(config, (heard) => {
    if (!heard.release(neighbour, decision)) {
      throw new StaffError(`${neighbour} is not one of which nothing more is believed`);
    }
    return { neighbour, released: true, ...decision };
  });
}

function withHeard<Result>(config: Config, work: (heard: Heard) => Result): Result {
  if (config.neighbours === undefined) {
    throw new StaffError(`${config.name} has no neighbours: its configuration names none`);
  }
  const heard = Heard.openBeside(config.state);
  if (heard === null) throw new StaffError(`${config.state}: no neighbour was ever heard here`);
  try {
    return work(heard);
  } finally {
    heard.close();
  }
}
