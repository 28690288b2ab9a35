/** Whether somebody is at a shelter, and what they have had: the fold of the facts about them. */

import { NEEDS, type Need, type Supply } from './evacuation.ts';
import type { EventName } from './events.ts';
import { type Fact, inOrder } from './fact.ts';

/** Facts of which a stay is made. */
export const STAY_EVENTS = [
  'shelter.arrived',
  'shelter.went-out',
  'shelter.came-back',
  'shelter.left',
  'shelter.supplied',
  'shelter.needs-told',
  'shelter.undone',
] as const satisfies readonly EventName[];

export interface Stay {
  /** `none`: never came, or staff took that back; `out`: means to come back. */
  readonly state: 'none' | 'here' | 'out' | 'left';
  /** Since when they are here, and the latest fact that says so. */
  readonly arrival: { readonly at: string; readonly latest: FactName } | null;
  /** All facts that say so. */
  readonly arrivals: readonly FactName[];
  /** How many people they are, or were: one card is one person, a form may be of several. */
  readonly people: number;
  /** As `supplyOf` names them. */
  readonly supplied: ReadonlySet<string>;
  readonly needs: readonly Need[];
}

/** Which fact, of whatever reader of the shelter. */
export interface FactName {
  readonly terminal: string;
  readonly epoch: string;
  readonly seq: number;
}

interface Arrival {
  readonly name: FactName;
  readonly at: string;
  readonly people: number;
}

/** How a fact names another one: by its number where it is of the same terminal, else by its whole name. */
export function naming(
  { terminal, epoch, seq }: FactName,
  own: string,
): { readonly arrival: number } | { readonly theirs: string } {
  return terminal === own ? { arrival: seq } : { theirs: `${terminal}/${epoch}/${seq}` };
}

/** Names what was handed out on which day; once for each person. `day`: YYYY-MM-DD of Japan. */
export function supplyOf(day: string, kind: Supply): string {
  return `${day} ${kind}`;
}

/** A function of the set of facts about one person, in whatever order they are handed over. */
export function stayOf(facts: readonly Fact[]): Stay {
  const undone = undoneIn(facts);
  let arrivals: readonly Arrival[] = [];
  let state: 'here' | 'out' | 'left' = 'left';
  let isNew = true;
  let needs: readonly Need[] = [];
  const supplied = new Set<string>();
  for (const fact of inOrder(facts)) {
    const { event, body } = fact;
    switch (event) {
      case 'shelter.arrived':
        if (undone(fact)) break;
        arrivals = [...(state === 'left' ? [] : arrivals), arrivalOf(fact)];
        state = 'here';
        isNew = false;
        break;
      case 'shelter.went-out':
        if (state === 'here') state = 'out';
        break;
      case 'shelter.came-back':
        if (state === 'out') state = 'here';
        break;
      case 'shelter.left':
        if (arrivals.length > 0) state = 'left';
        break;
      case 'shelter.supplied':
        supplied.add(supplyOf(String(body['day']), body['kind'] as Supply));
        break;
      case 'shelter.needs-told':
        needs = needsIn(body['needs']);
        break;
      default:
    }
  }
  const [first] = arrivals;
  const last = arrivals.at(-1);
  const arrival = first && last ? { at: first.at, latest: last.name } : null;
  const people = last?.people ?? 0;
  const names = arrivals.map(({ name }) => name);
  return { state: isNew ? 'none' : state, arrival, arrivals: names, people, supplied, needs };
}

/** What was taken back counts for nothing, wherever it stands among the others, and at whatever reader that was. */
function undoneIn(facts: readonly Fact[]): (arrival: FactName) => boolean {
  const taken = facts.filter(({ event }) => event === 'shelter.undone');
  const own = new Set(taken.map(({ terminal, body }) => `${terminal} ${body['arrival']}`));
  const theirs = new Set(taken.flatMap(({ body }) => body['theirs'] ?? []));
  return ({ terminal, epoch, seq }) =>
    own.has(`${terminal} ${seq}`) || theirs.has(`${terminal}/${epoch}/${seq}`);
}

function arrivalOf({ terminal, epoch, seq, at, body }: Fact): Arrival {
  const count = Number(body['count'] ?? 1);
  const people = Number.isInteger(count) && count > 0 ? count : 1;
  return { name: { terminal, epoch, seq }, at, people };
}

function needsIn(told: unknown): readonly Need[] {
  return Array.isArray(told) ? NEEDS.filter((need) => told.includes(need)) : [];
}
