/**
 * A gate and its platform as they stand in the field: each a process of its own, on real sockets and real files, with a
 * receipt printer on a serial line that outlives them.
 *
 *   await withSite({ reader: 'pcsc' }, async (site) => { await site.startGate(); ... })
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CardDefinition, SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';
import { SimPrinter, type SimPrinterOptions } from '../../devices/receipt/sim-printer.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { type Pcscd, startPcscd, VPCD_READER } from '../../platform-sim/pcscd.ts';
import { startPtyPrinter } from '../../platform-sim/pty-printer.ts';
import { CardMaker, type TestCard } from '../cards.ts';
import type { Line, Wanted } from '../journal-lines.ts';
import { ANSWERS, LIST } from '../terminal.ts';
import { jsonLines, launcher, Program, type ProgramOptions, succeed } from './program.ts';

const KAZASU = launcher('kazasu');
const PLATFORM = launcher('kazasu-platform');

export interface SiteOptions {
  /** Default: simulated, in the gate's process. */
  readonly reader?: 'pcsc' | 'simulated';
  /** How many tickets are sold, to so many cards: T-1, T-2, ... Published before the story begins. Default: no list. */
  readonly tickets?: number;
  readonly printer?: SimPrinterOptions;
  /** Default: a folder of the site. */
  readonly gateState?: string;
  /** The platform speaks TLS, too, and the gate is to enrol. Default: neither. */
  readonly tls?: boolean;
  /** Runs the platform, e.g. on another machine. As `within` of a program. */
  readonly platformWithin?: readonly string[];
}

let maker: Promise<CardMaker> | null = null;

/** Tells the story with the platform running and no gate yet, and leaves nothing behind, however it ends. */
export async function withSite<Result>(
  options: SiteOptions,
  story: (site: Site) => Promise<Result>,
): Promise<Result> {
  maker ??= CardMaker.create();
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-site-'));
  const site = new Site(directory, options, await maker);
  try {
    await site.open(options);
    return await story(site);
  } finally {
    await site.close();
    await rm(directory, { recursive: true, force: true });
  }
}

export class Site {
  readonly directory: string;
  readonly gateState: string;
  readonly platformState: string;
  /** The gate's configuration. */
  readonly config: string;
  readonly cards: CardMaker;
  readonly printer: SimPrinter;
  readonly #reader: 'pcsc' | 'simulated';
  readonly #sold = new Map<string, TestCard>();
  readonly #programs: Program[] = [];
  readonly #ends: (() => Promise<unknown>)[] = [];
  #pcscd: Pcscd | null = null;
  #platform: Program | null = null;
  #gate: Program | null = null;
  readonly #tls: boolean;
  readonly #platformWithin: readonly string[];
  #port = 0;
  #secureUrl = 'wss://127.0.0.1:0/';
  #held: HeldCard | null = null;

  constructor(directory: string, options: SiteOptions, cards: CardMaker) {
    this.directory = directory;
    this.gateState = options.gateState ?? join(directory, 'gate-1');
    this.platformState = join(directory, 'platform');
    this.config = join(directory, 'gate-1.toml');
    this.cards = cards;
    this.printer = new SimPrinter(options.printer);
    this.#reader = options.reader ?? 'simulated';
    this.#tls = options.tls ?? false;
    this.#platformWithin = options.platformWithin ?? [];
  }

  async open({ tickets = 0 }: SiteOptions): Promise<void> {
    if (this.#reader === 'pcsc') {
      this.#pcscd = await startPcscd({ directory: join(this.directory, 'pcscd') });
    }
    const line = await startPtyPrinter({ directory: this.directory, printer: this.printer });
    this.#ends.push(() => line.stop());
    if (tickets > 0) {
      await this.#publishTrust();
      await this.#sell(tickets);
    }
    await this.startPlatform();
    await writeFile(this.config, this.#configuration(line.path));
  }

  /** The card of the one who holds this ticket. */
  cardOf(ticket: string): CardDefinition {
    return present(this.#sold.get(ticket)?.card ?? null, `ticket ${ticket}`);
  }

  /** Where enrolled terminals find the platform, as it says. */
  get secureUrl(): string {
    return this.#secureUrl;
  }

  get securePort(): number {
    return Number(new URL(this.#secureUrl).port);
  }

  get pcscd(): Pcscd {
    return present(this.#pcscd, 'pcscd');
  }

  get platform(): Program {
    return present(this.#platform, 'platform');
  }

  /** The one that was started last. */
  get gate(): Program {
    return present(this.#gate, 'gate');
  }

  /** On the port that it had before, once it had one. */
  async startPlatform(): Promise<void> {
    const args = ['serve', '--state', this.platformState, '--port', String(this.#port)];
    const tls = this.#tls ? ['--tls-port', new URL(this.#secureUrl).port || '0'] : [];
    const within = this.#platformWithin;
    this.#platform = this.#start([PLATFORM, ...args, ...tls], { within });
    const ready = await this.#platform.next({ event: 'platform.ready' });
    this.#port = Number(ready['port']);
    if (this.#tls) this.#secureUrl = String(ready['secureUrl']);
  }

  /** The code by which the gate may enrol. */
  async enrolmentCode(): Promise<string> {
    const [added] = jsonLines(await this.platformCommand('terminal', 'add', 'gate-1'));
    return String(added?.['code']);
  }

  /** Resolves when the gate has said that it is ready, in service or not. */
  async startGate(options: ProgramOptions = {}): Promise<Program> {
    const env = { ...this.#pcscd?.env, ...options.env };
    this.#gate = this.#start([KAZASU, 'run', '--config', this.config], { ...options, env });
    await this.#gate.next({ event: 'terminal.ready' });
    return this.#gate;
  }

  /** As `startGate`, and serving, with its printer ready. */
  async openGate(options: ProgramOptions = {}): Promise<Program> {
    const gate = await this.startGate(options);
    await gate.next({ event: 'terminal.in-service' });
    await gate.next({ event: 'device.ready', device: 'receipt' });
    return gate;
  }

  /** Runs a command of `kazasu-platform` on the platform's state, and hands back its stdout. */
  platformCommand(...args: readonly string[]): Promise<string> {
    const all = [PLATFORM, ...args, '--state', this.platformState];
    return succeed(all, { cwd: this.directory });
  }

  /** Runs a command of `kazasu` that takes the gate's configuration. */
  staffCommand(...args: readonly string[]): Promise<string> {
    return succeed([KAZASU, ...args, '--config', this.config]);
  }

  /** The gate enrols, as somebody at its keyboard has it do. */
  async enrol(options: ProgramOptions = {}): Promise<string> {
    const code = await this.enrolmentCode();
    return succeed([KAZASU, 'enrol', '--config', this.config, '--code', code], options);
  }

  /** Starts another gate with another configuration, as a copy of the first one's disk would. */
  async startCopy(config: string, options: ProgramOptions = {}): Promise<Program> {
    const copy = this.#start([KAZASU, 'run', '--config', config], options);
    await copy.next({ event: 'terminal.ready' });
    return copy;
  }

  /** What the platform holds, oldest first. */
  async facts(): Promise<Line[]> {
    return jsonLines(await this.platformCommand('facts'));
  }

  /** The kept journal of the gate. */
  async journal(): Promise<Line[]> {
    return jsonLines(await succeed([KAZASU, 'journal', '--state', this.gateState]));
  }

  async hold(card: CardDefinition): Promise<void> {
    if (this.#reader === 'pcsc') {
      this.#held = await holdOnVpcd(new SimCard(card), { port: this.pcscd.port });
    } else {
      await this.#askReader({ do: 'hold', card });
    }
  }

  /** Holds the card over the real reader, and resolves when it has been sent so many commands. */
  async holdUntil(card: CardDefinition, commands: number): Promise<void> {
    const reached = Promise.withResolvers<void>();
    const held = new (class extends SimCard {
      #count = 0;

      override transmit(bytes: Uint8Array): Promise<Uint8Array> {
        this.#count += 1;
        if (this.#count === commands) reached.resolve();
        return super.transmit(bytes);
      }
    })(card);
    this.#held = await holdOnVpcd(held, { port: this.pcscd.port });
    await reached.promise;
  }

  /** A card that left by a fault, or with the gate that simulates its reader, is gone already. */
  async remove(): Promise<void> {
    if (this.#reader === 'pcsc') await this.#held?.remove();
    else await this.#askReader({ do: 'remove' }).catch(() => {});
    this.#held = null;
  }

  /** Holds the card until the answer has come, takes it away, and hands back the journal's line. */
  async tap(card: CardDefinition): Promise<Line> {
    const { gate } = this;
    const after = gate.lines.all.length;
    await this.hold(card);
    try {
      return await gate.first((line) => ANSWERS.has(line.event), after);
    } finally {
      await this.remove();
    }
  }

  /** A line of the gate that comes from now on. */
  upcoming(wanted: Wanted): Promise<Line> {
    return this.gate.next(wanted, this.gate.lines.all.length);
  }

  async killPcscd(): Promise<void> {
    this.pcscd.kill('SIGKILL');
    await this.pcscd.exited;
  }

  /** At the same place, for whoever knows only that. */
  async startPcscdAgain(): Promise<void> {
    const { port } = this.pcscd;
    this.#pcscd = await startPcscd({ directory: join(this.directory, 'pcscd'), port });
  }

  async close(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.end();
    await this.#held?.remove();
    for (const end of this.#ends.reverse()) await end();
    await this.#pcscd?.stop();
  }

  async #publishTrust(): Promise<void> {
    const { authority } = this.cards;
    await writeFile(join(this.directory, 'ca.der'), authority.caCertificate);
    await writeFile(join(this.directory, 'crl.der'), authority.crl({ revoked: [] }));
    await this.platformCommand('trust', 'add', '--ca', 'ca.der', '--crl', 'crl.der');
  }

  async #sell(tickets: number): Promise<void> {
    const rows = ['certificate,ticket,seat'];
    for (let number = 1; number <= tickets; number += 1) {
      const card = await this.cards.card();
      this.#sold.set(`T-${number}`, card);
      await writeFile(join(this.directory, `T-${number}.der`), card.der);
      rows.push(`T-${number}.der,T-${number},A ${number}番`);
    }
    await writeFile(join(this.directory, 'tickets.csv'), rows.join('\n'));
    const list = ['--list', LIST, '--csv', 'tickets.csv', '--title', '春の音楽祭'];
    await this.platformCommand('list', 'import', ...list);
  }

  #start(args: readonly string[], options: ProgramOptions = {}): Program {
    const program = new Program(args, options);
    this.#programs.push(program);
    return program;
  }

  async #askReader(request: { readonly do: string } & Record<string, unknown>): Promise<void> {
    await askControlSocket(join(this.gateState, 'sim-card.sock'), request);
  }

  #configuration(printer: string): string {
    const reader =
      this.#reader === 'pcsc'
        ? `driver = "pcsc"\nreader = "${VPCD_READER}"`
        : 'driver = "simulated"';
    return `profile = "gate"
name = "gate-1"
state = ${JSON.stringify(this.gateState)}
[platform]
url = "${this.#tls ? this.#secureUrl : `ws://127.0.0.1:${this.#port}/terminals`}"
[card]
${reader}
[receipt]
driver = "serial"
path = ${JSON.stringify(printer)}
baud = 115200
[services.event-entry]
list = "${LIST}"
gate = "西ゲート"
`;
  }
}

function present<Part>(part: Part | null, name: string): Part {
  if (part === null) throw new Error(`the site has no ${name} yet`);
  return part;
}
