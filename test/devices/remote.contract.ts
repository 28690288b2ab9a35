/** What every remote control does, whatever it is read by. `rig`: one that can be told what the thumb on it does. */

import { expect, test } from 'vitest';
import type { Dropped, RemoteLevels } from '../../devices/remote/remote.ts';
import type { RemoteButton } from '../../src/domain/remote.ts';

/** What a driver said, as a test keeps it. */
export interface Heard {
  /** `up`, and `up...` for its repeats. */
  readonly presses: readonly string[];
  readonly levels: readonly RemoteLevels[];
  readonly dropped: readonly Dropped[];
  readonly lost: readonly string[];
}

export interface RemoteRig {
  readonly heard: Heard;
  /** Pressed and let go. */
  press(button: RemoteButton): Promise<unknown>;
  hold(button: RemoteButton): Promise<unknown>;
  release(): Promise<unknown>;
  report(hex: string): Promise<unknown>;
  battery(percent: number): Promise<unknown>;
  unplug(): Promise<unknown>;
  plug(): Promise<unknown>;
  /** Whether something else can get its keys. */
  set(as: 'held' | 'exposed'): Promise<unknown>;
  end(): Promise<void>;
}

export function remoteContract(open: () => Promise<RemoteRig>): void {
  const withRig = async (story: (rig: RemoteRig) => Promise<void>): Promise<void> => {
    const rig = await open();
    try {
      await story(rig);
    } finally {
      await rig.end();
    }
  };
  const levels = ({ heard }: RemoteRig) => heard.levels.at(-1);

  test('it says how it is before the first press, and presses come in their order', () =>
    withRig(async (rig) => {
      expect(levels(rig)).toMatchObject({ isThere: true, exposed: null, isBatteryLow: false });
      const thumb = ['up', 'digit-7', 'ok', 'red', 'back', 'volume-down'] as const;
      for (const button of thumb) await rig.press(button);
      // On a machine that is slow, an arrow is held long enough to repeat.
      const first = () => rig.heard.presses.filter((press) => !press.endsWith('...'));
      await expect.poll(first).toEqual(thumb);
    }));

  test('a key that is held repeats until it is let go', () =>
    withRig(async (rig) => {
      await rig.hold('right');
      await expect.poll(() => rig.heard.presses.slice(0, 2)).toEqual(['right', 'right...']);
      await rig.release();
      await rig.press('ok');
      await expect.poll(() => rig.heard.presses.at(-1)).toBe('ok');
    }));

  test('what is no report of it, or no key of it, is dropped and counted', () =>
    withRig(async (rig) => {
      for (const hex of ['0100', '77010203', '02b800', '020000']) await rig.report(hex);
      await rig.press('ok');
      const count = () =>
        rig.heard.dropped
          .flatMap((dropped) => Object.values(dropped))
          .reduce((sum, each) => sum + each, 0);
      await expect.poll(count).toBe(3);
      await expect.poll(() => rig.heard.presses).toEqual(['ok']);
    }));

  test('a battery that is low is a level', () =>
    withRig(async (rig) => {
      await rig.battery(7);
      await expect.poll(() => levels(rig)).toMatchObject({ isThere: true, isBatteryLow: true });
    }));

  test('what could get its keys besides is a level, and it works on', () =>
    withRig(async (rig) => {
      await rig.set('exposed');
      await expect
        .poll(() => levels(rig))
        .toMatchObject({ isThere: true, exposed: expect.stringMatching(/./u) });
      await rig.press('green');
      await expect.poll(() => rig.heard.presses).toEqual(['green']);
      await rig.set('held');
      await expect.poll(() => levels(rig)).toMatchObject({ isThere: true, exposed: null });
    }));

  test('one that is unplugged while a key is held is gone, and there again when it is plugged in', () =>
    withRig(async (rig) => {
      await rig.hold('up');
      await expect.poll(() => rig.heard.presses[0]).toBe('up');
      await rig.unplug();
      await expect.poll(() => levels(rig)?.isThere).toBe(false);
      await rig.plug();
      await expect.poll(() => levels(rig)).toMatchObject({ isThere: true, exposed: null });
      await rig.press('down');
      await expect.poll(() => rig.heard.presses.at(-1)).toBe('down');
      expect(rig.heard.lost).toEqual([]);
    }));
}

/** A listener that keeps what it hears. */
export function hearing() {
  const presses: string[] = [];
  const levels: RemoteLevels[] = [];
  const dropped: Dropped[] = [];
  const lost: string[] = [];
  const listener = {
    onPress: (button: RemoteButton, isRepeat: boolean) =>
      void presses.push(isRepeat ? `${button}...` : button),
    onLevels: (told: RemoteLevels) => void levels.push(told),
    onDropped: (told: Dropped) => void dropped.push(told),
    onLost: (reason: string) => void lost.push(reason),
  };
  return { heard: { presses, levels, dropped, lost }, listener };
}
