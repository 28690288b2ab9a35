/**
 * Runs under umockdev-run: opens the remote control of mock-remote.ts by the real driver, says as JSON lines what it
 * says, and does with the mocked device what it is asked to on stdin.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import koffi from 'koffi';
import { openHidRemote } from '../../devices/remote/hid-remote.ts';
import { computedMs } from '../rig/stopwatch.ts';
import { MOCK, MOCK_HID, type MockRequest } from './mock-remote.ts';

const ROOT = process.env['UMOCKDEV_DIR'] ?? '';
const HIDRAW = join(ROOT, 'dev', 'hidraw0');
const CLASS = join(ROOT, 'sys', 'class', 'hidraw', 'hidraw0');
const UNPLUGGED = join(ROOT, 'unplugged');
/** An input device that can't be grabbed: its node is not for us. */
const OTHER_INPUT = join(ROOT, 'sys', MOCK_HID, 'input', 'input6');
const F_SETFL = 4;
const O_DIRECT = 0o40000;

function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** A pipe in packet mode (pipe(7)): each report is read by itself, as from hidraw. */
function openWire(): number {
  rmSync(HIDRAW, { force: true });
  execFileSync('mkfifo', [HIDRAW]);
  const wire = openSync(HIDRAW, 'r+');
  const fcntl = koffi.load(null).func('int fcntl(int fd, int command, ...)');
  if (fcntl(wire, F_SETFL, 'int', O_DIRECT) !== 0) throw new Error('no packet mode');
  return wire;
}

/** Another process writes, so that this one has nothing to do but what the driver has it do. */
async function flood(wire: number): Promise<number> {
  const [down, up] = ['0100002800000000', '0100000000000000'].map((hex) => `${hex}00`);
  const write = `for (let n = 0; n < 5000; n += 1) for (const hex of ['${down}', '${up}'])
    require('node:fs').writeSync(3, Buffer.from(hex, 'hex'));`;
  let [longest, last] = [0, computedMs()];
  const beat = setInterval(() => {
    const now = computedMs();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  const writer = spawn(process.execPath, ['-e', write], {
    stdio: ['ignore', 'ignore', 'inherit', wire],
  });
  await once(writer, 'exit');
  clearInterval(beat);
  return longest;
}

async function obey(wire: number, request: MockRequest): Promise<unknown> {
  switch (request.do) {
    case 'report':
      writeSync(wire, Buffer.from(request.hex, 'hex'));
      return;
    case 'unplug':
      renameSync(CLASS, UNPLUGGED);
      return;
    case 'plug':
      renameSync(UNPLUGGED, CLASS);
      return;
    case 'expose':
      mkdirSync(join(OTHER_INPUT, 'event6'), { recursive: true });
      return;
    case 'hold':
      rmSync(OTHER_INPUT, { recursive: true });
      return;
    case 'flood':
      return flood(wire);
  }
}

const wire = openWire();
const remote = await openHidRemote(MOCK)({
  onPress: (...said) => say({ is: 'onPress', said }),
  onLevels: (...said) => say({ is: 'onLevels', said }),
  onDropped: (...said) => say({ is: 'onDropped', said }),
  onLost: (...said) => say({ is: 'onLost', said }),
});
say({ is: 'opened' });
for await (const line of createInterface({ input: process.stdin })) {
  say({ is: 'done', said: await obey(wire, JSON.parse(line) as MockRequest) });
}
await remote.close();
process.exit(0);
