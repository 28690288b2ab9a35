/**
 * A wire between gate and platform: it counts what comes down (what the receiving socket reads, TLS and TCP aside), and
 * takes as long as a long one does. A real wire's bandwidth is not modelled.
 */

import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Site } from '../rig/site.ts';

export interface Wire {
  readonly port: number;
  /** Bytes from the platform so far. */
  readonly down: () => number;
  /** From now on, also for what is connected already: ms, there and back. */
  setRoundTrip(ms: number): void;
  close(): Promise<void>;
}

/** `target`: the platform's port on loopback. */
export async function openWire(target: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let down = 0;
  let roundTripMs = 0;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      // The kernel answered the connection at once; a long wire takes a round trip for it.
      carry(from, to, roundTripMs, () => roundTripMs / 2);
      from.once('close', () => sockets.delete(from));
    }
    far.on('data', (bytes: Buffer) => {
      down += bytes.length;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    down: () => down,
    setRoundTrip(ms) {
      roundTripMs = ms;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Bytes and the end in their order, each after its time on the way; nothing before `firstMs` have passed. */
function carry(from: Socket, to: Socket, firstMs: number, delayMs: () => number): void {
  const openAt = performance.now() + firstMs;
  const onTheWay: (() => void)[] = [];
  let arrivesAt = 0;
  const later = (work: () => void): void => {
    const now = performance.now();
    arrivesAt = Math.max(arrivesAt, Math.max(now, openAt) + delayMs());
    if (arrivesAt <= now && onTheWay.length === 0) {
      work();
    } else {
      onTheWay.push(work);
      // Whichever timer comes first takes what was sent first.
      setTimeout(() => onTheWay.shift()?.(), Math.ceil(arrivesAt - now));
    }
  };
  from.on('data', (bytes: Buffer) => later(() => to.writable && to.write(bytes)));
  from.on('end', () => later(() => to.end()));
  from.once('close', () => later(() => to.destroy()));
  from.on('error', () => to.destroy());
}

/** A wire to this site's platform, and the gate's configuration changed to go by it. */
export async function wireUp(site: Site): Promise<Wire> {
  const ready = await site.platform.next({ event: 'platform.ready' });
  const wire = await openWire(Number(ready['port']));
  const text = await readFile(site.config, 'utf8');
  await writeFile(site.config, text.replace(/127\.0\.0\.1:\d+/u, `127.0.0.1:${wire.port}`));
  return wire;
}
