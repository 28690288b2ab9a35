import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PaymentListener } from '../../devices/payment/payment.ts';
import {
  openConversation,
  type PaymentLineListener,
} from '../../devices/payment/payment-conversation.ts';
import { encodeAnswer } from '../../devices/payment/payment-frames.ts';
import { memoryInFile, memoryInProcess } from '../../devices/payment/sim-memory.ts';
import { openSimPayment, Socket } from '../../devices/payment/sim-payment.ts';
import { SimUnit } from '../../devices/payment/sim-unit.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { paymentContract } from './payment.contract.ts';
import { newId, PATIENT, QUICK, type StartPaymentRig } from './payment-story.ts';

const nobody: PaymentListener = { onLost: () => {}, onDropped: () => {} };

const inMemory: StartPaymentRig = async ({ abandonedMs }) => {
  const unit = new SimUnit({ memory: memoryInProcess(), abandonedMs, lateMs: 400 });
  const plug = new Socket(unit);
  return {
    unit,
    plug,
    open: (listener, timing) => openSimPayment({ unit, plug, timing })(listener),
    stop: async () => {},
  };
};

paymentContract('in memory', inMemory);

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-payment-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the simulated unit of a configuration', () => {
  test('is driven over its control socket, and remembers when its process was killed', async () => {
    const folder = tempFolder();
    const controlPath = join(folder, 'sim-payment.sock');
    const memoryPath = join(folder, 'sim-payment.json');
    const tell = (request: { do: string; [field: string]: unknown }) =>
      askControlSocket(controlPath, request);
    const unit = await openSimPayment({ controlPath, memoryPath, timing: PATIENT })(nobody);
    const id = newId();
    const signal = new AbortController().signal;
    const begun = Promise.withResolvers<void>();
    const outcome = unit.authorise(
      { id, yen: 300, means: 'cash' },
      { inserted: () => begun.resolve() },
      signal,
    );
    while ((await tell({ do: 'look' }))['open'] === null);
    await tell({ do: 'insert', piece: 100 });
    await begun.promise;
    expect(await tell({ do: 'insert', piece: 500 })).toMatchObject({ open: { id, inserted: 600 } });
    expect(await outcome).toEqual({ outcome: 'authorised' });
    for (const wrong of [
      { do: 'insert', piece: 5 },
      { do: 'touch', wallet: '' },
      { do: 'faults', answers: ['gone'] },
      { do: 'faults', answers: 'late' },
      { do: 'set', as: 'rich' },
      { do: 'steal' },
    ]) {
      await expect(tell(wrong)).rejects.toThrow();
    }
    await unit.close();
    const again = await openSimPayment({ memoryPath, timing: PATIENT })(nobody);
    expect(await again.stateOf(id)).toBe('authorised');
    expect(await again.capture(id)).toEqual({ outcome: 'done' });
    expect(await tell({ do: 'unplug' })).toBeDefined();
    await again.close();
  });

  test('whose memory can not be read says that it does not know', async () => {
    const memoryPath = join(tempFolder(), 'sim-payment.json');
    memoryInFile(memoryPath).write('{"accounts": [');
    const unit = await openSimPayment({ memoryPath, timing: PATIENT })(nobody);
    expect(await unit.stateOf(newId())).toBe('unknown');
    await unit.close();
  });

  test('forgets only what is over, and keeps no more than it should', () => {
    const unit = new SimUnit({ memory: memoryInProcess() });
    const open = unit.books.add({ id: newId(), yen: 300, means: 'cash' }, null);
    for (let each = 0; each < 1_200; each += 1) {
      unit.books.add({ id: newId(), yen: 300, means: 'cash' }, 'busy');
    }
    expect(unit.books.find(open.id)).toEqual(open);
  });
});

describe('whoever is at the other end of the line', () => {
  /** Answers each ask with these bytes. */
  async function talkingTo(answer: (ask: Buffer) => readonly Uint8Array[]) {
    const lost: string[] = [];
    const dropped: string[] = [];
    const openLine = async (heard: PaymentLineListener) => ({
      async write(bytes: Uint8Array) {
        for (const each of answer(Buffer.from(bytes))) setImmediate(() => heard.onBytes(each));
      },
      async close() {},
    });
    const listener = {
      onLost: (reason: string) => void lost.push(reason),
      onDropped: (reason: string) => void dropped.push(reason),
    };
    const settings = { name: 'stranger', modelled: true, timing: QUICK, openLine };
    return { opening: openConversation(settings, listener), lost, dropped };
  }
  const numberOf = (ask: Buffer): string => ask.toString('latin1', 1, 9);

  test('and says no to everything is no payment unit', async () => {
    const { opening, lost } = await talkingTo((ask) => [
      encodeAnswer({ number: numberOf(ask), answer: 'no' }),
    ]);
    await expect(opening).rejects.toThrow('no payment unit');
    expect(lost).toEqual([]);
  });

  test('and takes no bytes is lost, as one that does not answer', async () => {
    const openLine = async () => ({
      write: () => new Promise<never>(() => {}),
      close: async () => {},
    });
    const settings = { name: 'stuck', modelled: true, timing: QUICK, openLine };
    await expect(openConversation(settings, nobody)).rejects.toThrow('does not answer');
  });

  test('and sends noise without end is cut off', async () => {
    const noise = Buffer.concat(Array<Buffer>(50).fill(Buffer.from('\x02nonsense\x030000')));
    const unit = encodeAnswer({ number: '00000000', answer: 'unit', means: ['cash'] });
    const { opening, dropped } = await talkingTo(() =>
      Array<Buffer>(100).fill(Buffer.concat([noise, unit])),
    );
    await expect(opening).rejects.toThrow('what nobody asked for');
    expect(dropped.length).toBeLessThanOrEqual(1_000);
  });

  test('and goes on collecting after the person stopped is asked to stop once', async () => {
    const asks: string[] = [];
    const id = newId();
    const { opening } = await talkingTo((ask) => {
      const [number = '', verb = ''] = ask.toString('latin1', 1, ask.length - 5).split(' ');
      asks.push(verb);
      if (verb === 'hello') return [encodeAnswer({ number, answer: 'unit', means: ['cash'] })];
      return [
        encodeAnswer({
          number,
          answer: 'payment',
          id,
          state: 'collecting',
          inserted: 0,
          why: null,
        }),
      ];
    });
    const driver = await opening;
    const stop = new AbortController();
    const outcome = driver.authorise(
      { id, yen: 300, means: 'cash' },
      { inserted: () => {} },
      stop.signal,
    );
    stop.abort();
    expect(await outcome).toEqual({ outcome: 'unknown' });
    expect(asks.filter((verb) => verb === 'void')).toHaveLength(1);
  });
});
