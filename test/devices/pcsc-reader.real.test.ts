/** What PC/SC, npm pcsclite and a process can do to the card reader. The PC/SC here is a stub; npm pcsclite is real. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CardReader, CardReaderListener } from '../../devices/card/card.ts';
import { openPcscReader, type PcscReaderOptions } from '../../devices/card/pcsc-reader.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { CardWatch, certificateOf } from './card-watch.ts';
import { StubPcsc } from './stub-pcsc.ts';

const FIRST = certificateOf();
const SECOND = certificateOf();
const POLL = { timeout: 20_000, interval: 10 };

let stub: StubPcsc;
let watch: CardWatch;
let stderr: string;
const opened: CardReader[] = [];

async function open(
  options: PcscReaderOptions = {},
  listener: CardReaderListener = watch,
): Promise<CardReader> {
  const reader = await openPcscReader({
    reader: 'Stub Reader',
    env: stub.env,
    onStderr: (text) => {
      stderr += text;
    },
    ...options,
  })(listener);
  opened.push(reader);
  return reader;
}

async function certificateIn(reader: CardReader): Promise<Buffer> {
  const { tap } = await watch.next('present');
  return Buffer.from((await reader.identify(tap)).certificate);
}

beforeEach(async () => {
  stub = await StubPcsc.start();
  watch = new CardWatch();
  stderr = '';
  await stub.certify(1, FIRST);
  await stub.certify(2, SECOND);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((reader) => reader.close()));
  await expect.poll(() => stub.processes(), POLL).toEqual([]);
  await stub.dispose();
  expect(stderr).toBe('');
});

describe('The ten behaviours of PC/SC and npm pcsclite:', () => {
  test('1. an APDU that takes long freezes nothing: the card is gone while it still runs', async () => {
    const reader = await open({ heartbeatMs: 400, limits: { probeMs: 60_000 } });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    await reader.identify(tap);
    await stub.set({ transmit_ms: 1500 });
    const before = await stub.count('transmitted');
    const reading = expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    await expect.poll(() => stub.count('transmit'), POLL).toBe(before + 1);
    await stub.remove();
    await watch.next('gone');
    await reading;
    expect(await stub.count('transmitted')).toBe(before);
    // Longer than three heartbeats: nobody was taken for dead.
    await expect.poll(() => stub.count('transmitted'), POLL).toBe(before + 1);
    await stub.set({ transmit_ms: 0 });
    await stub.insert(2);
    expect((await certificateIn(reader)).equals(SECOND)).toBe(true);
  });

  test('2. closing in the very moment a card is announced does not deadlock', async () => {
    const closed = Promise.withResolvers<void>();
    const reader = await open(
      {},
      {
        onCardPresent: () => reader.close().then(closed.resolve, closed.reject),
        onCardGone: () => closed.reject(new Error('gone after closing')),
        onLost: (reason) => closed.reject(new Error(reason)),
      },
    );
    await stub.insert(1);
    await closed.promise;
    expect(await stub.count('cancel')).toBe(0);
  });

  test('3. a card pulled in the middle of an APDU is card-removed', async () => {
    const reader = await open();
    await stub.set({ transmit_ms: 200 });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    const reading = expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    await expect.poll(() => stub.count('transmit'), POLL).toBeGreaterThan(0);
    await stub.remove();
    await reading;
    await watch.next('gone');
  });

  test('4. a connection is ended when its card has gone, and the next card gets its own', async () => {
    const reader = await open();
    for (const [card, certificate] of [
      [1, FIRST],
      [2, SECOND],
    ] as const) {
      await stub.insert(card);
      expect((await certificateIn(reader)).equals(certificate)).toBe(true);
      await stub.remove();
      await watch.next('gone');
    }
    await expect
      .poll(async () => (await stub.count('connect')) - (await stub.count('disconnect')), POLL)
      // The first connection, to an empty reader, only warms up.
      .toBe(1);
  });

  test('4. a connection that can not be ended is a lost reader', async () => {
    const reader = await open();
    await stub.set({ disconnect: '80100003' });
    await stub.insert(1);
    expect((await certificateIn(reader)).equals(FIRST)).toBe(true);
    await stub.remove();
    await watch.next('gone');
    expect((await watch.next('lost')).reason).toContain('could not be ended');
  });

  test('5. a counter of insertions that jumped means another card, though one is always present', async () => {
    const reader = await open({ limits: { probeMs: 60_000 } });
    await stub.insert(1);
    const one = await watch.next('present');
    expect(Buffer.from((await reader.identify(one.tap)).certificate).equals(FIRST)).toBe(true);
    await stub.swap(2, 'told');
    expect((await watch.next('gone')).tap).toBe(one.tap);
    expect((await certificateIn(reader)).equals(SECOND)).toBe(true);
  });

  test('5. a swap that pcscd did not see at all is another tap', async () => {
    const reader = await open();
    await stub.insert(1);
    const one = await watch.next('present');
    await reader.identify(one.tap);
    await stub.swap(2, 'untold');
    expect((await watch.next('gone')).tap).toBe(one.tap);
    await expect(reader.identify(one.tap)).rejects.toMatchObject({ fault: 'card-removed' });
    expect((await certificateIn(reader)).equals(SECOND)).toBe(true);
  });

  test('5. the counter may wrap', async () => {
    const reader = await open();
    await stub.set({ counter: 0xffff, card: 1 });
    const one = await watch.next('present');
    await stub.set({ counter: 0x10001, card: 2 });
    expect((await watch.next('gone')).tap).toBe(one.tap);
    expect((await certificateIn(reader)).equals(SECOND)).toBe(true);
  });

  test('6. a service that ends is told once, and a new driver works after its return', async () => {
    const reader = await open();
    await stub.set({ service: 0 });
    expect((await watch.next('lost')).reason).toContain('NO_SERVICE');
    await expect(open()).rejects.toThrow('pcscd does not answer');
    await reader.close();
    await stub.set({ service: 1 });
    const again = await open();
    await stub.insert(1);
    expect((await certificateIn(again)).equals(FIRST)).toBe(true);
    expect(watch.heard.filter(({ is }) => is === 'lost')).toHaveLength(1);
  });

  test('7. closing is not an error', async () => {
    const reader = await open();
    await reader.close();
    expect(watch.heard).toEqual([]);
    expect(await stub.processes()).toEqual([]);
  });

  test('8. a reader that is unplugged is lost, and found again when it is back', async () => {
    await open();
    await stub.set({ reader: 0 });
    expect((await watch.next('lost')).reason).toContain('unplugged');
    await expect(open({ limits: { readerMs: 200 } })).rejects.toThrow(
      'no reader whose name begins with "Stub Reader"; there are: Other Reader 01 00',
    );
    await stub.set({ reader: 1 });
    const again = await open();
    await stub.insert(1);
    expect((await certificateIn(again)).equals(FIRST)).toBe(true);
  });

  test('9. the daemon itself never loads PC/SC: a process of its own does', async () => {
    await open();
    expect(await readFile('/proc/self/maps', 'utf8')).not.toContain('pcsclite');
    expect(await stub.processes()).toHaveLength(1);
  });

  test('10. the card is held exclusively, spoken to in turn, and powered off at the end', async () => {
    const reader = await open();
    await stub.insert(1);
    const { tap } = await watch.next('present');
    const both = await Promise.all([reader.identify(tap), reader.identify(tap)]);
    for (const { certificate } of both) expect(Buffer.from(certificate).equals(FIRST)).toBe(true);
    await reader.close();
    const calls = await stub.calls();
    const exclusive = 'connect 1';
    expect(
      calls.filter((call) => call.startsWith('connect')).every((call) => call === exclusive),
    ).toBe(true);
    const commands = calls.filter((call) => call.startsWith('transmit'));
    for (const [index, call] of commands.entries()) {
      expect(call.startsWith(index % 2 === 0 ? 'transmit ' : 'transmitted ')).toBe(true);
    }
    const unpower = 'disconnect 2';
    expect(calls.at(-1)).toBe(unpower);
  });

  test('10. a card that another program holds is waited for', async () => {
    const reader = await open({ limits: { sharingMs: 20_000, identifyMs: 20_000 } });
    await stub.set({ connect: '8010000b' });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    const reading = reader.identify(tap);
    await expect.poll(() => stub.count('connect'), POLL).toBeGreaterThan(3);
    await stub.set({ connect: '0' });
    expect(Buffer.from((await reading).certificate).equals(FIRST)).toBe(true);
  });

  test('10. a card that another program never lets go can not be read', async () => {
    const reader = await open({ limits: { sharingMs: 100 } });
    await stub.set({ connect: '8010000b' });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-unreadable' });
  });
});

describe('A card process', () => {
  test('answers card-unreadable in time when a command hangs, and serves the next card', async () => {
    const reader = await open({ limits: { transmitMs: 1_000 } });
    await stub.set({ transmit_ms: 4_000 });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    const took = stopwatch();
    await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-unreadable' });
    expect(took()).toBeLessThan(3_000);
    await stub.set({ transmit_ms: 0 });
    await stub.remove();
    await watch.next('gone');
    await expect.poll(() => stub.count('disconnect'), POLL).toBe(1);
    await stub.insert(2);
    expect((await certificateIn(reader)).equals(SECOND)).toBe(true);
  });

  test('reads a card before anybody asks, and proves its presence all the same', async () => {
    const reader = await open({ limits: { probeMs: 20 } });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    const selects = async () => {
      const calls = await stub.calls();
      return calls.filter((call) => call.startsWith('transmit a4')).length;
    };
    // One SELECT is the reading's own.
    await expect.poll(selects, POLL).toBeGreaterThan(2);
    const reads = async () =>
      (await stub.calls()).filter((call) => call.startsWith('transmit b0')).length;
    const before = await reads();
    expect(before).toBeGreaterThan(1);
    expect(Buffer.from((await reader.identify(tap)).certificate).equals(FIRST)).toBe(true);
    expect(await reads()).toBe(before);
  });

  test('answers card-unreadable in time when connecting hangs', async () => {
    const reader = await open({ limits: { identifyMs: 200 } });
    await stub.set({ connect_ms: 2000 });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-unreadable' });
    expect(await stub.count('transmit')).toBe(0);
  });

  test('gives up a reader whose calls never come back', async () => {
    await open({ limits: { hangMs: 200 } });
    await stub.set({ connect_ms: 60_000 });
    await stub.insert(1);
    await watch.next('present');
    expect((await watch.next('lost')).reason).toContain('does not come back');
  });

  test('that is killed is a lost reader', async () => {
    const reader = await open();
    await stub.set({ transmit_ms: 60_000 });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    const reading = expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    for (const pid of await stub.processes()) process.kill(pid, 'SIGKILL');
    expect((await watch.next('lost')).reason).toContain('SIGKILL');
    await reading;
  });

  test('that is frozen is a lost reader, and no corpse', async () => {
    const reader = await open({ heartbeatMs: 50 });
    for (const pid of await stub.processes()) process.kill(pid, 'SIGSTOP');
    expect((await watch.next('lost')).reason).toContain('does not answer');
    await reader.close();
    expect(await stub.processes()).toEqual([]);
  });

  test('that is frozen does not keep a reader from closing', async () => {
    const reader = await open();
    for (const pid of await stub.processes()) process.kill(pid, 'SIGSTOP');
    await reader.close();
    expect(await stub.processes()).toEqual([]);
  });

  test('inside a card that never answers does not keep a reader from closing', async () => {
    const reader = await open();
    await stub.set({ transmit_ms: 60_000 });
    await stub.insert(1);
    const { tap } = await watch.next('present');
    const reading = expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    await expect.poll(() => stub.count('transmit'), POLL).toBe(1);
    await reader.close();
    await reading;
    expect(await stub.processes()).toEqual([]);
  });

  test('that can not be started is a reason, not a crash', async () => {
    await expect(open({ env: { ...stub.env, PATH: '/nonexistent' } })).rejects.toThrow(
      'there is no card process: spawn setpriv ENOENT',
    );
  });

  for (const [where, state] of [
    ['idle', {}],
    ['inside a command', { transmit_ms: 60_000 }],
    ['inside a connection', { connect_ms: 60_000 }],
  ] as const) {
    test(`ends with the daemon that is killed, also when it is ${where}`, async () => {
      const driver = new URL('../../devices/card/pcsc-reader.ts', import.meta.url);
      const daemon = spawn(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { openPcscReader } from ${JSON.stringify(driver.href)};
           const reader = await openPcscReader({ reader: 'Stub Reader' })({
             onCardPresent: (tap) => void reader.identify(tap).catch(() => undefined),
             onCardGone() {}, onLost() {},
           });
           process.stdout.write('open');`,
        ],
        { env: { ...process.env, ...stub.env }, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const exited = once(daemon, 'exit');
      try {
        await once(daemon.stdout, 'data');
        await stub.set(state);
        const calls = (await stub.calls()).length;
        await stub.insert(1);
        await expect.poll(async () => (await stub.calls()).length, POLL).toBeGreaterThan(calls);
        expect(await stub.processes()).toHaveLength(2);
      } finally {
        daemon.kill('SIGKILL');
        await exited;
      }
      await expect.poll(() => stub.processes(), POLL).toEqual([]);
    });
  }
});
