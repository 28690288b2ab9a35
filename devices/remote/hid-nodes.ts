/** What Linux shows of a HID device beside the node that it is read from (/dev/hidrawN): all below its folder in sysfs. */

import { opendir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const CLASS = '/sys/class/hidraw';

/** The report descriptor of the interface behind a hidraw node. */
export function descriptorOf(hidraw: string): Promise<Uint8Array> {
  return readFile(join(CLASS, basename(hidraw), 'device', 'report_descriptor'));
}

export interface InputNodes {
  /** /dev/input/eventN of every input device that the kernel made of it. */
  readonly events: readonly string[];
  /** Input devices without such a node: nobody can grab them. */
  readonly nodeless: readonly string[];
}

/** Where keys of this interface go besides; none where the kernel made no input device of it. */
export async function inputNodesOf(hidraw: string): Promise<InputNodes> {
  const folder = join(CLASS, basename(hidraw), 'device', 'input');
  const events: string[] = [];
  const nodeless: string[] = [];
  for (const input of await namesIn(folder)) {
    const inside = await namesIn(join(folder, input));
    const nodes = inside.filter((name) => /^event\d+$/u.test(name));
    events.push(...nodes.map((name) => `/dev/input/${name}`));
    if (nodes.length === 0) nodeless.push(input);
  }
  return { events, nodeless };
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) names.push(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return names;
}
