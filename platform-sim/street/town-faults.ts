/** What can be broken at the town hall: its power, and with it the municipality's page and the platform behind every terminal. */

import type { FaultShown } from './messages.ts';

export interface TownPower {
  /** Without a word, as a power cut. */
  cut(): Promise<void>;
  restore(): Promise<void>;
}

const NAME = 'town-hall-down';
const LABEL = { ja: '役場を停電にする', en: 'Town hall without power' };
const SAYS = {
  ja: '役場が停電します。役場の画面も、端末の先の本部も止まります。',
  en: "the town hall has no power: the municipality's page and the platform of all terminals are dead",
};

export function isTownFault(name?: string): boolean {
  return name === NAME;
}

export class TownFaults {
  readonly #power: TownPower;
  readonly #onChange: () => void;
  #isDown = false;
  /** One after the other, however many ask at once. */
  #turning: Promise<unknown> = Promise.resolve();

  constructor(power: TownPower, onChange: () => void) {
    this.#power = power;
    this.#onChange = onChange;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Hands back what it did, in words. Throws on a name that is none. */
  async apply(name: string): Promise<string> {
    if (name !== NAME) throw new Error(`at the town hall there is one fault: ${NAME}`);
    const turned = await this.#turn(true);
    return turned ? SAYS.en : `already so: ${SAYS.en}`;
  }

  /** Resolves with the names of what was mended. */
  async restore(name: string = NAME): Promise<readonly string[]> {
    return name === NAME && (await this.#turn(false)) ? [NAME] : [];
  }

  shown(): FaultShown[] {
    return [
      { name: NAME, label: LABEL, says: SAYS, kind: 'state', on: this.#isDown, missing: null },
    ];
  }

  #turn(down: boolean): Promise<boolean> {
    const turned = this.#turning.then(async () => {
      if (this.#isDown === down) return false;
      // Dark from the beginning of the one, and until the end of the other.
      if (down) this.#isDown = true;
      await (down ? this.#power.cut() : this.#power.restore());
      this.#isDown = down;
      this.#onChange();
      return true;
    });
    this.#turning = turned.catch(() => {});
    return turned;
  }
}
