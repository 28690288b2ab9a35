/**
 * One certificate and its fee, with everything going wrong that a seed names: answers, power, plug, and the kiosk killed
 * at any place. At the end nothing is open, and the books of both sides agree.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { ANSWER_FAULTS, type AnswerFault } from '../../devices/payment/sim-unit.ts';
import { Dice } from '../chaos/dice.ts';
import { type Kill, Kiosk, REQUEST, YEN } from './kiosk.ts';

/** An answer that the machine has no time for within this is asked for again: one more fault. */
const TIMING = { reply: 20, look: 1 };
const FLOAT_YEN = 4 * 500 + 20 * 100 + 10 * 50 + 20 * 10;

/** Kills at most; the last life is left alone. */
const LIVES_MAX = 5;

/** `folder`: empty. */
export async function chargeStory(seed: number, folder: string): Promise<void> {
  const kiosk = new Kiosk(folder, TIMING);
  const street = new Street(kiosk, new Dice(seed));
  const person = new Person(kiosk, new Dice(seed + 1));
  const dice = new Dice(seed + 2);
  try {
    for (let lives = 1; lives <= LIVES_MAX; lives += 1) {
      const kill = lives < LIVES_MAX ? someKill(dice) : null;
      const starting = kiosk.start(() => person.issued, kill);
      const state = kiosk.charges.stateOf(REQUEST);
      const isNew = state === 'none' || state === 'not-charged';
      const serve = () => (isNew && lives < LIVES_MAX ? person.isServed() : undefined);
      if (!(await kiosk.killedDuring(starting.then(serve)))) break;
      await kiosk.kill();
    }
    await street.calmsDown();
    await kiosk.settled(person.issued ? 'charged' : 'not-charged');
    agreed(kiosk, person.issued, street.inserted);
  } finally {
    await street.calmsDown();
    await kiosk.kill();
  }
}

/** What people and cables do, meanwhile. */
class Street {
  /** Yen that the unit took in. */
  inserted = 0;
  readonly #kiosk: Kiosk;
  readonly #dice: Dice;
  /** Some days little goes wrong. */
  readonly #harshness: number;
  readonly #living: Promise<void>;
  #isOver = false;

  constructor(kiosk: Kiosk, dice: Dice) {
    this.#kiosk = kiosk;
    this.#dice = dice;
    this.#harshness = dice.next();
    this.#living = this.#live();
  }

  async calmsDown(): Promise<void> {
    this.#isOver = true;
    await this.#living;
    this.#kiosk.unit.faults([]);
    this.#mend();
  }

  async #live(): Promise<void> {
    const dice = this.#dice;
    while (!this.#isOver) {
      this.#act(dice.next() < this.#harshness ? dice.next() : 0);
      await wait(1 + Math.floor(dice.next() * 15));
      if (dice.next() < 0.7) this.#mend();
    }
  }

  #act(what: number): void {
    const { unit, plug } = this.#kiosk;
    if (what < 0.3) this.#payIn();
    else if (what < 0.4) unit.power(!unit.hasPower);
    else if (what < 0.45) plug.pull();
    else if (what < 0.6) plug.putBack();
    else if (what < 0.75) unit.faults(someFaults(this.#dice));
  }

  #payIn(): void {
    const { unit } = this.#kiosk;
    if (unit.books.open?.state !== 'collecting' || !unit.hasPower) return;
    const piece = this.#dice.pick([100, 500, 1_000] as const);
    unit.insert(piece);
    this.inserted += piece;
  }

  #mend(): void {
    this.#kiosk.unit.power(true);
    this.#kiosk.plug.putBack();
  }
}

class Person {
  /** Durable at the kiosk: the evidence of the last sheet. */
  issued = false;
  readonly #kiosk: Kiosk;
  readonly #dice: Dice;

  constructor(kiosk: Kiosk, dice: Dice) {
    this.#kiosk = kiosk;
    this.#dice = dice;
  }

  async isServed(): Promise<void> {
    const [kiosk, dice] = [this.#kiosk, this.#dice];
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), 20 + dice.next() * 400);
    const charge = kiosk.plan();
    const held = await kiosk.authorise(charge, stop.signal).finally(() => clearTimeout(patience));
    if (held.outcome !== 'authorised') return;
    this.issued = dice.next() < 0.7;
    if (this.issued) await kiosk.charges.capture(charge);
    else await kiosk.charges.void(charge);
  }
}

/** The books of both sides, when nothing is open any more. `inserted`: yen. */
function agreed({ unit, events }: Kiosk, issued: boolean, inserted: number): void {
  expect(unit.books.open).toBeNull();
  expect(unit.books.takings).toBe(issued ? YEN : 0);
  const tray = unit.books.tray.reduce<number>((sum, piece) => sum + piece, 0);
  expect(tray).toBe(inserted - unit.books.takings);
  expect(unit.books.cash).toBe(FLOAT_YEN + inserted);
  expect(events.filter((event) => event === 'payment.captured')).toHaveLength(issued ? 1 : 0);
  expect(events).not.toContain('payment.unknown');
}

function someFaults(dice: Dice): AnswerFault[] {
  return Array.from({ length: Math.floor(dice.next() * 4) }, () => dice.pick(ANSWER_FAULTS));
}

function someKill(dice: Dice): Kill | null {
  if (dice.next() < 0.3) return null;
  return { at: 1 + Math.floor(dice.next() * 3), when: dice.pick(['before', 'after'] as const) };
}
