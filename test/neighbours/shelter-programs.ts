/** Readers of one shelter as processes of their own, enrolled at one platform, without a list. */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { Heard } from '../../src/store/heard.ts';
import type { Line } from '../journal-lines.ts';
import { jsonLines, launcher, type Program, succeed } from '../rig/program.ts';
import { shelterConfig } from '../rig/shelter-config.ts';
import type { Site } from '../rig/site.ts';

export interface ReaderGiven {
  readonly name: string;
  /** Of the table `[neighbours]`. */
  readonly neighbours: string;
  /** More tables. Default: none. */
  readonly tables?: string;
  /** As of a program: on which machine. Default: this one. */
  readonly within?: readonly string[];
}

/** A fact of a stay, as a reader says it. */
export type StayLine = Line & { readonly mark?: string };

export class ShelterProgram {
  readonly name: string;
  readonly state: string;
  readonly #site: Site;
  readonly #config: string;
  readonly #within: readonly string[];
  #program: Program | null = null;

  private constructor(site: Site, { name, within = [] }: ReaderGiven) {
    this.name = name;
    this.state = join(site.directory, name);
    this.#site = site;
    this.#config = join(site.directory, `${name}.toml`);
    this.#within = within;
  }

  /** Enrolled at the site's platform, and not started yet. */
  static async enrol(site: Site, given: ReaderGiven): Promise<ShelterProgram> {
    const reader = new ShelterProgram(site, given);
    const { directory, secureUrl: url } = site;
    const { name, neighbours, tables = '' } = given;
    await shelterConfig({
      ...{ directory, name, url },
      tables: `[neighbours]\n${neighbours}\n${tables}`,
    });
    const [added] = jsonLines(await site.platformCommand('terminal', 'add', reader.name));
    const code = ['--code', String(added?.['code'])];
    const enrol = [launcher('kazasu'), 'enrol', '--config', reader.#config, ...code];
    await succeed(enrol, { within: reader.#within });
    return reader;
  }

  /** The one that was started last. */
  get program(): Program {
    if (this.#program === null) throw new Error(`${this.name} was not started yet`);
    return this.#program;
  }

  /** Resolves when it takes people in. */
  async start(): Promise<Program> {
    this.#program = await this.#site.startCopy(this.#config, { within: this.#within });
    await this.#program.next({ event: 'terminal.in-service' });
    await this.#program.next({ event: 'device.ready', device: 'reader' });
    return this.#program;
  }

  /** Holds the card until the fact is said, and takes it away. */
  async held(card: CardDefinition, event = 'shelter.arrived'): Promise<StayLine> {
    const after = this.program.lines.all.length;
    await this.hold(card);
    try {
      return await this.program.first((line) => line.event === event, after);
    } finally {
      await this.remove();
    }
  }

  async hold(card: CardDefinition): Promise<void> {
    await askControlSocket(this.#readersSocket, { do: 'hold', card });
  }

  async remove(): Promise<void> {
    await askControlSocket(this.#readersSocket, { do: 'remove' });
  }

  /** Resolves when it has heard each of them. */
  async hears(facts: readonly StayLine[]): Promise<void> {
    const heard = Heard.openBeside(this.state);
    if (heard === null) throw new Error('nothing was ever heard');
    try {
      for (const { at, mark } of facts) {
        const isThere = () => heard.factsAbout(`mark/${mark}`).some((fact) => fact.at === at);
        while (!isThere()) await delay(5);
      }
    } finally {
      heard.close();
    }
  }

  get #readersSocket(): string {
    return join(this.state, 'sim-card.sock');
  }
}
