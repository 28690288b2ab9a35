/** The street: the platform, one gate, and residents with their cards; each program a process of its own. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Authority } from '../authority.ts';
import { type Population, populate, type Resident } from '../people.ts';
import { type CardStack, openCardStack } from './card-stack.ts';
import { type JsonLine, Program, runCommand } from './child.ts';
import { NetworkCut } from './network-cut.ts';
import { openReceiptStack, type ReceiptStack } from './receipt-stack.ts';

export const PLATFORM_PORT = 8410;
const LIST = 'kazasu-spring-festival';
const READY_MS_MAX = 30_000;
const ANSWER_MS_MAX = 15_000;
/** Some of the ten commands that reading takes. */
const EARLY_APDUS = 5;
const RECEIPT_MS_MAX = 20_000;

const ANSWERS: readonly unknown[] = [
  'entry.granted',
  'entry.refused',
  'card.unreadable',
  'receipt.claimed',
  'card.ignored',
];
const PAPER_ENDS: readonly unknown[] = ['print.done', 'print.owed', 'print.unknown'];

export interface Tapped {
  readonly answer: JsonLine;
  /** The text of the paper, or null when none came out. */
  readonly paper: string | null;
}

export interface StreetOptions {
  readonly directory: string;
  /** What people should read, line by line. */
  readonly say: (line: string) => void;
}

export class Street {
  readonly #options: StreetOptions;
  readonly #gateState: string;
  readonly #listeners = new Set<(line: JsonLine) => void>();
  #population: Population = { residents: [], crl: Buffer.alloc(0) };
  #platform: Program | null = null;
  #gate: Program | null = null;
  #cable: NetworkCut | null = null;
  #cards: CardStack | null = null;
  #receipts: ReceiptStack | null = null;
  #ending = false;

  private constructor(options: StreetOptions) {
    this.#options = options;
    this.#gateState = join(options.directory, 'gate-1');
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

  /** Kills the gate without a word, as a power cut does; it is started again, as systemd does. */
  killGate(): void {
    this.#gate?.kill('SIGKILL');
  }

  /** Takes the PC/SC service away for a second. Only where the street started it. */
  async restartPcscd(): Promise<void> {
    await this.cards.restart();
  }

  /** Resolves with the first journal line of the gate that matches; rejects when none comes in time. */
  next(matches: (line: JsonLine) => boolean, limitMs: number, what: string): Promise<JsonLine> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
      };
      const listener = (line: JsonLine): void => {
        if (!matches(line)) return;
        done();
        resolve(line);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${what} did not come within ${limitMs / 1000} s`));
      }, limitMs);
      // A street that was ended in the meantime does not wait for the answer.
      timer.unref();
      this.#listeners.add(listener);
    });
  }

  /** Holds a resident's card until the gate has answered, then takes it away; `early`: while it is still read. */
  async tap(resident: Resident, early = false): Promise<Tapped> {
    const printed = (await this.receipts.papers()).length;
    let paperEnd: Promise<JsonLine> | null = null;
    const isAnswer = (line: JsonLine): boolean => {
      if (!ANSWERS.includes(line['event'])) return false;
      if (line['event'] === 'entry.granted' || line['event'] === 'receipt.claimed') {
        paperEnd = this.next(
          (next) => PAPER_ENDS.includes(next['event']),
          RECEIPT_MS_MAX,
          'the receipt',
        );
      }
      return true;
    };
    const answered = this.next(isAnswer, ANSWER_MS_MAX, 'an answer');
    const faults = early ? { faults: { removedAfter: EARLY_APDUS } } : {};
    const held = await this.cards.hold({ ...resident.card, ...faults });
    const answer = await answered.finally(() => held.remove());
    const end: JsonLine | null = await (paperEnd as Promise<JsonLine> | null);
    if (end?.['event'] !== 'print.done') return { answer, paper: null };
    return { answer, paper: (await this.receipts.papers())[printed] ?? null };
  }

  async close(): Promise<void> {
    this.#ending = true;
    await this.#gate?.end();
    await this.#platform?.end();
    await this.#cable?.close();
    await this.#receipts?.close();
    await this.#cards?.close();
  }

  async #build(): Promise<void> {
    const { directory } = this.#options;
    const platformState = join(directory, 'platform');
    await rm(platformState, { recursive: true, force: true });
    await rm(this.#gateState, { recursive: true, force: true });
    await mkdir(this.#gateState, { recursive: true, mode: 0o700 });
    await this.#settle(directory);
    await this.#publish(directory, platformState);
    await this.#startPlatform(platformState);
    this.#cable = await NetworkCut.open(PLATFORM_PORT);
    this.#cards = await openCardStack(directory, this.#gateState);
    this.#receipts = await openReceiptStack(directory, this.#gateState);
    this.#options.say(this.cards.says);
    this.#options.say(this.receipts.says);
    const config = join(directory, 'gate-1.toml');
    await writeFile(config, this.#configuration());
    const ready = this.next(({ event }) => event === 'terminal.ready', READY_MS_MAX, 'the gate');
    const serves = this.next(
      ({ event }) => event === 'terminal.in-service',
      READY_MS_MAX,
      'the gate',
    );
    this.#startGate(config);
    await Promise.all([ready, serves]);
  }

  /** Residents and authorities live on between two starts: making keys takes longer than everything else. */
  async #settle(directory: string): Promise<void> {
    const authority = await Authority.openOrCreate(join(directory, 'authority'));
    const foreign = await Authority.openOrCreate(join(directory, 'foreign-authority'), {
      name: [
        ['C', 'JP'],
        ['O', 'JPKI-SIM'],
        ['OU', 'another authority'],
      ],
    });
    this.#population = await populate(authority, foreign, join(directory, 'residents'));
    await writeFile(join(directory, 'ca.der'), authority.caCertificate);
    await writeFile(join(directory, 'crl.der'), this.#population.crl);
    const rows = this.residents.flatMap(({ person, certificate }) => {
      if (person.ticket === null || certificate === null) return [];
      const { ticket, seat, party } = person.ticket;
      return [`residents/${person.id}.der,${ticket},${seat},${person.name},${party}`];
    });
    const csv = ['certificate,ticket,seat,holder,party', ...rows, ''].join('\n');
    await writeFile(join(directory, 'tickets.csv'), csv);
  }

  /** By the same commands that a stranger would use. */
  async #publish(directory: string, state: string): Promise<void> {
    const platform = 'platform-sim/main.ts';
    const trust = ['--ca', join(directory, 'ca.der'), '--crl', join(directory, 'crl.der')];
    await runCommand(platform, ['trust', 'add', '--state', state, ...trust]);
    const list = ['--list', LIST, '--csv', join(directory, 'tickets.csv'), '--title', '春の音楽祭'];
    const tonight = new Date(Date.now() + 3 * 3_600_000).toISOString();
    await runCommand(platform, [
      'list',
      'import',
      '--state',
      state,
      ...list,
      '--starts-at',
      tonight,
    ]);
  }

  async #startPlatform(state: string): Promise<void> {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      this.#platform = new Program({
        entry: 'platform-sim/main.ts',
        args: ['serve', '--state', state, '--port', String(PLATFORM_PORT)],
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

  #startGate(config: string): void {
    this.#gate = new Program({
      entry: 'src/main.ts',
      args: ['run', '--config', config],
      onLine: (line) => {
        for (const listener of [...this.#listeners]) listener(line);
      },
      onText: (text) => {
        if (/error|fatal|warn/iu.test(text)) this.#options.say(`gate: ${text.trim()}`);
      },
    });
    void this.#gate.exited.then((end) => {
      if (this.#ending) return;
      this.#options.say(`the gate ended (${end}); it is started again`);
      this.#startGate(config);
    });
  }

  #configuration(): string {
    return `profile = "gate"
name = "gate-1"
state = ${JSON.stringify(this.#gateState)}
[platform]
url = "ws://127.0.0.1:${this.cable.port}/terminals"
[card]
${this.cards.config}
[receipt]
${this.receipts.config}
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
