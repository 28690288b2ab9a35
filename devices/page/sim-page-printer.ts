/**
 * A model of an IPP Everywhere printer, message by message: trays, jobs, faults, and what comes out as PDF. It answers
 * what RFC 8011 asks of the operations that are used here; the same contract is held by a real `ippeveprinter`.
 *
 * `openSimPagePrinter` puts it behind the same conversation as a real one, on a line in memory.
 */

import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import { A4, JOB_STATE, ONE_SIDED, OPERATION, PDF, PRINTER_STATE, STATUS } from './ipp.ts';
import type { PageTiming } from './ipp-jobs.ts';
import {
  decodeMessage,
  encodeMessage,
  GROUP,
  type IppAttribute,
  type IppMessage,
  TAG,
} from './ipp-message.ts';
import { openIppPrinter } from './ipp-printer.ts';
import type { OpenPagePrinter } from './page-printer.ts';

/** The first five hold a sheet until they are cleared; `power-off` forgets every job; the last three strike one sheet. */
export const SIM_PAGE_FAULTS = [
  'none',
  'media-empty',
  'media-jam',
  'cover-open',
  'toner-empty',
  'paused',
  'power-off',
  'abort',
  'abort-after-one',
  'uncounted',
] as const;
export type SimPageFault = (typeof SIM_PAGE_FAULTS)[number];

const HOLDING: ReadonlySet<SimPageFault> = new Set([
  'media-empty',
  'media-jam',
  'cover-open',
  'toner-empty',
  'paused',
]);
interface Strike {
  readonly comesOut: boolean;
  readonly impressions: number;
  readonly state: number;
  /** The fault that it leaves behind. */
  readonly leaves: SimPageFault;
}

const GOOD_SHEET: Strike = {
  comesOut: true,
  impressions: 1,
  state: JOB_STATE.completed,
  leaves: 'none',
};
const STRIKES: Readonly<Partial<Record<SimPageFault, Strike>>> = {
  abort: { comesOut: false, impressions: 0, state: JOB_STATE.aborted, leaves: 'none' },
  'abort-after-one': {
    comesOut: false,
    impressions: 1,
    state: JOB_STATE.aborted,
    leaves: 'media-jam',
  },
  uncounted: { comesOut: true, impressions: 0, state: JOB_STATE.completed, leaves: 'none' },
};

const PAPERS_KEPT = 200;
const JOBS_KEPT = 100;

export interface SimPaperSheet {
  /** From 1, in the order in which they came out. */
  readonly number: number;
  /** Of the job. */
  readonly name: string;
  readonly pdf: Uint8Array;
}

interface SimJob {
  readonly id: number;
  readonly name: string;
  state: number;
  impressions: number;
  /** Null before it comes and after the job has ended: this model keeps no document. */
  pdf: Uint8Array | null;
}

export interface SimPagePrinterOptions {
  /** Milliseconds for a sheet; 0 unless told. */
  readonly sheetMs?: number | undefined;
  readonly uuid?: string | undefined;
}

export class SimPagePrinter {
  readonly #uuid: string;
  #sheetMs: number;
  readonly #papers: SimPaperSheet[] = [];
  #paperCount = 0;
  #jobs: SimJob[] = [];
  #lastJob = 0;
  #fault: SimPageFault = 'none';
  #next: { readonly fault: SimPageFault; sheetsLeft: number } | undefined;

  constructor(options: SimPagePrinterOptions = {}) {
    this.#uuid = options.uuid ?? SIM_UUID;
    this.#sheetMs = options.sheetMs ?? 0;
  }

  get fault(): SimPageFault {
    return this.#fault;
  }

  /** Sheets that came out, oldest first; the oldest are forgotten after 200. */
  get papers(): readonly SimPaperSheet[] {
    return this.#papers;
  }

  /** Documents that it still holds. */
  get spooled(): number {
    return this.#jobs.filter(({ pdf }) => pdf !== null).length;
  }

  /** For the sheets to come. */
  set sheetMs(sheetMs: number) {
    this.#sheetMs = sheetMs;
  }

  /** Sets a fault, or clears it with `none`: now, or in the sheet after so many more. */
  setFault(fault: SimPageFault, afterSheets = 0): void {
    this.#next = afterSheets > 0 ? { fault, sheetsLeft: afterSheets } : undefined;
    if (afterSheets > 0) return;
    this.#fault = fault;
    if (fault === 'power-off') {
      this.#jobs = [];
      this.#lastJob = 0;
    }
    this.#resume();
  }

  /** A request and its reply. Throws what a printer without power leaves: no answer. */
  answer(bytes: Uint8Array): Uint8Array {
    if (this.#fault === 'power-off') throw new Error('ECONNREFUSED');
    const request = decodeMessage(bytes);
    switch (request.code) {
      case OPERATION.getPrinterAttributes:
        return reply(request, STATUS.ok, [{ tag: GROUP.printer, attributes: this.#describe() }]);
      case OPERATION.getJobs:
        return this.#listJobs(request);
      case OPERATION.createJob:
        return this.#createJob(request);
      default:
        return this.#answerAboutJob(request);
    }
  }

  #describe(): IppAttribute[] {
    const isWorking = this.#active() !== undefined;
    const state = HOLDING.has(this.#fault) ? PRINTER_STATE.stopped : PRINTER_STATE.idle;
    return [
      attribute('printer-name', TAG.name, 'simulated'),
      attribute('printer-uuid', TAG.uri, this.#uuid),
      attribute('printer-state', TAG.enum, isWorking ? PRINTER_STATE.processing : state),
      attribute('printer-state-reasons', TAG.keyword, ...this.#reasons()),
      attribute('printer-is-accepting-jobs', TAG.boolean, true),
      attribute('queued-job-count', TAG.integer, isWorking ? 1 : 0),
      attribute('media-ready', TAG.keyword, A4),
      attribute('operations-supported', TAG.enum, ...Object.values(OPERATION)),
      attribute('document-format-supported', TAG.mimeType, PDF),
      attribute('media-supported', TAG.keyword, A4),
      attribute('sides-supported', TAG.keyword, ONE_SIDED),
      attribute('color-supported', TAG.boolean, false),
    ];
  }

  #reasons(): string[] {
    return HOLDING.has(this.#fault) ? [`${this.#fault}-error`] : ['none'];
  }

  #listJobs(request: IppMessage): Uint8Array {
    const wantsEnded = text(request, 'which-jobs') === 'completed';
    const jobs = this.#jobs.filter(({ state }) => state >= JOB_STATE.cancelled === wantsEnded);
    return reply(
      request,
      STATUS.ok,
      jobs.map((job) => ({ tag: GROUP.job, attributes: describeJob(job) })),
    );
  }

  /** One job at a time, as printers without a queue. */
  #createJob(request: IppMessage): Uint8Array {
    if (this.#active() !== undefined) return reply(request, STATUS.busy);
    this.#lastJob += 1;
    const name = text(request, 'job-name');
    const job = { id: this.#lastJob, name, state: JOB_STATE.held, impressions: 0, pdf: null };
    this.#jobs.push(job);
    if (this.#jobs.length > JOBS_KEPT) this.#jobs.shift();
    return reply(request, STATUS.ok, [{ tag: GROUP.job, attributes: describeJob(job) }]);
  }

  #answerAboutJob(request: IppMessage): Uint8Array {
    const id = request.groups[0]?.attributes.get('job-id')?.[0];
    const job = this.#jobs.find((each) => each.id === id);
    if (job === undefined) return reply(request, STATUS.notFound);
    const hasEnded = job.state >= JOB_STATE.cancelled;
    if (request.code === OPERATION.sendDocument) {
      if (job.state !== JOB_STATE.held) return reply(request, STATUS.notPossible);
      job.pdf = Uint8Array.from(request.data);
      job.state = JOB_STATE.processing;
      setTimeout(() => this.#printSheet(job), this.#sheetMs);
    } else if (request.code === OPERATION.cancelJob) {
      if (hasEnded) return reply(request, STATUS.notPossible);
      this.#end(job, JOB_STATE.cancelled);
    }
    return reply(request, STATUS.ok, [{ tag: GROUP.job, attributes: describeJob(job) }]);
  }

  #active(): SimJob | undefined {
    return this.#jobs.find(({ state }) => state < JOB_STATE.cancelled);
  }

  #printSheet(job: SimJob): void {
    if (job.state >= JOB_STATE.cancelled || !this.#jobs.includes(job)) return;
    this.#letFaultStrike();
    if (HOLDING.has(this.#fault)) {
      job.state = JOB_STATE.stopped;
      return;
    }
    const strike = STRIKES[this.#fault] ?? GOOD_SHEET;
    if (strike !== GOOD_SHEET) this.#fault = strike.leaves;
    if (strike.comesOut) this.#eject(job);
    job.impressions = strike.impressions;
    this.#end(job, strike.state);
  }

  #letFaultStrike(): void {
    const next = this.#next;
    if (next === undefined) return;
    if (next.sheetsLeft > 0) {
      next.sheetsLeft -= 1;
      return;
    }
    this.setFault(next.fault);
  }

  #resume(): void {
    const job = this.#active();
    if (this.#fault !== 'none' || job?.state !== JOB_STATE.stopped) return;
    job.state = JOB_STATE.processing;
    this.#printSheet(job);
  }

  #eject({ name, pdf }: SimJob): void {
    this.#paperCount += 1;
    this.#papers.push({ number: this.#paperCount, name, pdf: pdf ?? new Uint8Array() });
    if (this.#papers.length > PAPERS_KEPT) this.#papers.shift();
  }

  #end(job: SimJob, state: number): void {
    job.state = state;
    job.pdf = null;
  }
}

const SIM_UUID = 'urn:uuid:6b617a61-7375-4000-8000-000000000001';

function describeJob({ id, name, state, impressions }: SimJob): IppAttribute[] {
  return [
    attribute('job-id', TAG.integer, id),
    attribute('job-name', TAG.name, name),
    attribute('job-state', TAG.enum, state),
    attribute('job-impressions-completed', TAG.integer, impressions),
  ];
}

function reply(
  { requestId }: IppMessage,
  code: number,
  groups: readonly { readonly tag: number; readonly attributes: readonly IppAttribute[] }[] = [],
): Uint8Array {
  const language = [
    attribute('attributes-charset', TAG.charset, 'utf-8'),
    attribute('attributes-natural-language', TAG.language, 'en'),
  ];
  return encodeMessage({
    code,
    requestId,
    groups: [{ tag: GROUP.operation, attributes: language }, ...groups],
  });
}

function attribute(
  name: string,
  tag: IppAttribute['tag'],
  ...values: readonly (number | string | boolean)[]
): IppAttribute {
  return { name, tag, values };
}

function text(request: IppMessage, name: string): string {
  return String(request.groups[0]?.attributes.get(name)?.[0] ?? '');
}

export interface OpenSimPagePrinterOptions extends SimPagePrinterOptions {
  /** Unix socket on which faults are set and papers are asked for. */
  readonly controlPath?: string | undefined;
  readonly timing?: PageTiming | undefined;
  /** A printer that outlives its driver, as real ones do; a new one unless told. */
  readonly printer?: SimPagePrinter | undefined;
}

/** The model behind the ordinary conversation. The printer and its papers stay when it is closed and opened again. */
export function openSimPagePrinter(options: OpenSimPagePrinterOptions = {}): OpenPagePrinter {
  const printer = options.printer ?? new SimPagePrinter(options);
  const { controlPath, timing } = options;
  const handle = (request: ControlRequest) => controlSimPagePrinter(printer, request);
  let control: Promise<unknown> | null = null;
  const open = openIppPrinter({
    url: 'ipp://simulated/ipp/print',
    modelled: true,
    timing,
    async exchange(body) {
      return printer.answer(body);
    },
  });
  return async (listener) => {
    // It stays open: what is switched off by it has to be switched on by it.
    if (controlPath !== undefined) control ??= openControlSocket(controlPath, handle);
    await control;
    return open(listener);
  };
}

/**
 * `{"do": "fault", "fault": F, "afterSheets"?: N}` and `{"do": "papers", "since"?: N}` (sheets numbered above N, each PDF
 * in base64). Every answer says `modelled: true`.
 */
function controlSimPagePrinter(printer: SimPagePrinter, request: ControlRequest): ControlReply {
  switch (request.do) {
    case 'fault': {
      const fault = SIM_PAGE_FAULTS.find((each) => each === request['fault']);
      if (fault === undefined) throw new Error(`fault is one of ${SIM_PAGE_FAULTS.join(', ')}`);
      printer.setFault(fault, countOf(request, 'afterSheets'));
      return { modelled: true, fault: printer.fault };
    }
    case 'papers': {
      const since = countOf(request, 'since');
      const papers = printer.papers
        .filter(({ number }) => number > since)
        .map(({ number, name, pdf }) => ({
          number,
          name,
          pdf: Buffer.from(pdf).toString('base64'),
        }));
      return { modelled: true, fault: printer.fault, papers };
    }
    default:
      throw new Error('a page printer does "fault" and "papers"');
  }
}

function countOf(request: ControlRequest, key: string): number {
  const value = request[key] ?? 0;
  if (!Number.isSafeInteger(value) || Number(value) < 0)
    throw new Error(`${key} is a number of sheets`);
  return Number(value);
}
