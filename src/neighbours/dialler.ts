/** Keeps calling one address, with a pause that grows and is never the same for two, until it is told to stop. */

import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { RECONNECT, reconnectDelay } from '../domain/back-off.ts';
import { byCallback, type ClientCredentials, connectSecurely } from '../link/secure-transport.ts';
import type { NeighbourFault, TerminalCertificate } from './neighbour-certificate.ts';
import { LIMITS, SUBPROTOCOLS } from './protocol.ts';
import type { Judge } from './shown.ts';

/** As the configuration has it. */
export interface Address {
  /** A name or an address; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

/** How a socket ended: what the next call has to know. */
export interface Ended {
  /** The gate is heard on another socket: not before that one is over. */
  readonly replacedBy: (() => boolean) | null;
  /** This very gate answered: never again. */
  readonly isSelf: boolean;
}

export interface DiallerParts {
  readonly address: Address;
  readonly credentials: () => Promise<ClientCredentials>;
  readonly judge: Judge;
  /** Resolves when the socket is over. */
  readonly onNeighbour: (socket: WebSocket, who: TerminalCertificate) => Promise<Ended>;
  readonly onRefused: (fault: NeighbourFault, address: Address) => void;
  /** Called when it gives up: at the first failure where the address was only found, and never where it is configured. */
  readonly onGivenUp: (() => void) | null;
}

const OPEN_MS = 10_000;
const LOOK_MS = 1_000;

export class Dialler {
  readonly #parts: DiallerParts;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #socket: WebSocket | null = null;

  constructor(parts: DiallerParts) {
    this.#parts = parts;
    this.#done = this.#keepCalling();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#socket?.terminate();
    await this.#done;
  }

  async #keepCalling(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      const begunAt = performance.now();
      const ended = await this.#call();
      if (ended?.isSelf) return;
      if (ended === null && this.#parts.onGivenUp !== null) {
        this.#parts.onGivenUp();
        return;
      }
      const wasSteady = ended !== null && performance.now() - begunAt > RECONNECT.steadyMs;
      failures = wasSteady ? 0 : failures + 1;
      while (!signal.aborted && ended?.replacedBy?.()) {
        failures = 0;
        await delay(LOOK_MS, null, { signal }).catch(() => {});
      }
      await delay(reconnectDelay(failures), null, { signal }).catch(() => {});
    }
  }

  /** Null when nobody was reached who could be spoken to. */
  async #call(): Promise<Ended | null> {
    const { address, onNeighbour, onRefused } = this.#parts;
    let seen: TerminalCertificate | NeighbourFault | null = null;
    try {
      const socket = await this.#open((who) => {
        seen = who;
      });
      if (seen === null || typeof seen === 'string' || this.#stop.signal.aborted) {
        socket.terminate();
        return null;
      }
      return await onNeighbour(socket, seen);
    } catch {
      // Not there, or not a gate: `seen` says which.
      if (typeof seen === 'string') onRefused(seen, address);
      return null;
    } finally {
      this.#socket = null;
    }
  }

  async #open(onSeen: (who: TerminalCertificate | NeighbourFault) => void): Promise<WebSocket> {
    const { address, credentials, judge } = this.#parts;
    const { host, port } = address;
    const shown = await credentials();
    const transport = () =>
      connectSecurely({
        ...{ host, port, credentials: shown, timeoutMs: OPEN_MS },
        judge: (certificates) => {
          const who = judge(certificates);
          onSeen(who);
          if (typeof who !== 'string') return null;
          return who === 'not-a-neighbour' ? 'not-a-server' : who;
        },
      });
    const socket = new WebSocket(`wss://${host}:${port}/`, [...SUBPROTOCOLS], {
      perMessageDeflate: false,
      followRedirects: false,
      handshakeTimeout: OPEN_MS,
      maxPayload: LIMITS.frameBytes,
      createConnection: byCallback(transport) as never,
    });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        socket.off('error', reject);
        socket.on('error', () => {});
        resolve(socket);
      });
    });
  }
}
