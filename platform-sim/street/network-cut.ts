/** A cable that can be pulled, slowed down or squeezed: a TCP proxy between one terminal and the platform. */

import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `up`; `down`: every connection breaks and none comes up; `stalled`: connections stay and nothing passes, as behind a
 * router that forgot them (half-open).
 */
export type CableState = 'up' | 'down' | 'stalled';

/** What waits in a slow or stalled cable, a direction; beyond it the sender has to wait. */
const HELD_BYTES_MAX = 1_048_576;

export class NetworkCut {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();
  #state: CableState = 'up';
  #delayMs = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#join(near));
  }

  /** `target`: the platform's port on loopback. */
  static async open(target: number): Promise<NetworkCut> {
    const cut = new NetworkCut(target);
    await new Promise<void>((resolve, reject) => {
      cut.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return cut;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  get state(): CableState {
    return this.#state;
  }

  /** Pulls the cable: every connection breaks, and none comes up until `restore`. */
  cut(): void {
    this.#state = 'down';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nothing passes, and nothing says so, until `restore`. */
  stall(): void {
    this.#state = 'stalled';
  }

  /** Each piece arrives so much later, in each direction. */
  slowDown(delayMs: number): void {
    this.restore();
    this.#delayMs = delayMs;
  }

  restore(): void {
    this.#state = 'up';
    this.#delayMs = 0;
    for (const release of [...this.#waiting]) release();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket): void {
    near.on('error', () => near.destroy());
    if (this.#state === 'down') {
      near.destroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    far.on('error', () => far.destroy());
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    this.#carry(near, far);
    this.#carry(far, near);
  }

  /** Pieces pass in their order; each waits as long as the cable makes it wait. */
  #carry(from: Socket, to: Socket): void {
    let passing: Promise<void> = Promise.resolve();
    let held = 0;
    const pass = (end: () => void, bytes = 0) => {
      held += bytes;
      if (held > HELD_BYTES_MAX) from.pause();
      passing = passing.then(async () => {
        await this.#wayIsFree(from);
        held -= bytes;
        if (held <= HELD_BYTES_MAX) from.resume();
        if (to.writable) end();
      });
    };
    from.on('data', (piece: Buffer) => pass(() => to.write(piece), piece.length));
    from.on('end', () => pass(() => to.end()));
  }

  async #wayIsFree(socket: Socket): Promise<void> {
    if (this.#delayMs > 0) await this.#wait(socket, this.#delayMs);
    if (this.#state === 'stalled') await this.#wait(socket, null);
  }

  /** Until `restore`, the connection's end, or `ms`. */
  #wait(socket: Socket, ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const release = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(release);
        socket.off('close', release);
        resolve();
      };
      const timer = ms === null ? undefined : setTimeout(release, ms);
      this.#waiting.add(release);
      socket.once('close', release);
    });
  }
}
