/**
 * A kiosk that sells certificates, with a ledger that is real, a printer and a payment unit that outlive it, a centre that
 * can be wrong, and a person who does what the screen says. It can be killed before or after each thing that it does.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { vi } from 'vitest';
import { type Actor, type AnyStateMachine, createActor, SimulatedClock } from 'xstate';
import type { PagePrinter } from '../../devices/page/page-printer.ts';
import { openSimPagePrinter, SimPagePrinter } from '../../devices/page/sim-page-printer.ts';
import type { PaymentUnit } from '../../devices/payment/payment.ts';
import { memoryInProcess } from '../../devices/payment/sim-memory.ts';
import { openSimPayment, Socket } from '../../devices/payment/sim-payment.ts';
import { SimUnit } from '../../devices/payment/sim-unit.ts';
import type { ReceiptPrinter } from '../../devices/receipt/receipt-printer.ts';
import { certificateErrand } from '../../src/certificate-order/certificate-errand.ts';
import { OrderRecords } from '../../src/certificate-order/order-records.ts';
import type { Inspected } from '../../src/certificate-order/pdf-pages.ts';
import { Settlement } from '../../src/certificate-order/settlement.ts';
import { Charges } from '../../src/charges.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { Receipt } from '../../src/domain/receipt.ts';
import type { Key, ScreenBody } from '../../src/domain/screen.ts';
import { Journal } from '../../src/journal.ts';
import { Papers } from '../../src/papers.ts';
import { Recorder } from '../../src/recorder.ts';
import type { Errand, TerminalParts } from '../../src/services/service.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { TEST_TIMING } from '../devices/page-story.ts';
import { JournalLines } from '../journal-lines.ts';
import { READING } from '../store/fixtures.ts';
import { READER, TRUST } from './one-card.ts';
import { obey } from './person.ts';
import { StandInCentre, TERMINAL } from './stand-in-centre.ts';

const PATIENCE = { timeout: 20_000, interval: 2 };
const PAYMENT_TIMING = { reply: 20_000, look: 2 };
const PAGE_TIMING = { ...TEST_TIMING, poll: 2, heartbeat: 5 };

/** Kills the kiosk before or after the `at`-th thing of a run: a commit, a question, something asked of a device. */
export interface Kill {
  readonly at: number;
  readonly when: 'before' | 'after';
}

interface Running {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly recorder: Recorder;
  readonly charges: Charges;
  readonly records: OrderRecords;
  readonly settlement: Settlement;
  readonly errand: Errand;
  readonly drivers: readonly { close(): Promise<void> }[];
  readonly parts: TerminalParts;
}

class KilledError extends Error {}

export class OrderWorld {
  readonly centre: StandInCentre;
  readonly printer = new SimPagePrinter();
  readonly unit = new SimUnit({ memory: memoryInProcess() });
  readonly receipts: Receipt[] = [];
  readonly lines = new JournalLines();
  readonly clock = new SimulatedClock();
  /** The tap in the field. */
  tap: number | null = null;
  /** Names of what was done, in order: commits by their facts, questions, devices. */
  readonly done: string[] = [];
  readonly #folder: string;
  readonly #watching = new Set<() => void>();
  #running: Running | null = null;
  #actor: Actor<AnyStateMachine> | null = null;
  #kill: Kill | null = null;
  #count = 0;
  #isDead = false;
  #taps = 0;

  constructor(folder: string, pages: number) {
    this.#folder = folder;
    this.centre = new StandInCentre(pages, async (codes) => Buffer.from(JSON.stringify(codes)));
  }

  get #here(): Running {
    if (this.#running === null) throw new Error('the kiosk does not run');
    return this.#running;
  }

  get facts(): Fact[] {
    return [...this.#here.ledger.facts(0)];
  }

  get events(): string[] {
    return this.facts.map(({ event }) => event);
  }

  get records(): OrderRecords {
    return this.#here.records;
  }

  get charges(): Charges {
    return this.#here.charges;
  }

  get recorder(): Recorder {
    return this.#here.recorder;
  }

  get settlement(): Settlement {
    return this.#here.settlement;
  }

  get parts(): TerminalParts {
    return this.#here.parts;
  }

  /** Things that were done in this run. */
  get count(): number {
    return this.#count;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The sheets that came out, by the names of their jobs. */
  get sheets(): string[] {
    return this.printer.papers.map(({ name }) => name);
  }

  async start(kill: Kill | null = null): Promise<void> {
    this.#kill = kill;
    this.#count = 0;
    this.#isDead = false;
    const directory = this.#folder;
    const rest = { terminal: TERMINAL, read: () => READING, countsAsBoot: true };
    const ledger = Ledger.open({ directory, ...rest });
    const journal = new Journal(directory, this.lines.out);
    const recorder = this.#watchedRecorder(new Recorder(ledger, journal, Date.now));
    const listener = { onLost: () => {}, onDropped: () => {}, onCondition: () => {} };
    const page = await openSimPagePrinter({ printer: this.printer, timing: PAGE_TIMING })(listener);
    const plug = new Socket(this.unit);
    const unit = await openSimPayment({ unit: this.unit, plug, timing: PAYMENT_TIMING })(listener);
    const printer = this.#watchedPrinter(page);
    const charges = new Charges(recorder, () => this.#watchedUnit(unit));
    const records = new OrderRecords(recorder);
    const settlement = new Settlement({
      records,
      printer: () => printer,
      onSettled: () => void charges.settleOpen(),
    });
    charges.settleEarlierRun((request) => records.wasIssued(request));
    const papers = new Papers(TERMINAL, recorder, () => this.#receiptPrinter());
    const parts = this.#parts(recorder, charges, papers, printer, unit);
    const errand = certificateErrand('family', {
      terminal: parts,
      records,
      inspector: this.#inspector,
      openness: () => null,
      lookEveryMs: 2,
    });
    const drivers = [page, unit];
    this.#running = {
      ...{ ledger, journal, recorder, charges, records, settlement, errand, drivers, parts },
    };
  }

  /** As a power cut: nothing of this run happens any more. */
  async kill(): Promise<void> {
    this.#isDead = true;
    this.#actor?.stop();
    this.#actor = null;
    const running = this.#running;
    this.#running = null;
    for (const driver of running?.drivers ?? []) await driver.close();
    running?.ledger.close();
    await running?.journal.close();
  }

  /** Somebody chooses the errand. */
  begin(): void {
    const machine = this.#here.errand.machine;
    this.#actor = createActor(machine, {
      clock: this.clock,
      input: { errand: 'family-certificate', language: 'ja' },
    });
    this.#actor.subscribe({ error: () => {} });
    this.#actor.start();
  }

  get isOver(): boolean {
    return this.#actor?.getSnapshot().status !== 'active';
  }

  get output(): unknown {
    return this.#actor?.getSnapshot().output;
  }

  /** What is shown now; null between two screens. */
  get screen(): ScreenBody | null {
    const snapshot = this.#actor?.getSnapshot();
    if (snapshot?.status !== 'active') return null;
    return this.#here.errand.screenOf(snapshot);
  }

  press(key: Key): void {
    const { key: name, ...what } = key;
    const errand = this.#actor;
    const children = errand?.getSnapshot().children ?? {};
    const part = ['secret', 'handover']
      .map((id) => children[id])
      .find((child) => child?.getSnapshot().status === 'active');
    const isSecret = name === 'character';
    if ('character' in what) this.#here.errand.typeSecret(what.character);
    (part ?? errand)?.send({ type: `key.${name}`, ...(isSecret ? {} : what) });
  }

  hold(): void {
    this.#taps += 1;
    this.tap = this.#taps;
    for (const see of [...this.#watching]) see();
  }

  remove(): void {
    this.tap = null;
    for (const see of [...this.#watching]) see();
  }

  /** Does what the screen says until the errand is over, the kiosk is dead, or `until` says that it is enough. */
  async walk(until: (screen: ScreenBody) => boolean = () => false): Promise<void> {
    const before = performance.now();
    let last = '';
    while (!this.isOver && !this.#isDead) {
      const { screen } = this;
      if (screen !== null && until(screen)) return;
      const said = JSON.stringify(screen);
      if (screen !== null && said !== last) obey(this, screen);
      last = said;
      await nextTurn();
      if (performance.now() - before > 20_000) throw new Error(`stuck at ${said}`);
    }
  }

  /** Resolves when it is so. */
  async until(isSo: () => boolean): Promise<void> {
    await vi.waitFor(() => {
      if (!isSo()) throw new Error(`not yet: ${JSON.stringify(this.screen)}`);
    }, PATIENCE);
  }

  #parts(
    recorder: Recorder,
    charges: Charges,
    papers: Papers,
    printer: PagePrinter,
    unit: PaymentUnit,
  ): TerminalParts {
    const parts: Partial<TerminalParts> = {
      terminal: TERMINAL,
      now: Date.now,
      reader: () => READER,
      trust: () => TRUST as never,
      institution: () => ({}) as never,
      identity: () => Buffer.from(TERMINAL),
      isOnline: () => true,
      ask: (question, signal) =>
        this.#watch(question.service, () => this.centre.ask(question, signal)),
      fetchObject: (...asked) => this.#watch('fetch', () => this.centre.fetchObject(...asked)),
      signers: () => this.centre.signers,
      pagePrinter: () => printer,
      paymentUnit: () => unit,
      watchCard: (see) => {
        this.#watching.add(see);
        return () => this.#watching.delete(see);
      },
      cardInField: () => (this.tap === null ? null : { tap: this.tap, sensedAt: 0 }),
      recorder,
      papers,
      charges,
    };
    return parts as TerminalParts;
  }

  /** The sheets as the kiosk has them in memory. */
  readonly sheetsInMemory: Buffer[] = [];

  /** Documents of this world are the list of their codes; real ones are held against pdf-inspection.test.ts. */
  readonly #inspector = {
    warm: () => {},
    inspect: async (pdf: Uint8Array): Promise<Inspected> => {
      const codes = codesIn(pdf);
      if (codes === null) return { usable: false, why: 'no-pdf' };
      const sheets = codes.map((code, place) => ({
        pdf: Buffer.from(`%PDF-1.7 sheet ${place + 1}`),
        codes: [code],
      }));
      this.sheetsInMemory.splice(0, Infinity, ...sheets.map(({ pdf: sheet }) => sheet));
      return { usable: true, sheets };
    },
  };

  /** What is asked of the world: it may be the last thing that this run does. */
  async #watch<Result>(name: string, ask: () => Promise<Result>): Promise<Result> {
    const when = this.#strikes(name);
    if (when === 'before') return this.#die();
    const result = await ask();
    if (when === 'after' || this.#isDead) return this.#die();
    return result;
  }

  #strikes(name: string): Kill['when'] | 'dead' | null {
    if (this.#isDead) return 'before';
    this.#count += 1;
    this.done.push(name);
    return this.#kill?.at === this.#count ? this.#kill.when : null;
  }

  #die(): Promise<never> {
    this.#isDead = true;
    return new Promise<never>(() => {});
  }

  #watchedRecorder(recorder: Recorder): Recorder {
    const record = recorder.record.bind(recorder);
    recorder.record = (facts, options) => {
      const when = this.#strikes(facts.map(({ event }) => event).join(' ') || 'commit');
      if (when !== null) this.#isDead = true;
      if (when === 'before') throw new KilledError();
      const recorded = record(facts, options);
      if (when === 'after') throw new KilledError();
      return recorded;
    };
    return recorder;
  }

  #watchedPrinter(page: PagePrinter): PagePrinter {
    return {
      name: page.name,
      uuid: page.uuid,
      modelled: page.modelled,
      capabilities: page.capabilities,
      condition: () => page.condition(),
      print: (sheet, onAccepted, signal) =>
        this.#watch('print', () =>
          page.print(
            sheet,
            () => {
              if (!this.#isDead) onAccepted();
            },
            signal,
          ),
        ),
      outcomeOf: (sheet, acknowledged) => page.outcomeOf(sheet, acknowledged),
      purge: (id) => this.#watch('purge', () => page.purge(id)),
      close: () => page.close(),
    };
  }

  #watchedUnit(unit: PaymentUnit): PaymentUnit {
    return {
      name: unit.name,
      modelled: unit.modelled,
      means: unit.means,
      authorise: (payment, on, signal) =>
        this.#watch('authorise', () => unit.authorise(payment, on, signal)),
      capture: (id) => this.#watch('capture', () => unit.capture(id)),
      void: (id) => this.#watch('void', () => unit.void(id)),
      stateOf: (id) => unit.stateOf(id),
      close: () => unit.close(),
    };
  }

  #receiptPrinter(): ReceiptPrinter {
    const printer: Partial<ReceiptPrinter> = {
      name: 'receipts',
      modelled: true,
      condition: async () => 'ready',
      print: (receipt) =>
        this.#watch('receipt', async () => {
          this.receipts.push(receipt);
          return { outcome: 'printed' };
        }),
    };
    return printer as ReceiptPrinter;
  }
}

function codesIn(pdf: Uint8Array): string[] | null {
  try {
    return JSON.parse(Buffer.from(pdf).toString());
  } catch {
    return null;
  }
}
