/**
 * This gate's own facts, signed for its neighbours: after their commit, off the path of every answer, one after the other.
 * A key that can't be used now, be it in a token that is gone, delays them and nothing else.
 */

import { hash } from 'node:crypto';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Fact } from '../domain/fact.ts';
import { present } from '../domain/present.ts';
import { KeyStoreError } from '../keys/key-store.ts';
import { IdentityError, type TerminalIdentity } from '../link/identity.ts';
import { codeOf, isStorageFailure } from '../store/disk.ts';
import type { Heard } from '../store/heard.ts';
import type { Ledger } from '../store/ledger.ts';
import { TOLD_EVENTS } from './protocol.ts';
import { signedBytes } from './statement.ts';

const EVENTS: ReadonlySet<string> = new Set(TOLD_EVENTS);
/** Facts of an old ledger read in one go between two turns of the event loop. */
const SLICE = 500;
const AGAIN_MS = 1_000;

export interface OwnFactsParts {
  readonly terminal: string;
  readonly ledger: Pick<Ledger, 'facts' | 'unsent' | 'hashOf' | 'onCommit' | 'epoch'>;
  readonly heard: Heard;
  readonly identity: Pick<TerminalIdentity, 'signing'>;
  readonly lists: readonly string[];
  /** Whether neighbours are told of this list now. */
  readonly isTold: (list: string) => boolean;
  /** There is another one for them. */
  readonly onTold: () => void;
  /** They can't be signed now, and why; once, until they could again. */
  readonly onUnsigned: (reason: string) => void;
}

export class OwnFacts {
  readonly #parts: OwnFactsParts;
  readonly #stop = new AbortController();
  readonly #unwatch: () => void;
  #upto: number;
  #working: Promise<void> | null = null;
  #again = false;
  #unsigned = false;

  constructor(parts: OwnFactsParts) {
    this.#parts = parts;
    this.#disownLost();
    this.#upto = this.#toldUpto();
    this.#unwatch = parts.ledger.onCommit((facts) => {
      if (facts.some(({ event }) => EVENTS.has(event))) this.look();
    });
    this.look();
  }

  /** Signs what there is. Nobody waits for it. */
  look(): void {
    this.#again = true;
    this.#working ??= this.#work();
  }

  /** Begins with the first fact again: a list has come that is told from now on. */
  lookAtAll(): void {
    this.#upto = 0;
    this.look();
  }

  async stop(): Promise<void> {
    this.#unwatch();
    this.#stop.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    // Whoever asked goes on first: it may be an entry.
    await nextTurn();
    while (this.#again && !signal.aborted) {
      this.#again = false;
      const reason = await this.#signAll();
      if (reason === null) {
        this.#unsigned = false;
        continue;
      }
      if (!this.#unsigned) this.#parts.onUnsigned(reason);
      this.#unsigned = true;
      this.#again = true;
      await delay(AGAIN_MS, null, { signal }).catch(() => {});
    }
    // Together with the last look at `#again`: whoever asks from now on begins anew.
    this.#working = null;
  }

  /** Null when nothing is left to sign; else why it went no further. */
  async #signAll(): Promise<string | null> {
    let read = 0;
    for (const fact of this.#parts.ledger.facts(this.#upto)) {
      if (this.#stop.signal.aborted) return null;
      read += 1;
      if (read % SLICE === 0) await nextTurn();
      if (this.#isToBeTold(fact)) {
        const reason = await this.#sign(fact);
        if (reason !== null) return reason;
        if (this.#stop.signal.aborted) return null;
        this.#parts.onTold();
      }
      this.#upto = fact.seq;
    }
    return null;
  }

  #isToBeTold({ event, epoch, seq, terminal, body }: Fact): boolean {
    const { heard, isTold, ledger } = this.#parts;
    const list = String(body['list']);
    if (!EVENTS.has(event) || !isTold(list)) return false;
    const stream = heard.stream({ list, terminal, epoch });
    // What neighbours hold of this epoch is not this ledger's: an older state of it goes on here. They are told again from
    // the next epoch on, which the platform has the ledger begin.
    const isOurs = stream.upto === 0 || ledger.hashOf(stream.upto) === stream.hash;
    return isOurs && seq > stream.upto;
  }

  async #sign(fact: Fact): Promise<string | null> {
    const { heard, identity, ledger } = this.#parts;
    const [exact] = ledger.unsent(fact.seq - 1, { items: 1, bytes: 0 });
    const text = present(exact, 'fact').text;
    try {
      const { enrolled, key } = await identity.signing();
      const { terminal, epoch, body } = fact;
      const { hash: before } = heard.stream({ list: String(body['list']), terminal, epoch });
      const signature = await key.sign(signedBytes(before, text));
      if (signature === null) return 'the key store did not sign';
      if (this.#stop.signal.aborted) return null;
      const { certificate } = enrolled;
      heard.append({ fact, text, before, signature, certificate, own: true, counts: true });
      return null;
    } catch (error) {
      if (error instanceof IdentityError || error instanceof KeyStoreError) return error.message;
      const code = codeOf(error);
      if (!code.startsWith('SQLITE_')) throw error;
      if (!isStorageFailure(error)) heard.breakOff(code);
      return code;
    }
  }

  /** The ledger was made anew, or an older state of it was put back: what was told before was heard, from now on. */
  #disownLost(): void {
    const { heard, ledger, terminal, lists } = this.#parts;
    for (const stream of lists.flatMap((list) => heard.streams(list))) {
      if (stream.terminal !== terminal || ledger.hashOf(stream.upto) === stream.hash) continue;
      heard.disown(stream, (seq, text) => ledger.hashOf(seq) === hash('sha256', text));
    }
  }

  /** Every fact up to here was told to those who are told of these lists now. */
  #toldUpto(): number {
    const { heard, ledger, terminal, lists } = this.#parts;
    const own = lists.map((list) => heard.stream({ list, terminal, epoch: ledger.epoch }));
    const isOurs = own.every(({ upto, hash: of }) => ledger.hashOf(upto) === of);
    return isOurs ? Math.min(...own.map(({ upto }) => upto)) : 0;
  }
}
