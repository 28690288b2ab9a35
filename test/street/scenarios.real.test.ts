/** Every incident that concerns a gate, played on the real card stack and a real serial line. */

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SCENARIO_NAMES } from '../../platform-sim/street/player.ts';
import { isOpen, type OpenStreet, withStreet } from './open-street.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

/** One street for all: a scenario has to leave it as it should be for the next. */
let street: OpenStreet;
const over = Promise.withResolvers<void>();
let closed: Promise<void> = Promise.resolve();

beforeAll(async () => {
  const opened = Promise.withResolvers<void>();
  closed = withStreet(['--no-browser'], async (open) => {
    street = open;
    await isOpen(open);
    opened.resolve();
    await over.promise;
  });
  await Promise.race([opened.promise, closed]);
});

afterAll(async () => {
  over.resolve();
  await closed;
});

/** `npm start -- --once` walks everybody by, too, and has a test of its own; the long tests walk twice more. */
const WALK = 'walk';

test.each(SCENARIO_NAMES.filter((name) => name !== WALK))('%s is proved', async (name) => {
  const { code, stdout, stderr } = await street.say('play', name);
  expect([code, stdout.split('\n')[0]], stderr).toEqual([0, `${name}: PROVED`]);
  expect(stdout.split('\n').filter((line) => line.startsWith('  ○ '))).not.toEqual([]);
});

test('after all scenarios nothing is broken, and none is left unproved', async () => {
  const { stdout } = await street.say('scenarios');
  const unproved = stdout.split('\n').filter((line) => !/^(?:[a-z0-9-]+ +proved .*)?$/u.test(line));
  expect(unproved).toEqual([expect.stringMatching(/^walk /u)]);
  expect((await street.say('restore')).stdout).toBe('nothing was broken\n');
});
