/** Gates that find each other by multicast DNS: on a network of their own, so that nothing is announced on this machine's. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Program } from '../rig/program.ts';

const NETWORK = [
  'ip link set lo up',
  'ip link add v0 type veth peer name v1',
  'ip addr add 10.0.20.1/24 dev v0',
  'ip link set v0 up',
  'ip link set v1 up',
  'ip route add 224.0.0.0/4 dev v0',
].join(' && ');

test('two gates of one network find where the other can be called', async () => {
  const within = ['unshare', '--net', 'sh', '-ec', `${NETWORK}; exec "$@"`, 'sh'];
  const program = new Program([join(import.meta.dirname, 'find-gates.ts')], { within });
  try {
    const found = { event: 'found' };
    const [west, east] = await Promise.all([
      program.next({ ...found, by: 'east', port: 8_402 }),
      program.next({ ...found, by: 'west', port: 8_403 }),
    ]);
    expect([west['host'], east['host']]).toEqual(['10.0.20.1', '10.0.20.2']);
  } finally {
    await program.end();
  }
});
