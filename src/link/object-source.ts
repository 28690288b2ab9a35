/**
 * Content-addressed objects over HTTP: `GET /objects/<sha256 hex>`. What comes is what was asked
 * for, or an error.
 */

import { createHash } from 'node:crypto';
import { Agent, get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FairSlots } from './fair-slots.ts';
import { LIMITS } from './protocol.ts';
import { byCallback } from './secure-transport.ts';

/**
 * - `not-found`: the platform has no such object
 * - `too-large`: more bytes than the limit of its kind
 * - `truncated`: the answer ended before its announced length
 * - `chunk-hash`: a whole answer with other bytes than the name says; `bytes` holds them
 * - `unreachable`: no answer, a slow one, or a server error
 */
export type ObjectFault = 'not-found' | 'too-large' | 'truncated' | 'chunk-hash' | 'unreachable';

export class ObjectError extends Error {
  readonly fault: ObjectFault;
  /** The wrong bytes, with `chunk-hash` only. */
  readonly bytes: Buffer | null;
  constructor(fault: ObjectFault, detail: string, bytes: Buffer | null = null) {
    super(detail);
    this.name = 'ObjectError';
    this.fault = fault;
    this.bytes = bytes;
  }
}

export interface ObjectTimes {
  /** Without a byte for so long, the server counts as gone. */
  readonly idleMs: number;
  /**
   * A chunk takes no longer, however steadily it drips: 4 MiB at 35 kB/s. Greater limits get more
   * in proportion.
   */
  readonly totalMs: number;
}

export const OBJECT_TIMES: ObjectTimes = { idleMs: 10_000, totalMs: 120_000 };

/** As `ObjectSource.fetch`. */
export type FetchObject = (sha256: string, limit: number, signal: AbortSignal) => Promise<Buffer>;

/** Also the number of connections: a platform serves 60,000 terminals. */
export const OBJECTS_AT_ONCE = 4;
/** Of one list, so that one whose objects never end leaves the others a way. */
const OF_ONE_PARTY = OBJECTS_AT_ONCE - 1;

export class ObjectSource {
  readonly #origin: URL;
  readonly #times: ObjectTimes;
  readonly #agent: Agent;
  readonly #slots = new FairSlots(OBJECTS_AT_ONCE, OF_ONE_PARTY);

  /**
   * `url`: the websocket's; objects come from the same host and port, over `transport` as the websocket does.
   */
  constructor(
    url: string,
    times: ObjectTimes = OBJECT_TIMES,
    transport: (() => Promise<Socket>) | null = null,
  ) {
    this.#origin = new URL('/objects/', url.replace(/^wss?/u, 'http'));
    this.#times = times;
    this.#agent = new Agent({ keepAlive: true, maxSockets: OBJECTS_AT_ONCE });
    if (transport !== null) {
      Object.assign(this.#agent, { createConnection: byCallback(transport) });
    }
  }

  /**
   * The object's bytes. Rejects with ObjectError, or with the signal's reason. Redirects are not
   * followed. `party`: what it belongs to; parties share the connections fairly.
   */
  async fetch(sha256: string, limit: number, signal: AbortSignal, party = ''): Promise<Buffer> {
    // The time that it may take begins when it is its turn.
    const giveBack = await this.#slots.take(party, signal);
    try {
      return await this.#fetchNow(sha256, limit, signal);
    } finally {
      giveBack();
    }
  }

  async #fetchNow(sha256: string, limit: number, signal: AbortSignal): Promise<Buffer> {
    const size = Math.max(1, limit / LIMITS.chunkBytes);
    const deadline = AbortSignal.timeout(Math.round(this.#times.totalMs * size));
    try {
      const bytes = await this.#get(sha256, limit, AbortSignal.any([signal, deadline]));
      const found = createHash('sha256').update(bytes).digest('hex');
      if (found === sha256) return bytes;
      throw new ObjectError('chunk-hash', `${bytes.length} bytes with another hash`, bytes);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ObjectError) throw error;
      const detail = deadline.aborted ? 'too slow' : codeOf(error);
      throw new ObjectError('unreachable', detail);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #get(sha256: string, limit: number, signal: AbortSignal): Promise<Buffer> {
    const url = new URL(sha256, this.#origin);
    const options = { agent: this.#agent, signal, timeout: this.#times.idleMs };
    return new Promise((resolve, reject) => {
      const request = get(url, options, (response) => {
        collect(response, limit).then(resolve, (error) => {
          request.destroy();
          reject(error);
        });
      });
      request.on('timeout', () =>
        request.destroy(new ObjectError('unreachable', 'no byte in time')),
      );
      request.on('error', reject);
    });
  }
}

async function collect(response: IncomingMessage, limit: number): Promise<Buffer> {
  const status = response.statusCode ?? 0;
  if (status === 404 || status === 410) throw new ObjectError('not-found', `HTTP ${status}`);
  if (status !== 200) throw new ObjectError('unreachable', `HTTP ${status}`);
  if (Number(response.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) throw tooLarge(limit);
      parts.push(part);
    }
  } catch (error) {
    if (codeOf(error) !== 'ECONNRESET') throw error;
    throw new ObjectError('truncated', `the answer ended after ${size} bytes`);
  }
  return Buffer.concat(parts);
}

function tooLarge(limit: number): ObjectError {
  return new ObjectError('too-large', `more than ${limit} bytes`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
