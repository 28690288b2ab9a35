/**
 * What a scenario has at hand. A scenario replays an incident of the real world at a terminal by itself and proves, from
 * journal, platform and papers, that here it ends well.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { CardDefinition } from '../../devices/card/sim-card-definition.ts';
import type { Resident } from '../people.ts';
import type { JsonLine } from './child.ts';
import type { FaultName } from './faults.ts';
import type { Mark } from './journal.ts';
import type { Words } from './messages.ts';
import type { Place, TapOptions, Tapped } from './place.ts';
import type { PlatformFact } from './platform-view.ts';
import type { StreetAssurance } from './requests.ts';
import { decisionOf } from './terminal-health.ts';
import type { Street } from './world.ts';

const LINE_MS_MAX = 60_000;
const LOOK_AGAIN_MS = 100;
/** Ten commands: slow enough to happen upon its middle, quicker than the gate's limit. */
const SLOW_CARD = { bitRate: 106, perApduMs: 60, signatureMs: 0 } as const;
const COMMANDS_OF_HALF = 4;
const HALF_READ_MS = 350;
const NEVER_ENTERED = /no entry of ticket|taken back already|no ledger here/u;

export interface Scenario {
  readonly name: string;
  readonly title: Words;
  /** What went wrong in the world. */
  readonly incident: Words;
  /** Who saw it, and when; null for what is no incident. */
  readonly source: Words | null;
  /** Terminals that it needs, where it is not about gate, vending machine and kiosk. */
  readonly needs?: readonly string[];
  /** Rejects with `NotProvedError` when it goes otherwise than it must. */
  readonly play: (stage: Stage) => Promise<void>;
}

/** It went otherwise; the message says what was seen. */
export class NotProvedError extends Error {
  override readonly name = 'NotProvedError';
}

export interface StageListener {
  onStep(step: Words): void;
  onProved(words: Words): void;
}

export class Stage {
  readonly street: Street;
  /** Where it plays. */
  readonly place: Place;
  readonly #listener: StageListener;

  /** `place`: the street's first one, unless told. */
  constructor(street: Street, listener: StageListener, place: Place = street.place()) {
    this.street = street;
    this.place = place;
    this.#listener = listener;
  }

  /** The same scenario at another terminal: by its name, or one that is not of the street. */
  at(at: string | Place): Stage {
    const place = typeof at === 'string' ? this.street.place(at) : at;
    return new Stage(this.street, this.#listener, place);
  }

  /** Says what is done now. */
  step(ja: string, en: string): void {
    this.#listener.onStep({ ja, en });
  }

  /** `seen`: what was there, for the case that it does not hold. */
  prove(holds: boolean, words: Words, seen: unknown): void {
    if (!holds) throw new NotProvedError(`not so: ${words.en}; seen: ${JSON.stringify(seen)}`);
    this.#listener.onProved(words);
  }

  /** Somebody with a ticket who has not entered: an entry from before is taken back by staff. */
  async guest(id: string): Promise<Resident> {
    const resident = this.street.resident(id);
    const { ticket } = resident.person;
    if (ticket === null) return resident;
    const gate = this.at(this.street.gate.id);
    const since = gate.mark();
    try {
      const why = ['--by', 'street', '--why', 'the beginning of a scenario'];
      await this.street.gate.terminal.staff('undo', '--ticket', ticket.ticket, ...why);
    } catch (error) {
      if (NEVER_ENTERED.test((error as Error).message)) return resident;
      throw error;
    }
    // Another process wrote it: from here on, the gate knows.
    await gate.line('entry.undone', since, 'the entry that is taken back');
    return resident;
  }

  tap(resident: Resident, options: TapOptions = {}): Promise<Tapped> {
    return this.place.tap(resident, options);
  }

  /** What the terminal decides when this card is held: `granted` or a reason. */
  async decision(resident: Resident, card?: CardDefinition): Promise<string> {
    const { answer } = await this.tap(resident, card === undefined ? {} : { card });
    return decisionOf(answer);
  }

  /** Plays with a list that asks every card for this; afterwards it asks for what it did before. */
  async asking(level: StreetAssurance, play: () => Promise<void>): Promise<void> {
    const before = this.street.assurance;
    try {
      await this.#ask(level);
      await play();
    } finally {
      await this.#ask(before);
    }
  }

  async #ask(level: StreetAssurance): Promise<void> {
    if (this.street.assurance === level) return;
    const gate = this.at(this.street.gate.id);
    const since = gate.mark();
    await this.street.ask(level);
    await gate.line('list.activated', since, 'the list that asks for it');
  }

  async break(name: FaultName): Promise<void> {
    await this.place.faults.apply(name);
  }

  async mend(name?: FaultName): Promise<void> {
    await this.place.faults.restore(name);
  }

  mark(): Mark {
    return this.place.terminal.journal.mark();
  }

  /** Lines of the terminal's journal since the mark, of this event when one is named. */
  lines(since: Mark, event?: string): readonly JsonLine[] {
    const lines = this.place.terminal.journal.since(since);
    return event === undefined ? lines : lines.filter((line) => line['event'] === event);
  }

  line(event: string, since: Mark, what = event): Promise<JsonLine> {
    const awaited = { since, limitMs: LINE_MS_MAX, what };
    return this.place.terminal.journal.next((line) => line['event'] === event, awaited);
  }

  /**
   * Lays the card down and resolves in the middle of its reading. Cards that live in the terminal's process tell nothing of
   * it: there, time has to tell.
   */
  async holdUntilRead(resident: Resident): Promise<void> {
    const reading = Promise.withResolvers<void>();
    const onCommand = (count: number): void => {
      if (count === COMMANDS_OF_HALF) reading.resolve();
    };
    await this.place.hold(resident, {
      card: { ...resident.card, timing: SLOW_CARD },
      onCommand,
    });
    const half = this.place.cards.livesInTerminal ? delay(HALF_READ_MS) : reading.promise;
    await Promise.race([half, delay(LINE_MS_MAX)]);
  }

  /** The terminal is dead, or out of service, when this begins and serves when it resolves. */
  async servesAgain(since: Mark): Promise<void> {
    await this.line('terminal.in-service', since, 'a terminal that serves again');
  }

  /** Resolves when the platform holds every fact of the terminal. */
  async everythingArrived(): Promise<void> {
    const { platform } = this.street;
    const last = this.place.terminal.journal
      .since(0)
      .findLast(({ seq }) => typeof seq === 'number')?.['seq'];
    if (last === undefined) return;
    await this.until('every fact at the platform', () =>
      platform.since(0).some(({ terminal, seq }) => terminal === this.place.id && seq === last),
    );
  }

  /** Facts that this terminal told the platform, after the arrival number. */
  told(since: number): readonly PlatformFact[] {
    return this.street.platform.since(since).filter(({ terminal }) => terminal === this.place.id);
  }

  /** How many papers have come out. */
  async papers(): Promise<number> {
    return (await this.place.receipts?.papers(0))?.at(-1)?.number ?? 0;
  }

  /** Resolves as soon as it holds; rejects when it does not within a minute. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + LINE_MS_MAX;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new NotProvedError(`${what} did not come`);
      await delay(LOOK_AGAIN_MS);
    }
  }
}
