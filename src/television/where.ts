/**
 * Who agreed that this television names the shelter where they are, and until when. It is a fact, and stands beside the facts
 * in the ledger's settings, written in the same transaction; it ends with the link. The platform has the last word (支援措置).
 */

import { z } from 'zod';
import type { Assurance } from '../domain/entry-list.ts';
import { evacueeSubject, WHERE_MS } from '../domain/evacuation.ts';
import type { NewFact } from '../domain/fact.ts';
import type { Recorder } from '../recorder.ts';
import { DiskFullError } from '../store/disk.ts';
import type { Links, UnlinkedBy } from './links.ts';

const SETTING = 'television-where';

const KEPT = z.strictObject({
  version: z.literal(1),
  until: z.record(z.string(), z.iso.datetime()),
});
type Kept = z.infer<typeof KEPT>['until'];

export interface WhereParts {
  readonly recorder: Recorder;
  readonly links: Pick<Links, 'has' | 'watch'>;
  /** ms since the epoch */
  readonly now: () => number;
}

export class WhereConsents {
  readonly #parts: WhereParts;
  readonly #listeners = new Set<() => void>();
  #kept: Kept;

  /** Throws for a setting that is none: who agreed is not guessed. */
  constructor(parts: WhereParts) {
    this.#parts = parts;
    const text = parts.recorder.ledger.get(SETTING);
    this.#kept = text === null ? {} : KEPT.parse(JSON.parse(text)).until;
    parts.links.watch(() => this.#forgetUnlinked());
  }

  /** ISO 8601; null: they did not agree, or not any more. */
  until(ref: string): string | null {
    const until = this.#kept[ref];
    if (until === undefined || !this.#parts.links.has(ref)) return null;
    return Date.parse(until) > this.#parts.now() ? until : null;
  }

  /** Until when somebody agrees who agrees now, ISO 8601. */
  get next(): string {
    return new Date(this.#parts.now() + WHERE_MS).toISOString();
  }

  /** Calls the listener on every change, but not when a time is over, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Durable when it returns; the end of somebody's link ends it. Throws `DiskFullError`. */
  agree(ref: string, assurance: Assurance): void {
    const until = this.next;
    this.#keep({ ...this.#kept, [ref]: until }, [
      {
        event: 'television.where-agreed',
        subject: evacueeSubject(ref),
        body: { ref, until, assurance },
      },
    ]);
  }

  /** Durable when it returns. Nothing for somebody who did not agree. Throws `DiskFullError`. */
  end(ref: string, by: Exclude<UnlinkedBy, 'register'>): void {
    if (this.#kept[ref] === undefined) return;
    const { [ref]: _, ...others } = this.#kept;
    this.#keep(others, [
      { event: 'television.where-ended', subject: evacueeSubject(ref), body: { ref, by } },
    ]);
  }

  /** That a link has ended is a fact of its own. */
  #forgetUnlinked(): void {
    const kept = Object.entries(this.#kept).filter(([ref]) => this.#parts.links.has(ref));
    if (kept.length === Object.keys(this.#kept).length) return;
    try {
      this.#keep(Object.fromEntries(kept), []);
    } catch (error) {
      // The platform tells nothing of who is linked no more.
      if (!(error instanceof DiskFullError)) throw error;
      this.#kept = Object.fromEntries(kept);
    }
  }

  #keep(until: Kept, facts: readonly NewFact[]): void {
    const { recorder } = this.#parts;
    const text = JSON.stringify({ version: 1, until });
    if (facts.length === 0) recorder.ledger.set(SETTING, text);
    else recorder.record([...facts], { steps: () => recorder.ledger.set(SETTING, text) });
    this.#kept = until;
    for (const listener of [...this.#listeners]) listener();
  }
}
