/** The line to a printer: bytes in both directions and nothing else, so that a simulator can be put behind it. */

export interface BytePipe {
  /** Speed of the line, to tell a slow one from a dead one. */
  readonly bytesPerSecond: number;
  /** Resolves when the line has taken the bytes, which says nothing about the printer; rejects when it is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Throws away what the line has taken and not yet sent, and what has come and was not yet read. */
  discard(): Promise<void>;
  /** Closing a closed pipe does nothing. */
  close(): Promise<void>;
}

export interface BytePipeListener {
  onBytes(bytes: Uint8Array): void;
  /** The line is gone. May come more than once. */
  onClosed(reason: string): void;
}

export type OpenBytePipe = (listener: BytePipeListener) => Promise<BytePipe>;

export type PrinterUnavailableCode =
  | 'no-such-port'
  | 'port-locked'
  | 'no-permission'
  | 'open-failed'
  | 'no-process-ids';

/** Why a printer can't be opened. */
export class PrinterUnavailableError extends Error {
  readonly code: PrinterUnavailableCode;

  constructor(code: PrinterUnavailableCode, message: string) {
    super(message);
    this.name = 'PrinterUnavailableError';
    this.code = code;
  }
}
