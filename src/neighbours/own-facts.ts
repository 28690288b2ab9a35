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
import type { Heard, Stream } from '../store/heard.ts';
import type { Ledger } from '../store/ledger.ts';
import { signedBytes } from './statement.ts';
import { isToldEvent, topicOf } from './told-facts.ts';

/** Facts of an old ledger read in one go between two turns of the event loop. */
const SLICE = 500;
const AGAIN_MS = 1_000;

export interface OwnFactsParts {
  readonly terminal: string;
  readonly ledger: Pick<Ledger, 'facts' | 'unsent' | 'hashOf' | 'onCommit' | 'epoch' | 'lastFact'>;
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
      if (facts.some(({ event }) => isToldEvent(event))) this.look();
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
      const list = this.#toldIn(fact);
      if (list !== null) {
        const reason = await this.#sign(fact, list);
        if (reason !== null) return reason;
        if (this.#stop.signal.aborted) return null;
        this.#parts.onTold();
      }
      this.#upto = fact.seq;
    }
    return null;
  }

  /** Null: it is not told, not now, or was. */
  #toldIn(fact: Fact): string | null {
    const { heard, isTold, lists } = this.#parts;
    const list = topicOf(fact, lists);
    if (list === null || !isTold(list)) return null;
    const { terminal, epoch, seq } = fact;
    const stream = heard.stream({ list, terminal, epoch });
    // What neighbours hold of this epoch is not this ledger's: an older state of it goes on here. They are told again from
    // the next epoch on, which the platform has the ledger begin.
    return this.#isOurs(stream) && seq > stream.upto ? list : null;
  }

  /** Whether its newest fact is this ledger's. What has left the ledger for its age was: numbers have no other gaps. */
  #isOurs({ epoch, upto, hash: of }: Stream): boolean {
    const { ledger } = this.#parts;
    if (upto === 0) return true;
    const known = ledger.hashOf(upto);
    return known === null ? epoch === ledger.epoch && upto < ledger.lastFact().seq : known === of;
  }

  async #sign(fact: Fact, list: string): Promise<string | null> {
    const { heard, identity, ledger } = this.#parts;
    const [exact] = ledger.unsent(fact.seq - 1, { items: 1, bytes: 0 });
    const text = present(exact, 'fact').text;
    try {
      const { enrolled, key } = await identity.signing();
      const { terminal, epoch } = fact;
      const { hash: before } = heard.stream({ list, terminal, epoch });
      const signature = await key.sign(signedBytes(before, text));
      if (signature === null) return 'the key store did not sign';
      if (this.#stop.signal.aborted) return null;
      const { certificate } = enrolled;
      const signed = { list, fact, text, before, signature, certificate };
      heard.append({ ...signed, own: true, counts: true });
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
      if (stream.terminal !== terminal || this.#isOurs(stream)) continue;
      heard.disown(stream, (seq, text) => ledger.hashOf(seq) === hash('sha256', text));
    }
  }

  /** Every fact up to here was told to those who are told of these lists now. */
  #toldUpto(): number {
    const { heard, ledger, terminal, lists } = this.#parts;
    const own = lists.map((list) => heard.stream({ list, terminal, epoch: ledger.epoch }));
    const areOurs = own.every((stream) => this.#isOurs(stream));
    return areOurs ? Math.min(...own.map(({ upto }) => upto)) : 0;
  }
}
