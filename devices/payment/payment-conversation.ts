/**
 * How a kiosk talks with a payment unit: one ask at a time, the same one again when no answer comes, and the unit is lost
 * when none comes at all. Whatever is asked can be asked twice: the unit knows it by the payment's id.
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type Authorisation,
  type DroppedAnswer,
  type Payment,
  type PaymentListener,
  PaymentLostError,
  type PaymentMeans,
  type PaymentState,
  type PaymentUnit,
  type Settled,
} from './payment.ts';
import { type Answer, type Ask, encodeAsk, FrameReader, parseAnswer } from './payment-frames.ts';

/** The line: bytes in both directions and nothing else, so that a simulator can be put behind it. */
export interface PaymentLine {
  /** Rejects when the line is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closing a closed line does nothing. */
  close(): Promise<void>;
}

export interface PaymentLineListener {
  onBytes(bytes: Uint8Array): void;
  /** The line is gone. May come more than once. */
  onClosed(reason: string): void;
}

/** Milliseconds. */
export interface PaymentTiming {
  /** An answer that takes longer is asked for again. */
  readonly reply: number;
  /** Between two looks at a payment that is being collected. */
  readonly look: number;
}

/** A unit answers in a few milliseconds, and one that writes to a slow memory in a few hundred. */
export const ORDINARY_PAYMENT_TIMING: PaymentTiming = { reply: 1_500, look: 200 };

const TRIES = 3;
/** A line that brings so much that nobody asked for is not a payment unit's. */
const DROPPED_MAX = 1_000;

export interface ConversationSettings {
  readonly name: string;
  readonly modelled: boolean;
  readonly timing: PaymentTiming;
  readonly openLine: (listener: PaymentLineListener) => Promise<PaymentLine>;
}

/** What an ask says beside its number. */
type Words<Each = Ask> = Each extends Ask ? Omit<Each, 'number'> : never;
type Standing = Extract<Answer, { readonly answer: 'payment' }>;

interface Waiting {
  readonly ask: Ask;
  readonly answered: (answer: Answer) => void;
}

/** Rejects when the line can't be opened, or nobody at its other end speaks the protocol. */
export async function openConversation(
  settings: ConversationSettings,
  listener: PaymentListener,
): Promise<PaymentUnit> {
  const conversation = new Conversation(settings, listener);
  try {
    await conversation.open();
    return conversation;
  } catch (error) {
    await conversation.close();
    throw error;
  }
}

class Conversation implements PaymentUnit {
  readonly name: string;
  readonly modelled: boolean;
  means: readonly PaymentMeans[] = [];
  readonly #settings: ConversationSettings;
  readonly #listener: PaymentListener;
  readonly #reader = new FrameReader();
  readonly #lost = Promise.withResolvers<never>();
  #line: PaymentLine | null = null;
  #waiting: Waiting | null = null;
  /** The end of what was asked last: asks queue behind it. */
  #last: Promise<unknown> = Promise.resolve();
  #dropped = 0;
  #isOpen = false;
  #isOver = false;

  constructor(settings: ConversationSettings, listener: PaymentListener) {
    this.name = settings.name;
    this.modelled = settings.modelled;
    this.#settings = settings;
    this.#listener = listener;
    // Whoever asks hears of it; there may be nobody who asks.
    this.#lost.promise.catch(() => {});
  }

  async open(): Promise<void> {
    this.#line = await this.#settings.openLine({
      onBytes: (bytes) => this.#hear(bytes),
      onClosed: (reason) => this.#lose(reason),
    });
    const unit = await this.#ask({ ask: 'hello' });
    if (unit.answer !== 'unit')
      throw new PaymentLostError('it is no payment unit of this protocol');
    this.means = unit.means;
    this.#isOpen = true;
  }

  async authorise(
    payment: Payment,
    on: { inserted(yen: number): void },
    signal: AbortSignal,
  ): Promise<Authorisation> {
    if (signal.aborted) return { outcome: 'not-authorised', why: 'stopped' };
    let inserted = 0;
    const look = async (words: Words): Promise<Standing | null> => {
      const found = await this.#askAbout(payment.id, words);
      if (found !== null && found.inserted !== inserted && found.state !== 'voided') {
        inserted = found.inserted;
        on.inserted(inserted);
      }
      return found;
    };
    const { id, yen, means } = payment;
    let standing = await look({ ask: 'authorise', id, yen, means });
    while (standing?.state === 'collecting' && !signal.aborted) {
      await wait(this.#settings.timing.look, null, { signal }).catch(() => {});
      if (!signal.aborted) standing = await look({ ask: 'look', id });
    }
    // Also when it was held in the very moment in which the person stopped.
    return authorisationOf(signal.aborted ? await look({ ask: 'void', id }) : standing);
  }

  async capture(id: string): Promise<Settled> {
    return settledAs('captured', await this.#askAbout(id, { ask: 'capture', id }));
  }

  async void(id: string): Promise<Settled> {
    return settledAs('voided', await this.#askAbout(id, { ask: 'void', id }));
  }

  async stateOf(id: string): Promise<PaymentState> {
    return (await this.#askAbout(id, { ask: 'look', id }))?.state ?? 'unknown';
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#lost.reject(new PaymentLostError('it was closed'));
    await this.#line?.close();
  }

  /** Null when the unit says that it does not do that. */
  async #askAbout(id: string, words: Words): Promise<Standing | null> {
    const answer = await this.#ask(words);
    return answer.answer === 'payment' && answer.id === id ? answer : null;
  }

  #ask(words: Words): Promise<Answer> {
    const asked = this.#last.then(() => this.#askNow(words));
    this.#last = asked.catch(() => {});
    return asked;
  }

  async #askNow(words: Words): Promise<Answer> {
    const ask: Ask = { number: randomBytes(4).toString('hex'), ...words };
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting = { ask, answered: resolve };
    const done = new AbortController();
    try {
      return await Promise.race([promise, this.#lost.promise, this.#sayAgain(ask, done.signal)]);
    } finally {
      this.#waiting = null;
      done.abort();
    }
  }

  /** Sends the ask, and again as long as it has no answer; rejects when there is none after the last time. */
  async #sayAgain(ask: Ask, signal: AbortSignal): Promise<never> {
    const bytes = encodeAsk(ask);
    for (let tries = 0; tries < TRIES && !this.#isOver; tries += 1) {
      // Not waited for: a unit that takes no bytes would hold up whoever waits for the line to be rid of them.
      this.#line?.write(bytes).catch((error: Error) => this.#lose(error.message));
      const isDone = await wait(this.#settings.timing.reply, false, { signal }).catch(() => true);
      if (isDone) break;
    }
    if (!signal.aborted) this.#lose('it does not answer');
    return this.#lost.promise;
  }

  #hear(bytes: Uint8Array): void {
    if (this.#isOver) return;
    for (const body of this.#reader.push(bytes)) {
      const answer = body === null ? null : parseAnswer(body);
      if (answer === null) this.#drop('damaged');
      else this.#answered(answer);
    }
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting;
    if (waiting?.ask.number !== answer.number) {
      this.#drop('not-asked');
      return;
    }
    const wanted = 'id' in waiting.ask ? waiting.ask.id : undefined;
    if (answer.answer === 'payment' && answer.id !== wanted) {
      this.#drop('other-request');
      return;
    }
    this.#waiting = null;
    waiting.answered(answer);
  }

  #drop(reason: DroppedAnswer): void {
    this.#dropped += 1;
    if (this.#dropped > DROPPED_MAX) this.#lose('it says what nobody asked for');
    else this.#listener.onDropped(reason);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lost.reject(new PaymentLostError(reason));
    // Before that, whoever opens it hears of it.
    if (this.#isOpen) this.#listener.onLost(reason);
  }
}

function authorisationOf(standing: Standing | null): Authorisation {
  switch (standing?.state) {
    case 'authorised':
      return { outcome: 'authorised' };
    case 'voided':
      return { outcome: 'not-authorised', why: standing.why ?? 'stopped' };
    default:
      return { outcome: 'unknown' };
  }
}

function settledAs(wanted: 'captured' | 'voided', standing: Standing | null): Settled {
  const state = standing?.state ?? 'unknown';
  if (state === wanted) return { outcome: 'done' };
  // A unit that neither does it nor refuses it does not do what it says.
  if (state === 'unknown' || state === 'authorised') return { outcome: 'unknown' };
  return { outcome: 'refused', state };
}
