/** The payment unit behind a real tty, and what is left when one side of the line is killed. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { openSerialPayment } from '../../devices/payment/serial-payment.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { startPtyPaymentUnit } from '../../platform-sim/payment-unit.ts';
import type { Config } from '../../src/config.ts';
import { askPayment } from '../../src/doctor/machine.ts';
import { paymentContract } from './payment.contract.ts';
import { newId, PATIENT, type StartPaymentRig } from './payment-story.ts';

const nobody = { onLost: () => {}, onDropped: () => {} };

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'kazasu-payment-'));
}

const onTerminal: StartPaymentRig = async ({ abandonedMs }) => {
  const directory = newFolder();
  const { path, unit, plug, stop } = await startPtyPaymentUnit({
    directory,
    abandonedMs,
    lateMs: 400,
  });
  return {
    unit,
    plug,
    open: (listener, timing) => openSerialPayment({ path, timing })(listener),
    async stop() {
      await stop();
      rmSync(directory, { recursive: true });
    },
  };
};

paymentContract('on a tty', onTerminal);

/** Resolves when it has printed its first line; `kill` resolves when it is gone. */
async function start(...words: readonly string[]) {
  const script = join(import.meta.dirname, 'payment-process.ts');
  const child = spawn(process.execPath, [script, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  return { kill, line };
}

function folderOfStory(): string {
  const folder = newFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the doctor asks the unit itself while no daemon has its line', async () => {
  const directory = folderOfStory();
  const { path, stop } = await startPtyPaymentUnit({ directory });
  const config = { payment: { driver: 'serial', path }, state: directory } as unknown as Config;
  expect(await askPayment(config)).toEqual({ name: path, lost: null });
  await stop();
  expect(await askPayment(config)).toMatchObject({ lost: expect.stringMatching(/no such file/iu) });
});

test('a unit that is killed with money in it still holds it when it is started again', async () => {
  const directory = folderOfStory();
  const first = await start('unit', directory);
  await first.line();
  const open = () =>
    openSerialPayment({ path: join(directory, 'payment-unit'), timing: PATIENT })(nobody);
  const tell = (request: { do: string; piece?: number }) =>
    askControlSocket(join(directory, 'payment-unit.sock'), request);
  const [held, taken] = [newId(), newId()];
  const before = await open();
  const pay = async (id: string) => {
    const begun = Promise.withResolvers<void>();
    const on = { inserted: () => begun.resolve() };
    const outcome = before.authorise(
      { id, yen: 300, means: 'cash' },
      on,
      new AbortController().signal,
    );
    while ((await tell({ do: 'look' }))['open'] === null);
    await tell({ do: 'insert', piece: 100 });
    await begun.promise;
    await tell({ do: 'insert', piece: 500 });
    expect(await outcome).toEqual({ outcome: 'authorised' });
  };
  await pay(taken);
  expect(await before.capture(taken)).toEqual({ outcome: 'done' });
  await pay(held);
  await first.kill();
  await before.close();
  await (await start('unit', directory)).line();
  const after = await open();
  expect(await after.stateOf(held)).toBe('authorised');
  expect(await after.capture(taken)).toEqual({ outcome: 'done' });
  expect(await after.void(held)).toEqual({ outcome: 'done' });
  expect(await tell({ do: 'look' })).toMatchObject({ takings: 300, open: null });
  await after.close();
});

test('a kiosk that is killed while money is put in, or while it is held, finds it again', async () => {
  const directory = folderOfStory();
  const { path, unit, stop } = await startPtyPaymentUnit({ directory });
  try {
    for (const pieces of [[100], [100, 500]] as const) {
      const id = newId();
      const kiosk = await start('kiosk', path, id);
      while (unit.books.open === null) await new Promise(setImmediate);
      unit.insert(pieces[0]);
      expect(await kiosk.line()).toBe('inserted 100');
      if (pieces[1] !== undefined) unit.insert(pieces[1]);
      await kiosk.kill();
      const next = await openSerialPayment({ path, timing: PATIENT })(nobody);
      expect(await next.stateOf(id)).toBe(pieces.length === 1 ? 'collecting' : 'authorised');
      expect(await next.void(id)).toEqual({ outcome: 'done' });
      await next.close();
    }
    expect(unit.books.tray).toEqual([100, 100, 500]);
    expect(unit.books.takings).toBe(0);
  } finally {
    await stop();
  }
});
