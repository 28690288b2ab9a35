/** A release line: one pulse when the machine is ready, none when it is not, and low at the end whatever happens. */

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { PULSE_TIMES, pulse, type Wires } from '../../devices/release/pulse.ts';
import { SerialRelease } from '../../devices/release/serial-release.ts';

/** A machine on two wires, on a clock that only waiting turns. */
class Machine {
  now = 0;
  readonly raised: [at: number, on: boolean][] = [];
  /** When it begins to work after the pulse began; null: never. */
  beginsAfter: number | null = 40;
  ready = true;
  breaksAt = Number.POSITIVE_INFINITY;

  readonly wires: Wires = {
    isReady: async () => {
      if (this.now >= this.breaksAt) throw new Error('unplugged');
      const began = this.raised[0]?.[0];
      const works = began !== undefined && this.beginsAfter !== null;
      return this.ready && !(works && this.now >= began + (this.beginsAfter ?? 0));
    },
    raise: async (on) => {
      this.raised.push([this.now, on]);
    },
  };

  readonly wait = async (ms: number): Promise<void> => {
    this.now += ms;
  };

  release() {
    return pulse(this.wires, this.wait);
  }
}

test('a machine that is ready gets one pulse of the right length, and takes it', async () => {
  const machine = new Machine();
  expect(await machine.release()).toBe('released');
  expect(machine.raised).toEqual([
    [0, true],
    [PULSE_TIMES.pulseMs, false],
  ]);
});

test('one that begins late has still taken it; one that never does has not', async () => {
  const late = new Machine();
  late.beginsAfter = 1_500;
  expect(await late.release()).toBe('released');
  const jammed = new Machine();
  jammed.beginsAfter = null;
  expect(await jammed.release()).toBe('no-answer');
  expect(jammed.now).toBeLessThanOrEqual(PULSE_TIMES.pulseMs + PULSE_TIMES.answerMs);
  expect(jammed.raised.filter(([, on]) => on)).toHaveLength(1);
});

test('one that is not ready gets no pulse', async () => {
  const empty = new Machine();
  empty.ready = false;
  expect(await empty.release()).toBe('not-ready');
  expect(empty.raised).toEqual([]);
});

test('a line that is lost in the middle of the pulse is lowered all the same', async () => {
  const machine = new Machine();
  machine.breaksAt = 50;
  await expect(machine.release()).rejects.toThrow('unplugged');
  expect(machine.raised.at(-1)?.[1]).toBe(false);
});

/** What a serial port does on its lines, without one: pseudo-terminals have none. */
class FakePort extends EventEmitter {
  isOpen = true;
  readonly set_: object[] = [];
  cts = true;
  fails = false;
  set(lines: { brk?: boolean }, done: (error: Error | null) => void): void {
    this.set_.push(lines);
    if (lines.brk === true) this.cts = false;
    done(this.fails ? new Error('EIO') : null);
  }
  get(done: (error: Error | null, lines?: { cts: boolean }) => void): void {
    done(this.fails ? new Error('EIO') : null, { cts: this.cts });
  }
  close(done: () => void): void {
    this.isOpen = false;
    this.emit('close');
    done();
  }
}

function serial() {
  const port = new FakePort();
  const lost: string[] = [];
  const line = new SerialRelease('/dev/ttyUSB1', port as never, {
    onLost: (reason) => lost.push(reason),
  });
  return { port, lost, line };
}

test('on a serial port the pulse is a break, and no other line is touched', async () => {
  const { port, line, lost } = serial();
  expect(await line.release()).toBe('released');
  expect(port.set_).toEqual([{ brk: true }, { brk: false }]);
  await line.close();
  await line.close();
  expect(lost).toEqual([]);
});

test('a port that goes is told once; one that fails rejects', async () => {
  const { port, line, lost } = serial();
  port.fails = true;
  await expect(line.release()).rejects.toThrow('EIO');
  port.emit('error', new Error('disconnected'));
  port.emit('close');
  expect(lost).toEqual(['disconnected']);
});
