/** `kazasu-platform entries ...`: what the facts of all gates together say about who came in. */

import { z } from 'zod';
import { check, print, type RawOptions, STATE, withStores } from './commands.ts';
import { type DoubleEntry, doubleEntries, type Grant } from './double-entries.ts';
import { entryListManifest, listedRows } from './entry-lists.ts';
import type { Stores } from './stores.ts';

const OPTIONS = z.object({
  ...STATE,
  list: z.string().exactOptional(),
  json: z.boolean().default(false),
});

/** `entries doubles` */
export async function showDoubles(raw: RawOptions): Promise<void> {
  const { state, list: only, json } = check(OPTIONS, raw);
  await withStores(state, (stores) => {
    const { registry } = stores;
    if (only !== undefined) entryListManifest(registry, only);
    const lists = registry.publications().filter(({ kind }) => kind === 'entry-list');
    for (const { list } of lists) {
      if (only !== undefined && list !== only) continue;
      for (const double of doublesOf(stores, list)) {
        if (json) print({ list, ...double });
        else process.stdout.write(`${linesOf(list, double)}\n`);
      }
    }
  });
}

/** The tickets of one list that were let in twice. */
export function doublesOf(
  { facts, registry }: Pick<Stores, 'facts' | 'registry'>,
  list: string,
): DoubleEntry[] {
  const clocks = {
    origins: facts.clockOrigins(),
    samplesOf: facts.clockSamples.bind(facts),
    receivedAt: facts.receivedAt.bind(facts),
  };
  const { reentry } = entryListManifest(registry, list);
  const rules = { reentry, now: Date.now() };
  return doubleEntries(facts.entryFacts(list), clocks, listedRows(registry, list), rules);
}

function linesOf(list: string, { ticket, grants, first }: DoubleEntry): string {
  const which = grants[first ?? -1];
  const verdict =
    which === undefined
      ? 'which came first cannot be said'
      : `${which.gate} (${which.terminal}) was first`;
  const lines = grants.map((grant) => `  ${grant.gate} (${grant.terminal}) ${whenOf(grant)}`);
  return [`${list}, ticket ${ticket ?? 'unknown'}: ${verdict}`, ...lines].join('\n');
}

function whenOf({ at, earliest, latest, uncertaintyMs }: Grant): string {
  if (uncertaintyMs !== null) return `at ${at}, between ${earliest} and ${latest}`;
  if (latest === null) return `at ${at} by its own clock`;
  return `at ${at} by its own clock, not after ${latest}; never synced in that boot`;
}
