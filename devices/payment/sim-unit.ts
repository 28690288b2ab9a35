/**
 * A model of a payment unit with a coin box and an e-money reader, for the protocol of payment-frames.ts. It remembers
 * what was authorised, captured and voided through the loss of power; what it was collecting then goes back.
 */

import {
  PAYMENT_MEANS,
  type Payment,
  type PaymentMeans,
  type PaymentState,
  type VoidReason,
} from './payment.ts';
import { type Answer, type Ask, encodeAnswer, FrameReader, parseAsk } from './payment-frames.ts';
import { type Account, Books, type Piece } from './sim-books.ts';
import type { UnitMemory } from './sim-memory.ts';

/**
 * What happens to the next answer: it comes late, twice, never, as an older one, about another payment, damaged; or the
 * power goes before the unit has done what was asked, or after it and before it answers.
 */
export const ANSWER_FAULTS = [
  'late',
  'twice',
  'never',
  'older',
  'other-payment',
  'damaged',
  'power-before',
  'power-after',
] as const;
export type AnswerFault = (typeof ANSWER_FAULTS)[number];

/** How the whole unit is, until it is changed. `out-of-order`: it opens no payment; `cash-full`: none by cash. */
export const UNIT_CONDITIONS = ['well', 'silent', 'cash-full', 'out-of-order'] as const;
export type UnitCondition = (typeof UNIT_CONDITIONS)[number];

/** Nobody asked about a payment that is being collected: the kiosk is gone, and its money goes back. */
const ABANDONED_MS = 10_000;
const LATE_MS = 4_000;

export interface SimUnitOptions {
  readonly memory: UnitMemory;
  /** How late a late answer is; 4,000 ms unless told. */
  readonly lateMs?: number | undefined;
  readonly abandonedMs?: number | undefined;
}

export class SimUnit {
  readonly #options: SimUnitOptions;
  #books: Books;
  #reader = new FrameReader();
  #faults: AnswerFault[] = [];
  #older: Uint8Array = new Uint8Array();
  #transmit: ((bytes: Uint8Array) => void) | undefined;
  #hasPower = true;
  #abandon: NodeJS.Timeout | undefined;
  condition: UnitCondition = 'well';

  constructor(options: SimUnitOptions) {
    this.#options = options;
    this.#books = new Books(options.memory);
    this.#returnInterrupted();
  }

  /** Where its answers go; undefined unplugs the line. */
  connect(transmit: ((bytes: Uint8Array) => void) | undefined): void {
    this.#transmit = transmit;
    this.#reader = new FrameReader();
  }

  get books(): Books {
    return this.#books;
  }

  get hasPower(): boolean {
    return this.#hasPower;
  }

  /** One fault an answer, in this order. */
  faults(faults: readonly AnswerFault[]): void {
    this.#faults = [...faults];
  }

  power(on: boolean): void {
    if (on === this.#hasPower) return;
    this.#hasPower = on;
    clearTimeout(this.#abandon);
    this.#reader = new FrameReader();
    if (!on) return;
    this.#books = new Books(this.#options.memory);
    this.#returnInterrupted();
  }

  /** Without power a piece falls through. */
  insert(piece: Piece): void {
    if (this.#hasPower) this.#books.insert(piece);
  }

  touch(wallet: string): void {
    if (this.#hasPower) this.#books.touch(wallet);
  }

  /** Bytes from the kiosk. */
  receive(bytes: Uint8Array): void {
    if (!this.#hasPower) return;
    for (const body of this.#reader.push(bytes)) {
      const ask = body === null ? null : parseAsk(body);
      if (ask !== null && this.#hasPower) this.#take(ask);
    }
  }

  #returnInterrupted(): void {
    const { open } = this.#books;
    if (open?.state === 'collecting') this.#books.giveBack(open, 'power');
  }

  #take(ask: Ask): void {
    const fault = this.condition === 'silent' ? 'never' : this.#faults.shift();
    if (fault === 'power-before') this.power(false);
    if (!this.#hasPower) return;
    const answer = encodeAnswer(this.#answerTo(ask));
    this.#watchOver();
    if (fault === 'power-after') this.power(false);
    for (const bytes of this.#sentFor(answer, ask, fault)) this.#send(bytes);
    this.#older = answer;
  }

  #sentFor(answer: Uint8Array, ask: Ask, fault: AnswerFault | undefined): Uint8Array[] {
    switch (fault) {
      case 'never':
        return [];
      case 'late':
        setTimeout(() => this.#send(answer), this.#options.lateMs ?? LATE_MS).unref();
        return [];
      case 'older':
        return [this.#older];
      case 'damaged':
        return [Buffer.from(answer).fill(0x2a, 3, 4)];
      case 'other-payment':
        return [aboutAnother(ask)];
      case 'twice':
        return [answer, answer];
      default:
        return [answer];
    }
  }

  #send(bytes: Uint8Array): void {
    if (this.#hasPower) this.#transmit?.(bytes);
  }

  #answerTo(ask: Ask): Answer {
    if (ask.ask === 'hello') return { number: ask.number, answer: 'unit', means: PAYMENT_MEANS };
    return this.#answerAbout(ask);
  }

  #answerAbout(ask: Exclude<Ask, { readonly ask: 'hello' }>): Answer {
    const { number } = ask;
    const known = this.#books.find(ask.id);
    switch (ask.ask) {
      case 'authorise':
        if (known === null) return this.#standing(number, this.#books.add(ask, this.#against(ask)));
        return isOther(known, ask) ? { number, answer: 'no' } : this.#standing(number, known);
      case 'look':
        return known === null ? this.#strange(ask) : this.#standing(number, known);
      case 'capture':
        if (known?.state === 'authorised') this.#books.capture(known);
        return known === null ? this.#strange(ask) : this.#standing(number, known);
      case 'void':
        return this.#voided(number, ask.id, known);
    }
  }

  /** What stands against opening it. */
  #against({ means }: { readonly means: PaymentMeans }): VoidReason | null {
    if (this.#books.open !== null) return 'busy';
    if (this.condition === 'out-of-order') return 'out-of-order';
    return this.condition === 'cash-full' && means === 'cash' ? 'cash-full' : null;
  }

  #voided(number: string, id: string, known: Account | null): Answer {
    if (known?.state === 'collecting' || known?.state === 'authorised') {
      this.#books.giveBack(known, 'stopped');
    }
    if (known !== null) return this.#standing(number, known);
    if (this.#books.isForgetful) return this.#strange({ number, id });
    // What is still on its way under this id takes nothing any more.
    return this.#standing(number, this.#books.add({ id, yen: 0, means: 'cash' }, 'stopped'));
  }

  #standing(number: string, { id }: Account): Answer {
    const now = this.#books.find(id);
    if (now === null) return this.#strange({ number, id });
    const { state, inserted, why } = now;
    return { number, answer: 'payment', id, state, inserted, why };
  }

  #strange({ number, id }: { readonly number: string; readonly id: string }): Answer {
    const state: PaymentState = this.#books.isForgetful ? 'unknown' : 'none';
    return { number, answer: 'payment', id, state, inserted: 0, why: null };
  }

  #watchOver(): void {
    clearTimeout(this.#abandon);
    if (this.#books.open?.state !== 'collecting') return;
    this.#abandon = setTimeout(() => {
      const { open } = this.#books;
      if (open?.state === 'collecting') this.#books.giveBack(open, 'abandoned');
    }, this.#options.abandonedMs ?? ABANDONED_MS).unref();
  }
}

/** Another amount under an id that is taken. What is void is void, whatever it was about. */
function isOther(known: Account, { yen, means }: Payment): boolean {
  return known.state !== 'voided' && (known.yen !== yen || known.means !== means);
}

/** The right number, and a payment that it was not asked about: a unit that mixes two. */
function aboutAnother({ number }: Ask): Uint8Array {
  const id = 'f'.repeat(32);
  return encodeAnswer({
    number,
    answer: 'payment',
    id,
    state: 'authorised',
    inserted: 0,
    why: null,
  });
}
