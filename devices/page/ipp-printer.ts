/**
 * The conversation with an IPP Everywhere printer: a sheet is a job of its own, made empty (Create-Job), then given its
 * document (Send-Document), then followed until the printer says how it ended.
 *
 * Nothing is ever sent twice. A lost answer to Create-Job leaves an empty job, which prints nothing and is found by its
 * name. A document is sent once; without the printer's word that it has all of it, the sheet can end well and is
 * `unknown` all the same. Whenever something goes wrong the job is cancelled, so that nothing comes out when the paper
 * is back.
 */

import {
  capabilitiesOf,
  hasEnded,
  type JobView,
  jobNameOf,
  jobPrefixOf,
  type PrinterView,
  printableName,
  viewOfPrinter,
} from './ipp.ts';
import { IppClient } from './ipp-client.ts';
import { type IppExchange, ippOverHttp } from './ipp-http.ts';
import { type Look, ORDINARY_PAGE_TIMING, type PageTiming, pause, SheetJobs } from './ipp-jobs.ts';
import {
  type EarlierOutcome,
  type OpenPagePrinter,
  type PageCapabilities,
  type PageCondition,
  type PagePrinter,
  type PagePrinterListener,
  PagePrinterUnavailableError,
  PDF_BYTES_MAX,
  type Sheet,
  type SheetName,
  type SheetOutcome,
} from './page-printer.ts';

export interface IppPrinterOptions {
  /** ipp://host[:port]/path. */
  readonly url: string;
  /** The one printer that may stand there, `urn:uuid:...`; without it, whichever answers. */
  readonly uuid?: string | undefined;
  readonly modelled?: boolean | undefined;
  readonly timing?: PageTiming | undefined;
  /** In the place of HTTP. */
  readonly exchange?: IppExchange | undefined;
}

/** Looks without an answer until an idle printer is lost. */
const MISSED_MAX = 2;

/** Rejects with `PagePrinterUnavailableError`. */
export function openIppPrinter(options: IppPrinterOptions): OpenPagePrinter {
  return async (listener) => {
    const { url, timing = ORDINARY_PAGE_TIMING, exchange = ippOverHttp(url) } = options;
    const client = new IppClient(url, exchange, timing);
    try {
      const attributes = await client.printer(true);
      const capabilities = capabilitiesOf(attributes);
      const view = viewOfPrinter(attributes);
      if (options.uuid !== undefined && view.uuid !== options.uuid.toLowerCase()) {
        throw new PagePrinterUnavailableError('it is another printer than the configuration names');
      }
      return new IppPrinter(client, view, capabilities, { ...options, timing }, listener);
    } catch (error) {
      const { message } = error as Error;
      throw new PagePrinterUnavailableError(`${url}: ${message}`, { cause: error });
    }
  };
}

class IppPrinter implements PagePrinter {
  readonly name: string;
  readonly uuid: string;
  readonly modelled: boolean;
  readonly capabilities: PageCapabilities;
  readonly #client: IppClient;
  readonly #jobs: SheetJobs;
  readonly #timing: PageTiming;
  readonly #listener: PagePrinterListener;
  readonly #heartbeat: NodeJS.Timeout;
  #condition: PageCondition | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #isPrinting = false;
  #isLooking = false;
  #missed = 0;
  #isClosed = false;

  constructor(
    client: IppClient,
    view: PrinterView,
    capabilities: PageCapabilities,
    options: IppPrinterOptions & { readonly timing: PageTiming },
    listener: PagePrinterListener,
  ) {
    this.name = printableName(view.name);
    this.uuid = view.uuid ?? '';
    this.modelled = options.modelled === true;
    this.capabilities = capabilities;
    this.#client = client;
    this.#jobs = new SheetJobs({
      client,
      timing: options.timing,
      sides: capabilities.sides,
      look: () => this.#look(),
      isClosed: () => this.#isClosed,
    });
    this.#timing = options.timing;
    this.#listener = listener;
    this.#become(view.condition);
    this.#heartbeat = setInterval(() => this.#beat(), this.#timing.heartbeat);
  }

  async condition(): Promise<PageCondition> {
    const view = await this.#look();
    return view === null || view === 'another-printer' ? 'offline' : view.condition;
  }

  print(sheet: Sheet, onAccepted: () => void, signal: AbortSignal): Promise<SheetOutcome> {
    const name = jobNameOf(sheet);
    const { pdf } = sheet;
    if (pdf.length > PDF_BYTES_MAX) throw new RangeError('a sheet of too many bytes');
    return this.#exclusively(async () => {
      this.#isPrinting = true;
      try {
        return await this.#print(name, pdf, onAccepted, signal);
      } finally {
        this.#isPrinting = false;
      }
    });
  }

  outcomeOf(sheet: SheetName, acknowledged: boolean): Promise<EarlierOutcome> {
    const name = jobNameOf(sheet);
    return this.#exclusively(async () => {
      const jobs = await this.#jobs.jobsNamed((each) => each === name, this.#timing.silent);
      if (jobs === null) return { outcome: 'unknown', reason: 'offline' };
      return (await this.#jobs.earlier(jobs, acknowledged)) ?? { outcome: 'never-seen' };
    });
  }

  purge(id: string): Promise<boolean> {
    return this.#purge(jobPrefixOf(id));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
  }

  async #print(
    name: string,
    pdf: Uint8Array,
    onAccepted: () => void,
    signal: AbortSignal,
  ): Promise<SheetOutcome> {
    if (this.#isClosed) return { outcome: 'not-printed', reason: 'offline' };
    const [view, jobs] = await Promise.all([
      this.#lookUntilFree(),
      this.#jobs.jobsNamed((each) => each === name, 0),
    ]);
    if (view === null || jobs === null) return { outcome: 'not-printed', reason: 'offline' };
    if (view === 'another-printer') return { outcome: 'not-printed', reason: view };
    // Of an earlier run, or asked for before: a second job only if it is known that nothing came of the first.
    const earlier = await this.#jobs.earlier(jobs, false);
    if (earlier !== null && earlier.outcome !== 'not-printed') return earlier;
    if (view.condition !== 'ready') return { outcome: 'not-printed', reason: view.condition };
    if (signal.aborted) return { outcome: 'not-printed', reason: 'cancelled' };
    const known = new Set(jobs.map(({ id }) => id));
    const job = await this.#jobs.create(name, known);
    if (typeof job !== 'number') return { outcome: 'not-printed', reason: job.refused };
    const isAccepted = await this.#jobs.send(job, pdf);
    if (isAccepted === 'accepted') onAccepted();
    const empty: JobView = { id: job, name, state: 0, impressions: null };
    if (isAccepted === 'refused') {
      return (await this.#jobs.giveUp(empty, false, 'refused')).outcome;
    }
    return this.#jobs.follow(empty, isAccepted === 'accepted', signal);
  }

  /** Beside whatever is being printed: cancelling twice does no harm. */
  async #purge(prefix: string): Promise<boolean> {
    const { silent } = this.#timing;
    const jobs = await this.#jobs.jobsNamed((each) => each.startsWith(prefix), silent);
    const view = await this.#look();
    // Another printer has no word on what this one still holds.
    if (jobs === null || view === null || view === 'another-printer') return false;
    const ends = await Promise.all(
      jobs.filter((job) => !hasEnded(job)).map((job) => this.#jobs.giveUp(job, true, 'cancelled')),
    );
    return ends.every(({ ended }) => ended);
  }

  async #lookUntilFree(): Promise<Look> {
    const deadline = performance.now() + this.#timing.busy;
    for (;;) {
      const view = await this.#look();
      const isBusy = view !== null && view !== 'another-printer' && view.condition === 'busy';
      if (!isBusy || performance.now() >= deadline) return view;
      await pause(this.#timing.poll);
    }
  }

  /** Asks the printer now; null without an answer. */
  async #look(): Promise<Look> {
    try {
      const view = viewOfPrinter(await this.#client.printer());
      this.#missed = 0;
      if (view.uuid !== this.uuid) {
        this.#lose('another printer answers in its place');
        return 'another-printer';
      }
      // Busy with a sheet of ours is no news.
      if (view.condition !== 'busy' || !this.#isPrinting) this.#become(view.condition);
      return view;
    } catch {
      return null;
    }
  }

  #beat(): void {
    if (this.#isLooking || this.#isPrinting) return;
    this.#isLooking = true;
    void this.#look().then((view) => {
      this.#isLooking = false;
      if (view !== null) return;
      this.#missed += 1;
      if (this.#missed >= MISSED_MAX) this.#lose('it does not answer');
    });
  }

  #become(condition: PageCondition): void {
    if (condition === this.#condition || this.#isClosed) return;
    this.#condition = condition;
    this.#listener.onCondition(condition);
  }

  #lose(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    this.#listener.onLost(reason);
  }

  /** One exchange at a time. */
  #exclusively<T>(exchange: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(exchange);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
