/**
 * Inside the machine: a remote control that uhid makes as BlueZ does, the driver as it is, and two witnesses beside it,
 * an evdev reader and the console (tty1), which say what the kernel gives them of the keys.
 */

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  openSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EventNodes } from '../../devices/remote/evdev-grab.ts';
import { inputNodesOf } from '../../devices/remote/hid-nodes.ts';
import { openHidRemote } from '../../devices/remote/hid-remote.ts';
import type { RemoteLevels } from '../../devices/remote/remote.ts';
import { reportsOf, SIM_DESCRIPTOR } from '../../devices/remote/sim-reports.ts';
import type { RemoteButton } from '../../src/domain/remote.ts';
import { say } from './machine.ts';

/** linux/uhid.h */
const UHID = { create2: 11, destroy: 1, input2: 12 } as const;
const BUS_BLUETOOTH = 5;
const EVENT_BYTES = 4_380;
const [VENDOR, PRODUCT] = [0x1234, 0x5678];
/** struct input_event on 64 bits: two times, then type, code and value. */
const INPUT_EVENT_BYTES = 24;
const EV_KEY = 1;
const WAIT_MS = 120_000;
const CONSOLE_MS = 500;
const DIGITS = ['digit-4', 'digit-0', 'digit-9', 'digit-1'] as const;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never: ${holds}`);
    await delay(20);
  }
}

class Handset {
  readonly #uhid = openSync('/dev/uhid', 'r+');
  /** Its node: another one after each plug, while somebody still has the one before open. */
  hidraw = '';

  /** Resolves when the kernel has made its nodes, and libudev may know of them. */
  async plug(): Promise<void> {
    const event = Buffer.alloc(EVENT_BYTES);
    event.writeUInt32LE(UHID.create2, 0);
    event.write('Cushion 9', 4);
    event.writeUInt16LE(SIM_DESCRIPTOR.length, 4 + 256);
    event.writeUInt16LE(BUS_BLUETOOTH, 4 + 258);
    event.writeUInt32LE(VENDOR, 4 + 260);
    event.writeUInt32LE(PRODUCT, 4 + 264);
    event.set(SIM_DESCRIPTOR, 4 + 276);
    writeSync(this.#uhid, event);
    await until(async () => {
      const [name] = await readdir('/sys/class/hidraw');
      this.hidraw = `/dev/${name}`;
      return name !== undefined && (await this.events()).length > 0;
    });
    const { rdev } = statSync(this.hidraw);
    writeFileSync(`/run/udev/data/c${rdev >> 8}:${rdev & 0xff}`, 'I:1\n');
  }

  async events(): Promise<readonly string[]> {
    return (await inputNodesOf(this.hidraw)).events;
  }

  unplug(): void {
    const event = Buffer.alloc(EVENT_BYTES);
    event.writeUInt32LE(UHID.destroy, 0);
    writeSync(this.#uhid, event);
  }

  async type(buttons: readonly RemoteButton[]): Promise<void> {
    for (const button of buttons) {
      const { down, up } = reportsOf(button);
      for (const report of [down, up]) {
        const event = Buffer.alloc(EVENT_BYTES);
        event.writeUInt32LE(UHID.input2, 0);
        event.writeUInt16LE(report.length, 4);
        event.set(report, 6);
        writeSync(this.#uhid, event);
      }
    }
  }
}

/** Reads what is there, and no more. */
function readNow(fd: number): Buffer {
  const bytes = Buffer.alloc(65_536);
  try {
    return bytes.subarray(0, readSync(fd, bytes));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    return bytes.subarray(0, 0);
  }
}

/** What the kernel gives to others of what is typed meanwhile. */
async function witnessed(typing: () => Promise<void>): Promise<object> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const nodes = (await handset.events()).map((path) => openSync(path, flags));
  const console = openSync('/dev/tty1', flags | constants.O_NOCTTY);
  // Each character by itself; the terminal forgets it when the last one closes it.
  execFileSync('/bin/busybox', ['stty', '-F', '/dev/tty1', 'raw', '-echo']);
  readNow(console);
  await typing();
  // A console gets its characters by a queue.
  await delay(CONSOLE_MS);
  let keys = 0;
  for (const node of nodes) {
    const bytes = readNow(node);
    for (let at = 0; at < bytes.length; at += INPUT_EVENT_BYTES) {
      if (bytes.readUInt16LE(at + 16) === EV_KEY) keys += 1;
    }
    closeSync(node);
  }
  const text = readNow(console).toString('latin1');
  closeSync(console);
  return { evdev: keys, console: text };
}

const handset = new Handset();
await handset.plug();
say({ when: 'alone', ...(await witnessed(() => handset.type(DIGITS))) });

const presses: string[] = [];
let levels: RemoteLevels = { isThere: false, why: '' };
const open = openHidRemote({ vendor: VENDOR, product: PRODUCT });
const listener = {
  onPress: (button: RemoteButton) => void presses.push(button),
  onLevels: (told: RemoteLevels) => {
    levels = told;
  },
  onDropped: () => {},
  onLost: (reason: string) => say({ lost: reason }),
};
const isHeld = (): boolean => levels.isThere && levels.exposed === null;
const remote = await open(listener);
await until(isHeld);
const beside = await witnessed(async () => {
  await handset.type(DIGITS);
  await until(() => presses.length === DIGITS.length);
});
say({ when: 'held', ...beside, presses: presses.splice(0) });

handset.unplug();
await until(() => !levels.isThere);
await handset.plug();
await until(isHeld);
const anew = await witnessed(async () => {
  await handset.type(['ok']);
  await until(() => presses.length === 1);
});
say({ when: 'plugged in again', ...anew, presses: presses.splice(0) });

await remote.close();
say({ when: 'the daemon ended', ...(await witnessed(() => handset.type(DIGITS))) });

const other = new EventNodes();
other.hold(await handset.events());
const second = await open(listener);
await until(() => levels.isThere && levels.exposed !== null);
say({ when: 'another was first', levels });
other.close();
await until(isHeld);
say({ when: 'the other has ended', levels });
await second.close();
say('end');
