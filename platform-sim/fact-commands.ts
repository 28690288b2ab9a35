/** `kazasu-platform facts import`. */

import { z } from 'zod';
import { check, print, type RawOptions, STATE, text, withStores } from './commands.ts';
import { importFacts } from './fact-import.ts';

const OPTIONS = z.object({ ...STATE, by: text(1), why: text(1) });

export async function importRescued(file: string, raw: RawOptions): Promise<void> {
  const { state, ...decision } = check(OPTIONS, raw);
  await withStores(state, (stores) => {
    print({ event: 'facts.rescued', ...importFacts(stores, file, decision, Date.now()) });
  });
}
