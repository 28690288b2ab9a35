/**
 * `kazasu stick ...`: what a stick brings to a terminal that no network reaches. Judged as what comes over the link is, by the
 * same functions; somebody at the keyboard says that it is to be done, and why.
 */

import type { Command as CommandLine } from 'commander';
import { CommandRunner } from './commands.ts';
import { Conditions } from './conditions.ts';
import type { Config } from './config.ts';
import { type Command, type CommandRefusal, refusalOf } from './domain/command.ts';
import { verifyCommand } from './link/commands.ts';
import { pinnedPlatform } from './link/pinned-platform.ts';
import { PlatformRoot } from './link/platform-root.ts';
import { Rejection, type RejectionReason, rejectionOf } from './link/rejection.ts';
import type { Recorder } from './recorder.ts';
import { Roles } from './roles.ts';
import { StaffError } from './staff/commands.ts';
import type { Decision } from './staff/decisions.ts';
import { openLedger, type StateFolder } from './state-folder.ts';
import {
  doneWords,
  faultWords,
  orderWords,
  refusedWords,
  rejectedWords,
  repeatedWords,
} from './stick-words.ts';
import { LedgerError } from './store/ledger.ts';
import { LedgerFile } from './store/ledger-file.ts';
import { readStickOrder } from './transfer/stick-order.ts';
import { SOFTWARE } from './version.ts';

type Opened = Pick<StateFolder, 'ledger' | 'clock'>;

/** `words`: what may be kept of who and why. `staff`: runs it with a configuration, and prints what it says. */
export function stickCommands(
  program: CommandLine,
  words: (text: string) => string,
  staff: (file: string, work: (config: Config) => Promise<string>) => Promise<void>,
): void {
  const stick = program.command('stick').description('what a stick brings to this terminal');
  const config = ['--config <file>', "the terminal's configuration"] as const;
  stick
    .command('show <dir>')
    .description('say what it brings, and whether it would be taken; nothing is changed')
    .requiredOption(...config)
    .action((dir: string, { config: file }) => staff(file, (read) => showStick(read, dir)));
  stick
    .command('accept <dir>')
    .description('take what it brings: all of it, or nothing')
    .requiredOption(...config)
    .requiredOption('--by <who>', 'who decides it', words)
    .requiredOption('--why <why>', 'why', words)
    .action((dir: string, { config: file, by, why }) =>
      staff(file, (read) => acceptStick(read, dir, { by, why })),
    );
}

/** Says in words what the stick in this folder brings. Rejects with StaffError, in words, where it would not be taken. */
export function showStick(config: Config, directory: string): Promise<string> {
  return withOrder(config, directory, async (command, { ledger, clock }) => {
    const roles = rolesOf(config, { ledger, clock });
    const refusal =
      refusalOf(command, ledger.commands.newest(command.issuer), clock.now()) ??
      roles.refusalOf(command);
    if (refusal !== null) throw new StaffError(`${orderWords(command)}\n${refusedWords(refusal)}`);
    return orderWords(command);
  });
}

/** The same, and it is done. A daemon that runs hears of it and begins anew once nobody is served. */
export function acceptStick(
  config: Config,
  directory: string,
  decision: Decision,
): Promise<string> {
  return withOrder(config, directory, async (command, opened) => {
    const { ledger, clock } = opened;
    const before = ledger.lastFact().seq;
    const runner = new CommandRunner({
      recorder: recorderOf(opened),
      now: () => clock.now(),
      software: SOFTWARE,
      checks: async () => [],
      idle: async () => true,
      restart() {},
      roles: rolesOf(config, opened),
      quiet: async () => true,
      way: { how: 'stick', ...decision },
    });
    runner.take(command);
    await runner.decided();
    const subject = `command/${command.id}`;
    const said = [...ledger.facts(before)].find((fact) => fact.subject === subject);
    if (said === undefined) throw new StaffError(refusedWords(null));
    if (said.event === 'command.refused') {
      throw new StaffError(refusedWords(said.body['reason'] as CommandRefusal));
    }
    return `${orderWords(command)}\n${doneWords()}`;
  });
}

/** Of a ledger that was opened for one decision: the daemon's journal shows what is recorded. */
function recorderOf({
  ledger,
}: Pick<Opened, 'ledger'>): Pick<Recorder, 'ledger' | 'record' | 'note'> {
  return { ledger, record: (facts, { steps } = {}) => ledger.record(facts, steps), note() {} };
}

function rolesOf(config: Config, opened: Opened): Roles {
  return new Roles(config, { ...opened, recorder: recorderOf(opened) }, new Conditions());
}

async function withOrder<Result>(
  config: Config,
  directory: string,
  work: (command: Command, opened: Opened) => Promise<Result>,
): Promise<Result> {
  const { name: terminal, state } = config;
  const order = await readStickOrder(directory, terminal);
  if (typeof order === 'string') throw new StaffError(faultWords(order));
  if (!LedgerFile.isIn(state)) {
    throw new StaffError(`${state}: no ledger here; is it the state folder of a terminal?`);
  }
  const { clock, ledger } = opened(config);
  try {
    const command = await judged(order, terminal, { clock, ledger });
    if (typeof command === 'string') throw new StaffError(rejectedWords(command));
    if (ledger.commands.has(command.id)) throw new StaffError(repeatedWords());
    return await work(command, { clock, ledger });
  } finally {
    ledger.close();
    clock.close();
  }
}

function opened(config: Config): ReturnType<typeof openLedger> {
  try {
    return openLedger(config, { countsAsBoot: false });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new StaffError(error.message, { cause: error });
  }
}

/** Held against the root that the terminal has; whoever never met its platform believes nobody. */
async function judged(
  cms: Buffer,
  terminal: string,
  { ledger, clock }: Opened,
): Promise<Command | RejectionReason> {
  try {
    const ca = pinnedPlatform(ledger);
    if (ca === null) throw new Rejection('bad-signature', 'no platform was met yet');
    const root = new PlatformRoot({ ledger, now: () => clock.now(), journal() {} });
    return await verifyCommand(cms, { terminal, clock, signers: root.signers(ca) });
  } catch (error) {
    return rejectionOf(error).reason;
  }
}
