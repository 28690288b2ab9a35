/** The daemon under a service manager, whose part a process with a datagram socket of AF_UNIX plays: sd_notify(3). */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Line } from './journal-lines.ts';
import { Program } from './rig/program.ts';
import { withSite } from './rig/site.ts';

const MANAGER = join(import.meta.dirname, '..', 'src', 'service-manager.ts');

/**
 * Says each assignment that it is sent as a line, with the second (since the epoch) in which it was sent, however late it is
 * read: SO_TIMESTAMPNS of socket(7), a timespec.
 */
const RECEIVER = `
import json, socket, struct, sys
def say(**line): print(json.dumps(line), flush=True)
SO_TIMESTAMPNS = 35
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
heard.bind(sys.argv[1])
say(event='listening')
while True:
    text, beside, _, _ = heard.recvmsg(65536, socket.CMSG_SPACE(16))
    [sent] = [data for _, kind, data in beside if kind == SO_TIMESTAMPNS]
    seconds, nanoseconds = struct.unpack('qq', sent)
    for assignment in text.decode().split('\\n'):
        name, value = assignment.split('=', 1)
        say(event=name, value=value, at=seconds + nanoseconds / 1e9)
`;

/** As the lines of the receiver say it. */
const now = () => Date.now() / 1_000;

/** Blocks the event loop for the time that a watchdog of 3 s leaves, and says between which seconds. */
const BLOCKED_BY_SIGUSR2 = `
const now = () => Date.now() / 1_000;
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

/** Sent between these seconds. */
function isSignOfLife({ from, to }: { readonly from: number; readonly to: number }) {
  return ({ event, at }: Line) => event === 'WATCHDOG' && Number(at) > from && Number(at) < to;
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
    await manager.next({ event: 'WATCHDOG' });
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
    const frozen = now();
    // Longer than the watchdog waits.
    await delay(1_500);
    const thawed = now();
    gate.kill('SIGCONT');
    await manager.first(isSignOfLife({ from: thawed, to: Number.POSITIVE_INFINITY }));
    // A signal needs a moment to arrive.
    expect(manager.lines.all.filter(isSignOfLife({ from: frozen + 0.2, to: thawed }))).toEqual([]);
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
      if (!alive) console.log(JSON.stringify({ event: 'test.asked', asked: ++asked, at: Date.now() / 1_000 }));
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
  const first = await daemon.next({ event: 'test.asked', asked: 1 });
  const last = await daemon.next({ event: 'test.asked', asked: 6 });
  daemon.kill('SIGUSR2');
  const [from, to] = [Number(first['at']), Number(last['at'])];
  await manager.first(isSignOfLife({ from: to, to: Number.POSITIVE_INFINITY }));
  expect(manager.lines.all.filter(isSignOfLife({ from, to }))).toEqual([]);
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
