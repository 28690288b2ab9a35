/**
 * Keys in a PKCS#11 token, by way of a key process of its own (pkcs11-process.ts). A token that is missing, locked, full,
 * removed or slow is a `KeyStoreError` for whoever asks; a process that no longer answers is killed, and the next question
 * starts another one.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { checkedKey, checkedLabel } from './checked.ts';
import {
  type KeyStore,
  KeyStoreError,
  type MacKey,
  type SigningKey,
  type WrappedKey,
} from './key-store.ts';
import type {
  FoundKey,
  KeyReply,
  KeyRequest,
  KeyTask,
  KeyTasks,
  TokenPlace,
} from './pkcs11-messages.ts';

/** In ms, from the question to the answer. A TPM takes its time for a key pair. */
export interface KeyLimits {
  readonly openMs: number;
  readonly generateMs: number;
  readonly useMs: number;
  /** After an open that failed, for so long the same reason is given without asking again. */
  readonly restMs: number;
}

const LIMITS: KeyLimits = { openMs: 30_000, generateMs: 120_000, useMs: 10_000, restMs: 1_000 };
const CLOSE_MS_MAX = 2_000;
const WAITING_MAX = 1_000;

export interface Pkcs11Options extends TokenPlace {
  /** Reads the PIN, UTF-8, which is overwritten when it was handed over. Throws `KeyStoreError`. */
  readonly pin: () => Buffer;
  readonly limits?: Partial<KeyLimits>;
  /** Added to the environment of the key process. */
  readonly env?: Readonly<Record<string, string>>;
}

const PROCESS = fileURLToPath(new URL('./pkcs11-process.ts', import.meta.url));

export class Pkcs11KeyStore implements KeyStore {
  readonly kind = 'pkcs11';
  readonly #options: Pkcs11Options;
  readonly #limits: KeyLimits;
  #opening: Promise<KeyProcess> | null = null;
  #current: KeyProcess | null = null;
  #failed: { error: KeyStoreError; at: number } | null = null;
  #pinRefused: KeyStoreError | null = null;
  #closed = false;
  #onLost: (reason: string) => void = () => {};

  /** Nothing is asked of the token before a key is, or `open` is called. */
  constructor(options: Pkcs11Options) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** Calls `onLost` whenever a token that was open can't be used any more. */
  watch(onLost: (reason: string) => void): void {
    this.#onLost = onLost;
  }

  /**
   * Logs in, unless that was done. Rejects with `KeyStoreError`; once the token has refused the PIN, it is never tried
   * again, since it could be locked.
   */
  async open(): Promise<void> {
    await this.#process();
  }

  async generate(label: string): Promise<SigningKey> {
    return this.#signingKey(await this.#ask('generate', { label: checkedLabel(label) }));
  }

  async signingKey(label: string): Promise<SigningKey | null> {
    const found = await this.#ask('find', { label: checkedLabel(label) });
    return found && this.#signingKey(found);
  }

  async macKey(label: string): Promise<MacKey | null> {
    const found = await this.#ask('find', { label: checkedLabel(label) });
    if (found === null) return null;
    if (found.kind !== 'secret') throw new KeyStoreError('not a key of 32 bytes');
    const { id } = found;
    return { mac: async (data) => Buffer.from(await this.#ask('mac', { label, id, data })) };
  }

  async keep(label: string, kind: WrappedKey['kind'], key: Buffer): Promise<void> {
    await this.#ask('keep', { label: checkedLabel(label), kind, key: checkedKey(kind, key) });
  }

  async unwrap(label: string, wrapped: WrappedKey, recipient: string): Promise<void> {
    const ask = { label: checkedLabel(label), wrapped, recipient: checkedLabel(recipient) };
    await this.#ask('unwrap', ask);
  }

  async forget(label: string): Promise<void> {
    await this.#ask('forget', { label: checkedLabel(label) });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#opening;
    this.#opening = null;
    const process = await opening?.catch(() => null);
    await process?.close();
  }

  #signingKey({ label, id, publicKey }: FoundKey): SigningKey {
    if (publicKey === null) throw new KeyStoreError('not an RSA-2048 key in PKCS#8');
    return {
      publicKey: createPublicKey({ key: publicKey, format: 'der', type: 'spki' }),
      sign: (data) =>
        this.#ask('sign', { label, id, data }).catch((error: unknown) => {
          if (error instanceof KeyStoreError) return null;
          throw error;
        }),
    };
  }

  async #ask<Task extends KeyTask>(
    task: Task,
    ask: KeyTasks[Task]['ask'],
  ): Promise<KeyTasks[Task]['done']> {
    const process = await this.#process();
    const { generateMs, useMs } = this.#limits;
    return process.ask(task, ask, task === 'generate' ? generateMs : useMs);
  }

  #process(): Promise<KeyProcess> {
    if (this.#opening !== null) return this.#opening;
    const known = this.#pinRefused ?? this.#resting();
    if (known !== null) return Promise.reject(known);
    if (this.#closed) return Promise.reject(new KeyStoreError('the key store is closed'));
    const opening = this.#start();
    this.#opening = opening;
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    return opening;
  }

  #resting(): KeyStoreError | null {
    if (this.#failed === null) return null;
    return performance.now() - this.#failed.at < this.#limits.restMs ? this.#failed.error : null;
  }

  async #start(): Promise<KeyProcess> {
    const { module, token, pin: readPin, env = {} } = this.#options;
    const process = new KeyProcess(env, (reason) => this.#lost(process, reason));
    let pin: Buffer = Buffer.alloc(0);
    try {
      pin = readPin();
      await process.ask('open', { module, token, pin }, this.#limits.openMs);
      this.#failed = null;
      this.#current = process;
      return process;
    } catch (error) {
      process.kill();
      if (error instanceof KeyStoreError) this.#failed = { error, at: performance.now() };
      if (error instanceof PinRefused) this.#pinRefused = error;
      throw error;
    } finally {
      pin.fill(0);
    }
  }

  #lost(process: KeyProcess, reason: string): void {
    if (this.#current !== process) return;
    this.#current = null;
    this.#opening = null;
    if (!this.#closed) this.#onLost(reason);
  }
}

class PinRefused extends KeyStoreError {}

interface Waiting {
  readonly resolve: (done: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One key process, from its start to its end. */
class KeyProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #onLost: (reason: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #over: string | null = null;

  constructor(env: Readonly<Record<string, string>>, onLost: (reason: string) => void) {
    this.#onLost = onLost;
    this.#child = fork(PROCESS, [], {
      execPath: 'setpriv',
      execArgv: ['--pdeathsig', 'KILL', process.execPath],
      env: { ...process.env, ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve()).once('error', () => resolve());
    });
    this.#child.on('message', (message) => this.#onReply(message as KeyReply));
    this.#child.on('exit', (code, signal) =>
      this.#end(`the key process ended (${signal ?? `exit code ${code}`})`),
    );
    this.#child.on('error', ({ message }) => this.#end(`there is no key process: ${message}`));
  }

  ask<Task extends KeyTask>(
    task: Task,
    ask: KeyTasks[Task]['ask'],
    limitMs: number,
  ): Promise<KeyTasks[Task]['done']> {
    if (this.#over !== null) return Promise.reject(new KeyStoreError(this.#over));
    if (this.#waiting.size >= WAITING_MAX) {
      return Promise.reject(new KeyStoreError('the token is not quick enough'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<KeyTasks[Task]['done']>();
    this.#asked += 1;
    const id = this.#asked;
    const timer = setTimeout(() => this.#end('the token does not answer'), limitMs);
    this.#waiting.set(id, { resolve, reject, timer });
    this.#child.send({ id, task, ask } satisfies KeyRequest, (error) => {
      if (error !== null) this.#end('there is no key process');
    });
    return promise;
  }

  kill(): void {
    this.#over ??= 'the key process was ended';
    this.#child.kill('SIGKILL');
  }

  /** The process logs out by itself; one that hangs is killed. */
  async close(): Promise<void> {
    this.#over ??= 'the key store is closed';
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.kill(), CLOSE_MS_MAX);
    await this.#exited;
    clearTimeout(timer);
  }

  #onReply(reply: KeyReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if ('done' in reply) {
      waiting.resolve(reply.done as never);
      return;
    }
    const { problem, lost, pinRefused } = reply;
    waiting.reject(pinRefused ? new PinRefused(problem) : new KeyStoreError(problem));
    if (lost) this.#end(problem);
  }

  /** Once. */
  #end(reason: string): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new KeyStoreError(reason));
    }
    this.#waiting.clear();
    if (this.#over !== null) return;
    this.#over = reason;
    this.#child.kill('SIGKILL');
    this.#onLost(reason);
  }
}
