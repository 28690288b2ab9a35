/** Which certificate took the place of which, in a table of its own in lists.db; certificates by SHA-256 in hex. */

import { InputError } from './input-error.ts';
import type { Registry } from './registry.ts';

interface Link {
  readonly old: string;
  readonly new: string;
}

/** As the table was when this was made: one for each piece of work, made anew where another process may have written. */
export class Successors {
  readonly #registry: Registry;
  readonly #after: Map<string, string>;

  constructor(registry: Registry) {
    this.#registry = registry;
    const links = registry.db.prepare('SELECT old, new FROM renewal').all() as Link[];
    this.#after = new Map(links.map((link) => [link.old, link.new]));
  }

  /** The certificate that is in this one's place now: itself, unless its card was renewed, once or several times. */
  newestOf(fingerprint: string): string {
    let newest = fingerprint;
    // Ends: `mustFit` lets no circle in.
    for (let next = this.#after.get(newest); next !== undefined; next = this.#after.get(newest)) {
      newest = next;
    }
    return newest;
  }

  /** Throws InputError for a renewal that contradicts an earlier one. What is recorded already fits. */
  mustFit({ old, new: renewed }: Link): void {
    const after = this.#after.get(old);
    if (after === renewed) return;
    if (after !== undefined)
      throw new InputError('the old card was renewed by another one already');
    if ([...this.#after.values()].includes(renewed)) {
      throw new InputError('the new card took the place of another one already');
    }
    if (this.newestOf(renewed) === old) {
      throw new InputError('the other way round: the old card took the place of the new one');
    }
  }

  /** What `mustFit` let pass. */
  record({ old, new: renewed }: Link, now: number): void {
    const add = 'INSERT INTO renewal (old, new, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    this.#registry.db.prepare(add).run(old, renewed, now);
    this.#after.set(old, renewed);
  }
}
