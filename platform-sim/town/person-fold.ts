/**
 * How it stands with one person: a pure function of the set of facts about them, whatever the order in which they arrived and
 * however often. A later word outweighs an earlier one; that somebody was taken in at a shelter outweighs every answer before it.
 */

import type { Need, Supply } from '../../src/domain/evacuation.ts';
import { inOrderOfTime } from '../fact-order.ts';
import type { TownFact } from './town-facts.ts';

export type Standing = 'help' | 'unknown' | 'leaving' | 'safe';

/** `time`: corrected, ms since the epoch. */
export interface TimedFact extends TownFact {
  readonly time: number;
}

/** Where somebody was taken in and has not left for good. */
export interface Stay {
  readonly shelter: string;
  /** When they came first, and last. */
  readonly since: number;
  readonly latest: number;
  /** They went out, and mean to come back. */
  readonly out: boolean;
}

export interface Handed {
  readonly shelter: string;
  readonly day: string;
  readonly kind: Supply;
  readonly count: number;
}

export interface PersonState {
  readonly standing: Standing;
  /** When that was said; null: nothing was. */
  readonly at: number | null;
  /** Why somebody counts as safe. */
  readonly by: 'shelter' | 'answer' | null;
  /** The last sign of them, whatever it was. */
  readonly last: { readonly at: number; readonly what: LastSign } | null;
  /** The newest first: where they count. */
  readonly stays: readonly Stay[];
  readonly firstArrival: number | null;
  /** Who came together without cards or rows; 1 otherwise. */
  readonly people: number;
  /** As they said at a shelter; null: they did not. */
  readonly needs: readonly Need[] | null;
  readonly handed: readonly Handed[];
  readonly sealed: string | null;
}

/** `shown`: a television drew the alert; `seen`: somebody pressed a key before it. */
export type LastSign = 'shown' | 'seen' | 'television' | 'shelter' | 'left';

type Word =
  | { readonly is: 'answer'; readonly answer: 'leaving' | 'safe' | 'help'; readonly at: number }
  | { readonly is: 'arrived'; readonly shelter: string; readonly at: number }
  | { readonly is: 'left'; readonly at: number };

interface Course {
  word: Word | null;
  last: PersonState['last'];
  firstArrival: number | null;
  people: number;
  needs: readonly Need[] | null;
  sealed: string | null;
  readonly stays: Map<string, Stay>;
  readonly handed: Handed[];
}

/** Facts about one person, each once. */
export function foldPerson(facts: readonly TimedFact[]): PersonState {
  const ordered = inOrder(facts);
  const undone = undoneOf(ordered);
  const course: Course = {
    ...{ word: null, last: null, firstArrival: null, people: 1, needs: null, sealed: null },
    stays: new Map(),
    handed: [],
  };
  for (const fact of ordered) if (!undone.has(fact)) apply(course, fact);
  const { word, last, firstArrival, people, needs, handed, sealed } = course;
  const stays = [...course.stays.values()].sort((a, b) => b.latest - a.latest);
  return { ...standingOf(word), last, stays, firstArrival, people, needs, handed, sealed };
}

function standingOf(word: Word | null): Pick<PersonState, 'standing' | 'at' | 'by'> {
  if (word === null) return { standing: 'unknown', at: null, by: null };
  if (word.is === 'left') return { standing: 'unknown', at: word.at, by: null };
  if (word.is === 'arrived') return { standing: 'safe', at: word.at, by: 'shelter' };
  return { standing: word.answer, at: word.at, by: word.answer === 'safe' ? 'answer' : null };
}

function apply(course: Course, fact: TimedFact): void {
  const { event, time, shelter } = fact;
  switch (event) {
    case 'alert.shown':
      // Drawn again is no sign of them; and any sign says more than that.
      course.last ??= { at: time, what: 'shown' };
      return;
    case 'alert.seen':
      course.last = { at: time, what: 'seen' };
      return;
    case 'alert.answered':
      if (fact.answer === null) return;
      course.word = { is: 'answer', answer: fact.answer, at: time };
      course.last = { at: time, what: 'television' };
      return;
    case 'alert.answer-undone':
    case 'shelter.undone':
    case 'television.linked':
    case 'television.unlinked':
    case 'television.where-agreed':
    case 'television.where-ended':
      return;
    default:
      if (shelter !== null) applyAtShelter(course, fact, shelter);
  }
}

function applyAtShelter(course: Course, fact: TimedFact, shelter: string): void {
  const { event, time } = fact;
  if (event === 'shelter.supplied') {
    const { supply: kind, day, count } = fact;
    if (kind !== null && day !== null) course.handed.push({ shelter, day, kind, count });
  } else if (event === 'shelter.needs-told') {
    course.needs = fact.needs;
  } else if (event === 'shelter.left') {
    leave(course, shelter, time);
  } else if (event === 'shelter.went-out' && course.stays.has(shelter)) {
    setStay(course, shelter, { out: true });
    course.last = { at: time, what: 'shelter' };
  } else {
    // Whoever goes out or comes back was taken in, also where that fact is still on its way.
    arrive(course, fact, shelter);
    if (event === 'shelter.went-out') setStay(course, shelter, { out: true });
  }
}

function arrive(course: Course, { time, event, count, sealed }: TimedFact, shelter: string): void {
  const before = course.stays.get(shelter);
  const since = before?.since ?? time;
  course.stays.set(shelter, { shelter, since, latest: time, out: false });
  course.word = { is: 'arrived', shelter, at: time };
  course.last = { at: time, what: 'shelter' };
  course.firstArrival ??= time;
  if (event !== 'shelter.arrived') return;
  course.people = count;
  course.sealed = sealed ?? course.sealed;
}

/** An answer that came after the arrival still stands; so does where they were taken in besides. */
function leave(course: Course, shelter: string, time: number): void {
  course.stays.delete(shelter);
  course.last = { at: time, what: 'left' };
  const { word } = course;
  if (word?.is !== 'arrived' || word.shelter !== shelter) return;
  const [next] = [...course.stays.values()].sort((a, b) => b.latest - a.latest);
  course.word = next
    ? { is: 'arrived', shelter: next.shelter, at: next.latest }
    : { is: 'left', at: time };
}

function setStay(course: Course, shelter: string, over: Partial<Stay>): void {
  const stay = course.stays.get(shelter);
  if (stay !== undefined) course.stays.set(shelter, { ...stay, ...over });
}

/** What does not count because it was taken back. Answers only by the number of their fact. */
function undoneOf(ordered: readonly TimedFact[]): ReadonlySet<TimedFact> {
  const undone = new Set<TimedFact>();
  ordered.forEach((undoing, place) => {
    const { event, terminal, of, shelter } = undoing;
    if (event !== 'alert.answer-undone' && event !== 'shelter.undone') return;
    const what = event === 'shelter.undone' ? 'shelter.arrived' : 'alert.answered';
    const named = ordered.find(
      (fact) => fact.event === what && fact.terminal === terminal && fact.seq === of,
    );
    if (named !== undefined) undone.add(named);
    if (named !== undefined || event !== 'shelter.undone') return;
    // Taken back at another reader, which has the arrival under a number of its own.
    const latest = ordered
      .slice(0, place)
      .findLast((fact) => fact.event === what && fact.shelter === shelter && !undone.has(fact));
    if (latest !== undefined) undone.add(latest);
  });
  return undone;
}

/** Facts about one person, as they count. */
export function inOrder(facts: readonly TimedFact[]): TimedFact[] {
  return inOrderOfTime(facts, (fact) => ({ fact, time: fact.time, about: '' }));
}
