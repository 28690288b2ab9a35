/** What `kazasu-platform evacuees` does: the municipality's register of who lives there. */

import { z } from 'zod';
import { MUNICIPALITY_CODE } from '../../src/link/alert-protocol.ts';
import { NAME } from '../../src/link/protocol.ts';
import { PlanStore } from '../alerts/plans.ts';
import {
  check,
  print,
  printPublished,
  type RawOptions,
  STATE,
  text,
  withStores,
} from '../commands.ts';
import { InputError } from '../input-error.ts';
import { openKeys } from '../stores.ts';
import { beginIncident } from '../town/incidents.ts';
import type { District } from './evacuee.ts';
import { publishEvacuees } from './evacuee-list.ts';
import { inventResidents } from './invented-residents.ts';
import { readResidentCsv } from './resident-csv.ts';
import { type RegisterEntry, ResidentStore } from './residents.ts';

/** An import that leaves out more than this part of the register is rather a wrong file. */
const REMOVED_SHARE_MAX = 0.1;
const INVENTED_MAX = 100_000;

const number = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/u, 'a whole number from 1 on')
    .transform(Number)
    .refine((value) => value <= most, `${most} at most`);
const IMPORT = z.object({
  ...STATE,
  municipality: MUNICIPALITY_CODE,
  list: NAME.exactOptional(),
  removeMany: z.boolean().default(false),
});
const INVENT = z.object({
  ...STATE,
  municipality: MUNICIPALITY_CODE,
  ...{ count: number(INVENTED_MAX), seed: number(9e6) },
});
const BEGIN = z.object({
  ...STATE,
  by: text(1),
  since: z.iso
    .datetime({ offset: true, error: 'a time with its zone, like 2026-11-21T16:40:00+09:00' })
    .transform((time) => Date.parse(time))
    .exactOptional(),
});

/** `evacuees import` */
export async function importEvacuees(csv: string, raw: RawOptions): Promise<void> {
  const { state, municipality, list, removeMany } = check(IMPORT, raw);
  const districts = districtsOf(state, municipality);
  takeRegister({ state, municipality }, readResidentCsv(csv, districts), removeMany);
  if (list !== undefined) await publishList(state, list);
}

/** `evacuees invent` */
export async function inventEvacuees(raw: RawOptions): Promise<void> {
  const { state, municipality, count, seed } = check(INVENT, raw);
  const districts = districtsOf(state, municipality);
  takeRegister({ state, municipality }, inventResidents({ count, seed, districts }), true);
}

/** `evacuees begin` */
export async function beginEvacuation(raw: RawOptions): Promise<void> {
  const now = Date.now();
  const { state, by, since = now } = check(BEGIN, raw);
  if (since > now) throw new InputError('--since is in the future');
  const residents = new ResidentStore(state);
  try {
    beginIncident(residents.db, since, by, now);
    print({ event: 'evacuees.begun', since: new Date(since).toISOString() });
  } finally {
    residents.close();
  }
}

/** Those of its plan. Throws InputError for a municipality that has none. */
function districtsOf(state: string, municipality: string): District[] {
  const plans = new PlanStore(state);
  try {
    return plans.planOf(municipality).districts.map(({ district }) => district);
  } finally {
    plans.close();
  }
}

function takeRegister(
  { state, municipality }: { readonly state: string; readonly municipality: string },
  entries: readonly RegisterEntry[],
  mayRemoveMany: boolean,
): void {
  const residents = new ResidentStore(state);
  try {
    residents.claim(municipality);
    const missing = residents.missing(new Set(entries.map((entry) => entry.number)));
    if (!mayRemoveMany && missing > residents.size * REMOVED_SHARE_MAX) {
      throw new InputError(
        `the file lacks ${missing} of the ${residents.size} people who are in the register; with --remove-many they are taken out`,
      );
    }
    print({ event: 'evacuees.imported', ...residents.replace(entries), all: residents.size });
  } finally {
    residents.close();
  }
}

/** Whoever has a card stands on the list of the shelters. */
async function publishList(state: string, list: string): Promise<void> {
  const keys = await openKeys(state);
  await withStores(state, async ({ registry, residents }) => {
    const listed = [...residents.registered()].flatMap(({ fingerprint, ...resident }) =>
      fingerprint === null ? [] : [{ ...resident, fingerprint }],
    );
    printPublished(await publishEvacuees(registry, keys, listed, { list }, Date.now()));
  });
}
