/** `npm start`: the platform, its terminals and the residents with their cards, and a page that shows them. */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { askControlSocket, openControlSocket } from '../devices/sim-control.ts';
import { REMOTE_BUTTONS } from '../src/domain/remote.ts';
import { Board } from './street/board.ts';
import { openInBrowser } from './street/browser.ts';
import { Doing } from './street/doing.ts';
import { EVACUATION } from './street/evacuation-stage.ts';
import { describeFaults } from './street/faults.ts';
import { firstCertificate } from './street/first-certificate.ts';
import { firstEvacuation } from './street/first-evacuation.ts';
import { STREET_PIECES } from './street/messages.ts';
import { GATE, KIOSK, PLACES } from './street/places.ts';
import { Player, SCENARIO_NAMES } from './street/player.ts';
import { parseRequest, STREET_ASSURANCES } from './street/requests.ts';
import { openStreetServer, type StreetServer, StreetServerError } from './street/server.ts';
import { walkThrough } from './street/walk.ts';
import { Street } from './street/world.ts';

const DIRECTORY = resolve('var', 'street');
const SOCKET = join(DIRECTORY, 'street.sock');
const PAGES = fileURLToPath(new URL('../build/kiosk-ui/', import.meta.url));
const PORT = 8400;
/** A scenario waits for several things, each of which may take a minute. */
const ANSWER_MS_MAX = 600_000;

const EXIT = { wrong: 1, input: 2 } as const;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

interface OpenOptions {
  readonly once?: true;
  readonly port: number;
  readonly browser: boolean;
  readonly only?: readonly string[];
}

async function open(options: OpenOptions): Promise<void> {
  const ended = endOfStreet();
  await mkdir(DIRECTORY, { recursive: true, mode: 0o700 });
  say('Kazasu: the street opens (platform, terminals, residents with their cards)');
  const { port, only: places } = options;
  const street = await Street.open({ directory: DIRECTORY, port, say, ...(places && { places }) });
  try {
    if (options.once === true) {
      const wrong = await Promise.race([walkOnce(street), ended.then(() => null)]);
      const right = wrong?.length === 0;
      say(wrong === null ? 'ended before the last resident' : verdictOn(right));
      process.exitCode = right ? 0 : EXIT.wrong;
      return;
    }
    await show(street, options, ended);
  } finally {
    await street.close();
  }
}

/** Everybody at the gate, and one of them at the kiosk. Resolves with what went otherwise. */
/** What is played once, as far as the street has the terminals for it. Resolves with what went otherwise, a line each. */
async function walkOnce(street: Street): Promise<readonly string[]> {
  const wrong: string[] = [];
  if (street.has(GATE.id)) wrong.push(...(await walkThrough(street, say)).wrong);
  const more = [
    ...(street.has(KIOSK.id) ? [firstCertificate] : []),
    ...(street.has(...EVACUATION) ? [firstEvacuation] : []),
  ];
  for (const play of more) {
    const lines = await play(street, say).catch((error: Error) => [error.message]);
    for (const line of lines) say(`          WRONG: ${line}`);
    wrong.push(...lines);
  }
  return wrong;
}

async function show(street: Street, options: OpenOptions, ended: Promise<void>): Promise<void> {
  const player = new Player(street, () => board.changed());
  const board: Board = new Board(street, player);
  const doing = new Doing(street, player, board, say);
  const control = await openControlSocket(SOCKET, async (request) => ({
    text: await doing.obey(parseRequest(request)),
  }));
  let server: StreetServer | null = null;
  try {
    server = await openStreetServer({
      source: {
        state: () => board.state(),
        watch: (listener) => board.watch(listener),
        svgOf: (run, number) => board.svgOf(run, number),
        obey: (request) => doing.obey(request),
      },
      port: options.port,
      files: PAGES,
      screens: street.places.map(({ screenUrl }) => new URL(screenUrl).origin),
    });
    say('');
    say(`  The street is open:  ${server.origin}`);
    say('  Pick up a card and hold it over the reader. Without a browser, in another window:');
    say('    npm run street -- hold sato-hanako     (and: npm run street -- --help)');
    say('  Ctrl-C closes it.');
    if (options.browser) openInBrowser(server.origin);
    await ended;
  } finally {
    await server?.close();
    board.close();
    await control.close();
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

async function ask(request: { readonly do: string } & Record<string, unknown>): Promise<void> {
  try {
    const text = String((await askControlSocket(SOCKET, request, ANSWER_MS_MAX))['text']);
    say(text);
    if (request.do === 'play' && text.includes(': NOT PROVED')) process.exitCode = EXIT.wrong;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const closed = code === 'ENOENT' || code === 'ECONNREFUSED';
    process.stderr.write(`${closed ? 'no street is open here: npm start' : message}\n`);
    process.exitCode = EXIT.input;
  }
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN;
  // The screens of the terminals are on the next ones, and that of a kiosk elsewhere (scenarios/kawasaki.ts).
  const most = 65_535 - PLACES.length - 1;
  if (port >= 1 && port <= most) return port;
  throw new InvalidArgumentError(`a port from 1 to ${most}`);
}

function ids(text: string): string[] {
  const wanted = text.split(',');
  const known: readonly string[] = PLACES.map(({ id }) => id);
  if (wanted.every((id) => known.includes(id))) return wanted;
  throw new InvalidArgumentError(`with commas, of: ${known.join(', ')}`);
}

/** An option that was not given is not asked for. */
function given(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const AT = [
  '--at <terminal>',
  `which terminal: ${PLACES.map(({ id }) => id).join(', ')}; or: town-hall`,
] as const;

const program = new Command('street')
  .description(
    'The platform simulator and terminals, side by side; without a command it opens the street.',
  )
  .option('--once', 'end after the last resident; exit 0 only if every decision was right')
  .option(
    '--port <number>',
    'of the page; the screens of the terminals are on the next ones',
    portNumber,
    PORT,
  )
  .option('--only <terminals>', 'open these alone, with commas: a smaller street opens sooner', ids)
  .option('--no-browser', 'do not open the page by itself')
  .action(open);

program
  .command('hold <who>')
  .description("hold a resident's card over a reader (see `people`)")
  .option(...AT)
  .option('--early', 'take it away in the middle of the reading')
  .option('--keep', 'leave it there until `remove`')
  .action((who: string, { early, keep, at }: { early?: true; keep?: true; at?: string }) =>
    keep
      ? ask({ do: 'hold', who, ...given({ at }) })
      : ask({ do: 'tap', who, ...given({ at, early }) }),
  );

for (const [name, says] of [
  ['remove', 'take away the card that lies on the reader'],
  ['walk', 'everybody comes by, one after the other'],
  ['reset', 'another evening: nobody has entered, nothing is broken'],
  ['people', 'who lives here, and what the gate should say to them'],
  ['papers', 'the papers that came out, as text'],
  ['scenarios', 'what really happened elsewhere and can be played here, and how it ended'],
  ['health', 'how the terminals are'],
  ['platform', 'what the platform knows'],
  ['evacuation', 'how it stands with everybody of the municipality'],
  ['applications', 'applications for usage registration, as clerks have them'],
  ['take-change', "take what lies in the tray of the kiosk's payment unit"],
] as const) {
  program
    .command(name)
    .description(says)
    .action(() => ask({ do: name }));
}

program
  .command('fault <name>')
  .description('break something')
  .option(...AT)
  .addHelpText('after', `\nFaults:\n${describeFaults()}`)
  .action((name: string, { at }: { at?: string }) => ask({ do: 'fault', name, ...given({ at }) }));

program
  .command('restore [name]')
  .description('mend it; without a name: everything')
  .option('--at <terminal>', 'at this terminal alone')
  .action((name: string | undefined, { at }: { at?: string }) =>
    ask({ do: 'restore', ...given({ name, at }) }),
  );

program
  .command('pay <yen>')
  .description(`put a coin or a note into the kiosk: ${STREET_PIECES.join(', ')}; or: e-money`)
  .action((yen: string) =>
    yen === 'e-money' ? ask({ do: 'touch' }) : ask({ do: 'pay', piece: Number(yen) }),
  );

for (const [name, says] of [
  ['accept', 'as the clerk of its municipality: bind the certificate to the register'],
  ['refuse', 'as the clerk of its municipality: refuse an application'],
] as const) {
  program
    .command(`${name} <number>`)
    .description(says)
    .action((number: string) => ask({ do: name, number }));
}

program
  .command('verify <code>')
  .description('who issued what and when, by the text of the code on a certificate')
  .action((code: string) => ask({ do: 'verify', code }));

program
  .command('press <button>')
  .description("press a button of the television's remote control")
  .addHelpText('after', `\nButtons: ${REMOTE_BUTTONS.join(', ')}`)
  .option(...AT)
  .action((button: string, { at }: { at?: string }) =>
    ask({ do: 'press', button, ...given({ at }) }),
  );

program
  .command('link <who>')
  .description(
    'have the television call somebody by name, by their card and all that is pressed for it',
  )
  .option(...AT)
  .action((who: string, { at }: { at?: string }) => ask({ do: 'link', who, ...given({ at }) }));

program
  .command('alert')
  .description('what the two clerks of the municipality do: one proposes, the other consents')
  .addArgument(new Argument('<is>').choices(['raise', 'cancel', 'all-clear']))
  .option('--level <number>', '2, 3, 4 or 5 (警戒レベル); default: 4', Number)
  .option('--drill', 'an exercise, marked so on every screen')
  .action((is: string, options: { level?: number; drill?: true }) =>
    ask({ do: 'alert', is, ...given({ ...options }) }),
  );

program
  .command('reset-pin <who>')
  .description("have a resident's municipality reset the PIN of their card")
  .action((who: string) => ask({ do: 'reset-pin', who }));

program
  .command('assurance')
  .description("what tonight's list asks every card for; the default asks for possession")
  .addArgument(new Argument('<level>').choices(STREET_ASSURANCES))
  .action((level: string) => ask({ do: 'assurance', level }));

program
  .command('play <name>')
  .description('play a scenario and say what it proved; exit 1 when it was not proved')
  .addHelpText('after', `\nScenarios: ${SCENARIO_NAMES.join(', ')}`)
  .action((name: string) => ask({ do: 'play', name }));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof StreetServerError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT.input;
}
