/**
 * A PC/SC reader, by way of a card process of its own (pcsc-process.ts): whatever libpcsclite, a reader or a card does
 * to that process, the daemon goes on, and a process that no longer answers is killed.
 */

import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import {
  type ApplicationAsked,
  CardError,
  type CardIdentity,
  type CardProof,
  type CardReader,
  type CardReaderListener,
  type Institution,
  type OpenCardReader,
  type PinAsked,
  type PinFate,
  type PinOutcome,
  type SigningOutcome,
  type Tap,
} from './card.ts';
import { type ForkOptions, forkCardProcess } from './pcsc-fork.ts';
import {
  type Answered,
  type CardLimits,
  type FromCardProcess,
  monotonicNow,
  type ToCardProcess,
} from './pcsc-messages.ts';
import { PIN_PIPE, writeSecret } from './pcsc-pin-pipe.ts';
import { PinProof } from './pin.ts';
import { PASSWORD_FORM, PIN_FORM, refuseOtherSecrets } from './pin-entry.ts';
import { PossessionProof } from './possession.ts';
import { judgeSigning, type SigningAnswer, signingRequest } from './signing.ts';

export interface PcscReaderOptions extends ForkOptions {
  /** What the name of the reader begins with; without it, the first reader. */
  readonly reader?: string;
  /** Whether the cards are modelled. Default: when the reader is vpcd's. */
  readonly modelled?: boolean;
  /** Limits to be changed, in ms. */
  readonly limits?: Partial<CardLimits>;
  /** How long the process may take from its start to its first word, in ms. */
  readonly openMs?: number;
  /** Pause between two pings, in ms; three without an answer, and the process is taken for dead. */
  readonly heartbeatMs?: number;
}

const LIMITS: CardLimits = {
  readerMs: 1000,
  transmitMs: 2000,
  identifyMs: 2500,
  sharingMs: 1000,
  probeMs: 200,
  hangMs: 30_000,
};
const OPEN_MS = 10_000;
const HEARTBEAT_MS = 1000;
const UNANSWERED_PINGS_MAX = 3;
/** Beyond its own limit the card process gets this much before its silence is taken for a card that can't be read. */
const IDENTIFY_GRACE_MS = 250;
const CLOSE_MS_MAX = 1000;
/** How pcscd names the readers of vsmartcard's vpcd. */
const VPCD_NAME = 'Virtual PCD ';

/**
 * Makes the driver of one PC/SC reader. Opening rejects with an Error whose message says in plain words what is missing:
 * pcscd, the reader, npm pcsclite.
 */
export function openPcscReader(options: PcscReaderOptions = {}): OpenCardReader {
  return (listener) => PcscReader.open(options, listener);
}

/** What an answer of the card process is waited for with. */
interface Pending {
  readonly onAnswer: (message: AboutRequest) => void;
  readonly onFailed: (error: Error) => void;
  /** What is known of a PIN when the process says no more. */
  readonly pin: PinFate;
}
type AboutRequest = Extract<
  FromCardProcess,
  {
    is:
      | 'identified'
      | 'challenged'
      | 'proved'
      | 'tries-counted'
      | 'pin-answered'
      | 'signing-tries-counted'
      | 'sign-answered';
  }
>;

class PcscReader implements CardReader {
  readonly #modelled: boolean | undefined;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #listener: CardReaderListener;
  readonly #limits: CardLimits;
  readonly #pending = new Map<number, Pending>();
  readonly #ready = Promise.withResolvers<void>();
  /** Taps that came before the caller had the reader in its hands. */
  #early: (() => void)[] | undefined = [];
  #state: 'opening' | 'open' | 'lost' | 'closed' = 'opening';
  #name = '';
  #requests = 0;
  #unansweredPings = 0;
  #heartbeat: NodeJS.Timeout | undefined;

  static async open(options: PcscReaderOptions, listener: CardReaderListener): Promise<CardReader> {
    const reader = new PcscReader(options, listener);
    await reader.#opened(options);
    return reader;
  }

  private constructor(options: PcscReaderOptions, listener: CardReaderListener) {
    const limits = { ...LIMITS, ...options.limits };
    this.#modelled = options.modelled;
    this.#listener = listener;
    this.#limits = limits;
    this.#process = forkCardProcess({ reader: options.reader ?? '', limits }, options);
    this.#exited = new Promise((resolve) => {
      this.#process.once('exit', () => resolve()).once('error', () => resolve());
    });
    this.#process.on('message', (message) => this.#onMessage(message as FromCardProcess));
    this.#process.on('exit', (code, signal) => {
      this.#lose(`the card process ended (${signal ?? `exit code ${code}`})`);
    });
    this.#process.on('error', (error) => this.#lose(`there is no card process: ${error.message}`));
  }

  get name(): string {
    return this.#name;
  }

  get modelled(): boolean {
    return this.#modelled ?? this.#name.startsWith(VPCD_NAME);
  }

  identify(tap: Tap): Promise<CardIdentity> {
    return this.#ask<CardIdentity>(
      (request) => ({ do: 'identify', request, tap }),
      (message, resolve) => {
        if (message.is === 'identified') resolve(message.identity);
      },
    );
  }

  async prove(tap: Tap, institution: Institution): Promise<CardProof> {
    const proof = new PossessionProof(institution);
    return this.#ask<CardProof>(
      (request) => ({ do: 'prove', request, tap, proof: proof.request }),
      (message, resolve, reject) => {
        if (message.is === 'challenged') this.#answer(proof, message).catch(reject);
        if (message.is !== 'proved') return;
        const { outcome, provedAt, ...identity } = message.proved;
        resolve(proof.judge(identity, outcome, provedAt));
      },
    );
  }

  async #answer(
    proof: PossessionProof,
    { request, challenge }: Extract<FromCardProcess, { is: 'challenged' }>,
  ): Promise<void> {
    this.#send({ do: 'answer', request, signature: await proof.answer(challenge) });
  }

  triesLeft(tap: Tap): Promise<number> {
    return this.#ask<number>(
      (request) => ({ do: 'count-tries', request, tap }),
      (message, resolve) => {
        if (message.is === 'tries-counted') resolve(message.triesLeft);
      },
    );
  }

  async provePin(tap: Tap, asked: PinAsked): Promise<PinOutcome> {
    refuseOtherSecrets(asked.pin, PIN_FORM);
    try {
      const proof = new PinProof(asked);
      await this.#handOver(asked.pin);
      const stopAt = monotonicNow() + this.#limits.identifyMs;
      return await this.#ask<PinOutcome>(
        (request) => ({ do: 'prove-pin', request, tap, proof: proof.request, stopAt }),
        (message, resolve) => {
          if (message.is !== 'pin-answered') return;
          const { answer, provedAt, ...identity } = message.answered;
          resolve(proof.judge(identity, answer, provedAt));
        },
        'unknown',
      );
    } finally {
      asked.pin.fill(0);
    }
  }

  signingTriesLeft(tap: Tap): Promise<number | null> {
    return this.#ask<number | null>(
      (request) => ({ do: 'count-signing-tries', request, tap }),
      (message, resolve) => {
        if (message.is === 'signing-tries-counted') resolve(message.triesLeft);
      },
    );
  }

  async signApplication(tap: Tap, asked: ApplicationAsked): Promise<SigningOutcome> {
    refuseOtherSecrets(asked.password, PASSWORD_FORM);
    try {
      const signing = signingRequest(asked);
      await this.#handOver(asked.password);
      const stopAt = monotonicNow() + this.#limits.identifyMs;
      const { answer, provedAt, ...identity } = await this.#ask<Answered<SigningAnswer>>(
        (request) => ({ do: 'sign', request, tap, signing, stopAt }),
        (message, resolve) => {
          if (message.is === 'sign-answered') resolve(message.answered);
        },
        'unknown',
      );
      return judgeSigning(signing, identity, answer, provedAt);
    } finally {
      asked.password.fill(0);
    }
  }

  /** Right before the message that speaks of it; a process that takes no PIN is not one to go on with. */
  async #handOver(secret: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw closed();
    try {
      await writeSecret(this.#process.stdio[PIN_PIPE] as Writable, secret);
    } catch (error) {
      this.#lose('the card process takes no PIN');
      throw new CardError('card-removed', 'the card process takes no PIN', { cause: error });
    }
  }

  async #ask<Result>(
    question: (request: number) => ToCardProcess,
    onAnswer: (
      message: AboutRequest,
      resolve: (result: Result) => void,
      reject: (error: unknown) => void,
    ) => void,
    pin: PinFate = 'not-sent',
  ): Promise<Result> {
    if (this.#state !== 'open') throw closed();
    this.#requests += 1;
    const request = this.#requests;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#pending.set(request, {
      onAnswer: (message) => onAnswer(message, resolve, reject),
      onFailed: reject,
      pin,
    });
    // The card process keeps its own limits; this one is for a process that froze.
    const timer = setTimeout(() => {
      reject(new CardError('card-unreadable', 'no answer from the card process', { pin }));
    }, this.#limits.identifyMs + IDENTIFY_GRACE_MS);
    try {
      this.#send(question(request));
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(request);
    }
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#send({ do: 'close' });
    this.#shut('closed', 'the reader was closed');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), CLOSE_MS_MAX);
    await this.#exited;
    clearTimeout(timer);
  }

  async #opened({
    openMs = OPEN_MS,
    heartbeatMs = HEARTBEAT_MS,
  }: PcscReaderOptions): Promise<void> {
    const timer = setTimeout(() => this.#lose(`no card process within ${openMs} ms`), openMs);
    try {
      await this.#ready.promise;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    if (this.#state === 'open') {
      this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    }
    setImmediate(() => {
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const announce of early) announce();
    });
  }

  #onMessage(message: FromCardProcess): void {
    this.#unansweredPings = 0;
    switch (message.is) {
      case 'ready':
        if (this.#state !== 'opening') return;
        this.#state = 'open';
        this.#name = message.reader;
        this.#ready.resolve();
        return;
      case 'present':
        this.#announce('open', () => {
          this.#listener.onCardPresent(message.tap, message.sensedAt);
        });
        return;
      case 'gone':
        this.#announce('open', () => this.#listener.onCardGone(message.tap));
        return;
      case 'identified':
      case 'challenged':
      case 'proved':
      case 'tries-counted':
      case 'pin-answered':
      case 'signing-tries-counted':
      case 'sign-answered':
        this.#pending.get(message.request)?.onAnswer(message);
        return;
      case 'failed':
        this.#fail(message);
        return;
      case 'lost':
        this.#lose(message.reason);
        return;
      case 'pong':
        return;
    }
  }

  #fail({ request, fault, detail, pin }: Extract<FromCardProcess, { is: 'failed' }>): void {
    this.#pending.get(request)?.onFailed(new CardError(fault, detail, { pin }));
  }

  #announce(when: 'open' | 'lost', tell: () => void): void {
    const tellThen = () => {
      if (this.#state === when) tell();
    };
    if (this.#early === undefined) tellThen();
    else this.#early.push(tellThen);
  }

  /**
   * Counts pings, not time: when this process itself was stopped or busy for long, the answers are read between two
   * beats, and nobody is blamed.
   */
  #beat(): void {
    if (this.#unansweredPings === UNANSWERED_PINGS_MAX) {
      this.#lose('the card process does not answer');
      return;
    }
    this.#unansweredPings += 1;
    this.#send({ do: 'ping' });
  }

  #lose(reason: string): void {
    const wasOpen = this.#state === 'open';
    if (!wasOpen && this.#state !== 'opening') return;
    this.#shut('lost', reason);
    this.#process.kill('SIGKILL');
    if (wasOpen) this.#announce('lost', () => this.#listener.onLost(reason));
    else this.#ready.reject(new Error(reason));
  }

  #shut(state: 'lost' | 'closed', reason: string): void {
    this.#state = state;
    clearInterval(this.#heartbeat);
    for (const { onFailed, pin } of this.#pending.values()) {
      onFailed(new CardError('card-removed', reason, { pin }));
    }
  }

  #send(message: ToCardProcess): void {
    // Undeliverable only when the process ends, and `exit` tells of that.
    this.#process.send(message, () => undefined);
  }
}

function closed(): CardError {
  return new CardError('card-removed', 'the reader is closed');
}
