/** The contract on node-hid as it is installed, in its process, before a remote control that umockdev plays. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openHidRemote } from '../../devices/remote/hid-remote.ts';
import type { Config } from '../../src/config.ts';
import { askRemote } from '../../src/doctor/machine.ts';
import { withTerminal } from '../terminal.ts';
import { openMock } from './mock-remote.ts';
import { hearing, remoteContract } from './remote.contract.ts';

describe('node-hid', () => {
  remoteContract(openMock);

  test('10,000 reports as fast as they are read: the daemon hardly notices, and what comes after is heard', async () => {
    const rig = await openMock();
    onTestFinished(rig.end);
    // Measured: 14 ms. Wanted of a screen: 100 ms.
    expect(await rig.flood()).toBeLessThan(400);
    const heardOrDropped = () =>
      rig.heard.dropped.reduce(
        (sum, { 'too-many': count = 0 }) => sum + count,
        rig.heard.presses.length,
      );
    await expect.poll(heardOrDropped).toBe(5_000);
    expect(rig.heard.presses.length).toBeLessThan(400);
    await rig.press('green');
    await expect.poll(() => rig.heard.presses.at(-1)).toBe('green');
  });
});

test('where none is plugged in, the driver waits and says so', async () => {
  const { heard, listener } = hearing();
  const remote = await openHidRemote({ vendor: 0x1234, product: 0x0001 })(listener);
  expect(heard.levels).toEqual([
    { isThere: false, why: 'no remote control 1234:0001 is plugged in' },
  ]);
  await remote.close();
  await remote.close();
  expect(heard.lost).toEqual([]);
});

test('a terminal whose remote control is not there begins all the same, and loads none of the native code itself', () => {
  const tables = `[remote]
driver = "hid"
vendor = 0x1234
product = 0x0001
[services.age-check]
age = 20
`;
  return withTerminal({ tables }, async ({ journal }) => {
    const reason = 'no remote control 1234:0001 is plugged in';
    await journal.next({ event: 'device.lost', device: 'remote', reason });
    await journal.next({ event: 'terminal.ready' });
    expect(readFileSync('/proc/self/maps', 'utf8')).not.toMatch(/node-hid|koffi/u);
    expect(readFileSync(`/proc/${remoteProcess()}/maps`, 'utf8')).toMatch(/node-hid/u);
  });
});

test('the doctor looks for it itself where no daemon does, and says what is missing', async () => {
  const remote = { driver: 'hid', vendor: 0x1234, product: 0x0001 } as const;
  const level = await askRemote({ remote, state: '/nowhere' } as Config);
  const lost = 'no remote control 1234:0001 is plugged in';
  expect(level).toEqual({ name: 'hid', lost, condition: null });
});

/** The remote process that this one forked. */
function remoteProcess(): number {
  const tasks = readdirSync('/proc/self/task');
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '),
  );
  const isRemote = (pid: string) =>
    pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('hid-process');
  return Number(children.find(isRemote));
}

test('a process that is killed is lost, once, and no key comes from it any more', async () => {
  const { heard, listener } = hearing();
  const remote = await openHidRemote({ vendor: 0x1234, product: 0x0001 })(listener);
  process.kill(remoteProcess(), 'SIGKILL');
  await expect.poll(() => heard.lost).toEqual(['the remote process ended (SIGKILL)']);
  await remote.close();
});

test.each([
  ['--playback', '--osd-name', 'Kazasu'],
  ['--to', '0', '--image-view-on'],
  ['--active-source', 'phys-addr=2.0.0.0'],
])('cec-ctl as it is installed knows %s', (...args) => {
  // One that does not know an option prints how it is used and looks for no adapter.
  const { stderr } = spawnSync('cec-ctl', ['--device', '/dev/cec-none', ...args]);
  expect(stderr.toString()).toContain('Failed to open /dev/cec-none');
});
