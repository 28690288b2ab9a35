/**
 * A network that carries websocket frames between terminals and a platform in one process, and does to them what networks do.
 * It stands in for `ws` in the tests beside this file: same events, same states, no bytes. What `ws` itself does with bytes is
 * other tests' matter.
 */

import { EventEmitter } from 'node:events';
import { SUBPROTOCOL_NOW } from '../../src/link/protocol.ts';
import type { Dice } from '../chaos/dice.ts';

/** Seen from the terminal. */
export type Direction = 'up' | 'down';

/**
 * - `free`
 * - `held`: what is sent waits, and comes when the way is free again, as TCP repeats it
 * - `void`: what is sent is gone, and nobody says so: a box in the middle forgot the connection, or the peer has no power
 */
export type Way = 'free' | 'held' | 'void';

/** What becomes of a frame. `garbled`: another program spoke; a bit that flips on the way ends the connection, for TLS notices. */
export const FATES = ['whole', 'lost', 'twice', 'late', 'garbled', 'cut'] as const;
export type Fate = (typeof FATES)[number];

/** Beyond it the operating system takes no more, and the sender keeps it. */
const KERNEL_BYTES = 65_536;
const LATE_MS = 1_500;
/** RFC 6455 7.4.1 and 7.1.5: no close frame came, or one without a code. */
const NO_CLOSE_FRAME = 1006;
const NO_CODE = 1005;

const lines = new Map<string, Line>();

/** Between one terminal and the platform. */
export class Line {
  readonly url: string;
  readonly ways: Record<Direction, Way> = { up: 'free', down: 'free' };
  delayMs = 5;
  jitterMs = 0;
  /** Nobody answers: connections are refused. */
  isDown = false;
  /** How many of 100 frames have another fate than `whole`. */
  harm = 0;
  /** The fate of the next frame of a direction. */
  readonly next: Partial<Record<Direction, Fate>> = {};
  /** When a connection was tried, ms. */
  readonly tries: number[] = [];
  /** Frames that were sent, by what they are. */
  readonly sent = new Map<string, number>();
  /** Takes the platform's end of a connection; null: there is no platform. */
  accept: ((end: End) => void) | null = null;
  readonly #dice: Dice;
  readonly #held: Record<Direction, (() => void)[]> = { up: [], down: [] };
  readonly #lastAt: Record<Direction, number> = { up: 0, down: 0 };
  readonly #wires = new Set<Wire>();

  constructor(url: string, dice: Dice) {
    this.url = url;
    this.#dice = dice;
    lines.set(url, this);
  }

  static to(url: string): Line {
    const line = lines.get(url);
    if (line === undefined) throw new Error(`there is no line to ${url}`);
    return line;
  }

  remove(): void {
    lines.delete(this.url);
  }

  set(direction: Direction, way: Way): void {
    this.ways[direction] = way;
    const due = this.#held[direction].splice(0);
    if (way === 'free') for (const arrive of due) this.carry(direction, arrive);
    else if (way === 'held') this.#held[direction].push(...due);
  }

  /** Everything is well again, and what was held comes. */
  mend(): void {
    this.set('up', 'free');
    this.set('down', 'free');
    Object.assign(this, { delayMs: 5, jitterMs: 0, isDown: false, harm: 0, next: {} });
    for (const direction of ['up', 'down'] as const) delete this.next[direction];
  }

  /** Resets every connection, and both sides hear of it. */
  cut(): void {
    for (const wire of [...this.#wires]) wire.cut();
  }

  /** The program at this end is gone. `silent`: the other one hears nothing, for the machine is gone, too. */
  kill(side: 'terminal' | 'platform', silent: boolean): void {
    for (const wire of [...this.#wires]) wire.kill(side, silent);
  }

  /** In order, after the delay. */
  carry(direction: Direction, arrive: () => void): void {
    const way = this.ways[direction];
    if (way === 'void') return;
    if (way === 'held') {
      this.#held[direction].push(arrive);
      return;
    }
    const now = performance.now();
    const delay = this.delayMs + this.jitterMs * this.#dice.next();
    const at = Math.max(now + delay, this.#lastAt[direction]);
    this.#lastAt[direction] = at;
    setTimeout(arrive, at - now);
  }

  fateOf(direction: Direction): Fate {
    const chosen = this.next[direction];
    delete this.next[direction];
    if (chosen !== undefined) return chosen;
    if (this.harm === 0 || this.#dice.next() * 100 >= this.harm) return 'whole';
    return this.#dice.pick(FATES);
  }

  garble(text: string): string {
    const at = Math.floor(this.#dice.next() * text.length);
    return this.#dice.pick([text.slice(0, at), `${text}}`, `[${text}]`, '{}', 'null', '']);
  }

  add(wire: Wire): void {
    this.#wires.add(wire);
  }

  drop(wire: Wire): void {
    this.#wires.delete(wire);
  }

  count(text: string): void {
    const kind = /^\{"frame":"(\w+)"/u.exec(text)?.[1] ?? 'other';
    this.sent.set(kind, (this.sent.get(kind) ?? 0) + 1);
  }
}

/** One connection. */
class Wire {
  readonly line: Line;
  readonly terminal: End;
  readonly platform: End;
  isCut = false;

  constructor(line: Line, terminal: End) {
    this.line = line;
    this.terminal = terminal;
    this.platform = new End(line, 'down');
    this.platform.wire = this;
    line.add(this);
  }

  /** The end that hears what is sent in this direction. */
  hears(direction: Direction): End {
    return direction === 'up' ? this.platform : this.terminal;
  }

  carry(direction: Direction, arrive: (end: End) => void): void {
    this.line.carry(direction, () => {
      const end = this.hears(direction);
      if (!this.isCut && !end.isDead) arrive(end);
    });
  }

  cut(): void {
    this.isCut = true;
    this.line.drop(this);
    for (const end of [this.platform, this.terminal]) end.fail('ECONNRESET');
  }

  /** Of one end: what was said is still on its way to the other one. */
  endOf(): void {
    const isOpen = ({ readyState }: End) => readyState === OPEN || readyState === CLOSING;
    if (!isOpen(this.platform) && this.terminal.readyState === CLOSED) this.line.drop(this);
  }

  kill(side: 'terminal' | 'platform', silent: boolean): void {
    const [gone, left] = [this[side], side === 'terminal' ? this.platform : this.terminal];
    gone.die();
    if (!silent) this.carry(gone.says, () => left.fail('ECONNRESET'));
  }
}

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3] as const;

/** What a program has in its hand of a connection: as much of `ws.WebSocket` as terminal and platform use. */
export class End extends EventEmitter {
  readonly protocol = SUBPROTOCOL_NOW;
  readonly says: Direction;
  readonly OPEN = OPEN;
  readyState: 0 | 1 | 2 | 3 = CONNECTING;
  bufferedAmount = 0;
  wire: Wire | null = null;
  /** Its program is gone: it says nothing and hears nothing. */
  isDead = false;
  readonly #line: Line;
  #kernel = 0;

  constructor(line: Line, says: Direction) {
    super();
    this.#line = line;
    this.says = says;
  }

  open(): void {
    if (this.readyState !== CONNECTING) return;
    this.readyState = OPEN;
    this.emit('open');
  }

  send(text: string, sent: (error?: Error) => void = () => {}): void {
    if (this.readyState === CONNECTING) throw new Error('not open yet');
    if (this.readyState !== OPEN) {
      queueMicrotask(() => sent(new Error('not open any more')));
      return;
    }
    if (this.isDead) return;
    this.#line.count(text);
    this.#carry(text);
    if (this.#line.ways[this.says] === 'free') this.#kernel = 0;
    else this.#kernel += text.length;
    this.bufferedAmount = Math.max(0, this.#kernel - KERNEL_BYTES);
    if (this.bufferedAmount === 0) queueMicrotask(() => sent());
  }

  close(code: number = NO_CODE, reason = ''): void {
    if (this.readyState === CLOSING || this.readyState === CLOSED) return;
    if (this.isDead || this.readyState === CONNECTING) {
      this.terminate();
      return;
    }
    this.readyState = CLOSING;
    this.wire?.carry(this.says, (peer) => peer.#hearClose(code, reason));
  }

  terminate(): void {
    if (this.readyState === CLOSED) return;
    if (this.readyState === CONNECTING && !this.isDead) {
      queueMicrotask(() => this.fail('closed before it was open'));
    } else queueMicrotask(() => this.#finish(NO_CLOSE_FRAME, ''));
    if (!this.isDead) this.wire?.carry(this.says, (peer) => peer.#finish(NO_CLOSE_FRAME, ''));
  }

  pause(): void {}

  /** Answered by the other end itself, in the order of what it says (RFC 6455 5.5.3). */
  ping(payload: string): void {
    if (this.readyState !== OPEN || this.isDead) return;
    this.wire?.carry(this.says, (peer) => peer.#hearPing(payload));
  }

  /** Its program does not wait for a peer any more. */
  die(): void {
    this.isDead = true;
    if (this.readyState === CONNECTING) this.fail('EPIPE');
    else if (this.readyState === CLOSING) this.#finish(NO_CLOSE_FRAME, '');
  }

  /** An error, as of the operating system, and the end. */
  fail(code: string): void {
    if (this.readyState === CLOSED) return;
    // The platform has not taken it yet: it is nobody's there.
    if (this.readyState === CONNECTING && this.says === 'down') return;
    this.emit('error', Object.assign(new Error(code), { code }));
    this.#finish(NO_CLOSE_FRAME, '');
  }

  #carry(text: string): void {
    const { wire } = this;
    if (wire === null) return;
    const arrive = (what: string) => (peer: End) => peer.#hear(what);
    switch (this.#line.fateOf(this.says)) {
      case 'lost':
        return;
      case 'twice':
        wire.carry(this.says, arrive(text));
        break;
      case 'late':
        // Behind whatever follows it.
        setTimeout(() => wire.carry(this.says, arrive(text)), LATE_MS);
        return;
      case 'garbled':
        wire.carry(this.says, arrive(this.#line.garble(text)));
        return;
      case 'cut':
        queueMicrotask(() => wire.cut());
        return;
      case 'whole':
    }
    wire.carry(this.says, arrive(text));
  }

  #hear(text: string): void {
    if (this.readyState === OPEN || this.readyState === CLOSING) {
      this.emit('message', Buffer.from(text), false);
    }
  }

  #hearPing(payload: string): void {
    if (this.readyState !== OPEN) return;
    this.wire?.carry(this.says, (peer) => peer.emit('pong', Buffer.from(payload)));
  }

  #hearClose(code: number, reason: string): void {
    if (this.readyState === OPEN) {
      this.readyState = CLOSING;
      this.wire?.carry(this.says, (peer) => peer.#finish(code, reason));
    }
    this.#finish(code, reason);
  }

  #finish(code: number, reason: string): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.wire?.endOf();
    this.emit('close', code, Buffer.from(reason));
  }
}

/** The terminal's end, made as `ws` makes it. */
export class WebSocket extends End {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;

  constructor(url: string) {
    const line = Line.to(url);
    super(line, 'up');
    line.tries.push(performance.now());
    const wire = new Wire(line, this);
    this.wire = wire;
    const { accept } = line;
    if (accept === null || line.isDown) {
      setTimeout(() => this.fail('ECONNREFUSED'), line.delayMs);
      return;
    }
    wire.carry('up', (end) => {
      if (line.accept === null) {
        wire.cut();
        return;
      }
      end.readyState = OPEN;
      // Also where the terminal does not wait any more: the platform does not know that yet.
      line.add(wire);
      line.accept(end);
      wire.carry('down', (own) => own.open());
    });
  }
}
