/** What terminals tell about people who leave their homes: read from the facts as they are kept, and nothing believed by its form alone. */

import {
  ALERT_ANSWERS,
  type AlertAnswer,
  NEEDS,
  type Need,
  SUPPLIES,
  type Supply,
} from '../../src/domain/evacuation.ts';
import { STAY_EVENTS } from '../../src/domain/shelter-stay.ts';
import type { StampedFact } from '../fact-order.ts';

/** In which order they are listed here says nothing. */
export const TOWN_FACTS = [
  'alert.shown',
  'alert.seen',
  'alert.answered',
  'alert.answer-undone',
  'television.linked',
  'television.unlinked',
  'television.where-agreed',
  'television.where-ended',
  ...STAY_EVENTS,
] as const;
export type TownEvent = (typeof TOWN_FACTS)[number];

/** One fact about one person or several, with what counts of its body. */
export interface TownFact extends StampedFact {
  readonly event: TownEvent;
  /** Rows of the municipality's list. */
  readonly refs: readonly string[];
  /** Who has no row: within one shelter. */
  readonly mark: string | null;
  readonly shelter: string | null;
  readonly answer: AlertAnswer | null;
  /** The number of another fact of that terminal: the answer or the arrival that is taken back, or that this one follows. */
  readonly of: number | null;
  /** People, or things that were handed out. */
  readonly count: number;
  readonly needs: readonly Need[];
  readonly supply: Supply | null;
  /** YYYY-MM-DD in Japan. */
  readonly day: string | null;
  /** Base64, to the municipality: who it is. */
  readonly sealed: string | null;
  readonly flags: readonly string[];
  /** Of what somebody agreed to by a proof of their card, ms since the epoch; null: of nothing. */
  readonly until: number | null;
}

const REF = /^[0-9a-f]{32}$/u;
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/u;
const MARK = /^[\w+/=-]{1,128}$/u;
const DAY = /^\d{4}-\d{2}-\d{2}$/u;
/** A television has no more people than this, and nobody brings more. */
const REFS_MAX = 64;
const COUNT_MAX = 999;
const SEALED_MAX = 16_384;
const FLAGS_MAX = 16;

interface Said extends StampedFact {
  readonly event: TownEvent;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `text`: a fact of one of these events, as facts.db keeps it. Null: it is about nobody, or nowhere. */
export function townFactOf(text: string): TownFact | null {
  const { event, terminal, epoch, seq, at, clock, boot, mono, body } = JSON.parse(text) as Said;
  const refs = refsOf(body);
  const mark = matching(MARK, body['mark']);
  const shelter = matching(NAME, body['shelter']);
  const isOfShelter = event.startsWith('shelter.');
  if (isOfShelter && shelter === null) return null;
  if (refs.length === 0 && mark === null && event !== 'shelter.arrived') return null;
  const of = body[event === 'alert.answer-undone' ? 'answered' : 'arrival'];
  return {
    ...{ event, terminal, epoch, seq, at, clock, boot, mono, refs, shelter },
    mark: refs.length > 0 ? null : mark,
    answer: oneOf(ALERT_ANSWERS, body['answer']),
    of: Number.isInteger(of) ? (of as number) : null,
    count: countOf(body['count']),
    needs: NEEDS.filter((need) => listOf(body['needs']).includes(need)),
    supply: oneOf(SUPPLIES, body['kind']),
    day: matching(DAY, body['day']),
    sealed: sealedOf(body['sealed']),
    flags: listOf(body['flags'])
      .slice(0, FLAGS_MAX)
      .filter((flag) => NAME.test(flag)),
    until: untilOf(body),
  };
}

function refsOf({ ref, refs }: Readonly<Record<string, unknown>>): string[] {
  const named = Array.isArray(refs) ? refs.slice(0, REFS_MAX) : [ref];
  return [...new Set(named.filter((each): each is string => matching(REF, each) !== null))];
}

function matching(form: RegExp, value: unknown): string | null {
  return typeof value === 'string' && form.test(value) ? value : null;
}

function oneOf<T extends string>(names: readonly T[], value: unknown): T | null {
  return names.find((name) => name === value) ?? null;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function countOf(value: unknown): number {
  return Number.isInteger(value) && (value as number) > 0
    ? Math.min(value as number, COUNT_MAX)
    : 1;
}

/** A copy of a certificate agrees to nothing. */
function untilOf({ until, assurance }: Readonly<Record<string, unknown>>): number | null {
  const time = typeof until === 'string' ? Date.parse(until) : Number.NaN;
  const isProved = assurance === 'possession' || assurance === 'possession+pin';
  return isProved && Number.isFinite(time) ? time : null;
}

function sealedOf(value: unknown): string | null {
  return typeof value === 'string' && value.length <= SEALED_MAX ? value : null;
}
