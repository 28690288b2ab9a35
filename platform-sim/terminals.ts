/** The terminals that are connected: one session a socket, every frame checked, the newest socket of each wins. */

import { WebSocket } from 'ws';
import { CLOSE, type PlatformFrame, type TerminalFrame } from '../src/link/protocol.ts';
import { areasOf, type TellAlerts } from './alerts/telling.ts';
import { CREDIT } from './back-pressure.ts';
import type { ClientIdentity } from './client-identity.ts';
import { ClockNotes } from './clock-sounding.ts';
import type { FactLog, Suspicion, Taken, Told, Welcomed } from './fact-log.ts';
import type { FanOut, Poke } from './fan-out.ts';
import { storageFailureOf } from './full-disk.ts';
import { type Heads, isFor, type ListHead, wrappedFrame } from './heads.ts';
import { Intake } from './intake.ts';
import type { LinkParts, PlatformLog, TellCommands } from './link-parts.ts';
import type { TerminalQuestions } from './questions.ts';
import type { PlatformKeys } from './signing.ts';
import { inSlices } from './slices.ts';
import { parseFrame, rootFrames } from './terminal-frames.ts';
import type { TerminalRegistry } from './terminal-registry.ts';
import {
  COME_AGAIN,
  endSession,
  type Hello,
  helloFault,
  isCopied,
  isTwin,
  knowsSlow,
  type LinkSettings,
  Openings,
  type Plan,
  placeOf,
  putOff,
  type Said,
  type Session,
  sessionOf,
  signersOf,
  who,
} from './terminal-session.ts';

export type { PlatformLog, TellCommands } from './link-parts.ts';

/** A client that doesn't read gets no more than this kept for it. */
const BUFFERED_BYTES_MAX = 1_048_576;
const MISSED_BEATS_MAX = 2;
/** RFC 6455 7.4.1: the server is going away. */
const GOING_AWAY = 1001;

type Ask = Extract<TerminalFrame, { frame: 'ask' }>;
type Facts = Extract<TerminalFrame, { frame: 'facts' }>;

export class TerminalLinks {
  readonly #facts: FactLog;
  readonly #fanOut: FanOut;
  readonly #heads: Heads;
  readonly #keys: PlatformKeys;
  readonly #terminals: TerminalRegistry;
  readonly #questions: TerminalQuestions;
  readonly #settings: LinkSettings;
  readonly #commands: TellCommands;
  readonly #alerts: TellAlerts;
  readonly #log: PlatformLog;
  readonly #sessions = new Set<Session>();
  readonly #openings = new Openings();
  readonly #newest = new Map<string, Session>();
  readonly #clocks: ClockNotes;
  readonly #intake = new Intake<Said>((said) => {
    this.#taking = this.#taking.then(() => this.#takeUp(said));
  });
  /** What was said is taken up in the order in which it came. */
  #taking: Promise<void> = Promise.resolve();
  readonly #beat: NodeJS.Timeout;
  #beating: Promise<void> | null = null;
  #closing = false;

  constructor(parts: LinkParts, settings: LinkSettings) {
    this.#facts = parts.facts;
    this.#fanOut = parts.fanOut;
    this.#clocks = new ClockNotes(parts.facts);
    this.#heads = parts.heads;
    this.#keys = parts.keys;
    this.#commands = parts.commands;
    this.#alerts = parts.tellAlerts;
    this.#terminals = parts.terminals;
    this.#questions = parts.questions;
    this.#log = parts.log;
    this.#settings = settings;
    this.#beat = setInterval(() => {
      this.#beating ??= this.#beatAll().finally(() => {
        this.#beating = null;
      });
    }, settings.beatMs);
  }

  /** Takes over a socket that has just been opened; `client`: who is at its other end, where that is known. */
  accept(socket: WebSocket, client: ClientIdentity | null): void {
    if (this.#closing) {
      socket.terminate();
      return;
    }
    if (this.#sessions.size >= this.#settings.sessionsMax) {
      this.#log('terminal.put-off', {});
      putOff(socket);
      return;
    }
    const session = sessionOf(socket, client, this.#settings.slowMs);
    this.#sessions.add(session);
    const helloTimer = setTimeout(
      () => this.#refuse(session, 'no hello in time'),
      this.#settings.helloMs,
    );
    socket.on('message', (data: Buffer, isBinary) => {
      session.missed = 0;
      // The first frame is a hello, or the last.
      clearTimeout(helloTimer);
      if (session.ended) return;
      const frame = isBinary ? 'binary frame' : parseFrame(data);
      this.#intake.add({ session, frame }, data.length);
    });
    // ws closes the socket itself after an error of the websocket layer (RFC 6455 7.1.7); 'close' follows.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#log('frame.refused', { ...who(session), detail: error.code ?? error.name });
    });
    socket.on('close', (code) => {
      clearTimeout(helloTimer);
      // What it said before counts.
      this.#intake.drain();
      this.#sessions.delete(session);
      session.unsubscribe?.();
      const terminal = session.hello?.terminal;
      if (terminal && this.#newest.get(terminal) === session) this.#newest.delete(terminal);
      this.#log('terminal.closed', { ...who(session), code });
    });
  }

  /** Looks again at what there is news of. */
  #hear(session: Session, hello: Hello, poke: Poke): void {
    if (session.ended) return;
    if (poke.about === 'roots') this.#sendRoots(session, poke.after);
    else if (poke.about === 'commands') this.#sendCommands(session, hello, poke.after);
    else if (poke.about === 'alerts') this.#sendAlerts(session, poke.after);
    else if (poke.about === 'standing') this.#review(session, hello);
    else if (poke.about === 'evacuation') this.#poke(session);
    else {
      const fresh = new Set(poke.lists);
      for (const head of this.#heads.all()) if (fresh.has(head.list)) this.#sendHead(session, head);
    }
  }

  /** Something was decided about terminals: a link ends whose terminal is revoked; who was released gets what it did not. */
  #review(session: Session, hello: Hello): void {
    const { client } = session;
    const { terminal } = hello;
    if (client !== null && this.#terminals.standing(terminal) === 'revoked') {
      this.#log('terminal.cut-off', { terminal });
      endSession(session, CLOSE.identity, 'revoked');
    } else if (session.isWithheld && !this.#mustWithhold(session, hello)) {
      for (const head of this.#heads.all()) this.#sendHead(session, head);
      this.#sendCommands(session, hello, 0);
    }
  }

  /** Says goodbye to everyone; resolves when all sockets are closed. */
  async close(): Promise<void> {
    clearInterval(this.#beat);
    this.#closing = true;
    const closed = [...this.#sessions].map(
      ({ socket }) => new Promise((resolve) => socket.once('close', resolve)),
    );
    for (const session of this.#sessions) endSession(session, GOING_AWAY, 'platform stops');
    await Promise.all(closed);
    await this.#taking;
    await this.#clocks.keep();
  }

  /** Everything that is said in it is durable before anything is answered. */
  async #takeUp(said: readonly Said[]): Promise<void> {
    const now = Date.now();
    const told: Told[] = [];
    const answers: ((taken: readonly Taken[]) => void)[] = [];
    const refused = new Set<Session>();
    for (const { session, frame } of said) {
      if (session.ended || refused.has(session)) continue;
      const plan = typeof frame === 'string' ? frame : this.#plan(session, frame, now);
      if (typeof plan === 'string') {
        refused.add(session);
        answers.push(() => this.#refuse(session, plan));
      } else {
        const place = plan.told === undefined ? -1 : told.push(plan.told) - 1;
        answers.push((taken) => plan.answer(taken[place]));
      }
    }
    try {
      const taken = told.length === 0 ? [] : await this.#facts.take(told, now);
      for (const answer of answers) answer(taken);
    } catch (error) {
      const detail = storageFailureOf(error);
      if (detail === null) throw error;
      // Nothing of it is kept, and nobody was told that it was: they say it again.
      this.#log('facts.unwritable', { frames: said.length, detail });
      for (const { session } of said) endSession(session, CLOSE.tryLater, COME_AGAIN);
    }
  }

  /** What to keep of it and what to do then, or why this frame is not of the protocol here. */
  #plan(session: Session, frame: TerminalFrame, now: number): Plan | string {
    const { hello } = session;
    if (frame.frame === 'hello') {
      return hello ? 'a second hello' : this.#welcome(session, frame, now);
    }
    if (!hello) return `${frame.frame} before hello`;
    if (frame.frame === 'ask') return { answer: () => void this.#reply(session, hello, frame) };
    if (frame.frame === 'beat') {
      return { answer: () => this.#clocks.heard(session, hello, frame.clock.mono) };
    }
    if (frame.frame === 'renew') return { answer: () => this.#renew(session, frame.request) };
    return this.#take(session, hello, frame, now);
  }

  async #reply(session: Session, hello: Hello, ask: Ask): Promise<void> {
    const { terminal } = hello;
    if (this.#mustWithhold(session, hello)) {
      this.#send(session, { frame: 'fault', id: ask.id, fault: 'not-served' });
      return;
    }
    const asker = { terminal, signedAs: signersOf(session, terminal, this.#terminals) };
    await this.#questions.deliver(asker, ask, (answer) => this.#send(session, answer));
  }

  #welcome(session: Session, hello: Hello, now: number): Plan {
    const fault = helloFault(session, hello.terminal, this.#terminals, this.#openings);
    if (fault !== null) {
      this.#log('frame.refused', { detail: fault.reason });
      endSession(session, fault.code, fault.reason);
      return { answer: () => {} };
    }
    session.hello = hello;
    return {
      told: { kind: 'hello', hello },
      answer: (taken) => {
        if (taken?.kind === 'welcomed') this.#greet(session, hello, taken, now);
      },
    };
  }

  #greet(
    session: Session,
    hello: Hello,
    { suspected, held, ...told }: Welcomed,
    now: number,
  ): void {
    const { terminal, epoch } = hello;
    const { upto } = knowsSlow(session) ? held : told;
    const isCopy = isCopied(suspected);
    if (isCopy) this.#suspect(terminal, suspected, now);
    // It has gone meanwhile.
    if (session.socket.readyState === WebSocket.CLOSED) return;
    const isQuarantined = this.#terminals.isQuarantined(terminal);
    const other = this.#newest.get(terminal);
    this.#takeOver(session, terminal, isCopy || isTwin(other, epoch, isQuarantined));
    if (session.client) this.#terminals.connected(session.client.certificate);
    this.#log('terminal.connected', {
      ...{ terminal, epoch, upto, root: hello.root },
      waiting: hello.last.seq - upto,
    });
    for (const why of suspected) this.#log('terminal.suspected', { terminal, epoch, why });
    session.sounding.welcomed(now, this.#settings.beatMs);
    const hear = (poke: Poke): void => this.#hear(session, hello, poke);
    session.unsubscribe = this.#fanOut.subscribe({
      terminal,
      areas: areasOf(placeOf(session)),
      hear,
    });
    this.#send(session, {
      frame: 'welcome',
      now: new Date(now).toISOString(),
      platform: this.#keys.caCertificate.toString('base64'),
      upto,
      ...(knowsSlow(session) ? { hash: held.hash } : {}),
      credit: CREDIT,
      beatMs: this.#settings.beatMs,
    });
    // Before the heads: it names the keys that sign them.
    this.#sendRoots(session, hello.root);
    for (const head of this.#heads.all()) this.#sendHead(session, head);
    this.#sendCommands(session, hello, 0);
    this.#sendAlerts(session, 0);
  }

  /** The newest socket wins while it continues what is held here. One that does not may be a copy: then both are heard. */
  #takeOver(session: Session, terminal: string, isCopy: boolean): void {
    const replaced = this.#newest.get(terminal);
    if (replaced && isCopy) return;
    this.#newest.set(terminal, session);
    if (replaced) endSession(replaced, CLOSE.replaced, 'a newer socket took over');
  }

  #suspect(terminal: string, suspected: readonly Suspicion[], now: number): void {
    for (const why of suspected) {
      const isNews = this.#terminals.quarantine(terminal, why, now);
      if (isNews) this.#log('terminal.quarantined', { terminal, why });
    }
  }

  #take(session: Session, { terminal, epoch }: Hello, { from, items }: Facts, now: number): Plan {
    const begun = performance.now();
    const isAll = this.#questions.removed.reach(terminal, epoch, from);
    const answer = (taken: Taken | undefined): void => {
      if (taken?.kind === 'not-facts') this.#refuse(session, taken.message);
      if (taken?.kind !== 'gap' && taken?.kind !== 'stored') return;
      const { kind, ...counts } = taken;
      const isForked = taken.kind === 'stored' && taken.quarantined > 0;
      if (isForked) this.#suspect(terminal, ['fork'], now);
      this.#log(`facts.${kind}`, { terminal, epoch, from, ...counts });
      this.#send(session, { frame: kind === 'gap' ? 'gap' : 'ack', upto: taken.upto });
      // Until it is durable, with what came in the same moment.
      const slow = session.pressure.stored(performance.now() - begun);
      if (slow !== null && knowsSlow(session)) this.#send(session, slow);
    };
    return { told: { kind: 'facts', of: { terminal, epoch }, from, items, isAll }, answer };
  }

  #renew(session: Session, request: string): void {
    if (session.client === null) {
      this.#refuse(session, 'renew without a certificate');
      return;
    }
    const { terminal } = session.client;
    const der = Buffer.from(request, 'base64');
    // Of two that have this certificate, the one that renews would lock the other out, and with it its facts.
    if (this.#terminals.isQuarantined(terminal)) return;
    const certificate = this.#terminals.renew(this.#keys, terminal, der, Date.now());
    if (certificate === null) {
      this.#refuse(session, 'a request for a certificate that is not in order');
      return;
    }
    this.#log('terminal.renewed', { terminal });
    this.#send(session, { frame: 'renewed', certificate: certificate.toString('base64') });
  }

  #refuse(session: Session, detail: string): void {
    if (session.ended) return;
    this.#log('frame.refused', { ...who(session), code: CLOSE.notOfTheProtocol, detail });
    endSession(session, CLOSE.notOfTheProtocol, detail);
  }

  #sendHead(session: Session, head: ListHead): void {
    const { hello } = session;
    if (!hello || !isFor(head, hello.terminal, hello.lists)) return;
    session.isWithheld = this.#mustWithhold(session, hello);
    if (session.isWithheld) return;
    const { client } = session;
    this.#sendText(session, client ? wrappedFrame(head, client.certificate.der) : head.frame);
  }

  /** An expired certificate is good for facts and for its renewal; whose twin is about gets no key and no list either. */
  #mustWithhold({ client }: Session, { terminal }: Hello): boolean {
    return client?.isExpired === true || this.#terminals.isQuarantined(terminal);
  }

  #sendCommands(session: Session, hello: Hello, after: number): void {
    if (this.#mustWithhold(session, hello)) return;
    for (const frame of this.#commands(hello.terminal, after)) this.#send(session, frame);
  }

  /** Also to one that gets nothing else: an alert is for whoever stands before it. */
  #sendAlerts(session: Session, after: number): void {
    for (const text of this.#alerts(placeOf(session), after)) this.#sendText(session, text);
  }

  #poke(session: Session): void {
    if (placeOf(session)) this.#send(session, { frame: 'poke', about: 'standing' });
  }

  #sendRoots(session: Session, after: number): void {
    for (const frame of rootFrames(this.#keys.roots, after)) this.#send(session, frame);
  }

  #send(session: Session, frame: PlatformFrame): void {
    this.#sendText(session, JSON.stringify(frame));
  }

  #sendText(session: Session, text: string): void {
    const { socket } = session;
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(text);
    if (socket.bufferedAmount <= BUFFERED_BYTES_MAX) return;
    this.#log('frame.refused', { ...who(session), detail: 'does not read what it is sent' });
    session.ended = true;
    socket.terminate();
  }

  #beatAll(): Promise<void> {
    return inSlices(this.#sessions, (session) => {
      if (!session.hello || session.ended) return;
      if (session.missed >= MISSED_BEATS_MAX) endSession(session, CLOSE.silent, 'two beats missed');
      else this.#send(session, { frame: 'beat', now: new Date().toISOString() });
      session.missed += 1;
    });
  }
}
