/** What the journal says of neighbours, without letting one of them fill it. */

import { Allowance } from '../domain/allowance.ts';
import { doubleSupply } from '../domain/double-supply.ts';
import { entryInTheWay } from '../domain/entry-decision.ts';
import type { ReentryRule } from '../domain/entry-list.ts';
import type { EventName } from '../domain/events.ts';
import { entryState, type Fact } from '../domain/fact.ts';
import { ticketNumber, ticketSubject } from '../domain/ticket-number.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Disbelief } from './belief.ts';

const LINES = { atOnce: 10, perSecond: 0.1 } as const;

export type Note = (event: EventName, fields: Readonly<Record<string, unknown>>) => void;

export class Telling {
  readonly #ledger: Pick<Ledger, 'factsAbout' | 'beside'>;
  readonly #note: Note;
  readonly #lines = new Allowance(LINES.atOnce, LINES.perSecond);
  /** Said once, until something else is to be said of the same stream. */
  readonly #said = new Map<string, string>();
  #untold = 0;

  constructor(ledger: Pick<Ledger, 'factsAbout' | 'beside'>, note: Note) {
    this.#ledger = ledger;
    this.#note = note;
  }

  /** Somebody is not who should be there. */
  refused(neighbour: string | null, reason: string): void {
    this.#line('neighbour.refused', { neighbour: neighbour ?? undefined, reason });
  }

  disbelieved(by: string, terminal: string, { kind, why }: Disbelief): void {
    if (kind === 'later' && why === 'not-here') return;
    if (this.#said.get(terminal) === why) return;
    this.#said.set(terminal, why);
    this.#line('neighbour.disbelieved', { neighbour: terminal, by, reason: why });
  }

  held(neighbour: string, reason: string): void {
    this.#note('neighbour.held', { neighbour, reason });
  }

  /**
   * Whom both this gate and another one let in while they did not hear each other. Both stay as they happened. `reentry`: what
   * the list says of who comes back.
   */
  doubled(facts: readonly Fact[], reentry: ReentryRule): void {
    for (const fact of facts) {
      this.#suppliedTwice(fact);
      const ours = fact.event === 'entry.granted' ? this.#alsoLetIn(fact, reentry) : null;
      if (ours === null) continue;
      const { ticket, list, ref } = fact.body;
      const [first, second] = inOrder(ours, fact).map(({ at, body }) => ({
        at,
        gate: body['gate'],
      }));
      this.#note('neighbour.double-entry', { ticket, list, ref, first, second });
    }
  }

  /** What both readers of a shelter handed to the same person on one day, neither knowing of the other, or of both at once. */
  #suppliedTwice(theirs: Fact): void {
    const { event, subject, body } = theirs;
    if (event !== 'shelter.supplied' || subject === null) return;
    const ours = this.#ledger.factsAbout(subject, ['shelter.supplied']);
    const double = doubleSupply(theirs, ours);
    const { ref, mark } = body;
    if (double !== null) this.#note('neighbour.double-supply', { ref, mark, ...double });
  }

  /** Our own grant of the same ticket, where the earlier of the two stood in the way of the later one. */
  #alsoLetIn(theirs: Fact, reentry: ReentryRule): Fact | null {
    const { subject, body } = theirs;
    const number = ticketNumber(String(body['ticket']));
    const byNumber = number === null ? [] : [ticketSubject(String(body['list']), number)];
    const subjects = [...new Set([...(subject === null ? [] : [subject]), ...byNumber])];
    const own = subjects.flatMap((about) => this.#ledger.factsAbout(about));
    const ours = own
      .filter(({ event }) => event === 'entry.granted')
      .sort(bySeq)
      .at(-1);
    if (ours === undefined) return null;
    const heard = subjects.flatMap((about) => this.#ledger.beside.factsAbout(about));
    const [, second] = inOrder(ours, theirs);
    const before = [...own, ...heard].filter(
      (fact) => fact.at <= second.at && !isSame(fact, second),
    );
    const state = entryState(before, Date.parse(second.at));
    return entryInTheWay(state, reentry) && ours;
  }

  #line(event: EventName, fields: Readonly<Record<string, unknown>>): void {
    if (!this.#lines.take(1)) {
      this.#untold += 1;
      return;
    }
    this.#note(event, { ...fields, untold: this.#untold || undefined });
    this.#untold = 0;
  }
}

/** The same at every gate. */
function inOrder(one: Fact, other: Fact): [Fact, Fact] {
  const isFirst = one.at === other.at ? one.terminal < other.terminal : one.at < other.at;
  return isFirst ? [one, other] : [other, one];
}

function bySeq(a: Fact, b: Fact): number {
  return a.seq - b.seq;
}

function isSame(one: Fact, other: Fact): boolean {
  return one.terminal === other.terminal && one.epoch === other.epoch && one.seq === other.seq;
}
