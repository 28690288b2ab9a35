/** That a grabbed remote control gives its keys to nobody else is the kernel's promise; here a kernel keeps it. */

import { expect, test } from 'vitest';
import { runInMachine } from './machine.ts';

test('while the daemon holds a remote control, neither an evdev reader nor the console gets one of its keys', async () => {
  const said = await runInMachine('test/kernel/remote-guest.ts');
  const typed = ['digit-4', 'digit-0', 'digit-9', 'digit-1'];
  const [alone, ...others] = said as { readonly evdev: number; readonly console: string }[];
  // The witnesses see: what they do not see later was not given to them. A machine that is slow repeats a key.
  const everything = {
    evdev: expect.toSatisfy((keys: number) => keys >= 2 * typed.length),
    console: expect.stringMatching(/^4+0+9+1+$/u),
  };
  expect(alone).toEqual({ when: 'alone', ...everything });
  expect(others).toEqual([
    { when: 'held', evdev: 0, console: '', presses: typed },
    { when: 'plugged in again', evdev: 0, console: '', presses: ['ok'] },
    { when: 'the daemon ended', ...everything },
    {
      when: 'another was first',
      levels: {
        isThere: true,
        name: 'Cushion 9',
        exposed: expect.stringMatching(/grabbed by another program/u),
        isBatteryLow: false,
      },
    },
    {
      when: 'the other has ended',
      levels: { isThere: true, name: 'Cushion 9', exposed: null, isBatteryLow: false },
    },
  ]);
});
