/** Reports of remote controls, decoded: those that are right, and whatever else a wire can carry. */

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Frame, KeyFrames } from '../../devices/remote/key-frames.ts';
import { keyMapWith } from '../../devices/remote/key-map.ts';
import { KeyStream, REPEAT } from '../../devices/remote/key-stream.ts';
import type { Dropped } from '../../devices/remote/remote.ts';
import {
  type ReportLayouts,
  readReportDescriptor,
} from '../../devices/remote/report-descriptor.ts';
import { batteryReport, reportsOf, SIM_DESCRIPTOR } from '../../devices/remote/sim-reports.ts';
import { REMOTE_BUTTONS, type RemoteButton } from '../../src/domain/remote.ts';
import { stopwatch } from '../rig/stopwatch.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** The keyboard of HID 1.11, appendix B.1: no report ids, and lamps that are told, not read. */
const BOOT_KEYBOARD = bytes(
  `
  05010906a101 050719e029e7150025017501950881029501750881 01
  9505750105081901290591029501750391 01 9506750815002565050719002965 8100c0`.replace(/\s/gu, ''),
);
/** A consumer control with a bit for each of four usages: volume up, volume down, blue, one that nobody knows. */
const BITMAP = bytes('050c0901a10115002501 09e9 09ea 096b 09b8 7501950481027504950181 01c0');

function layoutsOf(descriptor: Uint8Array): ReportLayouts {
  const layouts = readReportDescriptor(descriptor);
  if (layouts === null) throw new Error('the descriptor is not understood');
  return layouts;
}

function framesOf(descriptor: Uint8Array, keys = {}): KeyFrames {
  return new KeyFrames(layoutsOf(descriptor), keyMapWith(keys));
}

const pressed = (frames: KeyFrames, ...reports: string[]): Frame['pressed'][] =>
  reports.map((hex) => frames.read(bytes(hex)).pressed);

describe('a boot keyboard', () => {
  test('eight bytes, and what is new in them is pressed', () => {
    const frames = framesOf(BOOT_KEYBOARD);
    expect(pressed(frames, '0000520000000000', '0000520000000000')).toEqual([['up'], []]);
    expect(frames.read(bytes('0000511e00000000'))).toEqual({
      pressed: ['down', 'digit-1'],
      released: ['up'],
      battery: null,
      dropped: [],
    });
    const none = frames.read(bytes('0000000000000000'));
    expect(none).toMatchObject({ pressed: [], released: ['down', 'digit-1'] });
  });

  test('digits of the row above the letters and of the keypad, from 0 to 9', () => {
    const frames = framesOf(BOOT_KEYBOARD);
    const typed = ['27', '1e', '1f', '20', '21', '22', '23', '24', '25', '26', '62', '59', '61'];
    const found = typed.flatMap((id) => pressed(frames, `0000${id}0000000000`, '00'.repeat(8)));
    const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 9].map((digit) => `digit-${digit}`);
    expect(found.flat()).toEqual(digits);
  });

  test('too many keys at once: it says that it does not know which, and what was down stays down', () => {
    const frames = framesOf(BOOT_KEYBOARD);
    frames.read(bytes('0000520000000000'));
    const rollover = frames.read(bytes('0000010101010101'));
    expect(rollover).toMatchObject({ pressed: [], released: [], dropped: ['rollover'] });
    expect(frames.read(bytes('0000000000000000')).released).toEqual(['up']);
  });

  test.each(['', '00', '00005200000000', '000052000000000000', '00'.repeat(64)])(
    'a report of another length is dropped: %j',
    (hex) => {
      const frames = framesOf(BOOT_KEYBOARD);
      expect(frames.read(bytes(hex))).toMatchObject({ pressed: [], dropped: ['wrong-length'] });
    },
  );
});

describe('reports with ids', () => {
  test.each(REMOTE_BUTTONS)('%s is pressed once, and let go', (button) => {
    const frames = framesOf(SIM_DESCRIPTOR);
    const { down, up } = reportsOf(button);
    expect(frames.read(down)).toMatchObject({ pressed: [button], dropped: [] });
    expect(frames.read(up)).toMatchObject({ released: [button], dropped: [] });
  });

  test('the same button in two reports is pressed once, and let go with the last', () => {
    const frames = framesOf(SIM_DESCRIPTOR);
    const reports = ['010000280000000000', '024100', '010000000000000000'];
    expect(pressed(frames, ...reports)).toEqual([['ok'], [], []]);
    expect(frames.read(bytes('020000')).released).toEqual(['ok']);
  });

  test('one that the device never described, and a usage that is no button, are dropped', () => {
    const frames = framesOf(SIM_DESCRIPTOR);
    expect(frames.read(bytes('090000')).dropped).toEqual(['unknown-report']);
    expect(frames.read(bytes(''))).toMatchObject({ dropped: ['unknown-report'] });
    expect(frames.read(bytes('02b800'))).toMatchObject({ dropped: ['unknown-usage'] });
    // The same key, held: counted once.
    expect(frames.read(bytes('02b800')).dropped).toEqual([]);
  });

  test('the battery says percent of its own scale', () => {
    const frames = framesOf(SIM_DESCRIPTOR);
    expect(frames.read(batteryReport(12)).battery).toBe(12);
    expect(frames.read(batteryReport(200)).battery).toBeNull();
  });
});

test('a bit for each usage', () => {
  const frames = framesOf(BITMAP);
  expect(pressed(frames, '01', '05', '00')).toEqual([['volume-up'], ['blue'], []]);
  expect(frames.read(bytes('08'))).toMatchObject({ pressed: [], dropped: ['unknown-usage'] });
});

test('a key that the configuration names is that button, and its usual key is none', () => {
  const frames = framesOf(SIM_DESCRIPTOR, { blue: 'keyboard:0x3a', back: 'consumer:0x69' });
  expect(pressed(frames, '0100003a0000000000', '026b00')).toEqual([['blue'], []]);
  // The usual key of another button, taken away from it.
  expect(pressed(frames, '020000', '026900', '022402')).toEqual([[], ['back'], []]);
});

describe('a report descriptor', () => {
  test.each([
    ['nothing', ''],
    ['an item that is cut off', '05010906a1018501 26ff'],
    ['a pop without a push', 'b4'],
    ['pushes without end', 'a4'.repeat(9)],
    ['report id 0', '8500'],
    ['a maximum of usages without its minimum', '2903'],
    ['a report longer than any', '050719002965150025657520 97ffffffff 8100'],
    ['too many fields', `0507750195018102${'8102'.repeat(256)}`],
    ['a long text', '00'.repeat(4_097)],
  ])('that is none is refused: %s', (_, hex) => {
    expect(readReportDescriptor(bytes(hex))).toBeNull();
  });

  test.each([
    ['long items, which no device has', 'fe0310aabbcc'],
    ['what is pushed and popped', 'a4050c1500250175017501b4'],
    ['usages that bring their own page', '05010b52000700'],
  ])('with %s is read all the same', (_, before) => {
    const layouts = layoutsOf(bytes(`${before}0507 0952 150025017501950181029507 8101`));
    expect(new KeyFrames(layouts, keyMapWith({})).read(bytes('01'))).toMatchObject({
      pressed: ['up'],
    });
  });

  test('of something without keys is of no use', () => {
    const mouse = bytes('05010902a1010901a1000509190129031500250195037501 8102c0c0');
    expect(KeyFrames.areOfUse(layoutsOf(mouse))).toBe(false);
    expect(KeyFrames.areOfUse(layoutsOf(BITMAP))).toBe(true);
  });

  test('whatever bytes it has: read within its limits, or refused', () => {
    const descriptor = fc.uint8Array({ maxLength: 300 });
    const report = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(descriptor, fc.array(report, { maxLength: 5 }), (noise, reports) => {
        const layouts = readReportDescriptor(noise);
        if (layouts === null) return;
        const frames = new KeyFrames(layouts, keyMapWith({}));
        for (const each of reports) frames.read(each);
      }),
      { numRuns: 300 },
    );
  });
});

test('whatever reports come: what is let go was pressed, and nothing is pressed twice', () => {
  const usual = fc.constantFrom(...REMOTE_BUTTONS).chain((button) => {
    const { down, up } = reportsOf(button);
    return fc.constantFrom(down, up);
  });
  const report = fc.oneof(usual, fc.uint8Array({ maxLength: 12 }));
  fc.assert(
    fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
      const frames = framesOf(SIM_DESCRIPTOR);
      const down = new Set<RemoteButton>();
      for (const each of reports) {
        const frame = frames.read(each);
        for (const button of frame.released) expect(down.delete(button)).toBe(true);
        for (const button of frame.pressed) {
          expect(down.has(button)).toBe(false);
          down.add(button);
        }
      }
    }),
    { numRuns: 300 },
  );
});

describe('a thumb', () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }),
  );
  afterEach(() => void vi.useRealTimers());

  function begun() {
    const presses: string[] = [];
    const battery: boolean[] = [];
    const dropped: Dropped[] = [];
    const stream = new KeyStream(keyMapWith({}), {
      onPress: (button, isRepeat) => presses.push(isRepeat ? `${button}...` : button),
      onBattery: (isLow) => battery.push(isLow),
      onDropped: (told) => dropped.push(told),
    });
    const take = stream.reader(layoutsOf(SIM_DESCRIPTOR));
    const press = (button: RemoteButton): void => {
      take(reportsOf(button).down);
      take(reportsOf(button).up);
    };
    return { presses, battery, dropped, stream, take, press };
  }

  test('that holds an arrow repeats it after a while, until it lets go', () => {
    const { presses, take } = begun();
    take(reportsOf('down').down);
    vi.advanceTimersByTime(REPEAT.firstMs - 1);
    expect(presses).toEqual(['down']);
    vi.advanceTimersByTime(1 + 2 * REPEAT.nextMs);
    expect(presses).toEqual(['down', 'down...', 'down...', 'down...']);
    take(reportsOf('down').up);
    vi.advanceTimersByTime(60_000);
    expect(presses).toHaveLength(4);
  });

  test.each(['ok', 'digit-4', 'red', 'back', 'yellow'] as const)(
    'that rests on %s presses it once',
    (button) => {
      const { presses, take } = begun();
      take(reportsOf(button).down);
      vi.advanceTimersByTime(60_000);
      expect(presses).toEqual([button]);
    },
  );

  test('whose release was lost on the air, or that is a cushion, comes to an end', () => {
    const { presses, take } = begun();
    take(reportsOf('volume-up').down);
    vi.advanceTimersByTime(3_600_000);
    expect(presses.length).toBeLessThan(100);
  });

  test('that is unplugged while it holds a key repeats nothing more', () => {
    const { presses, take, stream } = begun();
    take(reportsOf('up').down);
    stream.close();
    vi.advanceTimersByTime(10_000);
    expect(presses).toEqual(['up']);
  });

  test('another key ends the repeating of the one before', () => {
    const { presses, take } = begun();
    take(reportsOf('up').down);
    take(reportsOf('green').down);
    vi.advanceTimersByTime(10_000);
    expect(presses).toEqual(['up', 'green']);
  });

  test('on a key that two interfaces tell of presses it once', () => {
    const { presses, take, stream } = begun();
    const other = stream.reader(layoutsOf(BITMAP));
    const { down, up } = reportsOf('volume-up');
    take(down);
    other(bytes('01'));
    take(up);
    vi.advanceTimersByTime(REPEAT.firstMs);
    other(bytes('00'));
    vi.advanceTimersByTime(10_000);
    take(down);
    expect(presses).toEqual(['volume-up', 'volume-up...', 'volume-up']);
  });

  test('10,000 reports at once are no more presses than a thumb makes, and cost next to nothing', () => {
    const { presses, dropped, press } = begun();
    vi.useRealTimers();
    const took = stopwatch();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    for (let sent = 0; sent < 5_000; sent += 1) press(sent % 2 === 0 ? 'ok' : 'green');
    vi.useRealTimers();
    expect(took()).toBeLessThan(500);
    expect(presses).toHaveLength(20);
    expect(dropped).toEqual([]);
  });

  test('what was dropped is told at most once a second, with how many', () => {
    const { dropped, take, stream } = begun();
    for (let sent = 0; sent < 10_000; sent += 1) take(bytes(sent % 2 === 0 ? '0901' : '0100'));
    vi.advanceTimersByTime(1_000);
    expect(dropped).toEqual([{ 'unknown-report': 5_000, 'wrong-length': 5_000 }]);
    take(bytes('0901'));
    stream.close();
    expect(dropped[1]).toEqual({ 'unknown-report': 1 });
  });

  test('a battery that is low is said once, and that it is well when it clearly is', () => {
    const { battery, take } = begun();
    for (const percent of [80, 16, 14, 9, 16, 14, 19, 20, 100]) take(batteryReport(percent));
    expect(battery).toEqual([true, false]);
  });
});
