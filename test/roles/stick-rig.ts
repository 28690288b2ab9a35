/** A terminal that met its platform once, and a stick with an order for it. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';
import type { PlatformKeys } from '../../platform-sim/signing.ts';
import { prepareStick, putOrder } from '../../platform-sim/transfer/stick.ts';
import type { Config } from '../../src/config.ts';
import type { ShelterRole } from '../../src/domain/role.ts';
import type { RoleKind } from '../../src/link/protocol.ts';
import { heldRole } from '../../src/role-config.ts';
import { orderPath } from '../../src/transfer/stick-order.ts';
import { FakePlatform, iso, json } from '../link/fake-platform.ts';
import { TERMINAL, TestTerminal, tempFolder } from '../link/fixtures.ts';
import { newRecipient } from '../transfer/rig.ts';

export const HOUR = 3_600_000;
const { certificate } = await newMunicipalityKey('990029', Date.now());
const recipient = (await newRecipient('990029')).certificate.toString();
export const ROLE: ShelterRole = {
  ...{ role: 'shelter', shelter: 'shiomi-elementary', name: '汐見小学校 避難所', capacity: 420 },
  ...{ list: 'evacuees-990029', municipality: '990029', until: iso(24 * HOUR) },
  certificate: certificate.toString('base64'),
};

/** A terminal that met its platform once, and is alone now. */
export async function terminal() {
  const platform = await FakePlatform.start();
  const met = new TestTerminal();
  const link = await met.connect(platform.url);
  await met.until('root.activated');
  await link.close();
  const config = { name: TERMINAL, state: met.state, services: {} } as Config;
  const facts = () => [...met.ledger.facts(0)].map(({ event, body }) => ({ event, body }));
  const order = (ordered: Ordered = {}) => signed({ keys: platform.keys, ...ordered });
  return { met, config, facts, order, role: () => heldRole(met.ledger) };
}

export interface Ordered {
  readonly says?: object;
  readonly keys?: PlatformKeys;
  readonly kind?: Exclude<RoleKind, 'issue-manifest' | 'alert'>;
}

export function signed({
  says,
  keys,
  kind = 'command',
}: Ordered & { readonly keys: PlatformKeys }): Promise<Buffer> {
  const command = {
    ...{ kind: 'command', id: randomUUID(), number: 7, to: [TERMINAL] },
    ...{ issuedAt: iso(-1_000), expires: iso(HOUR), do: { name: 'take-role', role: ROLE } },
    ...says,
  };
  return keys.sign(kind, json(command));
}

/** A prepared stick, and where the order of this terminal stands on it. */
export function stickWith(order: Uint8Array | null): {
  readonly stick: string;
  readonly file: string;
} {
  const stick = tempFolder();
  prepareStick(stick, recipient);
  if (order !== null) putOrder(stick, TERMINAL, order);
  return { stick, file: join(stick, ...orderPath(TERMINAL)) };
}
