/**
 * A platform made by hand for the link's tests: it signs as the real one does, and every answer can
 * be replaced. What it holds of facts is kept as the protocol asks: contiguous, chained, discarded
 * when repeated.
 */

import { createHash, hash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import type { Fact } from '../../src/domain/fact.ts';
import {
  encodeChunk,
  type Head,
  type PlatformFrame,
  SUBPROTOCOL,
  TERMINAL_FRAME,
  type TerminalFrame,
} from '../../src/link/protocol.ts';
import { LIST, tempFolder } from './fixtures.ts';

export const LIST_KEY = Buffer.alloc(32, 7);
const HOUR = 3_600_000;

type Hello = Extract<TerminalFrame, { frame: 'hello' }>;
type Welcome = Extract<PlatformFrame, { frame: 'welcome' }>;

export interface Published {
  readonly manifest: EntryListManifest;
  /** SHA-256 of the signed manifest. */
  readonly object: string;
  readonly head: Head;
}

export class FakePlatform {
  readonly keys: PlatformKeys;
  /** By hash; a test may put other bytes under a hash. */
  readonly objects = new Map<string, Buffer>();
  /** Hashes that were asked for, in order. */
  readonly requests: string[] = [];
  readonly frames: TerminalFrame[] = [];
  readonly hellos: Hello[] = [];
  /** Close codes of the terminals' sockets. */
  readonly closed: number[] = [];
  /** The facts that are held, in order. */
  readonly facts: string[] = [];
  repeated = 0;
  beatMs = 10_000;
  credit: Welcome['credit'] = { batch: 50, bytes: 262_144, inflight: 4 };
  welcome: Partial<Welcome> | null = {};
  beats = true;
  sendsRoots = true;
  /** True: the frame has been dealt with. */
  onFrame: (frame: TerminalFrame, socket: WebSocket) => boolean = () => false;
  /** True: the request has been dealt with. */
  onObject: (sha256: string, response: ServerResponse) => boolean = () => false;
  onHello: (socket: WebSocket) => void = () => {};

  readonly #sockets = new Set<WebSocket>();
  readonly #connections = new Set<Socket>();
  readonly #upgraded = new Set<Duplex>();
  #server: Server | null = null;
  #port = 0;

  private constructor(keys: PlatformKeys) {
    this.keys = keys;
  }

  static async start(keys?: PlatformKeys): Promise<FakePlatform> {
    const made = keys ?? (await PlatformKeys.openOrCreate(tempFolder()));
    const platform = await FakePlatform.open(made, 0);
    onTestFinished(() => platform.stop());
    return platform;
  }

  /** Whoever opens it stops it. `port`: that of a platform that was there before. */
  static async open(keys: PlatformKeys, port: number): Promise<FakePlatform> {
    const platform = new FakePlatform(keys);
    platform.#port = port;
    await platform.listen();
    return platform;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/terminals`;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const sha256 = request.url?.replace('/objects/', '') ?? '';
      this.requests.push(sha256);
      if (!this.onObject(sha256, response)) this.#serve(sha256, response);
    });
    server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    server.on('upgrade', (_request, socket) => {
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
    });
    const sockets = new WebSocketServer({ server, handleProtocols: () => SUBPROTOCOL });
    sockets.on('connection', (socket) => this.#accept(socket));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** As a process that is killed: every connection is reset. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const stopped = new Promise((resolve) => server.close(resolve));
    this.cut();
    await stopped;
  }

  cut(): void {
    for (const socket of this.#connections) socket.resetAndDestroy();
  }

  /** Stops reading and writing without closing: a cable that was pulled. */
  freeze(): void {
    this.beats = false;
    for (const socket of this.#sockets) socket.pause();
  }

  send(frame: PlatformFrame | string): void {
    const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
    for (const socket of this.#sockets) socket.send(text);
  }

  /** Bytes that `ws` would not send. */
  sendRaw(bytes: Uint8Array): void {
    for (const socket of this.#upgraded) socket.write(bytes);
  }

  closeSockets(code: number): void {
    for (const socket of this.#sockets) socket.close(code);
  }

  /**
   * Signs a list and makes its objects; `change` is applied to the manifest before it is signed.
   */
  async publish(
    version: number,
    change: Partial<EntryListManifest> = {},
    chunks: readonly Buffer[] = chunksOf(version),
  ): Promise<Published> {
    const hashes = chunks.map((chunk) => this.put(chunk));
    const root = createHash('sha256');
    for (const chunk of hashes) root.update(chunk, 'hex');
    const manifest: EntryListManifest = {
      kind: 'entry-list',
      list: LIST,
      title: 'スタジアム',
      version,
      root: root.digest('hex'),
      rows: 100,
      chunks: hashes,
      issuedAt: iso(-60_000),
      validFrom: iso(-HOUR),
      validTo: iso(24 * HOUR),
      assurance: 'identified',
      staleness: { oldAfterHours: 24, tooOldAfterHours: 72, whenTooOld: 'admit' },
      audience: [],
      place: '東ゲート',
      startsAt: null,
      ...change,
    };
    const object = this.put(await this.keys.sign('entry-list', json(manifest)));
    return { manifest, object, head: headOf(manifest, object) };
  }

  put(bytes: Buffer): string {
    const name = hash('sha256', bytes);
    this.objects.set(name, bytes);
    return name;
  }

  async frameOf(head: Head, keys: PlatformKeys = this.keys): Promise<PlatformFrame> {
    const statement = (await keys.sign('head', json(head))).toString('base64');
    if (head.of === 'trust') return { frame: 'head', statement };
    return { frame: 'head', statement, key: LIST_KEY.toString('base64') };
  }

  async sendHead(head: Head): Promise<void> {
    this.send(await this.frameOf(head));
  }

  #serve(sha256: string, response: ServerResponse): void {
    const bytes = this.objects.get(sha256);
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  }

  #accept(socket: WebSocket): void {
    this.#sockets.add(socket);
    const timer = setInterval(() => {
      if (this.beats) socket.send(JSON.stringify({ frame: 'beat', now: iso(0) }));
    }, this.beatMs);
    socket.on('close', (code) => {
      clearInterval(timer);
      this.closed.push(code);
      this.#sockets.delete(socket);
    });
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const frame = TERMINAL_FRAME.parse(JSON.parse(data.toString()));
      this.frames.push(frame);
      if (this.onFrame(frame, socket)) return;
      if (frame.frame === 'hello') this.#welcome(frame, socket);
      if (frame.frame === 'facts') {
        socket.send(JSON.stringify(this.store(frame.from, frame.items)));
      }
    });
  }

  #welcome(hello: Hello, socket: WebSocket): void {
    this.hellos.push(hello);
    if (this.welcome === null) return;
    const welcome: Welcome = {
      frame: 'welcome',
      now: iso(0),
      platform: this.keys.caCertificate.toString('base64'),
      upto: this.facts.length,
      credit: this.credit,
      beatMs: this.beatMs,
      ...this.welcome,
    };
    socket.send(JSON.stringify(welcome));
    if (this.sendsRoots) this.#sendRoots(hello, socket);
    this.onHello(socket);
  }

  #sendRoots({ root }: Hello, socket: WebSocket): void {
    const statements = this.keys.roots.slice(root).map((each) => each.toString('base64'));
    if (statements.length > 0) socket.send(JSON.stringify({ frame: 'root', statements }));
  }

  /** Keeps what continues the chain, discards what is known, and throws on a fork. */
  store(from: number, items: readonly string[]): PlatformFrame {
    if (from > this.facts.length + 1) return { frame: 'gap', upto: this.facts.length };
    for (const [index, text] of items.entries()) {
      const seq = from + index;
      const held = this.facts[seq - 1];
      if (held !== undefined) {
        if (held !== text) throw new Error(`another fact ${seq}`);
        this.repeated += 1;
        continue;
      }
      const fact: Fact = JSON.parse(text);
      const last = this.facts.at(-1);
      const prev = last === undefined ? '0'.repeat(64) : hash('sha256', last);
      if (fact.seq !== seq || fact.prev !== prev) throw new Error(`fact ${seq} breaks the chain`);
      this.facts.push(text);
    }
    return { frame: 'ack', upto: this.facts.length };
  }
}

/** 100 rows in 10 chunks; of two versions, only the first chunk differs. */
export function chunksOf(version: number): Buffer[] {
  return Array.from({ length: 10 }, (_, n) => {
    const content = n === 0 ? version : 0;
    const rows = Array.from({ length: 10 }, (_, m) => ({
      key: Buffer.alloc(32, n * 10 + m),
      ref: Buffer.alloc(16, m),
      sealed: Buffer.alloc(60, content),
    }));
    return encodeChunk(rows);
  });
}

export function headOf(
  { list, version, root }: { list: string; version: number; root: string },
  object: string,
): Head {
  return {
    kind: 'head',
    of: list === 'trust' || list === 'institution' ? list : 'entry-list',
    list,
    version,
    root,
    manifest: object,
    at: iso(-1_000),
    expires: iso(HOUR),
  };
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Now and so many milliseconds. */
export function iso(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
