/**
 * What messages about alerts come to. A pure function of the set of them: in whatever order they came, and however often. Who
 * says what is decided by what they name and by when they were sent, never by when they arrived.
 */

import type { ActiveAlert, AlertLevel, AlertShelter } from '../domain/alert.ts';
import { type AlertMessage, type AlertPart, alertOf } from './message.ts';

/** Null: all of the municipality's. */
export type District = string | null;

/** What is known of the time, to judge whether an alert has expired. */
export interface AlertTime {
  /** ms since the epoch. */
  readonly now: number;
  /** Whether the platform agreed with the clock, and nobody has set it since. */
  readonly isAgreed: boolean;
  /** Authenticated: it can't be earlier. */
  readonly floor: number;
  /** False where the clock is known to be wrong. */
  readonly isSet: boolean;
  /** Messages that have expired before, whatever the clock says now. */
  readonly expired: ReadonlySet<string>;
}

/** The messages about one alert that say all there is to say. */
interface Chain {
  /** The newest that is no end. */
  readonly newest: AlertMessage | null;
  /** The newest that says something to this district. */
  readonly here: AlertMessage | null;
  /** A cancellation or an all-clear; nothing comes after it. */
  readonly end: AlertMessage | null;
}

const DRILL = 'drill';
const REAL = 'real';
const NOTHING: Chain = { newest: null, here: null, end: null };

/** Those without which something would be lost; the others are dropped. */
export function neededOf(messages: Iterable<AlertMessage>, district: District): AlertMessage[] {
  const needed = [...chainsOf(messages, district).values()].flatMap(({ newest, here, end }) => [
    newest,
    here,
    end,
  ]);
  return [...new Set(needed)].filter((message) => message !== null);
}

/** What is shown, the most severe first, then the newest; drills behind all others. */
export function activeAlerts(
  messages: Iterable<AlertMessage>,
  district: District,
  time: AlertTime,
): ActiveAlert[] {
  const shown: ActiveAlert[] = [];
  for (const chain of chainsOf(messages, district).values()) {
    const alert = shownOf(chain, district, time);
    if (alert !== null) shown.push(alert);
  }
  return shown.sort(compareShown);
}

/**
 * Only authenticated time ends an alert: a clock that somebody set, or that came out of a power cut with another year, does not.
 */
export function hasExpired({ id, expiresAt }: AlertMessage, time: AlertTime): boolean {
  const expires = Date.parse(expiresAt);
  const isPast = time.floor >= expires || (time.isSet && time.isAgreed && time.now >= expires);
  return isPast || time.expired.has(id);
}

function shownOf(
  { newest, here, end }: Chain,
  district: District,
  time: AlertTime,
): ActiveAlert | null {
  // An end of something that was never said here is no news.
  if (here === null) return null;
  const isOver = end !== null || newest !== here;
  const last = end ?? here;
  if (hasExpired(last, time)) return null;
  const words = end !== null && partsFor(end, district).length > 0 ? end : here;
  const timeUnknown = !time.isSet || (!time.isAgreed && time.now >= Date.parse(last.expiresAt));
  return {
    id: alertOf(here),
    municipality: here.municipality,
    sentAt: (end ?? newest ?? here).sentAt,
    expiresAt: last.expiresAt,
    drill: here.drill,
    ...saidOf(partsFor(words, district), district),
    state: isOver ? 'over' : 'active',
    update: (end ?? newest ?? here).references.length,
    timeUnknown,
  };
}

/** A drill changes nothing that is none, whatever it names. */
function chainsOf(messages: Iterable<AlertMessage>, district: District): Map<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const message of messages) {
    const key = `${message.drill ? DRILL : REAL} ${alertOf(message)}`;
    chains.set(key, joined(chains.get(key) ?? NOTHING, message, district));
  }
  return chains;
}

function joined(chain: Chain, message: AlertMessage, district: District): Chain {
  if (message.is === 'cancel' || message.is === 'all-clear') {
    return { ...chain, end: later(chain.end, message) };
  }
  const isHere = partsFor(message, district).length > 0;
  return {
    ...chain,
    newest: later(chain.newest, message),
    here: isHere ? later(chain.here, message) : chain.here,
  };
}

/** By when they were sent; of two at once, by their identifiers, so that everybody takes the same. */
function later(a: AlertMessage | null, b: AlertMessage): AlertMessage {
  if (a === null) return b;
  const [ofA, ofB] = [`${a.sentAt} ${a.id}`, `${b.sentAt} ${b.id}`];
  return ofA > ofB ? a : b;
}

function partsFor({ parts }: AlertMessage, district: District): readonly AlertPart[] {
  return district === null ? parts : parts.filter(({ districts }) => districts.includes(district));
}

/** Of several parts the most severe speaks, and where they send people is shown together; a way is from one of them only. */
function saidOf(
  parts: readonly AlertPart[],
  district: District,
): Pick<ActiveAlert, 'level' | 'districts' | 'what' | 'shelters' | 'map'> {
  const [first] = parts.toSorted((a, b) => b.level - a.level);
  if (first === undefined) throw new Error('an alert without a part');
  if (district !== null) return first;
  const shelters = new Map<string, AlertShelter>();
  const nowhere = { ja: '', 'ja-simple': '', en: '' };
  for (const shelter of parts.flatMap((part) => part.shelters)) {
    shelters.set(shelter.id, { ...shelter, way: nowhere, minutes: null });
  }
  return {
    level: first.level,
    districts: parts.flatMap(({ districts }) => districts).sort(),
    what: first.what,
    shelters: [...shelters.values()],
    map: [],
  };
}

function compareShown(a: ActiveAlert, b: ActiveAlert): number {
  const byRank = rankOf(b) - rankOf(a);
  if (byRank !== 0) return byRank;
  if (a.sentAt !== b.sentAt) return a.sentAt < b.sentAt ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

function rankOf({
  drill,
  state,
  level,
}: {
  drill: boolean;
  state: string;
  level: AlertLevel;
}): number {
  return (drill ? 0 : 100) + (state === 'active' ? 10 : 0) + level;
}
