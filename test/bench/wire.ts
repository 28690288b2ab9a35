/** A wire between gate and platform that counts what comes down: what the receiving socket reads, TLS and TCP aside. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  /** Bytes from the platform so far. */
  readonly down: () => number;
  close(): Promise<void>;
}

/** `target`: the platform's port on loopback. */
export async function openWire(target: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let down = 0;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
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
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
