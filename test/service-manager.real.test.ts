/** The daemon under a service manager, whose part a process with a datagram socket of AF_UNIX plays: sd_notify(3). */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Program } from './rig/program.ts';
import { withSite } from './rig/site.ts';

const MANAGER = join(import.meta.dirname, '..', 'src', 'service-manager.ts');

/** Says each assignment that it is sent as a line, with the second on CLOCK_MONOTONIC, which Node's hrtime reads, too. */
const RECEIVER = `
import json, socket, sys, time
def say(**line): print(json.dumps(line), flush=True)
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1])
say(event='listening')
while True:
    for assignment in heard.recv(65536).decode().split('\\n'):
        name, value = assignment.split('=', 1)
        say(event=name, value=value, at=time.monotonic())
`;

/** Blocks the event loop for the time that a watchdog of 3 s leaves, and says between which seconds. */
const BLOCKED_BY_SIGUSR2 = `
const now = () => Number(process.hrtime.bigint()) / 1e9;
process.on('SIGUSR2', () => {
  const from = now();
  while (now() < from + 4);
  process.stdout.write(JSON.stringify({ event: 'test.blocked', from, to: now() }) + '\\n');
});
`;

async function listen(): Promise<{
  manager: Program;
  env: Record<string, string>;
  folder: string;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-notify-'));
  const socket = join(folder, 'notify');
  const manager = new Program(['-c', RECEIVER, socket], { program: 'python3' });
  onTestFinished(async () => {
    await manager.end();
    await rm(folder, { recursive: true });
  });
  await manager.next({ event: 'listening' });
  return { manager, env: { NOTIFY_SOCKET: socket }, folder };
}

test('a gate without platform, list and contact is ready, says what is missing, and ends in order', async () => {
  const { manager, env } = await listen();
  await withSite({}, async (site) => {
    await site.platform.killHard();
    const gate = await site.startGate({ env });
    await manager.next({ event: 'READY', value: '1' });
    await manager.next({ event: 'STATUS', value: 'out of service: list-missing' });
    await gate.end();
    await manager.next({ event: 'STOPPING', value: '1' });
    expect(await gate.exited).toBe(0);
    expect(manager.lines.count({ event: 'READY' })).toBe(1);
    // Nobody asked for signs of life, but for the one that stopping gives itself time with.
    expect(manager.lines.count({ event: 'WATCHDOG' })).toBe(1);
    expect(gate.stderr).not.toContain('service manager');
  });
});

test('the status follows what stands in the way, and a lost reader is no reason to be started again', async () => {
  const { manager, env } = await listen();
  await withSite({ tickets: 1, reader: 'pcsc' }, async (site) => {
    const gate = await site.openGate({ env: { ...env, WATCHDOG_USEC: '3000000' } });
    await manager.next({ event: 'STATUS', value: 'in service' });
    await site.killPcscd();
    await manager.next({ event: 'STATUS', value: 'out of service: reader-lost' });
    const lost = manager.lines.all.length;
    await manager.next({ event: 'WATCHDOG' }, lost);
    await site.startPcscdAgain();
    await manager.next({ event: 'STATUS', value: 'in service' }, lost);
    expect(gate.processes().size).toBeGreaterThan(0);
  });
});

test('a blocked event loop sends no sign of life, not even a late one, and goes on once it is free', async () => {
  const { manager, env, folder } = await listen();
  const blocker = join(folder, 'blocker.mjs');
  await writeFile(blocker, BLOCKED_BY_SIGUSR2);
  await withSite({}, async (site) => {
    const gate = await site.startGate({
      env: { ...env, WATCHDOG_USEC: '3000000', NODE_OPTIONS: `--import=${blocker}` },
    });
    await manager.next({ event: 'WATCHDOG' });
    gate.kill('SIGUSR2');
    const { from, to } = await gate.next({ event: 'test.blocked' });
    const after = await manager.first(
      ({ event, at }) => event === 'WATCHDOG' && Number(at) > Number(from),
    );
    // The check that was due while it was blocked comes at once, and is not passed.
    expect(Number(after['at'])).toBeGreaterThan(Number(to) + 0.5);
  });
});

test('a frozen process sends no sign of life', async () => {
  const { manager, env } = await listen();
  await withSite({}, async (site) => {
    const gate = await site.startGate({ env: { ...env, WATCHDOG_USEC: '900000' } });
    await manager.next({ event: 'WATCHDOG' });
    gate.kill('SIGSTOP');
    // What was under way arrives; then there is silence for longer than the watchdog waits.
    await delay(200);
    const heard = manager.lines.count({ event: 'WATCHDOG' });
    await delay(1_500);
    expect(manager.lines.count({ event: 'WATCHDOG' })).toBe(heard);
    const frozen = manager.lines.all.length;
    gate.kill('SIGCONT');
    await manager.next({ event: 'WATCHDOG' }, frozen);
  });
});

test('supervisors that do not answer end the signs of life, though the event loop turns', async () => {
  const { manager, env } = await listen();
  const code = `
    import { ServiceManager } from ${JSON.stringify(MANAGER)};
    let alive = true;
    process.on('SIGUSR2', () => { alive = !alive; });
    const manager = await ServiceManager.connect((problem) => { throw new Error(problem); });
    let asked = 0;
    manager.ready(() => {
      if (!alive) console.log(JSON.stringify({ event: 'test.asked', asked: ++asked }));
      return alive;
    });`;
  const daemon = new Program(['--input-type=module', '-e', code], {
    env: { ...env, WATCHDOG_USEC: '300000' },
  });
  onTestFinished(async () => {
    await daemon.end();
  });
  await manager.next({ event: 'WATCHDOG' });
  daemon.kill('SIGUSR2');
  await daemon.next({ event: 'test.asked', asked: 1 });
  const silent = manager.lines.all.length;
  await daemon.next({ event: 'test.asked', asked: 6 });
  // What was sent before the first question may arrive after it.
  expect(manager.lines.all.length - silent).toBeLessThanOrEqual(1);
  daemon.kill('SIGUSR2');
  await manager.next({ event: 'WATCHDOG' }, silent + 1);
});

test('a watchdog that is meant for another process is not fed', async () => {
  const { manager, env } = await listen();
  await withSite({}, async (site) => {
    const gate = await site.startGate({
      env: { ...env, WATCHDOG_USEC: '300000', WATCHDOG_PID: '1' },
    });
    await manager.next({ event: 'READY' });
    await gate.end();
    await manager.next({ event: 'STOPPING' });
    await manager.next({ event: 'WATCHDOG' });
    expect(manager.lines.count({ event: 'WATCHDOG' })).toBe(1);
  });
});

test('without libsystemd a gate serves, and says once that nobody is told', async () => {
  const { manager, env } = await listen();
  const hide =
    'for file in /usr/lib/*-linux-gnu/libsystemd.so.0; do mount --bind /dev/null "$file"; done; exec "$@"';
  await withSite({}, async (site) => {
    const within = ['unshare', '--mount', 'sh', '-ec', hide, 'sh'];
    const gate = await site.startGate({ env, within });
    await gate.end();
    expect(
      gate.stderr.match(/the service manager is not told anything: .*libsystemd/gu),
    ).toHaveLength(1);
    expect(manager.lines.all).toEqual([{ event: 'listening' }]);
  });
});

test('a service manager that is gone is complained of once, and the gate runs on', async () => {
  await withSite({}, async (site) => {
    const gone = join(site.directory, 'nobody-listens');
    const gate = await site.startGate({ env: { NOTIFY_SOCKET: gone } });
    await gate.end();
    expect(await gate.exited).toBe(0);
    expect(gate.stderr.match(/the service manager can't be told anything/gu)).toHaveLength(1);
  });
});

test('without a service manager neither libsystemd nor koffi is loaded', async () => {
  await withSite({}, async (site) => {
    const gate = await site.startGate();
    expect(readFileSync(`/proc/${gate.pid}/maps`, 'utf8')).not.toMatch(/koffi|libsystemd/u);
  });
});
