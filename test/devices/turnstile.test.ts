/** A turnstile: the wires on a clock of their own, and the contract on the simulator and on the lines of a serial port. */

import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askControlSocket } from '../../devices/sim-control.ts';
import { letThrough, PASSAGE_TIMES, type Wires } from '../../devices/turnstile/passage.ts';
import { SerialTurnstile } from '../../devices/turnstile/serial-turnstile.ts';
import { openSimTurnstile } from '../../devices/turnstile/sim-turnstile.ts';
import { type TurnstileRig, turnstileContract } from './turnstile.contract.ts';

/** What happens on the wires, by ms on a clock that only waiting turns. */
class Barrier {
  now = 0;
  readonly raised: [at: number, on: boolean][] = [];
  readyFrom = 0;
  unlockedFrom = 40;
  lockedFrom = Number.POSITIVE_INFINITY;
  contact: readonly [from: number, to: number][] = [];
  breaksAt = Number.POSITIVE_INFINITY;

  readonly wires: Wires = {
    look: async () => {
      if (this.now >= this.breaksAt) throw new Error('unplugged');
      const began = this.raised[0]?.[0] ?? Number.POSITIVE_INFINITY;
      const since = this.now - began;
      const isUnlocked = since >= this.unlockedFrom && since < this.lockedFrom;
      const contact = this.contact.some(([from, to]) => this.now >= from && this.now < to);
      return { ready: this.now >= this.readyFrom && !isUnlocked, contact };
    },
    raise: async (on) => {
      this.raised.push([this.now, on]);
    },
  };

  letThrough(limitMs = 20_000) {
    const end = new AbortController();
    const wait = async (ms: number): Promise<void> => {
      this.now += ms;
      if (this.now >= limitMs) end.abort();
    };
    return letThrough(this.wires, wait, end.signal);
  }

  get isLow(): boolean {
    return this.raised.at(-1)?.[1] !== true;
  }
}

function barrier(over: Partial<Barrier>): Barrier {
  return Object.assign(new Barrier(), over);
}

describe('the wires', () => {
  test('one pulse of the right length, and the contact is the passage', async () => {
    const walked = barrier({ contact: [[1_000, 1_100]] });
    expect(await walked.letThrough()).toBe('passed');
    expect(walked.raised.slice(0, 2)).toEqual([
      [0, true],
      [PASSAGE_TIMES.pulseMs, false],
    ]);
    expect(walked.isLow).toBe(true);
  });

  test('a contact that closes as it locks again is the passage; a lock without one is none', async () => {
    const walked = barrier({ contact: [[1_000, 1_100]], lockedFrom: 1_000 });
    expect(await walked.letThrough()).toBe('passed');
    expect(await barrier({ lockedFrom: 5_000 }).letThrough()).toBe('not-passed');
  });

  test('nobody is let in while the one before is in it, or before it is ready', async () => {
    const inIt = barrier({
      contact: [
        [0, 400],
        [2_000, 2_100],
      ],
    });
    expect(await inIt.letThrough()).toBe('passed');
    expect(inIt.raised[0]?.[0]).toBeGreaterThanOrEqual(400);
    const late = barrier({ readyFrom: PASSAGE_TIMES.readyMs + 1_000 });
    expect(await late.letThrough()).toBe('not-ready');
    expect(late.raised).toEqual([]);
  });

  test('a contact that is stuck lets nobody in for it', async () => {
    const stuck = barrier({ contact: [[0, Number.POSITIVE_INFINITY]] });
    expect(await stuck.letThrough()).toBe('not-ready');
    expect(stuck.raised).toEqual([]);
  });

  test('one that never unlocks has not answered; one that says nothing more is silent at the limit', async () => {
    const jammed = barrier({ unlockedFrom: Number.POSITIVE_INFINITY });
    expect(await jammed.letThrough()).toBe('no-answer');
    expect(jammed.now).toBeLessThanOrEqual(PASSAGE_TIMES.answerMs + PASSAGE_TIMES.lookMs);
    const dumb = new Barrier();
    expect(await dumb.letThrough(20_000)).toBe('silent');
    expect(dumb.now).toBe(20_000);
    expect([jammed.isLow, dumb.isLow]).toEqual([true, true]);
  });

  test('a line that is lost in the middle of the pulse is lowered all the same', async () => {
    const lost = barrier({ breaksAt: 50 });
    await expect(lost.letThrough()).rejects.toThrow('unplugged');
    expect(lost.isLow).toBe(true);
  });
});

describe('the simulator', () => {
  turnstileContract(async (): Promise<TurnstileRig> => {
    const directory = await mkdtemp(join(tmpdir(), 'kazasu-turnstile-'));
    const controlPath = join(directory, 'sim.sock');
    const lost: string[] = [];
    const turnstile = await openSimTurnstile({ controlPath })({ onLost: (why) => lost.push(why) });
    const ask = (request: { readonly do: string; readonly as?: string }) =>
      askControlSocket(controlPath, request);
    let locking: NodeJS.Timeout | undefined;
    return {
      turnstile,
      lost,
      async person(does) {
        await ask({ do: 'people', as: does === 'walks' ? 'walk' : 'stay' });
        if (does === 'turns-away') locking = setTimeout(() => void ask({ do: 'lock' }), 400);
      },
      barrier: async (is) => void (await ask({ do: 'set', as: is })),
      unlocked: async () => Number((await ask({ do: 'count' }))['unlocked']),
      unplug: async () => void (await ask({ do: 'unplug' })),
      async end() {
        clearTimeout(locking);
        await turnstile.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  });
});

/** What a turnstile does on the lines of a serial port, without one: pseudo-terminals have none. */
class FakePort extends EventEmitter {
  isOpen = true;
  person: 'walks' | 'stays' | 'turns-away' = 'walks';
  barrier: 'ready' | 'blocked' | 'jammed' = 'ready';
  unlocked = 0;
  readonly lines = { cts: true, dsr: false };
  #isGone = false;

  set({ brk }: { brk?: boolean }, done: (error: Error | null) => void): void {
    if (brk === true && this.barrier === 'ready') this.#unlock();
    done(this.#isGone ? new Error('EIO') : null);
  }

  get(done: (error: Error | null, lines?: object) => void): void {
    if (this.#isGone) done(new Error('EIO'));
    else done(null, { ...this.lines, cts: this.lines.cts && this.barrier !== 'blocked' });
    // Until the next look, however late it is on a busy machine.
    this.lines.dsr = false;
  }

  close(done: () => void): void {
    this.isOpen = false;
    this.emit('close');
    done();
  }

  unplug(): void {
    this.#isGone = true;
    this.emit('error', new Error('disconnected'));
    this.emit('close');
  }

  #unlock(): void {
    this.unlocked += 1;
    this.lines.cts = false;
    if (this.person === 'stays') return;
    setTimeout(() => {
      this.lines.cts = true;
      this.lines.dsr = this.person === 'walks';
    }, 200);
  }
}

describe('on the lines of a serial port', () => {
  turnstileContract(async (): Promise<TurnstileRig> => {
    const port = new FakePort();
    const lost: string[] = [];
    const turnstile = new SerialTurnstile('/dev/ttyUSB2', port as never, {
      onLost: (reason) => lost.push(reason),
    });
    return {
      turnstile,
      lost,
      person: (does) => {
        port.person = does;
      },
      barrier: (is) => {
        port.barrier = is;
      },
      unlocked: () => port.unlocked,
      unplug: () => port.unplug(),
      async end() {
        await turnstile.close();
        await turnstile.close();
      },
    };
  });
});
