/** The vending machine beside the gate: what people and the world do to it, and that the gate goes on meanwhile. */

import { beforeEach, expect, test, vi } from 'vitest';
import { oneForAll } from '../rig/one-for-all.ts';
import { type OpenStreet, withOpenStreet } from './open-street.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const MACHINE = ['--at', 'vending-1'] as const;

const onTheStreet = oneForAll(withOpenStreet);
let say: OpenStreet['say'];

beforeEach(() =>
  onTheStreet(async (street) => {
    say = street.say;
  }),
);

/** What was said of a card that was held there until it had an answer, and whose PIN was typed when asked for. */
async function atTheMachine(who: string): Promise<string> {
  const { code, stdout, stderr } = await say('hold', who, ...MACHINE);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

async function strike(name: string): Promise<void> {
  expect((await say('fault', name, ...MACHINE)).stderr).toBe('');
}

async function mend(): Promise<void> {
  expect((await say('restore')).code).toBe(0);
}

test.each([
  ['sato-hanako', /over .*\(released\)/u],
  ['tomoshino-sora', /under (?!.*released)/u],
  ['koyomi-furuko', /certificate-expired/u],
  ['utsushi-kagemi', /possession-not-proved/u],
  ['hazama-hasamu', /possession-not-proved/u],
  ['norikae-susumu', /card-not-supported/u],
])('%s gets what they are due there', async (who, says) => {
  expect(await atTheMachine(who)).toMatch(says);
});

test.each([
  ['sold-out', 'not-ready'],
  ['can-left', 'not-ready'],
  ['jammed', 'no-answer'],
])(
  '%s: the person is old enough and gets nothing, also of a machine that was started anew',
  async (fault, outcome) => {
    await strike(fault);
    expect(await atTheMachine('sato-hanako')).toContain(`(${outcome})`);
    await strike('terminal-killed');
    await expect
      .poll(() => atTheMachine('sato-hanako').catch(String), { timeout: 60_000 })
      .toContain(`(${outcome})`);
    await mend();
    expect(await atTheMachine('sato-hanako')).toContain('(released)');
  },
);

test('its reader is unplugged: it closes, and the gate beside it reads the next card', async () => {
  await strike('reader-unplugged');
  const health = async () => (await say('health')).stdout;
  await expect.poll(health, { timeout: 60_000 }).toMatch(/vending-1: closed \(reader-lost\)/u);
  expect(await health()).toMatch(/gate-1: serving\n {2}reader {3}ok/u);
  expect((await say('hold', 'shioji-fui')).stdout).toMatch(/not-on-list/u);
  await mend();
  await expect.poll(health, { timeout: 60_000 }).toMatch(/vending-1: serving/u);
  expect(await atTheMachine('sato-hanako')).toContain('(released)');
});

test('its cable is cut: it is closed, while the gate admits; once mended, it answers', async () => {
  await strike('network-down');
  const health = async () => (await say('health')).stdout;
  await expect.poll(health, { timeout: 60_000 }).toMatch(/vending-1: closed \(platform-offline\)/u);
  expect((await say('hold', 'kazami-taro')).stdout).toMatch(/granted/u);
  await mend();
  await expect.poll(health, { timeout: 60_000 }).toMatch(/vending-1: serving/u);
  expect(await atTheMachine('kazami-taro')).toContain('(released)');
});

test('"start over" is another evening for it, too: its cans are counted from none, and it serves', async () => {
  expect((await say('reset')).code).toBe(0);
  expect((await say('health')).stdout).toMatch(/vending-1: serving/u);
  expect(await atTheMachine('sato-hanako')).toContain('(released)');
});
