/** Thousands of light terminals, and one order at a time for all of them. */

import { HEAD } from '../../src/link/protocol.ts';
import { LightTerminal } from './light-terminal.ts';
import { type Crew, epochMs, type Order, type Told } from './orders.ts';

/** At the first opening, so many at once: terminals are switched on one after another. A storm has no such limit. */
const OPENING_AT_ONCE = 64;
const FAULTS_TOLD = 5;
const DIGITS = 5;

interface UnderWay {
  readonly order: Order;
  readonly begun: number;
  readonly at: number[];
  readonly took: number[];
  /** How often something has to come to pass until all are through. */
  readonly wanted: number;
  /** By terminal: taps that are still to be made. */
  readonly left: number[];
}

export class Crewing {
  readonly #terminals: LightTerminal[];
  readonly #tell: (told: Told) => void;
  #underWay: UnderWay | null = null;
  #toOpen: LightTerminal[] = [];
  #lost = 0;
  #faults: string[] = [];
  /** By terminal: the newest version of the list that it was told. */
  readonly #heads: number[];
  /** By terminal: how many alerts it was told. */
  readonly #alerts: number[];
  /** Those that read. A slow one hears neither heads nor acknowledgements. */
  readonly #reading: number;

  constructor({ from, count, slow, url, list, place }: Crew, tell: (told: Told) => void) {
    this.#tell = tell;
    this.#reading = count - slow;
    this.#heads = Array.from({ length: count }, () => 0);
    this.#alerts = Array.from({ length: count }, () => 0);
    this.#terminals = Array.from({ length: count }, (_, index) => {
      const name = `fleet-${String(from + index).padStart(DIGITS, '0')}`;
      return new LightTerminal({
        ...{ name, url, list, place, isSlow: index >= this.#reading },
        onUp: () => this.#onUp(),
        onLost: () => {
          this.#lost += 1;
        },
        onHead: (statement) => this.#onHead(index, statement, list),
        onAlert: () => this.#onAlert(index),
        onAcknowledged: (ms) => this.#onAcknowledged(index, ms),
        onFault: (fault) => {
          if (this.#faults.length < FAULTS_TOLD) this.#faults.push(`${name}: ${fault}`);
        },
      });
    });
  }

  obey(order: Order): void {
    if (order.do === 'stop') {
      // It may be through already, and has said so.
      this.#finish(false);
      return;
    }
    const { length } = this.#terminals;
    if (order.do === 'open') this.#open();
    else if (order.do === 'cut') this.#cut();
    else if (order.do === 'tap') this.#tap(order);
    else if (order.do === 'say') this.#begin(order, 0);
    else if (order.do === 'alert') this.#awaitAlerts(order);
    else this.#awaitHead(order, length);
  }

  async close(): Promise<void> {
    await Promise.all(this.#terminals.map((terminal) => terminal.close()));
  }

  #open(): void {
    this.#begin({ do: 'open' }, this.#terminals.length);
    this.#toOpen = this.#terminals.toReversed();
    for (let n = 0; n < OPENING_AT_ONCE; n += 1) this.#toOpen.pop()?.open();
  }

  #cut(): void {
    const up = this.#terminals.filter(({ isUp }) => isUp);
    this.#begin({ do: 'cut' }, up.length);
    for (const terminal of up) terminal.cut();
  }

  #tap(order: Extract<Order, { do: 'tap' }>): void {
    this.#begin(order, this.#reading * order.taps);
    for (const terminal of this.#terminals.slice(0, this.#reading)) terminal.tap();
  }

  #awaitHead(order: Extract<Order, { do: 'head' }>, length: number): void {
    const heard = this.#heads.slice(0, length).filter((version) => version >= order.version).length;
    this.#begin(order, this.#reading - heard);
  }

  #awaitAlerts(order: Extract<Order, { do: 'alert' }>): void {
    const heard = this.#alerts.slice(0, this.#reading).filter((count) => count >= order.count);
    this.#begin(order, this.#reading - heard.length);
  }

  #onUp(): void {
    const way = this.#underWay?.order.do;
    if (way === 'open') this.#toOpen.pop()?.open();
    if (way === 'open' || way === 'cut') this.#through();
  }

  #onHead(index: number, statement: string, list: string): void {
    const at = epochMs();
    const version = versionOf(statement, list);
    if (version === null || version <= (this.#heads[index] ?? 0)) return;
    this.#heads[index] = version;
    const order = this.#underWay?.order;
    if (order?.do === 'head' && version >= order.version) this.#through(at);
  }

  #onAlert(index: number): void {
    const at = epochMs();
    const count = (this.#alerts[index] ?? 0) + 1;
    this.#alerts[index] = count;
    const order = this.#underWay?.order;
    if (order?.do === 'alert' && count === order.count) this.#through(at);
  }

  #onAcknowledged(index: number, ms: number): void {
    const way = this.#underWay;
    if (way?.order.do !== 'tap') return;
    way.took.push(ms);
    const left = (way.left[index] ?? way.order.taps) - 1;
    way.left[index] = left;
    if (left > 0) this.#terminals[index]?.tap();
    this.#through();
  }

  #through(at = epochMs()): void {
    const way = this.#underWay;
    if (way === null) return;
    way.at.push(at);
    if (way.at.length >= way.wanted) this.#finish(true);
  }

  #begin(order: Order, wanted: number): void {
    this.#underWay = { order, begun: epochMs(), at: [], took: [], wanted, left: [] };
    if (wanted === 0) this.#finish(true);
  }

  #finish(isWhole: boolean): void {
    const way = this.#underWay;
    if (way === null) return;
    this.#underWay = null;
    const { order, begun, at, took } = way;
    const ledgers = order.do === 'say' ? this.#terminals.map(({ state }) => state) : [];
    const [lost, faults] = [this.#lost, this.#faults];
    this.#lost = 0;
    this.#faults = [];
    this.#tell({ did: order.do, isWhole, begun, at, took, ledgers, lost, faults });
  }
}

/**
 * The version that a head says is the newest of `list`; null when it is of another list. The statement is CMS, in which the text
 * that was signed stands as it is: a terminal verifies it, which is no work of the link's.
 */
function versionOf(statement: string, list: string): number | null {
  const signed = Buffer.from(statement, 'base64').toString('latin1');
  const text = /\{"kind":"head".*?\}/u.exec(signed)?.[0];
  const head = text === undefined ? null : HEAD.parse(JSON.parse(text));
  return head?.list === list ? head.version : null;
}
