/** `npm start`: the platform and a gate, residents who come one after the other, and then a street that stays open. */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { askControlSocket, type ControlReply, openControlSocket } from '../devices/sim-control.ts';
import { applyFault, describeFaults } from './street/faults.ts';
import { decisionOf, describeTap } from './street/report.ts';
import { Street } from './street/world.ts';

const DIRECTORY = resolve('var', 'street');
const SOCKET = join(DIRECTORY, 'street.sock');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

interface OpenOptions {
  readonly once?: true;
}

async function open({ once }: OpenOptions): Promise<void> {
  const ended = endOfStreet();
  await mkdir(DIRECTORY, { recursive: true, mode: 0o700 });
  say('Kazasu: the street opens (platform, one gate, residents with their cards)');
  const street = await Street.open({ directory: DIRECTORY, say });
  const control = await openControlSocket(SOCKET, (request) => obey(street, request));
  try {
    say('');
    const right = await Promise.race([walkThrough(street), ended.then(() => null)]);
    if (once === true) {
      say(right === null ? 'ended before the last resident' : verdictOn(right));
      process.exitCode = right === true ? 0 : 1;
      return;
    }
    if (right !== null) say('\nThe street stays open. In another window: npm run street -- --help');
    await ended;
  } finally {
    await control.close();
    await street.close();
  }
}

function verdictOn(right: boolean): string {
  return right ? 'every decision was right' : 'A DECISION WAS WRONG';
}

function endOfStreet(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

/** Everybody holds their card as often as they are meant to; returns whether every decision was right. */
async function walkThrough(street: Street): Promise<boolean> {
  let right = true;
  for (const resident of street.residents) {
    for (const expected of resident.person.decisions) {
      const tapped = await street.tap(resident);
      say(describeTap(resident.person, tapped));
      if (decisionOf(tapped.answer) === expected) continue;
      right = false;
      say(`          WRONG: expected ${expected}`);
    }
  }
  return right;
}

async function obey(
  street: Street,
  request: Readonly<Record<string, unknown>>,
): Promise<ControlReply> {
  switch (request['do']) {
    case 'hold': {
      const resident = street.resident(String(request['who']));
      const early = request['early'] === true;
      const text = describeTap(resident.person, await street.tap(resident, early));
      say(text);
      return { text };
    }
    case 'fault': {
      const text = await applyFault(street, String(request['name']));
      say(`          * ${text}`);
      return { text };
    }
    case 'people': {
      const text = street.residents
        .map(
          ({ person }) =>
            `${person.id.padEnd(18)} ${person.name}  ${person.decisions.join(', then ')}`,
        )
        .join('\n');
      return { text };
    }
    case 'papers':
      return { text: (await street.receipts.papers()).join('\n\n') };
    default:
      throw new Error(`the street does not know "${String(request['do'])}"`);
  }
}

async function ask(request: { readonly do: string } & Record<string, unknown>): Promise<void> {
  try {
    const reply = await askControlSocket(SOCKET, request, 60_000);
    say(String(reply['text']));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const closed = code === 'ENOENT' || code === 'ECONNREFUSED';
    process.stderr.write(
      `${closed ? 'no street is open here: npm start' : (error as Error).message}\n`,
    );
    process.exitCode = 2;
  }
}

const program = new Command('street')
  .description(
    'The platform simulator and a gate, side by side; without a command it opens the street.',
  )
  .option('--once', 'end after the last resident; exit 0 only if every decision was right')
  .action(open);

program
  .command('hold <who>')
  .description("hold a resident's card over the gate's reader (see `people`)")
  .option('--early', 'take it away in the middle of the reading')
  .action((who: string, { early }) => ask({ do: 'hold', who, early }));

program
  .command('fault <name>')
  .description('break something, or mend it')
  .addHelpText('after', `\nFaults:\n${describeFaults()}`)
  .action((name: string) => ask({ do: 'fault', name }));

program
  .command('people')
  .description('who lives here, and what the gate should say to them')
  .action(() => ask({ do: 'people' }));

program
  .command('papers')
  .description('the papers that came out, as text')
  .action(() => ask({ do: 'papers' }));

await program.parseAsync();
