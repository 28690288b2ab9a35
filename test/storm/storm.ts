/**
 * Two gates and their platform through a storm: everything between them and below them breaks as a plan says, while people go
 * in. Then the weather clears, and what the gates wrote down has to be on the platform. Time is virtual, so that minutes take
 * a fraction of a second, and a plan is the same every time (what comes by HTTP and from workers, the lists, comes when it does).
 */

import { rmSync } from 'node:fs';
import { setTimeout as realDelay } from 'node:timers/promises';
import { vi } from 'vitest';
import { Dice } from '../chaos/dice.ts';
import { type Direction, Line } from './frame-network.ts';
import { fullDisks } from './full-disks.ts';
import { Gate } from './gate.ts';
import { judge, judgeLists, judgeRest } from './judge.ts';
import { GATES, type Plan, type Step } from './plan.ts';
import type { Sky } from './sky.ts';
import { StormPlatform } from './storm-platform.ts';
import { pass, really, setWallClock, stopTime, turn } from './virtual-time.ts';
import { Witness } from './witness.ts';

const YEAR_MS = 365 * 86_400_000;
const HOUR_MS = 3_600_000;
/** So much may pass after a storm until all is where it belongs: the longest pauses, back-off and time limits in a row. */
const CALM_MS = 600_000;
/** Two beats missed, and a try that nobody answers. */
const SILENCE_MS = 12_000;
const LOOK_EVERY_MS = 2_000;
/** And then nothing more is said but heartbeats. */
const REST_MS = 60_000;
/** A list is fetched and built in real time. */
const LIST_MS = 20_000;
/** In real time. */
const STEP_MS = 40_000;

export class Storm {
  readonly witness = new Witness();
  readonly gates: readonly Gate[];
  readonly platform: StormPlatform;
  readonly lists: boolean;
  /** Its clock was wrong once: what it told the gates of the time was, too. */
  platformWasWrong = false;
  /** Gates whose state folder was put back. */
  readonly restored = new Set<string>();
  readonly #startedAt = Date.now();
  readonly #began = performance.now();
  readonly #fullDisks = new Set<number>();
  #people = 0;

  constructor(plan: Plan, sky: Sky) {
    const { folder, urlOf } = sky.next();
    this.folder = folder;
    const lines = Array.from(
      { length: GATES },
      (_, n) => new Line(urlOf(`gate-${n + 1}`), new Dice(plan.luck + n)),
    );
    this.platform = new StormPlatform(folder, sky.keys, lines, plan.isSlow);
    this.lists = plan.lists;
    const now = () => this.now();
    this.gates = lines.map((line, n) => new Gate(`gate-${n + 1}`, folder, line, this.witness, now));
  }

  readonly folder: string;

  /** The true time, ms since the epoch. */
  now(): number {
    return this.#startedAt + performance.now() - this.#began;
  }

  isFull(ledger: string | null): boolean {
    if (ledger === null) return this.#fullDisks.has(GATES);
    return this.gates.some(({ name }, n) => this.#fullDisks.has(n) && ledger.includes(`/${name}-`));
  }

  async begin(): Promise<void> {
    if (this.lists) await this.platform.publish(0);
    for (const gate of this.gates) await gate.start();
  }

  /** What a plan can do. */
  async take(step: Step): Promise<void> {
    if ('gate' in step) await this.#atGate(this.#gate(step.gate), step);
    else await this.#anywhere(step);
    await turn();
    if (this.lists) judgeLists(this);
  }

  async #atGate(gate: Gate, step: Extract<Step, { gate: number }>): Promise<void> {
    const { line } = gate;
    switch (step.do) {
      case 'tap':
        gate.tap(`T-${step.ticket}`);
        return;
      case 'crowd':
        for (let n = 0; n < step.people; n += 1) {
          this.#people += 1;
          gate.tap(`P-${this.#people}`, true);
        }
        return;
      case 'weather':
        line.delayMs = step.delayMs;
        line.jitterMs = step.jitterMs;
        line.harm = step.harm;
        return;
      case 'spoil':
        line.next[step.direction] = step.fate;
        return;
      case 'cut':
        line.cut();
        return;
      case 'way':
        for (const direction of directionsOf(step.direction)) line.set(direction, step.way);
        return;
      case 'unplug':
        line.isDown = true;
        line.cut();
        return;
      case 'mend':
        line.mend();
        return;
      case 'kill-gate':
        await gate.kill(step.power);
        await gate.start();
        return;
      case 'back-up':
        gate.backUp();
        return;
      case 'retire':
        gate.retire();
        return;
      case 'restore':
        if (await gate.restore()) this.restored.add(gate.name);
        await gate.start();
    }
  }

  async #anywhere(step: Exclude<Step, { gate: number }>): Promise<void> {
    switch (step.do) {
      case 'wait':
        await pass(step.ms);
        return;
      case 'kill-platform':
        await this.platform.kill(step.power);
        return;
      case 'busy':
        this.platform.beBusy(step.ms);
        return;
      case 'fill':
        this.#fullDisks.add(step.side);
        return;
      case 'free':
        this.#fullDisks.delete(step.side);
        for (const gate of this.gates) await gate.start();
        return;
      case 'jump':
        this.#jump(step.side, step.to);
        return;
      case 'publish':
        if (this.lists) await this.platform.publish(step.without);
    }
  }

  /** Everything is well again, and everybody gets the time that it takes. */
  async calm(): Promise<void> {
    this.#fullDisks.clear();
    this.platform.beBusy(0);
    for (const [n, gate] of this.gates.entries()) {
      gate.line.mend();
      this.#jump(n, 'right');
      await gate.start();
    }
    this.#jump(GATES, 'right');
    // Until whoever holds a dead connection knows it.
    await pass(SILENCE_MS);
    const until = performance.now() + CALM_MS;
    while (performance.now() < until && !this.isSettled()) {
      await pass(LOOK_EVERY_MS);
      // A link is not closed before what it fetched is, which takes real time.
      if (this.lists) await really(20);
    }
    if (this.lists) await this.#untilListsAreNew();
    judge(this);
    await this.#rest();
  }

  isSettled(): boolean {
    return this.unsettled().length === 0;
  }

  /** What is still to come, and the last that each gate said of it. */
  unsettled(): readonly object[] {
    return this.gates.flatMap(({ name, running, said }) => {
      const waiting = running?.ledger.waiting() ?? null;
      const [isUp, isOver] = [running?.link.isUp, running?.ledger.stream().isOver];
      if (waiting === 0 && isUp && isOver === false) return [];
      return [
        {
          name,
          waiting,
          isUp,
          isOver,
          said: said.filter(({ seq }) => seq === undefined).slice(-5),
        },
      ];
    });
  }

  /** Where the platform's word is good and believed. */
  get expectsLists(): readonly Gate[] {
    if (this.platformWasWrong || !this.lists) return [];
    const { terminals } = this.platform.running;
    return this.gates.filter(({ name }) => !terminals.isQuarantined(name));
  }

  async #untilListsAreNew(): Promise<void> {
    await this.platform.announce();
    const isNew = (gate: Gate) => gate.activeRoot === this.platform.roots.at(-1);
    for (let ms = 0; ms < LIST_MS && !this.expectsLists.every(isNew); ms += 5) {
      await pass(LOOK_EVERY_MS);
      await really(5);
      if (ms % 500 === 0) await this.platform.announce();
    }
  }

  async #rest(): Promise<void> {
    const before = this.gates.map(({ line }) => [line.tries.length, line.sent.get('facts')]);
    await pass(REST_MS);
    judgeRest(this, before);
  }

  async end(): Promise<void> {
    for (const gate of this.gates) await gate.stop();
    await this.platform.stop();
    for (const { line } of this.gates) line.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #jump(side: number, to: Extract<Step, { do: 'jump' }>['to']): void {
    const offset = {
      '1970': -this.now(),
      'a-year-ahead': YEAR_MS,
      'an-hour-back': -HOUR_MS,
      right: 0,
    };
    if (side < GATES) {
      this.#gate(side).wallOffset = offset[to];
      return;
    }
    if (to !== 'right') this.platformWasWrong = true;
    setWallClock(this.now() + offset[to]);
  }

  #gate(n: number): Gate {
    const gate = this.gates[n];
    if (gate === undefined) throw new Error(`there is no gate ${n}`);
    return gate;
  }
}

/** Rejects with what is wrong, if anything is. */
export async function weather(plan: Plan, sky: Sky): Promise<Storm> {
  const realTime = stopTime(Date.now());
  const dice = new Dice(plan.luck);
  const random = vi.spyOn(Math, 'random').mockImplementation(() => dice.next());
  const storm = new Storm(plan, sky);
  sky.platform = storm.platform;
  const emptyDisks = fullDisks((ledger) => storm.isFull(ledger));
  const crashes: unknown[] = [];
  const crash = (error: unknown) => void crashes.push(error);
  process.on('unhandledRejection', crash);
  try {
    await soon(storm.begin(), 'begin');
    for (const step of plan.steps) await soon(storm.take(step), JSON.stringify(step));
    await soon(storm.calm(), 'calm');
    if (crashes.length > 0) throw crashes[0];
    return storm;
  } finally {
    await soon(storm.end(), 'end').finally(() => {
      process.off('unhandledRejection', crash);
      emptyDisks();
      random.mockRestore();
      realTime();
      sky.platform = null;
    });
  }
}

/** Virtual time stands still for whoever waits for it by himself: it shows here, not as a test that never ends. */
async function soon(work: Promise<void>, what: string): Promise<void> {
  const late = new AbortController();
  const hangs = realDelay(STEP_MS, null, { signal: late.signal }).then(() => {
    throw new Error(`does not come to its end: ${what}`);
  });
  try {
    await Promise.race([work, hangs]);
  } finally {
    late.abort();
    await hangs.catch(() => {});
  }
}

function directionsOf(which: Direction | 'both'): readonly Direction[] {
  return which === 'both' ? ['up', 'down'] : [which];
}
