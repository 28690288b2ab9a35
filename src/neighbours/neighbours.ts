/**
 * The gates of one venue, as this one hears them: who calls and who is called, one socket for each, and what goes from one to
 * the others. Nothing here is ever waited for by a tap.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { reconnectDelay } from '../domain/back-off.ts';
import type { EventName } from '../domain/events.ts';
import type { Fact } from '../domain/fact.ts';
import type { TerminalIdentity } from '../link/identity.ts';
import { codeOf, isStorageFailure } from '../store/disk.ts';
import type { Heard, HeldTerminal, Stream } from '../store/heard.ts';
import type { Ledger } from '../store/ledger.ts';
import { Belief, type Circle, type Disbelief } from './belief.ts';
import { type Address, Dialler, type Ended } from './dialler.ts';
import { Exchange, type SharedMarks } from './exchange.ts';
import { Listener } from './listener.ts';
import {
  judgeNeighbour,
  type NeighbourFault,
  type TerminalCertificate,
} from './neighbour-certificate.ts';
import { OwnFacts } from './own-facts.ts';
import { CLOSE, type FactsFrame, type Hello, LISTS_ONLY } from './protocol.ts';
import { NeighbourSocket } from './socket.ts';
import { Telling } from './telling.ts';
import { isOfShelter } from './told-facts.ts';

export interface NeighboursParts {
  readonly terminal: string;
  /** Where others call; null: nowhere. */
  readonly listen: Address | null;
  /** Whom this one calls. */
  readonly gates: readonly Address[];
  /** The lists that this gate serves, or the shelter that this reader is of (`shelterTopic`). */
  readonly lists: readonly string[];
  /** Those that it will serve again: what was heard of them stays, and nothing is told of them. */
  readonly keeps?: readonly string[];
  readonly software: string;
  readonly identity: Pick<TerminalIdentity, 'neighbourCredentials' | 'signing'>;
  /** DER of the pinned CA's certificate. */
  readonly ca: () => Buffer | null;
  readonly clock: Pick<Clock, 'now' | 'quality'>;
  readonly manifestOf: (list: string) => Circle | null;
  /** Null: of no shelter. */
  readonly marks: SharedMarks | null;
  readonly ledger: Ledger;
  readonly heard: Heard;
  readonly note: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  /** Default: as the protocol says. */
  readonly beatMs?: number;
}

export interface NeighboursLevel {
  readonly heard: readonly string[];
  /** Since when nobody is, ms since the epoch; null while somebody is. */
  readonly silentSince: number | null;
  /** Of whom nothing more is believed. */
  readonly held: readonly HeldTerminal[];
}

/** What one gate heard it tells the others a little later: most of them have it from the gate itself by then. */
const SAY_MS = 200;
const RELAY_MS = 500;
const LOOK_MS = 2_000;
const STOP_MS = 2_000;
const ADDRESSES_MAX = 64;

interface Neighbour {
  readonly socket: NeighbourSocket;
  readonly exchange: Exchange;
  readonly instance: string;
  readonly isDialled: boolean;
}

export class Neighbours {
  readonly #parts: NeighboursParts;
  readonly #instance = randomUUID();
  readonly #belief: Belief;
  readonly #telling: Telling;
  readonly #own: OwnFacts;
  readonly #heard = new Map<string, Neighbour>();
  readonly #sockets = new Set<NeighbourSocket>();
  readonly #diallers = new Map<string, Dialler>();
  readonly #changed = new Map<string, Stream>();
  readonly #looking: NodeJS.Timeout;
  #told: readonly string[];
  #listener: Listener | null = null;
  #opening: Promise<void> = Promise.resolve();
  #listening: NodeJS.Timeout | null = null;
  #saying: NodeJS.Timeout | null = null;
  #relaying: NodeJS.Timeout | null = null;
  #silentSince: number;
  #held: readonly string[];
  #isOver = false;

  constructor(parts: NeighboursParts) {
    this.#parts = parts;
    const { heard, ledger, note } = parts;
    this.#silentSince = parts.clock.now();
    this.#held = heard.held.map(({ terminal }) => terminal);
    this.#forgetOver();
    this.#telling = new Telling(ledger, note);
    this.#belief = new Belief({ ...parts, hashOf: (seq) => ledger.hashOf(seq) });
    this.#told = this.#toldNow();
    this.#own = new OwnFacts({
      ...parts,
      isTold: (list) => this.#told.includes(list),
      onTold: () => this.#tell('own'),
      onUnsigned: (reason) => note('neighbours.unavailable', { reason }),
    });
    this.#looking = setInterval(() => this.#lookAgain(), LOOK_MS);
    for (const address of parts.gates) this.call(address);
    if (parts.listen === null) note('neighbours.ready', {});
    else this.#listen(parts.listen, 0);
  }

  /**
   * One more address: nothing is believed because of where it came from. `isFound`: on the network, where anybody can say so;
   * it is tried once each time that it is.
   */
  call(address: Address, { isFound = false } = {}): void {
    const key = `${address.host}:${address.port}`;
    if (this.#isOver || this.#diallers.has(key) || this.#diallers.size >= ADDRESSES_MAX) return;
    const dialler = new Dialler({
      address,
      credentials: () => this.#parts.identity.neighbourCredentials(),
      judge: (shown) => this.#judge(shown),
      onNeighbour: (socket, who) => this.#greet(socket, who, true),
      onRefused: (fault) => this.#telling.refused(null, fault),
      onGivenUp: isFound ? () => void this.#diallers.delete(key) : null,
    });
    this.#diallers.set(key, dialler);
  }

  level(): NeighboursLevel {
    return {
      heard: [...this.#heard.keys()],
      silentSince: this.#heard.size > 0 ? null : this.#silentSince,
      held: this.#parts.heard.held,
    };
  }

  /** Of the listener; null while there is none. */
  get port(): number | null {
    return this.#listener?.port ?? null;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#looking);
    for (const timer of [this.#listening, this.#saying, this.#relaying]) {
      if (timer !== null) clearTimeout(timer);
    }
    for (const socket of [...this.#sockets]) socket.end(CLOSE.ending, 'stopped');
    const ended = [...this.#diallers.values()].map((dialler) => dialler.stop());
    const all = Promise.all([...ended, this.#opening, this.#own.stop()]);
    // A token may take long to say that it is gone; what still waits for it does nothing any more.
    const limit = new AbortController();
    await Promise.race([all, delay(STOP_MS, null, limit).catch(() => {})]);
    limit.abort();
    await this.#listener?.close();
  }

  #listen(address: Address, failures: number): void {
    this.#opening = this.#open(address).catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      const reason = 'code' in error ? String(error.code) : error.message;
      if (failures === 0) this.#parts.note('neighbours.unavailable', { reason });
      if (this.#isOver) return;
      const again = () => this.#listen(address, failures + 1);
      this.#listening = setTimeout(again, reconnectDelay(failures + 1));
    });
  }

  async #open({ host, port }: Address): Promise<void> {
    const credentials = await this.#parts.identity.neighbourCredentials();
    if (this.#isOver) return;
    this.#listener = await Listener.open({
      host: host.replace(/^\[|\]$/gu, ''),
      port,
      credentials,
      judge: (shown) => this.#judge(shown),
      onNeighbour: (socket, who) => void this.#greet(socket, who, false),
      onRefused: (fault) => this.#telling.refused(null, fault),
    });
    this.#parts.note('neighbours.ready', { port: this.port });
  }

  #judge(shown: { own: Buffer; issuer: Buffer | null }): TerminalCertificate | NeighbourFault {
    const { ca, clock, lists } = this.#parts;
    const pinned = ca();
    if (pinned === null) return 'another-platform';
    // A shelter is alone for weeks, and a reader of it that has a wrong clock, or whose certificate is over, is one of it still.
    const isDated = clock.quality() !== 'unset' && !lists.some(isOfShelter);
    const now = isDated ? clock.now() : null;
    return judgeNeighbour(shown, { ca: pinned, now });
  }

  /** Resolves when the socket is over. */
  #greet(
    websocket: WebSocket,
    { terminal }: TerminalCertificate,
    isDialled: boolean,
  ): Promise<Ended> {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const { terminal: own, software } = this.#parts;
    const instance = this.#instance;
    const isOld = websocket.protocol === LISTS_ONLY;
    const lists = this.#parts.lists.filter((list) => !isOld || !isOfShelter(list));
    const hello: Hello = { frame: 'hello', terminal: own, instance, lists, software };
    let neighbour: Neighbour | null = null;
    let isSelf = false;
    const { beatMs } = this.#parts;
    const socket = new NeighbourSocket(
      websocket,
      { hello, beatMs },
      {
        onHello: (said) => {
          isSelf = said.terminal === own && said.instance === instance;
          neighbour = this.#welcome(socket, said, terminal, isDialled);
        },
        onFrame: (frame) => neighbour?.exchange.hear(frame),
        onBeat: () => neighbour?.exchange.look(),
        onLost: (reason, code) => {
          this.#sockets.delete(socket);
          if (neighbour !== null && this.#heard.get(terminal) === neighbour) {
            this.#heard.delete(terminal);
            this.#silentSince = this.#parts.clock.now();
            this.#parts.note('neighbour.down', { neighbour: terminal, reason, code });
          }
          const isReplaced = code === CLOSE.replaced;
          resolve({ isSelf, replacedBy: isReplaced ? () => this.#heard.has(terminal) : null });
        },
      },
    );
    this.#sockets.add(socket);
    if (this.#isOver) socket.end(CLOSE.ending, 'stopped');
    return promise;
  }

  /** Null when nothing more is said to it. */
  #welcome(
    socket: NeighbourSocket,
    said: Hello,
    name: string,
    isDialled: boolean,
  ): Neighbour | null {
    const { terminal: own, lists, heard, marks } = this.#parts;
    if (said.terminal !== name || name === own) {
      if (said.instance !== this.#instance) this.#telling.refused(name, 'another-name');
      socket.end(CLOSE.identity, 'identity');
      return null;
    }
    const before = this.#heard.get(name);
    if (before !== undefined && !this.#replaces(before, said, name, isDialled)) {
      socket.end(CLOSE.replaced, 'replaced');
      return null;
    }
    const exchange = new Exchange({
      terminal: own,
      lists: lists.filter((list) => said.lists.includes(list)),
      heard,
      belief: this.#belief,
      isShared: (list) => this.#isFor(list, name),
      send: (frame) => socket.send(frame),
      hasRoom: () => socket.hasRoom,
      onFacts: (facts, stream) => this.#spread(facts, stream),
      onDisbelief: (why, frame) => this.#disbelieve(socket, name, why, frame),
      onHeld: (terminal, why) => {
        this.#telling.held(terminal, why);
        this.#lookAtHeld();
      },
      ...{ marks, onMarks: (keys) => this.#takeMarks(name, keys) },
    });
    const neighbour = { socket, exchange, instance: said.instance, isDialled };
    this.#heard.set(name, neighbour);
    before?.socket.end(CLOSE.replaced, 'replaced');
    if (before === undefined) this.#parts.note('neighbour.up', { neighbour: name });
    return neighbour;
  }

  /**
   * The newest socket counts. Of two that were opened at the same time, one by each gate, both gates keep the same one: that
   * of the gate whose name comes first.
   */
  #replaces(before: Neighbour, said: Hello, name: string, isDialled: boolean): boolean {
    if (before.instance !== said.instance || before.isDialled === isDialled) return true;
    return isDialled === this.#parts.terminal < name;
  }

  #disbelieve(socket: NeighbourSocket, name: string, why: Disbelief, frame: FactsFrame): void {
    if (why.kind === 'offence') socket.end(CLOSE.identity, why.why);
    this.#telling.disbelieved(name, frame.terminal, why);
  }

  /** Whoever has them knows each other's marks from now on; handed on until nobody learns of any more. */
  #takeMarks(neighbour: string, keys: readonly string[]): void {
    const { heard, marks, note } = this.#parts;
    if (marks === null || heard.isHeld(neighbour) || !marks.take(keys)) return;
    note('neighbour.marks-shared', { neighbour });
    for (const { exchange } of this.#heard.values()) exchange.sayMarks();
  }

  /** To be handed on. */
  #spread(facts: readonly Fact[], stream: Stream): void {
    this.#parts.heard.announce(facts);
    this.#telling.doubled(facts, this.#parts.manifestOf(stream.list)?.reentry);
    this.#changed.set(`${stream.list} ${stream.terminal} ${stream.epoch}`, stream);
    this.#saying ??= setTimeout(() => {
      this.#saying = null;
      const streams = [...this.#changed.values()];
      this.#changed.clear();
      for (const { exchange } of this.#heard.values()) exchange.say(streams);
    }, SAY_MS);
    this.#relaying ??= setTimeout(() => {
      this.#relaying = null;
      this.#tell('all');
    }, RELAY_MS);
  }

  #tell(which: 'own' | 'all'): void {
    for (const { exchange } of this.#heard.values()) exchange.tell(which);
  }

  /** A list has come, or is over. Cheap, where neither is so. */
  look(): void {
    const told = this.#toldNow();
    const isMore = told.some((list) => !this.#told.includes(list));
    const isLess = this.#told.some((list) => !told.includes(list));
    this.#told = told;
    if (isLess) this.#forgetOver();
    if (!isMore) return;
    this.#own.lookAtAll();
    for (const { exchange } of this.#heard.values()) exchange.look();
  }

  /** What nobody tells: time goes by, staff releases a gate, the key that speaks TLS is a day old. */
  #lookAgain(): void {
    this.look();
    this.#lookAtHeld();
    const listener = this.#listener;
    if (listener === null) return;
    this.#parts.identity.neighbourCredentials().then(
      (credentials) => listener.show(credentials),
      // The key store is gone for now: what is shown is good for hours yet.
      () => {},
    );
  }

  /** Lists that are over, and those that this gate does not serve any more. */
  #forgetOver(): void {
    const { heard, lists, keeps = [] } = this.#parts;
    try {
      heard.keepOnly([...keeps, ...lists.filter((list) => !this.#isOverFor(list))]);
    } catch (error) {
      // Next time: what is kept of them is asked for by nobody.
      const code = codeOf(error);
      if (!code.startsWith('SQLITE_')) throw error;
      if (!isStorageFailure(error)) heard.breakOff(code);
    }
  }

  /** Staff releases one from another process. */
  #lookAtHeld(): void {
    const { heard, note } = this.#parts;
    const held = heard.held.map(({ terminal }) => terminal);
    for (const neighbour of this.#held.filter((each) => !held.includes(each))) {
      note('neighbour.released', { neighbour, ...heard.releaseOf(neighbour) });
    }
    this.#held = held;
  }

  #toldNow(): string[] {
    return this.#parts.lists.filter((list) => this.#manifestNow(list) !== null);
  }

  #isFor(list: string, name: string): boolean {
    const { audience } = this.#manifestNow(list) ?? { audience: null };
    return audience !== null && (audience.length === 0 || audience.includes(name));
  }

  #manifestNow(list: string): Circle | null {
    return this.#isOverFor(list) ? null : this.#parts.manifestOf(list);
  }

  #isOverFor(list: string): boolean {
    const manifest = this.#parts.manifestOf(list);
    return manifest !== null && this.#parts.clock.now() >= Date.parse(manifest.validTo);
  }
}
