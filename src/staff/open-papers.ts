/** Which papers wait for staff: a fold over the facts, oldest first. */

import type { Fact } from '../domain/fact.ts';
import type { PaperShown } from '../domain/screen.ts';

/** Another paper was planned for the entry, or the entry is none any more: who was let in again gets what was owed with it. */
const NOTHING_OWED_AFTER: ReadonlySet<string> = new Set([
  'entry.granted',
  'receipt.claimed',
  'receipt.reissued',
  'entry.undone',
]);

export class OpenPapers {
  /** By paper, with the subject of its entry. */
  readonly #open = new Map<string, { subject: string | null; shown: PaperShown }>();
  /** By paper, for every one that ever waited: the subject of its entry. */
  readonly #subjects = new Map<string, string | null>();

  take(fact: Fact): void {
    const { event, subject, body, at: since } = fact;
    if (NOTHING_OWED_AFTER.has(event)) this.#forgetOwed(subject);
    if (!event.startsWith('print.')) return;
    const paper = String(body['paper']);
    this.#open.delete(paper);
    const state = stateAfter(fact);
    if (state === null) return;
    // A receipt of a kiosk is known by its request.
    const ticket = String(body['ticket'] ?? body['request']);
    this.#subjects.set(paper, subject);
    this.#open.set(paper, { subject, shown: { paper, ticket, state, since } });
  }

  /** The subject of the entry that a paper belongs to; null for a paper that never waited for anybody. */
  subjectOf(paper: string): string | null {
    return this.#subjects.get(paper) ?? null;
  }

  get all(): PaperShown[] {
    return [...this.#open.values()].map(({ shown }) => shown);
  }

  #forgetOwed(subject: string | null): void {
    for (const [paper, { subject: about, shown }] of this.#open) {
      if (about === subject && shown.state === 'owed') this.#open.delete(paper);
    }
  }
}

/** The papers that wait for staff after these facts: all of a ledger, oldest first. */
export function openPapersOf(facts: Iterable<Fact>): PaperShown[] {
  const papers = new OpenPapers();
  for (const fact of facts) papers.take(fact);
  return papers.all;
}

/** How a paper stands after a fact about it; null when it waits for nobody. */
function stateAfter({ event, body }: Fact): PaperShown['state'] | null {
  if (event === 'print.unknown') return 'unknown';
  const isOwed = event === 'print.owed' || (event === 'print.settled' && body['printed'] === false);
  return isOwed ? 'owed' : null;
}
