/** A cable that can be pulled: a TCP proxy between one terminal and the platform. */

import { connect, createServer, type Server, type Socket } from 'node:net';

export class NetworkCut {
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #connected = true;

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

  get isConnected(): boolean {
    return this.#connected;
  }

  /** Pulls the cable: nothing passes, and nothing says so, until `restore`. */
  cut(): void {
    this.#connected = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#connected = true;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket): void {
    near.on('error', () => near.destroy());
    if (!this.#connected) {
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
    near.pipe(far).pipe(near);
  }
}
