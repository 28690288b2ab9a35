/** The other gates of the venue, or readers of the shelter, over the terminal's whole life; without `[neighbours]`, nothing. */

import type { Config } from './config.ts';
import { pinnedPlatform } from './link/pinned-platform.ts';
import type { LinkSupervisor } from './link-supervisor.ts';
import type { Circle } from './neighbours/belief.ts';
import type { Discovery } from './neighbours/discovery.ts';
import type { SharedMarks } from './neighbours/exchange.ts';
import type { Neighbours, NeighboursLevel } from './neighbours/neighbours.ts';
import { shelterTopic } from './neighbours/told-facts.ts';
import type { StateFolder } from './state-folder.ts';
import { codeOf, isStorageFailure } from './store/disk.ts';
import { Heard } from './store/heard.ts';
import { NOTHING_HEARD } from './store/heard-facts.ts';
import { SOFTWARE } from './version.ts';

/** A shelter's list may be too old, or not have come: whoever is there is taken in, and its readers tell each other. */
const ALWAYS = { validFrom: '0000-01-01T00:00:00.000Z', validTo: '9999-12-31T00:00:00.000Z' };

export interface VenueParts {
  readonly config: Config;
  readonly folder: StateFolder;
  readonly link: Pick<LinkSupervisor, 'enrolled'>;
  /** As `NeighboursParts.keeps`. */
  readonly keeps: readonly string[];
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

  async start(marks: SharedMarks | null): Promise<void> {
    const { config, folder, link, keeps } = this.#parts;
    const { name, neighbours } = config;
    const heard = this.#heard;
    const { 'event-entry': entry, 'evacuation-shelter': shelter } = config.services;
    if (neighbours === undefined || heard === null) return;
    const { ledger, clock, recorder } = folder;
    const listen = neighbours.listen ?? null;
    // Loaded only where there are neighbours: a gate that stands alone does not pay for them.
    const loaded = await import('./neighbours/neighbours.ts');
    const hub = new loaded.Neighbours({
      ...{ terminal: name, software: SOFTWARE, ledger, clock, heard, listen },
      identity: link.enrolled,
      gates: neighbours.gates,
      keeps,
      lists: [
        ...(entry === undefined ? [] : [entry.list]),
        ...(shelter === undefined ? [] : [shelterTopic(shelter.list, shelter.shelter)]),
      ],
      ca: () => pinnedPlatform(ledger),
      manifestOf: (id) => this.#circleOf(id),
      marks,
      note: (event, fields) => recorder.note(event, fields),
    });
    this.#neighbours = hub;
    if (neighbours.discover === undefined) return;
    const looking = await import('./neighbours/discovery.ts');
    const onFound = (address: (typeof neighbours.gates)[number]) =>
      hub.call(address, { isFound: true });
    this.#discovery = new looking.Discovery({ name, listen }, onFound);
  }

  #circleOf(topic: string): Circle | null {
    const { config, folder } = this.#parts;
    const { 'evacuation-shelter': shelter } = config.services;
    const manifest = folder.shelf.active(shelter?.list ?? topic)?.manifest ?? null;
    return shelter === undefined ? manifest : { ...ALWAYS, audience: manifest?.audience ?? [] };
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
