/** One place of the street: a terminal with all that stands around it, and whoever holds a card there. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CARD_PIN, type Resident } from '../people.ts';
import type { Breakable } from './breakable.ts';
import { type CardStack, openCardStack } from './card-stack.ts';
import type { CentreView } from './centre-view.ts';
import type { JsonLine } from './child.ts';
import { Faults } from './faults.ts';
import { Hands, type HoldOptions } from './hands.ts';
import type { Mark } from './journal.ts';
import { NetworkCut } from './network-cut.ts';
import { openPageStack, type PageStack } from './page-stack.ts';
import { openPaymentStack, type PaymentStack } from './payment-stack.ts';
import type { PinCounters } from './pin-counters.ts';
import { PlacePapers } from './place-papers.ts';
import type { PlaceKind } from './places.ts';
import { openReceiptStack, type Paper, type ReceiptStack } from './receipt-stack.ts';
import { openReleaseStack, type ReleaseStack } from './release-stack.ts';
import { openScreenBrowser, type ScreenBrowser } from './screen-browser.ts';
import { SmallDisk } from './small-disk.ts';
import { swappedMidway } from './swapped-card.ts';
import { openTelevisionStack, type TelevisionStack } from './television-stack.ts';
import { Terminal } from './terminal.ts';
import { isAnswer, wasNotReadInTime } from './terminal-health.ts';
import { typePin } from './typing.ts';

const ANSWER_MS_MAX = 20_000;
const SCREEN_MS_MAX = 20_000;
const ASK_AGAIN_MS = 100;
const RECEIPT_MS_MAX = 20_000;
const PAPER_ENDS: readonly unknown[] = ['print.done', 'print.owed', 'print.unknown'];
const WITH_PAPER: readonly unknown[] = ['entry.granted', 'receipt.claimed'];

export interface TapOptions extends HoldOptions {
  /** What is typed where a PIN is asked for; that of the card unless told. */
  readonly pin?: string;
}

export interface Tapped {
  readonly answer: JsonLine;
  /** Null when none came out. */
  readonly paper: Paper | null;
  /** What became of handing something out; null where that is not done, or was not to be. */
  readonly handedOut: string | null;
}

/** What a place has of the street around it. */
export interface Surroundings {
  /** Of the street; each place has files and folders of its own name there. */
  readonly directory: string;
  /** Of the street's page, which shows the screen. */
  readonly pagePort: number;
  readonly say: (line: string) => void;
  readonly tries: PinCounters;
  /** PEM file with the certificate of the municipality that terminals of an evacuation belong to. */
  readonly municipalityKey: string;
  readonly residents: () => readonly Resident[];
  readonly canSkewClock: () => boolean;
  readonly centre: () => CentreView;
  /** There is one card of each kind: whoever holds it here does not hold it anywhere else. */
  readonly takeFromElsewhere: (who: string, here: Place) => Promise<void>;
  readonly onChange: () => void;
}

export class Place implements Breakable {
  readonly kind: PlaceKind;
  readonly terminal: Terminal;
  readonly faults: Faults;
  /** Where its terminal keeps its state. */
  readonly state: string;
  /** Somebody types at its screen in the street's name: no page shows it meanwhile. */
  isScreenLent = false;
  /** How often pages were told to load its screen anew. */
  screenLoads = 0;
  /** Papers up to this number are of an earlier run. */
  firstPaper = 0;
  /** Where somebody puts a stick in. */
  readonly stick: string;
  readonly #number: number;
  readonly #around: Surroundings;
  readonly #config: string;
  #cable: NetworkCut | null = null;
  #cards: CardStack | null = null;
  #receipts: ReceiptStack | null = null;
  #release: ReleaseStack | null = null;
  #page: PageStack | null = null;
  #payment: PaymentStack | null = null;
  #television: TelevisionStack | null = null;
  #papers = new PlacePapers([]);
  #hands: Hands | null = null;
  #disk: SmallDisk | null = null;

  /** `number`: which place of the street, from 0. */
  constructor(kind: PlaceKind, number: number, around: Surroundings) {
    const { directory, say, onChange } = around;
    this.kind = kind;
    this.#number = number;
    this.#around = around;
    this.state = join(directory, kind.id);
    this.stick = join(directory, `${kind.id}-stick`);
    this.#config = join(directory, `${kind.id}.toml`);
    this.terminal = new Terminal({
      name: kind.id,
      config: this.#config,
      environment: () => this.#cards?.environment ?? {},
      say,
    });
    this.terminal.journal.watch((line) => this.#hear(line));
    this.faults = new Faults(this, onChange);
  }

  get id(): string {
    return this.kind.id;
  }

  get cards(): CardStack {
    return present(this.#cards, 'card stack');
  }

  get cable(): NetworkCut {
    return present(this.#cable, 'cable');
  }

  get hands(): Hands {
    return present(this.#hands, 'card to hold');
  }

  /** Null where nothing is printed. */
  get receipts(): ReceiptStack | null {
    return this.#receipts;
  }

  /** Null where nothing is handed out. */
  get release(): ReleaseStack | null {
    return this.#release;
  }

  /** Null where no certificates are printed. */
  get page(): PageStack | null {
    return this.#page;
  }

  /** Null where nothing is paid. */
  get payment(): PaymentStack | null {
    return this.#payment;
  }

  /** Null where the terminal's disk cannot be filled. */
  get disk(): SmallDisk | null {
    return this.#disk;
  }

  /** Null where there is none. */
  get television(): TelevisionStack | null {
    return this.#television;
  }

  get centre(): CentreView {
    return this.#around.centre();
  }

  get canSkewClock(): boolean {
    return this.#around.canSkewClock();
  }

  /** What is real and what is modelled, a line each. */
  get says(): readonly string[] {
    const [cards, receipts, release] = [this.#cards, this.#receipts, this.#release];
    const stacks = [cards, receipts, release, this.#page, this.#payment, this.#television];
    return stacks.flatMap((stack) => (stack === null ? [] : [`${this.id}: ${stack.says}`]));
  }

  /** Whose card lies on the reader, or null. */
  get heldCard(): string | null {
    return this.#hands?.who ?? null;
  }

  get #screenPort(): number {
    return this.#around.pagePort + 1 + this.#number;
  }

  get screenUrl(): string {
    return `http://127.0.0.1:${this.#screenPort}/`;
  }

  /** Builds what stands there. `platformPort`: of the platform's TLS listener. Once. */
  async open(platformPort: number): Promise<void> {
    const directory = join(this.#around.directory, `${this.id}-devices`);
    await mkdir(directory, { recursive: true });
    this.#cable = await NetworkCut.open(platformPort);
    const stack = { directory: join(directory, 'pcscd'), state: this.state, number: this.#number };
    this.#cards = await openCardStack(stack);
    if (this.kind.prints) this.#receipts = await openReceiptStack(directory, this.state);
    if (this.kind.handsOut) this.#release = openReleaseStack(this.state);
    if (this.kind.isTelevision) this.#television = openTelevisionStack(this.state);
    if (this.kind.issues) {
      this.#page = await openPageStack(join(directory, 'page'), this.state);
      this.#payment = await openPaymentStack(directory, this.state);
    }
    this.#papers = new PlacePapers([this.#receipts, this.#page]);
    this.#hands = new Hands(this.#cards, this.#around.tries, this.#around.onChange);
    await writeFile(this.#config, this.#configuration());
  }

  /** An empty place for the terminal's state. */
  async clear(): Promise<void> {
    await SmallDisk.unmount(this.state);
    await rm(this.state, { recursive: true, force: true });
    await mkdir(this.state, { recursive: true, mode: 0o700 });
    this.#disk = await SmallDisk.mount(this.state);
  }

  /** Ends the terminal, with nothing broken and no card on its reader: what was known of it is void. */
  async leave(): Promise<void> {
    await this.hands.remove();
    await this.faults.restore();
    await this.terminal.end();
    this.firstPaper = (await this.#papersSince(0)).at(-1)?.number ?? 0;
    this.terminal.health.forget();
  }

  async close(): Promise<void> {
    await this.terminal.end();
    await this.#cable?.close();
    await this.#receipts?.close();
    await this.#page?.close();
    await this.#payment?.close();
    await this.#cards?.close();
    await SmallDisk.unmount(this.state);
  }

  /** Of this run, numbered above `since`. None while the terminal is dead and the printer lives in it. */
  newPapers(since: number): Promise<readonly Paper[]> {
    return this.#papersSince(Math.max(since, this.firstPaper));
  }

  /** The browsers in the pages that look on die, and begin again. */
  reloadScreens(): void {
    this.screenLoads += 1;
    this.#around.onChange();
  }

  /** Lays a resident's card on the reader, with what is wrong with cards at this moment. */
  async hold(resident: Resident, options: HoldOptions = {}): Promise<void> {
    const { faults } = this;
    await this.#around.takeFromElsewhere(resident.person.id, this);
    const early = options.early === true || faults.isOn('card-pulled');
    const swapped = faults.isOn('answer-swapped') ? { card: this.#swapped(resident) } : {};
    if (!early) return this.hands.hold(resident, { ...swapped, ...options });
    const left = this.terminal.journal.next(({ event }) => event === 'card.unreadable', {
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

  /** Holds a resident's card until the terminal has answered, then takes it away. Where a PIN is asked for, it is typed. */
  async tap(resident: Resident, options: TapOptions = {}): Promise<Tapped> {
    const once = () =>
      this.kind.asksPin
        ? this.atScreen((browser) => this.#tap(resident, options, browser))
        : this.#tap(resident, options, null);
    const first = await once();
    // On a machine that is busy a good card may not be read in time: they do as the screen says.
    return options.card === undefined && wasNotReadInTime(first.answer) ? once() : first;
  }

  /** Somebody stands before the screen; the pages that look on do not see it meanwhile, as only one browser may. */
  async atScreen<Result>(act: (browser: ScreenBrowser) => Promise<Result>): Promise<Result> {
    this.isScreenLent = true;
    this.#around.onChange();
    try {
      const browser = await this.#browser();
      return await act(browser).finally(() => browser.die());
    } finally {
      this.isScreenLent = false;
      this.reloadScreens();
    }
  }

  /** As soon as the pages have let the screen go. */
  async #browser(): Promise<ScreenBrowser> {
    const deadline = performance.now() + SCREEN_MS_MAX;
    for (;;) {
      try {
        return await openScreenBrowser(this.screenUrl);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(ASK_AGAIN_MS);
      }
    }
  }

  async #tap(
    resident: Resident,
    options: TapOptions,
    browser: ScreenBrowser | null,
  ): Promise<Tapped> {
    const { journal } = this.terminal;
    await this.hands.remove();
    let since = journal.mark();
    const onLay = () => {
      since = journal.mark();
    };
    await this.hold(resident, { ...options, onLay });
    const answered = journal.next(isAnswer, { since, limitMs: ANSWER_MS_MAX, what: 'an answer' });
    // Many cards are answered before their PIN is asked for. Where it is and cannot be typed, no answer comes.
    if (browser !== null) void typePin(browser, options.pin ?? CARD_PIN).catch(() => {});
    const handedOut = answered.then((answer) => this.#handedOut(answer, since));
    const answer = await Promise.all([answered, handedOut])
      .then(([said]) => said)
      .finally(() => this.hands.remove());
    return {
      answer,
      paper: await this.#paperOf(answer, since),
      handedOut: await handedOut,
    };
  }

  /** Nothing is handed out to whoever took the card away before. */
  async #handedOut(answer: JsonLine, since: Mark): Promise<string | null> {
    if (this.#release === null || answer['result'] !== 'over') return null;
    const awaited = { since, limitMs: ANSWER_MS_MAX, what: 'the machine' };
    const done = await this.terminal.journal.next(({ event }) => event === 'release.done', awaited);
    return String(done['outcome']);
  }

  #papersSince(number: number): Promise<readonly Paper[]> {
    return this.#papers.since(number);
  }

  #hear({ event, device, outcome }: JsonLine): void {
    if (event === 'terminal.ready') void this.#layAgainInNewTerminal();
    if (event === 'device.ready' && device === 'release') void this.#release?.setAgain();
    if (event === 'device.ready') void this.#television?.setAgain(String(device));
    if (event === 'tv-power.asked' && outcome === 'told') {
      this.#television?.woken();
      this.faults.spend('tv-off');
    }
  }

  /** A reader that lives in the terminal's process forgot what lay on it. */
  async #layAgainInNewTerminal(): Promise<void> {
    if (this.#cards?.livesInTerminal === true) await this.hands.layAgain();
  }

  #swapped(resident: Resident) {
    const another = this.#around
      .residents()
      .find(({ person, certificate }) => person.id !== resident.person.id && certificate !== null);
    return swappedMidway(resident.card, present(another ?? null, 'other card').card);
  }

  async #paperOf(answer: JsonLine, since: Mark): Promise<Paper | null> {
    if (this.#receipts === null || !WITH_PAPER.includes(answer['event'])) return null;
    const end = await this.terminal.journal.next(({ event }) => PAPER_ENDS.includes(event), {
      since,
      limitMs: RECEIPT_MS_MAX,
      what: 'the receipt',
    });
    if (end['event'] !== 'print.done') return null;
    return (await this.#receipts.papers(0)).at(-1) ?? null;
  }

  #configuration(): string {
    const { profile, staff, services } = this.kind;
    const tables = [
      `profile = "${profile}"\nname = "${this.id}"\nstate = ${JSON.stringify(this.state)}`,
      `[platform]\nurl = "wss://127.0.0.1:${this.cable.port}/terminals"`,
      `[card]\n${this.cards.config}`,
      this.#receipts === null ? [] : `[receipt]\n${this.#receipts.config}`,
      this.#release === null ? [] : `[release]\n${this.#release.config}`,
      this.#page === null ? [] : `[page]\n${this.#page.config}`,
      this.#payment === null ? [] : `[payment]\n${this.#payment.config}`,
      this.#television?.config ?? [],
      `[screen]\nport = ${this.#screenPort}\nembed = "http://127.0.0.1:${this.#around.pagePort}"`,
      staff === null ? [] : `[staff]\npin = "${staff.line}"`,
      services({ municipalityKey: this.#around.municipalityKey, stick: this.stick }),
    ];
    return tables.flat().join('\n');
  }
}

function present<Part>(part: Part | null, name: string): Part {
  if (part === null) throw new Error(`the place has no ${name} yet`);
  return part;
}
