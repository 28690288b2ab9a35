/** Questions of terminals, handed to the other side of their service: checked, done once, answered. */

import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { PlatformFrame, TerminalFrame } from '../src/link/protocol.ts';
import { QUESTION_LIMITS, type QuestionFault } from '../src/link/question-protocol.ts';
import { assuranceShown } from './card-proof.ts';
import {
  type CheckedQuestion,
  type Delivery,
  Misdelivered,
  QuestionFaultError,
} from './checked-question.ts';
import type { World } from './other-side.ts';
import type { RemovedFacts } from './removed-facts.ts';
import type { OtherSides } from './services/index.ts';

type AskFrame = Extract<TerminalFrame, { frame: 'ask' }>;
type AnswerFrame = Extract<PlatformFrame, { frame: 'answer' | 'fault' }>;

interface Known {
  readonly digest: string;
  readonly answer: Promise<AnswerFrame>;
  isOpen: boolean;
}

const ONCE: Delivery = { times: 1, lateMs: 0 };
/** Answers that are kept for the same question asked again, of all terminals; in memory, and of nobody by name. */
const KNOWN_MAX = 1_024;

/** The terminal that asks. */
export interface Asker {
  readonly terminal: string;
  /**
   * What stands for it in what cards sign: the DER of its certificate, or its name while it is not enrolled. While a
   * certificate is being renewed, either of the two.
   */
  readonly signedAs: readonly Uint8Array[];
}

export interface QuestionsParts extends World {
  readonly otherSides: OtherSides;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

export class TerminalQuestions {
  readonly #parts: QuestionsParts;
  /** What terminals said that they have not any more. */
  readonly removed: RemovedFacts;
  /** By terminal and id, oldest first. */
  readonly #known = new Map<string, Known>();
  /** Answers of which the next delivery goes wrong. */
  readonly #bent = new WeakMap<AnswerFrame, Delivery>();

  constructor(parts: QuestionsParts) {
    this.removed = parts.removed;
    this.#parts = parts;
  }

  /**
   * Sends the answer: once, unless a scenario wants it late, twice or never. Never rejects. Whoever asks again then is
   * answered properly.
   */
  async deliver(from: Asker, ask: AskFrame, send: (answer: AnswerFrame) => void): Promise<void> {
    const answer = await this.answer(from, ask);
    const { times, lateMs } = this.#bent.get(answer) ?? ONCE;
    this.#bent.delete(answer);
    if (lateMs > 0) await setTimeout(lateMs, null, { ref: false });
    for (let sent = 0; sent < times; sent += 1) send(answer);
  }

  /** Never rejects. */
  async answer(from: Asker, ask: AskFrame): Promise<AnswerFrame> {
    const { terminal } = from;
    const { frame: _, ...question } = ask;
    const digest = createHash('sha256').update(JSON.stringify(question)).digest('hex');
    const key = `${terminal} ${ask.id}`;
    const before = this.#known.get(key);
    if (before !== undefined) {
      return before.digest === digest ? before.answer : fault(ask, 'id-reused');
    }
    if (this.#openOf(terminal) >= QUESTION_LIMITS.open) return fault(ask, 'busy');
    const known: Known = { digest, answer: this.#work(from, ask), isOpen: true };
    this.#known.set(key, known);
    this.#forgetOldest();
    const answer = await known.answer;
    known.isOpen = false;
    const { log } = this.#parts;
    log('question.answered', {
      terminal,
      service: ask.service,
      ...(answer.frame === 'fault' ? { fault: answer.fault } : {}),
    });
    return answer;
  }

  async #work(from: Asker, ask: AskFrame): Promise<AnswerFrame> {
    const { otherSides, log } = this.#parts;
    const otherSide = Object.hasOwn(otherSides, ask.service) ? otherSides[ask.service] : undefined;
    if (otherSide === undefined) return fault(ask, 'unknown-service');
    const question = checked(from, ask);
    if (typeof question === 'string') return fault(ask, question);
    try {
      const said = await otherSide(question, this.#parts);
      const body = JSON.stringify(said instanceof Misdelivered ? said.answer : said);
      const answer: AnswerFrame = { frame: 'answer', id: ask.id, body };
      if (said instanceof Misdelivered) this.#bent.set(answer, said.delivery);
      return answer;
    } catch (error) {
      if (error instanceof QuestionFaultError) return fault(ask, error.fault);
      log('question.failed', {
        terminal: from.terminal,
        service: ask.service,
        detail: (error as Error).name,
      });
      return fault(ask, 'failed');
    }
  }

  #openOf(terminal: string): number {
    return [...this.#known].filter(([key, { isOpen }]) => isOpen && key.startsWith(`${terminal} `))
      .length;
  }

  #forgetOldest(): void {
    for (const [key, { isOpen }] of this.#known) {
      if (this.#known.size <= KNOWN_MAX) return;
      if (!isOpen) this.#known.delete(key);
    }
  }
}

function checked({ terminal, signedAs }: Asker, ask: AskFrame): CheckedQuestion | QuestionFault {
  const { id } = ask;
  const body = parsed(ask.body);
  if (body === undefined) return 'not-a-question';
  if (ask.card === null) return { id, terminal, body, card: null };
  const assurance = assuranceShown(ask.card, { ...ask, terminals: signedAs });
  if (assurance === null) return 'not-proved';
  const certificate = Buffer.from(ask.card.certificate, 'base64');
  return { id, terminal, body, card: { certificate, assurance } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault({ id }: AskFrame, why: QuestionFault): AnswerFrame {
  return { frame: 'fault', id, fault: why };
}
