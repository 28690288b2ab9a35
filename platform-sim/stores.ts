/** What the platform keeps in its state folder. Several processes may have it open at once. */

import { join } from 'node:path';
import { AlertStore } from './alerts/alert-store.ts';
import { PlanStore } from './alerts/plans.ts';
import { CentreBooks } from './centre/books.ts';
import { ResidentStore } from './evacuation/residents.ts';
import { FactStore } from './facts.ts';
import { HeldLists } from './held-lists.ts';
import { madeOnce } from './made-once.ts';
import { Register } from './register.ts';
import { Registry } from './registry.ts';
import { PlatformKeys } from './signing.ts';
import { TerminalRegistry } from './terminal-registry.ts';

export interface Stores {
  readonly registry: Registry;
  readonly facts: FactStore;
  readonly terminals: TerminalRegistry;
  readonly register: Register;
  readonly centre: CentreBooks;
  readonly held: HeldLists;
  readonly residents: ResidentStore;
  readonly alerts: AlertStore;
  readonly plans: PlanStore;
  close(): void;
}

/** Opens or creates the state folder. Throws InputError when it can't be used. */
export function openStores(stateDirectory: string): Stores {
  const registry = new Registry(stateDirectory);
  const facts = new FactStore(stateDirectory);
  const terminals = new TerminalRegistry(stateDirectory);
  const register = new Register(stateDirectory, registry);
  const centre = new CentreBooks(stateDirectory);
  const held = new HeldLists(stateDirectory);
  const residents = new ResidentStore(stateDirectory);
  const alerts = new AlertStore(stateDirectory);
  const plans = new PlanStore(stateDirectory);
  const stores: Stores = {
    registry,
    facts,
    terminals,
    register,
    centre,
    held,
    residents,
    alerts,
    plans,
    close() {
      residents.close();
      alerts.close();
      plans.close();
      held.close();
      centre.close();
      register.close();
      registry.close();
      facts.close();
      terminals.close();
    },
  };
  tellAnnouncements(stores);
  return stores;
}

/** Where the root keys are until somebody takes them elsewhere. */
export function offlineFolder(stateDirectory: string): string {
  return PlatformKeys.offlineFolder(keysFolder(stateDirectory));
}

/** Where the keys of the platform and of the municipalities are. */
export function keysFolder(stateDirectory: string): string {
  return join(stateDirectory, 'keys');
}

/** The keys that sign what is published; made when there are none yet. */
export async function openKeys(stateDirectory: string): Promise<PlatformKeys> {
  const directory = keysFolder(stateDirectory);
  await madeOnce(directory, (aside) => PlatformKeys.openOrCreate(aside));
  return PlatformKeys.openOrCreate(directory);
}

/**
 * Moves what was published with a version into the platform's own ledger. The two are separate files, so a crash may
 * fall between them: the announcement stands until its fact does, and a fact is told once however often this runs.
 */
export function tellAnnouncements({ registry, facts }: Stores): void {
  for (const { id, event, subject, body, at } of registry.announcements()) {
    facts.appendOwn(id, event, subject, JSON.parse(body) as object, at);
    registry.withdrawAnnouncement(id);
  }
}
