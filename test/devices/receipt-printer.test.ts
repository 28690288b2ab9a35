import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { BytePipeListener } from '../../devices/receipt/byte-pipe.ts';
import { openEscPosPrinter, type Timing } from '../../devices/receipt/escpos-printer.ts';
import { openSerialPrinter } from '../../devices/receipt/serial-printer.ts';
import { openSimPrinter, SimPrinter } from '../../devices/receipt/sim-printer.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { type PtyPrinter, startPtyPrinter } from '../../platform-sim/pty-printer.ts';
import {
  IMPATIENT,
  PATIENCE,
  receiptNumbered,
  receiptPrinterContract,
  receiptsOn,
  type StartRig,
  TEST_TIMING,
  withPrinter,
} from './receipt-printer.contract.ts';

const inMemory: StartRig = async (printer) => ({
  printer,
  open: (listener, timing) => openSimPrinter({ printer, timing })(listener),
  stop: async () => undefined,
});

const nobody = { onCondition: () => undefined, onLost: () => undefined };

async function onPty(
  printer: SimPrinter,
): Promise<{ pty: PtyPrinter; directory: string; stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-receipt-'));
  const pty = await startPtyPrinter({ directory, printer });
  return {
    pty,
    directory,
    async stop() {
      await pty.stop();
      await rm(directory, { recursive: true });
    },
  };
}

const onTerminal: StartRig = async (printer) => {
  const { pty, stop } = await onPty(printer);
  return {
    printer,
    open: (listener, timing) =>
      openSerialPrinter({ path: pty.path, baud: 115_200, timing })(listener),
    stop,
  };
};

receiptPrinterContract('in memory', inMemory);
receiptPrinterContract('on a tty', onTerminal);

describe.concurrent('a serial port', { timeout: 60_000 }, () => {
  test('that vanishes under a receipt leaves it unknown, is told once, and opens again', async () => {
    const printer = new SimPrinter({ lineMs: 60 });
    const first = await onPty(printer);
    const lost: string[] = [];
    const listener = { onCondition: () => undefined, onLost: (why: string) => void lost.push(why) };
    const options = { path: first.pty.path, baud: 115_200, timing: TEST_TIMING };
    const driver = await openSerialPrinter(options)(listener);
    const printed = driver.print(receiptNumbered(1));
    await vi.waitFor(() => expect(printer.receivedBytes).toBeGreaterThan(1000), PATIENCE);
    await first.pty.stop();
    expect(await printed).toEqual({ outcome: 'unknown', reason: 'line-lost' });
    expect(await driver.print(receiptNumbered(2))).toEqual({
      outcome: 'not-printed',
      reason: 'silent',
    });
    await driver.close();
    await first.stop();
    expect(lost).toHaveLength(1);

    const second = await onPty(printer);
    const again = await openSerialPrinter({ ...options, path: second.pty.path })(nobody);
    expect(await again.print(receiptNumbered(3))).toEqual({ outcome: 'printed' });
    expect(receiptsOn(printer).at(-1)?.numbers).toContain('No. 3');
    await again.close();
    await second.stop();
  });

  test('that vanishes while nothing is printed is noticed without a receipt', async () => {
    const { pty, stop } = await onPty(new SimPrinter());
    const lost = Promise.withResolvers<string>();
    const options = { path: pty.path, baud: 115_200, timing: TEST_TIMING };
    const driver = await openSerialPrinter(options)({
      onCondition: () => undefined,
      onLost: lost.resolve,
    });
    await pty.stop();
    expect(await lost.promise).toBeTypeOf('string');
    await driver.close();
    await stop();
  });

  test('that another process holds is refused as locked', async () => {
    const { pty, stop } = await onPty(new SimPrinter());
    const open = openSerialPrinter({ path: pty.path, baud: 115_200, timing: TEST_TIMING });
    const driver = await open(nobody);
    await expect(open(nobody)).rejects.toMatchObject({ code: 'port-locked' });
    expect(await driver.print(receiptNumbered(1))).toEqual({ outcome: 'printed' });
    await driver.close();
    await stop();
  });

  test('that does not exist is refused as missing', async () => {
    const open = openSerialPrinter({ path: '/dev/kazasu-no-such-port', baud: 115_200 });
    await expect(open(nobody)).rejects.toMatchObject({ code: 'no-such-port' });
  });
});

/** A line that does something to the answers on their way from the printer. */
function openOnBadLine(
  printer: SimPrinter,
  spoil: (bytes: Uint8Array, deliver: (bytes: Uint8Array) => void) => void,
  timing: Timing = TEST_TIMING,
  onWrite: (bytes: Uint8Array) => void = () => undefined,
) {
  return openEscPosPrinter(
    {
      name: 'bad line',
      modelled: true,
      width: 80,
      timing,
      async openPipe(listener: BytePipeListener) {
        printer.connect((bytes) => spoil(bytes, (each) => listener.onBytes(each)));
        return {
          bytesPerSecond: 1e6,
          async write(bytes: Uint8Array) {
            onWrite(bytes);
            setImmediate(() => printer.receive(bytes));
          },
          discard: async () => undefined,
          close: async () => undefined,
        };
      },
    },
    nobody,
  );
}

describe.concurrent('a bad line', { timeout: 60_000 }, () => {
  test('that brings a byte at a time, with noise and an old process id between the answers, does no harm', async () => {
    const printer = new SimPrinter();
    const noise = Uint8Array.of(
      0xff,
      0x00,
      0x37,
      0x22,
      0x41,
      0x80,
      0x37,
      0x22,
      0x30,
      0x30,
      0x30,
      0x31,
      0,
    );
    const driver = await openOnBadLine(printer, (bytes, deliver) => {
      for (const byte of [...noise, ...bytes]) deliver(Uint8Array.of(byte));
    });
    expect(await driver.print(receiptNumbered(1))).toEqual({ outcome: 'printed' });
    expect(receiptsOn(printer)).toHaveLength(1);
    await driver.close();
  });

  test('that loses the process id of a printed receipt makes it unknown, not one to print again', async () => {
    const printer = new SimPrinter();
    let spoiling = false;
    const timing = { ...IMPATIENT, printed: 800 };
    const driver = await openOnBadLine(
      printer,
      (bytes, deliver) => {
        if (!(spoiling && bytes[1] === 0x22)) deliver(bytes);
      },
      timing,
      (bytes) => {
        spoiling = bytes.length > 20;
      },
    );
    const first = driver.print(receiptNumbered(1));
    expect(await first).toEqual({ outcome: 'unknown', reason: 'no-answer' });
    expect(receiptsOn(printer)).toHaveLength(1);
    await driver.close();
  });

  test('that is so slow that the process id comes with the response to the clear is still a proof', async () => {
    const printer = new SimPrinter();
    const held: Uint8Array[] = [];
    let job = false;
    const driver = await openOnBadLine(
      printer,
      (bytes, deliver) => {
        if (job && bytes[1] === 0x22) held.push(bytes);
        else {
          if (bytes[1] === 0x25) for (const each of held.splice(0)) deliver(each);
          deliver(bytes);
        }
      },
      { ...IMPATIENT, printed: 800 },
      (bytes) => {
        job ||= bytes.length === 512;
      },
    );
    expect(await driver.print(receiptNumbered(1))).toEqual({ outcome: 'printed' });
    expect(receiptsOn(printer)).toHaveLength(1);
    await driver.close();
  });

  test('that loses the response to a clear makes a receipt cut short unknown', async () => {
    const printer = new SimPrinter();
    let opened = false;
    const driver = await openOnBadLine(
      printer,
      (bytes, deliver) => {
        if (!(opened && bytes[1] === 0x25)) deliver(bytes);
      },
      IMPATIENT,
    );
    opened = true;
    printer.setFault('paper-out', 3);
    expect(await driver.print(receiptNumbered(1))).toEqual({
      outcome: 'unknown',
      reason: 'not-cleared',
    });
    await driver.close();
  });
});

describe('the control socket of the simulated printer', () => {
  test('sets faults and shows the papers, and says that it is a model', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kazasu-receipt-'));
    const controlPath = join(directory, 'receipt.sock');
    const driver = await openSimPrinter({ controlPath, timing: TEST_TIMING })(nobody);
    expect(driver.modelled).toBe(true);
    await askControlSocket(controlPath, { do: 'fault', fault: 'paper-out' });
    expect(await driver.print(receiptNumbered(1))).toEqual({
      outcome: 'not-printed',
      reason: 'paper-out',
    });
    await askControlSocket(controlPath, { do: 'fault', fault: 'none' });
    for (const number of [2, 3]) await driver.print(receiptNumbered(number));
    const reply = await askControlSocket(controlPath, { do: 'papers', since: 1 });
    expect(reply).toMatchObject({
      modelled: true,
      unknownBytes: { count: 0 },
      papers: [{ number: 2, complete: true }],
    });
    expect(JSON.stringify(reply)).toContain('No. 3');
    await expect(askControlSocket(controlPath, { do: 'fault', fault: 'fire' })).rejects.toThrow(
      'fault is one of none, paper-out',
    );
    await expect(askControlSocket(controlPath, { do: 'dance' })).rejects.toThrow('"papers"');
    await driver.close();
    await rm(directory, { recursive: true });
  });

  test('goes with the driver, and a driver opened again finds the same printer', async () => {
    const open = openSimPrinter({ timing: TEST_TIMING });
    const first = await open(nobody);
    await first.print(receiptNumbered(1));
    await first.close();
    const second = await open(nobody);
    expect(await second.print(receiptNumbered(2))).toEqual({ outcome: 'printed' });
    await second.close();
  });
});

test('looks at a printing printer do not end up in what it prints', async () => {
  await withPrinter(
    inMemory,
    async ({ printer, driver }) => {
      expect(await driver.print(receiptNumbered(1))).toEqual({ outcome: 'printed' });
      expect(receiptsOn(printer)).toEqual([{ numbers: ['No. 1'], whole: true }]);
      expect(printer.unknownBytes.count).toBe(0);
    },
    { lineMs: 60, timing: { ...TEST_TIMING, jobHeartbeat: 10 } },
  );
});
