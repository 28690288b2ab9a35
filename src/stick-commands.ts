/**
 * `kazasu stick ...`: what a stick brings to a terminal that no network reaches. Judged as what comes over the link is, by the
 * same functions; somebody at the keyboard says that it is to be done, and why.
 */

import type { Command as CommandLine } from 'commander';
import { Conditions } from './conditions.ts';
import type { Config } from './config.ts';
import type { Command } from './domain/command.ts';
import { Roles } from './roles.ts';
import { StaffError } from './staff/commands.ts';
import type { Decision } from './staff/decisions.ts';
import { openLedger, type StateFolder } from './state-folder.ts';
import {
  followOrder,
  judgeOrder,
  orderOf,
  refusalNow,
  type StickOrderParts,
} from './stick-orders.ts';
import { doneWords, faultWords, listWords, orderWords } from './stick-words.ts';
import { LedgerError } from './store/ledger.ts';
import { LedgerFile } from './store/ledger-file.ts';
import { readStickHead, readStickOrder } from './transfer/stick-order.ts';

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
    .description("follow the order that it brings; a list is taken at the terminal's own screen")
    .requiredOption(...config)
    .requiredOption('--by <who>', 'who decides it', words)
    .requiredOption('--why <why>', 'why', words)
    .action((dir: string, { config: file, by, why }) =>
      staff(file, (read) => acceptStick(read, dir, { by, why })),
    );
}

/** Says in words what the stick in this folder brings. Rejects with StaffError, in words, where it would not be taken. */
export function showStick(config: Config, directory: string): Promise<string> {
  return withOrder(config, directory, async (command, parts) => {
    const refusal = refusalNow(command, parts);
    const order = orderOf(command);
    const words = order === null ? [] : [orderWords(order)];
    if (refusal !== null) throw new StaffError([...words, faultWords(refusal)].join('\n'));
    return words.join('\n');
  });
}

/** The same, and it is done. A daemon that runs hears of it and begins anew once nobody is served. */
export function acceptStick(
  config: Config,
  directory: string,
  decision: Decision,
): Promise<string> {
  return withOrder(config, directory, async (command, parts) => {
    const order = orderOf(command);
    if (order === null) throw new StaffError(faultWords('unknown-command'));
    const fault = await followOrder(command, parts, decision);
    if (fault !== null) throw new StaffError(faultWords(fault));
    return `${orderWords(order)}\n${doneWords()}`;
  });
}

/** Of a list beside the order it is said that there is one: it belongs to the daemon, which has the lists open. */
async function withOrder(
  config: Config,
  directory: string,
  work: (command: Command, parts: StickOrderParts) => Promise<string>,
): Promise<string> {
  const { name: terminal, state } = config;
  const order = await readStickOrder(directory, terminal);
  const beside = (await readStickHead(directory, terminal)) === 'none' ? [] : [listWords()];
  if (typeof order === 'string') throw new StaffError([faultWords(order), ...beside].join('\n'));
  if (!LedgerFile.isIn(state)) {
    throw new StaffError(`${state}: no ledger here; is it the state folder of a terminal?`);
  }
  const { clock, ledger } = opened(config);
  try {
    const parts = partsOf(config, { clock, ledger });
    const command = await judgeOrder(order, parts);
    if (typeof command === 'string') throw new StaffError(faultWords(command));
    return [await work(command, parts), ...beside].join('\n');
  } finally {
    ledger.close();
    clock.close();
  }
}

/** Of a ledger that was opened for one decision: the daemon's journal shows what is recorded. */
function partsOf(
  config: Config,
  { ledger, clock }: Pick<StateFolder, 'ledger' | 'clock'>,
): StickOrderParts {
  const recorder: StickOrderParts['recorder'] = {
    ledger,
    record: (facts, { steps } = {}) => ledger.record(facts, steps),
    note() {},
  };
  const roles = new Roles(config, { ledger, clock, recorder }, new Conditions());
  return { terminal: config.name, ledger, clock, recorder, roles };
}

function opened(config: Config): ReturnType<typeof openLedger> {
  try {
    return openLedger(config, { countsAsBoot: false });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new StaffError(error.message, { cause: error });
  }
}
