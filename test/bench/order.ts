/**
 * The bench group "order": a certificate at a kiosk, from the PIN's last key to the printer's word that it has the first
 * sheet. Daemon and platform are real and in this process, the issuing servers in their threads; a real `ippeveprinter`
 * prints, and the payment unit stands at the end of a serial line (a pseudo-terminal).
 *
 * What a person does in between takes them seconds. Here hands act at once, and three spans are ours: `issue`, from the
 * PIN to the order on the screen; `charge`, from the means chosen until the unit is asked, and from its answer until the
 * card is asked to be taken; `print`, from the card's leaving to the printer's word.
 */

import { createHash, randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { memoryInProcess } from '../../devices/payment/sim-memory.ts';
import { SimUnit } from '../../devices/payment/sim-unit.ts';
import { startIppPrinter } from '../../platform-sim/ipp-printer.ts';
import { Coverage } from '../../platform-sim/municipality/coverage.ts';
import { type AskedIssue, issueDocument } from '../../platform-sim/municipality/issue.ts';
import { Registers } from '../../platform-sim/municipality/registers.ts';
import { openPtyLine } from '../../platform-sim/pty-line.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { CERTIFICATE_SERVICES, OWN_TOPOLOGY } from '../../src/link/certificate-protocol.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { type World, withTerminal } from '../terminal.ts';
import { openAlways } from './always-open.ts';
import { beatBack } from './beats.ts';
import { type Bench, median, reportTimes } from './figures.ts';
import { printBare } from './page.ts';

const ORDERS = 40;
const QUICK_ORDERS = 4;
/** Threads start, caches fill, code is compiled. */
const WARM_UP = 4;
const BUDGET_MS = 300;
const BUDGET_PDF_MS = 60;
const PIN = '2468';
/** What the order costs, so that no change is given. */
const COINS = [100, 50] as const;
/** Nobody chooses three times and types four digits faster; meanwhile the kiosk gets ready for the document. */
const CHOOSING_MS = 2_500;
const LONG_AGO = new Date(Date.now() - 400 * 86_400_000);
const RECORD = 'resident/sarashina-arata';
const ORDER = { document: 'resident-record', municipality: '990037', option: 'self' } as const;
/** No other request to a printer is so long. */
const DOCUMENT_BYTES_MIN = 10_000;

/** ms */
interface Spans {
  readonly issue: number;
  readonly charge: number;
  readonly print: number;
}

interface Floors {
  readonly question: number;
  readonly pdf: number;
  readonly print: number;
}

export async function orderBench(bench: Bench): Promise<void> {
  openAlways();
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-bench-order-'));
  const printer = await startIppPrinter({ directory: folder });
  const till = await openTill(join(folder, 'payment-unit'));
  const tables = `[receipt]
driver = "simulated"
[page]
driver = "ipp"
url = "${printer.url}"
[payment]
driver = "serial"
path = "${till.path}"
[services.family-register]
`;
  try {
    await withTerminal({ kind: 'kiosk', tables }, (world) =>
      measure(bench, new Kiosk(world, till), printer.url),
    );
  } finally {
    await till.stop();
    await printer.stop();
    await rm(folder, { recursive: true });
  }
}

async function measure({ report, quick, note }: Bench, kiosk: Kiosk, url: string): Promise<void> {
  const card = await kiosk.prepare();
  const bare = await Bare.open(kiosk.world, card.der, url);
  const spans: Spans[] = [];
  const floors: Floors[] = [];
  try {
    for (let order = -WARM_UP; order < (quick ? QUICK_ORDERS : ORDERS); order += 1) {
      const taken = await kiosk.order(card.card);
      const floor = await bare.measure();
      if (order < 0) continue;
      spans.push(taken);
      floors.push(floor);
    }
  } finally {
    await bare.close();
  }
  note(`order: ${spans.length} orders`);
  const of = (part: keyof Spans) => spans.map((each) => each[part]);
  const floorOf = (part: keyof Floors) => median(floors.map((each) => each[part]));
  const [question, pdf, print] = [floorOf('question'), floorOf('pdf'), floorOf('print')];
  const ours = spans.map((each) => each.issue + each.charge + each.print);
  const p50 = { budget: BUDGET_MS };
  reportTimes(report, 'order.accepted', ours, { floor: question + pdf + print }, { p50 });
  reportTimes(report, 'order.issue', of('issue'), { floor: question + pdf });
  const pdfs = floors.map((each) => each.pdf);
  reportTimes(report, 'order.pdf', pdfs, {}, { p50: { budget: BUDGET_PDF_MS } });
  reportTimes(report, 'order.charge', of('charge'));
  reportTimes(report, 'order.print', of('print'), { floor: print });
}

/** A payment unit on a serial line, whose kiosk is listened to. */
interface Till {
  readonly path: string;
  readonly unit: SimUnit;
  /** Resolves with the time of the next ask. */
  asked(): Promise<number>;
  stop(): Promise<void>;
}

async function openTill(path: string): Promise<Till> {
  const unit = new SimUnit({ memory: memoryInProcess() });
  let hear = Promise.withResolvers<number>();
  const line = await openPtyLine(path, (bytes) => {
    hear.resolve(performance.now());
    unit.receive(bytes);
  });
  unit.connect((bytes) => line.send(bytes));
  return {
    path,
    unit,
    asked() {
      hear = Promise.withResolvers<number>();
      return hear.promise;
    },
    stop: () => line.stop(),
  };
}

/** Somebody whose hands take no time. */
class Kiosk {
  readonly world: World;
  readonly #till: Till;

  constructor(world: World, till: Till) {
    this.world = world;
    this.#till = till;
  }

  /** Opens the kiosk, and gives somebody a card. */
  async prepare(): Promise<{ readonly card: CardDefinition; readonly der: Buffer }> {
    const { world } = this;
    const authority = testAuthority();
    await world.publishTrust();
    await world.addInstitution(testInstitution(authority));
    const { der, card } = await world.cards.card({ notBefore: LONG_AGO });
    writeFileSync(join(world.directory, 'holder.der'), der);
    const csv = join(world.directory, 'holders.csv');
    writeFileSync(csv, `certificate,record\nholder.der,${RECORD}\n`);
    world.platform.stores.centre.holders.take(csv, () => true);
    await this.#shows('menu');
    return { der, card: { ...card, pin: PIN, authorityKey: authority.file.toString('base64') } };
  }

  /** A whole order, up to the menu again. */
  async order(card: CardDefinition): Promise<Spans> {
    await this.#choose(card);
    await this.#type();
    const typed = performance.now();
    this.world.press({ key: 'enter' });
    await this.#shows('confirm-order');
    const issue = performance.now() - typed;
    const charge = await this.#pay();
    const accepted = documentAccepted();
    const left = performance.now();
    await this.world.remove();
    const print = (await accepted) - left;
    await this.#shows('take-paper');
    this.world.press({ key: 'enter' });
    await this.#shows('menu');
    return { issue, charge, print };
  }

  async #choose(card: CardDefinition): Promise<void> {
    const { world } = this;
    world.press({ key: 'choose', choice: 'resident-certificate' });
    await this.#shows('place-card');
    await world.hold(card);
    await world.screen({ screen: 'choose', of: 'document' } as Partial<Screen>);
    world.press({ key: 'choose', choice: '0' });
    await world.screen({ screen: 'choose', of: 'option' } as Partial<Screen>);
    world.press({ key: 'choose', choice: ORDER.option });
    await world.screen({ screen: 'choose', of: 'copies' } as Partial<Screen>);
    world.press({ key: 'choose', choice: '1' });
  }

  async #type(): Promise<void> {
    const { world } = this;
    await this.#shows('pin');
    await pause(CHOOSING_MS);
    for (const [typed, character] of [...PIN].entries()) {
      world.press({ key: 'character', character });
      await world.screen({ screen: 'pin', digits: typed + 1 } as Partial<Screen>);
    }
  }

  /** What of it was ours. */
  async #pay(): Promise<number> {
    const { world } = this;
    world.press({ key: 'enter' });
    await this.#shows('paying');
    const asked = this.#till.asked();
    const chosen = performance.now();
    world.press({ key: 'choose', choice: 'cash' });
    const before = (await asked) - chosen;
    // What it is asked next, it can answer with the money in it.
    const looked = this.#till.asked();
    for (const coin of COINS) this.#till.unit.insert(coin);
    const answered = await looked;
    await this.#shows('take-card');
    return before + performance.now() - answered;
  }

  #shows(screen: Screen['screen']): Promise<Screen> {
    return this.world.screen({ screen } as Partial<Screen>);
  }
}

/** When the printer has answered that it has the whole document. */
function documentAccepted(): Promise<number> {
  const channel = 'http.client.response.finish';
  const { promise, resolve } = Promise.withResolvers<number>();
  const hear = (said: unknown): void => {
    const { request } = said as { readonly request: ClientRequest };
    if (Number(request.getHeader('content-length') ?? 0) < DOCUMENT_BYTES_MIN) return;
    unsubscribe(channel, hear);
    resolve(performance.now());
  };
  subscribe(channel, hear);
  return promise;
}

type Make = () => ReturnType<typeof issueDocument>;

/** The least that the three things take that nobody can leave out. */
class Bare {
  readonly #terminal: BareTerminal;
  readonly #make: Make;
  readonly #url: string;

  private constructor(terminal: BareTerminal, make: Make, url: string) {
    this.#terminal = terminal;
    this.#make = make;
    this.#url = url;
  }

  static async open({ platform }: World, der: Buffer, url: string): Promise<Bare> {
    const registers = new Registers();
    registers.linkHolder(RECORD, der);
    const key = platform.stores.keys.issuer(ORDER.municipality)?.key ?? null;
    const server = { registers, coverage: await Coverage.open(), keyOf: () => key };
    const certificate = createHash('sha256').update(der).digest('hex');
    const asked = (): AskedIssue => {
      return { ...ORDER, request: randomUUID(), copies: 1, certificate, at: Date.now() };
    };
    const terminal = await BareTerminal.greet(platform.url, new Chain('bare-1'));
    beatBack(terminal);
    return new Bare(terminal, () => issueDocument(asked(), server), url);
  }

  async measure(): Promise<Floors> {
    const before = performance.now();
    await this.#ask();
    const answered = performance.now();
    const issued = this.#make();
    const made = performance.now();
    if ('refused' in issued) throw new Error(`refused: ${issued.refused}`);
    const print = await printBare(this.#url, issued.pdf);
    return { question: answered - before, pdf: made - answered, print };
  }

  async close(): Promise<void> {
    await this.#terminal.leave();
  }

  /** The question that every kiosk asks when its link comes up: no card, no register. */
  async #ask(): Promise<void> {
    const id = randomUUID();
    const terminal = this.#terminal;
    const body = JSON.stringify({ topology: OWN_TOPOLOGY });
    const question = { id, service: CERTIFICATE_SERVICES.municipalities, body, card: null };
    terminal.send({ frame: 'ask', ...question });
    const isAnswer = () => terminal.frames.some((frame) => 'id' in frame && frame.id === id);
    await terminal.until(isAnswer, 'an answer');
  }
}
