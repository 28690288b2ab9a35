/** What was answered to an alert at this television, as its own ledger has it: there again after every start. */

import { ALERT_ANSWERS, type AlertAnswer, evacueeSubject } from '../domain/evacuation.ts';
import type { Fact } from '../domain/fact.ts';
import type { Ledger } from '../store/ledger.ts';

export interface Answered {
  readonly answer: AlertAnswer;
  /** ISO 8601. */
  readonly at: string;
  /** Number of its fact, by which it is taken back. */
  readonly seq: number;
}

const EVENTS = ['alert.answered', 'alert.answer-undone'] as const;

/** The answer that stands, of this person to this alert; null: none. */
export function answerOf(
  ledger: Pick<Ledger, 'factsAbout'>,
  alert: string,
  ref: string,
): Answered | null {
  const facts = ledger.factsAbout(evacueeSubject(ref), EVENTS);
  return standingAnswer(facts.filter(({ body }) => body['alert'] === alert));
}

/** Oldest first. An answer that was taken back never was: the one before it stands again. */
function standingAnswer(facts: readonly Fact[]): Answered | null {
  const undone = new Set(
    facts
      .filter(({ event }) => event === 'alert.answer-undone')
      .map(({ body }) => body['answered']),
  );
  const last = facts.findLast(({ event, seq }) => event === 'alert.answered' && !undone.has(seq));
  const answer = ALERT_ANSWERS.find((each) => each === last?.body['answer']);
  return last === undefined || answer === undefined ? null : { answer, at: last.at, seq: last.seq };
}
