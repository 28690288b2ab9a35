/**
 * Tickets that were let in twice, at gates that could not see each other: which came first, and whether that can be said at
 * all. A pure function of the facts and of what is known of the gates' clocks, whatever the order of arrival.
 */

import { type BootOf, type ClockSample, type Interval, intervalAt } from './clock-samples.ts';
import {
  type EntryFact,
  type EntryRules,
  entriesOf,
  type KnownTicket,
  type OnGrant,
} from './effects.ts';
import { type ClockOrigin, isPlausibleMono } from './fact-order.ts';

/** One of the grants. Times: ISO 8601. */
export interface Grant {
  readonly gate: string;
  readonly terminal: string;
  readonly epoch: string;
  readonly seq: number;
  /** Corrected by the platform's clock, where that can be. */
  readonly at: string;
  /** Not before; null: that terminal was never shown to have heard the platform in that boot. */
  readonly earliest: string | null;
  /** Not after; when its fact arrived, where nothing else is known. */
  readonly latest: string | null;
  /** Half of the time between the two; null where one of them is missing. */
  readonly uncertaintyMs: number | null;
}

export interface DoubleEntry {
  /** Null: by a number that is of no row. */
  readonly ref: string | null;
  readonly ticket: string | null;
  /** In the order in which they count, by corrected time. */
  readonly grants: readonly Grant[];
  /** The place in `grants` of the one that was certainly first; null: cannot be said. */
  readonly first: number | null;
}

export interface KnownClocks {
  readonly origins: readonly ClockOrigin[];
  readonly samplesOf: (boot: BootOf) => readonly ClockSample[];
  /** When a fact arrived, ISO 8601. */
  readonly receivedAt: (ledger: Omit<BootOf, 'boot'>, seq: number) => string | null;
}

interface Counted {
  readonly key: string;
  readonly ticket: string | null;
  readonly grants: (Interval & { readonly fact: EntryFact; readonly time: number })[];
}

/** `facts`: those of one list; `listed`: its tickets. Who went out and may come in again was not let in twice. */
export function doubleEntries(
  facts: readonly EntryFact[],
  clocks: KnownClocks,
  listed: readonly KnownTicket[] = [],
  rules: Omit<EntryRules, 'onGrant'> = {},
): DoubleEntry[] {
  const open = new Map<string, Counted>();
  const found = new Set<Counted>();
  const onGrant: OnGrant = (key, fact, time, doubles) => {
    const before = open.get(key);
    const entry =
      before === undefined || doubles === 0 ? { key, ticket: fact.ticket, grants: [] } : before;
    open.set(key, entry);
    entry.grants.push({ fact, time, ...boundsOf(fact, clocks) });
    if (doubles > 0) found.add(entry);
  };
  entriesOf(facts, clocks.origins, listed, { ...rules, onGrant });
  return [...found].map(({ key, ticket, grants }) => ({
    ref: key.startsWith('ticket:') ? null : key,
    ticket,
    grants: grants.map(grantOf),
    first: firstOf(grants),
  }));
}

function boundsOf(fact: EntryFact, { samplesOf, receivedAt }: KnownClocks): Interval {
  const { earliest, latest } = isPlausibleMono(fact.mono)
    ? intervalAt(fact.mono, samplesOf(fact))
    : { earliest: null, latest: null };
  const received = receivedAt(fact, fact.seq);
  if (received === null) return { earliest, latest };
  return { earliest, latest: Math.min(latest ?? Number.POSITIVE_INFINITY, Date.parse(received)) };
}

/** One is the first when its latest moment is before the earliest of every other. */
function firstOf(grants: Counted['grants']): number | null {
  const index = grants.findIndex(({ latest }, place) =>
    grants.every(
      ({ earliest }, other) =>
        other === place || (latest !== null && earliest !== null && latest < earliest),
    ),
  );
  return index < 0 ? null : index;
}

function grantOf({ fact, time, earliest, latest }: Counted['grants'][number]): Grant {
  const { gate, terminal, epoch, seq } = fact;
  const notBefore = Math.max(time, earliest ?? Number.NEGATIVE_INFINITY);
  const at = Math.min(notBefore, latest ?? Number.POSITIVE_INFINITY);
  const isBounded = earliest !== null && latest !== null;
  return {
    ...{ gate, terminal, epoch, seq },
    at: iso(at),
    earliest: earliest === null ? null : iso(earliest),
    latest: latest === null ? null : iso(latest),
    uncertaintyMs: isBounded ? Math.ceil(Math.max(0, latest - earliest) / 2) : null,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
