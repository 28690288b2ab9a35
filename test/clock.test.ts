import { expect, onTestFinished, test } from 'vitest';
import { BUILD_FLOOR, Clock, type ClockOptions } from '../src/clock.ts';
import { generator } from './link/fixtures.ts';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-06-01T12:00:00Z');

/** A machine whose clocks only the test moves. */
class Machine {
  wall = NOON;
  mono = 5_000;
  saved: number[] = [];
  jumps: number[] = [];

  start(kept: number | null = null, options: Partial<ClockOptions> = {}): Clock {
    const clock = new Clock({
      mark: { load: () => kept, save: (at) => void this.saved.push(at) },
      time: { wall: () => this.wall, mono: () => this.mono },
      onJump: (ms) => void this.jumps.push(ms),
      ...options,
    });
    onTestFinished(() => clock.close());
    return clock;
  }

  pass(ms: number): void {
    this.wall += ms;
    this.mono += ms;
  }
}

test('a wall clock of 1970 never shows: time starts at the floor, runs by the monotonic clock and is unset', () => {
  const machine = new Machine();
  machine.wall = 12_000;
  const clock = machine.start();
  machine.pass(90_000);
  expect(clock.read()).toEqual({
    at: new Date(BUILD_FLOOR + 90_000).toISOString(),
    clock: 'unset',
    mono: 95_000,
  });
});

test('a wall clock below the kept high-water mark is not believed', () => {
  const machine = new Machine();
  const clock = machine.start(NOON + 30 * 24 * HOUR);
  machine.pass(1_000);
  expect(clock.now()).toBe(NOON + 30 * 24 * HOUR + 1_000);
  expect(clock.quality()).toBe('unset');
});

test('a plausible wall clock that nobody confirmed is holdover', () => {
  expect(new Machine().start(NOON - HOUR).read()).toMatchObject({
    at: '2026-06-01T12:00:00.000Z',
    clock: 'holdover',
  });
});

test('the platform sets a clock of 1970, and the time then runs on', () => {
  const machine = new Machine();
  machine.wall = 0;
  const clock = machine.start();
  expect(clock.correct(NOON, 100)).toEqual({
    offsetMs: NOON + 50 - BUILD_FLOOR,
    quality: 'synced',
  });
  machine.pass(10_000);
  expect(clock.now()).toBe(NOON + 10_050);
  expect(clock.quality()).toBe('synced');
  expect(machine.saved).toEqual([NOON]);
});

test('a small difference leaves the wall clock as it is, and is still an agreement', () => {
  const machine = new Machine();
  const clock = machine.start();
  expect(clock.correct(NOON - 400, 20)).toEqual({ offsetMs: 0, quality: 'synced' });
  expect(clock.now()).toBe(NOON);
  expect(clock.correct(NOON + 400, 20)).toBeNull();
  expect(clock.now()).toBe(NOON);
});

test('an answer that took long corrects only what its own uncertainty allows', () => {
  const right = new Machine().start();
  right.correct(NOON - 3_900, 4_000);
  expect(right.now()).toBe(NOON);
  const wrong = new Machine().start();
  wrong.correct(NOON - 10_000, 4_000);
  expect(wrong.now()).toBe(NOON - 8_000);
});

test('a correction back by a few seconds stands still instead of going back', () => {
  const machine = new Machine();
  const clock = machine.start();
  clock.correct(NOON - 3_000, 0);
  expect(clock.now()).toBe(NOON);
  machine.pass(2_000);
  expect(clock.now()).toBe(NOON);
  machine.pass(2_000);
  expect(clock.now()).toBe(NOON + 1_000);
});

test('a correction back by an hour is taken at once, but never below what was authenticated', () => {
  const machine = new Machine();
  const clock = machine.start(NOON - 2 * HOUR);
  clock.correct(NOON - HOUR, 0);
  expect(clock.now()).toBe(NOON - HOUR);
});

test('a platform that says earlier than authenticated before leaves the clock unset', () => {
  const machine = new Machine();
  const clock = machine.start();
  clock.correct(NOON, 0);
  expect(clock.correct(NOON - HOUR, 0)).toEqual({ offsetMs: 0, quality: 'unset' });
  expect(clock.now()).toBe(NOON);
  expect(clock.correct(NOON - HOUR, 0)).toBeNull();
  machine.pass(1_000);
  expect(clock.correct(NOON + 1_000, 0)).toEqual({ offsetMs: 0, quality: 'synced' });
});

test.each([HOUR, -HOUR, 2_500, -50 * 365 * 24 * HOUR])(
  'a wall clock that jumps by %i ms does not move the time, and unsets it until it is corrected',
  (jump) => {
    const machine = new Machine();
    const clock = machine.start();
    clock.correct(NOON, 0);
    machine.pass(1_000);
    machine.wall += jump;
    expect(clock.now()).toBe(NOON + 1_000);
    expect(clock.quality()).toBe('unset');
    expect(machine.jumps).toEqual([jump]);
    machine.pass(60_000);
    expect(clock.now()).toBe(NOON + 61_000);
    clock.correct(NOON + 61_000, 0);
    expect(clock.quality()).toBe('synced');
    machine.pass(1_000);
    expect(clock.now()).toBe(NOON + 62_000);
    expect(machine.jumps).toHaveLength(1);
  },
);

test('slewing, as NTP does it, is no jump however long it lasts', () => {
  const machine = new Machine();
  const clock = machine.start();
  clock.correct(NOON, 0);
  for (let second = 0; second < 20_000; second += 1) {
    machine.pass(1_000);
    machine.wall += 0.5;
    clock.now();
  }
  expect(machine.jumps).toEqual([]);
  expect(clock.quality()).toBe('synced');
});

test('a day without contact is holdover; contact makes it synced again', () => {
  const machine = new Machine();
  const clock = machine.start();
  clock.correct(NOON, 0);
  machine.pass(24 * HOUR - 1);
  expect(clock.quality()).toBe('synced');
  machine.pass(1);
  expect(clock.quality()).toBe('holdover');
  clock.correct(NOON + 24 * HOUR, 0);
  expect(clock.quality()).toBe('synced');
});

test('a signed time ahead of the clock moves it forward, one behind it does nothing', () => {
  const machine = new Machine();
  const clock = machine.start();
  clock.raise(NOON - HOUR);
  expect(clock.now()).toBe(NOON);
  clock.raise(NOON + HOUR);
  machine.pass(5_000);
  expect(clock.now()).toBe(NOON + HOUR + 5_000);
  expect(clock.quality()).toBe('holdover');
});

test('a reset clock does not bring back the time before a signed statement, also after a restart', () => {
  const machine = new Machine();
  machine.start().raise(NOON + HOUR);
  const [kept = null] = machine.saved;
  machine.wall = NOON - 24 * HOUR;
  expect(machine.start(kept).now()).toBe(NOON + HOUR);
});

test('heartbeats never set a clock back by their delay', () => {
  const machine = new Machine();
  const clock = machine.start();
  clock.correct(NOON, 0);
  for (let beat = 0; beat < 20; beat += 1) {
    machine.pass(2_000);
    const delay = beat % 4 === 0 ? 20 : 4_000;
    expect(clock.heard(machine.wall - delay)).toBeNull();
    expect(clock.now()).toBe(machine.wall);
  }
});

test('heartbeats set a clock that runs ahead back, by the fastest of several', () => {
  const machine = new Machine();
  const clock = machine.start();
  clock.correct(NOON, 0);
  // A wall clock that was slewed away from the truth: no jump, but wrong.
  for (let step = 0; step < 10; step += 1) {
    machine.pass(1_000);
    machine.wall += 1_900;
    clock.now();
  }
  const truth = () => machine.wall - 19_000;
  for (let beat = 0; beat < 7; beat += 1) {
    expect(clock.heard(truth() - (beat === 3 ? 30 : 900))).toBeNull();
    machine.pass(2_000);
  }
  expect(clock.heard(truth() - 900)).toMatchObject({ quality: 'synced' });
  expect(Math.abs(clock.now() - truth())).toBeLessThanOrEqual(30);
});

test('a heartbeat corrects a clock that is behind, or unset, at once', () => {
  const machine = new Machine();
  const clock = machine.start();
  expect(clock.heard(NOON + 5_000)).toEqual({ offsetMs: 5_000, quality: 'synced' });
  machine.wall -= HOUR;
  expect(clock.quality()).toBe('unset');
  expect(clock.heard(NOON + 5_000)).toMatchObject({ quality: 'synced' });
});

test('the mark is saved sparingly, and a medium that refuses it is asked again', () => {
  const machine = new Machine();
  let full = true;
  let asked = 0;
  const clock = machine.start(NOON, {
    mark: {
      load: () => NOON,
      save: (at) => {
        asked += 1;
        if (full) throw new Error('full');
        machine.saved.push(at);
      },
    },
  });
  for (let minute = 1; minute <= 30; minute += 1) {
    machine.pass(60_000);
    if (minute === 12) full = false;
    clock.heard(machine.wall);
  }
  expect(machine.saved).toEqual([NOON + 12 * 60_000, NOON + 22 * 60_000]);
  expect(asked).toBe(4);
});

test('of many seeded worlds none ever shows a time before what was authenticated', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = generator(seed);
    const machine = new Machine();
    machine.wall = random() < 0.3 ? 0 : NOON + (random() - 0.5) * 1_000 * HOUR;
    const clock = machine.start(random() < 0.5 ? NOON : null);
    let least = BUILD_FLOOR;
    for (let step = 0; step < 60; step += 1) {
      const at = NOON + (random() - 0.5) * 100 * HOUR;
      const dice = random();
      if (dice < 0.2) machine.wall += (random() - 0.5) * 200 * HOUR;
      else if (dice < 0.4) clock.correct(at, random() * 5_000);
      else if (dice < 0.5) clock.heard(at);
      else if (dice < 0.6) {
        clock.raise(at);
        least = Math.max(least, Math.floor(at) - 1_000);
      } else machine.pass(random() * HOUR);
      const now = clock.now();
      if (now < least) throw new Error(`seed ${seed}, step ${step}: ${now} is before ${least}`);
    }
  }
});
