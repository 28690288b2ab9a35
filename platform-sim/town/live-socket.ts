/** One page of a clerk: told what has changed, and only while its session lasts. */

import type { WebSocket } from 'ws';
import { CLOSE, heardFrom, tellPage } from '../pages/page-socket.ts';
import type { AccessLog } from './access-log.ts';
import { ClerkDesk, refusalIn } from './clerk-desk.ts';
import type { Entrance, Visitor } from './entrance.ts';
import { SIGNED_OUT, type ToTownPage, type TownState } from './messages.ts';
import { FROM_TOWN_PAGE, type TownRequest } from './requests.ts';
import type { Town, TownChange } from './town.ts';

/** A page that sends without waiting for answers. */
const ASKED_AT_ONCE_MAX = 8;
/** However much happens, a page is told no more often than this. */
const TOLD_EVERY_MS = 150;

export interface LiveSocketParts {
  readonly town: Town;
  readonly log: AccessLog;
  readonly entrance: Entrance;
  readonly token: string;
  readonly idle: TownState['idle'];
  readonly now: () => number;
  readonly onEnd: () => void;
}

/** A union keeps its members apart when one key is left out. */
type Unnumbered = ToTownPage extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'n'>
    : never
  : never;

export class LiveSocket {
  readonly #socket: WebSocket;
  readonly #parts: LiveSocketParts;
  readonly #desk: ClerkDesk;
  #sent = 0;
  #asked = 0;
  #waiting: NodeJS.Timeout | null = null;
  #pending: TownChange = { parts: {}, lists: false };
  #isWarned = false;

  constructor(socket: WebSocket, parts: LiveSocketParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#desk = new ClerkDesk(parts.town, parts.log, parts.now);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      if (this.#waiting !== null) clearTimeout(this.#waiting);
      parts.onEnd();
    });
    socket.on('message', (data, isBinary) => this.#hear(isBinary ? null : String(data)));
  }

  /** Tells everything, once. */
  welcome(): void {
    const { town, idle } = this.#parts;
    const visitor = this.checkSession();
    if (visitor === null) return;
    this.#send({
      type: 'state',
      now: this.#parts.now(),
      parts: { ...town.shared, clerk: visitor.clerk, idle },
    });
  }

  tell({ parts, lists }: TownChange): void {
    const { parts: waiting, lists: isWaiting } = this.#pending;
    this.#pending = { parts: { ...waiting, ...parts }, lists: lists || isWaiting };
    this.#waiting ??= setTimeout(() => this.#flush(), TOLD_EVERY_MS);
  }

  /** Null, and the page is let go, when nobody is signed in any more. */
  checkSession(): Visitor | null {
    const { entrance, token, idle, now } = this.#parts;
    const visitor = entrance.visitorBy(token);
    if (visitor === null) {
      this.#socket.close(SIGNED_OUT, 'signed out');
      return null;
    }
    const leftMs = visitor.session.endsAt - now();
    if (leftMs <= idle.warnMs && !this.#isWarned) this.#send({ type: 'idle', leftMs });
    this.#isWarned = leftMs <= idle.warnMs;
    return visitor;
  }

  end(): void {
    this.#socket.close(CLOSE.goingAway);
  }

  #flush(): void {
    this.#waiting = null;
    const visitor = this.checkSession();
    if (visitor === null) return;
    const { parts, lists } = this.#pending;
    this.#pending = { parts: {}, lists: false };
    this.#send({ type: 'state', now: this.#parts.now(), parts });
    if (lists) this.#sendRows(visitor);
  }

  #sendRows({ clerk }: Visitor): void {
    const rows = this.#desk.rows(clerk);
    if (rows !== null) this.#send({ type: 'rows', ...rows });
  }

  #hear(text: string | null): void {
    const asked = text === null ? null : heardFrom(FROM_TOWN_PAGE, text);
    if (asked === null || this.#asked >= ASKED_AT_ONCE_MAX) {
      this.#socket.close(asked === null ? CLOSE.wrongData : CLOSE.tryLater);
      return;
    }
    const visitor = this.checkSession();
    if (visitor === null) return;
    this.#parts.entrance.keep(visitor);
    this.#isWarned = false;
    this.#asked += 1;
    void this.#answer(asked.id, asked.request, visitor).finally(() => {
      this.#asked -= 1;
    });
  }

  async #answer(id: number, request: TownRequest, visitor: Visitor): Promise<void> {
    try {
      const answer = await this.#desk.answer(request, visitor.clerk);
      this.#send({ type: 'done', id, answer });
      if (request.do === 'view') this.#sendRows(visitor);
    } catch (error) {
      const why = refusalIn(error);
      if (why === null) throw error;
      this.#send({ type: 'failed', id, why });
    }
  }

  #send(message: Unnumbered): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    this.#sent += 1;
    tellPage<ToTownPage>(socket, { n: this.#sent, ...message });
  }
}
