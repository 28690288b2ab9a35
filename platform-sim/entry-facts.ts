/** What the facts of terminals say about who has entered, in the words of effects.ts. */

import type { EntryFact } from './effects.ts';
import { FACT } from './fact-schema.ts';

export const ENTRY_FACTS = [
  'entry.granted',
  'entry.passed',
  'entry.not-passed',
  'entry.left',
  'entry.undone',
] as const satisfies readonly EntryFact['event'][];

/** Those that are about `list`. `texts`: the exact texts of facts of these events. */
export function entryFactsOf(texts: Iterable<string>, list: string): EntryFact[] {
  const found: EntryFact[] = [];
  for (const text of texts) {
    const fact = FACT.parse(JSON.parse(text));
    if (fact.body['list'] !== list) continue;
    const event = ENTRY_FACTS.find((name) => name === fact.event);
    const { terminal, epoch, seq, at, clock, boot, mono, body } = fact;
    const { gate = terminal } = body;
    const [ref, ticket] = [textOf(body['ref']), textOf(body['ticket'])];
    if (event === undefined || (ref === null && ticket === null)) continue;
    if (typeof gate !== 'string') continue;
    const about = { event, ref, ticket, gate, terminal, epoch, seq, at, clock, boot, mono };
    const isAwaited = body['passage'] !== undefined;
    const grant = typeof body['grant'] === 'number' ? body['grant'] : null;
    found.push({ ...about, isAwaited, grant });
  }
  return found;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
