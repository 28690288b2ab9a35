/**
 * An order and its sheets in the ledger. Intents are durable before their effects, evidence afterwards; what the facts name
 * is the request, never a person.
 *
 * An order begins before the centre is asked to issue, and ends as printed, as void, or by staff when it can't be known
 * which sheets came out. The centre ends its transaction by these facts.
 */

import type { DocumentType, Order } from '../domain/municipal-certificate.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { Recorder } from '../recorder.ts';
import { type Step, type StepState, unlessOvertaken } from '../store/steps.ts';
import type { OrderSession } from './session.ts';

const ORDER = 'order';
const SHEET = 'sheet';

export interface SheetRecord {
  readonly step: string;
  readonly request: string;
  /** From 1. */
  readonly sheet: number;
  readonly of: number;
  readonly state: StepState;
  /** The printer said that it had the whole document. */
  readonly acknowledged: boolean;
}

/** Of which nobody knows which sheets came out. */
export interface UnknownOrder {
  readonly request: string;
  readonly sheets: readonly { readonly sheet: number; readonly state: StepState }[];
}

export interface Ordered {
  readonly document: DocumentType;
  /** As people call it. */
  readonly municipality: string;
  readonly copies: number;
  readonly sheets: { readonly done: number; readonly of: number };
}

/** How an order stands, by its request. `open`: it lasts, or an earlier run was cut off in it. */
export type OrderState = 'none' | 'open' | 'printed' | 'void' | 'unknown';

export class OrderRecords {
  readonly #recorder: Pick<Recorder, 'ledger' | 'record'>;

  /** A recorder, or a ledger that a command opened beside it. */
  constructor(recorder: Pick<Recorder, 'ledger' | 'record'>) {
    this.#recorder = recorder;
  }

  /** Before the centre is asked. Throws `DiskFullError`, having changed nothing. */
  begin({ request, order }: OrderSession): void {
    const { document, municipality, copies, fee } = order;
    this.#recorder.record([], {
      steps: (steps) => {
        const { code, name } = municipality;
        const detail = { document, municipality: code, place: name, copies, fee };
        steps.move(steps.plan(ORDER, request, detail).id, 'started');
      },
    });
  }

  /** What came is what was asked for. */
  issued(request: string, { document, municipality }: Order, pages: number): void {
    const body = { request, document, municipality: municipality.code, pages };
    this.#recorder.record([{ event: 'certificate.issued', subject: request, body }]);
  }

  /** The sheet is about to be sent to the printer. One that is known not to have come out is sent again. */
  intend(request: string, sheet: number, of: number): SheetRecord {
    const known = this.sheets(request).find((record) => record.sheet === sheet);
    const intended: Step[] = [];
    const body = { request, sheet, of };
    this.#recorder.record([{ event: 'sheet.intent', subject: request, body }], {
      steps: (steps) => {
        const id = known?.step ?? steps.plan(SHEET, request, { sheet, of }).id;
        intended.push(steps.move(id, 'started', { acknowledged: false }));
      },
    });
    return sheetOf(present(intended[0], 'intent'), request);
  }

  /** The printer has the whole document. */
  acknowledge({ step }: SheetRecord): void {
    this.#recorder.ledger.steps.note(step, { acknowledged: true });
  }

  done({ step, request, sheet, of }: SheetRecord, modelled: boolean): void {
    const body = { request, sheet, of };
    this.#recorder.record([{ event: 'sheet.done', subject: request, body }], {
      steps: (steps) => {
        steps.move(step, 'done');
      },
      journal: () => ({ modelled: modelled || undefined }),
    });
  }

  /** Nothing of it came out, and nothing will: it can be asked for again. */
  notDone({ step }: SheetRecord): void {
    this.#recorder.record([], {
      steps: (steps) => {
        steps.move(step, 'due');
      },
    });
  }

  /** It can't be known whether it came out; staff is asked. */
  unknown({ step, request, sheet, of }: SheetRecord, reason: string): void {
    const body = { request, sheet, of, reason };
    this.#recorder.record([{ event: 'sheet.unknown', subject: request, body }], {
      steps: (steps) => {
        steps.move(step, 'unknown');
      },
    });
  }

  /** All sheets came out. */
  printed(request: string): void {
    const sheets = this.sheetsDone(request);
    this.#end(request, 'done', 'certificate.printed', { request, sheets });
  }

  /** It ends without all of its paper. Does nothing for an order that is over, or was never begun. */
  void(request: string, reason: Reason | 'interrupted'): void {
    if (this.stateOf(request) !== 'open') return;
    for (const sheet of this.sheets(request)) {
      if (sheet.state === 'started') this.unknown(sheet, 'interrupted');
    }
    const isAsked = this.sheets(request).some(({ state }) => state === 'unknown');
    const sheets = this.sheetsDone(request);
    const body = { request, sheets, reason: isAsked ? 'printing-unknown' : reason };
    this.#end(request, isAsked ? 'unknown' : 'failed', 'certificate.voided', body);
  }

  /** Those that wait for staff, oldest first. */
  waiting(): UnknownOrder[] {
    const waiting = this.#recorder.ledger.steps.open(ORDER).filter(isUnknown);
    return waiting.map(({ subject }) => {
      const request = subject ?? '';
      const sheets = this.sheets(request).map(({ sheet, state }) => ({ sheet, state }));
      return { request, sheets };
    });
  }

  /**
   * Staff says whether all sheets of an order came out, of which that was not known. Its money went back long since.
   * False, having changed nothing, when somebody was faster.
   */
  settle(
    request: string,
    printed: boolean,
    { by, why }: { readonly by: string; readonly why: string },
  ): boolean {
    const order = present(this.#orderOf(request), 'order');
    const body = { request, printed, by, why };
    return unlessOvertaken(() => {
      this.#recorder.record([{ event: 'certificate.settled', subject: request, body }], {
        steps: (steps) => {
          for (const sheet of steps.about(SHEET, request).filter(isUnknown)) {
            steps.move(sheet.id, 'settled', { printed });
          }
          steps.move(order.id, 'settled', { printed });
        },
      });
    });
  }

  /** What was ordered, for a paper about it; null for an order that was never begun. */
  orderedOf(request: string): Ordered | null {
    const order = this.#orderOf(request);
    if (order === null) return null;
    const { document, place, copies } = order.detail;
    const [issued] = this.#recorder.ledger.factsAbout(request, ['certificate.issued']);
    const of = Number(issued?.body['pages'] ?? 0);
    const all = this.stateOf(request) === 'printed';
    return {
      document: document as DocumentType,
      municipality: String(place),
      copies: Number(copies),
      sheets: { done: all ? of : this.sheetsDone(request), of },
    };
  }

  /** Orders that an earlier run was cut off in, or that last. */
  open(): string[] {
    const { steps } = this.#recorder.ledger;
    const begun = steps.open(ORDER).filter(({ state }) => state === 'started');
    return begun.map(({ subject }) => subject ?? '');
  }

  stateOf(request: string): OrderState {
    const step = this.#orderOf(request);
    if (step === null) return 'none';
    const states: Readonly<Record<StepState, OrderState>> = {
      due: 'open',
      started: 'open',
      done: 'printed',
      failed: 'void',
      unknown: 'unknown',
      settled: step.detail['printed'] === true ? 'printed' : 'void',
    };
    return states[step.state];
  }

  sheets(request: string): SheetRecord[] {
    const { steps } = this.#recorder.ledger;
    return steps.about(SHEET, request).map((step) => sheetOf(step, request));
  }

  sheetsDone(request: string): number {
    return this.sheets(request).filter(({ state }) => state === 'done').length;
  }

  /** Every sheet of it came out; null while the order lasts. What `Charges` asks. */
  wasIssued(request: string): boolean | null {
    const state = this.stateOf(request);
    return state === 'open' ? null : state === 'printed';
  }

  #orderOf(request: string): Step | null {
    return this.#recorder.ledger.steps.about(ORDER, request).at(-1) ?? null;
  }

  #end(
    request: string,
    state: StepState,
    event: 'certificate.printed' | 'certificate.voided',
    body: Readonly<Record<string, unknown>>,
  ): void {
    const order = this.#orderOf(request);
    if (order === null) throw new RangeError('no such order was begun');
    this.#recorder.record([{ event, subject: request, body }], {
      steps: (steps) => {
        steps.move(order.id, state);
      },
    });
  }
}

function isUnknown({ state }: Step): boolean {
  return state === 'unknown';
}

function sheetOf({ id, state, detail }: Step, request: string): SheetRecord {
  const { sheet, of, acknowledged } = detail;
  return {
    step: id,
    request,
    sheet: Number(sheet),
    of: Number(of),
    state,
    acknowledged: acknowledged === true,
  };
}
