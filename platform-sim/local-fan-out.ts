/** The fan-out among the sessions of this process: in slices, so that who speaks meanwhile is heard. */

import type { FanOut, Poke, Subscriber, Topic } from './fan-out.ts';
import { inSlices } from './slices.ts';

export class LocalFanOut implements FanOut {
  readonly #subscribers = new Set<Subscriber>();

  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Who would hear now. */
  terminals(): ReadonlySet<string> {
    return new Set([...this.#subscribers].map(({ terminal }) => terminal));
  }

  async publish(topic: Topic, poke: Poke): Promise<void> {
    await inSlices(this.#subscribers, (subscriber) => {
      // It may have gone while others were told.
      if (!this.#subscribers.has(subscriber) || !isFor(subscriber, topic)) return;
      subscriber.hear(poke);
    });
  }
}

function isFor({ terminal, areas }: Subscriber, topic: Topic): boolean {
  if (topic === 'all') return true;
  return 'terminal' in topic ? topic.terminal === terminal : areas.includes(topic.area);
}
