/**
 * Questions and answers on the line to an ESC/POS printer. Each question has its time limit; what nobody waits for is
 * dropped, so an answer that comes late, or to an earlier process, harms nobody.
 */

import { randomInt } from 'node:crypto';
import type { BytePipe, OpenBytePipe } from './byte-pipe.ts';
import { CLEAR_BUFFERS, INITIALISE, requestProcessId, requestStatus } from './escpos.ts';
import { type Reply, ReplyParser } from './escpos-replies.ts';
import type { PrinterCondition } from './receipt-printer.ts';

const CHUNK_BYTES = 512;
const PROCESS_IDS = 36 ** 4;

/** Milliseconds that a printer has to answer. */
export interface ReplyTiming {
  /** A real-time request. */
  readonly reply: number;
  /** A process id that waits for no paper; a clear. */
  readonly response: number;
}

export interface EscPosLineListener {
  onStatusBack(condition: PrinterCondition): void;
  /** At most once, and not after `close`. */
  onLost(reason: string): void;
}

export class EscPosLine {
  readonly #timing: ReplyTiming;
  readonly #listener: EscPosLineListener;
  readonly #parser = new ReplyParser();
  readonly #expectations = new Set<(reply: Reply) => void>();
  readonly #gone = new AbortController();
  #pipe: BytePipe | undefined;
  /** Random at first: an id that the printer still owes to an earlier process must not fit a job of this one. */
  #processId = randomInt(PROCESS_IDS);

  constructor(timing: ReplyTiming, listener: EscPosLineListener) {
    this.#timing = timing;
    this.#listener = listener;
  }

  /** Rejects as `openPipe` does. */
  async open(openPipe: OpenBytePipe): Promise<void> {
    this.#pipe = await openPipe({
      onBytes: (bytes) => this.#receive(bytes),
      onClosed: (reason) => this.#lose(reason),
    });
  }

  async close(): Promise<void> {
    this.#gone.abort();
    await this.#pipe?.close();
  }

  /** Lost or closed. */
  get gone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** Milliseconds that the line needs for so many bytes. */
  transmissionMs(bytes: number): number {
    return (bytes * 1000) / (this.#pipe?.bytesPerSecond ?? 1);
  }

  nextProcessId(): string {
    this.#processId = (this.#processId + 1) % PROCESS_IDS;
    return this.#processId.toString(36).padStart(4, '0');
  }

  /** `DLE EOT n`. */
  async status(n: 1 | 2 | 3 | 4): Promise<number | undefined> {
    const answer = this.expect(
      (reply) => (reply.kind === 'status' ? reply.byte : undefined),
      this.#timing.reply,
    );
    await this.put(requestStatus(n));
    return answer;
  }

  /** True when the printer works off what it is sent, right now, and answers process ids. */
  async answersProcessIds(): Promise<boolean> {
    const id = this.nextProcessId();
    const answer = this.expect(
      (reply) => (reply.kind === 'process-id' && reply.id === id) || undefined,
      this.#timing.response,
    );
    await this.put(Buffer.concat([INITIALISE, requestProcessId(id)]));
    return (await answer) === true;
  }

  /**
   * Throws away what the printer holds. `printed`: process id `id` came first; a printer that owes one sends it before
   * it confirms the clear (Epson, GS ( H, priority of responses).
   */
  async clear(id?: string): Promise<{ readonly cleared: boolean; readonly printed: boolean }> {
    let printed = false;
    const answer = this.expect((reply) => {
      if (reply.kind === 'process-id' && reply.id === id) printed = true;
      return reply.kind === 'cleared' || undefined;
    }, this.#timing.response);
    await this.put(CLEAR_BUFFERS);
    const cleared = (await answer) === true;
    return { cleared, printed };
  }

  /** Sends in pieces until `ended`, telling how many bytes the line has taken. */
  async send(bytes: Uint8Array, ended: AbortSignal, onSent: (n: number) => void): Promise<void> {
    for (let start = 0; start < bytes.length && !ended.aborted; start += CHUNK_BYTES) {
      const chunk = bytes.subarray(start, start + CHUNK_BYTES);
      await this.put(chunk);
      onSent(chunk.length);
    }
  }

  async put(bytes: Uint8Array): Promise<void> {
    if (this.gone) return;
    await this.#pipe?.write(bytes).catch((error: unknown) => this.#lose(String(error)));
  }

  /** Throws away what has not left yet; answers that were not read yet go with it. */
  async discard(): Promise<void> {
    if (this.gone) return;
    await this.#pipe?.discard().catch((error: unknown) => this.#lose(String(error)));
  }

  /** The first reply of which `pick` makes something; undefined after `ms`, when `ended`, or when the line is gone. */
  expect<T>(
    pick: (reply: Reply) => T | undefined,
    ms: number,
    ended?: AbortSignal,
  ): Promise<T | undefined> {
    const ends = [this.#gone.signal, ...(ended ? [ended] : [])];
    return new Promise((resolve) => {
      const settle = (value: T | undefined): void => {
        clearTimeout(timer);
        this.#expectations.delete(look);
        for (const end of ends) end.removeEventListener('abort', giveUp);
        resolve(value);
      };
      const giveUp = (): void => settle(undefined);
      const look = (reply: Reply): void => {
        const picked = pick(reply);
        if (picked !== undefined) settle(picked);
      };
      const timer = setTimeout(giveUp, ms);
      this.#expectations.add(look);
      for (const end of ends) end.addEventListener('abort', giveUp);
      if (ends.some((end) => end.aborted)) giveUp();
    });
  }

  #receive(bytes: Uint8Array): void {
    for (const reply of this.#parser.push(bytes)) {
      if (reply.kind === 'status-back') this.#listener.onStatusBack(reply.condition);
      for (const expectation of [...this.#expectations]) expectation(reply);
    }
  }

  #lose(reason: string): void {
    if (this.gone) return;
    this.#gone.abort();
    this.#listener.onLost(reason);
  }
}
