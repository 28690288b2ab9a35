/** `kazasu-platform facts import` and `facts forget`. */

import { randomUUID } from 'node:crypto';
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

const DAY_MS = 86_400_000;
const FORGET_OPTIONS = OPTIONS.extend({
  olderThan: z
    .string()
    .regex(/^[1-9]\d{0,4}d$/u, 'days, like 400d')
    .transform((days) => Number.parseInt(days, 10) * DAY_MS),
});

/** Facts about tickets of lists that are published stay: they say who has entered. */
export async function forgetFacts(raw: RawOptions): Promise<void> {
  const { state, olderThan, ...decision } = check(FORGET_OPTIONS, raw);
  await withStores(state, ({ facts, registry }) => {
    const now = Date.now();
    const before = new Date(now - olderThan).toISOString();
    const lists = new Set(registry.publications().map(({ list }) => list));
    const decides = (subject: string) => lists.has(subject.slice(0, subject.indexOf('/')));
    const count = facts.forget(before, decides);
    const body = { before, count, ...decision };
    facts.appendOwn(randomUUID(), 'facts.forgotten', 'facts', body, now);
    print({ event: 'facts.forgotten', ...body });
  });
}
