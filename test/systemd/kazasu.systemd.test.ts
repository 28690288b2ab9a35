/**
 * The installed package under a real systemd: what goes wrong is mended by the units alone, and no fact is lost.
 *
 * One machine for the whole file: the tests follow each other as bad days do, each with tickets of its own.
 */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { run, succeed } from './command.ts';
import { InstalledGate, makePackages, UNIT } from './installed-gate.ts';
import { ELSEWHERE } from './machine.ts';

const TICKETS = 16;
const MIB = 1_048_576;

/** Some of the ten commands of a reading are still to come when the power goes. */
const SLOW = { bitRate: 0, perApduMs: 150, signatureMs: 0 };

/** A serial line without hardware, for the group that serial lines are for, and a disk for everybody. */
const NODES = `mknod /dev/ttyS9 c 4 73
chgrp dialout /dev/ttyS9
chmod 660 /dev/ttyS9
mknod /dev/disk99 b 7 99
chmod 666 /dev/disk99
`;
/** What a daemon might try, of which it may do the first four. */
const TRIES = `head -c0 /dev/ttyS9
touch here
cat "$CREDENTIALS_DIRECTORY/staff-pin"
timeout 2 bash -c '> /dev/tcp/127.0.0.1/9'; echo "localhost: $?"
timeout 2 bash -c '> /dev/tcp/${ELSEWHERE}/9'; echo "elsewhere: $?"
head -c0 /dev/disk99
ls /home
touch /etc/x /usr/x
cp /bin/true mine && ./mine
`;

let packages: string;
let gate: InstalledGate;

beforeAll(async () => {
  packages = await mkdtemp(join(tmpdir(), 'kazasu-packages-'));
  gate = await InstalledGate.open(await makePackages('1.0.0', packages), TICKETS);
});

afterAll(async () => {
  await gate?.close();
  await rm(packages, { recursive: true, force: true });
});

test('a gate that was just installed lets visitors in', async () => {
  await gate.enter('T-1');
  await gate.enter('T-2');
  await gate.losesNothing();
});

test('its screen is there for kazasu-screen@.service', async () => {
  const page =
    'fetch("http://127.0.0.1:8401/").then(async (r) => console.log(r.status, await r.text()))';
  const said = await gate.machine.succeed(['/usr/lib/kazasu/node', '-e', page]);
  expect(said).toMatch(/^200 .*<script type="module"/s);
});

test('the settings that come with the package are right', async () => {
  const settings = join(import.meta.dirname, '../../systemd/debian/gate.toml');
  await gate.put('/srv/gate.toml', await readFile(settings, 'utf8'));
  await gate.machine.succeed(['kazasu', 'check-config', '/srv/gate.toml']);
});

describe('the units', () => {
  test('have no mistake that systemd can find', async () => {
    const units = ['kazasu@gate.service', 'kazasu-screen@gate.service', 'media-kazasu.mount'];
    const { code, said } = await gate.machine.run(['systemd-analyze', 'verify', ...units]);
    expect([code, said]).toEqual([0, '']);
  });

  test('come with rules that udev understands', async () => {
    const { said } = await gate.machine.run(['udevadm', 'test', '/sys/class/mem/null']);
    const about = said.split('\n').filter((line) => line.includes('95-kazasu.rules'));
    expect(about).toEqual([expect.stringMatching(/^Reading rules file: /)]);
  });

  test('expose at most 1.5 of 10', async () => {
    const unit = join(import.meta.dirname, '../../systemd/kazasu@.service');
    const options = ['security', '--offline=yes', '--threshold=15', '--no-pager', unit];
    const { code, said } = await run(['systemd-analyze', ...options]);
    expect(said).toMatch(/Overall exposure level .*: (0\.\d|1\.[0-5]) OK/);
    expect(code).toBe(0);
  });

  test('let the daemon reach what it needs, and nothing else', async () => {
    const { machine } = gate;
    await succeed([...(await machine.inside('--mount')), 'sh', '-ec', NODES]);
    await gate.put('/etc/credstore/kazasu-sandbox-staff-pin', 'scrypt');
    await gate.put('/srv/tries', TRIES);
    await gate.put(
      '/etc/systemd/system/kazasu@sandbox.service.d/tries.conf',
      '[Service]\nType=oneshot\nRestart=no\nExecStart=\nExecStart=/bin/bash /srv/tries\n',
    );
    await machine.succeed(['systemctl', 'daemon-reload']);
    await machine.run(['systemctl', 'start', 'kazasu@sandbox']);
    const show = ['journalctl', '--output=cat', '--no-pager', '--unit=kazasu@sandbox'];
    const said = await machine.succeed(show);
    // Open for the group, and allowed: only the hardware is missing.
    expect(said).toMatch(/ttyS9.*No such device or address/);
    expect(said).not.toMatch(/'here'/);
    expect(said).toContain('scrypt');
    // Nobody listens there; and the other address gets not even a packet.
    expect(said).toContain('localhost: 1');
    expect(said).toContain('elsewhere: 124');
    expect(said).toMatch(/disk99.*Operation not permitted/);
    expect(said).toMatch(/\/home.*Permission denied/);
    expect(said).toMatch(/\/etc\/x.*Read-only file system/);
    expect(said).toMatch(/\/usr\/x.*Read-only file system/);
    expect(said).toMatch(/mine: Permission denied/);
  });
});

describe('by itself a gate comes back', () => {
  afterEach(() => gate.losesNothing());

  test('after kill -9 of the daemon, right after it let somebody in', async () => {
    const before = gate.now;
    await gate.tap('T-3');
    await gate.kill('SIGKILL', 'kazasu/src/main.js');
    await gate.next({ event: 'terminal.ready' }, before);
    await gate.serves(before);
    expect(await gate.property('NRestarts')).toBe('1');
    await gate.enter('T-4');
  });

  test('after kill -9 of the card process, without being started again', async () => {
    const [before, pid] = [gate.now, await gate.property('MainPID')];
    await gate.kill('SIGKILL', 'pcsc-process');
    await gate.next({ event: 'device.lost', device: 'reader' }, before);
    await gate.next({ event: 'device.ready', device: 'reader' }, before);
    await gate.enter('T-5');
    expect(await gate.property('MainPID')).toBe(pid);
  });

  test('after kill -9 of pcscd, which its socket starts again', async () => {
    const before = gate.now;
    await gate.kill('SIGKILL', '/usr/sbin/pcscd');
    await gate.next({ event: 'device.lost', device: 'reader' }, before);
    await gate.next({ event: 'device.ready', device: 'reader' }, before);
    await gate.enter('T-6');
  });

  test('when its event loop stands still: the watchdog ends it', async () => {
    const [before, pid] = [gate.now, await gate.property('MainPID')];
    await gate.kill('SIGSTOP', 'kazasu/src/main.js');
    await gate.next({ event: 'terminal.ready' }, before);
    await gate.serves(before);
    expect(await gate.property('MainPID')).not.toBe(pid);
    const journal = ['journalctl', '--output=cat', '--no-pager', `--unit=${UNIT}`];
    expect(await gate.machine.succeed(journal)).toContain('Watchdog timeout');
    await gate.enter('T-7');
  });

  test('after a power cut in the middle of a tap', async () => {
    const visitor = await gate.hold('T-8', { untilCommand: 5, timing: SLOW });
    await gate.reset();
    await visitor.goes();
    await gate.enter('T-8');
  });

  test('after a power cut between the entry and its receipt', async () => {
    await gate.tap('T-9');
    await gate.reset();
    const { event, reason } = await gate.tap('T-9');
    expect([event, reason]).toBeOneOf([
      ['entry.refused', 'already-entered'],
      ['entry.refused', 'receipt-unsettled'],
      ['receipt.claimed', undefined],
    ]);
  });

  test('in its next version, with facts that waited for the platform', async () => {
    const { machine } = gate;
    const before = gate.now;
    await machine.succeed(['systemctl', 'stop', 'platform']);
    await gate.tap('T-10');
    const held = join(machine.root, 'etc/kazasu/gate.toml');
    const configuration = await readFile(held, 'utf8');
    await gate.install(await makePackages('1.0.1', packages));
    await gate.next({ event: 'terminal.ready', version: '1.0.1' } as never, before);
    expect(await readFile(held, 'utf8')).toBe(configuration);
    await gate.enter('T-11');
    await machine.succeed(['systemctl', 'start', 'platform']);
  });

  test('when its disk was full, and has room again', async () => {
    const before = gate.now;
    await run(['fallocate', '--length', String(56 * MIB), gate.ballast]);
    await run(['dd', 'if=/dev/zero', `of=${gate.ballast}.rest`, 'bs=4k']);
    await gate.next({ event: 'disk.full' }, before);
    await gate.next({ event: 'terminal.out-of-service' }, before);
    expect((await gate.tap('T-12')).event).not.toBe('entry.granted');
    await gate.kill('SIGKILL', 'kazasu/src/main.js');
    await gate.next({ event: 'terminal.ready', reason: 'disk-full' }, before);
    await rm(gate.ballast, { force: true });
    await rm(`${gate.ballast}.rest`);
    await gate.next({ event: 'disk.ok' }, before);
    await gate.serves(before);
    await gate.enter('T-12');
  });
});

test('a configuration that is wrong: the unit fails once, with what is wrong in the journal', async () => {
  const { machine } = gate;
  await gate.put('/etc/kazasu/wrong.toml', 'profile = "gate"\nname = "gate-2"\nstat = "x"\n');
  const checked = await machine.run(['kazasu', 'check-config', '/etc/kazasu/wrong.toml']);
  expect(checked.code).toBe(2);
  await machine.run(['systemctl', 'start', 'kazasu@wrong']);
  expect(await gate.property('ActiveState', 'kazasu@wrong')).toBe('failed');
  const show = ['journalctl', '--output=cat', '--no-pager', '--unit=kazasu@wrong'];
  expect(await machine.succeed(show)).toContain(checked.said.trim());
  // Longer than the pause before a restart.
  await machine.succeed(['sleep', '3']);
  expect(await gate.property('NRestarts', 'kazasu@wrong')).toBe('0');
  expect(await gate.property('ActiveState', 'kazasu@wrong')).toBe('failed');
});

test('removing and purging the package leaves the facts', async () => {
  const { machine } = gate;
  const facts = await gate.facts();
  await machine.succeed(['apt-get', 'purge', '--yes', 'kazasu-sim', 'kazasu']);
  expect(await gate.property('ActiveState')).toBe('inactive');
  await machine.succeed(['test', '-e', '/var/lib/private/kazasu/gate/ledger.db']);
  expect((await machine.run(['test', '-e', '/etc/kazasu/gate.toml'])).code).toBe(1);
  expect(facts.length).toBeGreaterThan(0);
});

test('the package installs where no systemd runs, as in an image that is being made', async () => {
  const [daemon = ''] = (await readdir(packages)).filter((name) => name.startsWith('kazasu_1.0.1'));
  const hidden = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs tmpfs /run && "$@"', 'sh'];
  const said = await gate.install([join(packages, daemon)], hidden);
  expect(said).toContain('Setting up kazasu');
  expect((await gate.machine.run(['kazasu', '--version'])).stdout.trim()).toBe('1.0.1');
});
