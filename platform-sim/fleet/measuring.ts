/** One server and its terminals, taken through what happens to a platform: they come, wait, hear, tap, are cut off, and come back. */

import { setTimeout as pause } from 'node:timers/promises';
import { type Crews, FleetError } from './crews.ts';
import { epochMs, type LedgerState, type Order, type Told } from './orders.ts';
import { processUse } from './process-use.ts';
import type { FleetServer } from './servers.ts';

/** Into the taps: while facts and acknowledgements are under way. */
const CRASH_AFTER_MS = 20;

export interface Plan {
  readonly taps: number;
  /** How long all are connected and nothing happens, for memory and CPU. */
  readonly idleMs: number;
  /** Versions of the list that are told. */
  readonly heads: number;
  /** The server is killed in the middle of the taps, and started again. */
  readonly crashes: boolean;
  /** All connections are cut at once. */
  readonly cuts: boolean;
  /** Until all terminals are through with one thing. */
  readonly patienceMs: number;
}

/** What was measured; a field that is not there was not. Times in ms. */
export interface Measured {
  /** Connections a second at the first opening. */
  opening?: number;
  /** A connection, KiB of the server's resident memory. */
  memory?: number;
  /** A connection, µs of the server's CPU a second while nothing happens but heartbeats. */
  cpu?: number;
  /** From the announcement until each terminal has it. */
  heads?: number[];
  /** Facts acknowledged a second, the next of each terminal being written when the last is acknowledged. */
  rate?: number;
  /** From written to acknowledged. */
  acknowledged?: number[];
  /** From the cut of all connections until each is welcomed again. */
  storm?: number[];
  /** CPU of the server for each that came back, µs. */
  stormCpu?: number;
  /** Where the ledgers stand at the end. */
  ledgers?: readonly LedgerState[];
  /** Connections that were lost though nobody cut them. */
  lost: number;
  /** What was stopped half-way: the rest of it is missing. */
  partial?: Order['do'];
}

/** What ends a measurement early: a person, or a server that died. */
export interface Ending {
  readonly signal: AbortSignal;
  /** Why, once it has been aborted by something other than a person. */
  readonly failure: () => FleetError | null;
}

/** Told of each thing as soon as it was measured. */
export type Progress = (measured: Readonly<Measured>, what: keyof Measured) => void;

export class Measuring {
  readonly #server: FleetServer;
  readonly #crews: Crews;
  readonly #plan: Plan;
  readonly #ending: Ending;
  readonly #progress: Progress;
  readonly measured: Measured = { lost: 0 };
  #late: FleetError | null = null;

  constructor(
    server: FleetServer,
    crews: Crews,
    plan: Plan,
    ending: Ending,
    progress: Progress = () => {},
  ) {
    this.#server = server;
    this.#crews = crews;
    this.#plan = plan;
    this.#ending = ending;
    this.#progress = progress;
  }

  /** Resolves when all is measured, or a person has stopped it. Rejects with FleetError; what was measured stands all the same. */
  async run(): Promise<void> {
    for (const step of [this.#open, this.#idle, this.#hear, this.#tap, this.#cut, this.#say]) {
      if (this.measured.partial !== undefined || this.#ending.signal.aborted) break;
      await step.call(this);
    }
    const failure = this.#ending.failure() ?? this.#late;
    if (failure) throw failure;
  }

  async #open(): Promise<void> {
    const before = await this.#use();
    const { begun, at } = await this.#order({ do: 'open' });
    this.#found({ opening: rate(begun, at) });
    if (before === null || this.measured.partial) return;
    const after = await this.#use();
    if (after) this.#found({ memory: (after.memory - before.memory) / this.#crews.terminals });
  }

  async #idle(): Promise<void> {
    const [before, begun] = [await this.#use(), epochMs()];
    const { idleMs } = this.#plan;
    await pause(idleMs, undefined, { signal: this.#ending.signal }).catch(isAborted);
    const after = await this.#use();
    if (before === null || after === null || this.#ending.signal.aborted) return;
    const seconds = (epochMs() - begun) / 1_000;
    this.#found({ cpu: ((after.cpu - before.cpu) * 1_000) / seconds / this.#crews.terminals });
  }

  async #hear(): Promise<void> {
    const { announce } = this.#server;
    if (announce === null) return;
    const heads: number[] = [];
    for (let version = 1; version <= this.#plan.heads; version += 1) {
      const heard = this.#order({ do: 'head', version });
      // What goes wrong with the one is no reason to leave the other unheeded.
      const [announced, told] = await Promise.allSettled([
        announce.call(this.#server, version),
        heard,
      ]);
      if (announced.status === 'rejected') throw announced.reason;
      if (told.status === 'rejected') throw told.reason;
      heads.push(...told.value.at.map((at) => at - announced.value));
      if (this.measured.partial) break;
    }
    this.#found({ heads });
  }

  async #tap(): Promise<void> {
    const { taps, crashes } = this.#plan;
    const tapped = this.#order({ do: 'tap', taps });
    const crashed = crashes ? this.#crashSoon() : null;
    const [told] = await Promise.all([tapped, crashed]);
    this.#found({ acknowledged: [...told.took], rate: rate(told.begun, told.at) });
  }

  /** While the first taps are under way, so that acknowledgements are lost, too. */
  async #crashSoon(): Promise<void> {
    await pause(CRASH_AFTER_MS);
    await this.#server.crash?.();
  }

  async #cut(): Promise<void> {
    if (!this.#plan.cuts) return;
    const before = await this.#use();
    const { begun, at } = await this.#order({ do: 'cut' });
    const after = await this.#use();
    this.#found({ storm: at.map((each) => each - begun) });
    if (before && after) {
      this.#found({ stormCpu: ((after.cpu - before.cpu) * 1_000) / Math.max(1, at.length) });
    }
  }

  async #say(): Promise<void> {
    const { ledgers } = await this.#order({ do: 'say' });
    this.#found({ ledgers });
  }

  async #order(order: Order): Promise<Told> {
    const patience = AbortSignal.timeout(this.#plan.patienceMs);
    const signal = AbortSignal.any([this.#ending.signal, patience]);
    const told = await this.#crews.order(order, signal);
    this.measured.lost += told.lost;
    const [fault] = told.faults;
    if (fault !== undefined)
      throw new FleetError(`the platform does not keep to the protocol: ${fault}`);
    if (told.isWhole) return told;
    this.measured.partial = order.do;
    if (!this.#ending.signal.aborted) this.#isLate(order, told);
    return told;
  }

  /** Said when what there is of it has been taken down. */
  #isLate({ do: what }: Order, { at }: Told): void {
    const { terminals } = this.#crews;
    const seconds = this.#plan.patienceMs / 1_000;
    this.#late = new FleetError(
      `${what}: ${at.length} answers of ${terminals} terminals in ${seconds} s`,
    );
  }

  #found(found: Partial<Measured>): void {
    Object.assign(this.measured, found);
    for (const what of Object.keys(found)) this.#progress(this.measured, what as keyof Measured);
  }

  async #use() {
    const { pid } = this.#server;
    return pid === null ? null : processUse(pid).catch(() => null);
  }
}

/** A second, between the first moment and the last. */
function rate(begun: number, at: readonly number[]): number {
  const last = at.reduce((latest, each) => Math.max(latest, each), begun);
  return last === begun ? 0 : (at.length * 1_000) / (last - begun);
}

function isAborted(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
