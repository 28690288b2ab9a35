/** What `kazasu-platform town` and `kazasu-platform clerk` do. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { MUNICIPALITY_CODE } from '../../src/link/alert-protocol.ts';
import { PlanStore } from '../alerts/plans.ts';
import { check, print, type RawOptions, STATE, text } from '../commands.ts';
import { Contacts } from '../contacts.ts';
import { ResidentStore } from '../evacuation/residents.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';
import { openKeys, openStores } from '../stores.ts';
import { AccessLog } from './access-log.ts';
import { CLERK_ROLES, Clerks, PASSWORD_LEAST, PASSWORD_MOST } from './clerks.ts';
import { openMunicipalTown } from './municipal-town.ts';
import { openTownServer, TownServerError } from './server.ts';

const PASSWORD_FILE_BYTES_MAX = 1_024;
/** 120 bits. */
const MADE_BYTES = 15;
const BUILT_PAGES = join(import.meta.dirname, '../../build/kiosk-ui');

const SERVE = z.object({
  ...STATE,
  port: z
    .string()
    .regex(/^\d{1,5}$/u, 'a port')
    .transform(Number)
    .refine((port) => port <= 65_535, '65535 at most'),
});
const ADD = z.object({
  ...STATE,
  role: z.enum(CLERK_ROLES),
  municipality: MUNICIPALITY_CODE.exactOptional(),
  passwordFile: z.string().min(1).exactOptional(),
});
const LOG = z.object({
  ...STATE,
  ref: z
    .string()
    .regex(/^[0-9a-f]{32}$/u, 'a reference id')
    .exactOptional(),
});

/** `town`: until SIGTERM or SIGINT. */
export async function serveTown(raw: RawOptions): Promise<void> {
  const { state, port } = check(SERVE, raw);
  process.stdout.on('error', () => {});
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  const stores = openStores(state);
  const { residents } = stores;
  const contacts = new Contacts(state);
  try {
    const now = Date.now;
    const keys = await openKeys(state);
    const { town, map } = openMunicipalTown({ stores, contacts, keys, now });
    const server = await openTownServer({
      ...{ town, port, now, files: BUILT_PAGES, map },
      clerks: new Clerks(residents.db),
      log: new AccessLog(residents.db),
    });
    print({ event: 'town.ready', url: server.origin });
    print({ event: 'town.stopping', signal: await asked });
    await server.close();
  } catch (error) {
    if (error instanceof TownServerError) throw new InputError(error.message);
    throw error;
  } finally {
    contacts.close();
    stores.close();
  }
}

/** `clerk add` */
export async function addClerk(name: string, raw: RawOptions): Promise<void> {
  const { state, role, municipality: code, passwordFile } = check(ADD, raw);
  const parsed = text(1).safeParse(name);
  if (!parsed.success || parsed.data.length > 64) {
    throw new InputError('the name is one line of 64 characters at most');
  }
  const password =
    passwordFile === undefined
      ? randomBytes(MADE_BYTES).toString('base64url')
      : passwordIn(passwordFile);
  const clerk = { name: parsed.data, role };
  if (code !== undefined) knownMunicipality(state, code);
  const municipality = await withResidents(state, async (residents) => {
    if (code !== undefined) residents.claim(code);
    if (residents.municipality === null) {
      throw new InputError('--municipality: whose clerk; no register is here that would say it');
    }
    await new Clerks(residents.db).put(clerk, password);
    return residents.municipality;
  });
  print({
    event: 'clerk.added',
    ...clerk,
    municipality,
    ...(passwordFile === undefined && { password }),
  });
}

/** `clerk remove` */
export async function removeClerk(name: string, raw: RawOptions): Promise<void> {
  const { state } = check(z.object(STATE), raw);
  await withResidents(state, async ({ db }) => {
    if (!new Clerks(db).remove(name)) throw new InputError(`nobody is called ${name}`);
    print({ event: 'clerk.removed', name });
  });
}

/** `clerk list` */
export async function listClerks(raw: RawOptions): Promise<void> {
  await withResidents(check(z.object(STATE), raw).state, async ({ db }) => {
    for (const clerk of new Clerks(db).all()) print(clerk);
  });
}

/** `clerk log` */
export async function showAccess(raw: RawOptions): Promise<void> {
  const { state, ref = null } = check(LOG, raw);
  await withResidents(state, async ({ db }) => {
    for (const { at, ...access } of new AccessLog(db).entries({ ref })) {
      print({ at: new Date(at).toISOString(), ...access });
    }
  });
}

/** Throws InputError for a municipality without a plan: its page could show nothing. */
function knownMunicipality(state: string, code: string): void {
  const plans = new PlanStore(state);
  try {
    plans.planOf(code);
  } finally {
    plans.close();
  }
}

async function withResidents<Result>(
  state: string,
  work: (residents: ResidentStore) => Promise<Result>,
): Promise<Result> {
  const residents = new ResidentStore(state);
  try {
    return await work(residents);
  } finally {
    residents.close();
  }
}

function passwordIn(file: string): string {
  const bytes = readInputFile(file, PASSWORD_FILE_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`--password-file ${file} ${bytes}`);
  const [line = ''] = bytes.toString('utf8').split(/\r?\n/u);
  if (line.length >= PASSWORD_LEAST && line.length <= PASSWORD_MOST) return line;
  throw new InputError(
    `--password-file ${file}: a password has ${PASSWORD_LEAST} to ${PASSWORD_MOST} characters`,
  );
}
