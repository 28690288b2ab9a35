/** What every turnstile does, whatever it is wired to. `rig`: one that can be told what the person in front of it does. */

import { expect, test } from 'vitest';
import type { Turnstile } from '../../devices/turnstile/turnstile.ts';

export interface TurnstileRig {
  readonly turnstile: Turnstile;
  /** Reasons for which it was lost. */
  readonly lost: readonly string[];
  /** The person walks as soon as it is unlocked, stays, or it locks again without them. */
  person(does: 'walks' | 'stays' | 'turns-away'): void | Promise<void>;
  barrier(is: 'blocked' | 'jammed'): void | Promise<void>;
  /** How often it was unlocked. */
  unlocked(): number | Promise<number>;
  unplug(): void | Promise<void>;
  end(): Promise<void>;
}

export function turnstileContract(open: () => Promise<TurnstileRig>): void {
  const withRig = async (story: (rig: TurnstileRig) => Promise<void>): Promise<void> => {
    const rig = await open();
    try {
      await story(rig);
    } finally {
      await rig.end();
    }
  };
  const long = () => AbortSignal.timeout(60_000);

  test('whoever walks has passed, one after the other', () =>
    withRig(async (rig) => {
      await rig.person('walks');
      expect(await rig.turnstile.letThrough(long())).toBe('passed');
      expect(await rig.turnstile.letThrough(long())).toBe('passed');
      expect(await rig.unlocked()).toBe(2);
    }));

  test('whoever turns away has not', () =>
    withRig(async (rig) => {
      await rig.person('turns-away');
      expect(await rig.turnstile.letThrough(long())).toBe('not-passed');
    }));

  test('whoever stays is waited for as long as was asked, and no longer', () =>
    withRig(async (rig) => {
      await rig.person('stays');
      expect(await rig.turnstile.letThrough(AbortSignal.timeout(500))).toBe('silent');
    }));

  test('one that is blocked is not unlocked, and one that is jammed does not answer', () =>
    withRig(async (rig) => {
      await rig.barrier('blocked');
      expect(await rig.turnstile.letThrough(AbortSignal.timeout(200))).toBe('not-ready');
      await rig.barrier('jammed');
      expect(await rig.turnstile.letThrough(long())).toBe('no-answer');
      expect(await rig.unlocked()).toBe(0);
    }));

  test('one that is unplugged is lost once, and rejects', () =>
    withRig(async (rig) => {
      await rig.unplug();
      await expect(rig.turnstile.letThrough(long())).rejects.toThrow();
      expect(rig.lost).toHaveLength(1);
    }));
}
