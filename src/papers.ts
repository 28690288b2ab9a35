/**
 * Receipts, each once. A paper is a step of the ledger: planned in the transaction of the entry it belongs to,
 * intended (durable) before the first byte is sent, and closed by evidence. What can't be known is asked, never guessed,
 * and nothing is printed again by itself.
 */

import type { ReceiptPrinter } from '../devices/receipt/receipt-printer.ts';
import type { ReceiptState } from './domain/entry-decision.ts';
import type { Receipt } from './domain/receipt.ts';
import type { Recorder } from './recorder.ts';
import { DiskFullError } from './store/ledger.ts';
import type { Step, Steps } from './store/steps.ts';

const KIND = 'receipt';

/** What the facts about a paper name: never a person. A seat ticket's entry, or what was asked for at a kiosk. */
export type PaperAbout =
  | { readonly ticket: string; readonly list: string; readonly ref: string }
  | { readonly request: string };

export interface PlannedPaper {
  readonly step: Step;
  /** e.g. `gate-1-000318` */
  readonly paper: string;
  /** 0 for a first paper; 1 or more when another may already be in somebody's hand. */
  readonly reissue: number;
}

export type CurrentPrinter = () => ReceiptPrinter | null | Promise<ReceiptPrinter | null>;

export type PaperOutcome = 'printed' | 'owed' | 'unknown';

export class Papers {
  readonly #terminal: string;
  readonly #recorder: Recorder;
  readonly #printer: CurrentPrinter;
  readonly #underWay = new Set<Promise<PaperOutcome>>();
  /** Ids of steps that nobody works on any more and that are open still. */
  readonly #abandoned = new Set<string>();
  #finished = false;

  /** `printer`: the one that is open at the time of printing. */
  constructor(terminal: string, recorder: Recorder, printer: CurrentPrinter) {
    this.#terminal = terminal;
    this.#recorder = recorder;
    this.#printer = printer;
  }

  /** Plans a paper inside the transaction of the fact that it belongs to. */
  plan(steps: Steps, subject: string, about: PaperAbout): PlannedPaper {
    const reissue = steps
      .about(KIND, subject)
      .filter((step) => step.detail['sent'] === true).length;
    const step = steps.plan(KIND, subject, { ...about, reissue });
    return { step, paper: this.#number(step), reissue };
  }

  /** How the newest paper about this subject stands. */
  stateOf(subject: string): ReceiptState {
    const step = this.#recorder.ledger.steps.about(KIND, subject).at(-1);
    switch (step?.state) {
      case undefined:
        return 'none';
      case 'due':
      case 'started':
        return 'being-printed';
      case 'done':
        return 'printed';
      case 'failed':
        return 'owed';
      case 'unknown':
        return 'unknown';
      case 'settled':
        return step.detail['printed'] === true ? 'printed' : 'owed';
    }
  }

  /** Prints a planned paper once. Never rejects for what printers do. */
  print(planned: PlannedPaper, receipt: Receipt): Promise<PaperOutcome> {
    const job = this.#print(planned, receipt).catch((error: unknown) => {
      if (!(error instanceof DiskFullError || this.#finished)) throw error;
      this.#abandoned.add(planned.step.id);
      return 'unknown' as const;
    });
    this.#underWay.add(job);
    const done = () => this.#underWay.delete(job);
    job.then(done, done);
    return job;
  }

  async #print(planned: PlannedPaper, receipt: Receipt): Promise<PaperOutcome> {
    const printer = await this.#printer();
    const condition = printer === null ? 'offline' : await printer.condition();
    if (printer === null || condition !== 'ready') return this.#owe(planned.step, condition);
    this.#move(planned.step, 'started', 'print.intent', { reissue: planned.reissue });
    const started = performance.now();
    const result = await printer.print(receipt);
    switch (result.outcome) {
      case 'printed': {
        const ms = Math.round(performance.now() - started);
        this.#move(
          planned.step,
          'done',
          'print.done',
          {},
          { ms, modelled: printer.modelled || undefined },
        );
        return 'printed';
      }
      case 'not-printed':
        return this.#owe(planned.step, result.reason);
      case 'unknown':
        this.#move(planned.step, 'unknown', 'print.unknown', { reason: result.reason });
        return 'unknown';
    }
  }

  /** After a start, before anything is printed: what an earlier run left open is settled. */
  settleEarlierRun(): void {
    for (const { id, state } of this.#recorder.ledger.steps.open(KIND)) {
      if (state !== 'unknown') this.#abandoned.add(id);
    }
    this.settleAbandoned();
  }

  /**
   * Papers that were only planned are known not to be printed and are owed; papers that may have been sent are asked
   * about, for a printer can't say what it printed before it was asked. What a full disk does not take waits for
   * another call.
   */
  settleAbandoned(): void {
    try {
      for (const id of this.#abandoned) {
        const step = this.#recorder.ledger.steps.find(id);
        if (step?.state === 'due') this.#owe(step, 'interrupted');
        if (step?.state === 'started') {
          this.#move(step, 'unknown', 'print.unknown', { reason: 'interrupted' });
        }
        this.#abandoned.delete(id);
      }
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
    }
  }

  /** Waits for papers under way, at most `limitMs`. What ends later is left to the next start. */
  async finish(limitMs: number): Promise<void> {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
    await Promise.race([Promise.allSettled(this.#underWay), limit]);
    this.#finished = true;
  }

  #owe(step: Step, reason: string): 'owed' {
    this.#move(step, 'failed', 'print.owed', { reason });
    return 'owed';
  }

  #move(
    step: Step,
    state: Step['state'],
    event: 'print.intent' | 'print.done' | 'print.owed' | 'print.unknown',
    body: Readonly<Record<string, unknown>>,
    journal: Readonly<Record<string, unknown>> = {},
  ): void {
    const { ticket, list, ref, request } = step.detail;
    const sent = state === 'started' ? { sent: true } : {};
    this.#recorder.record(
      [
        {
          event,
          subject: step.subject,
          body: { paper: this.#number(step), ticket, list, ref, request, ...body },
        },
      ],
      {
        steps: (steps) => {
          steps.move(step.id, state, sent);
        },
        journal: () => journal,
      },
    );
  }

  #number(step: Step): string {
    return `${this.#terminal}-${String(step.number).padStart(6, '0')}`;
  }
}
