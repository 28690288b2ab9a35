/**
 * A simulated turnstile and the person in front of it, driven over its control socket:
 *   {"do": "set", "as": "ready" | "blocked" | "jammed" | "dumb"}
 *       blocked: it takes no pulse; jammed: it takes one and does not unlock; dumb: it unlocks and says nothing more
 *   {"do": "people", "as": "walk" | "stay"}      whether whoever is let in walks through by themselves, after a moment
 *   {"do": "walk"} and {"do": "lock"}            somebody walks through now; it locks again without
 *   {"do": "count"}                              how often it unlocked, and how many walked through
 *   {"do": "unplug"} and {"do": "plug"}
 */

import { setTimeout as wait } from 'node:timers/promises';
import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import { type Levels, letThrough, type Wires } from './passage.ts';
import type { OpenTurnstile, Turnstile, TurnstileListener } from './turnstile.ts';

const STATES = ['ready', 'blocked', 'jammed', 'dumb'] as const;
const PEOPLE = ['walk', 'stay'] as const;

/** How soon people walk, how long the contact is closed once it was looked at, and when it locks again without anybody. */
const WALK_MS = 100;
const CONTACT_MS = 100;
const RELOCK_MS = 8_000;

class Barrier {
  state: (typeof STATES)[number] = 'ready';
  people: (typeof PEOPLE)[number] = 'walk';
  isPlugged = true;
  unlocked = 0;
  passed = 0;
  #isUnlocked = false;
  #isRaised = false;
  /** Until the next look, however late it is on a busy machine. */
  #isTurning = false;
  #contactUntil = 0;
  #timers: NodeJS.Timeout[] = [];

  readonly wires: Wires = {
    look: async (): Promise<Levels> => {
      this.#check();
      const contact = this.#isTurning || performance.now() < this.#contactUntil;
      if (this.#isTurning) this.#contactUntil = performance.now() + CONTACT_MS;
      this.#isTurning = false;
      return { ready: this.state !== 'blocked' && !this.#isUnlocked, contact };
    },
    raise: async (on) => {
      this.#check();
      const begins = on && !this.#isRaised;
      this.#isRaised = on;
      if (begins && (this.state === 'ready' || this.state === 'dumb')) this.#unlock();
    },
  };

  walk(): void {
    if (!this.#isUnlocked) throw new Error('it is locked');
    this.passed += 1;
    this.#isTurning = this.state !== 'dumb';
    this.lock();
  }

  /** Whether it was unlocked. */
  lock(): boolean {
    const was = this.#isUnlocked;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    if (this.state !== 'dumb') this.#isUnlocked = false;
    return was;
  }

  set(state: (typeof STATES)[number]): void {
    this.state = state;
    this.#isUnlocked = false;
  }

  #unlock(): void {
    this.#isUnlocked = true;
    this.unlocked += 1;
    this.#timers.push(setTimeout(() => this.lock(), RELOCK_MS).unref());
    if (this.people === 'walk') this.#timers.push(setTimeout(() => this.walk(), WALK_MS).unref());
  }

  #check(): void {
    if (!this.isPlugged) throw new Error('the turnstile was unplugged');
  }
}

/** The turnstile outlives the daemon's opening and closing of its line. */
export function openSimTurnstile({ controlPath }: { readonly controlPath: string }): OpenTurnstile {
  const barrier = new Barrier();
  const listeners = new Set<TurnstileListener>();
  let control: Promise<unknown> | null = null;
  return async (listener): Promise<Turnstile> => {
    control ??= openControlSocket(controlPath, (request) => obey(barrier, listeners, request));
    await control;
    if (!barrier.isPlugged) throw new Error('the turnstile is not there');
    listeners.add(listener);
    return {
      name: 'Simulated turnstile',
      modelled: true,
      letThrough: (signal) => letThrough(barrier.wires, async (ms) => wait(ms), signal),
      async close() {
        listeners.delete(listener);
      },
    };
  };
}

function obey(
  barrier: Barrier,
  listeners: Set<TurnstileListener>,
  request: ControlRequest,
): ControlReply {
  switch (request.do) {
    case 'set':
      barrier.set(oneOf(STATES, request['as']));
      return {};
    case 'people':
      barrier.people = oneOf(PEOPLE, request['as']);
      return {};
    case 'walk':
      barrier.walk();
      return {};
    case 'lock':
      return { unlocked: barrier.lock() };
    case 'count':
      return { unlocked: barrier.unlocked, passed: barrier.passed };
    case 'unplug':
      barrier.isPlugged = false;
      for (const listener of listeners) listener.onLost('the turnstile was unplugged');
      listeners.clear();
      return {};
    case 'plug':
      barrier.isPlugged = true;
      return {};
    default:
      throw new Error(`a turnstile does not know how to ${request.do}`);
  }
}

function oneOf<Word extends string>(words: readonly Word[], text: unknown): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`expected ${words.join(' or ')}`);
  return found;
}
