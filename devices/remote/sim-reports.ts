/**
 * What a simulated remote control says on the wire: a report descriptor like those of remote controls that are sold (a
 * boot keyboard, a consumer control, a battery), and its reports. The same bytes stand behind tests of the real driver.
 */

import type { RemoteButton } from '../../src/domain/remote.ts';

const REPORTS = { keyboard: 1, consumer: 2, battery: 3 } as const;

export const SIM_DESCRIPTOR: Uint8Array = Buffer.from(
  [
    // Keyboard: 8 modifiers, a byte that is reserved, 6 keys.
    '05010906a1018501',
    '050719e029e71500250175019508810295017508810195067508150026ff0005071900 29ff8100c0',
    // Consumer control: one usage of 16 bits.
    '050c0901a101850215002 6ff031900 2aff0375109501 8100c0',
    // Battery strength in percent.
    '05060920a1018503150025640920750895018102c0',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

const KEYBOARD: Readonly<Partial<Record<RemoteButton, number>>> = {
  up: 0x52,
  down: 0x51,
  left: 0x50,
  right: 0x4f,
  ok: 0x28,
  'digit-0': 0x27,
  'digit-1': 0x1e,
  'digit-2': 0x1f,
  'digit-3': 0x20,
  'digit-4': 0x21,
  'digit-5': 0x22,
  'digit-6': 0x23,
  'digit-7': 0x24,
  'digit-8': 0x25,
  'digit-9': 0x26,
};

const CONSUMER: Readonly<Partial<Record<RemoteButton, number>>> = {
  back: 0x224,
  red: 0x69,
  green: 0x6a,
  blue: 0x6b,
  yellow: 0x6c,
  'volume-up': 0xe9,
  'volume-down': 0xea,
};

/** The report that says that it is pressed, and the one after it that says that nothing is. */
export function reportsOf(button: RemoteButton): {
  readonly down: Uint8Array;
  readonly up: Uint8Array;
} {
  const key = KEYBOARD[button];
  if (key !== undefined) {
    const report = (usage: number) => Uint8Array.of(REPORTS.keyboard, 0, 0, usage, 0, 0, 0, 0, 0);
    return { down: report(key), up: report(0) };
  }
  const usage = CONSUMER[button] ?? 0;
  const report = (id: number) => Uint8Array.of(REPORTS.consumer, id & 0xff, id >> 8);
  return { down: report(usage), up: report(0) };
}

/** `percent`: 0 to 100. */
export function batteryReport(percent: number): Uint8Array {
  return Uint8Array.of(REPORTS.battery, percent);
}
