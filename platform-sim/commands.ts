/** What each command of `kazasu-platform` does: options checked, the state folder opened, JSON on stdout. */

import { setInterval } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { NOT_STOPPED } from '../src/domain/assurance-limits.ts';
import { ASSURANCE_LEVELS } from '../src/domain/entry-list.ts';
import { ENTRY_LIST_MANIFEST, NAME } from '../src/link/protocol.ts';
import { entriesOf } from './effects.ts';
import { readEntryCsv } from './entry-csv.ts';
import {
  changeTicket,
  entryListManifest,
  importEntryList,
  type ListSettings,
  listedRows,
  REENTRY_RULES,
} from './entry-lists.ts';
import type { FactStore } from './facts.ts';
import { InputError } from './input-error.ts';
import { addInstitution, listInstitutions, revokeInstitution } from './institutions.ts';
import { OcspResponder } from './ocsp-responder.ts';
import { startPlatform } from './platform.ts';
import type { Publication } from './registry.ts';
import { readRenewal, renewCard } from './renewals.ts';
import { openKeys, openStores, type Stores, tellAnnouncements } from './stores.ts';
import type { PlatformLog } from './terminals.ts';
import { addTrust, listTrust } from './trust.ts';

const FOLLOW_MS = 200;

/** Adds a command below another one, with the option that every command has: `--state`. */
export type AddCommand = (parent: Command, name: string, says: string) => Command;

export type RawOptions = Readonly<Record<string, unknown>>;

export const STATE = { state: z.string().min(1) };
const wholeNumber = (least: number, most: number) =>
  numberLike(/^\d{1,9}$/u, least, most, `a whole number from ${least} to ${most}`);
const hours = numberLike(/^\d{1,5}(\.\d+)?$/u, 0.01, 87_600, 'hours: a number over 0');
export const text = (least: number) =>
  z
    .string()
    .trim()
    .min(least)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'one line of text, 200 characters at most');
const instant = z.iso
  .datetime({ offset: true, error: 'a time with its zone, like 2016-02-20T18:00:00+09:00' })
  .transform((time) => new Date(time).toISOString());
const names = z
  .string()
  .transform((joined) => joined.split(',').map((name) => name.trim()))
  .transform((split) => split.filter((name) => name !== ''))
  .pipe(z.array(NAME).max(10_000));

const SERVE_OPTIONS = z.object({
  ...STATE,
  port: wholeNumber(0, 65_535),
  tlsPort: wholeNumber(0, 65_535).optional(),
  beatMs: wholeNumber(100, 600_000),
  ocsp: z.string().min(1).exactOptional(),
  clerkAfter: z
    .string()
    .regex(/^\d{1,5}[sm]$/u, 'a time like 30s or 10m')
    .transform((text) => Number.parseInt(text, 10) * (text.endsWith('m') ? 60_000 : 1_000))
    .exactOptional(),
  allHours: z.boolean().default(false),
});
const TRUST_OPTIONS = z.object({
  ...STATE,
  ca: z.array(z.string()).default([]),
  crl: z.array(z.string()).default([]),
});
const INSTITUTION_OPTIONS = z.object({ ...STATE, key: z.string(), certificate: z.string() });
const REGISTER_OPTIONS = z.object({ ...STATE, csv: z.string() });
const SIGNING_AUTHORITY_OPTIONS = z.object({ ...STATE, ca: z.string(), crl: z.string() });
const IMPORT_OPTIONS = z.object({
  ...STATE,
  list: z.string(),
  csv: z.string(),
  title: text(1).exactOptional(),
  assurance: z.enum(ASSURANCE_LEVELS).exactOptional(),
  place: text(0).exactOptional(),
  startsAt: instant.exactOptional(),
  validFrom: instant.exactOptional(),
  validTo: instant.exactOptional(),
  oldAfterHours: hours.exactOptional(),
  tooOldAfterHours: hours.exactOptional(),
  whenTooOld: z.enum(['admit', 'refuse']).exactOptional(),
  reentry: z.enum(REENTRY_RULES).exactOptional(),
  audience: names.exactOptional(),
  newKey: z.boolean().exactOptional(),
});
const RENEWAL_OPTIONS = z.object({ ...STATE, old: z.string(), new: z.string() });
const TICKET_OPTIONS = z.object({
  ...STATE,
  list: z.string(),
  ticket: z.string(),
  by: text(1),
  why: text(1),
});
const FACTS_OPTIONS = z.object({
  ...STATE,
  follow: z.boolean().default(false),
  quarantined: z.boolean().default(false),
});

function numberLike(form: RegExp, least: number, most: number, right: string) {
  const fits = (value: number) => value >= least && value <= most;
  return z.string().regex(form, right).transform(Number).refine(fits, right);
}

/** Throws InputError that names the option as it is typed. */
export function check<T>(schema: z.ZodType<T>, raw: RawOptions): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0]);
  const option = key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
  throw new InputError(`--${option} ${JSON.stringify(raw[key])}: ${issue?.message}`);
}

export function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A reader that has enough (`| head`) is no failure. */
function endQuietlyWhenUnread(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

export async function withStores<Result>(
  state: string,
  run: (stores: Stores) => Result | Promise<Result>,
): Promise<Result> {
  endQuietlyWhenUnread();
  const stores = openStores(state);
  try {
    return await run(stores);
  } finally {
    stores.close();
  }
}

/** `serve`: until SIGTERM or SIGINT. */
export async function serve(raw: RawOptions): Promise<void> {
  const {
    state,
    ocsp: authority,
    clerkAfter = null,
    allHours,
    ...ports
  } = check(SERVE_OPTIONS, raw);
  // The terminals matter more than whoever reads this output: it may go away.
  process.stdout.on('error', () => {});
  const log: PlatformLog = (event, fields) =>
    print({ event, at: new Date().toISOString(), ...fields });
  const asked = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
  });
  const ocsp = authority === undefined ? undefined : await OcspResponder.ofFolder(authority);
  const centre = { clerkAfterMs: clerkAfter, allHours };
  const platform = await startPlatform({ stateDirectory: state, ...ports, log, ocsp, centre });
  const { url, port, secureUrl } = platform;
  log('platform.ready', { url, port, ...(secureUrl !== null && { secureUrl }) });
  log('platform.stopping', { signal: await asked });
  await platform.close();
}

/** `trust add` */
export async function trustCa(raw: RawOptions): Promise<void> {
  const { state, ca, crl } = check(TRUST_OPTIONS, raw);
  if (ca.length + crl.length === 0) throw new InputError('give --ca FILE, --crl FILE or both');
  await withStores(state, async ({ registry }) => {
    const changed = await addTrust(registry, await openKeys(state), { ca, crl }, Date.now());
    const { version, anchors, crls } = listTrust(registry);
    const event = changed ? 'trust.published' : 'trust.unchanged';
    print({ event, version, anchors: anchors.length, crls: crls.length });
  });
}

/** `trust list` */
export async function showTrust(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ registry }) => print(listTrust(registry)));
}

/** `register import` */
export async function importRegister(raw: RawOptions): Promise<void> {
  const { state, csv } = check(REGISTER_OPTIONS, raw);
  await withStores(state, ({ register }) => {
    print({ event: 'register.imported', holders: register.take(csv) });
  });
}

/** `register signing-authority` */
export async function takeSigningAuthority(raw: RawOptions): Promise<void> {
  const { state, ...files } = check(SIGNING_AUTHORITY_OPTIONS, raw);
  await withStores(state, ({ register }) => {
    register.takeSigningAuthority(files);
    print({ event: 'register.signing-authority-taken' });
  });
}

/** `institution add` */
export async function addInstitutionKey(raw: RawOptions): Promise<void> {
  const { state, ...files } = check(INSTITUTION_OPTIONS, raw);
  await withStores(state, async ({ registry }) => {
    const keys = await openKeys(state);
    const { id, changed } = await addInstitution(registry, keys, files, Date.now());
    print({ event: changed ? 'institution.published' : 'institution.unchanged', id });
  });
}

/** `institution list` */
export async function showInstitutions(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ registry }) => {
    for (const institution of listInstitutions(registry)) print(institution);
  });
}

/** `institution revoke` */
export async function revokeInstitutionKey(id: string, raw: RawOptions): Promise<void> {
  const { state } = check(z.object(STATE), raw);
  await withStores(state, async ({ registry }) => {
    await revokeInstitution(registry, await openKeys(state), id, Date.now());
    print({ event: 'institution.revoked', id });
  });
}

/** `list import` */
export async function importList(raw: RawOptions): Promise<void> {
  const { state, list, csv, oldAfterHours, tooOldAfterHours, whenTooOld, ...said } = check(
    IMPORT_OPTIONS,
    raw,
  );
  const rows = readEntryCsv(csv);
  const settings: ListSettings = {
    ...said,
    staleness: {
      ...(oldAfterHours !== undefined && { oldAfterHours }),
      ...(tooOldAfterHours !== undefined && { tooOldAfterHours }),
      ...(whenTooOld !== undefined && { whenTooOld }),
    },
  };
  await withStores(state, async ({ registry }) => {
    const keys = await openKeys(state);
    const published = await importEntryList(registry, keys, list, rows, settings, Date.now());
    printPublished(published);
  });
}

export function printPublished(publication: Publication): void {
  const manifest = ENTRY_LIST_MANIFEST.parse(JSON.parse(publication.manifest));
  const { list, version, rows, chunks, delta, assurance } = manifest;
  const deltaBytes = delta?.bytes ?? null;
  const notStopped = NOT_STOPPED[assurance].en;
  const what = { list, version, rows, chunks: chunks.length, deltaBytes, assurance, notStopped };
  print({ event: 'list.published', ...what });
}

/** `list show` */
export async function showList(list: string, raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ registry, facts }) => {
    const { chunks: _, ...manifest } = entryListManifest(registry, list);
    const listed = listedRows(registry, list);
    const rules = { reentry: manifest.reentry, now: Date.now() };
    const entries = entriesOf(facts.entryFacts(list), facts.clockOrigins(), listed, rules);
    const rows = listed.map((row) => ({ ...row, entered: entries.get(row.ref) ?? null }));
    const unknown = [...entries].filter(([, { flag }]) => flag === 'unknown-ticket');
    const unknownTickets = unknown.map(([key, entered]) => ({
      ticket: key.slice('ticket:'.length),
      entered,
    }));
    process.stdout.write(`${JSON.stringify({ ...manifest, rows, unknownTickets }, null, 2)}\n`);
  });
}

/** `list list` */
export async function showLists(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ registry }) => {
    for (const { kind, list } of registry.publications()) {
      if (kind !== 'entry-list') continue;
      const { chunks: _, ...manifest } = entryListManifest(registry, list);
      print({ ...manifest, notStopped: NOT_STOPPED[manifest.assurance].en });
    }
  });
}

/** `ticket cancel` */
export function cancelTicket(raw: RawOptions): Promise<void> {
  return changeTicketBy(raw, true);
}

/** `ticket restore` */
export function restoreTicket(raw: RawOptions): Promise<void> {
  return changeTicketBy(raw, false);
}

async function changeTicketBy(raw: RawOptions, cancelled: boolean): Promise<void> {
  const { state, ...change } = check(TICKET_OPTIONS, raw);
  await withStores(state, async (stores) => {
    const keys = await openKeys(state);
    const published = await changeTicket(
      stores.registry,
      keys,
      { ...change, cancelled },
      Date.now(),
    );
    tellAnnouncements(stores);
    printPublished(published);
  });
}

/** `renewal add` */
export async function addRenewal(raw: RawOptions): Promise<void> {
  const { state, ...files } = check(RENEWAL_OPTIONS, raw);
  const renewal = readRenewal(files);
  await withStores(state, async (stores) => {
    const keys = await openKeys(state);
    const published = await renewCard(stores.registry, keys, renewal, Date.now());
    tellAnnouncements(stores);
    for (const version of published) printPublished(version);
    print({ event: 'renewal.recorded', lists: published.length });
  });
}

/** `facts` */
export async function showFacts(raw: RawOptions): Promise<void> {
  const { state, follow, quarantined } = check(FACTS_OPTIONS, raw);
  if (follow && quarantined) throw new InputError('--quarantined shows what is there; no --follow');
  await withStores(state, async ({ facts }) => {
    if (quarantined) for (const { json } of facts.quarantined()) printFact(json);
    else if (follow) await followFacts(facts);
    else printFactsSince(facts, 0);
  });
}

/** Until SIGINT or SIGTERM. */
async function followFacts(facts: FactStore): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  let mark = facts.changeMark();
  let arrival = printFactsSince(facts, 0);
  try {
    for await (const _ of setInterval(FOLLOW_MS, null, { signal: stop.signal })) {
      const found = facts.changeMark();
      if (found === mark) continue;
      mark = found;
      arrival = printFactsSince(facts, arrival);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

/** Returns the arrival number of the newest fact printed. */
function printFactsSince(facts: FactStore, after: number): number {
  let newest = after;
  for (const { arrival, json } of facts.since(after)) {
    printFact(json);
    newest = arrival;
  }
  return newest;
}

/** The event's own fields stand beside what every fact has, and never in its place. */
function printFact(json: string): void {
  const { terminal, epoch, seq, event, at, body } = JSON.parse(json) as Record<string, unknown>;
  print({
    ...{ terminal, epoch, seq, event, at },
    ...(body as object),
    terminal,
    epoch,
    seq,
    event,
    at,
  });
}

/** `terminals` */
export async function showTerminals(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, ({ facts, held, registry }) => {
    for (const record of facts.terminals()) {
      print({ ...record, lists: held.of(record.terminal, registry, Date.now()) });
    }
  });
}
