/** The role that a terminal has for a while, as its ledger keeps it, and what its configuration is then. */

import { join } from 'node:path';
import type { Config } from './config.ts';
import type { HeldRole } from './domain/role.ts';
import { ROLE_ORDER } from './link/role-protocol.ts';
import type { Ledger } from './store/ledger.ts';

/** In the ledger's settings; empty once the role has ended. */
export const ROLE_SETTING = 'role';

/** As it is kept: the order, and the command that brought it. */
export function roleText(role: HeldRole): string {
  return JSON.stringify(role);
}

/** Null: the terminal is what it is configured to be. For whoever only looks, too. */
export function heldRole(ledger: Pick<Ledger, 'get'>): HeldRole | null {
  const kept = ledger.get(ROLE_SETTING) ?? '';
  if (kept === '') return null;
  const { command, ...order } = JSON.parse(kept) as HeldRole;
  const read = ROLE_ORDER.safeParse(order);
  // Of other software, in a form that this one does not know: it is no order here.
  return read.success ? { ...read.data, command } : null;
}

/** Where the municipality's certificate is kept that the order brought. */
export function roleSealFile(state: string): string {
  return join(state, 'role-municipality.der');
}

/**
 * What a shelter has no use for is not opened: a turnstile that is off or a printer of certificates without paper must not
 * close it. What was begun there waits in the ledger. The gates of its venue may have become readers of the same shelter: they
 * tell each other who came, as they told each other who entered.
 */
export function inRole(config: Config, role: HeldRole | null): Config {
  if (role === null) return config;
  const { shelter, name, capacity, list } = role;
  const key = { 'municipality-key': roleSealFile(config.state) };
  return {
    ...config,
    services: { 'evacuation-shelter': { shelter, name, capacity, list, ...key } },
    turnstile: undefined,
    release: undefined,
    page: undefined,
    payment: undefined,
  };
}
