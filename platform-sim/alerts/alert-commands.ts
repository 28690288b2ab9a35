/** `kazasu-platform alert`: the municipality's desk as commands; options checked, JSON on stdout. */

import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { MUNICIPALITY_CODE } from '../../src/link/alert-protocol.ts';
import {
  type AddCommand,
  check,
  print,
  type RawOptions,
  STATE,
  text,
  withStores,
} from '../commands.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';
import { nameAlertKey } from '../root.ts';
import { offlineFolder, openKeys } from '../stores.ts';
import { AlertDesk } from './alert-desk.ts';
import { ALERT_ORDER } from './order.ts';
import { verifyAlert } from './verify-alert.ts';

const SIGNED_BYTES_MAX = 1_048_576;
const NOT_GENUINE = 1;

const BY = { ...STATE, by: text(1) };
const names = z.string().transform((joined) => joined.split(',').map((name) => name.trim()));
const minutes = z
  .string()
  .regex(/^\d{1,5}$/u, 'whole minutes')
  .transform(Number);
const WORDS = {
  what: text(1).exactOptional(),
  whatSimple: text(1).exactOptional(),
  whatEn: text(1).exactOptional(),
};
const SAYS = {
  ...WORDS,
  level: z
    .string()
    .regex(/^[2-5]$/u, '2, 3, 4 or 5')
    .transform(Number),
  districts: names,
  shelters: names.exactOptional(),
  minutes,
};
const PROPOSE = z.object({
  ...BY,
  ...SAYS,
  municipality: MUNICIPALITY_CODE,
  drill: z.boolean().default(false),
});

/** Adds `alert` and what stands below it. */
export function addAlerts(program: Command, command: AddCommand): void {
  const alert = program
    .command('alert')
    .description('evacuation alerts: one person proposes, another consents, then they are sent');
  command(alert, 'key', 'give a municipality a key to raise alerts with, and name it in the root')
    .argument('<municipality>', 'its code, six digits')
    .option('--offline <dir>', 'folder of the root keys (default: where they were made)')
    .action(giveKey);
  said(command(alert, 'propose', 'propose an alert; prints what somebody else consents to'))
    .requiredOption('--municipality <code>', 'whose alert it is')
    .option('--drill', 'an exercise, marked so on every screen')
    .action(propose);
  const about = (made: Command) =>
    made
      .argument('<alert>', 'as "alert list" shows it')
      .requiredOption('--by <who>', 'who proposes it');
  said(command(alert, 'update', 'propose to change an alert: raise, lower, other districts'), false)
    .argument('<alert>', 'as "alert list" shows it')
    .action((id: string, raw: RawOptions) => proposeChange({ do: 'update', alert: id }, raw));
  about(command(alert, 'extend', 'propose that it counts for longer'))
    .requiredOption('--minutes <number>', 'from now on')
    .action((id: string, raw: RawOptions) => {
      const { minutes: more } = check(z.object({ ...BY, minutes }), raw);
      return put({ do: 'extend', alert: id, minutes: more }, raw);
    });
  for (const [name, says] of [
    ['cancel', 'propose to take it back: it was a mistake'],
    ['all-clear', 'propose to end it: the danger is over'],
  ] as const) {
    worded(about(command(alert, name, says))).action((id: string, raw: RawOptions) => {
      const words = wordsOf(check(z.object({ ...BY, ...WORDS }), raw));
      return put({ do: name, alert: id, ...words }, raw);
    });
  }
  command(alert, 'consent', 'consent to a proposal of somebody else: it is signed and sent')
    .argument('<message>', 'as "alert propose" printed it')
    .requiredOption('--sha256 <hex>', 'of the document that was read, as "alert show" prints it')
    .requiredOption('--by <who>', 'who consents')
    .action(consent);
  command(alert, 'withdraw', 'take a proposal back before it is sent')
    .argument('<message>', 'as "alert propose" printed it')
    .requiredOption('--by <who>', 'who decided it')
    .action(withdraw);
  command(alert, 'list', 'show every message, the newest first, one JSON line each').action(list);
  command(alert, 'show', 'show a message and its document')
    .argument('<message>', 'as "alert list" shows it')
    .option('--signed <file>', 'write what was sent (CMS, DER) to this file')
    .action(show);
  command(alert, 'verify', 'check a signed alert by the root; exit code 1: not genuine')
    .argument('<file>', 'CMS, DER')
    .action(verify);
}

function worded(made: Command): Command {
  return made
    .option('--what <text>', 'what happened, in Japanese (default: the words of the level)')
    .option('--what-simple <text>', 'the same in やさしい日本語')
    .option('--what-en <text>', 'the same in English');
}

function said(made: Command, isNew = true): Command {
  return worded(made)
    .requiredOption('--level <number>', '2, 3, 4 or 5 (警戒レベル)')
    .requiredOption('--districts <ids>', 'whom it is for, with commas')
    .requiredOption('--minutes <number>', 'it counts for so long, unless it is ended or extended')
    .option('--shelters <ids>', 'only these, with commas (default: those of the plan)')
    .requiredOption('--by <who>', isNew ? 'who proposes it' : 'who proposes the change');
}

/** All three languages, or none: nobody is told less than others. */
function wordsOf({
  what,
  whatSimple,
  whatEn,
}: {
  what?: string;
  whatSimple?: string;
  whatEn?: string;
}) {
  if (what === undefined && whatSimple === undefined && whatEn === undefined) return {};
  if (what === undefined || whatSimple === undefined || whatEn === undefined) {
    throw new InputError('--what, --what-simple and --what-en belong together');
  }
  return { what: { ja: what, 'ja-simple': whatSimple, en: whatEn } };
}

async function propose(raw: RawOptions): Promise<void> {
  const { municipality, drill } = check(PROPOSE, raw);
  await proposeChange({ do: 'alert', municipality, drill }, raw);
}

async function proposeChange(order: object, raw: RawOptions): Promise<void> {
  const options = check(z.object({ ...BY, ...SAYS }), raw);
  const { level, districts, shelters, minutes: life } = options;
  const only = shelters === undefined ? {} : { shelters };
  await put({ ...order, level, districts, minutes: life, ...only, ...wordsOf(options) }, raw);
}

async function put(order: object, raw: RawOptions): Promise<void> {
  const { state, by } = check(z.object(BY), raw);
  const parsed = ALERT_ORDER.safeParse(order);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError(`--${issue?.path.join('.')}: ${issue?.message}`);
  }
  await atDesk(state, (desk) =>
    print({ event: 'alert.proposed', ...desk.propose(parsed.data, by) }),
  );
}

async function consent(id: string, raw: RawOptions): Promise<void> {
  const { state, by, sha256 } = check(z.object({ ...BY, sha256: z.string() }), raw);
  await atDesk(state, async (desk) =>
    print({ event: 'alert.sent', ...(await desk.consent(id, sha256, by)) }),
  );
}

async function withdraw(id: string, raw: RawOptions): Promise<void> {
  const { state, by } = check(z.object(BY), raw);
  await atDesk(state, (desk) => print({ event: 'alert.withdrawn', ...desk.withdraw(id, by) }));
}

async function list(raw: RawOptions): Promise<void> {
  await atDesk(check(z.object(STATE), raw).state, (desk) => {
    for (const entry of desk.list()) print(entry);
  });
}

async function show(id: string, raw: RawOptions): Promise<void> {
  const { state, signed } = check(z.object({ ...STATE, signed: z.string().exactOptional() }), raw);
  await atDesk(state, async (desk) => {
    print({ ...desk.entry(id), document: desk.document(id).toString('utf8') });
    if (signed === undefined) return;
    const cms = desk.signed(id);
    if (cms === null) throw new InputError(`${id} was not sent, so nothing is signed`);
    await writeFile(signed, cms);
  });
}

async function verify(file: string, raw: RawOptions): Promise<void> {
  const { state } = check(z.object(STATE), raw);
  const bytes = readInputFile(file, SIGNED_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${file} ${bytes}`);
  const keys = await openKeys(state);
  const { document, ...verdict } = await verifyAlert(bytes, keys.root, keys.caCertificate);
  print({ ...verdict, document: document?.toString('utf8') ?? null });
  if (!verdict.genuine) process.exitCode = NOT_GENUINE;
}

async function giveKey(municipality: string, raw: RawOptions): Promise<void> {
  const { state, offline } = check(
    z.object({ ...STATE, offline: z.string().min(1).exactOptional() }),
    raw,
  );
  if (!MUNICIPALITY_CODE.safeParse(municipality).success) {
    throw new InputError(`alert key ${municipality}: six digits, like "990029"`);
  }
  const keys = await openKeys(state);
  const folder = offline ?? offlineFolder(state);
  const version = await nameAlertKey(keys, folder, municipality, Date.now());
  await atDesk(state, (desk) => {
    const inForce = desk
      .list()
      .filter((entry) => entry.municipality === municipality && entry.standing === 'in-force');
    // Whoever comes now does not believe the old key: these have to be sent again, by extending or updating them.
    const sendAgain = inForce.map(({ alert }) => alert);
    print({ event: 'root.published', version, municipality, sendAgain });
  });
}

/** A platform that runs on the same folder tells terminals as soon as it sees what was signed here. */
async function atDesk(
  state: string,
  work: (desk: AlertDesk) => void | Promise<void>,
): Promise<void> {
  await withStores(state, async ({ alerts: store, plans }) => {
    const keys = await openKeys(state);
    await work(new AlertDesk({ store, keys, plans, now: Date.now, onSigned: () => {} }));
  });
}
