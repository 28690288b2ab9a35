/** What udev, systemd and the kernel make of a stick, by the files that the package brings: no mock knows. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newForeignStick, newStick, WholeMachine } from './whole-machine.ts';

const SYSTEMD = join(import.meta.dirname, '..', '..', 'systemd');
const BOOT_MS_MAX = 600_000;
/** The daemon's fences without the daemon. */
const STANDS_IN = `[Service]
# Started once it runs within them.
Type=exec
WatchdogSec=0
ExecStart=
ExecStart=/bin/sleep infinity
`;
/** In the daemon's own view of the machine, as its user. */
const AS_DAEMON = `pid=$(systemctl show -P MainPID kazasu@gate)
uid=$(stat -c %u /proc/$pid)
as_daemon() { nsenter -t $pid -U -m -S $uid -G $uid -- /bin/bash -c "$1"; }
`;
const IS_MOUNTED = 'systemctl is-active -q media-kazasu.mount';
const MOUNT = 'grep " /media/kazasu " /proc/mounts';
/** In the eyes of everybody, the daemon too. */
const IS_GONE = `${AS_DAEMON} ! grep -q /media/kazasu /proc/mounts /proc/$pid/mounts`;

let machine: WholeMachine;

beforeAll(async () => {
  const text = (name: string) => readFile(join(SYSTEMD, name), 'utf8');
  machine = await WholeMachine.boot({
    '/usr/lib/systemd/system/kazasu@.service': await text('kazasu@.service'),
    '/usr/lib/systemd/system/media-kazasu.mount': await text('media-kazasu.mount'),
    '/usr/lib/udev/rules.d/95-kazasu.rules': await text('95-kazasu.rules'),
    '/usr/lib/sysusers.d/kazasu.conf': await text('kazasu.sysusers'),
    '/etc/systemd/system/kazasu@.service.d/stands-in.conf': STANDS_IN,
  });
  await machine.succeed(`systemd-sysusers
systemctl enable media-kazasu.mount
systemctl start kazasu@gate`);
}, BOOT_MS_MAX);

afterAll(() => machine?.close());

test('a stick is mounted for the daemon to read and write, and nothing on it runs', async () => {
  await machine.putIn('first', await newStick('FIRST'));
  await machine.until(IS_MOUNTED);
  const mounted = await machine.succeed(MOUNT);
  expect(mounted).toMatch(/^\/dev\/sda1 \/media\/kazasu vfat rw,nosuid,nodev,noexec,/u);
  const said = await machine.run(`${AS_DAEMON} as_daemon '
cd /media/kazasu && mkdir kazasu && echo "facts of a shelter" > kazasu/避難所.txt
sync kazasu/避難所.txt; cat kazasu/避難所.txt
cp /bin/true kazasu/true; kazasu/true'`);
  expect(said).toMatchObject({ code: 126, said: expect.stringMatching(/^facts of a shelter\n/u) });
  expect(said.said).toMatch(/Permission denied/u);
});

test('a daemon that is started again with the stick in it can write to it', async () => {
  await machine.succeed(`systemctl restart kazasu@gate
${AS_DAEMON} as_daemon 'echo again > /media/kazasu/again.txt && sync /media/kazasu/again.txt'`);
});

test('one that is pulled while it is written to is gone at once, and the next one is mounted', async () => {
  await machine.succeed(`${AS_DAEMON}
as_daemon 'exec 5> /media/kazasu/busy && touch /tmp/holds; sleep 3600' > /dev/null 2>&1 &
until as_daemon '[ -e /tmp/holds ]'; do sleep 0.2; done`);
  await machine.pull('first');
  await machine.until(IS_GONE);
  await machine.putIn('second', await newStick('SECOND'));
  await machine.until(IS_MOUNTED);
  await machine.succeed(`${AS_DAEMON} as_daemon 'echo anew > /media/kazasu/anew.txt'`);
  await machine.pull('second');
  await machine.until(IS_GONE);
});

test('one at a time: a second one beside it is left alone, and mounted when it is put in again', async () => {
  await machine.putIn('left', await newStick('LEFT'));
  await machine.until(IS_MOUNTED);
  const before = await machine.succeed(MOUNT);
  await machine.putIn('right', await newStick('RIGHT'));
  await machine.until('[ -e /dev/disk/by-label/RIGHT ]');
  expect(await machine.succeed(MOUNT)).toBe(before);
  await machine.pull('left');
  await machine.until(IS_GONE);
  await machine.pull('right');
  await machine.until('[ ! -e /dev/disk/by-label/RIGHT ]');
  await machine.putIn('again', await newStick('AGAIN'));
  await machine.until(IS_MOUNTED);
  await machine.pull('again');
  await machine.until(IS_GONE);
});

test('a stick with another file system is not mounted', async () => {
  await machine.putIn('foreign', await newForeignStick('FOREIGN'));
  // The same event would have given it the name that is waited for.
  await machine.until('[ -e /dev/disk/by-label/FOREIGN ]');
  const { code } = await machine.run('[ -e /dev/kazasu/stick ]');
  expect(code).toBe(1);
  await machine.succeed('! grep -q /media/kazasu /proc/mounts');
});
