/** The machine of the plain services with a clock that tests turn: what happens when nobody, or nothing, does anything. */

import { expect, test } from 'vitest';
import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import type { Answer, StepResult } from '../src/domain/answer.ts';
import type { SensedTap } from '../src/domain/tap.ts';
import type { Told } from '../src/domain/told.ts';
import { procedureMachine } from '../state-machines/procedure.ts';
import {
  type PadEvent,
  PROCEDURE_DELAYS,
  PROCEDURE_LIMIT_MS,
  type ProcedureAnswered,
} from '../state-machines/procedure-setup.ts';

const TOLD: Told = { text: 'age-check.over', given: { age: 20 } };
const SEEN = { tap: 1, sensedAt: 0 };

type Effect =
  | 'readCard'
  | 'verifyCertificate'
  | 'countTries'
  | 'provePin'
  | 'askPlatform'
  | 'recordAnswer'
  | 'act';

const WELL: Readonly<Record<Effect, StepResult>> = {
  readCard: { next: 'go-on' },
  verifyCertificate: { next: 'ask-pin' },
  countTries: { next: 'pin', tries: 3 },
  provePin: { next: 'go-on' },
  askPlatform: { next: 'tell', told: TOLD },
  recordAnswer: { next: 'go-on' },
  act: { next: 'go-on' },
};

/** `hangs`: the effect that never ends. */
class Rig {
  readonly clock = new SimulatedClock();
  readonly begun: string[] = [];
  readonly aborted: string[] = [];
  /** Digits in the pad. */
  digits = 0;
  padIsOpen = false;
  readonly #hangs: Effect | null;
  readonly #results: Readonly<Partial<Record<Effect, StepResult>>>;
  #takeCard: () => void = () => {};
  readonly actor;

  constructor(hangs: Effect | null, results: Readonly<Partial<Record<Effect, StepResult>>> = {}) {
    this.#hangs = hangs;
    this.#results = results;
    this.actor = createActor(
      procedureMachine.provide({
        actors: {
          readCard: this.#effect('readCard'),
          verifyCertificate: this.#effect('verifyCertificate'),
          countTries: this.#effect('countTries'),
          provePin: this.#effect('provePin'),
          askPlatform: this.#effect('askPlatform'),
          recordAnswer: this.#effect('recordAnswer'),
          act: this.#effect('act'),
          noteRefusal: this.#note('noteRefusal'),
          noteUnreadable: this.#note('noteUnreadable'),
          noteCancelled: this.#note('noteCancelled'),
          watchCard: fromCallback(({ sendBack }) => {
            this.#takeCard = () => sendBack({ type: 'card.gone' });
          }),
          pinPad: fromCallback<PadEvent>(({ receive, sendBack }) => {
            this.padIsOpen = true;
            this.digits = 0;
            const tell = () => sendBack({ type: 'pin.typed', digits: this.digits });
            tell();
            receive(({ type }) => {
              this.digits = type === 'erase' ? Math.max(0, this.digits - 1) : this.digits + 1;
              tell();
            });
            return () => {
              this.padIsOpen = false;
            };
          }),
        },
      }),
      { clock: this.clock, input: SEEN },
    );
    this.actor.start();
  }

  get answer(): Answer | undefined {
    return this.actor.getSnapshot().output;
  }

  async settle(): Promise<this> {
    await new Promise((resolve) => setImmediate(resolve));
    return this;
  }

  async pass(delay: keyof typeof PROCEDURE_DELAYS): Promise<void> {
    this.clock.increment(PROCEDURE_DELAYS[delay]);
    await this.settle();
  }

  async type(digits: number): Promise<void> {
    for (let n = 0; n < digits; n += 1) this.actor.send({ type: 'key.character' });
    await this.settle();
  }

  async press(type: 'key.enter' | 'key.back' | 'key.erase'): Promise<void> {
    this.actor.send({ type });
    await this.settle();
  }

  async takeCard(): Promise<void> {
    this.#takeCard();
    await this.settle();
  }

  #effect<Input extends SensedTap | ProcedureAnswered>(name: Effect) {
    return fromPromise<StepResult, Input>(({ signal }) => {
      this.begun.push(name);
      signal.addEventListener('abort', () => this.aborted.push(name));
      const { promise, resolve } = Promise.withResolvers<StepResult>();
      if (name !== this.#hangs) resolve(this.#results[name] ?? WELL[name]);
      return promise;
    });
  }

  #note(name: string) {
    return fromPromise<StepResult, ProcedureAnswered>(async () => {
      this.begun.push(name);
      return { next: 'go-on' };
    });
  }
}

const WITHOUT_PIN = { verifyCertificate: { next: 'go-on' } } as const;

test.each([
  ['readCard', 'cardStep', { answer: 'hold-again', reason: 'card-unreadable' }],
  ['verifyCertificate', 'ownStep', { answer: 'hold-again', reason: 'card-unreadable' }],
  ['countTries', 'cardStep', { answer: 'hold-again', reason: 'card-unreadable' }],
  ['askPlatform', 'platformAnswers', { answer: 'refused', reason: 'platform-slow' }],
  ['act', 'acting', { answer: 'told', told: TOLD }],
] as const)('a %s that never ends is given up after %s', async (effect, delay, answer) => {
  const results = effect === 'countTries' ? {} : WITHOUT_PIN;
  const rig = await new Rig(effect, results).settle();
  expect(rig.begun.at(-1)).toBe(effect);
  rig.clock.increment(PROCEDURE_DELAYS[delay] - 1);
  expect(rig.answer).toBeUndefined();
  rig.clock.increment(1);
  await rig.settle();
  expect(rig.answer).toEqual(answer);
  expect(rig.aborted).toEqual([effect]);
});

test('nothing is told of what could not be kept, and nothing follows from it', async () => {
  const notKept = { next: 'not-recorded', reason: 'disk-full' } as const;
  const rig = await new Rig(null, { ...WITHOUT_PIN, recordAnswer: notKept }).settle();
  expect(rig.answer).toEqual({ answer: 'not-recorded', reason: 'disk-full' });
  expect(rig.begun).not.toContain('act');
});

test('a durable write is waited for, whatever happens meanwhile', async () => {
  const rig = await new Rig('recordAnswer', WITHOUT_PIN).settle();
  await rig.takeCard();
  rig.actor.send({ type: 'session.cancel' });
  rig.clock.increment(PROCEDURE_LIMIT_MS);
  expect(rig.answer).toBeUndefined();
  expect(rig.actor.getSnapshot().value).toBe('recording');
});

test('the card that goes while the platform is asked ends it, and the question with it', async () => {
  const rig = await new Rig('askPlatform', WITHOUT_PIN).settle();
  await rig.takeCard();
  expect(rig.answer).toEqual({ answer: 'hold-again', reason: 'card-removed' });
  expect(rig.aborted).toEqual(['askPlatform']);
});

test('whoever presses nothing for a minute is gone; every key begins the minute anew', async () => {
  const rig = await new Rig(null).settle();
  const almost = PROCEDURE_DELAYS.pinIdle - 1;
  for (let n = 0; n < 3; n += 1) {
    rig.clock.increment(almost);
    await rig.type(1);
  }
  expect(rig.answer).toBeUndefined();
  await rig.pass('pinIdle');
  expect(rig.answer).toEqual({ answer: 'cancelled' });
  expect(rig.padIsOpen).toBe(false);
  expect(rig.begun).not.toContain('provePin');
});

test('Enter does nothing before the fourth digit', async () => {
  const rig = await new Rig(null).settle();
  await rig.press('key.enter');
  await rig.type(3);
  await rig.press('key.enter');
  expect(rig.begun).not.toContain('provePin');
  await rig.type(1);
  await rig.press('key.erase');
  await rig.press('key.enter');
  expect(rig.begun).not.toContain('provePin');
  await rig.type(1);
  await rig.press('key.enter');
  expect(rig.answer).toEqual({ answer: 'told', told: TOLD });
});

test('while the card checks a PIN nothing else is done: one entry, one try', async () => {
  const rig = await new Rig('provePin').settle();
  await rig.type(4);
  for (const key of ['key.enter', 'key.enter', 'key.back'] as const) await rig.press(key);
  await rig.takeCard();
  expect(rig.begun.filter((effect) => effect === 'provePin')).toHaveLength(1);
  expect(rig.padIsOpen).toBe(true);
  await rig.pass('pinStep');
  expect(rig.answer).toEqual({ answer: 'hold-again', reason: 'card-unreadable' });
  expect(rig.padIsOpen).toBe(false);
});

test('one try left: nothing is typed before somebody said that they want to', async () => {
  const rig = await new Rig(null, { countTries: { next: 'pin', tries: 1 } }).settle();
  expect(rig.padIsOpen).toBe(false);
  await rig.pass('pinIdle');
  expect(rig.answer).toEqual({ answer: 'cancelled' });
  const other = await new Rig(null, { countTries: { next: 'pin', tries: 1 } }).settle();
  await other.press('key.enter');
  expect(other.padIsOpen).toBe(true);
  await other.press('key.back');
  expect(other.answer).toEqual({ answer: 'cancelled' });
});

test('all that a person may take fits into what the session allows', () => {
  const { cardStep, ownStep, pinStep, platformAnswers, pinIdle, acting } = PROCEDURE_DELAYS;
  const typing = 3 * (pinIdle + pinStep) + pinIdle;
  const rest = 2 * cardStep + 2 * ownStep + platformAnswers + acting;
  expect(PROCEDURE_LIMIT_MS).toBeGreaterThan(typing + rest);
});
