/**
 * The port of the fan-out: a word to every session that it concerns, in whatever process. Only a poke: whoever hears it reads
 * again what is newest, so one that is lost costs time and nothing else, and one that comes twice costs nothing.
 */

/** What there is to look at again. `after`: behind this version of the root, this command, or this message about an alert. */
export type Poke =
  | { readonly about: 'lists'; readonly lists: readonly string[] }
  | { readonly about: 'roots'; readonly after: number }
  | { readonly about: 'commands'; readonly after: number }
  | { readonly about: 'alerts'; readonly after: number }
  /** Of terminals: somebody was revoked, released. */
  | { readonly about: 'standing' }
  /** Of people whom the terminal calls when they have to leave. */
  | { readonly about: 'evacuation' };

/** To one terminal, to an area, to all. */
export type Topic = { readonly terminal: string } | { readonly area: string } | 'all';

export interface Subscriber {
  readonly terminal: string;
  readonly areas: readonly string[];
  /** Called for each poke that concerns it, each once, in their order. */
  hear(poke: Poke): void;
}

export interface FanOut {
  /** Until the returned function is called; from then on nothing is heard. */
  subscribe(subscriber: Subscriber): () => void;
  /** Resolves once it is on its way to all; whoever publishes waits for that before it publishes again. */
  publish(topic: Topic, poke: Poke): Promise<void>;
}
