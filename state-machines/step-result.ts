/** What a machine reads out of the event that ends a step or a child: how that went, and what the person is told then. */

import type { Answer, StepResult } from '../src/domain/answer.ts';
import type { ErrandEnd } from '../src/domain/errand.ts';

interface Spoken {
  readonly type: string;
}

/** What a step or a child ended with; the machine knows which one it was. Null for an event that ends neither. */
export function outputOf<Output>(event: Spoken): Output | null {
  return 'output' in event ? ((event.output ?? null) as Output | null) : null;
}

export function resultOf(event: Spoken): StepResult | null {
  return outputOf<StepResult>(event);
}

/** How many wrong PINs the card still takes; null where that was not asked. */
export function triesOf(event: Spoken): number | null {
  const result = resultOf(event);
  return result?.next === 'pin' ? result.tries : null;
}

/** What is told of a step that did not go on; the card has to be held again where it said nothing of that. */
export function answerOf(event: Spoken): Answer {
  const result = resultOf(event);
  switch (result?.next) {
    case 'refuse':
      return { answer: 'refused', reason: result.reason };
    case 'hold-again':
      return { answer: 'hold-again', reason: result.reason };
    case 'not-recorded':
      return { answer: 'not-recorded', reason: result.reason };
    case 'attendant':
      return { answer: 'attendant', by: result.by };
    case 'tell':
      return { answer: 'told', told: result.told };
    default:
      return { answer: 'hold-again', reason: 'card-unreadable' };
  }
}

/** What is told of a step that threw. */
export function defectOf(event: Spoken): Answer {
  return { answer: 'defect', error: 'error' in event ? event.error : event.type };
}

/** The end of an errand whose step threw, or whose child met a defect. */
export function failedBy(event: Spoken): ErrandEnd {
  if ('error' in event) return { why: 'failed', error: event.error };
  const child = outputOf<{ readonly error?: unknown }>(event);
  return { why: 'failed', error: child?.error ?? event.type };
}
