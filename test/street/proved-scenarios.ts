/** Plays scenes on one street of the real card stack and a real serial line: each has to leave it as the next one needs it. */

import { beforeEach, expect, test, vi } from 'vitest';
import { SCENARIOS } from '../../platform-sim/street/scenarios/index.ts';
import { oneForAll } from '../rig/one-for-all.ts';
import { type OpenStreet, SHOPS, withOpenStreet } from './open-street.ts';

/** They wait for real time to pass, or for everybody to come by; the long tests play these, `npm test` the others. */
const SLOW: ReadonlySet<string> = new Set([
  'walk',
  'bad-scan',
  'out-of-paper',
  'offline-queue',
  'half-open',
  'clock-1970',
  'clock-a-day-wrong',
  'skewed-clock',
  'yokohama',
  'swapped-pdf',
  'other-manifest',
  'replayed-issue',
  'answered-twice',
  'kiosk-power-cut',
  'card-changed-while-printing',
  'network-cut-after-charge',
  // `npm start -- --once` plays it, too.
  'evacuation',
  'family-apart',
  'noto',
  'alert-storm',
]);

/** What plays at an evacuation's terminals, and needs no others. */
export const EVACUATION_SCENARIOS = namesOf(true);
const SHOP_SCENARIOS = namesOf(false);

export function quick(names: readonly string[] = SHOP_SCENARIOS): string[] {
  return names.filter((name) => !SLOW.has(name));
}

export function slow(names: readonly string[] = SHOP_SCENARIOS): string[] {
  return names.filter((name) => SLOW.has(name));
}

function namesOf(isOfEvacuation: boolean): string[] {
  const named = SCENARIOS.filter(({ needs }) => (needs !== undefined) === isOfEvacuation);
  return named.map(({ name }) => name);
}

/** Tests that each of these is proved, and that nothing is broken after them. */
export function scenariosAreProved(
  names: readonly string[],
  places: readonly string[] = SHOPS,
): void {
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
  const onTheStreet = oneForAll<OpenStreet>((story) => withOpenStreet(story, places));
  let say: OpenStreet['say'];

  beforeEach(() =>
    onTheStreet(async (street) => {
      say = street.say;
    }),
  );

  test.each(names)('%s is proved', async (name) => {
    const { code, stdout, stderr } = await say('play', name);
    expect([code, stdout.split('\n')[0]], stderr).toEqual([0, `${name}: PROVED`]);
    expect(stdout.split('\n').filter((line) => line.startsWith('  ○ '))).not.toEqual([]);
  });

  test('after all of them nothing is broken, and none is left unproved', async () => {
    const { stdout } = await say('scenarios');
    const lines = stdout.trim().split('\n');
    const proved = lines.filter((line) => /^[a-z0-9-]+ +proved /u.test(line));
    expect(proved.map((line) => line.split(' ')[0])).toEqual(names);
    expect((await say('restore')).stdout).toBe('nothing was broken\n');
  });
}
