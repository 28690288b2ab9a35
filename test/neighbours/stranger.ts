/** Somebody who speaks to a gate by hand: whatever they show and say. */

import { once } from 'node:events';
import { type ConnectionOptions, connect } from 'node:tls';
import { WebSocket } from 'ws';
import type { ClientCredentials } from '../../src/link/secure-transport.ts';
import {
  type FactsFrame,
  type Hello,
  type NeighbourFrame,
  SUBPROTOCOLS,
} from '../../src/neighbours/protocol.ts';
import { LIST } from './venue.ts';

export class Stranger {
  readonly frames: NeighbourFrame[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      for (const wake of this.#waiting) wake();
    });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Rejects when it is turned away. */
  static async call(
    port: number,
    credentials: ClientCredentials | null,
    tls: ConnectionOptions = {},
    protocols: readonly string[] = SUBPROTOCOLS,
  ): Promise<Stranger> {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/`, [...protocols], {
      createConnection: (() =>
        connect({
          ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
          ...(credentials && { key: credentials.key, cert: credentials.chain }),
          ...tls,
        })) as never,
    });
    const stranger = new Stranger(socket);
    await once(socket, 'open');
    return stranger;
  }

  say(frame: NeighbourFrame | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  sayBytes(bytes: Buffer): void {
    this.#socket.send(bytes);
  }

  hello(terminal: string, over: Partial<Hello> = {}): void {
    const instance = crypto.randomUUID();
    this.say({ frame: 'hello', terminal, instance, lists: [LIST], software: 'test', ...over });
  }

  /** The answer to facts: up to where the gate has the stream. */
  async tell(facts: FactsFrame): Promise<number> {
    const { terminal, epoch } = facts;
    const before = this.frames.length;
    this.say(facts);
    for (;;) {
      for (const frame of this.frames.slice(before)) {
        if (frame.frame !== 'have') continue;
        const stream = frame.streams.find((s) => s.terminal === terminal && s.epoch === epoch);
        if (stream !== undefined) return stream.upto;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  end(): void {
    this.#socket.terminate();
  }
}
