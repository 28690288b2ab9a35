/**
 * What facts' way up is held against. The bound: a bare `ws` server that answers the same frames from memory. The peer:
 * PouchDB replicating to PouchDB, both in one process and neither waiting for the medium.
 */

import { once } from 'node:events';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type FleetServer, startBareServer } from '../../platform-sim/fleet/servers.ts';
import { SUBPROTOCOL } from '../../src/link/protocol.ts';
import { openPouch, type PouchDatabase } from './pouch.ts';
import { openWire, type Wire } from './wire.ts';

/** As the platform's credit. */
const BATCH = 200;
const IN_FLIGHT = 4;
const NO_BEAT_MS = 3_600_000;
const BULK = 1_000;

/** A terminal that only sends and counts. */
export class BareUplink {
  readonly #server: FleetServer;
  readonly #wire: Wire;
  readonly #socket: WebSocket;
  #sent = 0;

  private constructor(server: FleetServer, wire: Wire, socket: WebSocket) {
    this.#server = server;
    this.#wire = wire;
    this.#socket = socket;
  }

  /** With a server of its own; `roundTripMs`: at the other end of a wire as long as that, else at none. */
  static async open(roundTripMs = 0): Promise<BareUplink> {
    const server = await startBareServer(NO_BEAT_MS, '');
    const wire = await openWire(Number(new URL(server.url).port));
    wire.setRoundTrip(roundTripMs);
    const url = roundTripMs > 0 ? `ws://127.0.0.1:${wire.port}` : server.url;
    const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false });
    await once(socket, 'open');
    socket.send(JSON.stringify({ frame: 'hello', terminal: 'bare' }));
    await once(socket, 'message');
    return new BareUplink(server, wire, socket);
  }

  /** How long one fact and its answer take, in ms. */
  async tell(text: string): Promise<number> {
    const begun = performance.now();
    const answered = once(this.#socket, 'message');
    this.#send([text]);
    await answered;
    return performance.now() - begun;
  }

  /** How long it takes until all are answered, in ms. */
  async drain(texts: readonly string[]): Promise<number> {
    const begun = performance.now();
    let [at, open] = [0, 0];
    await new Promise<void>((resolve) => {
      const pump = (): void => {
        for (; open < IN_FLIGHT && at < texts.length; open += 1, at += BATCH) {
          this.#send(texts.slice(at, at + BATCH));
        }
        if (open === 0) resolve();
      };
      this.#socket.on('message', () => {
        open -= 1;
        pump();
      });
      pump();
    });
    this.#socket.removeAllListeners('message');
    return performance.now() - begun;
  }

  async close(): Promise<void> {
    this.#socket.terminate();
    await this.#wire.close();
    await this.#server.end();
  }

  #send(items: readonly string[]): void {
    this.#socket.send(JSON.stringify({ frame: 'facts', from: this.#sent + 1, items }));
    this.#sent += items.length;
  }
}

/** How long each of these facts took from its writing until it was in the other database, the next one then. ms. */
export async function pouchOneByOne(
  directory: string,
  texts: readonly string[],
): Promise<number[]> {
  return withTwo(directory, 'one', async (source, target) => {
    let written: () => void = () => {};
    const replication = source.replicate.to(target, { live: true }).on('change', () => written());
    const times: number[] = [];
    for (const [n, text] of texts.entries()) {
      const begun = performance.now();
      const arrived = new Promise<void>((resolve) => {
        written = resolve;
      });
      await source.put(documentOf(n, text));
      await arrived;
      times.push(performance.now() - begun);
    }
    replication.cancel();
    await replication;
    await mustHold(target, texts.length);
    return times;
  });
}

/** How long it takes until a database has what another one has, in ms. */
export async function pouchDrain(directory: string, texts: readonly string[]): Promise<number> {
  return withTwo(directory, 'drain', async (source, target) => {
    for (let at = 0; at < texts.length; at += BULK) {
      await source.bulkDocs(texts.slice(at, at + BULK).map((text, n) => documentOf(at + n, text)));
    }
    const begun = performance.now();
    await source.replicate.to(target, { batch_size: BATCH, batches_limit: IN_FLIGHT });
    const took = performance.now() - begun;
    await mustHold(target, texts.length);
    return took;
  });
}

function documentOf(n: number, text: string): object {
  return { _id: String(n).padStart(9, '0'), ...(JSON.parse(text) as object) };
}

async function mustHold(database: PouchDatabase, count: number): Promise<void> {
  const { doc_count: held } = await database.info();
  if (held !== count) throw new Error(`PouchDB holds ${held} of ${count}`);
}

async function withTwo<Result>(
  directory: string,
  name: string,
  work: (source: PouchDatabase, target: PouchDatabase) => Promise<Result>,
): Promise<Result> {
  const source = openPouch(join(directory, `pouch-${name}-source`));
  const target = openPouch(join(directory, `pouch-${name}-target`));
  try {
    return await work(source, target);
  } finally {
    await source.close();
    await target.close();
  }
}
