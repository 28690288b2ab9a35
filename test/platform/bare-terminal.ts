/** A terminal that speaks `kazasu.v1` by hand: nothing of the daemon's own link is between a test and the platform. */

import { createHash, randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import {
  PLATFORM_FRAME,
  type PlatformFrame,
  SUBPROTOCOL,
  SUBPROTOCOLS,
} from '../../src/link/protocol.ts';

export const DEADLINE_MS = 20_000;

type FrameOf<F extends PlatformFrame['frame']> = Extract<PlatformFrame, { frame: F }>;

/** A chain of facts, as a terminal's ledger holds it. */
export class Chain {
  readonly terminal: string;
  readonly epoch: string;
  readonly items: string[] = [];

  constructor(terminal = 'gate-1', epoch: string = randomUUID(), items: readonly string[] = []) {
    this.terminal = terminal;
    this.epoch = epoch;
    this.items.push(...items);
  }

  /** Another ledger that shares the first `count` facts with this one: a copy, or a backup that was put back. */
  fork(count: number): Chain {
    return new Chain(this.terminal, this.epoch, this.items.slice(0, count));
  }

  add(body: object = {}, over: object = {}): this {
    const at = new Date().toISOString();
    const stamp = { at, clock: 'synced', boot: 1, mono: 5_000 };
    const { terminal, epoch, last } = this;
    const numbered = { terminal, epoch, seq: last.seq + 1, prev: last.hash };
    const event = 'entry.granted';
    this.items.push(JSON.stringify({ ...numbered, ...stamp, event, subject: null, body, ...over }));
    return this;
  }

  get last(): { seq: number; hash: string } {
    const item = this.items.at(-1);
    const hash = item ? createHash('sha256').update(item).digest('hex') : '0'.repeat(64);
    return { seq: this.items.length, hash };
  }
}

export class BareTerminal {
  readonly socket: WebSocket;
  readonly frames: PlatformFrame[] = [];
  /** The close code, once the socket is closed. */
  readonly closed: Promise<number>;
  readonly #heard = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data) => {
      this.frames.push(PLATFORM_FRAME.parse(JSON.parse(String(data))));
      for (const look of this.#heard) look();
    });
    socket.on('error', () => {});
  }

  /** Resolves when the socket is open. `shown`: the client's key and certificates, PEM, for TLS. */
  static async connect(
    url: string,
    shown: { readonly key?: string; readonly cert?: string } = {},
    offered: readonly string[] = [SUBPROTOCOL],
  ): Promise<BareTerminal> {
    const options = { perMessageDeflate: false, rejectUnauthorized: false, ...shown };
    const socket = new WebSocket(url, [...offered], options);
    const terminal = new BareTerminal(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return terminal;
  }

  /** Connects, says hello for `chain`, and waits for the welcome. */
  static async greet(url: string, chain: Chain, over: object = {}): Promise<BareTerminal> {
    const terminal = await BareTerminal.connect(url);
    terminal.hello(chain, over);
    await terminal.next('welcome');
    return terminal;
  }

  /** The same as one that speaks what this version speaks. */
  static async greetNow(
    url: string,
    chain: Chain,
    over: object = {},
    offered: readonly string[] = SUBPROTOCOLS,
  ): Promise<BareTerminal> {
    const terminal = await BareTerminal.connect(url, {}, offered);
    terminal.hello(chain, over);
    await terminal.next('welcome');
    return terminal;
  }

  hello(chain: Chain, over: object = {}): void {
    const clock = { at: new Date().toISOString(), quality: 'synced', mono: 10_000 };
    const { terminal, epoch, last } = chain;
    const rest = { boot: 1, lists: [], software: 'bare', clock };
    this.send({ frame: 'hello', terminal, epoch, last, ...rest, ...over });
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  facts(from: number, items: readonly string[]): void {
    this.send({ frame: 'facts', from, items });
  }

  /** Sends the facts from `from` on, and answers how far the platform says it holds them. */
  async tell(chain: Chain, from = 1): Promise<number> {
    const seen = this.frames.length;
    this.facts(from, chain.items.slice(from - 1));
    return (await this.next('ack', seen)).upto;
  }

  get welcome(): FrameOf<'welcome'> {
    const found = this.frames.find((frame) => frame.frame === 'welcome');
    if (!found) throw new Error('there was no welcome');
    return found;
  }

  /** The first frame of this kind at or behind place `from` of what was received. */
  async next<F extends PlatformFrame['frame']>(frame: F, from = 0): Promise<FrameOf<F>> {
    const find = () => this.frames.slice(from).find((heard) => heard.frame === frame);
    await this.until(() => find() !== undefined, `a frame ${frame}`);
    return find() as FrameOf<F>;
  }

  async until(isTrue: () => boolean, what: string): Promise<void> {
    if (isTrue()) return;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${what} did not come`)), DEADLINE_MS);
      const look = () => {
        if (!isTrue()) return;
        clearTimeout(late);
        this.#heard.delete(look);
        resolve();
      };
      this.#heard.add(look);
    });
  }

  leave(): Promise<number> {
    this.socket.close(1000);
    return this.closed;
  }
}
