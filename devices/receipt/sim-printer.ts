/**
 * A model of an Epson-like receipt printer, byte by byte: receive buffer, real-time commands, paper, cover and power.
 * Modelled from Epson's ESC/POS reference; no real printer was measured.
 *
 * `openSimPrinter` puts it behind the same conversation as a real one, on a line in memory.
 */

import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import type { BytePipe, BytePipeListener } from './byte-pipe.ts';
import type { PaperWidth } from './escpos.ts';
import { ORDINARY_TIMING, openEscPosPrinter, type Timing } from './escpos-printer.ts';
import type { OpenReceiptPrinter } from './receipt-printer.ts';
import {
  type Command,
  nextCommand,
  PaperWriter,
  type SimPaper,
  svgOfPaper,
  textOfPaper,
} from './sim-paper.ts';

export const SIM_FAULTS = [
  'none',
  'paper-out',
  'cover-open',
  'offline',
  'error',
  'power-off',
] as const;
export type SimFault = (typeof SIM_FAULTS)[number];

const RECEIVE_BUFFER_BYTES = 65_536;
const PAPERS_KEPT = 200;
const UNKNOWN_KEPT = 64;
/** Bytes of the longest real-time command, `DLE DC4` function 8. */
const REAL_TIME_BYTES = 10;
const CLEAR = '10140801031401060208';
const DOTS: Readonly<Record<PaperWidth, number>> = { 80: 576, 58: 384 };

export interface SimPrinterOptions {
  /** 80 unless told. */
  readonly width?: PaperWidth | undefined;
  /** Milliseconds for a line of text, an image or a cut; 0 unless told. */
  readonly lineMs?: number | undefined;
  /** Milliseconds that every answer is late; 0 unless told. */
  readonly replyDelayMs?: number | undefined;
  /** False: a model without `GS ( H`, such as a TM-U220. */
  readonly processIds?: boolean | undefined;
}

export class SimPrinter {
  readonly #options: SimPrinterOptions;
  readonly #paper: PaperWriter;
  readonly #papers: SimPaper[] = [];
  readonly #unknown: number[] = [];
  #unknownCount = 0;
  #paperCount = 0;
  #buffer: Uint8Array = new Uint8Array();
  /** Received and not in the buffer yet: joined once a call, for a copy a byte would be slow. */
  #pending: number[] = [];
  /** The last bytes received, in hexadecimal, to see real-time commands in. */
  #recent = '';
  #fault: SimFault = 'none';
  #next: { readonly fault: SimFault; linesLeft: number } | undefined;
  #statusBack = false;
  #working = false;
  #transmit: ((bytes: Uint8Array) => void) | undefined;
  #receivedBytes = 0;

  constructor(options: SimPrinterOptions = {}) {
    this.#options = options;
    this.#paper = new PaperWriter(DOTS[options.width ?? 80]);
  }

  /** Where its answers go; undefined unplugs the line. */
  connect(transmit: ((bytes: Uint8Array) => void) | undefined): void {
    this.#transmit = transmit;
  }

  get fault(): SimFault {
    return this.#fault;
  }

  /** All bytes that came while it had power. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Papers that came out, oldest first; the oldest are forgotten after 200. */
  get papers(): readonly SimPaper[] {
    return this.#papers;
  }

  /** Bytes that are no command of the model: how many, and the first of them. */
  get unknownBytes(): { readonly count: number; readonly first: readonly number[] } {
    return { count: this.#unknownCount, first: this.#unknown };
  }

  /** Sets a fault, or clears it with `none`: now, or after so many further lines, in the middle of the next. */
  setFault(fault: SimFault, afterLines?: number): void {
    this.#next = undefined;
    if (afterLines !== undefined) {
      this.#next = { fault, linesLeft: afterLines };
      return;
    }
    if (fault === this.#fault) return;
    const before = this.#fault;
    this.#fault = fault;
    if (fault === 'power-off') this.#losePower();
    // Whoever changes the roll tears off what hangs out of the old one.
    if (before === 'paper-out') this.#eject(this.#paper.tearOff(this.#paperCount + 1));
    if (before !== 'power-off' && fault !== 'power-off') this.#pushStatus();
    this.#work();
  }

  /** Bytes from the host. */
  receive(bytes: Uint8Array): void {
    if (this.#fault === 'power-off') return;
    this.#receivedBytes += bytes.length;
    for (const byte of bytes) {
      this.#pending.push(byte);
      this.#obeyRealTime(byte);
    }
    this.#settleBuffer();
    this.#work();
  }

  #settleBuffer(): void {
    const room = RECEIVE_BUFFER_BYTES - this.#buffer.length;
    this.#buffer = Buffer.concat([this.#buffer, Uint8Array.from(this.#pending.slice(0, room))]);
    this.#pending = [];
  }

  /** Real-time commands work wherever they stand, offline too, and stay in the buffer (Epson, real-time commands). */
  #obeyRealTime(byte: number): void {
    const hex = byte.toString(16).padStart(2, '0');
    this.#recent = (this.#recent + hex).slice(-2 * REAL_TIME_BYTES);
    const status = /10040([1-4])$/.exec(this.#recent)?.[1];
    if (status) this.#answer([this.#status(Number(status))]);
    if (this.#recent !== CLEAR) return;
    this.#buffer = new Uint8Array();
    this.#pending = [];
    this.#paper.clear();
    this.#paper.damage();
    this.#answer([0x37, 0x25, 0x00]);
  }

  /** `DLE EOT n`. */
  #status(n: number): number {
    const fault = this.#fault;
    switch (n) {
      case 1:
        return fault === 'none' ? 0x12 : 0x1a;
      case 2:
        return (
          0x12 | bit(fault, 'cover-open', 4) | bit(fault, 'paper-out', 32) | bit(fault, 'error', 64)
        );
      case 3:
        return 0x12 | bit(fault, 'error', 8);
      default:
        return 0x12 | bit(fault, 'paper-out', 0x6c);
    }
  }

  #pushStatus(): void {
    if (!this.#statusBack) return;
    const fault = this.#fault;
    const printer = 0x10 | (fault === 'none' ? 0 : 8) | bit(fault, 'cover-open', 32);
    this.#answer([printer, bit(fault, 'error', 8), bit(fault, 'paper-out', 0x0f), 0]);
  }

  #answer(bytes: number[]): void {
    const send = (): void => {
      if (this.#fault !== 'power-off') this.#transmit?.(Uint8Array.from(bytes));
    };
    setTimeout(send, this.#options.replyDelayMs ?? 0);
  }

  /** Works off the buffer, a command at a time, as long as it is online. */
  #work(): void {
    while (!this.#working && this.#fault === 'none') {
      const command = nextCommand(this.#buffer);
      if (this.#buffer.length === 0 || !command) return;
      if (printsSomething(command) && this.#faultIsDue()) continue;
      this.#buffer = this.#buffer.subarray(command.bytes.length);
      this.#execute(command);
      if (printsSomething(command)) this.#takeTime();
    }
  }

  /** True when a fault strikes in the line that would come now. */
  #faultIsDue(): boolean {
    const next = this.#next;
    if (!next) return false;
    if (next.linesLeft > 0) {
      next.linesLeft -= 1;
      return false;
    }
    this.setFault(next.fault);
    return true;
  }

  #takeTime(): void {
    const { lineMs = 0 } = this.#options;
    if (lineMs === 0) return;
    this.#working = true;
    setTimeout(() => {
      this.#working = false;
      this.#work();
    }, lineMs);
  }

  #execute(command: Command): void {
    switch (command.name) {
      case '1d56':
        this.#eject(this.#paper.cut(this.#paperCount + 1));
        break;
      case '1d61':
        this.#statusBack = command.bytes[2] !== 0;
        this.#pushStatus();
        break;
      case '1d2848':
        this.#answerProcessId(command.bytes);
        break;
      case 'real-time':
        break;
      default:
        if (!this.#paper.execute(command)) this.#note(command.bytes);
    }
  }

  /** `GS ( H` function 48: everything before it has been printed by now. */
  #answerProcessId(bytes: Uint8Array): void {
    if (this.#options.processIds === false) this.#note(bytes);
    else this.#answer([0x37, 0x22, ...bytes.subarray(7, 11), 0x00]);
  }

  #note(bytes: Uint8Array): void {
    this.#unknownCount += bytes.length;
    this.#unknown.push(...bytes.subarray(0, UNKNOWN_KEPT - this.#unknown.length));
  }

  #eject(paper: SimPaper | undefined): void {
    if (!paper) return;
    this.#paperCount += 1;
    this.#papers.push(paper);
    if (this.#papers.length > PAPERS_KEPT) this.#papers.shift();
  }

  #losePower(): void {
    this.#buffer = new Uint8Array();
    this.#pending = [];
    this.#recent = '';
    this.#statusBack = false;
    this.#paper.initialise();
    this.#paper.damage();
  }
}

function bit(fault: SimFault, when: SimFault, value: number): number {
  return fault === when ? value : 0;
}

/** Line feed, image, cut. */
function printsSomething({ name }: Command): boolean {
  return name === '0a' || name === '1d284c' || name === '1d56';
}

export interface OpenSimPrinterOptions extends SimPrinterOptions {
  /** Unix socket on which faults are set and papers are asked for. */
  readonly controlPath?: string | undefined;
  readonly timing?: Timing | undefined;
  /** A printer that outlives its driver, as real ones do; a new one unless told. */
  readonly printer?: SimPrinter | undefined;
  readonly onBoxed?: ((characters: readonly string[]) => void) | undefined;
}

/** The model behind the ordinary conversation. The printer and its papers stay when it is closed and opened again. */
export function openSimPrinter(options: OpenSimPrinterOptions = {}): OpenReceiptPrinter {
  const printer = options.printer ?? new SimPrinter(options);
  return async (listener) => {
    const { controlPath } = options;
    const handle = (request: ControlRequest) => controlSimPrinter(printer, request);
    const control = controlPath ? await openControlSocket(controlPath, handle) : undefined;
    const settings = {
      name: 'simulated',
      modelled: true,
      width: options.width ?? 80,
      timing: options.timing ?? ORDINARY_TIMING,
      openPipe: async (pipeListener: BytePipeListener) => openPipeTo(printer, pipeListener),
      onBoxed: options.onBoxed,
    };
    const driver = await openEscPosPrinter(settings, listener).catch(async (error: unknown) => {
      await control?.close();
      throw error;
    });
    return {
      name: driver.name,
      modelled: driver.modelled,
      condition: () => driver.condition(),
      print: (receipt) => driver.print(receipt),
      async close() {
        await driver.close();
        await control?.close();
      },
    };
  };
}

function openPipeTo(printer: SimPrinter, listener: BytePipeListener): BytePipe {
  let open = true;
  printer.connect((bytes) => listener.onBytes(bytes));
  return {
    bytesPerSecond: Number.POSITIVE_INFINITY,
    async write(bytes) {
      if (!open) throw new Error('closed');
      // As on a real line: the answer never comes before the question has returned.
      setImmediate(() => printer.receive(bytes));
    },
    async discard() {},
    async close() {
      if (open) printer.connect(undefined);
      open = false;
    },
  };
}

/**
 * `{"do": "fault", "fault": F, "afterLines"?: N}` and `{"do": "papers", "since"?: N}` (papers numbered above N). Every
 * answer says `modelled: true`.
 */
export function controlSimPrinter(printer: SimPrinter, request: ControlRequest): ControlReply {
  switch (request.do) {
    case 'fault': {
      const fault = SIM_FAULTS.find((each) => each === request['fault']);
      if (!fault) throw new Error(`fault is one of ${SIM_FAULTS.join(', ')}`);
      const { afterLines } = request;
      if (afterLines !== undefined && !isCount(afterLines)) {
        throw new Error('afterLines is a number of lines');
      }
      printer.setFault(fault, afterLines);
      return { modelled: true, fault: printer.fault };
    }
    case 'papers': {
      const { since = 0 } = request;
      if (!isCount(since)) throw new Error('since is the number of a paper');
      const papers = printer.papers
        .filter(({ number }) => number > since)
        .map((paper) => ({
          number: paper.number,
          complete: paper.complete,
          text: textOfPaper(paper),
          svg: svgOfPaper(paper),
        }));
      return { modelled: true, fault: printer.fault, unknownBytes: printer.unknownBytes, papers };
    }
    default:
      throw new Error('a receipt printer does "fault" and "papers"');
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
