/**
 * A box in the middle: passes TCP on, and does to it what it is told over a control socket. A program of its own, for it stands
 * on another machine than those who speak through it.
 *
 *   node fault-proxy-process.ts CONTROL-SOCKET LISTEN-HOST PORT TARGET-HOST TARGET-PORT
 *
 * PORT 0 is a free one; it says which. A LISTEN-HOST that begins with a slash is a file, which is a socket then.
 */

import { connect, createServer, type Socket } from 'node:net';
import { type ControlRequest, openControlSocket } from '../../devices/sim-control.ts';

type Direction = 'up' | 'down';

/** One way of one connection. */
interface Way {
  readonly direction: Direction;
  readonly from: Socket;
  readonly to: Socket;
}

const faults = {
  /** Each way, ms. */
  delayMs: 0,
  /** What goes there is swallowed, and nobody is told. */
  hole: { up: false, down: false },
  /** Nobody comes through, and everybody is thrown out. */
  gone: false,
  /** So many bytes upwards, then everything is reset; null: never. */
  resetAfter: null as number | null,
  resets: 0,
};
const sockets = new Set<Socket>();

/** In order: a delay is the same for everything that comes in it. */
function passOn({ direction, from, to }: Way): void {
  from.on('data', (bytes: Buffer) => {
    if (faults.hole[direction]) return;
    if (direction === 'up' && faults.resetAfter !== null) {
      faults.resetAfter -= bytes.length;
      if (faults.resetAfter <= 0) {
        faults.resetAfter = null;
        faults.resets += 1;
        resetAll();
        return;
      }
    }
    setTimeout(() => to.write(bytes), faults.delayMs);
  });
  // Whoever is behind a hole hears of no end either.
  from.on('close', () => {
    setTimeout(() => {
      if (!faults.hole[direction]) to.destroy();
    }, faults.delayMs);
  });
  from.on('error', () => {});
}

function resetAll(): void {
  for (const socket of sockets) socket.resetAndDestroy();
}

function obey({ do: what, ...rest }: ControlRequest): Record<string, unknown> {
  if (what !== 'set') throw new Error(`${what} is none of the faults`);
  const { hole, ...others } = rest as Partial<typeof faults>;
  Object.assign(faults, others);
  Object.assign(faults.hole, hole);
  if (faults.gone) resetAll();
  return { resets: faults.resets, open: sockets.size / 2 };
}

const [control = '', host = '', port = '', target = '', targetPort = ''] = process.argv.slice(2);
const server = createServer({ noDelay: true }, (near) => {
  if (faults.gone) {
    near.resetAndDestroy();
    return;
  }
  const far = connect({ host: target, port: Number(targetPort), noDelay: true });
  for (const socket of [near, far]) {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  }
  passOn({ direction: 'up', from: near, to: far });
  passOn({ direction: 'down', from: far, to: near });
});
await openControlSocket(control, obey);
server.listen(host.startsWith('/') ? { path: host } : { port: Number(port), host }, () => {
  const at = server.address();
  const found = at !== null && typeof at === 'object' ? at.port : null;
  process.stdout.write(`${JSON.stringify({ event: 'proxy.ready', port: found })}\n`);
});
