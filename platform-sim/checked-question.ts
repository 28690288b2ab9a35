/** A question of a terminal as the other side of a service gets it, and what can come of it but an answer. */

import { type Assurance, assuranceReaches } from '../src/domain/entry-list.ts';
import type { QuestionFault } from '../src/link/question-protocol.ts';

/** A question whose proof was checked. */
export interface CheckedQuestion {
  /** Of this question alone; what is done for it is done once. */
  readonly id: string;
  readonly terminal: string;
  /** What the JSON text said; the service checks it. */
  readonly body: unknown;
  /** Null: no card has to do with it. */
  readonly card: { readonly certificate: Buffer; readonly assurance: Assurance } | null;
}

/** There is no answer; the fault says why. */
export class QuestionFaultError extends Error {
  override readonly name = 'QuestionFaultError';
  readonly fault: QuestionFault;

  constructor(fault: QuestionFault, detail: string) {
    super(detail);
    this.fault = fault;
  }
}

export class NotAQuestionError extends QuestionFaultError {
  constructor(detail = 'the body is of another form') {
    super('not-a-question', detail);
  }
}

/** Throws QuestionFaultError when the card has shown less. */
export function needsProof({ card }: CheckedQuestion, least: Assurance): void {
  if (card !== null && assuranceReaches(card.assurance, least)) return;
  throw new QuestionFaultError('not-proved', `less than ${least}`);
}

/** How an answer arrives. */
export interface Delivery {
  /** 0: never. */
  readonly times: number;
  readonly lateMs: number;
}

/** For scenarios: an answer that may not simply arrive once. A question asked again is answered properly. */
export class Misdelivered {
  readonly answer: object;
  readonly delivery: Delivery;

  constructor(answer: object, delivery: Delivery) {
    this.answer = answer;
    this.delivery = delivery;
  }
}
