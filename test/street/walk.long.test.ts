/** Everybody comes by, asked for from another window. */

import { expect, test } from 'vitest';
import { withOpenStreet } from './open-street.ts';

test('walk: the same from another window, after which everybody has entered', () =>
  withOpenStreet(async (street) => {
    const { code, stdout } = await street.say('walk');
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'every decision was right']);
    expect((await street.say('hold', 'sato-hanako')).stdout).toMatch(/already-entered/u);
    expect((await street.say('platform')).stdout).toMatch(
      /^\d+ facts, 9 entries, 0 double entries/u,
    );

    expect((await street.say('reset')).code).toBe(0);
    expect((await street.say('platform')).stdout).toMatch(/^0 facts, 0 entries, 0 double entries/u);
    expect((await street.say('papers')).stdout.trim()).toBe('');
    expect((await street.say('hold', 'sato-hanako')).stdout).toMatch(/granted/u);
  }));
