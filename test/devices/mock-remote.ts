/**
 * A remote control that Linux shows as HID devices are shown (sysfs, /dev/hidraw0, /dev/input/event5), by umockdev, for
 * node-hid as it is installed. What a kernel does with the keys is not shown here, but in test/kernel/.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { batteryReport, reportsOf, SIM_DESCRIPTOR } from '../../devices/remote/sim-reports.ts';
import type { RemoteButton } from '../../src/domain/remote.ts';
import { hearing, type RemoteRig } from './remote.contract.ts';

export const MOCK = { vendor: 0x1234, product: 0x5678, name: 'Cushion 9' } as const;
export const MOCK_HID = '/devices/pci0000:00/usb1/1-1/1-1:1.0/0003:1234:5678.0001';
const PROCESS = join(import.meta.dirname, 'mock-remote-process.ts');
const WAIT_MS = 60_000;

export type MockRequest =
  | { readonly do: 'report'; readonly hex: string }
  | { readonly do: 'unplug' | 'plug' | 'expose' | 'hold' | 'flood' };

/** As `umockdev-record` would have written it. */
function description(): string {
  const device = (path: string, ...lines: string[]) => [`P: ${path}`, ...lines, ''].join('\n');
  const [usb, itf] = ['/devices/pci0000:00/usb1/1-1', '/devices/pci0000:00/usb1/1-1/1-1:1.0'];
  const descriptor = Buffer.from(SIM_DESCRIPTOR).toString('hex').toUpperCase();
  return [
    device(
      usb,
      ...['E: SUBSYSTEM=usb', 'E: DEVTYPE=usb_device', 'A: idVendor=1234\\n'],
      ...['A: idProduct=5678\\n', 'A: manufacturer=Example\\n', `A: product=${MOCK.name}\\n`],
      'A: bcdDevice=0100\\n',
    ),
    device(itf, 'E: SUBSYSTEM=usb', 'E: DEVTYPE=usb_interface', 'A: bInterfaceNumber=00\\n'),
    device(
      MOCK_HID,
      ...[
        'E: SUBSYSTEM=hid',
        'E: HID_ID=0003:00001234:00005678',
        'E: HID_NAME=Example',
        'E: HID_UNIQ=',
      ],
      `H: report_descriptor=${descriptor}`,
    ),
    device(
      `${MOCK_HID}/hidraw/hidraw0`,
      ...['E: SUBSYSTEM=hidraw', 'E: DEVNAME=/dev/hidraw0', 'N: hidraw0'],
      'L: device=../../../0003:1234:5678.0001',
    ),
    device(`${MOCK_HID}/input/input5`, 'E: SUBSYSTEM=input', 'A: name=Example\\n'),
    device(
      `${MOCK_HID}/input/input5/event5`,
      ...['E: SUBSYSTEM=input', 'E: DEVNAME=/dev/input/event5', 'N: input/event5'],
    ),
  ].join('\n');
}

/** What hidapi asks a node before it believes that it is one. */
function hidrawIoctls(): string {
  const size = SIM_DESCRIPTOR.length.toString(16).padStart(2, '0').padEnd(8, '0').toUpperCase();
  return `@DEV /dev/hidraw0\nHIDIOCGRDESCSIZE 0 ${size}\n`;
}

/** umockdev knows EVIOCGRAB, and answers it for a node of which anything was recorded. */
const EVENT_IOCTLS = '@DEV /dev/input/event5\nEVIOCGVERSION 0 01000100\n';

export interface MockRig extends RemoteRig {
  /** 10,000 reports as fast as they are taken; how long the daemon computed at most without a turn for others, in ms. */
  flood(): Promise<number>;
}

export async function openMock(): Promise<MockRig> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-mock-remote-'));
  const [devices, hidraw, event] = ['devices', 'hidraw', 'event'].map((name) => join(folder, name));
  await writeFile(`${devices}`, description());
  await writeFile(`${hidraw}`, hidrawIoctls());
  await writeFile(`${event}`, EVENT_IOCTLS);
  const child = spawn(
    'umockdev-run',
    [
      ...['-d', `${devices}`, '-i', `/dev/hidraw0=${hidraw}`, '-i', `/dev/input/event5=${event}`],
      ...['--', process.execPath, PROCESS],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const { heard, listener } = hearing();
  const answers: ((said: unknown) => void)[] = [];
  const opened = Promise.withResolvers<void>();
  const exited = once(child, 'exit').then(() => opened.reject(new Error('the rig ended')));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { is, ...said } = JSON.parse(line);
    if (is === 'opened') opened.resolve();
    else if (is === 'done') answers.shift()?.(said.said);
    else listener[is as keyof typeof listener](...(said.said as [never, never]));
  });
  const ask = (request: MockRequest): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    answers.push(resolve);
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return promise;
  };
  const limit = setTimeout(() => child.kill('SIGKILL'), WAIT_MS);
  await opened.promise;
  const report = (bytes: Uint8Array) =>
    ask({ do: 'report', hex: Buffer.from(bytes).toString('hex') });
  let held: RemoteButton = 'ok';
  return {
    heard,
    hold: (button) => {
      held = button;
      return report(reportsOf(button).down);
    },
    release: () => report(reportsOf(held).up),
    press: async (button) => {
      await report(reportsOf(button).down);
      await report(reportsOf(button).up);
    },
    report: (hex) => report(Buffer.from(hex, 'hex')),
    battery: (percent) => report(batteryReport(percent)),
    flood: async () => Number(await ask({ do: 'flood' })),
    unplug: () => ask({ do: 'unplug' }),
    plug: () => ask({ do: 'plug' }),
    set: (as) => ask({ do: as === 'held' ? 'hold' : 'expose' }),
    async end() {
      clearTimeout(limit);
      child.stdin.end();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
