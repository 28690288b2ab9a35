/** A payment unit on a serial port. */

import { SerialPort } from 'serialport';
import type { OpenPaymentUnit } from './payment.ts';
import {
  ORDINARY_PAYMENT_TIMING,
  openConversation,
  type PaymentLine,
  type PaymentLineListener,
  type PaymentTiming,
} from './payment-conversation.ts';

const BAUD = 9_600;

export interface SerialPaymentOptions {
  /** Such as `/dev/ttyUSB0`. */
  readonly path: string;
  readonly timing?: PaymentTiming | undefined;
}

/** Opening rejects when the port is missing, locked by another process or forbidden, or its other end is silent. */
export function openSerialPayment(options: SerialPaymentOptions): OpenPaymentUnit {
  const { path, timing = ORDINARY_PAYMENT_TIMING } = options;
  return (listener) =>
    openConversation(
      { name: path, modelled: false, timing, openLine: (heard) => openSerialLine(path, heard) },
      listener,
    );
}

async function openSerialLine(path: string, listener: PaymentLineListener): Promise<PaymentLine> {
  const port = new SerialPort({ path, baudRate: BAUD, autoOpen: false });
  port.on('data', (bytes: Buffer) => listener.onBytes(bytes));
  // A vanished port closes twice, the second time saying `disconnected`.
  port.on('close', (error: Error | null) => listener.onClosed(error?.message ?? 'closed'));
  port.on('error', (error: Error) => listener.onClosed(error.message));
  await call((done) => port.open(done));
  return {
    write: (bytes) => call((done) => port.write(Buffer.from(bytes), done)),
    async close() {
      if (port.isOpen) await call((done) => port.close(done)).catch(() => undefined);
    },
  };
}

function call(start: (done: (error: Error | null | undefined) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}
