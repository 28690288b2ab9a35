/** `kazasu-platform order ...`: a terminal becomes the reader of a shelter for a while, and is itself again. */

import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { ShelterRole } from '../../src/domain/role.ts';
import { MUNICIPALITY_CODE } from '../../src/link/alert-protocol.ts';
import { NAME } from '../../src/link/protocol.ts';
import { type NewCommand, sendCommand } from '../commanding.ts';
import { LIFE } from '../commanding-commands.ts';
import { check, print, type RawOptions, STATE, text, withStores } from '../commands.ts';
import { InputError } from '../input-error.ts';
import { openKeys } from '../stores.ts';
import type { Shelter } from './evacuee.ts';
import { municipalityKey } from './municipality-keys.ts';
import type { ResidentStore } from './residents.ts';

/** Nobody counts on a role that nobody has thought about for so long. */
const UNTIL_DAYS_MAX = 92;
const DAY_MS = 86_400_000;

const ORDER = z.object({ ...STATE, terminal: NAME, expires: LIFE, out: text(1).exactOptional() });
const SHELTER_ORDER = ORDER.extend({
  municipality: MUNICIPALITY_CODE.exactOptional(),
  shelter: NAME,
  until: z.iso
    .datetime({ offset: true, error: 'a time with its zone, like 2026-12-24T09:00:00+09:00' })
    .transform((time) => Date.parse(time)),
  list: NAME.exactOptional(),
});

/** Throws InputError for a shelter that the municipality does not have, and a time that is past or too far away. */
export function shelterOrder(
  shelters: readonly Shelter[],
  order: Pick<ShelterRole, 'shelter' | 'list' | 'municipality'> & { readonly until: number },
  certificate: Uint8Array,
  now: number,
): ShelterRole {
  const known = shelters.find(({ id }) => id === order.shelter);
  if (known === undefined) {
    const ids = shelters.map(({ id }) => id).join(', ');
    throw new InputError(`there is no shelter ${order.shelter}; there are ${ids}`);
  }
  if (order.until <= now || order.until > now + UNTIL_DAYS_MAX * DAY_MS) {
    throw new InputError(`--until: a time within the next ${UNTIL_DAYS_MAX} days`);
  }
  return {
    ...order,
    role: 'shelter',
    name: `${known.name} 避難所`,
    capacity: known.capacity,
    certificate: Buffer.from(certificate).toString('base64'),
    until: new Date(order.until).toISOString(),
  };
}

/** `order shelter` */
export async function orderShelter(raw: RawOptions): Promise<void> {
  const order = check(SHELTER_ORDER, raw);
  const { state, terminal, shelter, until } = order;
  const { municipality, shelters } = await withStores(state, async ({ plans, residents }) => {
    const code = order.municipality ?? municipalityOf(residents);
    return { municipality: code, shelters: plans.planOf(code).shelters };
  });
  const { certificate } = await municipalityKey(state, municipality);
  const { raw: der } = new X509Certificate(readFileSync(certificate));
  const said = { municipality, shelter, until, list: order.list ?? `evacuees-${municipality}` };
  const role = shelterOrder(shelters, said, der, Date.now());
  await give(order, { to: [terminal], does: 'take-role', role, lifeMs: order.expires });
}

function municipalityOf({ municipality }: ResidentStore): string {
  if (municipality !== null) return municipality;
  throw new InputError(
    '--municipality: whose shelter it is; no register is here that would say it',
  );
}

/** `order end` */
export async function orderEnd(raw: RawOptions): Promise<void> {
  const order = check(ORDER, raw);
  await give(order, { to: [order.terminal], does: 'end-role', lifeMs: order.expires });
}

/** `out`: a file for the stick; it goes over the link besides. */
async function give(
  { state, terminal, out }: z.infer<typeof ORDER>,
  command: NewCommand,
): Promise<void> {
  await withStores(state, async ({ registry }) => {
    const sent = await sendCommand(registry, await openKeys(state), command, Date.now());
    if (out !== undefined) writeFileSync(out, sent.signed, { flush: true });
    const { id, number } = sent;
    print({ event: 'order.sent', terminal, does: command.does, id, number, file: out });
  });
}
