/** Plays one scenario at a time, and remembers how each ended. */

import type { ScenarioShown, Words } from './messages.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { type Scenario, Stage } from './stage.ts';
import type { Street } from './world.ts';

type Progress = Pick<ScenarioShown, 'state' | 'step' | 'proved' | 'seen'>;

const NEVER_PLAYED: Progress = { state: 'idle', step: null, proved: [], seen: null };

export const SCENARIO_NAMES: readonly string[] = SCENARIOS.map(({ name }) => name);

export class Player {
  readonly #street: Street;
  readonly #onChange: () => void;
  readonly #progress = new Map<string, Progress>();
  #playing: Scenario | null = null;

  constructor(street: Street, onChange: () => void) {
    this.#street = street;
    this.#onChange = onChange;
  }

  /** The name of the one that plays, or null. */
  get playing(): string | null {
    return this.#playing?.name ?? null;
  }

  /** Plays it to its end. Throws on a name that is none, and while another one plays. */
  async play(name: string): Promise<ScenarioShown> {
    const scenario = SCENARIOS.find((known) => known.name === name);
    if (scenario === undefined) {
      const known = SCENARIOS.map((each) => each.name).join(', ');
      throw new Error(`no scenario is called "${name}"; there are: ${known}`);
    }
    if (this.#playing !== null) throw new Error(`"${this.#playing.name}" is being played`);
    const missing = scenario.needs?.filter((id) => !this.#street.has(id)) ?? [];
    if (missing.length > 0) throw new Error(`"${name}" needs ${missing.join(', ')}`);
    this.#playing = scenario;
    this.#set(name, { ...NEVER_PLAYED, state: 'playing' });
    try {
      await this.#perform(scenario);
    } finally {
      this.#playing = null;
      this.#onChange();
    }
    return this.#shown(scenario);
  }

  /** After a new beginning, nothing is proved any more. */
  forget(): void {
    this.#progress.clear();
    this.#onChange();
  }

  shown(): ScenarioShown[] {
    return SCENARIOS.map((scenario) => this.#shown(scenario));
  }

  async #perform(scenario: Scenario): Promise<void> {
    const { name } = scenario;
    const proved: Words[] = [];
    const stage = new Stage(this.#street, {
      onStep: (step) =>
        this.#set(name, { state: 'playing', step, proved: [...proved], seen: null }),
      onProved: (words) => {
        proved.push(words);
        const step = this.#progress.get(name)?.step ?? null;
        this.#set(name, { state: 'playing', step, proved: [...proved], seen: null });
      },
    });
    let seen: string | null = null;
    try {
      await this.#clear();
      await scenario.play(stage);
    } catch (error) {
      // Whatever went otherwise is what was seen: a scenario is there to find out.
      seen = (error as Error).message;
    }
    await this.#clear().catch((error: Error) => {
      seen ??= `afterwards: ${error.message}`;
    });
    const state = seen === null ? 'proved' : 'not-proved';
    this.#set(name, { state, step: null, proved, seen });
  }

  /** Nothing is broken, no card lies anywhere, and every terminal serves. */
  async #clear(): Promise<void> {
    await this.#street.removeCards();
    await this.#street.townHall?.faults.restore();
    for (const { faults } of this.#street.places) await faults.restore();
    for (const { terminal } of this.#street.places) await terminal.serves();
  }

  #set(name: string, progress: Progress): void {
    this.#progress.set(name, progress);
    this.#onChange();
  }

  #shown({ name, title, incident, source }: Scenario): ScenarioShown {
    const progress = this.#progress.get(name) ?? NEVER_PLAYED;
    return { name, title, incident, source, ...progress };
  }
}
