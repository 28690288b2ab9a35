/** `kazasu-platform stick ...`: facts that come by stick where there is no network. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MUNICIPALITY_CODE } from '../src/link/alert-protocol.ts';
import { NAME } from '../src/link/protocol.ts';
import { terminalOf } from './commanding.ts';
import { LIFE } from './commanding-commands.ts';
import { check, print, type RawOptions, STATE, text, withStores } from './commands.ts';
import { municipalityKey } from './evacuation/municipality-keys.ts';
import { InputError } from './input-error.ts';
import { readInputFile } from './input-file.ts';
import { openKeys } from './stores.ts';
import { importStick, prepareStick, putOrder } from './transfer/stick.ts';
import { putAlerts } from './transfer/stick-alerts.ts';
import { putList } from './transfer/stick-list.ts';

const OPTIONS = z.object({ ...STATE, municipality: MUNICIPALITY_CODE });
const PREPARE_OPTIONS = OPTIONS.extend({
  order: text(1).exactOptional(),
  list: NAME.exactOptional(),
  alerts: z.literal(true).exactOptional(),
  terminal: NAME.exactOptional(),
  expires: LIFE,
});
/** As a terminal reads them. */
const ORDER_BYTES_MAX = 65_536;
const IMPORT_OPTIONS = OPTIONS.extend({ by: text(1), why: text(1) });

/** `municipality key`: asked again, the same. */
export async function showMunicipalityKey(raw: RawOptions): Promise<void> {
  const { state, municipality } = check(OPTIONS, raw);
  const { certificate } = await municipalityKey(state, municipality);
  print({ event: 'municipality.key', municipality, certificate });
}

/** `stick prepare` */
export async function prepare(directory: string, raw: RawOptions): Promise<void> {
  const { state, municipality, order, list, alerts, expires, ...named } = check(
    PREPARE_OPTIONS,
    raw,
  );
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`${directory}: no folder; name the one where the stick is mounted`);
  }
  const { certificate } = await municipalityKey(state, municipality);
  const found = order === undefined ? null : await orderIn(state, order);
  const terminal = named.terminal ?? found?.terminal;
  if (found !== null && terminal !== found.terminal) {
    throw new InputError(`the order is for ${found.terminal}, not for ${terminal}`);
  }
  if (list !== undefined && terminal === undefined) {
    throw new InputError('--list: say for which terminal, by --terminal or --order');
  }
  const { stick } = prepareStick(directory, readFileSync(certificate, 'utf8'));
  // The list first: where it can't be put, the order is not there without it.
  if (list !== undefined && terminal !== undefined) {
    await withStores(state, async (stores) => {
      const time = { now: Date.now(), lifeMs: expires };
      const put = await putList(directory, stores, await openKeys(state), { list, terminal }, time);
      print({ event: 'stick.list-put', terminal, ...put });
    });
  }
  if (alerts === true) {
    await withStores(state, (stores) => {
      const count = putAlerts(directory, stores.alerts, municipality, Date.now());
      print({ event: 'stick.alerts-put', municipality, count });
    });
  }
  if (found !== null) putOrder(directory, found.terminal, found.signed);
  print({ event: 'stick.prepared', stick, directory, order: found?.terminal });
}

/** Throws InputError for what this platform did not sign as an order for one terminal. */
async function orderIn(
  state: string,
  file: string,
): Promise<{ readonly terminal: string; readonly signed: Buffer }> {
  const signed = readInputFile(file, ORDER_BYTES_MAX);
  if (typeof signed === 'string') throw new InputError(`${file}: ${signed}`);
  let terminal: string | null = null;
  await withStores(state, ({ registry }) => {
    terminal = terminalOf(registry, signed);
  });
  if (terminal === null) throw new InputError(`${file}: no order that "order --out" wrote here`);
  return { terminal, signed };
}

/** `stick import`. Exit code 2 when something on it was not taken in. */
export async function importFromStick(directory: string, raw: RawOptions): Promise<void> {
  const { state, municipality, ...decision } = check(IMPORT_OPTIONS, raw);
  const { key: recipient } = await municipalityKey(state, municipality);
  await withStores(state, (stores) => {
    const kept = join(state, 'parcels');
    const options = { recipient, kept, decision, now: Date.now() };
    const report = importStick(stores, directory, options);
    print({ event: 'stick.imported', ...report });
    if (report.refused.length > 0) process.exitCode = 2;
  });
}
