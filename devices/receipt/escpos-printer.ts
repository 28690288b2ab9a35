/**
 * The conversation with an ESC/POS printer over any line of bytes.
 *
 * A job is `printed` only when the printer has answered its process id (`GS ( H` function 48), which it does after the
 * last line. Printers without process ids (TM-U220, TM-T88III and older, many clones) are refused, for with them paper
 * could come out that is reported as owed.
 *
 * Whenever something goes wrong, the printer's buffers are cleared (`DLE DC4` function 8), so that nothing comes out
 * when the paper is back. A job is never sent twice.
 */

import type { Receipt } from '../../src/domain/receipt.ts';
import { type OpenBytePipe, PrinterUnavailableError } from './byte-pipe.ts';
import { CUT, encodeReceipt, INITIALISE, type PaperWidth, requestProcessId } from './escpos.ts';
import { EscPosLine, type ReplyTiming } from './escpos-line.ts';
import { conditionOfStatus, isOffline } from './escpos-replies.ts';
import { listFonts, ReceiptImages } from './receipt-image.ts';
import type {
  PrinterCondition,
  PrintOutcome,
  ReceiptPrinter,
  ReceiptPrinterListener,
} from './receipt-printer.ts';

/** In milliseconds. */
export interface Timing extends ReplyTiming {
  /** Between two looks at an idle printer. */
  readonly heartbeat: number;
  /** Between two looks at a printer that prints. */
  readonly jobHeartbeat: number;
  /** From the last byte of a job to its process id. */
  readonly printed: number;
}

export const ORDINARY_TIMING: Timing = {
  reply: 1000,
  response: 2000,
  heartbeat: 2000,
  jobHeartbeat: 1000,
  printed: 15_000,
};

export interface EscPosOptions {
  readonly name: string;
  readonly modelled: boolean;
  readonly width: PaperWidth;
  readonly timing: Timing;
  readonly openPipe: OpenBytePipe;
  /** Characters that came out as boxes with their code points, for want of a font that has them. */
  readonly onBoxed?: ((characters: readonly string[]) => void) | undefined;
}

/** Looks without an answer until a printer counts as silent. */
const MISSED_MAX = 2;

/** Drawn once at opening, so that the first receipt is as quick as the others. */
const WARM_UP: Receipt = {
  paper: '',
  blocks: [
    { kind: 'mark' },
    { kind: 'band', text: '再発行' },
    { kind: 'text', text: '座席券', size: 2 },
    { kind: 'rule' },
    { kind: 'qr', data: '0' },
  ],
};

/** Resolves also when nothing answers on the line (condition `silent`). Rejects with a PrinterUnavailableError. */
export async function openEscPosPrinter(
  options: EscPosOptions,
  listener: ReceiptPrinterListener,
): Promise<ReceiptPrinter> {
  const images = new ReceiptImages(await listFonts());
  encodeReceipt(WARM_UP, options.width, images);
  const printer = new EscPosPrinter(options, images, listener);
  await printer.open();
  return printer;
}

/** Why a job ended without its process id. */
type Trouble = Exclude<PrinterCondition, 'ready'> | 'line-lost' | 'no-answer';

class EscPosPrinter implements ReceiptPrinter {
  readonly name: string;
  readonly modelled: boolean;
  readonly #options: EscPosOptions;
  readonly #timing: Timing;
  readonly #images: ReceiptImages;
  readonly #listener: ReceiptPrinterListener;
  readonly #line: EscPosLine;
  #condition: PrinterCondition | undefined;
  #opened = false;
  #printing = false;
  #looking = false;
  #queue: Promise<unknown> = Promise.resolve();
  #heartbeat: NodeJS.Timeout | undefined;
  #missed = 0;
  /** Part of a receipt may hang out of the printer: it is cut off before the next one. */
  #scrap = false;

  constructor(options: EscPosOptions, images: ReceiptImages, listener: ReceiptPrinterListener) {
    this.name = options.name;
    this.modelled = options.modelled;
    this.#options = options;
    this.#timing = options.timing;
    this.#images = images;
    this.#listener = listener;
    this.#line = new EscPosLine(options.timing, {
      onStatusBack: (condition) => this.#become(condition),
      onLost: (reason) => this.#lose(reason),
    });
  }

  async open(): Promise<void> {
    await this.#line.open(this.#options.openPipe);
    const condition = await this.#greet();
    const able = condition !== 'ready' || (await this.#line.answersProcessIds());
    if (this.#line.gone) {
      throw new PrinterUnavailableError('open-failed', `${this.name}: the line closed at once`);
    }
    if (!able) {
      await this.close();
      const message = `${this.name} answers no process ids, so it can't say that it has printed`;
      throw new PrinterUnavailableError('no-process-ids', message);
    }
    this.#opened = true;
    this.#heartbeat = setInterval(() => this.#beat(), this.#timing.heartbeat);
  }

  /** While a job is being printed, the condition that the printer last told. */
  async condition(): Promise<PrinterCondition> {
    if (this.#printing) return this.#condition ?? 'silent';
    return this.#exclusively(() => this.#look());
  }

  print(receipt: Receipt): Promise<PrintOutcome> {
    return this.#exclusively(async () => {
      this.#printing = true;
      try {
        return await this.#print(receipt);
      } finally {
        this.#printing = false;
      }
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#line.close();
  }

  async #print(receipt: Receipt): Promise<PrintOutcome> {
    const { bytes, boxed } = encodeReceipt(receipt, this.#options.width, this.#images);
    const condition = await this.#look();
    if (condition !== 'ready') return { outcome: 'not-printed', reason: condition };
    if (!(await this.#line.answersProcessIds())) {
      // It says ready and does not work off what it is sent: no receipt may join that queue.
      await this.#line.clear();
      return { outcome: 'not-printed', reason: 'error' };
    }
    if (boxed.length > 0) this.#options.onBoxed?.(boxed);
    const id = this.#line.nextProcessId();
    const scrap = this.#scrap ? [INITIALISE, CUT] : [];
    this.#scrap = true;
    const outcome = await this.#send(Buffer.concat([...scrap, bytes, requestProcessId(id)]), id);
    this.#scrap = outcome.outcome !== 'printed';
    return outcome;
  }

  async #send(job: Uint8Array, id: string): Promise<PrintOutcome> {
    const transmission = this.#line.transmissionMs(job.length);
    const ended = new AbortController();
    const told = this.#line
      .expect(
        (reply): 'printed' | Trouble | undefined => {
          if (reply.kind === 'process-id' && reply.id === id) return 'printed';
          return reply.kind === 'status-back' ? stoppedBy(reply.condition) : undefined;
        },
        transmission + this.#timing.printed,
        ended.signal,
      )
      .then((end) => end ?? this.#noAnswer());
    let sent = 0;
    const sending = this.#line.send(job, ended.signal, (bytes) => {
      sent += bytes;
    });
    const watched = sending.then(() => this.#watch(transmission, ended.signal));
    const end = await Promise.race([told, watched]);
    ended.abort();
    if (end === 'printed') return { outcome: 'printed' };
    // Once all is sent, an answer may be among what `discard` would throw away.
    if (sent < job.length) await this.#line.discard();
    await sending;
    return this.#abandon(end, id);
  }

  /** No process id came in time. Offline all the while, the printer has not worked off the job; else who knows. */
  #noAnswer(): Trouble {
    if (this.#line.gone) return 'line-lost';
    return this.#condition === 'offline' ? 'offline' : 'no-answer';
  }

  /**
   * Looks at a printer that has the whole job until it finds trouble or the job ends: the only way to notice that it
   * has lost its power. Not sooner: a real-time command within another command's bytes would end up on the paper.
   */
  async #watch(transmission: number, ended: AbortSignal): Promise<Trouble> {
    await pause(transmission, ended);
    let missed = 0;
    while (!ended.aborted && missed < MISSED_MAX) {
      await pause(this.#timing.jobHeartbeat, ended);
      if (ended.aborted) break;
      const printer = await this.#line.status(1);
      missed = printer === undefined ? missed + 1 : 0;
      if (printer === undefined || !isOffline(printer)) continue;
      const trouble = stoppedBy(await this.#look());
      if (trouble) return trouble;
    }
    if (this.#line.gone) return 'line-lost';
    if (!ended.aborted) this.#become('silent');
    return 'silent';
  }

  /**
   * Nothing of the job may come out any more. Only a named trouble and a confirmed clear, without the process id before
   * it, prove that the job was cut short: after silence the paper may be out and its answer lost.
   */
  async #abandon(trouble: Trouble, id: string): Promise<PrintOutcome> {
    if (trouble === 'line-lost') return { outcome: 'unknown', reason: trouble };
    const { cleared, printed } = await this.#line.clear(id);
    if (printed) return { outcome: 'printed' };
    if (cleared) await this.#look();
    if (trouble === 'no-answer' || trouble === 'silent') {
      return { outcome: 'unknown', reason: trouble };
    }
    if (!cleared) return { outcome: 'unknown', reason: 'not-cleared' };
    return { outcome: 'not-printed', reason: trouble };
  }

  /** After opening and after a silence: whatever the printer still had from before is thrown away. */
  async #greet(): Promise<PrinterCondition> {
    for (let attempt = 0; attempt < MISSED_MAX; attempt++) {
      if ((await this.#line.status(1)) === undefined) continue;
      await this.#line.clear();
      await this.#line.put(INITIALISE);
      return this.#look();
    }
    return this.#become('silent');
  }

  #beat(): void {
    if (this.#printing || this.#looking) return;
    this.#looking = true;
    void this.#exclusively(() => this.#heed()).finally(() => {
      this.#looking = false;
    });
  }

  async #heed(): Promise<void> {
    const printer = await this.#line.status(1);
    this.#missed = printer === undefined ? this.#missed + 1 : 0;
    if (printer === undefined) {
      if (this.#missed >= MISSED_MAX) this.#become('silent');
    } else if (this.#condition === 'silent') await this.#greet();
    else if (isOffline(printer) !== (this.#condition !== 'ready')) await this.#look();
  }

  /** Asks the printer now. */
  async #look(): Promise<PrinterCondition> {
    const printer = await this.#line.status(1);
    if (printer === undefined) return this.#become('silent');
    const paper = await this.#line.status(4);
    const cause = isOffline(printer) ? await this.#line.status(2) : 0;
    const error = isOffline(printer) ? await this.#line.status(3) : 0;
    if (paper === undefined || cause === undefined || error === undefined) {
      return this.#become('silent');
    }
    return this.#become(conditionOfStatus(printer, cause, error, paper));
  }

  #become(condition: PrinterCondition): PrinterCondition {
    if (condition !== this.#condition && !this.#line.gone) {
      this.#condition = condition;
      this.#listener.onCondition(condition);
    }
    return condition;
  }

  #lose(reason: string): void {
    clearInterval(this.#heartbeat);
    if (this.#opened) this.#listener.onLost(reason);
  }

  /** One exchange at a time. */
  #exclusively<T>(exchange: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(exchange);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

function stoppedBy(condition: PrinterCondition): Trouble | undefined {
  // Conditions that need a person. A printer that is merely offline (hot head, feed button) may go on by itself.
  const stopped = condition === 'paper-out' || condition === 'cover-open' || condition === 'error';
  return stopped ? condition : undefined;
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      ended.removeEventListener('abort', settle);
      resolve();
    };
    const timer = setTimeout(settle, ms);
    ended.addEventListener('abort', settle);
    if (ended.aborted) settle();
  });
}
