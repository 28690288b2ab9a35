/** A terminal that was stolen: it has a key and a certificate, and says what it likes. */

import { hash, randomUUID } from 'node:crypto';
import { Clock } from '../../src/clock.ts';
import type { TerminalIdentity } from '../../src/link/identity.ts';
import type { ClientCredentials } from '../../src/link/secure-transport.ts';
import type { FactsFrame } from '../../src/neighbours/protocol.ts';
import { signedBytes } from '../../src/neighbours/statement.ts';
import { type Authority, LIST, ticketOf } from './venue.ts';

const NOBODY = '0'.repeat(64);

export class Thief {
  readonly name: string;
  readonly identity: TerminalIdentity;
  readonly epoch = randomUUID();
  #seq = 0;
  #before = NOBODY;

  private constructor(name: string, identity: TerminalIdentity) {
    this.name = name;
    this.identity = identity;
  }

  static async enrol(name: string, by: Authority): Promise<Thief> {
    const kept = new Map<string, string>();
    const ledger = {
      get: (key: string) => kept.get(key) ?? null,
      set: (key: string, value: string) => void kept.set(key, value),
    };
    const clock = new Clock({ mark: { load: () => null, save: () => {} } });
    clock.close();
    return new Thief(name, await by.enrol(name, { ledger, clock }));
  }

  credentials(): Promise<ClientCredentials> {
    return this.identity.neighbourCredentials();
  }

  /** The next grants of its stream, each at its time (ms since the epoch). */
  grants(
    refs: readonly string[],
    at: readonly number[] | number = Date.now(),
    over: Readonly<Record<string, unknown>> = {},
  ): Promise<FactsFrame> {
    const { name: gate } = this;
    const facts = refs.map((ref, n) => ({
      ...{ event: 'entry.granted', subject: `${LIST}/${ref}` },
      at: new Date(typeof at === 'number' ? at : (at[n] ?? 0)).toISOString(),
      body: { ticket: ticketOf(ref), list: LIST, ref, gate },
      ...over,
    }));
    return this.tells(LIST, facts);
  }

  /** The next facts of its stream, whatever they are. */
  async tells(
    list: string,
    facts: readonly Readonly<Record<string, unknown>>[],
  ): Promise<FactsFrame> {
    const { enrolled, key } = await this.identity.signing();
    const { name: terminal, epoch } = this;
    const items: FactsFrame['items'] = [];
    for (const fact of facts) {
      this.#seq += 1;
      const text = JSON.stringify({
        ...{ terminal, epoch, seq: this.#seq, prev: NOBODY },
        ...{ clock: 'synced', boot: 1, mono: 1 },
        ...fact,
      });
      const signature = await key.sign(signedBytes(this.#before, text));
      items.push({
        before: this.#before,
        text,
        signature: Buffer.from(signature ?? []).toString('base64'),
      });
      this.#before = hash('sha256', text);
    }
    const certificate = enrolled.certificate.toString('base64');
    return { frame: 'facts', list, terminal, epoch, certificate, items };
  }
}
