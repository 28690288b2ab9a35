/** The other gates of the venue over the terminal's whole life; of a terminal without `[neighbours]`, nothing. */

import type { Config } from './config.ts';
import { pinnedPlatform } from './link/pinned-platform.ts';
import type { LinkSupervisor } from './link-supervisor.ts';
import type { Discovery } from './neighbours/discovery.ts';
import type { Neighbours, NeighboursLevel } from './neighbours/neighbours.ts';
import { entryOf } from './service-config.ts';
import type { StateFolder } from './state-folder.ts';
import { codeOf, isStorageFailure } from './store/disk.ts';
import { Heard } from './store/heard.ts';
import { NOTHING_HEARD } from './store/heard-facts.ts';
import { SOFTWARE } from './version.ts';

export interface VenueParts {
  readonly config: Config;
  readonly folder: StateFolder;
  readonly link: Pick<LinkSupervisor, 'enrolled'>;
}

export class Venue {
  readonly #parts: VenueParts;
  readonly #heard: Heard | null;
  #neighbours: Neighbours | null = null;
  #discovery: Discovery | null = null;

  /** From here on a ticket's state is made of what was heard, too; nobody is called before `start`. */
  constructor(parts: VenueParts) {
    this.#parts = parts;
    this.#heard = parts.config.neighbours === undefined ? null : this.#open();
    if (this.#heard !== null) parts.folder.ledger.beside = this.#heard;
  }

  /** Null where none are configured. */
  get level(): NeighboursLevel | null {
    return this.#neighbours?.level() ?? null;
  }

  /** Lists may have changed. */
  look(): void {
    this.#neighbours?.look();
  }

  async start(): Promise<void> {
    const { config, folder, link } = this.#parts;
    const { name, neighbours } = config;
    const heard = this.#heard;
    const list = entryOf(config)?.list;
    if (neighbours === undefined || heard === null || list === undefined) return;
    const { ledger, clock, shelf, recorder } = folder;
    const listen = neighbours.listen ?? null;
    // Loaded only where there are neighbours: a gate that stands alone does not pay for them.
    const loaded = await import('./neighbours/neighbours.ts');
    const hub = new loaded.Neighbours({
      ...{ terminal: name, software: SOFTWARE, ledger, clock, heard, listen },
      identity: link.enrolled,
      gates: neighbours.gates,
      lists: [list],
      ca: () => pinnedPlatform(ledger),
      manifestOf: (id) => shelf.active(id)?.manifest ?? null,
      note: (event, fields) => recorder.note(event, fields),
    });
    this.#neighbours = hub;
    if (neighbours.discover === undefined) return;
    const looking = await import('./neighbours/discovery.ts');
    const onFound = (address: (typeof neighbours.gates)[number]) =>
      hub.call(address, { isFound: true });
    this.#discovery = new looking.Discovery({ name, listen }, onFound);
  }

  /** Null on a disk that takes nothing: the gate then stands alone. */
  #open(): Heard | null {
    const { config, folder } = this.#parts;
    const unavailable = (reason: string): void =>
      folder.recorder.note('neighbours.unavailable', { reason });
    try {
      const heard = Heard.open(config.state);
      heard.onBroken = unavailable;
      return heard;
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      unavailable(codeOf(error));
      return null;
    }
  }

  /** Before the state folder is closed. */
  async stop(): Promise<void> {
    await this.#discovery?.stop();
    await this.#neighbours?.stop();
    this.#parts.folder.ledger.beside = NOTHING_HEARD;
    this.#heard?.close();
  }
}
