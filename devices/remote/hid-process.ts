/**
 * The remote process: the only one that loads node-hid, so that a fault in its native code or a flood of reports is
 * not the daemon's. It looks for the remote control once a second, reads what its interfaces report, and holds the
 * keys that the kernel makes of it besides. It lives and dies with the daemon that forked it.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { EventNodes } from './evdev-grab.ts';
import type { FromHidProcess, HidProcessOptions } from './hid-messages.ts';
import { descriptorOf, inputNodesOf } from './hid-nodes.ts';
import { KeyFrames } from './key-frames.ts';
import { type KeyMap, keyMapWith } from './key-map.ts';
import { KeyStream } from './key-stream.ts';
import type { RemoteLevels } from './remote.ts';
import { readReportDescriptor } from './report-descriptor.ts';

/** node-hid tells of no plug that comes or goes. */
const LOOK_MS = 1_000;
const INTERFACES_MAX = 16;

type NodeHid = typeof import('node-hid');
type Handle = Awaited<ReturnType<NodeHid['HIDAsync']['open']>>;

function tell(message: FromHidProcess): void {
  // Undeliverable only when the daemon is gone, and then `disconnect` ends this process.
  process.send?.(message, undefined, {}, () => undefined);
}

/** All interfaces of the remote control that is plugged in. */
class PluggedIn {
  readonly name: string;
  readonly #hid: NodeHid;
  readonly #stream: KeyStream;
  readonly #nodes = new EventNodes();
  /** By path; null: nothing of use comes from it. */
  readonly #handles = new Map<string, Handle | null>();
  readonly #unreadable = new Map<string, string>();
  #exposed: string | null = null;
  #isBatteryLow = false;
  /** Why it can't be used any more. */
  broken: string | null = null;

  constructor(hid: NodeHid, name: string, map: KeyMap) {
    this.#hid = hid;
    this.name = name;
    this.#stream = new KeyStream(map, {
      onPress: (button, isRepeat) => tell({ is: 'press', button, isRepeat }),
      onBattery: (isLow) => {
        this.#isBatteryLow = isLow;
        tellLevels(this.levels);
      },
      onDropped: (dropped) => tell({ is: 'dropped', dropped }),
    });
  }

  get levels(): RemoteLevels {
    if (this.broken !== null) return { isThere: false, why: this.broken };
    const [unreadable] = this.#unreadable.values();
    const exposed = this.#exposed ?? unreadable ?? null;
    return { isThere: true, name: this.name, exposed, isBatteryLow: this.#isBatteryLow };
  }

  /** `paths`: its interfaces now. Those that are new are taken, and held before they are read. */
  async look(paths: readonly string[]): Promise<void> {
    const gone = [...this.#handles.keys()].find((path) => !paths.includes(path));
    if (gone !== undefined) this.broken = 'it was unplugged';
    if (this.broken !== null) return;
    this.#exposed = await this.#hold(paths);
    for (const path of paths) if (!this.#handles.has(path)) await this.#read(path);
    const isRead = [...this.#handles.values()].some((handle) => handle !== null);
    if (!isRead) this.broken = [...this.#unreadable.values()][0] ?? 'it has no keys';
  }

  async close(): Promise<void> {
    this.#stream.close();
    this.#nodes.close();
    await Promise.allSettled([...this.#handles.values()].map((handle) => handle?.close()));
  }

  async #hold(paths: readonly string[]): Promise<string | null> {
    const inputs = await Promise.all(paths.map(inputNodesOf));
    const problem = this.#nodes.hold(inputs.flatMap(({ events }) => events));
    const [nodeless] = inputs.flatMap((input) => input.nodeless);
    return problem ?? (nodeless === undefined ? null : `${nodeless} has no node to hold it by`);
  }

  async #read(path: string): Promise<void> {
    try {
      const layouts = readReportDescriptor(await descriptorOf(path));
      if (layouts === null) throw new Error(`${path}: its report descriptor is not understood`);
      const isOfUse = KeyFrames.areOfUse(layouts);
      const handle = isOfUse ? await this.#hid.HIDAsync.open(path) : null;
      this.#handles.set(path, handle);
      this.#unreadable.delete(path);
      if (handle === null) return;
      handle.on('error', (error: Error) => this.#break(error.message));
      handle.on('data', this.#stream.reader(layouts));
    } catch (error) {
      // Also one whose node is not for this user yet: udev gives it away a moment after it is there.
      this.#unreadable.set(path, (error as Error).message);
    }
  }

  #break(reason: string): void {
    if (this.broken !== null) return;
    this.broken = reason;
    this.#stream.close();
    tellLevels(this.levels);
  }
}

let told = '';

function tellLevels(levels: RemoteLevels): void {
  const text = JSON.stringify(levels);
  if (text === told) return;
  told = text;
  tell({ is: 'levels', levels });
}

async function follow(hid: NodeHid, { vendor, product, keys }: HidProcessOptions): Promise<never> {
  const map = keyMapWith(keys);
  const id = [vendor, product].map((part) => part.toString(16).padStart(4, '0')).join(':');
  let remote: PluggedIn | null = null;
  for (;;) {
    const devices = await hid.devicesAsync(vendor, product);
    // One interface is there once for each of its top-level usages.
    const paths = [...new Set(devices.flatMap(({ path }) => path ?? []))].slice(0, INTERFACES_MAX);
    if (remote !== null || paths.length > 0) {
      remote ??= new PluggedIn(hid, devices[0]?.product?.trim() || id, map);
      await remote.look(paths);
      tellLevels(remote.levels);
      if (remote.broken !== null) {
        await remote.close();
        remote = null;
      }
    } else {
      tellLevels({ isThere: false, why: `no remote control ${id} is plugged in` });
    }
    tell({ is: 'alive' });
    await delay(LOOK_MS);
  }
}

process.on('disconnect', () => process.exit(0));
try {
  await follow(
    (await import('node-hid')).default,
    JSON.parse(process.argv[2] ?? '') as HidProcessOptions,
  );
} catch (error) {
  // Waits to be killed: the daemon starts another one.
  tell({ is: 'lost', reason: (error as Error).message });
}
