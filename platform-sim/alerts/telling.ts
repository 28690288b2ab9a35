/** Which alerts a terminal is told, by where it stands. */

import type { WirePlace } from '../../src/link/alert-protocol.ts';
import type { PlatformFrame } from '../../src/link/protocol.ts';
import type { FanOut } from '../fan-out.ts';
import type { AlertStore } from './alert-store.ts';

/** The frames for a terminal that stands there, behind the message `after`, as they go out. */
export type TellAlerts = (place: WirePlace | undefined, after: number) => readonly string[];

interface Telling {
  readonly told: number;
  readonly areas: ReadonlySet<string>;
  readonly expires: number;
  readonly text: string;
}

/** The areas of the fan-out that a terminal listens to: its district, or without one the municipality as a whole. */
export function areasOf(place: WirePlace | undefined): string[] {
  if (place === undefined) return [];
  const { municipality, district } = place;
  return [district === undefined ? municipality : `${municipality}/${district}`];
}

export class AlertNews {
  readonly #store: AlertStore;
  readonly #fanOut: FanOut;
  readonly #now: () => number;
  /** Signed messages never change, and thousands of terminals hear the same text. */
  #tellings: readonly Telling[] = [];
  /** Messages up to here are in it, and on their way to whoever is connected; who comes later hears them with the welcome. */
  #told = 0;
  #publishing: Promise<void> = Promise.resolve();

  constructor(store: AlertStore, fanOut: FanOut, now: () => number) {
    this.#store = store;
    this.#fanOut = fanOut;
    this.#now = now;
    this.#read();
  }

  readonly tell: TellAlerts = (place, after) => {
    const areas = areasOf(place);
    const now = this.#now();
    return this.#tellings
      .filter(({ told, expires }) => told > after && expires > now)
      .filter((telling) => areas.some((area) => telling.areas.has(area)))
      .map(({ text }) => text);
  };

  /** Tells everybody whom what was signed since the last time concerns, in whatever process it was signed. */
  readonly publish = (): Promise<void> => {
    this.#publishing = this.#publishing.then(() => this.#publish());
    return this.#publishing;
  };

  async #publish(): Promise<void> {
    const after = this.#told;
    if (this.#store.newestTold() === after) return;
    this.#read();
    const fresh = this.#tellings.filter(({ told }) => told > after);
    const areas = new Set(fresh.flatMap((telling) => [...telling.areas]));
    for (const area of areas) await this.#fanOut.publish({ area }, { about: 'alerts', after });
  }

  #read(): void {
    this.#told = this.#store.newestTold();
    this.#tellings = this.#store.told(this.#now()).map(({ told, expires, signed, ...whom }) => {
      const frame: PlatformFrame = { frame: 'alert', statement: signed.toString('base64') };
      const districts = whom.audience.map((district) => `${whom.municipality}/${district}`);
      const areas = new Set([whom.municipality, ...districts]);
      return { told, expires, areas, text: JSON.stringify(frame) };
    });
  }
}
