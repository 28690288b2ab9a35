/** The state of the street as pages see it, and what of it changed. Everything in it has a bound. */

import { CARD_PASSWORD, CARD_PIN } from '../people.ts';
import type { PlaceShown, ResidentShown, StreetState } from './messages.ts';
import { PaperPile } from './paper-pile.ts';
import type { Place } from './place.ts';
import type { Player } from './player.ts';
import type { Street } from './world.ts';

const LOOK_MS = 250;
/** The chart moves on while nothing happens. */
const REDRAW_MS = 5_000;
/** Several changes of one moment go out together. */
const GATHER_MS = 40;

export type Parts = Partial<StreetState>;

export class Board {
  readonly #street: Street;
  readonly #player: Player;
  readonly #listeners = new Set<(parts: Parts) => void>();
  readonly #stops: (() => void)[] = [];
  /** Per part, as JSON: what pages know. */
  readonly #told = new Map<string, string>();
  readonly #papers = new PaperPile();
  readonly #last = new Map<string, string>();
  /** By place: whom its last answer was for. */
  readonly #answeredTo = new Map<string, string | null>();
  /** By place: what people see of the unit that takes money. */
  readonly #payments = new Map<string, NonNullable<PlaceShown['payment']>>();
  #money = '';
  #run = '';
  #looking = false;
  #gathering: NodeJS.Timeout | null = null;

  constructor(street: Street, player: Player) {
    this.#street = street;
    this.#player = player;
    this.#stops.push(
      street.watch(() => this.changed()),
      ...street.places.map((place) =>
        place.terminal.health.watch((levels, before) => {
          const isNew = levels.answer.number !== before.answer.number;
          if (isNew) this.#noteAnswer(place, levels.answer.says);
          this.changed();
        }),
      ),
    );
    const look = setInterval(() => void this.#look(), LOOK_MS);
    const redraw = setInterval(() => this.changed(), REDRAW_MS);
    this.#stops.push(
      () => clearInterval(look),
      () => clearInterval(redraw),
    );
  }

  close(): void {
    for (const stop of this.#stops) stop();
    if (this.#gathering !== null) clearTimeout(this.#gathering);
  }

  /** Calls the listener with the parts that changed, until the returned function is called. */
  watch(listener: (parts: Parts) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something may look different now. */
  changed(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#tell();
    }, GATHER_MS);
  }

  /** The drawing of a paper of this run, or null. */
  svgOf(run: string, number: number): string | null {
    return run === this.#street.run ? this.#papers.svgOf(number) : null;
  }

  /** What a paper of this run was printed from, or null. */
  pdfOf(number: number): Uint8Array | null {
    return this.#papers.pdfOf(number);
  }

  state(): StreetState {
    const street = this.#street;
    this.#forgetEarlierRun();
    return {
      run: street.run,
      opening: street.isOpening,
      places: street.places.map((place) => this.#place(place)),
      residents: this.#residents(),
      papers: this.#papers.shown(street.run),
      applications: street.applicationsShown(),
      platform: street.platformShown(),
      town: street.townShown(),
      scenarios: this.#player.shown(),
      says: street.says,
    };
  }

  #forgetEarlierRun(): void {
    if (this.#run === this.#street.run) return;
    this.#run = this.#street.run;
    this.#papers.forget();
    this.#last.clear();
    this.#answeredTo.clear();
  }

  #noteAnswer({ id, heldCard: who }: Place, says: string): void {
    this.#answeredTo.set(id, who);
    if (who !== null) this.#last.set(who, says);
  }

  #tell(): void {
    const changed: Record<string, unknown> = {};
    for (const [part, value] of Object.entries(this.state())) {
      const json = JSON.stringify(value);
      if (this.#told.get(part) === json) continue;
      this.#told.set(part, json);
      changed[part] = value;
    }
    if (Object.keys(changed).length === 0) return;
    for (const listener of this.#listeners) listener(changed as Parts);
  }

  /** Papers come out and facts arrive without a word to the street. */
  async #look(): Promise<void> {
    if (this.#looking || this.#street.isOpening) return;
    this.#looking = true;
    try {
      const { run } = this.#street;
      const papers = await this.#papers.look(this.#street.places);
      await this.#lookAtMoney();
      const fromTown = (await this.#street.townHall?.look()) ?? false;
      this.#forgetEarlierRun();
      if (run !== this.#street.run) return;
      this.#papers.add(papers);
      const money = JSON.stringify([...this.#payments]);
      const isNews = papers.length > 0 || this.#street.platformHasNews() || fromTown;
      if (isNews || money !== this.#money) this.changed();
      this.#money = money;
    } finally {
      this.#looking = false;
    }
  }

  async #lookAtMoney(): Promise<void> {
    for (const { id, payment } of this.#street.places) {
      const shown = await payment?.shown().catch(() => null);
      if (shown) this.#payments.set(id, shown);
    }
  }

  #place(place: Place): PlaceShown {
    const { id, kind } = place;
    const { state, reason, health, answer, screen, handedOut } = place.terminal.health.levels;
    return {
      id,
      staffPin: kind.staff?.pin ?? null,
      cardPin: kind.asksPin || kind.issues ? CARD_PIN : null,
      cardPassword: kind.issues ? CARD_PASSWORD : null,
      television: place.television && { isOn: place.television.isOn },
      shelter: kind.shelter,
      payment: this.#payments.get(id) ?? null,
      handedOut: kind.handsOut ? handedOut : null,
      name: kind.name,
      state: this.#street.isOpening ? 'starting' : state,
      reason,
      screen: {
        url: place.screenUrl,
        ...kind.screen,
        isServed: screen.isServed,
        isLent: place.isScreenLent,
        loads: screen.times + place.screenLoads,
      },
      health,
      levels: kind.levels,
      faults: place.faults.shown(),
      held: place.heldCard,
      answer: { ...answer, who: this.#answeredTo.get(id) ?? null },
    };
  }

  #residents(): ResidentShown[] {
    return this.#street.residents.map(({ person }) => ({
      id: person.id,
      name: person.name,
      kana: person.kana,
      kind: person.card,
      matter: person.matter,
      at: this.#street.placeOf(person.id)?.id ?? null,
      last: this.#last.get(person.id) ?? null,
    }));
  }
}
