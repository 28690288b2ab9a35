/**
 * Questions of services to their other side, over whichever link is up. A question has one id for its whole life: a link
 * that breaks in the middle is no failure, for it is asked again with that id on the next one, and done once.
 *
 * An answer belongs to the session that asked. One that comes when nobody waits for it is dropped and journaled.
 */

import type { EventName } from '../domain/events.ts';
import type { TerminalFrame } from './protocol.ts';
import { type CardShown, QUESTION_LIMITS, type QuestionFault } from './question-protocol.ts';

export interface Question {
  /** UUID. */
  readonly id: string;
  readonly service: string;
  /** JSON text, 16 KiB at most. */
  readonly body: string;
  readonly card: CardShown | null;
}

/** `body`: JSON text, not looked at. `offline`: nothing was sent. `broken-off`: whoever asked does not wait any more. */
export type Asked =
  | { readonly asked: 'answered'; readonly body: string }
  | { readonly asked: 'refused'; readonly fault: QuestionFault }
  | { readonly asked: 'offline' | 'busy' | 'broken-off' };

/** Whoever asks says how long: by the signal. Throws RangeError for a body over the limit. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<Asked>;

export type SendFrame = (frame: TerminalFrame) => void;

type Answer =
  | { readonly id: string; readonly body: string }
  | { readonly id: string; readonly fault: QuestionFault };

interface Open {
  readonly question: Question;
  readonly end: (asked: Asked) => void;
}

/** Ids that nobody waits for any more, to tell a late answer from one that was never asked for. */
const ENDED_KEPT = 256;
/** On one link; a platform that answers what nobody asked is not one. */
const DROPPED_MAX = 64;

export class Questions {
  readonly #journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  readonly #open = new Map<string, Open>();
  /** Service by id, oldest first. */
  readonly #ended = new Map<string, string>();
  #send: SendFrame | null = null;
  #dropped = 0;

  constructor(journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void) {
    this.#journal = journal;
  }

  /** Whether a question would be sent now. */
  get isOnline(): boolean {
    return this.#send !== null;
  }

  readonly ask: Ask = (question, signal) => {
    if (Buffer.byteLength(question.body) > QUESTION_LIMITS.bodyBytes) {
      throw new RangeError('the body of a question is too large');
    }
    if (signal.aborted) return Promise.resolve({ asked: 'broken-off' });
    if (this.#send === null) return Promise.resolve({ asked: 'offline' });
    if (this.#open.size >= QUESTION_LIMITS.open) return Promise.resolve({ asked: 'busy' });
    const { promise, resolve } = Promise.withResolvers<Asked>();
    const breakOff = (): void => this.#end(question.id, { asked: 'broken-off' });
    signal.addEventListener('abort', breakOff, { once: true });
    this.#open.set(question.id, {
      question,
      end: (asked) => {
        signal.removeEventListener('abort', breakOff);
        resolve(asked);
      },
    });
    this.#send({ frame: 'ask', ...question });
    return promise;
  };

  /** A link is up: what was asked on the one before is asked again. */
  up(send: SendFrame): void {
    this.#send = send;
    this.#dropped = 0;
    for (const { question } of this.#open.values()) send({ frame: 'ask', ...question });
  }

  down(): void {
    this.#send = null;
  }

  /** False when the platform answers more that nobody asked than a platform does. */
  take(answer: Answer): boolean {
    const { id } = answer;
    if (this.#open.has(id)) {
      this.#end(
        id,
        'body' in answer
          ? { asked: 'answered', body: answer.body }
          : { asked: 'refused', fault: answer.fault },
      );
      return true;
    }
    const service = this.#ended.get(id);
    this.#journal('answer.dropped', {
      service,
      reason: service === undefined ? 'not-asked' : 'late',
    });
    this.#dropped += 1;
    return this.#dropped <= DROPPED_MAX;
  }

  #end(id: string, asked: Asked): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    this.#ended.set(id, open.question.service);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= ENDED_KEPT) break;
      this.#ended.delete(oldest);
    }
    open.end(asked);
  }
}
