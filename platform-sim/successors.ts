/** Which certificate took the place of which, in a table of its own in lists.db; certificates by SHA-256 in hex. */

import { InputError } from './input-error.ts';
import type { Registry } from './registry.ts';

interface Link {
  readonly old: string;
  readonly new: string;
}

export class Successors {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(registry: Registry) {
    this.#statements = prepare(registry);
  }

  /** The certificate that is in this one's place now: itself, unless its card was renewed, once or several times. */
  newestOf(fingerprint: string): string {
    let newest = fingerprint;
    // Ends: `mustFit` lets no circle in.
    for (let next = this.#after(newest); next !== undefined; next = this.#after(newest))
      newest = next;
    return newest;
  }

  /** Throws InputError for a renewal that contradicts an earlier one. What is recorded already fits. */
  mustFit({ old, new: renewed }: Link): void {
    const after = this.#after(old);
    if (after === renewed) return;
    if (after !== undefined)
      throw new InputError('the old card was renewed by another one already');
    const before = this.#statements.before.get(renewed);
    if (before !== undefined)
      throw new InputError('the new card took the place of another one already');
    if (this.newestOf(renewed) === old) {
      throw new InputError('the other way round: the old card took the place of the new one');
    }
  }

  record({ old, new: renewed }: Link, now: number): void {
    this.#statements.add.run(old, renewed, now);
  }

  #after(fingerprint: string): string | undefined {
    return this.#statements.after.get(fingerprint) as string | undefined;
  }
}

function prepare({ db }: Registry) {
  return {
    after: db.prepare('SELECT new FROM renewal WHERE old = ?').pluck(),
    before: db.prepare('SELECT old FROM renewal WHERE new = ?').pluck(),
    add: db.prepare('INSERT INTO renewal (old, new, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
  };
}
