/** The street: the platform, one gate, and residents with their cards; each program a process of its own. */

import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Population, Resident } from '../people.ts';
import { type CardStack, openCardStack } from './card-stack.ts';
import { type JsonLine, Program } from './child.ts';
import {
  addTrust,
  authorityFolder,
  LIST,
  permitEnrolment,
  publishList,
  settle,
  tellRenewals,
} from './city.ts';
import { Faults } from './faults.ts';
import { canSkewClock, Gate } from './gate.ts';
import { isAnswer } from './gate-health.ts';
import { Hands, type HoldOptions } from './hands.ts';
import type { Mark } from './journal.ts';
import type { PlatformShown } from './messages.ts';
import { NetworkCut } from './network-cut.ts';
import { PinCounters } from './pin-counters.ts';
import { PlatformView } from './platform-view.ts';
import { openReceiptStack, type Paper, type ReceiptStack } from './receipt-stack.ts';
import type { StreetAssurance } from './requests.ts';
import { SmallDisk } from './small-disk.ts';
import { swappedMidway } from './swapped-card.ts';

export const PLATFORM_PORT = 8410;
export const PLATFORM_TLS_PORT = 8411;
export const GATE_ID = 'gate-1';
/** Whoever walks here may be staff. The line is what `kazasu staff-pin` printed for it. */
export const STAFF_PIN = '2468';
const STAFF_PIN_LINE =
  'scrypt$32768$8$1$iNOP3_tq56-Zur-H1SbjyQ$TLsYlvjShKtFAOrm9YfsagB1Uj2zgR1nO7POuO3X48s';
const ANSWER_MS_MAX = 20_000;
const RECEIPT_MS_MAX = 20_000;

const NOTHING_KNOWN: PlatformShown = {
  facts: 0,
  newest: [],
  perMinute: [],
  entries: 0,
  doubles: 0,
  list: null,
};
const PAPER_ENDS: readonly unknown[] = ['print.done', 'print.owed', 'print.unknown'];

export interface Tapped {
  readonly answer: JsonLine;
  /** Null when none came out. */
  readonly paper: Paper | null;
}

export interface StreetOptions {
  readonly directory: string;
  /** Of the street's page; the gate's own screen is on the next one. */
  readonly port: number;
  /** What people should read, line by line. */
  readonly say: (line: string) => void;
}

export class Street {
  readonly options: StreetOptions;
  readonly gate: Gate;
  readonly faults: Faults;
  readonly tries: PinCounters;
  /** Another one after each `reset`. */
  run = randomUUID();
  isOpening = true;
  canSkewClock = false;
  /** The least that tonight's list asks every card for. */
  assurance: StreetAssurance = 'possession';
  /** How often pages were told to load the gate's screen anew. */
  screenLoads = 0;
  /** Papers up to this number are of an earlier run. */
  firstPaper = 0;
  readonly #gateState: string;
  readonly #platformState: string;
  readonly #listeners = new Set<() => void>();
  #population: Population = { residents: [], revoked: [], crl: Buffer.alloc(0) };
  #platform: Program | null = null;
  #platformView: PlatformView | null = null;
  #cable: NetworkCut | null = null;
  #cards: CardStack | null = null;
  #receipts: ReceiptStack | null = null;
  #hands: Hands | null = null;
  #disk: SmallDisk | null = null;

  private constructor(options: StreetOptions) {
    this.options = options;
    const { directory, say } = options;
    this.#gateState = join(directory, GATE_ID);
    this.#platformState = join(directory, 'platform');
    this.tries = new PinCounters(join(directory, 'pin-tries.json'));
    this.gate = new Gate(this.#configPath, say);
    this.gate.journal.watch(({ event }) => {
      if (event === 'terminal.ready') void this.#layAgainInNewGate();
    });
    this.faults = new Faults(this, () => this.#changed());
  }

  /** Builds everything and resolves when the gate serves. Yesterday's event is gone; residents keep their cards. */
  static async open(options: StreetOptions): Promise<Street> {
    const street = new Street(options);
    try {
      await street.#build();
    } catch (error) {
      await street.close();
      throw error;
    }
    return street;
  }

  get residents(): readonly Resident[] {
    return this.#population.residents;
  }

  resident(id: string): Resident {
    const found = this.residents.find(({ person }) => person.id === id);
    if (found !== undefined) return found;
    const known = this.residents.map(({ person }) => person.id).join(', ');
    throw new Error(`nobody here is called "${id}"; there are: ${known}`);
  }

  get cards(): CardStack {
    return present(this.#cards, 'card stack');
  }

  get receipts(): ReceiptStack {
    return present(this.#receipts, 'receipt printer');
  }

  get cable(): NetworkCut {
    return present(this.#cable, 'cable');
  }

  get hands(): Hands {
    return present(this.#hands, 'card to hold');
  }

  get platform(): PlatformView {
    return present(this.#platformView, 'platform');
  }

  /** Null where the gate's disk cannot be filled. */
  get disk(): SmallDisk | null {
    return this.#disk;
  }

  /** What is real and what is modelled, a line each. */
  get says(): readonly string[] {
    return [this.#cards, this.#receipts].flatMap((stack) => (stack === null ? [] : [stack.says]));
  }

  /** Whose card lies on the gate's reader, or null. */
  get heldCard(): string | null {
    return this.#hands?.who ?? null;
  }

  get screenUrl(): string {
    return `http://127.0.0.1:${this.options.port + 1}/`;
  }

  platformShown(): PlatformShown {
    return this.#platformView?.shown(Date.now()) ?? NOTHING_KNOWN;
  }

  platformHasNews(): boolean {
    return this.#platformView?.look() ?? false;
  }

  /** Of this run, numbered above `since`. None while the gate is dead and the printer lives in it. */
  async newPapers(since: number): Promise<readonly Paper[]> {
    const papers = await this.receipts.papers(Math.max(since, this.firstPaper)).catch(() => []);
    return papers;
  }

  /** Resolves when the gate serves. */
  serves(): Promise<void> {
    return this.gate.serves();
  }

  /** Calls the listener whenever a person changed something, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lays a resident's card on the reader, with what is wrong with cards at this moment. */
  async hold(resident: Resident, options: HoldOptions = {}): Promise<void> {
    const { faults } = this;
    const early = options.early === true || faults.isOn('card-pulled');
    const swapped = faults.isOn('answer-swapped') ? { card: this.#swapped(resident) } : {};
    if (!early) return this.hands.hold(resident, { ...swapped, ...options });
    const left = this.gate.journal.next(({ event }) => event === 'card.unreadable', {
      limitMs: ANSWER_MS_MAX,
      what: 'the card that left',
    });
    await this.hands.hold(resident, { ...swapped, ...options, early });
    faults.spend('card-pulled');
    void left.then(
      () => this.hands.remove(),
      () => this.hands.remove(),
    );
  }

  /** Holds a resident's card until the gate has answered, then takes it away. */
  async tap(resident: Resident, options: HoldOptions = {}): Promise<Tapped> {
    const { journal } = this.gate;
    await this.hands.remove();
    let since = journal.mark();
    const onLay = () => {
      since = journal.mark();
    };
    await this.hold(resident, { ...options, onLay });
    const answered = journal.next(isAnswer, { since, limitMs: ANSWER_MS_MAX, what: 'an answer' });
    const answer = await answered.finally(() => this.hands.remove());
    return { answer, paper: await this.#paperOf(answer, since) };
  }

  /** The browsers in the pages that look on die, and begin again. */
  reloadScreens(): void {
    this.screenLoads += 1;
    this.#changed();
  }

  /** Publishes the tickets as the next version of the list. */
  publishList(): Promise<void> {
    return publishList(this.options.directory, this.#platformState, this.assurance);
  }

  /** Publishes the list anew, asking every card for this from then on. */
  async ask(assurance: StreetAssurance): Promise<void> {
    this.assurance = assurance;
    await this.publishList();
    this.#changed();
  }

  /** Everything from the beginning: another evening, nobody has entered, nothing is broken. */
  async reset(): Promise<void> {
    this.isOpening = true;
    this.#changed();
    await this.hands.remove();
    await this.faults.restore();
    await this.gate.end();
    this.#platformView?.close();
    this.#platformView = null;
    await this.#platform?.end();
    this.firstPaper = (await this.receipts.papers(0).catch(() => [])).at(-1)?.number ?? 0;
    this.gate.health.forget();
    this.assurance = 'possession';
    await this.#prepare();
    await this.#openGate();
    this.#opened();
  }

  async close(): Promise<void> {
    await this.gate.end();
    this.#platformView?.close();
    this.#platformView = null;
    await this.#platform?.end();
    await this.#cable?.close();
    await this.#receipts?.close();
    await this.#cards?.close();
    await SmallDisk.unmount(this.#gateState);
  }

  get #configPath(): string {
    return join(this.options.directory, `${GATE_ID}.toml`);
  }

  async #build(): Promise<void> {
    const { directory } = this.options;
    this.canSkewClock = await canSkewClock();
    await this.#prepare();
    this.#cable = await NetworkCut.open(PLATFORM_TLS_PORT);
    this.#cards = await openCardStack(directory, this.#gateState);
    this.#receipts = await openReceiptStack(directory, this.#gateState);
    this.#hands = new Hands(this.cards, this.tries, () => this.#changed());
    for (const line of this.says) this.options.say(line);
    await writeFile(this.#configPath, this.#configuration());
    await this.#openGate();
    this.#opened();
  }

  /** The platform with tonight's list, and an empty place for the gate's state. */
  async #prepare(): Promise<void> {
    await rm(this.#platformState, { recursive: true, force: true });
    await SmallDisk.unmount(this.#gateState);
    await rm(this.#gateState, { recursive: true, force: true });
    await mkdir(this.#gateState, { recursive: true, mode: 0o700 });
    this.#disk = await SmallDisk.mount(this.#gateState);
    this.#population = await settle(this.options.directory);
    await addTrust(this.options.directory, this.#platformState);
    await tellRenewals(this.options.directory, this.#platformState, this.#population);
    await this.publishList();
    await this.#startPlatform();
    this.#platformView = new PlatformView(this.#platformState);
  }

  /** A gate that nobody knows yet. */
  async #openGate(): Promise<void> {
    await this.gate.enrol(await permitEnrolment(this.#platformState, GATE_ID));
    await this.gate.start();
  }

  #opened(): void {
    this.run = randomUUID();
    this.isOpening = false;
    this.#changed();
  }

  /** A reader that lives in the gate's process forgot what lay on it. */
  async #layAgainInNewGate(): Promise<void> {
    if (this.#cards?.livesInGate === true) await this.hands.layAgain();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  async #startPlatform(): Promise<void> {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      this.#platform = new Program({
        entry: 'platform-sim/main.ts',
        args: [
          ...['serve', '--state', this.#platformState, '--port', String(PLATFORM_PORT)],
          ...['--tls-port', String(PLATFORM_TLS_PORT)],
          ...['--ocsp', authorityFolder(this.options.directory)],
        ],
        onLine: ({ event }) => {
          if (event === 'platform.ready') resolve();
        },
        onText: (text) => {
          said += text;
        },
      });
      void this.#platform.exited.then(() => reject(new Error(said.trim() || 'the platform ended')));
    });
  }

  #swapped(resident: Resident) {
    const another = this.residents.find(
      ({ person, certificate }) => person.id !== resident.person.id && certificate !== null,
    );
    return swappedMidway(resident.card, present(another ?? null, 'other card').card);
  }

  async #paperOf(answer: JsonLine, since: Mark): Promise<Paper | null> {
    if (answer['event'] !== 'entry.granted' && answer['event'] !== 'receipt.claimed') return null;
    const end = await this.gate.journal.next(({ event }) => PAPER_ENDS.includes(event), {
      since,
      limitMs: RECEIPT_MS_MAX,
      what: 'the receipt',
    });
    if (end['event'] !== 'print.done') return null;
    return (await this.receipts.papers(0)).at(-1) ?? null;
  }

  #configuration(): string {
    return `profile = "gate"
name = "${GATE_ID}"
state = ${JSON.stringify(this.#gateState)}
[platform]
url = "wss://127.0.0.1:${this.cable.port}/terminals"
[card]
${this.cards.config}
[receipt]
${this.receipts.config}
[screen]
port = ${this.options.port + 1}
embed = "http://127.0.0.1:${this.options.port}"
[staff]
pin = "${STAFF_PIN_LINE}"
[services.event-entry]
list = "${LIST}"
gate = "西ゲート"
`;
  }
}

function present<Part>(part: Part | null, name: string): Part {
  if (part === null) throw new Error(`the street has no ${name} yet`);
  return part;
}
