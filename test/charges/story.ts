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

/** `folder`: empty. */
export async function chargeStory(seed: number, folder: string): Promise<void> {
  const dice = new Dice(seed);
  const kiosk = new Kiosk(folder, TIMING);
  const { unit, plug } = kiosk;
  /** Durable at the kiosk: the evidence of the last sheet. */
  let issued = false;
  let inserted = 0;
  let isOver = false;

  /** Some days little goes wrong. */
  const harshness = dice.next();

  /** Yen that the unit took in. */
  const payIn = (): number => {
    if (unit.books.open?.state !== 'collecting' || !unit.hasPower) return 0;
    const piece = dice.pick([100, 500, 1_000] as const);
    unit.insert(piece);
    return piece;
  };

  /** What people and cables do, meanwhile. */
  const world = async (): Promise<void> => {
    while (!isOver) {
      const what = dice.next() < harshness ? dice.next() : 0;
      if (what < 0.3) inserted += payIn();
      else if (what < 0.4) unit.power(!unit.hasPower);
      else if (what < 0.45) plug.pull();
      else if (what < 0.6) plug.putBack();
      else if (what < 0.75) unit.faults(someFaults(dice));
      await wait(1 + Math.floor(dice.next() * 15));
      if (dice.next() < 0.7) {
        unit.power(true);
        plug.putBack();
      }
    }
  };

  const serve = async (): Promise<void> => {
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), 20 + dice.next() * 400);
    const charge = kiosk.plan();
    const held = await kiosk.authorise(charge, stop.signal).finally(() => clearTimeout(patience));
    if (held.outcome !== 'authorised') return;
    if (dice.next() < 0.3) {
      await kiosk.charges.void(charge);
      return;
    }
    issued = true;
    await kiosk.charges.capture(charge);
  };

  const living = world();
  try {
    for (let lives = 0; ; lives += 1) {
      const kill = lives < 4 ? someKill(dice) : null;
      const starting = kiosk.start(() => issued, kill);
      const state = kiosk.charges.stateOf(REQUEST);
      const isNew = state === 'none' || state === 'not-charged';
      const work = starting.then(() => (isNew && lives < 4 ? serve() : kiosk.charges.settleOpen()));
      if (!(await kiosk.killedDuring(work))) break;
      await kiosk.kill();
    }
    isOver = true;
    await living;
    unit.faults([]);
    unit.power(true);
    plug.putBack();
    await kiosk.settled(issued ? 'charged' : 'not-charged');
    expect(unit.books.open).toBeNull();
    expect(unit.books.takings).toBe(issued ? YEN : 0);
    const tray = unit.books.tray.reduce<number>((sum, piece) => sum + piece, 0);
    expect(tray).toBe(inserted - unit.books.takings);
    expect(unit.books.cash).toBe(FLOAT_YEN + inserted);
    const count = (event: string) => kiosk.events.filter((each) => each === event).length;
    expect(count('payment.captured')).toBe(issued ? 1 : 0);
    expect(count('payment.unknown')).toBe(0);
  } finally {
    isOver = true;
    await living;
    await kiosk.kill();
  }
}

function someFaults(dice: Dice): AnswerFault[] {
  return Array.from({ length: Math.floor(dice.next() * 4) }, () => dice.pick(ANSWER_FAULTS));
}

function someKill(dice: Dice): Kill | null {
  if (dice.next() < 0.3) return null;
  return { at: 1 + Math.floor(dice.next() * 3), when: dice.pick(['before', 'after'] as const) };
}
