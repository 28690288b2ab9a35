/** A kiosk's charges over a real ledger, and a payment unit that outlives both. */

import { setTimeout as wait } from 'node:timers/promises';
import { vi } from 'vitest';
import type { PaymentUnit } from '../../devices/payment/payment.ts';
import type { PaymentTiming } from '../../devices/payment/payment-conversation.ts';
import { memoryInProcess } from '../../devices/payment/sim-memory.ts';
import { openSimPayment, Socket } from '../../devices/payment/sim-payment.ts';
import { SimUnit } from '../../devices/payment/sim-unit.ts';
import { Charges, type PlannedCharge, type WasIssued } from '../../src/charges.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { Journal } from '../../src/journal.ts';
import { Recorder } from '../../src/recorder.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { READING } from '../store/fixtures.ts';

export const REQUEST = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
export const YEN = 450;
const PATIENCE = { timeout: 20_000, interval: 2 };

/** Kills the kiosk before or after the unit did what it was asked as the `at`-th thing of this run. */
export interface Kill {
  readonly at: number;
  readonly when: 'before' | 'after';
}

export class Kiosk {
  readonly unit: SimUnit;
  readonly plug: Socket;
  readonly #folder: string;
  readonly #timing: PaymentTiming;
  #running: {
    ledger: Ledger;
    journal: Journal;
    recorder: Recorder;
    charges: Charges;
  } | null = null;
  #driver: PaymentUnit | null = null;
  #kill: Kill | null = null;
  #killed = Promise.withResolvers<'killed'>();
  #isKilled = false;
  #asked = 0;
  #run = 0;

  /** `folder`: of its state. */
  constructor(folder: string, timing: PaymentTiming) {
    this.#folder = folder;
    this.#timing = timing;
    this.unit = new SimUnit({ memory: memoryInProcess(), lateMs: timing.reply + 10 });
    this.plug = new Socket(this.unit);
  }

  get ledger(): Ledger {
    return this.#here.ledger;
  }

  /** Null while the unit is not open. */
  get driver(): PaymentUnit | null {
    return this.#driver;
  }

  get recorder(): Recorder {
    return this.#here.recorder;
  }

  get charges(): Charges {
    return this.#here.charges;
  }

  get facts(): Fact[] {
    return [...this.ledger.facts(0)].filter(({ event }) => event.startsWith('payment.'));
  }

  get events(): string[] {
    return this.facts.map(({ event }) => event);
  }

  get #here() {
    if (this.#running === null) throw new Error('the kiosk does not run');
    return this.#running;
  }

  /** Resolves when the unit is open. */
  async start(wasIssued: WasIssued = () => false, kill: Kill | null = null): Promise<void> {
    this.#kill = kill;
    this.#asked = 0;
    this.#isKilled = false;
    this.#killed = Promise.withResolvers();
    const directory = this.#folder;
    const rest = { terminal: 'kiosk-1', read: () => READING, countsAsBoot: true };
    const ledger = Ledger.open({ directory, ...rest });
    const journal = new Journal(directory, null);
    const recorder = new Recorder(ledger, journal, Date.now);
    const charges = new Charges(recorder, () => this.#driver);
    this.#running = { ledger, journal, recorder, charges };
    charges.settleEarlierRun(wasIssued);
    await this.#open(this.#run);
  }

  /** As a kill does it: nothing of this run happens any more. */
  async kill(): Promise<void> {
    this.#run += 1;
    const driver = this.#driver;
    this.#driver = null;
    await driver?.close();
    this.#running?.ledger.close();
    await this.#running?.journal.close();
    this.#running = null;
  }

  /** Whether the kill that `start` was told of came before the end of the work; afterwards it comes no more. */
  async killedDuring(work: Promise<unknown>): Promise<boolean> {
    await Promise.race([work, this.#killed.promise]);
    this.#kill = null;
    return this.#isKilled;
  }

  plan(request = REQUEST): PlannedCharge {
    const about = { request, yen: YEN, means: 'cash' } as const;
    let planned: PlannedCharge | null = null;
    this.ledger.record([], (steps) => {
      planned = this.charges.plan(steps, about);
    });
    if (planned === null) throw new Error('nothing was planned');
    return planned;
  }

  authorise(charge: PlannedCharge, signal = new AbortController().signal) {
    return this.charges.authorise(charge, { inserted: () => {} }, signal);
  }

  /** Somebody puts 500 yen in as soon as they are asked for. */
  async paid(charge: PlannedCharge) {
    const outcome = this.authorise(charge);
    await this.collecting(charge);
    this.unit.insert(500);
    return outcome;
  }

  async collecting({ payment }: PlannedCharge): Promise<void> {
    await vi.waitFor(() => {
      if (this.unit.books.find(payment)?.state !== 'collecting') throw new Error('not yet');
    }, PATIENCE);
  }

  /** Resolves when the newest charge stands so. */
  async settled(state: ReturnType<Charges['stateOf']>): Promise<void> {
    await vi.waitFor(async () => {
      await this.charges.settleOpen();
      const now = this.charges.stateOf(REQUEST);
      if (now !== state) throw new Error(`it is ${now}`);
    }, PATIENCE);
  }

  async #open(run: number): Promise<void> {
    const { unit, plug } = this;
    const open = openSimPayment({ unit, plug, timing: this.#timing });
    const onLost = (): void => {
      if (run !== this.#run) return;
      const lost = this.#driver;
      this.#driver = null;
      void lost?.close().then(() => this.#open(run));
    };
    while (run === this.#run) {
      const driver = await open({ onLost, onDropped: () => {} }).catch(() => null);
      if (driver === null) await wait(5);
      else if (run !== this.#run) await driver.close();
      else {
        this.#driver = this.#watched(driver, run);
        void this.charges.settleOpen();
        return;
      }
    }
  }

  /** Counts what is asked, and stops where the kill is to be. */
  #watched(driver: PaymentUnit, run: number): PaymentUnit {
    const watch = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
      this.#asked += 1;
      const strikes = this.#kill?.at === this.#asked ? this.#kill.when : null;
      if (strikes !== 'before') {
        const done = await ask().then(
          (result) => () => result,
          (error: unknown) => () => {
            throw error;
          },
        );
        // A kill that was called off meanwhile does not strike.
        const isSpared = strikes === null || this.#kill === null;
        if (isSpared && run === this.#run) return done();
      }
      if (strikes !== null) {
        this.#isKilled = true;
        this.#killed.resolve('killed');
      }
      return new Promise<never>(() => {});
    };
    return {
      name: driver.name,
      modelled: driver.modelled,
      means: driver.means,
      authorise: (payment, on, signal) => watch(() => driver.authorise(payment, on, signal)),
      capture: (id) => watch(() => driver.capture(id)),
      void: (id) => watch(() => driver.void(id)),
      stateOf: (id) => driver.stateOf(id),
      close: () => driver.close(),
    };
  }
}
