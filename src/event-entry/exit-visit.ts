/** What an exit gate knows of one tap while it lasts. */

import { askCard, type CardEvidence, withCard } from '../card-evidence.ts';
import type { StepResult } from '../domain/answer.ts';
import { assuranceReaches, type EntryListManifest, type EntryRow } from '../domain/entry-list.ts';
import { type EntryState, PASSAGE_HOLD_MS } from '../domain/fact.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { SensedTap } from '../domain/tap.ts';
import type { Told } from '../domain/told.ts';
import { findRow } from '../find-row.ts';
import type { EventEntryOptions } from '../service-config.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import { ticketState } from '../store/ticket-state.ts';
import { TapStages } from '../tap-stages.ts';

/** Whose card it is: their ticket, and whether they are known to be inside. */
interface Found {
  readonly row: EntryRow;
  readonly state: EntryState;
}

export class ExitVisit {
  readonly #parts: TerminalParts;
  readonly #options: EventEntryOptions;
  readonly tap: number;
  readonly #stages: TapStages;
  #manifest: EntryListManifest | null = null;
  #evidence: CardEvidence | null = null;
  #found: Found | null = null;
  /** Why the card is none that came in here; the first thing that was found out. */
  #reason: Reason | null = null;
  #detail: string | null = null;

  constructor(parts: TerminalParts, options: EventEntryOptions, seen: SensedTap) {
    this.#parts = parts;
    this.#options = options;
    this.tap = seen.tap;
    this.#stages = new TapStages(seen.sensedAt);
  }

  async readCard(): Promise<StepResult> {
    const least = this.#parts.shelf.active(this.#options.list)?.manifest.assurance ?? 'identified';
    const result = await withCard<StepResult>(
      this.#parts.reader(),
      async (reader) => {
        this.#stages.modelled = reader.modelled;
        this.#evidence = await askCard(reader, this.tap, least, this.#parts.institution());
        this.#stages.read(this.#evidence);
        return { next: 'go-on' };
      },
      (_how, detail) => {
        this.#detail = detail;
      },
    );
    if (result.next !== 'go-on') this.#noteUnreadable(result);
    return result;
  }

  async lookUp(): Promise<void> {
    const { certificate, assurance, lacks } = present(this.#evidence, 'evidence');
    const verdict = await this.#parts.trust().verify(certificate, this.#parts.now());
    this.#stages.end('verify');
    if (!verdict.valid) this.#because(verdict.reason, verdict.detail);
    const lease = this.#parts.shelf.lease(this.#options.list);
    const keys = this.#parts.listKeys(this.#options.list);
    if (lease === null || keys === null) {
      lease?.release();
      this.#because('list-missing');
      return;
    }
    try {
      this.#manifest = lease.file.manifest;
      const found = await findRow(lease.file, keys, certificate);
      if ('refusal' in found) this.#because(found.refusal, found.detail);
      else if (assuranceReaches(assurance, this.#manifest.assurance)) {
        this.#found = { row: found.row, state: this.#stateOf(found.row) };
      } else {
        // A copy of somebody's certificate takes nobody out, or their ticket would let another one in.
        this.#because('possession-not-proved', lacks);
      }
    } finally {
      lease.release();
      this.#stages.end('lookup');
    }
  }

  /** Durable first, like everything; but a disk that takes no fact locks nobody in. */
  open(): Told {
    try {
      const { subject, body } = this.#fact();
      this.#parts.recorder.record([{ event: 'entry.left', subject, body }], {
        journal: () => this.#stages.journal(),
      });
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#parts.recorder.note('exit.unrecorded', { reason: 'disk-full' });
    }
    // Whoever holds a card is leaving: nobody waits to see it.
    if (this.#options.passage === 'turnstile')
      void this.#parts.turnstile?.letThrough(PASSAGE_HOLD_MS);
    return { text: this.#text(), given: {} };
  }

  #fact() {
    const { list, gate } = this.#options;
    const version = this.#manifest?.version;
    const known = { list, ...(version && { version }), gate, assurance: this.#evidence?.assurance };
    const isOpen = this.#found === null && this.#reason === null;
    const detail = isOpen ? 'whose card it is was not found out' : this.#detail;
    const why = { ...(this.#reason && { reason: this.#reason }), ...(detail && { detail }) };
    if (this.#found === null) return { subject: null, body: { ...known, ...why } };
    const { row, state } = this.#found;
    const { ticket, ref, party } = row;
    const flag = flagOf(state);
    const ofTicket = { ticket, ...known, ref, ...(party && { party }), ...(flag && { flag }) };
    return { subject: `${list}/${ref}`, body: { ...ofTicket, ...why } };
  }

  #text(): 'exit.back' | 'exit.done' | 'exit.open' {
    if (this.#found === null) return 'exit.open';
    return this.#manifest?.reentry === 'after-exit' ? 'exit.back' : 'exit.done';
  }

  #stateOf({ ref, ticket }: EntryRow): EntryState {
    const { list } = this.#options;
    return ticketState(this.#parts.recorder.ledger, { list, subject: `${list}/${ref}`, ticket });
  }

  #because(reason: Reason, detail: string | null = null): void {
    this.#reason ??= reason;
    this.#detail ??= detail;
  }

  #noteUnreadable(result: StepResult): void {
    const reason = 'reason' in result ? result.reason : 'card-unreadable';
    const detail = this.#detail ?? undefined;
    this.#parts.recorder.note('card.unreadable', { reason, detail, ...this.#stages.journal() });
  }
}

/** People come in where nobody sees it, and cards are handed back to those who are still inside. */
function flagOf({ entered, left }: EntryState): 'no-entry' | 'left-already' | null {
  if (entered === null) return 'no-entry';
  return left === null ? null : 'left-already';
}
